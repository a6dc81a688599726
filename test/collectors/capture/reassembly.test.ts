import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Connection } from '#collectors/capture/connection';
import type { Segment } from '#collectors/capture/packet/segment';
import { anybody, newShared } from '#collectors/capture/session';
import { newTally } from '#collectors/capture/tally';
import { defaultLimits, FlowTable, type Limits, type Open } from '#collectors/capture/tcp/flows';
import type { Budget, Side } from '#collectors/capture/tcp/receiver';
import { everything } from './session.ts';

const client = '\x0a\x00\x00\x01\x30';
const server = '\x0a\x00\x00\x02\x50';

/** A segment's numbers, its data, and who sent it: address bytes and behind them the port, each as a character. */
interface Said {
  seq: number;
  text?: string;
  source?: string;
  destination?: string;
  ack?: number | null;
  syn?: boolean;
  fin?: boolean;
  /** Bytes that were sent, where the recording cut them. */
  length?: number;
}

function segment(said: Omit<Said, 'text'>, text = ''): Said {
  return { ...said, text };
}

function given({ seq, text = '', source = client, destination = server, ack = null, syn, fin, length }: Said): Segment {
  const data = Buffer.from(text, 'latin1');
  const addresses = Buffer.from(source.slice(0, -1) + destination.slice(0, -1), 'latin1');
  return {
    bytes: Buffer.concat([addresses, data]),
    addresses: 0,
    width: 4,
    sourcePort: source.charCodeAt(source.length - 1),
    destinationPort: destination.charCodeAt(destination.length - 1),
    seq: seq | 0,
    ack: (ack ?? 0) | 0,
    flags: (fin ? 1 : 0) | (syn ? 2 : 0) | (ack === null ? 0 : 16),
    from: addresses.length,
    to: addresses.length + data.length,
    length: length ?? data.length,
    ref: 0,
    at: 0,
  };
}

function take(table: FlowTable, said: Said, ref: number, at: number): void {
  table.tcp({ ...given(said), ref, at });
}

/** Feeds segments to a table and gives each connection's stream of the client, gaps as `[n]`, its end as `$`. */
function streams(
  segments: readonly Said[],
  limits: Limits = defaultLimits,
): { texts: string[]; most: number; held: number } {
  const texts: string[] = [];
  const budget: Budget = { held: 0 };
  let most = 0;
  const open: Open = () => {
    const at = texts.push('') - 1;
    const say = (side: Side, text: string) => {
      if (side === 0) texts[at] += text;
    };
    return {
      data: (side, { bytes, from, to }) => say(side, bytes.toString('latin1', from, to)),
      gap: (side, length) => say(side, `[${length}]`),
      end: (side) => say(side, '$'),
      close: () => undefined,
    };
  };
  const table = new FlowTable(open, newTally(), budget, limits);
  segments.forEach((one, i) => {
    take(table, one, i + 1, i);
    most = Math.max(most, budget.held);
  });
  table.close();
  return { texts, most, held: budget.held };
}

