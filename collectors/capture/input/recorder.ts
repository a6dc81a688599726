import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { PcapCutter, pcapHeaderLength, readPcapHeader } from './pcap.ts';
import { type CaptureProgram, droppedOf, type Failure, failureOf, programs } from './program.ts';

export interface LiveOptions {
  networkInterface: string;
  /** pcap-filter(7); empty for everything. */
  filter: string;
  /** How long a batch gathers packets, milliseconds. */
  everyMs: number;
  /** Where the batches are written: nobody else may read it, for it holds what passed. */
  folder: string;
}

/** A classic pcap file that is whole: whoever takes it deletes it. */
export interface LiveBatch {
  path: string;
  /** The file's name, from the interface, the time of the first packet and a number. */
  name: string;
  packets: number;
}

interface OpenBatch {
  /** Its descriptor. */
  file: number;
  batch: LiveBatch;
  /** Written so far. */
  bytes: number;
}

/** What a recorder tells. `refused` or `begun` is the first, `over` the last. */
export type RecorderEvent =
  | { type: 'refused'; failure: Failure }
  | { type: 'begun'; program: string; pid: number }
  | { type: 'batch'; batch: LiveBatch }
  /** `dropped`: packets that the kernel or the interface lost, by the program's last word. */
  | { type: 'figures'; packets: number; dropped: number | null }
  | { type: 'over'; failure: string | null };

/** A batch that grows beyond it ends early. */
const maxBatchBytes = 268_435_456;
/** Batches that wait to be taken. Past it nothing is read, and the kernel counts what it drops. */
const maxWaiting = 8;
const figuresEveryMs = 250;
const tellEveryMs = 2_000;
/**
 * How long the kernel keeps packets before it hands them over (tcpdump asks for a second, dumpcap for less): a program that is told to
 * end does not wait for them.
 */
const handoverMs = 1_200;
/** How long a program may take to end when it is told to. */
const graceMs = 5_000;
/** What is kept of the program's words. */
const maxSaid = 8_192;
const bufferLength = 1_048_576;

/** Records with the first program that is there and has the right to, or tells what would help one of them. */
export async function startRecorder(
  options: LiveOptions,
  tell: (event: RecorderEvent) => void,
): Promise<Recorder | null> {
  let refusal: Failure | null = null;
  for (const program of programs) {
    const recorder = new Recorder(program, options, tell);
    const failure = await recorder.begun;
    if (failure === null) return recorder;
    // One that is there is nearer to recording than one that is not.
    if (refusal === null || refusal.kind === 'absent') refusal = failure;
    if (failure.kind === 'other') break;
  }
  tell({ type: 'refused', failure: refusal! });
  return null;
}

/** A program that records, and the batches that are written of what it gives. Use {@link startRecorder}. */
export class Recorder {
  /** `null` once it records, or why it does not. */
  readonly begun: Promise<Failure | null>;

  readonly #program: CaptureProgram;
  readonly #child: ChildProcess;
  readonly #options: LiveOptions;
  readonly #tell: (event: RecorderEvent) => void;
  #packets = 0;
  #dropped: number | null = null;
  #said = '';
  #stopped = false;
  /** The header of every batch; empty until the program gave it. */
  #header: Buffer = Buffer.alloc(0);
  /** The batch that is being written. */
  #open: OpenBatch | null = null;
  #batches = 0;
  #waiting = 0;
  #resume: () => void = () => undefined;

