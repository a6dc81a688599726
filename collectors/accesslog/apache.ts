import { field, latency, requestHeader, responseHeader, user } from '#collectors/traffic/log/field';
import type { Piece, TextLayout } from '#collectors/traffic/log/text-format';

/** Directives of one letter; `null` tells nothing of an exchange. */
const letters: Readonly<Record<string, Piece>> = {
  a: field('client'),
  A: null,
  B: field('length'),
  b: field('length'),
  D: latency(0.001),
  f: null,
  h: field('client'),
  H: field('version'),
  I: null,
  k: null,
  l: null,
  L: null,
  m: field('method'),
  O: null,
  p: field('port'),
  P: null,
  q: field('query'),
  r: field('request'),
  R: null,
  s: field('status'),
  S: null,
  T: latency(1_000),
  u: user('other'),
  U: field('path'),
  v: field('server'),
  V: field('server'),
  X: null,
};

const directive = /%(?:!?[0-9]{3}(?:,[0-9]{3})*)?[<>]?(?:\{([^}]{1,200})\}(\^t[io]|[A-Za-z])|(%)|([A-Za-z]))/g;

/**
 * The lines of a `LogFormat` of Apache (httpd.apache.org/docs/2.4/mod/mod_log_config.html): the whole directive, or only its text. `null`
 * when it has a directive that Apache does not have.
 */
export function apacheLayout(declared: string): TextLayout | null {
  const text = textOf(declared);
  const pieces: Piece[] = [];
  let from = 0;
  for (const found of text.matchAll(directive)) {
    const literal = text.slice(from, found.index);
    if (literal.includes('%')) return null;
    pieces.push(literal.replace(/\\([nt"\\])/g, (_, char: string) => plain[char] ?? char));
    from = found.index + found[0].length;
    const more = found[1] === undefined ? letterOf(found[3] ?? found[4] ?? '') : withArgument(found[1], found[2] ?? '');
    if (more === undefined) return null;
    pieces.push(...more);
  }
  const rest = text.slice(from);
  if (rest.includes('%')) return null;
  pieces.push(rest);
  return { pieces, escaping: 'backslash' };
}

const plain: Record<string, string> = { n: '\n', t: '\t' };

function textOf(declared: string): string {
  const whole = /^\s*(?:LogFormat|CustomLog\s+\S+|TransferLog\s+\S+)\s+"((?:[^"\\]|\\[\s\S])*)"/i.exec(declared);
  return whole ? (whole[1] ?? '').replace(/\\"/g, '"') : declared;
}

function letterOf(letter: string): Piece[] | undefined {
  if (letter === '%') return ['%'];
  if (letter === 't') return ['[', field('time'), ']'];
  const found = letters[letter];
  return found === undefined ? undefined : [found];
}

function withArgument(argument: string, letter: string): Piece[] | undefined {
  if (letter === 'i') return [requestHeader(argument)];
  if (letter === 'o') return [responseHeader(argument)];
  if (letter === 'T') return [latency(argument === 'us' ? 0.001 : argument === 'ms' ? 1 : 1_000)];
  if (letter === 't') return timeOf(argument.replace(/^(?:begin|end):/, ''));
  if (letter === 'p') return [argument === 'canonical' ? field('port') : null];
  if (letter === 'a') return [argument === 'c' ? null : field('client')];
  if (letter === 'h') return [field('client')];
  if (letter === 'x' && /^SSL_PROTOCOL$/i.test(argument)) return [field('tls')];
  if (letter === 'e' && /^SSL_TLS_SNI$/i.test(argument)) return [field('server')];
  return 'CenxPL'.includes(letter) || letter.startsWith('^t') ? [null] : undefined;
}

/** Forms of strftime(3) that hold a whole time; of others the parts say nothing by themselves. */
function timeOf(format: string): Piece[] {
  if (format === 'sec' || format === 'msec' || format === 'usec') return [field('time')];
  if (format === 'msec_frac' || format === 'usec_frac') return [null];
  return wholeTimes.has(format) ? [field('time')] : [null];
}

const wholeTimes: ReadonlySet<string> = new Set([
  '%d/%b/%Y:%H:%M:%S %z',
  '%d/%b/%Y:%T %z',
  '%Y-%m-%dT%H:%M:%S%z',
  '%Y-%m-%dT%T%z',
  '%FT%T%z',
  '%Y-%m-%d %H:%M:%S %z',
  '%F %T %z',
  '%Y-%m-%dT%H:%M:%S',
  '%FT%T',
  '%Y-%m-%d %H:%M:%S',
  '%F %T',
  '%Y-%m-%dT%H:%M:%SZ',
  '%FT%TZ',
  '%s',
]);
