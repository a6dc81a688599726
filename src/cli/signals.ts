import { exit } from './exit.ts';

/** A stop that the user or the system asked for. */
export interface Stop {
  signal: AbortSignal;
  /** 0 until it was asked for, then the exit code that says by what. */
  code(): number;
  /** Leaves the signals to the process again. */
  release(): void;
}

/**
 * Where a first Ctrl-C is no stop: whoever writes to a pipe has heard it too, and what it wrote is read to its end. It is told of,
 * and the next one counts.
 */
export interface Patience {
  told(): void;
}

/**
 * SIGINT and SIGTERM stop the work in hand in good order, and `stopping` is told once; a second one ends the process at once (the
 * inventory holds even then, for what is not landed is not there).
 */
export function stopOnSignals(stopping: () => void, patience: Patience | null = null): Stop {
  const controller = new AbortController();
  let code = 0;
  let patient = patience !== null;
  const stop = (asked: number) => {
    if (code !== 0) process.exit(asked);
    code = asked;
    stopping();
    controller.abort();
  };
  const interrupt = () => {
    if (!patient) return stop(exit.interrupted);
    patient = false;
    patience?.told();
  };
  const terminate = () => stop(exit.terminated);
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', terminate);
  return {
    signal: controller.signal,
    code: () => code,
    release: () => {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', terminate);
    },
  };
}
