/** A list as what comes one after the other. */
export async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

export async function* mapped<A, B>(items: AsyncIterable<A>, map: (item: A) => B): AsyncGenerator<B> {
  for await (const item of items) yield map(item);
}

/** What comes one after the other as a list. */
export async function gathered<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
