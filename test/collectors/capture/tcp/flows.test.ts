import { expect, test } from 'vitest';
import type { Segment } from '#collectors/capture/packet/segment';
import { newTally } from '#collectors/capture/tally';
import { FlowTable } from '#collectors/capture/tcp/flows';
import type { Receiver } from '#collectors/capture/tcp/receiver';

const fin = 1;
const syn = 2;
const ack = 16;

function segment(fromClient: boolean, seq: number, flags: number, text = ''): Segment {
  const ends = [10, 0, 0, fromClient ? 1 : 2, 10, 0, 0, fromClient ? 2 : 1];
  const bytes = Buffer.concat([Buffer.from(ends), Buffer.from(text)]);
  const [sourcePort, destinationPort] = fromClient ? [40_000, 80] : [80, 40_000];
  return {
    ...{ bytes, addresses: 0, width: 4, sourcePort, destinationPort, seq, ack: 0, flags },
    ...{ from: 8, to: bytes.length, length: text.length, ref: 1, at: 1 },
  };
}

test('a connection that both sides ended is closed at once, and what is repeated of it is none', () => {
  const told: string[] = [];
  let opened = 0;
  const open = (): Receiver => {
    const name = opened++;
    return {
      data: (side, { bytes, from, to }) => told.push(`${name}.${side} ${bytes.toString('latin1', from, to)}`),
      gap: (side) => told.push(`${name}.${side} gap`),
      end: (side) => told.push(`${name}.${side} end`),
      close: () => told.push(`${name} close`),
    };
  };
  const table = new FlowTable(open, newTally(), { held: 0 });
  const conversation = [
    segment(true, 9, syn),
    segment(false, 99, syn | ack),
    segment(true, 10, ack, 'ask'),
    segment(false, 100, ack, 'answer'),
    segment(true, 13, fin | ack),
    segment(false, 106, fin | ack),
  ];
  const first = ['0.0 ask', '0.1 answer', '0.0 end', '0.1 end', '0 close'];
  for (const one of conversation) table.tcp(one);
  expect(told).toEqual(first);
  for (const one of conversation) table.tcp(one);
  table.tcp(segment(true, 14, ack, 'beyond'));
  expect(told).toEqual(first);
  // The same ports again.
  for (const one of conversation) table.tcp({ ...one, seq: one.seq + 5_000 });
  table.close();
  expect(told).toEqual([...first, ...first.map((text) => text.replace('0', '1'))]);
});
