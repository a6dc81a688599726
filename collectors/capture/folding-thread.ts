/** What a thread of {@link file://./threads.ts} runs: the files of a rotation, and then it ends. */
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { collectGarbage } from '#collectors/garbage';
import { foldRotation } from './rotation/fold.ts';
import { outcomeOf, packFolded, packOutcome, type Task } from './task.ts';

/** Files whose outcome was told and not taken yet: the next one is read meanwhile, and no more. */
const mostAhead = 1;

const port = parentPort!;
const tasks = workerData as readonly Task[];
let ahead = 0;
let left = tasks.length;
port.on('message', () => {
  ahead--;
});
const progress = ({ scope }: Task, bytes: number) => port.postMessage({ scope, progress: bytes });
for await (const folded of foldRotation(tasks, new AbortController().signal, progress)) {
  // What is told of a large one takes memory anew; after each of many files it would take most of the time.
  if (--left === 0) collectGarbage('last-resort');
  // A part has to be joined with the others, before anything can be said of the whole.
  const whole = tasks[0]!.part === undefined ? packOutcome(outcomeOf(folded)) : null;
  const said = whole ?? packFolded(folded);
  while (ahead >= mostAhead) await once(port, 'message');
  ahead++;
  port.postMessage(
    { said },
    whole?.sightings.map(({ buffer }) => buffer),
  );
}
port.close();
