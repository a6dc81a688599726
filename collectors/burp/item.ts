import { type Exchange, maxBody } from '#collectors/traffic/exchange';
import type { Missing } from '#collectors/traffic/log/exchange-of';
import type { LogFormat, NoExchange } from '#collectors/traffic/log/format';
import { headerLines } from '#collectors/traffic/log/headers';
import { utf8 } from '#collectors/traffic/log/lines';
import { javaTimeOf } from './time.ts';

/** An item of Burp's XML (portswigger.net, «Save items»): what was sent and answered, in base64 or as text. */
export class BurpItem implements LogFormat {
  readonly name = 'items';
  readonly #missing: Missing;

  constructor(missing: Missing) {
    this.#missing = missing;
  }

  read(record: string, ref: number): Exchange | NoExchange {
    if (!record.startsWith('<item>')) return 'foreign';
    const request = message(record, 'request');
    const at = javaTimeOf(element(record, 'time'), this.#missing.zone);
    if (request === null || Number.isNaN(at)) return 'foreign';
    const line = /^([^ \r\n]{1,64}) ([^ \r\n]{1,65536})(?: HTTP\/([0-9](?:\.[0-9])?))?\r?\n/.exec(request.head);
    if (!line) return 'unasked';
    const response = message(record, 'response');
    const requestHeaders = headerLines(request.head);
    const protocol = element(record, 'protocol');
    const port = element(record, 'port');
    const exchange: Exchange = {
      at,
      ref,
      scheme: protocol === 'https' || protocol === 'http' ? protocol : null,
      method: line[1] as string,
      host: requestHeaders.get('host') || `${element(record, 'host')}${port === '' ? '' : `:${port}`}`,
      target: utf8(line[2] as string),
      status: Number(/^HTTP\/[0-9.]{1,3} ([0-9]{3})/.exec(response?.head ?? '')?.[1] ?? 0),
      requestHeaders,
      responseHeaders: headerLines(response?.head ?? ''),
      responseLength: response ? response.body.length : null,
      client: '',
      requestLength: request.body.length,
    };
    if (line[3] !== undefined) exchange.version = line[3].replace(/^([23])\.0$/, '$1');
    if (request.body.length > 0) exchange.requestBody = request.body.subarray(0, maxBody);
    if (response && response.body.length > 0) exchange.responseBody = response.body.subarray(0, maxBody);
    return exchange;
  }
}

interface Message {
  /** Its first line and header fields, one byte a character. */
  head: string;
  body: Buffer;
}

const maxHead = 262_144;

function message(record: string, name: 'request' | 'response'): Message | null {
  const from = record.indexOf(`<${name} base64="`);
  if (from < 0) return null;
  const encoded = record.startsWith('true', from + name.length + 10);
  const text = content(record, name, from);
  const bytes = Buffer.from(text, encoded ? 'base64' : 'latin1');
  const crlf = bytes.indexOf('\r\n\r\n');
  const lf = crlf < 0 ? bytes.indexOf('\n\n') : -1;
  const end = crlf >= 0 ? crlf + 4 : lf >= 0 ? lf + 2 : bytes.length;
  return { head: bytes.toString('latin1', 0, Math.min(end, maxHead)), body: bytes.subarray(end) };
}

/** The text of an element, with its CDATA or its entities resolved. */
function element(record: string, name: string): string {
  const from = record.search(new RegExp(`<${name}[ >]`));
  return from < 0 ? '' : content(record, name, from).slice(0, 4_096);
}

function content(record: string, name: string, from: number): string {
  const start = record.indexOf('>', from) + 1;
  if (start === 0) return '';
  if (record.startsWith('<![CDATA[', start)) {
    const end = record.indexOf(']]>', start);
    return record.slice(start + 9, end < 0 ? record.length : end);
  }
  const end = record.indexOf(`</${name}>`, start);
  const text = record.slice(start, end < 0 ? record.length : end);
  return text.includes('&')
    ? text.replace(/&(lt|gt|amp|quot|apos);/g, (_, entity: string) => entities[entity] ?? '')
    : text;
}

const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
