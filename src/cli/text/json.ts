import { printableJson } from './printable.ts';

/** A value as JSON for people and programs. */
export function jsonText(value: unknown): string {
  return `${printableJson(JSON.stringify(value, null, 2))}\n`;
}

/** `{"version":1,"<name>":[…]}` with an item a line, in pieces: however many there are. */
export async function* jsonList(name: string, items: AsyncIterable<unknown>): AsyncGenerator<string> {
  yield `{"version":1,${JSON.stringify(name)}:[`;
  let between = '\n';
  for await (const item of items) {
    yield between + printableJson(JSON.stringify(item));
    between = ',\n';
  }
  yield '\n]}\n';
}
