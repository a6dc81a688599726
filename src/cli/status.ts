import { createLogUpdate } from 'log-update';
import { printable } from './text/printable.ts';

/** One line on standard error that says how something gets on. */
export interface Status {
  show(line: string): void;
  note(text: string): void;
  /** Makes room for what is written to standard output. */
  clear(): void;
  end(): void;
}

/** The least time between two lines where nothing can be drawn over. */
const quietMs = 10_000;

/** Drawn over on a terminal; a line every ten seconds, where it changed, elsewhere; nothing when quiet. */
export function openStatus(quiet: boolean): Status {
  const nothing = () => undefined;
  if (quiet) return { show: nothing, note: nothing, clear: nothing, end: nothing };
  return process.stderr.isTTY ? drawn() : lines();
}

function drawn(): Status {
  const view = createLogUpdate(process.stderr);
  const clear = () => view.clear();
  return {
    show: (line) => view(printable(line)),
    note: (text) => {
      clear();
      process.stderr.write(`${printable(text)}\n`);
    },
    clear,
    end: () => {
      clear();
      view.done();
    },
  };
}

function lines(): Status {
  let [last, shown] = ['', Date.now()];
  const note = (text: string) => void process.stderr.write(`${printable(text)}\n`);
  return {
    show: (line) => {
      if (line === last || Date.now() - shown < quietMs) return;
      [last, shown] = [line, Date.now()];
      note(line);
    },
    note,
    clear: () => undefined,
    end: () => undefined,
  };
}
