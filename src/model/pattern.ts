/** Longer patterns are no filters. */
const maxPattern = 512;
/** How often a part may be repeated by number. */
const maxCount = 1_000;

/** How many ways alternatives and optional parts may combine. */
const maxWays = 256;

/** Text of an API's path is at most this long. */
const longestText = 2_048;

/** How many steps a pattern may take on text of that length: some tens of milliseconds. */
const maxSteps = 32_000_000;

/**
 * Why a regular expression may not be run over text from outside, or `null` when it may.
 *
 * Refused is what can take exponential time (a repeated group that holds a repetition or alternatives, many alternatives
 * or optional parts in a row), what can take more than 32 million steps on a text of 2,048 characters (three repetitions
 * that overlap, or two in a pattern that is not anchored), and what reads twice (references, look-around).
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
  return explosion(tokens) ?? excess(tokens);
}

/**
 * How many characters a backtracking matcher looks at before it gives up, at most, on a text of that length: a bound, good to
 * a small factor. `null` for what {@link patternFlaw} refuses for another reason.
 */
export function patternSteps(pattern: string, length: number): number | null {
  const tokens = tokenise(pattern);
  return tokens === null || explosion(tokens) !== null ? null : stepsOn(tokens, length);
}

function excess(tokens: readonly Token[]): string | null {
  return stepsOn(tokens, longestText) > maxSteps
    ? 'too many repetitions overlap: anchor it with ^, or use classes like [^/]'
    : null;
}

/** What multiplies with every further part of a pattern. */
function explosion(tokens: readonly Token[]): string | null {
  const groups = [{ varies: false }];
  const varies = () => {
    for (const group of groups) group.varies = true;
  };
  for (const token of tokens) {
    if (token.kind === 'open') groups.push({ varies: false });
    if (token.kind === 'or') varies();
    if (token.kind === 'close') {
      const group = groups.pop();
      if (token.most > 1 && group?.varies)
        return 'a repeated group holds a repetition, alternatives or an optional part';
    }
    if (token.most > maxCount && token.most !== Number.POSITIVE_INFINITY)
      return `a repetition of more than ${maxCount}`;
    if (token.most !== token.least) varies();
  }
  return waysOf(tokens) > maxWays ? 'too many alternatives or optional parts in a row' : null;
}

function waysOf(tokens: readonly Token[]): number {
  const alternatives = [1];
  let ways = 1;
  for (const token of tokens) {
    if (token.kind === 'open') alternatives.push(1);
    if (token.kind === 'or') alternatives.push((alternatives.pop() ?? 1) + 1);
    if (token.kind === 'close') ways *= alternatives.pop() ?? 1;
    if (token.least === 0 && token.most === 1) ways *= 2;
  }
  return ways * (alternatives[0] ?? 1);
}

/**
 * Each repetition that has to be tried at several lengths, and each beginning where there is no anchor, multiplies the
 * steps by the text's length. A repetition that ends where the next literal begins has one length, and is read once for
 * each try of what stands before it; when a literal also begins it, as in `/[^/]+/items`, all tries together read the text once.
 */
function stepsOn(tokens: readonly Token[], length: number): number {
  let tries = isAnchored(tokens) ? 1 : length;
  let unbounded = isAnchored(tokens) ? 0 : 1;
  let read = 1;
  for (const [index, token] of tokens.entries()) {
    if (token.most <= 1 || token.most === token.least) continue;
    const lengths = Math.min(length, token.most - token.least + 1);
    const next = tokens[index + 1];
    if (next === undefined) continue;
    if (token.kind === 'atom' && (next.text === '$' || isOutside(next, token.text))) {
      if (!isOutside(tokens[index - 1], token.text)) read = Math.max(read, Math.min(length, token.most));
      continue;
    }
    tries *= lengths;
    if (lengths === length) unbounded++;
  }
  if (read === length) unbounded++;
  // Two places in a text, the first before the second: half of all pairs.
  const orders = [1, 1, 2, 6][unbounded] ?? 24;
  return (tries * read * waysOf(tokens) * retries(tokens)) / orders;
}

/** A `^` at the beginning of every alternative that is none of a group's. */
function isAnchored(tokens: readonly Token[]): boolean {
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === 'open') depth++;
    if (token.kind === 'close') depth--;
    if (token.kind === 'or' && depth === 0) return false;
  }
  return tokens[0]?.text === '^';
}

/**
 * How many times one character is looked at while the fixed parts of a pattern are tried at every place, at most: once for
 * `orders`, which cannot begin inside of itself, four times for `aaaa`.
 */
function retries(tokens: readonly Token[]): number {
  let most = 1;
  let groups = 1;
  let run: Token[] = [];
  const endRun = () => {
    most = Math.max(most, overlap(run));
    run = [];
  };
  for (const token of tokens) {
    if (token.kind === 'close' && token.least === token.most) groups *= token.least;
    if (token.kind === 'or' || token.least !== token.most) endRun();
    else if (token.kind === 'atom') {
      for (let i = 0; i < token.least && run.length < longestText; i++) run.push(token);
    }
  }
  endRun();
  return most * groups;
}

/** A run's length by the least period of what it begins with; where it has classes, its length. */
function overlap(run: readonly Token[]): number {
  if (run.some((token) => literalOf(token) === null)) return run.length;
  const borders = [0];
  let most = 1;
  for (let i = 1, border = 0; i < run.length; i++) {
    while (border > 0 && run[i]?.text !== run[border]?.text) border = borders[border - 1] ?? 0;
    if (run[i]?.text === run[border]?.text) border++;
    borders.push(border);
    most = Math.max(most, Math.ceil((i + 1) / (i + 1 - border)));
  }
  return most;
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

/** The one character that a token takes, once; `null` for a class, a repetition, and all else. */
function literalOf(token: Token): string | null {
  if (token.kind !== 'atom') return null;
  const literal = /^\\?([^\\[\]()|^$.*+?{}A-Za-z0-9]|[A-Za-z0-9])$|^\\([\\[\]()|^$.*+?{}])$/.exec(token.text);
  const character = literal?.[1] ?? literal?.[2] ?? null;
  return character !== null && token.text.startsWith('\\') && /[A-Za-z0-9]/.test(character) ? null : character;
}

/** Whether a token takes one character that an atom never takes. */
function isOutside(token: Token | undefined, atom: string): boolean {
  const literal = token && token.least > 0 ? literalOf(token) : null;
  return literal !== null && !new RegExp(`^(?:${atom})$`).test(literal);
}
