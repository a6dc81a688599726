import type { FileHandle } from 'node:fs/promises';

/**
 * Writes a HAR of about so many megabytes, as a browser would: mostly JSON bodies, some base64, many headers. The same each time.
 * Gives how many entries it has.
 */
export async function writeLongHar(file: FileHandle, megabytes: number): Promise<number> {
  let length = 0;
  let number = 0;
  await file.write('{"log":{"version":"1.2","creator":{"name":"generator","version":"1"},"pages":[],"entries":[');
  while (length < megabytes * 1_000_000) {
    const batch: string[] = [];
    for (let i = 0; i < 64; i++) batch.push(longEntry(number++));
    const text = (length === 0 ? '' : ',\n') + batch.join(',\n');
    length += text.length;
    await file.write(text);
  }
  await file.write(']}}\n');
  return number;
}

const resources = ['orders', 'customers', 'invoices', 'carts', 'payments', 'shipments', 'products', 'reviews'];
const image = Buffer.alloc(9_000, 'noontide').toString('base64');

function longEntry(number: number): string {
  const resource = resources[number % resources.length];
  const isImage = number % 8 === 0;
  const rows = Array.from({ length: 40 + (number % 60) }, (_, i) => ({
    id: number + i,
    name: `row ${i}`,
    note: 'said "so"\n',
  }));
  return JSON.stringify({
    startedDateTime: new Date(1_760_000_000_000 + number * 250).toISOString(),
    time: 12,
    _initiator: {
      type: 'script',
      stack: { callFrames: [{ functionName: 'load', url: 'https://shop.acme.example/app.js' }] },
    },
    request: {
      method: number % 5 === 0 ? 'POST' : 'GET',
      url: isImage
        ? `https://cdn.acme.example/img/${number % 50}.png`
        : `https://api.acme.example/v1/${resource}/${number}?page=${number % 9}`,
      httpVersion: 'h2',
      headers: Array.from({ length: 18 }, (_, i) => ({
        name: `x-request-header-${i}`,
        value: `value ${i} of ${number}`,
      })),
      queryString: [],
      cookies: [],
      headersSize: -1,
      bodySize: 0,
    },
    response: {
      status: 200,
      statusText: 'OK',
      httpVersion: 'h2',
      headers: [
        { name: 'content-type', value: isImage ? 'image/png' : 'application/json' },
        ...Array.from({ length: 12 }, (_, i) => ({ name: `x-response-header-${i}`, value: `value ${i}` })),
      ],
      cookies: [],
      content: isImage
        ? { size: 9_000, mimeType: 'image/png', text: image, encoding: 'base64' }
        : { size: 4_000, mimeType: 'application/json', text: JSON.stringify(rows) },
      redirectURL: '',
      headersSize: -1,
      bodySize: -1,
    },
    cache: {},
    timings: { send: 1, wait: 2, receive: 3 },
  });
}
