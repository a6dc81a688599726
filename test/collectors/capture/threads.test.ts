import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inOrder } from '#collectors/capture/in-order';
import { foldFile, type Outcome, outcomeOf, type Task } from '#collectors/capture/task';
import { foldInThreads } from '#collectors/capture/threads';
import { pcapFile, request, response, type Turn, talk } from './pcap.ts';

const never = new AbortController().signal;
const quiet = () => undefined;
let folder: string;
let task: Task;

/** 300 connections of three exchanges, a few of them failing or without an answer. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'noontide-threads-'));
  const frames = Array.from({ length: 300 }, (_, i) => {
    const turns: Turn[] = [
      request('GET', `/v1/orders/${i}?page=${i}`, `h${i % 3}.example.com`),
      response(i % 7 === 0 ? 404 : 200, `{"id":${i}}`),
      request('POST', `/v1/orders`, `h${i % 3}.example.com`, `{"amount":${i}}`),
      response(i % 11 === 0 ? 500 : 201, '{}'),
      ...(i % 13 === 0 ? [request('GET', '/v1/late')] : []),
    ];
    const talked = talk(turns, {
      client: `10.0.${i % 5}.${i % 250}`,
      clientPort: 20_000 + i,
      at: 1_700_000_000_000 + i,
    });
    // A few begin before the capture, or lost a packet.
    return i % 17 === 0 ? talked.slice(4) : i % 19 === 0 ? talked.filter((__, at) => at !== 7) : talked;
  });
  const path = join(folder, 'many.pcap');
  await writeFile(path, pcapFile(frames.flat().sort((a, b) => a.at - b.at)));
  task = { path, size: 1, scope: 'many.pcap', hosts: undefined, keyLog: undefined, part: undefined };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const plainly = ({ sightings, summary, reading: { tally, ...reading }, keyLogProblem }: Outcome) => ({
  sightings,
  summary,
  reading,
  tally: { ...tally, tlsHosts: [...tally.tlsHosts] },
  keyLogProblem,
});

describe('threads', () => {
  test.each([1, 2, 3])('%i of them come to exactly what none would', async (threads) => {
    const alone = plainly(outcomeOf(await foldFile(task, never, quiet)));
    expect(alone.sightings.length).toBeGreaterThan(6);
    expect(alone.tally.lostMessages).toBeGreaterThan(0);
    expect(plainly(await foldInThreads(task, threads, never, quiet))).toEqual(alone);
  });

  test('tell how far they are', async () => {
    const heard: number[] = [];
    await foldInThreads(task, 2, never, (bytes) => heard.push(bytes));
    expect(heard.at(-1)).toBeGreaterThan(100_000);
  });

  test('tell what the file system says', async () => {
    const { reading } = await foldInThreads({ ...task, path: join(folder, 'none') }, 2, never, quiet);
    expect(reading.trouble?.problem.message).toContain('ENOENT');
  });

  test('end with the signal', async () => {
    const stop = new AbortController();
    const folding = foldInThreads(task, 2, stop.signal, quiet);
    stop.abort(new Error('enough'));
    await expect(folding).rejects.toThrow('enough');
    await expect(foldInThreads(task, 1, stop.signal, quiet)).rejects.toThrow('enough');
  });
});

describe('in order', () => {
  test('at most so many at once, and each at its turn', async () => {
    let running = 0;
    let most = 0;
    const start = async (delay: number) => {
      most = Math.max(most, ++running);
      await new Promise((done) => setTimeout(done, delay));
      running--;
      return delay;
    };
    const got: number[] = [];
    for await (const delay of inOrder([30, 1, 20, 5, 1], 3, start)) got.push(delay);
    expect(got).toEqual([30, 1, 20, 5, 1]);
    expect(most).toBe(3);
  });

  test('what fails is thrown at its turn', async () => {
    const got: number[] = [];
    const read = async () => {
      for await (const one of inOrder([1, 2, 3], 3, async (item) => {
        if (item === 2) throw new Error('two');
        return item;
      }))
        got.push(one);
    };
    await expect(read()).rejects.toThrow('two');
    expect(got).toEqual([1]);
  });
});
