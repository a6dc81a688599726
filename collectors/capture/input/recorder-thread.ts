import { parentPort, workerData } from 'node:worker_threads';
import { type LiveOptions, startRecorder } from './recorder.ts';

/** What the thread is told: to end, or that a batch was taken. */
export type RecorderWord = 'stop' | 'taken';

const port = parentPort!;
const recorder = await startRecorder(workerData as LiveOptions, (event) => {
  port.postMessage(event);
  if (event.type === 'over') port.close();
});
if (recorder === null) port.close();
port.on('message', (word: RecorderWord) => {
  if (word === 'taken') recorder?.taken();
  else recorder?.stop();
});
