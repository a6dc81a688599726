import type { Problem } from '#model/scope';
import { type Fault, type Reading, readJson } from './json.ts';
import { keysOf, type Value } from './value.ts';
import { isTooRich, maxStructure, readYaml } from './yaml.ts';

/** A JSON or YAML file that was read. */
export interface Document {
  /** As reports show it: relative to the run's root. */
  file: string;
  absolute: string;
  value: Value;
  /** What is broken in the text, each with its line and column. */
  faults: Problem[];
  /** The line, from 1, on which the key of a mapping stands; `undefined` when it was read without places. */
  line(of: Value | undefined): number | undefined;
}

/** A text that cannot be read at all, and why. */
export interface Refusal {
  refused: Problem;
}

/** Parses a text as JSON when it begins like it, else as YAML. Never throws for what it holds. */
export function parseDocument(file: string, absolute: string, text: string): Document | Refusal {
  const reading = read(text);
  if (!reading) {
    return {
      refused: {
        message: `its YAML has more than ${maxStructure.toLocaleString('en')} lines, keys and brackets`,
        where: file,
        mend: 'convert it to JSON, which takes a tenth of the memory, or split it',
      },
    };
  }
  const place = placer(text);
  return {
    file,
    absolute,
    value: reading.value,
    faults: reading.faults.map((fault) => faultProblem(file, fault, place)),
    line(of) {
      const offset = typeof of === 'object' && of !== null ? reading.places.get(of) : undefined;
      return offset === undefined ? undefined : place(offset).line;
    },
  };
}

function read(text: string): Reading | null {
  if (/^\s*[{[]/.test(text)) {
    const reading = readJson(text);
    // Braces without quoted keys are YAML's flow style.
    if (reading.faults.length === 0 || keysOf(reading.value).length > 0) return reading;
  }
  if (isTooRich(text)) return null;
  try {
    return readYaml(text);
  } catch (error) {
    // The parser recurses; what is nested so deep that the stack ends is no specification.
    if (!(error instanceof RangeError)) throw error;
    return { value: null, faults: [{ offset: 0, message: 'nested too deep: not read' }], places: new Map() };
  }
}

/** UTF-8, or UTF-16 by its byte order mark (some shells write it); bytes that are neither become U+FFFD. */
export function decode(bytes: Uint8Array): string {
  const utf16 =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
  return new TextDecoder(utf16 ?? 'utf-8').decode(bytes);
}

interface Position {
  line: number;
  column: number;
}

/** Line and column of an offset, by an index of lines that is made when it is first asked for. */
function placer(text: string): (offset: number) => Position {
  let starts: number[] | undefined;
  return (offset) => {
    if (!starts) {
      starts = [0];
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    }
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  };
}

function faultProblem(file: string, { offset, message }: Fault, place: (offset: number) => Position): Problem {
  const { line, column } = place(offset);
  return { message, where: `${file}:${line}:${column}`, mend: 'correct the text there' };
}
