/** What a thread of {@link file://./threads.ts} runs: one task, and then it ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { collectGarbage } from '#collectors/garbage';
import { foldFile, outcomeOf, pack, packFolded, type Task } from './task.ts';

const port = parentPort!;
const task = workerData as Task;
const folded = await foldFile(task, new AbortController().signal, (progress) => port.postMessage({ progress }));
// What is told of it takes memory anew.
collectGarbage('last-resort');
// A part has to be joined with the others, before anything can be said of the whole.
port.postMessage(task.part === undefined ? { outcome: pack(outcomeOf(folded)) } : { part: packFolded(folded) });
