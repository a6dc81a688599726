import { concealedSecrets } from './secrets.ts';

/** Characters of one text that are kept. */
export const maxText = 2_000;
const maxDepth = 8;
const maxItems = 100;
/** Read past the end of what is kept, so that a secret across it is still recognised. */
const margin = 4_096;

/**
 * A text with secrets replaced by their class: those that are registered, and those whose form gives them away (keys, tokens,
 * credentials in URLs and headers, `key=value`). Bounded to {@link maxText}. Linear in the text's length.
 */
export function redactText(text: string): string {
  const known = concealedSecrets();
  const window = maxText + Math.max(margin, known[0]?.length ?? 0);
  let safe = text.length > window ? text.slice(0, window) : text;
  for (const secret of known) safe = safe.replaceAll(secret, '[redacted]');
  for (const [pattern, replacement] of patterns) safe = safe.replace(pattern, replacement);
  safe = safe.replace(controls, '\ufffd');
  if (text.length <= window && safe.length <= maxText) return safe;
  return `${safe.slice(0, maxText)}… (${text.length.toLocaleString('en')} characters)`;
}

/**
 * A value with secrets replaced, as plain data that can be written as JSON: what stands under a name such as `password` or
 * `authorization`, at any depth and also as a `{name, value}` or `[name, value]` pair, and every text by {@link redactText}.
 * Bounded in depth, width and length.
 */
export function redact(value: unknown): unknown {
  return plain(value, 0);
}

/** True for names whose value is a secret, however they are written: `apiKey`, `X-Api-Key`, `DB_PASSWORD`. */
export function isSecretName(name: string): boolean {
  return secretName.test(name.slice(0, 256).replace(/[^A-Za-z0-9]/g, ''));
}

const secretName =
  /(?:authorization|authtoken|cookies?|passwords?|passwd|passphrase|pwd|secrets?|tokens?|jwt|bearer|credentials?|apikeys?|accesskey(?:id)?|secretkey|privatekey|signingkey|encryptionkey|sessionid|sessionkey|csrf|signature)$/i;

const redacted = '[redacted]';

/** What would move a terminal's cursor, colour it or turn its text around; line breaks and tabs are kept. */
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g;

function plain(value: unknown, depth: number): unknown {
  if (value === null || value === undefined) return value;
  switch (typeof value) {
    case 'string':
      return redactText(value);
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return value.toString();
    case 'symbol':
    case 'function':
      return `[${typeof value}]`;
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof URL || value instanceof RegExp) return redactText(String(value));
  if (depth >= maxDepth) return '[deeper]';
  if (value instanceof Error) return plainError(value, depth);
  if (value instanceof Map) return plainEntries([...bounded(value)], value.size, depth);
  if (value instanceof Set) return plainList([...bounded(value)], value.size, depth);
  if (Array.isArray(value)) return plainList(value.slice(0, maxItems), value.length, depth);
  const entries = Object.entries(value);
  return plainEntries(entries.slice(0, maxItems), entries.length, depth);
}

function plainError(error: Error, depth: number): unknown {
  const { name, message, stack, cause, ...rest } = error as Error & Record<string, unknown>;
  const entries: [string, unknown][] = [
    ['type', name],
    ['message', message],
    ['stack', stack],
    ...Object.entries(rest),
  ];
  if (cause !== undefined) entries.push(['cause', cause]);
  return plainEntries(entries.slice(0, maxItems), entries.length, depth);
}

function plainEntries(entries: readonly [unknown, unknown][], size: number, depth: number): object {
  const named = entries.some(([key, value]) => isNameKey(key) && typeof value === 'string' && isSecretName(value));
  const safe = entries.map(([key, value]): [string, unknown] => {
    const name = typeof key === 'string' ? key : String(plain(key, maxDepth));
    const hidden = isSecretName(name) || (named && !isNameKey(key));
    return [redactText(name), hidden ? hide(value) : plain(value, depth + 1)];
  });
  if (size > entries.length) safe.push(['…', `${size - entries.length} more`]);
  return Object.fromEntries(safe);
}

function plainList(items: readonly unknown[], size: number, depth: number): unknown[] {
  const safe = items.map((item, at) => {
    const before = items[at - 1];
    return typeof before === 'string' && isSecretName(before) ? hide(item) : plain(item, depth + 1);
  });
  if (size > items.length) safe.push(`… ${size - items.length} more`);
  return safe;
}

function isNameKey(key: unknown): boolean {
  return key === 'name' || key === 'key' || key === 'header';
}

/** What says nothing of a secret may be seen: that there is none, or a switch. */
function hide(value: unknown): unknown {
  return value === null || value === undefined || typeof value === 'boolean' || value === '' ? value : redacted;
}

function* bounded<T>(values: Iterable<T>): Iterable<T> {
  let count = 0;
  for (const value of values) {
    if (count++ === maxItems) return;
    yield value;
  }
}

/** Each begins at a place that cannot be reached by going back, and repeats one class of characters only. */
const patterns: [RegExp, string][] = [
  [
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|$)/g,
    '[redacted private key]',
  ],
  [/(?<![\w-])eyJ[\w-]{5,}(?:\.[\w-]*){0,4}/g, '[redacted jwt]'],
  [/(?<![A-Z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])/g, '[redacted aws key]'],
  [
    /(?<!\w)(?:gh[oprsu]_|github_pat_|glpat-|xox[abeoprs]-|xapp-|[rs]k_(?:live|test)_|npm_|pypi-|AIza|ya29\.|hvs\.|dop_v1_|SG\.)[\w.-]{16,}/g,
    '[redacted token]',
  ],
  [/(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/?#"'<>]*@/gi, '$1[redacted]@'],
  [/(?<!\w)(Bearer|Negotiate|AWS4-HMAC-SHA256)[ \t]+[^\s"',;]+(?:,[ \t]*\w+=[^\s"',;]+)*/gi, '$1 [redacted]'],
  [/(?<!\w)(Basic|Digest)[ \t]+(?=[A-Za-z]*[A-Z0-9+/=])[\w+/=.~-]{6,}/g, '$1 [redacted]'],
  // A header's value may hold several words, and ends with its line.
  [/(?<![\w-])((?:proxy-)?authorization|(?:set-)?cookie)(["']?\s{0,4}[:=]\s{0,4}["']?)[^\r\n"']+/gi, '$1$2[redacted]'],
  [
    /(?<![\w.-])([\w.-]{0,60}(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key(?:[_-]?id)?|private[_-]?key|secret[_-]?key|credentials?|session[_-]?id|signature|jwt))(["']?\s{0,4}[:=]\s{0,4})(?:"[^"]*"?|'[^']*'?|[^\s&;,"')\]}]+)/gi,
    '$1$2[redacted]',
  ],
];
