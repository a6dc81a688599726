import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

interface Options {
  type: 'major';
  /** `last-resort` also moves together what is alive, and gives free pages back. */
  flavor: 'regular' | 'last-resort';
}

let collect: ((options: Options) => void) | undefined;

/** Has V8 free what is no longer used, at once: for where it does not know how much that is, or lets it lie for too long. */
export function collectGarbage(flavor: Options['flavor'] = 'regular'): void {
  collect ??= collector();
  collect({ type: 'major', flavor });
}

/**
 * V8's collection, which has a name only in contexts that are made while its flag is set. It stays set: all threads have one flag, and one
 * that took it back would take it from another that is about to look.
 */
function collector(): (options: Options) => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as (options: Options) => void;
}
