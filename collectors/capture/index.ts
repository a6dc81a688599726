import { z } from 'zod';
import type { Collector } from '#collectors/collector';
import { hostsOption } from '#collectors/traffic/own-hosts';
import { collect } from './collect.ts';
import { isPromising } from './find.ts';
import { plane } from './scope-report.ts';
import { tell } from './tell.ts';

const config = z.strictObject({
  paths: z
    .array(z.string().min(1))
    .min(1)
    .describe(
      'Packet captures: files, folders, globs, or - for standard input. What a file is, its first bytes tell; its name does not matter.',
    ),
  hosts: hostsOption,
  threads: z
    .int()
    .min(1)
    .max(16)
    .optional()
    .describe(
      'Threads that share the connections of a large capture; 1 when left out. Two take about 0.7 of the time, and twice the memory.',
    ),
  keylog: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A TLS key log in the format of SSLKEYLOGFILE: connections whose secrets it holds are decrypted. Relative to this file.',
    ),
});

export type CaptureConfig = z.infer<typeof config>;

/** Traffic in packet captures. One scope a file, also of a rotation, which is read as one recording; a capture stays true after it is deleted, so scopes are never retired. */
export const capture: Collector<CaptureConfig> = {
  kind: 'capture',
  plane,
  about:
    'API traffic in packet captures (pcap and pcapng, plain or packed, as tcpdump and Wireshark write them): HTTP/1, HTTP/2, gRPC, WebSocket, and TLS with a key log.',
  config,
  sniff: ({ path, folder, head }) => (!folder && isPromising(path, head) ? { paths: [path] } : null),
  stdin: { paths: ['-'] },
  collect,
  exchanges: tell,
};
