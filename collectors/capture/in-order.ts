/**
 * What comes of each item, in their order, with at most `width` of them under way at once. What one throws is thrown at its turn.
 */
export async function* inOrder<T, R>(
  items: Iterable<T>,
  width: number,
  start: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<PromiseSettledResult<R>>[] = [];
  for (const item of items) {
    running.push(settled(start(item)));
    if (running.length >= width) yield result(await running.shift()!);
  }
  for (const one of running) yield result(await one);
}

async function settled<R>(promise: Promise<R>): Promise<PromiseSettledResult<R>> {
  const [one] = await Promise.allSettled([promise]);
  return one;
}

function result<R>(settled: PromiseSettledResult<R>): R {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}
