import { memoryKeeper } from '#collectors/capture/memory';
import { newReading } from '#collectors/capture/reading';
import { type Folded, newFold, type Task } from '#collectors/capture/task';
import { noSecrets, readKeyLog } from '#collectors/capture/tls/read-key-log';
import { RotationReader } from './reader.ts';

/**
 * Reads and folds the files of a rotation in their order, and yields what each came to; one file is a rotation too. `progress` hears how many
 * bytes of one were read. What the file system says is told in the reading's trouble.
 *
 * @throws the signal's reason once it is aborted.
 */
export async function* foldRotation(
  tasks: readonly Task[],
  signal: AbortSignal,
  progress: (task: Task, bytes: number) => void,
): AsyncGenerator<Folded> {
  const { keyLog, part } = tasks[0]!;
  const secrets = keyLog === undefined ? noSecrets() : await readKeyLog(keyLog.path, keyLog.name, signal);
  const reader = new RotationReader({ alike: true, keys: secrets.keys, part });
  const keepMemory = memoryKeeper(part !== undefined);
  for (const [i, task] of tasks.entries()) {
    const fold = newFold(task);
    const reading = newReading();
    const file = { input: task.path, name: task.scope, reading, to: fold };
    for await (const bytes of reader.read(file, signal)) {
      progress(task, bytes);
      keepMemory();
    }
    await reader.end(tasks[i + 1]?.path ?? null, signal);
    yield { fold, reading, keyLogProblem: secrets.problem };
  }
}
