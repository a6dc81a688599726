import { catalogue } from './catalogue.ts';
import { Disorder } from './disorder.ts';
import { Flow } from './flow.ts';
import { type Address, PacketWriter } from './packets.ts';
import { Random } from './random.ts';
import { Http1Talk, Http2Talk, type Stage } from './talks.ts';
import { Counts, type Truth } from './truth.ts';

export interface MadeOptions {
  /** Size of the file, about. */
  bytes: number;
  /** The same seed and size give the same file. */
  seed?: number;
  /** Every packet in VXLAN, as a mirror in a cloud sends it. */
  vxlan?: boolean;
  /** Version of HTTP; 2 is in clear, by prior knowledge. */
  version?: 1 | 2;
  /** Connections that are open at a time: 3,000 in a large file, unless told. */
  flows?: number;
  /** The most requests of a connection; each has one at least. */
  requests?: number;
}

/**
 * Writes a capture of API traffic as a classic pcap file and returns what it holds. Many connections are interleaved; every request is
 * answered, and every packet is there, some of them late or twice.
 */
export function makeCapture(path: string, options: MadeOptions): Truth {
  const { bytes, seed = 1, vxlan = false, version = 1, requests = 50 } = options;
  const { flows = Math.min(3_000, Math.ceil(bytes / 100_000)) } = options;
  const random = new Random(seed);
  const writer = new PacketWriter(path, vxlan, random);
  const disorder = new Disorder(writer, random);
  const counts = new Counts();
  const operations = catalogue();
  const stage: Stage = { operations, counts, writer, random, full: () => writer.bytes >= bytes };
  let connections = 0;
  const connect = (): Flow => {
    const host = operations.host(random);
    const most = requests === Number.POSITIVE_INFINITY ? requests : 1 + random.below(requests);
    const talk = version === 1 ? new Http1Talk(stage, host, most) : new Http2Talk(stage, host, most);
    // Without its beginning the tables of HTTP/2 are unknown: nobody could tell what such a connection says.
    const midway = version === 1 && random.chance(0.01);
    const ends: [Address, Address] = [clientAddress(connections), serverAddress(operations.hosts.indexOf(host), host)];
    connections++;
    return new Flow(writer, disorder, random, talk, ends, midway);
  };
  const open = Array.from({ length: flows }, () => null as Flow | null);
  while (!stage.full()) {
    const at = random.below(flows);
    const flow = open[at] ?? connect();
    open[at] = flow.step() ? flow : null;
  }
  for (const flow of open) while (flow?.step());
  writer.close();
  return {
    bytes: writer.bytes,
    packets: writer.packets,
    acks: writer.acks,
    reordered: disorder.reordered,
    repeated: disorder.repeated,
    connections,
    requests: counts.requests,
    counts: counts.all(),
  };
}

/** Of the n-th connection: none has the same address and port as another. */
function clientAddress(n: number): Address {
  return { ip: 0x0a00_0000 + 1 + (n % 50_000), port: 10_000 + (Math.floor(n / 50_000) % 50_000) };
}

function serverAddress(n: number, host: string): Address {
  return { ip: 0x0ac8_0000 + 1 + n, port: Number(/:(\d+)$/.exec(host)?.[1] ?? 80) };
}