  constructor(program: CaptureProgram, options: LiveOptions, tell: (event: RecorderEvent) => void) {
    this.#program = program;
    this.#options = options;
    this.#tell = tell;
    this.#child = spawn(program.name, program.arguments(options.networkInterface, options.filter), {
      stdio: ['ignore', 'pipe', 'pipe'],
      // A Ctrl-C is for us alone: see handoverMs.
      detached: true,
    });
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
    this.begun = new Promise((resolve) => {
      this.#child.on('error', ({ code, message }: NodeJS.ErrnoException) => {
        resolve(failureOf(program, '', code ?? message));
      });
      void this.#run(resolve);
    });
  }

  /** Ends the recording in a moment: what has passed by now still comes, the rest as a last batch. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    setTimeout(() => this.#child.kill('SIGINT'), handoverMs);
    setTimeout(() => this.#child.kill('SIGKILL'), handoverMs + graceMs).unref();
  }

  /** One of the batches that were told of is gone. */
  taken(): void {
    this.#waiting--;
    this.#resume();
  }

  async #run(begin: (failure: Failure | null) => void): Promise<void> {
    const closed = once(this.#child, 'close').catch(() => []);
    const timers = [
      setInterval(() => this.#rotate(), this.#options.everyMs),
      setInterval(() => this.#figures(), figuresEveryMs),
      setInterval(() => this.#ask(), tellEveryMs),
    ];
    let failure: string | null = null;
    try {
      await this.#pump(this.#child.stdout!, () => {
        begin(null);
        this.#tell({ type: 'begun', program: this.#program.name, pid: this.#child.pid! });
      });
    } catch (error) {
      // A full disk, or bytes that are no capture.
      failure = `the recording broke off: ${(error as Error).message}`;
      this.#child.kill('SIGINT');
    }
    const [code] = (await closed) as [number | null];
    timers.forEach(clearInterval);
    if (this.#header.length === 0) {
      begin(failureOf(this.#program, this.#said, undefined));
      return;
    }
    if (!this.#stopped) failure ??= `${this.#program.name} ended by itself (exit code ${code})`;
    // The last word on what was lost goes before the last batch.
    this.#figures();
    this.#rotate();
    this.#tell({ type: 'over', failure });
  }

  /** Copies whole packets from the program to the batch that is open. */
  async #pump(stdout: Readable, begin: () => void): Promise<void> {
    const buffer = Buffer.allocUnsafeSlow(bufferLength);
    let filled = 0;
    let cutter: PcapCutter | null = null;
    let first = 0;
    let count = 0;
    const sink = {
      packet(_bytes: Buffer, _from: number, _to: number, _length: number, at: number) {
        if (count++ === 0) first = at;
      },
      secrets: () => undefined,
    };
    for await (const chunk of stdout as AsyncIterable<Buffer>) {
      for (let given = 0; given < chunk.length; ) {
        const copied = chunk.copy(buffer, filled, given);
        given += copied;
        filled += copied;
        let from = 0;
        if (cutter === null) {
          if (filled < pcapHeaderLength) continue;
          const header = readPcapHeader(buffer.subarray(0, pcapHeaderLength));
          if ('problem' in header) throw new Error(header.problem.message);
          this.#header = Buffer.from(buffer.subarray(0, pcapHeaderLength));
          cutter = new PcapCutter(header, sink);
          from = pcapHeaderLength;
          begin();
        }
        count = 0;
        const to: number = cutter.cut(buffer, from, filled);
        if (count > 0) this.#write(buffer.subarray(from, to), count, first);
        if (cutter.trouble !== null) throw new Error(cutter.trouble.problem.message);
        buffer.copyWithin(0, to, filled);
        filled -= to;
      }
      while (this.#waiting >= maxWaiting) await new Promise<void>((resolve) => (this.#resume = resolve));
    }
  }

  #write(records: Buffer, count: number, first: number): void {
    this.#open ??= this.#create(first);
    this.#append(records);
    this.#open.batch.packets += count;
    this.#packets += count;
    if (this.#open.bytes > maxBatchBytes) this.#rotate();
  }

  #create(first: number): OpenBatch {
    const name = this.#nameOf(first);
    const path = join(this.#options.folder, name);
    const file = openSync(path, 'wx', 0o600);
    writeSync(file, this.#header);
    return { file, batch: { path, name, packets: 0 }, bytes: this.#header.length };
  }

  #append(bytes: Buffer): void {
    const open = this.#open!;
    for (let written = 0; written < bytes.length; ) written += writeSync(open.file, bytes, written);
    open.bytes += bytes.length;
  }

  #rotate(): void {
    if (this.#open === null) return;
    closeSync(this.#open.file);
    this.#waiting++;
    this.#tell({ type: 'batch', batch: this.#open.batch });
    this.#open = null;
  }

  #nameOf(first: number): string {
    const name = this.#options.networkInterface.replace(/[^A-Za-z0-9.]+/g, '_').slice(0, 64);
    const time = new Date(first).toISOString().replace(/[-:]/g, '');
    return `${name}-${time}-${String(++this.#batches).padStart(4, '0')}.pcap`;
  }

  #hear(text: string): void {
    this.#said = (this.#said + text).slice(-maxSaid);
    this.#dropped = droppedOf(this.#program, this.#said) ?? this.#dropped;
  }

  #figures(): void {
    if (this.#header.length === 0) return;
    this.#tell({ type: 'figures', packets: this.#packets, dropped: this.#dropped });
  }

  #ask(): void {
    const { tell } = this.#program;
    if (tell !== null && this.#header.length > 0) this.#child.kill(tell);
  }
}
