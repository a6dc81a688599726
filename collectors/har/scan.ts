import { Kept } from './kept.ts';

/** What stands in `log.entries`, or beside it as `log.creator`. */
export interface Found {
  kind: 'entry' | 'creator';
  /** Of an entry: its number, counted from 1. */
  number: number;
  /** Where it begins, in bytes. */
  at: number;
  /** JSON, with `0` for the values of keys that are skipped; `null` when it is too large. */
  text: string | null;
}

/** How far a HAR was understood. */
export interface ScanEnd {
  /** Bytes that were read. */
  bytes: number;
  /** The outermost object was closed. */
  closed: boolean;
  /** `log.entries` was met. */
  entriesMet: boolean;
  entries: number;
  /** The entry in which the file ends, when it ends in one. */
  open: { number: number; at: number } | null;
  /** Where the text stops to be JSON, or goes on after its end; `null` when it does neither. */
  brokenAt: number | null;
}

/** Keys of an entry whose values are large, or secret, and never needed: bodies, call stacks, messages, forms. */
const skipped = new Set(['text', '_initiator', '_webSocketMessages', 'cache', 'params', 'queryString']);
const longestKey = 18;
/** By a key's first byte, its possible lengths as bits: most keys need no more than this to be told from skipped ones. */
const skippedLengths = new Uint32Array(256);
for (const name of skipped) skippedLengths[name.charCodeAt(0)]! |= 1 << name.length;

const zero = Buffer.from('0');

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const comma = 0x2c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const byteOrderMark = [0xef, 0xbb, 0xbf];
/** From here on a search by the machine's own instructions is faster than a loop: base64, minified code. */
const longRun = 1_024;

/** Depths inside of the root object, of `log`, and of its entries. */
const inRoot = 1;
const inLog = 2;
const inEntries = 3;

/**
 * Finds the entries of a HAR (1.2, softwareishard.com/blog/har-12-spec) in its bytes, in pieces of any size, without reading
 * the bodies: it knows strings, escapes and depth, and copies what is not skipped. `log` and `entries` are known by their
 * depth, whatever comes before or after them.
 *
 * Keeps one entry between calls, bounded as {@link Kept} says. What it finds may still not be JSON.
 */
export class EntryScanner {
  #bytes = 0;
  #depth = 0;
  #closed = false;
  #brokenAt: number | null = null;

  #inString = false;
  #escaped = false;
  /** Where the string's part in the piece at hand begins. */
  #stringAt = 0;
  /** The last string, which a colon makes a key, when it is no longer than a key that matters. */
  readonly #key = Buffer.alloc(longestKey + 1);
  #keyLength = 0;

  /** Of the value that comes next: the keys of the document that lead to it. */
  #logComes = false;
  #comes: 'entries' | 'creator' | '' = '';
  #log = false;
  #entriesOpen = false;
  #entriesMet = false;
  #entries = 0;
  #scalar = false;

  #capture: { kind: Found['kind']; at: number; depth: number } | null = null;
  /** The depth of the key whose value is skipped; -1 when none is. */
  #skipDepth = -1;
  /** Where the part that is to be copied begins in the piece at hand; -1 when none is. */
  #copyFrom = -1;
  readonly #kept = new Kept();