describe('the bytes of a connection', () => {
  test('are the same for any order, overlap and repetition', () => {
    const text = Array.from({ length: 400 }, (_, i) => String.fromCharCode(32 + ((i * 7) % 90))).join('');
    const pieces = fc.array(fc.tuple(fc.nat(399), fc.integer({ min: 1, max: 60 })), { maxLength: 40 });
    const start = fc.constantFrom(0, 1_000, 0x7fff_ff80, 0xffff_ff80);
    fc.assert(
      fc.property(start, pieces, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (isn, extra, order) => {
        const every = Array.from({ length: 40 }, (_, i): [number, number] => [i * 10, 10]);
        const made = [...every, ...extra].map(([at, length]) =>
          segment({ seq: isn + 1 + at }, text.slice(at, at + length)),
        );
        const fin = segment({ seq: isn + 391, fin: true }, text.slice(390));
        const shuffled = [...made, fin]
          .map((one) => ({ one, by: order.next().value as number }))
          .sort((a, b) => a.by - b.by)
          .map(({ one }) => one);
        const { texts, held } = streams([segment({ seq: isn, syn: true }), ...shuffled]);
        expect(texts).toEqual([`${text}$`]);
        expect(held).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test('in the next file of a recording are of another connection when their numbers do not go on', () => {
    const texts: string[] = [];
    const open: Open = () => {
      const at = texts.push('') - 1;
      return {
        data: (_, { bytes, from, to }) => {
          texts[at] += bytes.toString('latin1', from, to);
        },
        gap: () => undefined,
        end: () => undefined,
        close: () => undefined,
      };
    };
    const table = new FlowTable(open, newTally(), { held: 0 });
    const say = (seq: number, text: string) => take(table, segment({ seq }, text), 1, 0);
    for (const [i, text] of ['ab', 'cd', 'ef'].entries()) say(i * 2, text);
    table.goOn();
    say(6, 'gh');
    table.goOn();
    say(1e9, 'xy');
    say(1e9 + 2, 'z');
    table.close();
    expect(texts).toEqual(['abcdefgh', 'xyz']);
  });

  test('that a receiver has no use for are passed over and accounted for, whatever comes between', () => {
    const text = Array.from({ length: 2_000 }, (_, i) => String.fromCharCode(33 + ((i * 7) % 90))).join('');
    const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 30, maxLength: 100 });
    const unread = fc.array(fc.oneof(fc.constant(0), fc.nat(200)), { minLength: 1 });
    const fates = fc.array(fc.constantFrom('comes', 'comes', 'comes', 'comes', 'late', 'twice', 'lost', 'again'), {
      minLength: 1,
    });
    const start = fc.constantFrom(0, 0x7fff_ff80, 0xffff_ff80);
    let passes = 0;
    fc.assert(
      fc.property(start, lengths, unread, fates, fc.boolean(), (isn, sizes, wishes, fate, ends) => {
        const segments: Said[] = [];
        const late: Said[] = [];
        let at = 0;
        for (const [i, size] of sizes.entries()) {
          const one = segment({ seq: isn + 1 + at }, text.slice(at, at + size));
          at += size;
          const what = i === 0 ? 'comes' : fate[i % fate.length];
          if (what === 'late') late.push(one);
          else if (what !== 'lost') segments.push(one, ...late.splice(0));
          if (what === 'twice') segments.push(one);
          if (what === 'again') segments.push(segment({ seq: isn + 1 }, text.slice(0, 10)));
        }
        const sent = text.slice(0, at);
        let got = '';
        let announced = 0;
        let said = 0;
        const table = new FlowTable(
          () => ({
            data: (_, piece) => {
              got += piece.bytes.toString('latin1', piece.from, piece.to);
              announced = wishes[said++ % wishes.length]!;
              piece.unread = announced;
            },
            pass: (_, length) => {
              passes++;
              expect(length).toBeGreaterThan(0);
              expect(length).toBeLessThan(announced);
              announced -= length;
              got += '~'.repeat(length);
            },
            gap: (_, length) => {
              got += ' '.repeat(length);
            },
            end: () => undefined,
            close: () => undefined,
          }),
          newTally(),
          { held: 0 },
        );
        segments.push(...late);
        if (ends) segments.push(segment({ seq: isn + 1 + at, fin: true }));
        for (const [i, one] of [segment({ seq: isn, syn: true }), ...segments].entries()) take(table, one, i + 1, i);
        table.close();
        if (!fate.includes('lost')) expect(got.length).toBe(sent.length);
        expect([...got].map((char, i) => (char === '~' || char === ' ' ? sent[i] : char)).join('')).toBe(
          sent.slice(0, got.length),
        );
      }),
      { numRuns: 500 },
    );
    expect(passes).toBeGreaterThan(1_000);
  });

  test.each<[string, Said[], string[]]>([
    ['a hole that never fills is a gap', [segment({ seq: 0 }, 'ab'), segment({ seq: 5 }, 'fg')], ['ab[3]fg']],
    [
      'a segment that the recording cut',
      [segment({ seq: 0, length: 5 }, 'ab'), segment({ seq: 5 }, 'fg')],
      ['ab[3]fg'],
    ],
    [
      'cut, and out of order',
      [segment({ seq: 0 }, 'ab'), segment({ seq: 5, length: 4 }, 'fg'), segment({ seq: 2 }, 'cde')],
      ['abcdefg[2]'],
    ],
    ['a keep-alive', [segment({ seq: 0 }, 'ab'), segment({ seq: 1 }, '\0'), segment({ seq: 2 }, 'cd')], ['abcd']],
    [
      'two strays are dropped',
      [
        segment({ seq: 0 }, 'ab'),
        segment({ seq: 1e9 }, 'x'),
        segment({ seq: 1e9 + 1 }, 'y'),
        segment({ seq: 2 }, 'cd'),
      ],
      ['abcd'],
    ],
    [
      'a third begins a new connection',
      [segment({ seq: 0 }, 'ab'), ...[0, 1, 2].map((i) => segment({ seq: 1e9 + i }, `${i}`))],
      ['ab', '2'],
    ],
    [
      'a SYN with other numbers too',
      [
        segment({ seq: 9, syn: true }),
        segment({ seq: 10 }, 'ab'),
        segment({ seq: 70, syn: true }),
        segment({ seq: 71 }, 'cd'),
      ],
      ['ab', 'cd'],
    ],
    [
      'a SYN that is repeated does not',
      [
        segment({ seq: 9, syn: true }),
        segment({ seq: 10 }, 'ab'),
        segment({ seq: 9, syn: true }),
        segment({ seq: 12 }, 'cd'),
      ],
      ['abcd'],
    ],
    [
      'a SYN that is tried again with other numbers',
      [segment({ seq: 9, syn: true }), segment({ seq: 70, syn: true }), segment({ seq: 71 }, 'cd')],
      ['cd'],
    ],
    [
      'what comes after the end is not read',
      [segment({ seq: 0, fin: true }, 'ab'), segment({ seq: 2 }, 'cd'), segment({ seq: 0 }, 'ab')],
      ['ab$'],
    ],
    [
      'data before what the other side is said to have',
      [
        segment({ source: server, destination: client, seq: 0, ack: 5 }, 'x'),
        segment({ seq: 3 }, 'de'),
        segment({ seq: 5 }, 'fg'),
      ],
      ['defg'],
    ],
  ])('%s', (_, segments, texts) => {
    expect(streams(segments).texts).toEqual(texts);
  });
});

describe('what is held is bounded', () => {
  const beyond = (seq: number, port: number) =>
    segment({ seq, source: client.slice(0, 4) + String.fromCharCode(port) }, 'x'.repeat(1_000));

  test('for a connection', () => {
    const ahead = Array.from({ length: 3_000 }, (_, i) => beyond(10_000 + i * 1_001, 1_000));
    const { most, held } = streams([beyond(0, 1_000), ...ahead]);
    expect(most).toBeLessThan(1_100_000);
    expect(held).toBe(0);
  });

  test('for a connection of many small segments', () => {
    const ahead = Array.from({ length: 20_000 }, (_, i) => segment({ seq: 1_000_000 - i * 2 }, 'x'));
    expect(streams([segment({ seq: 0 }, 'x'), ...ahead]).most).toBeLessThan(1_025 * 300);
  });

  test('for all of them', () => {
    const limits = { ...defaultLimits, held: 100_000 };
    const many = Array.from({ length: 2_000 }, (_, i) => [beyond(0, i + 1), beyond(2_000, i + 1)]).flat();
    const { most, held, texts } = streams(many, limits);
    expect(most).toBeLessThan(110_000);
    expect(held).toBe(0);
    expect(texts.length).toBe(2_000);
  });

  test.each([
    ['requests without an answer', `GET /a HTTP/1.1\r\nX: ${'y'.repeat(5_000)}\r\n\r\n`],
    ['answers without a request', `HTTP/1.1 204 x\r\nX: ${'y'.repeat(5_000)}\r\n\r\n`],
    ['heads without an end', `GET /a HTTP/1.1\r\nX: ${'y'.repeat(5_000)}`],
  ])('for all of them, with %s', (_, text) => {
    const tally = newTally();
    let most = 0;
    const shared = newShared(tally, () => undefined, everything);
    const { budget } = shared;
    const open: Open = (endpoints, midway, lot) =>
      new Connection({ shared, endpoints, midway, lot, scheme: 'http', caller: anybody, depth: 0 });
    const table = new FlowTable(open, tally, budget, { ...defaultLimits, held: 200_000 });
    for (let i = 1; i < 1_000; i++) {
      take(table, segment({ seq: 0, source: `abcd${String.fromCharCode(i)}` }, text), i, 0);
      most = Math.max(most, budget.held);
    }
    expect(most).toBeGreaterThan(150_000);
    expect(most).toBeLessThan(220_000);
    table.close();
    expect(budget.held).toBe(0);
    expect(tally.requests + tally.responses).toBe(999);
  });

  test('in number, and by age', () => {
    let open = 0;
    let most = 0;
    const table = new FlowTable(
      () => {
        most = Math.max(most, ++open);
        return { data: () => undefined, gap: () => undefined, end: () => undefined, close: () => void open-- };
      },
      newTally(),
      { held: 0 },
      { flows: 100, held: 1e6, idle: 1_000 },
    );
    for (let i = 1; i < 5_000; i++) take(table, beyond(0, i), i, 0);
    expect(most).toBeLessThanOrEqual(102);
    for (let i = 0; i < 3; i++) take(table, beyond(i * 1_000, 60_000), i, 2_000 * (i + 1));
    expect(open).toBe(1);
    table.close();
    expect(open).toBe(0);
  });
});
