import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GrpcMessages } from '#collectors/capture/http2/grpc-messages';
import type { GrpcProtocol } from '#collectors/traffic/grpc';

function message(flags: number, content: string): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flags;
  prefix.writeUInt32BE(content.length, 1);
  return Buffer.concat([prefix, Buffer.from(content, 'latin1')]);
}

function count(pieces: readonly Buffer[], protocol: GrpcProtocol, text = false) {
  const budget = { held: 0 };
  const messages = new GrpcMessages(protocol, text, budget);
  for (const bytes of pieces) messages.feed(bytes, 0, bytes.length);
  messages.stop();
  expect(budget.held).toBe(0);
  return { count: messages.count, trailers: messages.trailers && Object.fromEntries(messages.trailers) };
}

describe('messages of a body', () => {
  const two = [message(0, 'one'), message(1, ''), message(0, 'x'.repeat(300))];
  const trailers = message(0x80, 'grpc-status:12\r\ngrpc-message:no\r\n');

  test('gRPC', () => {
    expect(count(two, 'grpc')).toEqual({ count: 3, trailers: null });
    expect(count([...two, trailers], 'grpc')).toEqual({ count: 3, trailers: null });
  });

  test('gRPC-Web with its trailers', () => {
    const found = { 'grpc-status': '12', 'grpc-message': 'no' };
    expect(count([...two, trailers], 'grpc-web')).toEqual({ count: 3, trailers: found });
    expect(count([...two, message(0x81, 'compressed')], 'grpc-web')).toEqual({ count: 3, trailers: null });
    expect(count([message(0x80, '')], 'grpc-web')).toEqual({ count: 0, trailers: {} });
  });

  test('Connect with its last message', () => {
    const end = message(2, '{"error":{"code":"unauthenticated"}}');
    expect(count([...two, end], 'connect')).toEqual({ count: 3, trailers: { 'grpc-status': '16' } });
  });

  test('as base64, each part padded by itself', () => {
    const text = [...two, trailers].map((part) => Buffer.from(part.toString('base64')));
    expect(count(text, 'grpc-web', true)).toMatchObject({ count: 3, trailers: { 'grpc-status': '12' } });
  });

  test('the same in pieces of any size', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 500 }), { maxLength: 30 }), fc.boolean(), (cuts, text) => {
        const parts = [...two, trailers].map((part) => (text ? Buffer.from(part.toString('base64')) : part));
        const bytes = Buffer.concat(parts);
        const places = [...new Set(cuts.filter((cut) => cut < bytes.length))].sort((a, b) => a - b);
        const pieces = [0, ...places].map((from, i) => bytes.subarray(from, places[i] ?? bytes.length));
        expect(count(pieces, 'grpc-web', text)).toMatchObject({ count: 3, trailers: { 'grpc-status': '12' } });
      }),
    );
  });

  test('any bytes', () => {
    const protocol = fc.constantFrom<GrpcProtocol>('grpc', 'grpc-web', 'connect');
    const pieces = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 10 });
    fc.assert(
      fc.property(pieces, protocol, fc.boolean(), (bytes, of, text) => {
        const found = count(
          bytes.map((piece) => Buffer.from(piece)),
          of,
          text,
        );
        expect(found.count).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
