import { retained } from './retained.ts';

const most = 1_000;
const longest = 256;

/**
 * A pure function of a text, with what it gave kept: hosts, names and types of headers are few, and come with every exchange.
 * Bounded: what is kept is begun anew when there are too many texts, and long ones are worked out each time.
 */
export function remembered<R>(work: (text: string) => R): (text: string) => R {
  const known = new Map<string, R>();
  return (text) => {
    if (text.length > longest) return work(text);
    const found = known.get(text);
    if (found !== undefined) return found;
    const result = work(text);
    if (known.size >= most) known.clear();
    known.set(retained(text), result);
    return result;
  };
}
