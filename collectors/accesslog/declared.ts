import type { Missing } from '#collectors/traffic/log/exchange-of';
import type { Field } from '#collectors/traffic/log/field';
import type { LogFormat } from '#collectors/traffic/log/format';
import { JsonFormat, type JsonLayout } from '#collectors/traffic/log/json-format';
import { AmbiguousFormat, TextFormat, type TextLayout } from '#collectors/traffic/log/text-format';
import { apacheLayout } from './apache.ts';
import { envoyLayout } from './envoy.ts';
import { formatNames, namedFormats } from './formats.ts';
import { haproxyLayouts } from './haproxy.ts';
import { nginxLayout } from './nginx.ts';

/** A name, a format as the server has it declared, or what the keys of JSON hold, each as the server would have it declared. */
export type Declared = string | Readonly<Record<string, string>>;

/** The formats that a configuration declares, or why they cannot be read. */
export function declaredFormats(declared: Declared | undefined, missing: Missing): LogFormat[] | string {
  if (declared === undefined || (typeof declared === 'string' && formatNames.includes(declared)))
    return namedFormats(declared, missing);
  if (typeof declared === 'object') return jsonOf(declared, missing);
  const layouts = layoutsOf(declared);
  if (typeof layouts === 'string') return layouts;
  try {
    for (const { pieces } of layouts) {
      const lack = lackOf(pieces.filter((piece) => typeof piece === 'object' && piece !== null));
      if (lack !== null) return lack;
    }
    return layouts.map((layout) => new TextFormat('declared', layout, missing));
  } catch (error) {
    if (error instanceof AmbiguousFormat) return error.message;
    throw error;
  }
}

/** A format declared in any server's syntax, told apart by its variables: `$status`, `%RESPONSE_CODE%`, `%>s`, `%ST`. */
function layoutsOf(declared: string): TextLayout[] | string {
  if (/\$\{?[a-z]/.test(declared) && !/%(?:REQ|RESP)\(/.test(declared)) return [nginxLayout(declared)];
  if (/%[A-Z][A-Z0-9_]{2,}(?:\(|%|:[0-9])/.test(declared)) return [envoyLayout(declared)];
  const apache = /^\s*log-format\s/.test(declared) ? null : apacheLayout(declared);
  if (apache !== null && declared.includes('%')) return [apache];
  const haproxy = declared.includes('%') ? haproxyLayouts(declared) : null;
  return haproxy ?? `neither a name (${formatNames.join(', ')}) nor a format of nginx, Apache, Envoy or HAProxy`;
}

function jsonOf(keys: Readonly<Record<string, string>>, missing: Missing): LogFormat[] | string {
  const layout: (readonly [string, Field])[] = [];
  for (const [key, value] of Object.entries(keys)) {
    const layouts = layoutsOf(value);
    if (typeof layouts === 'string') return `${key}: ${layouts}`;
    const pieces = (layouts[0]?.pieces ?? []).filter((piece) => piece !== '');
    if (pieces.length !== 1) return `${key}: not one variable alone`;
    const [piece] = pieces;
    if (typeof piece === 'object' && piece !== null) layout.push([key, piece]);
  }
  const lack = lackOf(layout.map(([, field]) => field));
  return lack ?? [new JsonFormat({ name: 'declared', layout, knows: (record) => holdsAny(record, layout) }, missing)];
}

function holdsAny(record: Record<string, unknown>, layout: JsonLayout): boolean {
  return layout.some(([path]) => path in record || path.split('.', 1)[0]! in record);
}

/** What a format must have to tell of exchanges, and has not. */
function lackOf(fields: readonly Field[]): string | null {
  const roles = new Set(fields.map(({ role }) => role));
  if (!roles.has('time') && !roles.has('clock')) return 'has no time with its date';
  if (roles.has('request')) return null;
  if (!roles.has('method')) return 'has neither a request line nor a method';
  return roles.has('target') || roles.has('path') || roles.has('url') ? null : 'has no path';
}
