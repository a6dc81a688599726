import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openConnection } from '#collectors/capture/connection';
import { hearing, recut, type Said, say } from './session.ts';

const proxied = Buffer.concat([
  Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1'),
  Buffer.from([0x21, 0x11, 0, 12]),
  Buffer.from([192, 0, 2, 7, 192, 0, 2, 8, 0x12, 0x34, 0, 80]),
]);
const get = Buffer.from('PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi');
const ok: Said = { side: 1, bytes: Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok') };

function told(said: readonly Said[]) {
  const heard = hearing();
  say(openConnection(heard.session), said, heard);
  const lines = heard.exchanges.map(({ method, target, status, lot }) => `${method} ${target} ${status} ${lot}`);
  return { lines, held: heard.budget.held };
}

describe('the first bytes of a connection', () => {
  test.each([
    ['of its second version', proxied],
    ['of its first', Buffer.from('PROXY TCP4 192.0.2.7 192.0.2.8 47 80\r\n')],
  ])('HTTP/2 and TLS are known behind the header of a load balancer, %s', (_, header) => {
    const counted = (bytes: Buffer) => {
      const heard = hearing();
      say(openConnection(heard.session), [{ side: 0, bytes: Buffer.concat([header, bytes]) }], heard);
      return [heard.tally.h2c, heard.tally.tls];
    };
    expect(counted(Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'))).toEqual([1, 0]);
    expect(counted(Buffer.from('16030100050100000100', 'hex'))).toEqual([0, 1]);
  });

  const cases: [string, Buffer][] = [
    ['a request', get],
    ['a request behind empty lines', Buffer.concat([Buffer.from('\r\n\r\n'), get])],
    [
      'a request behind the line of a load balancer',
      Buffer.concat([Buffer.from('PROXY TCP4 192.0.2.7 192.0.2.8 47 80\r\n'), get]),
    ],
    ['a request behind the header of a load balancer', Buffer.concat([proxied, get])],
  ];
  test.each(cases)('%s is read however it is cut', (_, bytes) => {
    const said: Said[] = [{ side: 0, bytes }, ok];
    const whole = told(said);
    expect(whole.lines.length).toBe(1);
    expect(whole.held).toBe(0);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length - 1), { maxLength: 6 }), (cuts) => {
        expect(told(recut(said, cuts))).toEqual(whole);
      }),
    );
  });
});
