import { capturedPath } from '#collectors/traffic/captured-path';
import { isName } from './name.ts';

/**
 * The template of a target that stands within a message (a `Location`, a batched request), with every segment a value's type or a
 * name: `/orders/{integer}`. Keys in brackets, as OData has them, are values: `/Orders('A1')` is `/Orders()`.
 */
export function innerPath(target: string): string {
  const plain = target.slice(0, 8_192).replaceAll(/\([^()]*\)/g, '()');
  return capturedPath(plain)
    .split('/')
    .map((segment) =>
      segment === '' || /^\{[a-z0-9-]+\}$/.test(segment) || isName(segment.replaceAll('()', '')) ? segment : '{string}',
    )
    .join('/');
}
