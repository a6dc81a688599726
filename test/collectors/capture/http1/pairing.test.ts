import { describe, expect, test } from 'vitest';
import { openConnection } from '#collectors/capture/connection';
import { request, response, talk } from '#test/collectors/capture/pcap';
import { line, readFrames } from '#test/collectors/capture/reading';
import { hearing, type Said, say } from '#test/collectors/capture/session';

const said = (side: 0 | 1, text: string): Said => ({ side, bytes: Buffer.from(text) });

/** What a connection tells, as method, target and status; and what it still holds at its end. */
function told(pieces: readonly Said[]): { lines: string[]; held: number } {
  const heard = hearing();
  say(openConnection(heard.session), pieces, heard);
  const lines = heard.exchanges.map(({ method, target, status }) => `${method} ${target} ${status}`);
  return { lines, held: heard.budget.held };
}

const upload = 'POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\n';
const refused = 'HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno';

describe('requests and answers', () => {
  test('an answer before the end of its request holds nothing of the rest', () => {
    const pieces = [said(0, `${upload}abc`), said(1, refused), said(0, 'def')];
    expect(told(pieces)).toEqual({ lines: ['POST /a 413'], held: 0 });
  });

  test('an answer that was recorded before its request holds nothing of it', () => {
    const pieces = [said(1, refused), said(0, `${upload}abc`), said(0, 'def')];
    expect(told(pieces)).toEqual({ lines: ['POST /a 413'], held: 0 });
  });

  test('an upgrade in the middle of a body holds nothing of it', () => {
    const asked = 'POST /a HTTP/1.1\r\nHost: h\r\nUpgrade: x\r\nContent-Length: 6\r\n\r\nabc';
    const agreed = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n';
    expect(told([said(0, asked), said(1, agreed)])).toEqual({ lines: ['POST /a 101'], held: 0 });
  });

  const numbers = Array.from({ length: 1_500 }, (_, i) => i);
  const ask = (i: number) => `GET /${i} HTTP/1.1\r\nHost: h\r\n\r\n`;
  const answer = (i: number) => `HTTP/1.1 ${200 + (i % 90)} OK\r\nContent-Length: 0\r\n\r\n`;
  const sorted = (lines: readonly string[]) =>
    lines.map((text) => Number(text.split(/[/ ]+/)[1])).toSorted((a, b) => a - b);

  test.each([
    ['requests', [said(0, numbers.map(ask).join('')), said(1, numbers.map(answer).join(''))]],
    ['answers', [said(1, numbers.map(answer).join('')), said(0, numbers.map(ask).join(''))]],
  ])('of more %s than may wait none is joined with another’s', (_, pieces) => {
    const { lines, held } = told(pieces);
    expect(held).toBe(0);
    expect(sorted(lines)).toEqual(numbers);
    for (const text of lines) {
      const [, target = '', status] = text.split(' ');
      const i = Number(target.slice(1));
      expect([0, 200 + (i % 90)]).toContain(Number(status));
    }
    expect(lines.filter((text) => !text.endsWith(' 0')).length).toBe(1_024);
  });

  test('what a server says by itself before it closes answers no later request', async () => {
    const { exchanges, reading } = await readFrames(
      talk([request('GET', '/a'), response(200, 'x'), response(408, ''), request('GET', '/b')]),
    );
    expect(exchanges.map(line)).toEqual(['GET api.example.com /a 200 1', 'GET api.example.com /b 0 -']);
    expect(reading.tally.unasked).toBe(1);
  });

  test('an answer is not that of the request behind a lost beginning', async () => {
    // So many segments that the hole is given up before there is an answer.
    const turns = [request('POST', '/a', 'h', 'x'.repeat(150_000)), response(201, ''), request('GET', '/b', 'h')];
    const whole = talk([...turns, response(200, 'ok')], { mss: 100 });
    const { exchanges } = await readFrames(whole.filter((_, i) => i !== 3));
    expect(exchanges.map(line)).toEqual(['GET h /b 200 2']);
  });
});
