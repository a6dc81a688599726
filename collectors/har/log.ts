import { z } from 'zod';
import { pieces } from '#collectors/pieces';
import type { Exchange } from '#collectors/traffic/exchange';
import type { Fold } from '#collectors/traffic/fold';
import type { Problem, ScopeReport } from '#model/scope';
import { readEntry } from './entry.ts';
import { maxEntry } from './kept.ts';
import { EntryScanner, type Found, type ScanEnd } from './scan.ts';

/** How one HAR went. */
export interface Log {
  completeness: Extract<ScopeReport['completeness'], 'complete' | 'partial' | 'failed'>;
  entries: number;
  /** Served from the browser's cache: recorded, and not answered by anybody. */
  cached: number;
  /** Not over HTTP. */
  elsewhere: number;
  /** Chrome leaves credentials out of a HAR unless told not to; then their absence says nothing. */
  stripped: boolean;
  problems: Problem[];
}

/**
 * Reads one HAR into a fold. Trouble with the file or its text is a value; the only exception is the signal's reason.
 * `shown` is the file's name in problems.
 */
export async function readLog(
  path: string,
  shown: string,
  fold: Fold,
  signal: AbortSignal,
  progress: (bytes: number) => void,
): Promise<Log> {
  const scanner = new EntryScanner();
  const tally = new EntryTally(fold);
  let broken: Problem | null = null;
  try {
    for await (const bytes of pieces(path, progress)) {
      signal.throwIfAborted();
      for (const found of scanner.push(bytes)) tally.add(found);
    }
  } catch (error) {
    signal.throwIfAborted();
    broken = unreadable(error as NodeJS.ErrnoException, shown);
  }
  const end = scanner.end();
  const problems = [broken ?? truncated(end, shown), tally.problem(shown)].filter((problem) => problem !== null);
  const { cached, elsewhere } = tally;
  return {
    completeness: problems.length === 0 ? 'complete' : end.entriesMet ? 'partial' : 'failed',
    entries: end.entries,
    cached,
    elsewhere,
    stripped: tally.stripped(),
    problems,
  };
}

const creator = z.object({ name: z.string() });
const credentialHeaders = ['authorization', 'cookie'];

/** Counts entries while they go into the fold. */
class EntryTally {
  cached = 0;
  elsewhere = 0;
  readonly #fold: Fold;
  #chrome = false;
  #credentials = false;
  #bad = 0;
  #firstBad = { number: 0, place: '', reason: '' };

  constructor(fold: Fold) {
    this.#fold = fold;
  }

  add({ kind, number, text }: Found): void {
    if (kind === 'creator') {
      this.#chrome = text !== null && isChrome(text);
      return;
    }
    if (text === null) {
      this.#note(number, '', `larger than ${maxEntry >> 20} MiB without its bodies`);
      return;
    }
    const read = readEntry(text, number);
    if (read.kind === 'bad') this.#note(number, read.place, read.reason);
    else if (read.kind === 'elsewhere') this.elsewhere++;
    else {
      if (read.cached) this.cached++;
      this.#credentials ||= hasCredentials(read.exchange);
      this.#fold.add(read.exchange);
    }
  }

  stripped(): boolean {
    return this.#chrome && !this.#credentials;
  }

  problem(shown: string): Problem | null {
    if (this.#bad === 0) return null;
    const { number, place, reason } = this.#firstBad;
    const at = place === '' ? '' : `${place} is `;
    const count = this.#bad === 1 ? '1 entry was' : `${this.#bad.toLocaleString('en')} entries were`;
    return {
      message: `${count} left out; the first: ${at}${reason}`,
      where: `${shown}#/log/entries/${number - 1}`,
      mend: 'record it again, or correct the tool that wrote it',
    };
  }

  #note(number: number, place: string, reason: string): void {
    if (this.#bad++ === 0) this.#firstBad = { number, place, reason };
  }
}

/** Chrome's developer tools, and those of browsers made from it. */
function isChrome(text: string): boolean {
  try {
    const read = creator.safeParse(JSON.parse(text));
    return read.success && read.data.name === 'WebInspector';
  } catch {
    // No JSON: then it does not tell who wrote it.
    return false;
  }
}

function hasCredentials({ requestHeaders }: Exchange): boolean {
  return credentialHeaders.some((name) => requestHeaders.has(name));
}

function truncated(end: ScanEnd, shown: string): Problem | null {
  if (end.bytes === 0) return { message: 'the file is empty', where: shown, mend: 'export it again' };
  if (end.brokenAt !== null && !end.closed)
    return {
      message: `not JSON at byte ${end.brokenAt}`,
      where: shown,
      mend: 'give a HAR: JSON in UTF-8, as browsers and proxies export it',
    };
  if (end.open) {
    const { number, at } = end.open;
    return {
      message: `ends at byte ${end.bytes}, inside of entry ${number} that begins at byte ${at}; what comes before was read`,
      where: shown,
      mend: 'export it again: it was cut, or a quote or bracket is wrong',
    };
  }
  if (!end.closed)
    return {
      message: `ends at byte ${end.bytes}, before its JSON does; what is there was read`,
      where: shown,
      mend: 'export it again: it was cut',
    };
  if (!end.entriesMet)
    return { message: 'has no log.entries: it is no HAR', where: shown, mend: 'leave it out of paths' };
  return end.brokenAt === null
    ? null
    : {
        message: `goes on at byte ${end.brokenAt}, after the end of its JSON; the rest was not read`,
        where: shown,
        mend: 'give each HAR a file of its own',
      };
}

function unreadable(error: NodeJS.ErrnoException, shown: string): Problem {
  const packed = error.code?.startsWith('Z_');
  return {
    message: packed ? `cannot be unpacked (${error.code})` : `cannot be read (${error.code ?? error.name})`,
    where: shown,
    mend: packed ? 'compress it again' : 'give the user who scans the right to read it',
  };
}
