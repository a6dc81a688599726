import { randomInt } from 'node:crypto';
import { isMonitor } from '#collectors/traffic/answer';
import { userAgentFamily } from '#collectors/traffic/user-agent';

const maxKnown = 4_096;
/** Whoever makes a capture shall not be able to make two headers of one hash. */
const seed = randomInt(2 ** 32) | 0;
const known = new Map<number, number>();
/** What is told apart of user agents, in the order in which it was met. */
const classes: string[] = [];

/** What is counted of a user agent, as a number: the same for those that are alike. Hot: a header that was met before costs its hash. */
export function agentClass(bytes: Buffer, from: number, to: number): number {
  let hash = seed ^ (to - from);
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, 0x0100_0193);
  let found = known.get(hash);
  if (found === undefined) {
    if (known.size >= maxKnown) known.clear();
    found = classOf(bytes.toString('latin1', from, to));
    known.set(hash, found);
  }
  return found;
}

function classOf(header: string): number {
  const name = `${userAgentFamily(header)} ${isMonitor(header)}`;
  const at = classes.indexOf(name);
  return at >= 0 ? at : classes.push(name) - 1;
}
