import { isName } from '#collectors/traffic/inspect/name';

/** An operation of a GraphQL document with the fields that it begins with. */
export interface Operation {
  type: 'query' | 'mutation' | 'subscription';
  name: string;
  fields: string[];
}

const maxOperations = 16;
const maxFields = 32;
const maxTokens = 16_384;
/** Of fragments within fragments. */
const maxDepth = 16;

/** Names, punctuators and texts, spread as one token (GraphQL, October 2021, section 2.1). */
const token = /[_A-Za-z][_0-9A-Za-z]*|\.\.\.|"""|"|[{}()[\]@:$!=|&]|#/g;

/**
 * The operations of a document, as far as it goes; empty when it is none. Bounded in tokens; a fragment at the root counts with
 * its fields.
 */
export function parseGraphql(document: string): Operation[] {
  const tokens = tokensOf(document);
  const operations: Operation[] = [];
  const fragments = new Map<string, string[]>();
  let at = 0;
  while (at < tokens.length && operations.length < maxOperations) {
    const word = tokens[at]!;
    let type: Operation['type'] | 'fragment' | null = null;
    let name = '';
    if (word === '{') type = 'query';
    else if (word === 'query' || word === 'mutation' || word === 'subscription' || word === 'fragment') {
      type = word;
      at++;
      if (isGraphqlName(tokens[at])) name = tokens[at++]!;
      at = selectionAfter(tokens, at);
    }
    if (type === null || tokens[at] !== '{') return operations.length > 0 ? spread(operations, fragments) : [];
    const fields: string[] = [];
    at = readSelection(tokens, at, fields, 0);
    if (type === 'fragment') fragments.set(name, fields);
    else operations.push({ type, name: isName(name) ? name : '', fields });
  }
  return spread(operations, fragments);
}

function tokensOf(document: string): string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  for (let found = token.exec(document); found && tokens.length < maxTokens; found = token.exec(document)) {
    const text = found[0];
    if (text !== '#' && text !== '"' && text !== '"""') {
      tokens.push(text);
      continue;
    }
    const end = text === '#' ? document.indexOf('\n', found.index) : endOfText(document, found.index, text);
    if (end < 0) break;
    token.lastIndex = end;
    if (text !== '#') tokens.push('"');
  }
  return tokens;
}

function endOfText(document: string, from: number, quote: string): number {
  let at = from + quote.length;
  for (;;) {
    const end = document.indexOf(quote, at);
    if (end < 0) return -1;
    let slashes = 0;
    while (document[end - 1 - slashes] === '\\' && end - 1 - slashes >= from) slashes++;
    if (slashes % 2 === 0) return end + quote.length;
    at = end + quote.length;
  }
}

/** Past variables and directives. */
function selectionAfter(tokens: readonly string[], at: number): number {
  while (at < tokens.length && tokens[at] !== '{')
    at = tokens[at] === '(' ? pastBrackets(tokens, at, '(', ')') : at + 1;
  return at;
}

/** The root fields of a selection, spreads as `...Name`; the place past its end. */
function readSelection(tokens: readonly string[], at: number, fields: string[], depth: number): number {
  if (depth > maxDepth) return pastBrackets(tokens, at, '{', '}');
  at++;
  while (at < tokens.length && tokens[at] !== '}') {
    const word = tokens[at]!;
    if (word === '(') at = pastBrackets(tokens, at, '(', ')');
    else if (word === '{') at = pastBrackets(tokens, at, '{', '}');
    else if (word === '@') at += 2;
    else if (word === '...') {
      const next = tokens[at + 1];
      if (next === 'on' || next === '@' || next === '{') {
        at = selectionAfter(tokens, at + 1);
        if (tokens[at] === '{') at = readSelection(tokens, at, fields, depth + 1);
      } else {
        if (isGraphqlName(next) && fields.length < maxFields) fields.push(`...${next}`);
        at += 2;
      }
    } else {
      if (tokens[at + 1] === ':') at += 2;
      const name = tokens[at];
      if (isGraphqlName(name) && fields.length < maxFields && !fields.includes(name)) fields.push(name);
      at++;
    }
  }
  return at + 1;
}

function pastBrackets(tokens: readonly string[], at: number, open: string, close: string): number {
  let depth = 0;
  for (; at < tokens.length; at++) {
    if (tokens[at] === open) depth++;
    else if (tokens[at] === close && --depth === 0) return at + 1;
  }
  return at;
}

function spread(operations: readonly Operation[], fragments: ReadonlyMap<string, readonly string[]>): Operation[] {
  return operations.map((operation) => ({
    ...operation,
    fields: operation.fields
      .flatMap((field) => (field.startsWith('...') ? (fragments.get(field.slice(3)) ?? []) : [field]))
      .filter((field) => !field.startsWith('...') && isName(field))
      .slice(0, maxFields),
  }));
}

function isGraphqlName(word: string | undefined): word is string {
  return word !== undefined && /^[_A-Za-z]/.test(word);
}
