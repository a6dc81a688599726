import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inOrder } from '#collectors/capture/in-order';
import { foldRotation } from '#collectors/capture/rotation/fold';
import { type Outcome, outcomeOf, type Task } from '#collectors/capture/task';
import { foldInThreads } from '#collectors/capture/threads';
import { all } from '#test/db/samples';
import { pcapFile, request, response, type Turn, talk } from './pcap.ts';
import { appendedName, rotated } from './rotation/cut.ts';

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
  sightings: [...sightings],
  summary,
  reading,
  tally: { ...tally, tlsHosts: [...tally.tlsHosts] },
  keyLogProblem,
});

describe('threads', () => {
  test.each([1, 2, 3])('%i of them come to exactly what none would', async (threads) => {
    const alone = (await all(foldRotation([task], never, quiet))).map(outcomeOf).map(plainly)[0]!;
    expect(alone.sightings.length).toBeGreaterThan(6);
    expect(alone.tally.lostMessages).toBeGreaterThan(0);
    expect((await all(foldInThreads([task], threads, never, quiet))).map(plainly)).toEqual([alone]);
  });

  test.each([1, 2])('%i of them read a rotation as none would', async (threads) => {
    const files = rotated(await readFile(task.path), [500, 1_100, 1_101, 2_000]);
    const tasks: Task[] = [];
    for (const [i, bytes] of files.entries()) {
      const path = join(folder, appendedName(i));
      await writeFile(path, bytes);
      tasks.push({ ...task, path, scope: appendedName(i) });
    }
    const alone = (await all(foldRotation(tasks, never, quiet))).map(outcomeOf).map(plainly);
    expect(alone.at(-1)!.tally.continued).toBeGreaterThan(0);
    expect((await all(foldInThreads(tasks, threads, never, quiet))).map(plainly)).toEqual(alone);
  });

  test('tell how far they are', async () => {
    const heard: number[] = [];
    await all(foldInThreads([task], 2, never, (_, bytes) => heard.push(bytes)));
    expect(heard.at(-1)).toBeGreaterThan(100_000);
  });

  test('tell what the file system says', async () => {
    const outcomes = await all(foldInThreads([{ ...task, path: join(folder, 'none') }], 2, never, quiet));
    expect(outcomes[0]?.reading.trouble?.problem.message).toContain('ENOENT');
  });

  test('end with the signal', async () => {
    const stop = new AbortController();
    const folding = all(foldInThreads([task], 2, stop.signal, quiet));
    stop.abort(new Error('enough'));
    await expect(folding).rejects.toThrow('enough');
    await expect(all(foldInThreads([task], 1, stop.signal, quiet))).rejects.toThrow('enough');
  });
});

describe('in order', () => {
  test('at most so many at once, and each at its turn', async () => {
    let running = 0;
    let most = 0;
    const start = async function* (delays: readonly number[]) {
      most = Math.max(most, ++running);
      for (const [i, delay] of delays.entries()) {
        await new Promise((done) => setTimeout(done, delay));
        if (i === delays.length - 1) running--;
        yield delay;
      }
    };
    expect(await all(inOrder([[30], [1], [20], [5], [1]], 3, start))).toEqual([30, 1, 20, 5, 1]);
    expect(most).toBe(3);
    // Those under way take turns, so that none waits for another's end.
    expect(await all(inOrder([[1, 2, 3], [11, 12], [21]], 2, start))).toEqual([1, 11, 2, 12, 3, 21]);
    expect(await all(inOrder([], 2, start))).toEqual([]);
  });

  test('no group is far ahead of what is wanted', async () => {
    let read = 0;
    const start = async function* (group: readonly number[]) {
      for (const item of group) {
        read++;
        yield item;
      }
    };
    const results = inOrder([Array.from({ length: 100 }, (_, i) => i)], 2, start);
    for (let i = 0; i < 10; i++) await results.next();
    await new Promise((done) => setTimeout(done, 10));
    expect(read).toBeLessThan(13);
  });

  test('what fails is thrown at its turn', async () => {
    const got: number[] = [];
    const read = async () => {
      const start = async function* ([item]: readonly number[]) {
        if (item === 2) throw new Error('two');
        yield item!;
      };
      for await (const one of inOrder([[1], [2], [3]], 3, start)) got.push(one);
    };
    await expect(read()).rejects.toThrow('two');
    expect(got).toEqual([1]);
  });
});
