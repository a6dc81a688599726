import { pieces } from '#collectors/pieces';
import type { Exchange } from '#collectors/traffic/exchange';
import { counted, figure } from '#model/figure';
import type { Problem, ScopeReport } from '#model/scope';
import { carried } from './carrier.ts';
import type { EncryptedHosts } from './encrypted.ts';
import type { LogFormat, NoExchange } from './format.ts';
import { guess } from './guess.ts';
import type { Splitter, Take } from './lines.ts';

/** What is needed to read one file. */
export interface Reading {
  path: string;
  /** Its name in problems. */
  shown: string;
  noun: string;
  what: string;
  splitter(head: Buffer): Splitter;
  formats: readonly LogFormat[];
  /** Where those formats tell connections over TLS whose requests they do not have. */
  encrypted: EncryptedHosts;
  take(exchange: Exchange): void;
  signal: AbortSignal;
  progress(bytes: number): void;
}

/** How one file went. */
export interface LogEnd {
  completeness: Extract<ScopeReport['completeness'], 'complete' | 'partial' | 'failed'>;
  exchanges: number;
  /** `1,204 lines (combined; 3 without a request)`. */
  saw: string;
  problems: Problem[];
}

/** So many records that are no log's are told in passing; more of them are a problem. */
const few = 3;

/**
 * Reads one log. Trouble with the file or its records is a value; the only exception is the signal's reason.
 */
export async function readLog(reading: Reading): Promise<LogEnd> {
  const { path, shown, signal, progress } = reading;
  const records = new Records(reading);
  let splitter: Splitter | null = null;
  let broken: Problem | null = null;
  let head = '';
  const take: Take = (record, number, cut, bytes, at) => records.add(record, number, cut, bytes, at);
  try {
    for await (const bytes of pieces(path, progress)) {
      signal.throwIfAborted();
      if (splitter === null) {
        splitter = reading.splitter(bytes);
        head = bytes.toString('latin1', 0, 4_096);
      }
      splitter.push(bytes, take);
    }
    splitter?.end(take);
  } catch (error) {
    signal.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    broken = unreadable(error as NodeJS.ErrnoException, shown);
  }
  return records.ending(broken, splitter?.tooLong ?? 0, head);
}

/** Finds each record's format, and counts what has none. */
class Records {
  readonly #reading: Reading;
  readonly #formats: readonly LogFormat[];
  #current: LogFormat | null = null;
  readonly #used = new Set<string>();
  #exchanges = 0;
  #unasked = 0;
  #asides = 0;
  #encrypted = 0;
  #foreign = 0;
  #firstForeign = 0;
  #cut = false;
  /** In a row that the current format did not know and another did. */
  #strayed = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
    this.#formats = reading.formats;
  }

  /** Hot: once a record. */
  add(record: string, number: number, cut: boolean, bytes?: Uint8Array, at = 0): void {
    let read: Exchange | NoExchange = 'foreign';
    const current = this.#current;
    if (current !== null) {
      read =
        bytes !== undefined && current.readLine !== undefined
          ? current.readLine(record, number, bytes, at)
          : current.read(record, number);
      if (typeof read === 'object') this.#strayed = 0;
    }
    if (read === 'foreign') read = this.#otherwise(record, number);
    if (typeof read === 'object') {
      this.#exchanges++;
      this.#reading.take(read);
    } else if (read === 'unasked') this.#unasked++;
    else if (read === 'aside') this.#asides++;
    else if (read === 'encrypted') this.#encrypted++;
    else if (cut) this.#cut = true;
    else if (this.#foreign++ === 0) this.#firstForeign = number;
  }

  ending(broken: Problem | null, tooLong: number, head: string): LogEnd {
    const { shown, noun, what } = this.#reading;
    const problems: Problem[] = broken ? [broken] : [];
    const strange = this.#foreign + tooLong;
    const known = this.#exchanges + this.#unasked + this.#asides + this.#encrypted;
    if (known === 0 && (strange > 0 || this.#cut)) {
      problems.push({ message: `is not ${what}: ${guess(head)}`, where: shown, mend: this.#mend() });
    } else if (strange > few) {
      const at = this.#foreign > 0 ? ` (the first is ${noun} ${figure(this.#firstForeign)})` : '';
      const long = tooLong > 0 ? `, ${figure(tooLong)} of them too long` : '';
      problems.push({
        message: `${counted(strange, noun)} of another format left out${at}${long}`,
        where: shown,
        mend: this.#mend(),
      });
    }
    return {
      completeness: problems.length === 0 ? 'complete' : known === 0 ? 'failed' : 'partial',
      exchanges: this.#exchanges,
      saw: this.#saw(strange),
      problems,
    };
  }

  /** Another format that knows the record, or what is carried in it. */
  #otherwise(record: string, number: number): Exchange | NoExchange {
    const inner = carried(record);
    const read = this.#tried(record, number, null);
    return read === 'foreign' && inner !== null ? this.#tried(inner, number, carrying) : read;
  }

  /** What knows it becomes the current format when there is none, or when the current one has failed often in a row. */
  #tried(record: string, number: number, wrapped: ((format: LogFormat) => LogFormat) | null): Exchange | NoExchange {
    let best: NoExchange = 'foreign';
    for (const format of this.#formats) {
      const read = format.read(record, number);
      if (typeof read === 'object' || read === 'encrypted') {
        this.#used.add(format.name);
        if (this.#current === null || ++this.#strayed > few) this.#current = wrapped ? wrapped(format) : format;
        return read;
      }
      if (best === 'foreign') best = read;
    }
    return best;
  }

  #mend(): string {
    return this.#formats.length === 1
      ? 'give the format that the server was configured with, or leave the file out of paths'
      : 'give the format, as the server was configured with it, or leave the file out of paths';
  }

  #saw(strange: number): string {
    const { noun, encrypted } = this.#reading;
    const all = this.#exchanges + this.#unasked + this.#asides + this.#encrypted + strange;
    if (all === 0 && !this.#cut) return `0 ${noun}s: nothing was logged`;
    const asides = [
      this.#used.size > 0 && [...this.#used].sort().join(' and '),
      this.#unasked > 0 && `${figure(this.#unasked)} without a request`,
      this.#encrypted > 0 && encrypted.saw(),
      this.#asides > 0 && `${figure(this.#asides)} of other things`,
      strange > 0 && `${figure(strange)} of another format`,
      this.#cut && 'the last one cut',
    ].filter((aside) => aside !== false);
    return `${counted(all, noun)}${asides.length > 0 ? ` (${asides.join('; ')})` : ''}`;
  }
}

/** The same format, of records that something else carries. */
function carrying(format: LogFormat): LogFormat {
  return {
    name: format.name,
    read: (record, ref) => {
      const inner = carried(record);
      return inner === null ? 'foreign' : format.read(inner, ref);
    },
  };
}

function unreadable(error: NodeJS.ErrnoException, shown: string): Problem {
  if (error.code === 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM')
    return { message: 'is compressed with zstd', where: shown, mend: 'unpack it, or use Node.js 22.15 or later' };
  const packed = error.code?.startsWith('Z_') || error.code?.startsWith('ZSTD_');
  return {
    message: packed ? `cannot be unpacked (${error.code})` : `cannot be read (${error.code})`,
    where: shown,
    mend: packed ? 'compress it again' : 'give the user who scans the right to read it',
  };
}
