import { type Field, field, latency, user } from '#collectors/traffic/log/field';
import type { Piece, TextLayout } from '#collectors/traffic/log/text-format';

/** Aliases of HAProxy's log formats (docs.haproxy.org, 8.2.6, Custom log format); `null` tells nothing of an exchange. */
const aliases: ReadonlyMap<string, Field | null> = new Map<string, Field | null>([
  ['ci', field('client')],
  ['r', field('request')],
  ['HM', field('method')],
  ['HU', field('target')],
  ['HPO', field('path')],
  ['HP', field('path')],
  ['HQ', field('query')],
  ['HV', field('version')],
  ['ST', field('status')],
  ['tr', field('time')],
  ['trg', field('time')],
  ['trl', field('time')],
  ['t', field('time')],
  ['T', field('time')],
  ['Tl', field('time')],
  ['Ts', field('time')],
  ['Ta', latency(1)],
  ['Tt', latency(1)],
  ['sslv', field('tls')],
  ['sslc', field('tls')],
  ...[
    ...[
      'Bp',
      'cp',
      'H',
      'hr',
      'hrl',
      'hs',
      'hsl',
      'ID',
      'lc',
      'ms',
      'pid',
      'Th',
      'Ti',
      'Tq',
      'TR',
      'Tc',
      'Tr',
      'Td',
      'Tw',
      'Tu',
      'U',
    ],
    ...[
      'B',
      'CC',
      'CS',
      'ac',
      'b',
      'bc',
      'bi',
      'bp',
      'bq',
      'f',
      'fc',
      'fi',
      'fp',
      'ft',
      'rc',
      'rt',
      's',
      'sc',
      'si',
      'sp',
      'sq',
      'ts',
      'tsc',
    ],
    ...['cs', 'Tsg', 'Tsl', 'OG'],
  ].map((name): [string, null] => [name, null]),
]);

/** Sample expressions, in their usual forms. */
const expressions: readonly (readonly [RegExp, Field])[] = [
  [/^(?:capture\.req\.method|method)$/, field('method')],
  [/^(?:capture\.req\.uri|url|pathq)$/, field('target')],
  [/^(?:capture\.req\.ver|req\.ver)$/, field('version')],
  [/^path$/, field('path')],
  [/^query$/, field('query')],
  [/^(?:status|txn\.status)$/, field('status')],
  [/^src$/, field('client')],
  [/^(?:req\.(?:f?hdr|hdr)|hdr)\(host\b/i, field('host')],
  [/^(?:req\.(?:f?hdr|hdr)|hdr)\(x-forwarded-for\b/i, field('forwarded')],
  [/^(?:req\.(?:f?hdr|hdr)|hdr)\(user-agent\b/i, { role: 'request-header', header: 'user-agent' }],
  [/^ssl_fc_sni$/, field('server')],
  [/^ssl_fc_protocol$/, field('tls')],
  [/^http_auth_user$/, user('basic')],
];

const variable = /%(?:\{([^}]{0,32})\})?(?:\[((?:[^[\]]|\[[^\]]*\]){1,300})\]|([A-Za-z]{1,8})|(%))/g;

/**
 * The lines of a `log-format` of HAProxy: the whole directive, or only its text. `null` when it has a variable that HAProxy does not have.
 * Flags (`%{+Q}r`) are heeded where they put quotes around a value. Captured headers (`%hr`, `%hs`) leave no trace where none are
 * captured, so that there is a layout for each case.
 */
export function haproxyLayouts(declared: string): TextLayout[] | null {
  const layouts = [['%hr', '%hs'], ['%hr'], ['%hs'], []].map((captures) => {
    let text = textOf(declared);
    for (const capture of ['%hr', '%hs'])
      text = captures.includes(capture)
        ? text.replace(capture, `{${capture}}`)
        : text.replace(new RegExp(` ?${capture}`), '');
    return text;
  });
  const read = [...new Set(layouts)].map(layoutOf);
  return read.includes(null) ? null : read.filter((layout) => layout !== null);
}

function layoutOf(text: string): TextLayout | null {
  const pieces: Piece[] = [];
  let from = 0;
  let everQuoted = false;
  for (const found of text.matchAll(variable)) {
    const [whole, flags = '', expression, alias, percent] = found;
    const literal = text.slice(from, found.index);
    if (literal.includes('%')) return null;
    pieces.push(literal);
    from = found.index + whole.length;
    if (alias === 'o') {
      everQuoted = flags.includes('+Q') || (everQuoted && !flags.includes('-Q'));
      if (/^ /.test(text.slice(from)) && literal === '') from++;
      continue;
    }
    if (percent !== undefined) {
      pieces.push('%');
      continue;
    }
    const known = expression === undefined ? aliases.get(alias ?? '') : sampleOf(expression);
    if (known === undefined) return null;
    const quoted = flags.includes('+Q') || (everQuoted && !flags.includes('-Q'));
    pieces.push(...(quoted ? ['"', known, '"'] : [known]));
  }
  const rest = text.slice(from);
  if (rest.includes('%')) return null;
  pieces.push(rest);
  return { pieces, escaping: 'hash' };
}

/** The directive's argument: in quotes, or with its spaces escaped. */
function textOf(declared: string): string {
  const directive = /^\s*log-format\s+([\s\S]*?)\s*$/.exec(declared)?.[1];
  if (directive === undefined) return declared;
  const quoted = /^"((?:[^"\\]|\\[\s\S])*)"$|^'([^']*)'$/.exec(directive);
  return (quoted?.[1] ?? quoted?.[2] ?? directive).replace(/\\([ "\\#])/g, '$1');
}

function sampleOf(expression: string): Field | null {
  const plain = expression.split(',')[0] ?? '';
  return expressions.find(([pattern]) => pattern.test(plain))?.[1] ?? null;
}
