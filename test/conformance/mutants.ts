/**
 * Reads mutants of the captures in a folder, in a process of its own: `mutants.ts FOLDER SEED COUNT FILE`. FILE is where each mutant
 * lies while it is read, so that the one which hangs is found there. Prints {@link Herd} as JSON, or ends with an error that names the mutant.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Exchange } from '#collectors/traffic/exchange';
import { Random } from '#test/collectors/capture/made/random';
import { readCapture } from './reading.ts';

export interface Herd {
  mutants: number;
  /** Exchanges that were read out of them. */
  exchanges: number;
  peakMegabytes: number;
}

/** Larger captures take longer, and have the same code to break. */
const largest = 40_000;

const [folder = '', seed = '', count = '', file = ''] = process.argv.slice(2);
const random = new Random(Number(seed));
const captures = readdirSync(folder)
  .filter((name) => /\.pcap(ng)?$/.test(name))
  .sort()
  .map((name) => ({ name, whole: readFileSync(join(folder, name)) }))
  .filter(({ whole }) => whole.length <= largest);
const herd: Herd = { mutants: 0, exchanges: 0, peakMegabytes: 0 };
while (herd.mutants < Number(count)) {
  const { name, whole } = captures[herd.mutants % captures.length]!;
  writeFileSync(file, mutant(whole, random));
  try {
    const { exchanges } = await readCapture(file);
    for (const exchange of exchanges) {
      const wrong = implausible(exchange);
      if (wrong !== null) throw new Error(`an exchange has ${wrong}`);
    }
    herd.exchanges += exchanges.length;
  } catch (error) {
    throw new Error(`seed ${seed}, mutant ${herd.mutants} of ${name}, in ${file}`, { cause: error });
  }
  herd.mutants++;
}
herd.peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1_024);
console.log(JSON.stringify(herd));

/** The capture cut, with bytes flipped, extreme numbers, or pieces left out, repeated or exchanged. */
function mutant(whole: Buffer, random: Random): Buffer {
  const kind = random.below(8);
  const cut = kind === 0 || random.chance(0.2);
  const bytes = Buffer.from(cut ? whole.subarray(0, random.below(whole.length)) : whole);
  if (bytes.length < 64 || kind === 0) return bytes;
  if (kind === 1) return spliced(bytes, random);
  for (let changes = 1 + random.below(kind < 5 ? 4 : 32); changes > 0; changes--) {
    const at = random.below(bytes.length - 4);
    if (kind === 2) bytes.writeUInt16BE(random.pick([0, 1, 0x7fff, 0x8000, 0xffff]), at);
    else if (kind === 3) bytes.writeUInt32LE(random.pick([0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]), at);
    else if (kind === 4) bytes[at] = bytes[at]! ^ (1 << random.below(8));
    else bytes[at] = random.below(256);
  }
  return bytes;
}

function spliced(bytes: Buffer, random: Random): Buffer {
  const from = random.below(bytes.length);
  const to = Math.min(bytes.length, from + random.below(2_000));
  const elsewhere = random.below(bytes.length);
  const piece = bytes.subarray(from, to);
  const left = random.chance(0.5) ? Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]) : bytes;
  return random.chance(0.5) ? left : Buffer.concat([left.subarray(0, elsewhere), piece, left.subarray(elsewhere)]);
}

/** What no exchange has, whatever was read; `null` when it has nothing of the kind. */
function implausible({ method, status, at, ref, host, target, ...rest }: Exchange): string | null {
  const { requestLength = 0, responseLength, latency = 0, version = '1.1', messages } = rest;
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}$/.test(method)) return 'a method that is no token';
  if (status !== 0 && !(status >= 100 && status <= 999)) return `the status ${status}`;
  if (!(at >= 0 && Number.isFinite(at))) return `the time ${at}`;
  if (!(Number.isInteger(ref) && ref >= 1)) return `the reference ${ref}`;
  if (target.length > 65_536 || host.length > 65_536) return 'a target or host that is too long';
  if (/\n/.test(target + host)) return 'a line break in its target or host';
  for (const length of [requestLength, responseLength ?? 0]) if (!isCount(length)) return `the length ${length}`;
  for (const sent of [messages?.sent ?? 0, messages?.received ?? 0]) if (!isCount(sent)) return `${sent} messages`;
  if (!Number.isFinite(latency)) return `the latency ${latency}`;
  return /^(?:1\.[0-9]{0,2}|[23])$/.test(version) ? null : `the version ${version}`;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}
