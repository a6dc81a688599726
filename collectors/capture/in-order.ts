/**
 * What comes of each item of each group: in the order of groups, while one has only one item, and of several groups under way one after
 * another in turn. At most `width` groups are under way at once, and each is at most one result ahead. `start` gives as many results as its
 * group has items. What one throws is thrown at its turn.
 */
export async function* inOrder<T, R>(
  groups: Iterable<readonly T[]>,
  width: number,
  start: (group: readonly T[]) => AsyncGenerator<R>,
): AsyncGenerator<R> {
  const waiting = groups[Symbol.iterator]();
  const running: Running<R>[] = [];
  const fill = () => {
    while (running.length < width) {
      const { value: group, done } = waiting.next();
      if (done) return;
      const results = start(group);
      if (group.length > 0) running.push({ results, left: group.length, next: settled(results.next()) });
    }
  };
  for (fill(); running.length > 0; fill()) {
    const one = running.shift()!;
    const value = result(await one.next);
    one.left--;
    if (one.left > 0) running.push({ ...one, next: settled(one.results.next()) });
    yield value;
  }
}

/** A group under way. */
interface Running<R> {
  results: AsyncGenerator<R>;
  /** Results to come. */
  left: number;
  next: Promise<PromiseSettledResult<IteratorResult<R>>>;
}

async function settled<R>(promise: Promise<R>): Promise<PromiseSettledResult<R>> {
  const [one] = await Promise.allSettled([promise]);
  return one;
}

function result<R>(settled: PromiseSettledResult<IteratorResult<R>>): R {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value.value;
}
