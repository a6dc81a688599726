import { splitPath } from '#path/normalise';
import { isVersion } from '#path/segment';
import { exchangesOf, keyOf, type Operation, unite } from './operation.ts';

/**
 * Fewer operations than there are, at most `target`: where many siblings stand beside each other, the rarest of them become
 * `{string}`, the widest groups first. What is answered and seen often stays by its own name.
 *
 * Rearranges the operations that it is given, and drops the rarest where merging does not suffice (as when every method
 * or host is another): `dropped` counts their exchanges.
 */
export function widen(operations: Operation[], target: number): { kept: Operation[]; dropped: number } {
  let kept = operations;
  for (let width = 1_024; width >= 4 && kept.length > target; width >>= 2) {
    for (const group of groupBy(kept, ({ host, method }) => `${method} ${host}`).values())
      mergeSiblings(group, 0, width);
    kept = united(kept);
  }
  if (kept.length <= target) return { kept, dropped: 0 };
  kept.sort(byWeight);
  const rest = kept.splice(target);
  return { kept, dropped: rest.reduce((sum, operation) => sum + exchangesOf(operation), 0) };
}

/** Of more than `width` literal siblings at this depth, or below it, a quarter of the width stays. */
function mergeSiblings(operations: readonly Operation[], depth: number, width: number): void {
  if (operations.length <= width) return;
  const children = groupBy(operations, (operation) => splitPath(operation.path)[depth] ?? '');
  children.delete('');
  const literal = [...children].filter(([name]) => !name.startsWith('{') && !isVersion(name));
  if (literal.length > width) {
    const weighed = literal.map(([name, below]) => ({ name, below, ...weight(below) }));
    weighed.sort((a, b) => b.answered - a.answered || b.all - a.all || (a.name < b.name ? -1 : 1));
    const merged = children.get('{string}') ?? [];
    for (const { name, below } of weighed.slice(width >> 2)) {
      children.delete(name);
      for (const operation of below) {
        const segments = splitPath(operation.path);
        segments[depth] = '{string}';
        operation.path = `/${segments.join('/')}`;
        merged.push(operation);
      }
    }
    children.set('{string}', merged);
  }
  for (const below of children.values()) mergeSiblings(below, depth + 1, width);
}

function united(operations: readonly Operation[]): Operation[] {
  const kept = new Map<string, Operation>();
  for (const operation of operations) {
    const key = keyOf(operation);
    const known = kept.get(key);
    if (known) unite(known, operation);
    else kept.set(key, operation);
  }
  return [...kept.values()];
}

function weight(operations: readonly Operation[]): { answered: number; all: number } {
  let answered = 0;
  let all = 0;
  for (const operation of operations) {
    answered += operation.answered?.count ?? 0;
    all += exchangesOf(operation);
  }
  return { answered, all };
}

function byWeight(a: Operation, b: Operation): number {
  const one = weight([a]);
  const other = weight([b]);
  return other.answered - one.answered || other.all - one.all || (keyOf(a) < keyOf(b) ? -1 : 1);
}

function groupBy<T>(items: Iterable<T>, keyFor: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyFor(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
