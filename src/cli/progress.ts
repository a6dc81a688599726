import { Writable } from 'node:stream';
import { createLogUpdate } from 'log-update';
import type { ScanEvent } from '#scan/event';
import { advance, idle, liveLines } from '#scan/live';
import { progressLines } from '#scan/progress';
import { printable } from './text/printable.ts';

/** Shows how a scan gets on, on standard error. */
export interface ProgressView {
  onEvent(event: ScanEvent): void;
  /** Where the log writes meanwhile, so that neither draws over the other. */
  stream: Writable & { isTTY?: boolean };
  note(text: string): void;
  end(): void;
}

const redrawMs = 100;

/** Drawn over on a terminal; lines elsewhere; nothing when quiet. */
export function openProgress(quiet: boolean): ProgressView {
  const { stderr } = process;
  if (quiet) return { onEvent: () => undefined, stream: stderr, note: () => undefined, end: () => undefined };
  return stderr.isTTY ? live(stderr) : lines(stderr);
}

function lines(stderr: NodeJS.WriteStream): ProgressView {
  const linesOf = progressLines();
  const note = (text: string) => void stderr.write(`${printable(text)}\n`);
  return {
    onEvent: (event) => {
      for (const line of linesOf(event)) note(line);
    },
    stream: stderr,
    note,
    end: () => undefined,
  };
}

function live(stderr: NodeJS.WriteStream): ProgressView {
  const view = createLogUpdate(stderr);
  let state = idle;
  const draw = () => view(liveLines(state, Date.now(), Math.max(20, stderr.columns || 80)).join('\n'));
  const timer = setInterval(draw, redrawMs);
  const stream: Writable & { isTTY?: boolean } = new Writable({
    write(chunk: Buffer, _, done) {
      view.clear();
      stderr.write(chunk, done);
    },
  });
  stream.isTTY = true;
  return {
    onEvent: (event) => {
      state = advance(state, event);
    },
    stream,
    note: (text) => {
      view.clear();
      stderr.write(`${printable(text)}\n`);
    },
    end: () => {
      clearInterval(timer);
      view.clear();
      view.done();
    },
  };
}
