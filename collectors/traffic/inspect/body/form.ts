import { isName } from '#collectors/traffic/inspect/name';

/** Values by name; of a repeated name, all of them. */
export type Form = Record<string, string | string[]>;

const maxPairs = 256;

/** `application/x-www-form-urlencoded` (WHATWG URL, section 5.1). `items[0][price]` is `items[].price`. */
export function parseForm(text: string): Form {
  const form = emptyForm();
  for (const pair of text.split('&', maxPairs)) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decoded(equals < 0 ? pair : pair.slice(0, equals));
    if (name !== '') add(form, name, equals < 0 ? '' : decoded(pair.slice(equals + 1)));
  }
  return form;
}

export function emptyForm(): Form {
  return Object.create(null) as Form;
}

export function add(form: Form, name: string, value: string): void {
  const key = plainName(name);
  const known = form[key];
  if (known === undefined) form[key] = value;
  else if (typeof known === 'string') form[key] = [known, value];
  else known.push(value);
}

/** Brackets of PHP and Rails become a path. */
function plainName(name: string): string {
  if (name.length > 256 || !name.includes('[')) return name;
  return name.replaceAll(/\[([^[\]]*)\]/g, (_, inner: string) =>
    /^[0-9]*$/.test(inner) ? '[]' : isName(inner) ? `.${inner}` : '{}',
  );
}

function decoded(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    // A percent sign that encodes nothing, or bytes of another charset: as sent.
    return spaced;
  }
}
