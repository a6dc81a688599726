import { add, emptyForm, type Form } from './form.ts';

/** A part of `multipart/*` (RFC 2046, section 5.1), with its head as text. */
export interface Part {
  head: string;
  body: Uint8Array;
}

const maxParts = 64;
const maxHead = 8_192;
const maxValue = 16_384;
const boundaryParameter = /;\s*boundary\s*=\s*(?:"([^"]{1,70})"|([^\s;,"]{1,70}))/i;

/** The parts up to the cut, or none where the boundary is not told. Linear: each boundary is looked for once. */
export function partsOf(bytes: Uint8Array, contentType: string): Part[] {
  const found = boundaryParameter.exec(contentType.slice(0, 1_024));
  if (!found) return [];
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const line = `--${found[1] ?? found[2] ?? ''}`;
  const parts: Part[] = [];
  let from = body.indexOf(line);
  for (let looked = 0; from >= 0 && looked < maxParts; looked++) {
    const start = body.indexOf(10, from + line.length);
    if (start < 0) break;
    const next = body.indexOf(line, start);
    const part = partOf(body.subarray(start + 1, next < 0 ? body.length : next));
    if (part) parts.push(part);
    from = next;
  }
  return parts;
}

function partOf(bytes: Buffer): Part | null {
  const crlf = bytes.subarray(0, maxHead).indexOf('\r\n\r\n');
  const lf = crlf < 0 ? bytes.subarray(0, maxHead).indexOf('\n\n') : -1;
  if (crlf < 0 && lf < 0) return null;
  const end = crlf < 0 ? lf : crlf;
  const body = bytes.subarray(end + (crlf < 0 ? 2 : 4));
  const newline = body.at(-1) === 10 ? (body.at(-2) === 13 ? 2 : 1) : 0;
  return { head: bytes.toString('latin1', 0, end), body: body.subarray(0, body.length - newline) };
}

/** `multipart/form-data` (RFC 7578): the values by name; of a file, its name in the form and no content. */
export function parseFormData(parts: readonly Part[]): { form: Form; files: string[] } {
  const form = emptyForm();
  const files: string[] = [];
  for (const { head, body } of parts) {
    const name = dispositionParameter(head, nameParameter);
    if (name === null) continue;
    if (fileParameter.test(head)) files.push(name);
    else if (body.length <= maxValue) add(form, name, Buffer.from(body).toString());
  }
  return { form, files };
}

const nameParameter =
  /^content-disposition:[^\r\n]{0,256}?[;\s]name\s{0,4}=\s{0,4}(?:"([^"\r\n]{1,256})"|([^\s;"]{1,256}))/im;
const fileParameter = /^content-disposition:[^\r\n]{0,512}?[;\s]filename\*?\s{0,4}=/im;

function dispositionParameter(head: string, parameter: RegExp): string | null {
  const found = parameter.exec(head);
  return found ? (found[1] ?? found[2] ?? null) : null;
}