  /** What these bytes complete. They may be reused afterwards. Hot: once a byte. */
  push(bytes: Buffer): Found[] {
    const found: Found[] = [];
    const end = bytes.length;
    if (this.#copyFrom >= 0) this.#copyFrom = 0;
    let i = 0;
    while (i < end && this.#brokenAt === null) {
      if (this.#inString) {
        i = this.#throughString(bytes, i);
        continue;
      }
      const byte = bytes[i] as number;
      if (byte > 0x20) {
        if (byte === quote) this.#beginString(i);
        if (this.#capture !== null) this.#inside(byte, i, bytes, found);
        else if (this.#depth === 0) this.#aroundRoot(byte, i);
        else if (this.#entriesOpen && this.#depth === inEntries) this.#betweenEntries(byte, i, found);
        else this.#outside(byte, i);
      }
      i++;
    }
    if (this.#copyFrom >= 0) this.#keep(bytes, end);
    if (this.#inString) this.#copyKey(bytes, end);
    this.#stringAt = 0;
    this.#bytes += end;
    return found;
  }

  end(): ScanEnd {
    return {
      bytes: this.#bytes,
      closed: this.#closed,
      entriesMet: this.#entriesMet,
      entries: this.#entries,
      open: this.#capture?.kind === 'entry' ? { number: this.#entries, at: this.#capture.at } : null,
      brokenAt: this.#brokenAt,
    };
  }

  #beginString(i: number): void {
    this.#inString = true;
    this.#stringAt = i + 1;
    this.#keyLength = 0;
  }

  /** To after the closing quote, or to the end of the piece. */
  #throughString(bytes: Buffer, from: number): number {
    const end = bytes.length;
    let i = this.#escaped ? from + 1 : from;
    let jumpAt = i + longRun;
    while (i < end) {
      const byte = bytes[i];
      if (byte === quote) {
        this.#inString = false;
        this.#escaped = false;
        this.#copyKey(bytes, i);
        return i + 1;
      }
      if (byte === backslash) {
        i += 2;
        jumpAt = i + longRun;
      } else if (++i >= jumpAt) {
        const next = bytes.indexOf(quote, i);
        const run = bytes.subarray(i, next < 0 ? end : next);
        const escaping = run.indexOf(backslash);
        i += escaping < 0 ? run.length : escaping;
        jumpAt = i + longRun;
      }
    }
    this.#escaped = i > end;
    return end;
  }
  /** One byte more than a key that matters may have says that it is too long. */
  #copyKey(bytes: Buffer, to: number): void {
    for (let i = this.#stringAt; i < to && this.#keyLength <= longestKey; i++)
      this.#key[this.#keyLength++] = bytes[i] as number;
  }

  #keyIs(name: string): boolean {
    return this.#keyLength === name.length && this.#key.toString('latin1', 0, name.length) === name;
  }

  /** A byte of the document around its entries. */
  #outside(byte: number, i: number): void {
    switch (byte) {
      case colon:
        if (this.#depth === inRoot) this.#logComes = this.#keyIs('log');
        else if (this.#depth === inLog && this.#log)
          this.#comes = this.#keyIs('entries') ? 'entries' : this.#keyIs('creator') ? 'creator' : '';
        break;
      case comma:
        if (this.#depth === inRoot) this.#logComes = false;
        if (this.#depth === inLog) this.#comes = '';
        break;
      case openBrace:
      case openBracket:
        if (this.#depth === inRoot && this.#logComes && byte === openBrace) this.#log = true;
        if (this.#depth === inLog && this.#comes === 'creator') {
          this.#begin('creator', i);
          break;
        }
        if (this.#depth === inLog && this.#comes === 'entries' && byte === openBracket) {
          this.#entriesOpen = true;
          this.#entriesMet = true;
        }
        this.#depth++;
        break;
      case closeBrace:
      case closeBracket:
        this.#depth--;
        if (this.#depth === inLog) this.#comes = '';
        if (this.#depth === inRoot) this.#log = false;
        if (this.#depth === 0) this.#closed = true;
        break;
    }
  }

  #aroundRoot(byte: number, i: number): void {
    const at = this.#bytes + i;
    if (byte === openBrace && !this.#closed) this.#depth = inRoot;
    else if (byte !== byteOrderMark[at]) this.#brokenAt = at;
  }

  #betweenEntries(byte: number, i: number, found: Found[]): void {
    if (byte === openBrace || byte === openBracket) this.#begin('entry', i);
    else if (byte === closeBracket) {
      this.#depth--;
      this.#entriesOpen = false;
    } else if (byte === closeBrace) this.#brokenAt = this.#bytes + i;
    else if (byte === comma) this.#scalar = false;
    else if (!this.#scalar) {
      // Neither object nor array: whatever it is, it is no entry.
      this.#scalar = true;
      found.push({ kind: 'entry', number: ++this.#entries, at: this.#bytes + i, text: '0' });
    }
  }

  #begin(kind: Found['kind'], i: number): void {
    if (kind === 'entry') this.#entries++;
    this.#capture = { kind, at: this.#bytes + i, depth: this.#depth };
    this.#depth++;
    this.#kept.clear();
    this.#copyFrom = i;
  }

  /** A byte of what is captured. */
  #inside(byte: number, i: number, bytes: Buffer, found: Found[]): void {
    switch (byte) {
      case colon:
        if (this.#skipDepth < 0 && this.#isSkipped()) {
          this.#keep(bytes, i + 1);
          this.#kept.append(zero);
          this.#copyFrom = -1;
          this.#skipDepth = this.#depth;
        }
        break;
      case comma:
        if (this.#depth === this.#skipDepth) this.#endSkip(i);
        break;
      case openBrace:
      case openBracket:
        this.#depth++;
        break;
      case closeBrace:
      case closeBracket:
        if (this.#depth === this.#skipDepth) this.#endSkip(i);
        this.#depth--;
        if (this.#depth === this.#capture?.depth) {
          this.#keep(bytes, i + 1);
          this.#copyFrom = -1;
          found.push(this.#captured(this.#capture));
        }
        break;
    }
  }

  #isSkipped(): boolean {
    if (((skippedLengths[this.#key[0] as number] as number) & (1 << this.#keyLength)) === 0) return false;
    return skipped.has(this.#key.toString('latin1', 0, this.#keyLength));
  }

  #endSkip(i: number): void {
    this.#skipDepth = -1;
    this.#copyFrom = i;
  }

  #captured({ kind, at }: { kind: Found['kind']; at: number }): Found {
    this.#capture = null;
    return { kind, number: kind === 'entry' ? this.#entries : 0, at, text: this.#kept.text() };
  }

  #keep(bytes: Buffer, to: number): void {
    this.#kept.append(bytes.subarray(this.#copyFrom, to));
  }
}
