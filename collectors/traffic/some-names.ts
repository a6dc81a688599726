import { counted } from '#model/figure';

/** Hosts that are named in a sentence. */
const named = 5;

/** The first names of a set, for a sentence: `a.example, b.example and 3 other hosts`; `''` when there are none. */
export function someNames(names: ReadonlySet<string>): string {
  const first = [...names].slice(0, named).join(', ');
  return names.size > named ? `${first} and ${counted(names.size - named, 'other host')}` : first;
}
