import { styleText } from 'node:util';
import { exit } from './exit.ts';

export type Style = Parameters<typeof styleText>[0];

/** Where a command writes, and how. */
export interface Terminal {
  /** Columns of the terminal; `null` when standard output is none: nothing is cut or painted then. */
  width: number | null;
  /** True once nothing can be written any more (the reader has gone, the disk is full): what is written after is dropped. */
  closed(): boolean;
  paint(style: Style, text: string): string;
  /** For results. Waits while the reader is slower. */
  out(text: string): Promise<void>;
  /** For what is said about the results; nothing under `--quiet`. */
  note(text: string): void;
}

export interface TerminalOptions {
  color: boolean;
  quiet: boolean;
}

/** The process's own streams. `--no-color` wins over FORCE_COLOR, that over NO_COLOR, that over what the terminal can do. */
export function openTerminal(options: TerminalOptions, env: NodeJS.ProcessEnv = process.env): Terminal {
  const { stdout, stderr } = process;
  const color = options.color && wantsColor(env, stdout.isTTY === true);
  let gone = false;
  const onError = (error: NodeJS.ErrnoException) => {
    gone = true;
    if (error.code === 'EPIPE') return;
    stderr.write(`The output cannot be written: ${error.message}.\n`);
    process.exitCode = exit.usage;
  };
  stdout.on('error', onError);
  stderr.on('error', onError);
  return {
    width: stdout.isTTY ? Math.max(40, stdout.columns || 80) : null,
    closed: () => gone,
    paint: (style, text) => (color ? styleText(style, text, { validateStream: false }) : text),
    out: async (text) => {
      if (gone || stdout.write(text)) return;
      await drained(stdout);
    },
    note: (text) => {
      if (!options.quiet) stderr.write(`${text}\n`);
    },
  };
}

function wantsColor(env: NodeJS.ProcessEnv, tty: boolean): boolean {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (env['NO_COLOR']) return false;
  return tty && env['TERM'] !== 'dumb';
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const event of ['drain', 'error', 'close']) stream.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'error', 'close']) stream.on(event, done);
  });
}
