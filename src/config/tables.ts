import type { Registry } from '#collectors/collector';
import { commonSchema, configSchema, type JsonSchema, optionsSchema } from './json-schema.ts';

/** The reference of noontide.yaml in Markdown, made from its schemas: by the name of the place in the page that it fills. */
export function referenceTables(registry: Registry): Record<string, string> {
  const file = configSchema(registry);
  const part = (name: string) => file.properties?.[name] ?? {};
  const services = part('services').additionalProperties;
  return {
    file: table(file),
    source: table(commonSchema()),
    service: table(typeof services === 'object' ? services : {}),
    windows: table(part('windows')),
    scan: table(part('scan')),
    kinds: registry
      .map((collector) => `### \`${collector.kind}\`\n\n${collector.about}\n\n${table(optionsSchema(collector))}`)
      .join('\n\n'),
  };
}

/**
 * A page with what stands between `<!-- reference: name -->` and `<!-- end -->` replaced by the table of that name.
 *
 * @throws {Error} When the page names a table that there is not, or leaves one out.
 */
export function filled(page: string, tables: Readonly<Record<string, string>>): string {
  const left = new Set(Object.keys(tables));
  const text = page.replace(
    /(<!-- reference: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, head: string, name: string, end: string) => {
      const table = tables[name];
      if (table === undefined) throw new Error(`the page names a table that there is not: ${name}`);
      left.delete(name);
      return `${head}\n${table}\n\n${end}`;
    },
  );
  if (left.size > 0) throw new Error(`the page leaves out: ${[...left].join(', ')}`);
  return text;
}

function table(schema: JsonSchema): string {
  const rows = optionsOf(schema, '').map((cells) => `| ${cells.map(cell).join(' | ')} |`);
  return ['| key | value | default | |', '|---|---|---|---|', ...rows].join('\n');
}

type Cells = [key: string, value: string, fallback: string, about: string];

/** A row for every option, and after it those within it. */
function optionsOf({ properties = {}, required = [] }: JsonSchema, within: string): Cells[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const fallback = required.includes(name) ? 'required' : defaultText(schema.default);
    const secret = schema.writeOnly ? ' A secret.' : '';
    const row: Cells = [`\`${within}${name}\``, typeText(schema), fallback, (schema.description ?? '') + secret];
    return within === '' && schema.type === 'object' && schema.title === undefined && !isPart(name)
      ? [row, ...optionsOf(schema, `${name}.`)]
      : [row];
  });
}

/** Parts of the file that have a table of their own. */
function isPart(name: string): boolean {
  return name === 'windows' || name === 'scan';
}

function typeText(schema: JsonSchema): string {
  const { title, type, enum: values, anyOf, items } = schema;
  if (title !== undefined) return title;
  if ('const' in schema) return `\`${JSON.stringify(schema.const)}\``;
  if (values) return values.map((value) => `\`${JSON.stringify(value)}\``).join(' or ');
  if (anyOf) return [...new Set(anyOf.map(typeText))].join(' or ');
  if (type === 'array') return `list of ${plural[typeText(items ?? {})] ?? typeText(items ?? {})}`;
  return (typeof type === 'string' && words[type]) || 'any';
}

const words: Record<string, string> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  object: 'keys and values',
  null: 'nothing',
};

const plural: Record<string, string> = { text: 'texts', number: 'numbers', 'whole number': 'whole numbers' };

function defaultText(value: unknown): string {
  const empty =
    value === undefined ||
    value === null ||
    value === '' ||
    JSON.stringify(value) === '{}' ||
    JSON.stringify(value) === '[]';
  return empty ? '' : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
