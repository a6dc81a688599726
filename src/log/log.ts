import type { Writable } from 'node:stream';
import { pino } from 'pino';
import { PinoPretty } from 'pino-pretty';
import type { Logger } from '#collectors/collector';
import { redact, redactText } from './redact.ts';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** A log whose every line is redacted. Fields come first, so that no message has a value in it. */
export interface Log extends Logger {
  trace(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface LogOptions {
  /** Where lines go: standard error, for standard output is the results'. */
  stream: Writable & { isTTY?: boolean };
  level: LogLevel;
  /** `json`: one JSON object a line; `pretty`: for people; `auto`: pretty on a terminal. */
  format: 'auto' | 'json' | 'pretty';
  color: boolean;
}

/** `warn` by default; `--quiet` shows errors only, `--verbose` everything but `trace`, and twice that too. */
export function logLevel(verbose: number, quiet: boolean): LogLevel {
  if (quiet) return 'error';
  if (verbose <= 0) return 'warn';
  return verbose === 1 ? 'debug' : 'trace';
}

export function createLog({ stream, level, format, color }: LogOptions): Log {
  const pretty = format === 'pretty' || (format === 'auto' && stream.isTTY === true);
  // In this process: a worker thread could lose the last lines of one that is killed.
  const destination = pretty
    ? PinoPretty({ destination: stream, colorize: color, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' })
    : stream;
  const target = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  const write = (at: LogLevel) => (fields: object, message: string) => {
    if (target.isLevelEnabled(at)) target[at](redact(fields) as object, redactText(message));
  };
  return {
    trace: write('trace'),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
}
