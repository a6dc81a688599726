import { Disorder } from './disorder.ts';
import { Flow, type Talk } from './flow.ts';
import { PacketWriter } from './packets.ts';
import { Random } from './random.ts';
import type { Truth } from './truth.ts';

/** One exchange whose answer is as long as the file, of pieces of 64 KiB. */
export function makeHugeBody(path: string, bytes: number, seed = 1): Truth {
  const random = new Random(seed);
  const writer = new PacketWriter(path, false, random);
  const disorder = new Disorder(writer, random);
  const piece = Buffer.from(`{"reading":"${random.hex(1_000)}"},`.repeat(70).slice(0, 65_536));
  // A twentieth of the file is headers and acknowledgements.
  const pieces = Math.max(1, Math.floor((bytes * 0.9) / piece.length));
  let said = -1;
  const talk: Talk = {
    turn: ([asked, answered]) => {
      said++;
      if (said === 0) {
        asked.text(
          'GET /v1/exports/all HTTP/1.1\r\nHost: exports.orchard.example\r\nUser-Agent: curl/8.1.1\r\nAccept: */*\r\n\r\n',
        );
        answered.text(
          `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${pieces * piece.length}\r\n\r\n`,
        );
        return true;
      }
      if (said <= pieces) answered.bytes(piece);
      return said <= pieces;
    },
  };
  const flow = new Flow(writer, disorder, random, talk, [client, server], false);
  while (flow.step());
  writer.close();
  return truthOf(writer, disorder, 1, 1, { 'GET exports.orchard.example /v1/exports/all 200': 1 });
}

/** SYNs to every port of many addresses, and nothing that answers. */
export function makeScan(path: string, bytes: number, seed = 1): Truth {
  const random = new Random(seed);
  const writer = new PacketWriter(path, false, random);
  let probes = 0;
  while (writer.bytes < bytes) {
    const port = 1 + (probes % 65_535);
    const target = { ip: server.ip + Math.floor(probes / 65_535), port };
    writer.probe({ ip: 0xc633_6407, port: 1_024 + random.below(60_000) }, target, random.word());
    probes++;
  }
  writer.close();
  return truthOf(writer, new Disorder(writer, random), probes, 0, {});
}

const client = { ip: 0x0a00_0001, port: 40_000 };
const server = { ip: 0x0ac8_0001, port: 80 };

function truthOf(
  { bytes, packets, acks }: PacketWriter,
  { reordered, repeated }: Disorder,
  connections: number,
  requests: number,
  counts: Record<string, number>,
): Truth {
  return { bytes, packets, acks, reordered, repeated, connections, requests, counts };
}
