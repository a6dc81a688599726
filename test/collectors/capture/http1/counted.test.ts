import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openConnection } from '#collectors/capture/connection';
import { Heads } from '#collectors/capture/http1/heads';
import { type Caller, mechanisms, newShared, type Shared } from '#collectors/capture/session';
import { newTally } from '#collectors/capture/tally';
import type { Receiver, Side } from '#collectors/capture/tcp/receiver';
import type { Exchange } from '#collectors/traffic/exchange';
import { Fold } from '#collectors/traffic/fold';

/** An exchange of one of a few connections. */
interface Made {
  connection: number;
  method: string;
  path: string;
  asks: string[];
  sends: string;
  status: number;
  says: string[];
  answers: string;
}

const connections = 4;
const one = fc.constantFrom;
const field = one(
  ...[
    'Host: h',
    'Host: other:8080',
    'X-Api-Key: k',
    'Authorization: Bearer x',
    'Authorization: ab',
    'Content-Type: ab',
  ],
  ...['User-Agent: curl/8', 'User-Agent: kube-probe/1', 'Cookie: sid=1', 'Cookie: theme=1', 'Upgrade: websocket'],
  ...['Content-Type: application/json', 'Content-Type: application/grpc-web+proto', 'Connect-Protocol-Version: 1'],
  ...['Access-Control-Request-Method: PUT', 'SOAPAction: "a"', 'Accept: */*'],
);
const made: fc.Arbitrary<Made> = fc.record({
  connection: fc.nat(connections - 1),
  method: one('GET', 'GET', 'POST', 'POST', 'HEAD', 'OPTIONS', 'DELETE', 'get'),
  path: one(
    ...['/users/1', '/users/2', '/users/550e8400-e29b-41d4-a716-446655440000', '/users?page=1', '/users?page=2&size=3'],
    ...['/users?api_key=k', '/users?key=aB3dE5fG7hI9jK1l', '/graphql', '/rpc', '/app.js', '/ws', '/a.B/Get?connect=v1'],
    ...['/a.B/MigrateS3ToS4ForV2', '/a.B/ExportV1ToV2OfB2B', '/login', '/users/1/'],
  ),
  asks: fc.uniqueArray(field, { maxLength: 3 }),
  sends: one(
    '',
    '',
    '{"id":7,"email":"ann@example.com"}',
    '{"query":"query A { a }"}',
    '{"jsonrpc":"2.0","method":"m"}',
  ),
  status: one(200, 200, 200, 201, 204, 301, 302, 304, 401, 404, 500),
  says: fc.uniqueArray(
    one(
      ...['Content-Type: application/json', 'Content-Type: text/html', 'Content-Type: text/event-stream', 'Server: x'],
      ...['Location: /login', 'Location: /users/1', 'Deprecation: @1', 'Sunset: Wed, 11 Nov 2026 11:11:11 GMT'],
      ...['grpc-status: 0', 'grpc-status: 5', 'grpc-status: 12', 'Set-Cookie: sid=1; HttpOnly', 'ETag: "a"'],
    ),
    { maxLength: 3 },
  ),
  answers: one('', '{"id":1}', '{"id":1,"iban":"DE89370400440532013000"}', '<html>', '[1,2]'),
});

/** What a fold of these says, whose readers share heads that are alike or not; and that nothing is held at the end. */
function counted(all: readonly Made[], alike: boolean) {
  const fold = new Fold('made.pcap');
  const shared = newShared(newTally(), (exchange: Exchange) => fold.add(exchange), fold);
  const own = { http: new Heads(false), https: new Heads(false), certified: new Heads(false) };
  const open = opening(alike ? shared : { ...shared, heads: own });
  // One client sent a certificate before it asked, and one will be asked for it half way through.
  const callers = Array.from({ length: connections }, (_, i): Caller => {
    return { mechanisms: i === 1 ? mechanisms.certificate : mechanisms.none };
  });
  const receivers = callers.map((caller, i) => open(i, caller));
  const seq = receivers.map((): [number, number] => [0, 0]);
  all.forEach((exchange, i) => {
    if (i * 2 >= all.length) callers[2]!.mechanisms = mechanisms.certificate;
    const at = exchange.connection;
    const say = (side: Side, text: string) => {
      const bytes = Buffer.from(text, 'latin1');
      const piece = { bytes, from: 0, to: bytes.length, ref: i + 1, at: 1_000 + i, seq: seq[at]![side], ack: null };
      receivers[at]!.data(side, piece);
      seq[at]![side] += bytes.length;
    };
    say(0, asked(exchange));
    say(1, answered(exchange));
  });
  for (const receiver of receivers) receiver.close();
  return { sightings: fold.sightings(), summary: fold.summary(), held: shared.budget.held };
}

function opening(shared: Shared): (connection: number, caller: Caller) => Receiver {
  return (connection, caller) =>
    openConnection({
      shared,
      endpoints: [`\x0a\0\0${String.fromCharCode(connection)}\u9c40`, '\x0a\0\0\xff\u1f90'],
      midway: false,
      scheme: 'http',
      caller,
      lot: Math.imul(connection + 1, 0x9e37_79b1) >>> 0,
      depth: 0,
    });
}

function asked({ method, path, asks, sends }: Made): string {
  const fields = [...asks, ...(sends === '' ? [] : [`Content-Length: ${sends.length}`])];
  return `${method} ${path} HTTP/1.1\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n${sends}`;
}

function answered({ method, status, says, answers }: Made): string {
  const body = method === 'HEAD' || status === 204 || status === 304 ? '' : answers;
  const fields = [...says, `Content-Length: ${body.length}`];
  return `HTTP/1.1 ${status} X\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n${body}`;
}

describe('exchanges that share their heads', () => {
  test('are counted, and looked into, exactly as if each had its own', () => {
    fc.assert(
      fc.property(fc.array(made, { maxLength: 60 }), (all) => {
        const shared = counted(all, true);
        expect(shared).toEqual(counted(all, false));
        expect(shared.held).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test('also when they differ in little, and come again and again', () => {
    fc.assert(
      fc.property(made, fc.uniqueArray(field), fc.integer({ min: 1, max: 20 }), (base, more, times) => {
        const others = more
          .filter((one) => !base.asks.includes(one))
          .map((one) => ({ ...base, asks: [...base.asks, one] }));
        const all = Array.from({ length: times }, () => [base, ...others]).flat();
        expect(counted(all, true)).toEqual(counted(all, false));
      }),
      { numRuns: 400 },
    );
  });
});
