/** Longer patterns are no filters. */
const maxPattern = 512;
/** How many repetitions may have to be tried against each other: text of an API's path is at most 2,048 characters. */
const maxFree = 3;
const maxCount = 1_000;

/** How many ways alternatives and optional parts may combine. */
const maxWays = 256;

/**
 * Why a regular expression may not be run over text from outside, or `null` when it may.
 *
 * Refused is what can take exponential time (a repeated group that holds a repetition or alternatives, many alternatives
 * or optional parts in a row), a high power of the text's length (many repetitions that overlap), and what reads twice
 * (references, look-around). A repetition that ends where the next literal begins, as in `/v[0-9]+/[^/]+/items`, costs
 * nothing and is not counted.
 */
export function patternFlaw(pattern: string): string | null {
  if (pattern.length > maxPattern) return `it is longer than ${maxPattern} characters`;
  try {
    new RegExp(pattern);
  } catch (error) {
    return (error as Error).message.replace(/^Invalid regular expression: /, '');
  }
  const tokens = tokenise(pattern);
  if (tokens === null) return 'references and look-around are not supported';
  return excess(tokens, pattern.startsWith('^') && !pattern.includes('|'));
}

function excess(tokens: readonly Token[], anchored: boolean): string | null {
  // Unanchored, every beginning is tried.
  let free = anchored ? 0 : 1;
  let ways = 1;
  const groups = [{ alternatives: 1, varies: false }];
  const varies = () => {
    for (const group of groups) group.varies = true;
  };
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'open') groups.push({ alternatives: 1, varies: false });
    if (token.kind === 'or') {
      varies();
      const group = groups.at(-1);
      if (group) group.alternatives++;
    }
    if (token.kind === 'close') {
      const group = groups.pop();
      ways *= group?.alternatives ?? 1;
      if (token.most > 1 && group?.varies)
        return 'a repeated group holds a repetition, alternatives or an optional part';
    }
    if (token.most > maxCount && token.most !== Number.POSITIVE_INFINITY)
      return `a repetition of more than ${maxCount}`;
    if (token.most === token.least) continue;
    varies();
    if (token.kind !== 'close' && endsAt(token.text, tokens[index + 1])) continue;
    if (token.most > 1) free++;
    else ways *= 2;
  }
  ways *= groups[0]?.alternatives ?? 1;
  if (ways > maxWays) return 'too many alternatives or optional parts in a row';
  return free > maxFree ? 'too many repetitions overlap: anchor it with ^, or use classes like [^/]' : null;
}

interface Token {
  kind: 'open' | 'close' | 'or' | 'anchor' | 'atom';
  text: string;
  /** How often it has to and may match; infinity for `*`, `+` and `{n,}`. */
  least: number;
  most: number;
}

const pieces =
  /\\[1-9]|\\k|\(\?<?[=!]|\(\?:|\(\?<[A-Za-z_]\w*>|\(|\)|\||\^|\$|\\[bB]|\[(?:\\[\s\S]|[^\]\\])*\]|\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|c[A-Za-z]|[\s\S])|[\s\S]/g;
const repetition = /(?:[*+?]|\{([0-9]+)(,?)([0-9]*)\})\??/y;

function tokenise(pattern: string): Token[] | null {
  const tokens: Token[] = [];
  pieces.lastIndex = 0;
  for (let found = pieces.exec(pattern); found; found = pieces.exec(pattern)) {
    const text = found[0];
    if (/^(?:\\[1-9]|\\k|\(\?<?[=!])$/.test(text)) return null;
    const kind = kindOf(text);
    const token: Token = { kind, text, least: 1, most: 1 };
    if (kind === 'close' || kind === 'atom') {
      repetition.lastIndex = pieces.lastIndex;
      const repeated = repetition.exec(pattern);
      if (repeated) {
        [token.least, token.most] = times(repeated);
        pieces.lastIndex = repetition.lastIndex;
      }
    }
    tokens.push(token);
  }
  return tokens;
}

function kindOf(text: string): Token['kind'] {
  if (text === '|') return 'or';
  if (text === ')') return 'close';
  if (text.startsWith('(')) return 'open';
  return text === '^' || text === '$' || /^\\[bB]$/.test(text) ? 'anchor' : 'atom';
}

function times([text, least, comma, most]: RegExpExecArray): [least: number, most: number] {
  if (least === undefined) return text.startsWith('?') ? [0, 1] : [0, Number.POSITIVE_INFINITY];
  if (comma === '') return [Number(least), Number(least)];
  return [Number(least), most ? Number(most) : Number.POSITIVE_INFINITY];
}

/** True when nothing after a repetition can take what it took: it ends the pattern, or a character outside of it follows. */
function endsAt(atom: string, next: Token | undefined): boolean {
  if (next === undefined || next.text === '$') return true;
  if (next.kind !== 'atom' || next.least === 0) return false;
  const literal = /^\\?([^\\[\]()|^$.*+?{}A-Za-z0-9]|[A-Za-z0-9])$/.exec(next.text);
  if (!literal?.[1] || (next.text.startsWith('\\') && /[A-Za-z0-9]/.test(literal[1]))) return false;
  return !new RegExp(`^(?:${atom})$`).test(literal[1]);
}
