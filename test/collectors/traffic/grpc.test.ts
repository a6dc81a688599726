import { describe, expect, test } from 'vitest';
import {
  effectiveStatus,
  grpcCode,
  grpcProtocol,
  isGrpcText,
  missesMethod,
  trailersOf,
} from '#collectors/traffic/grpc';
import { protocolOf } from '#collectors/traffic/protocol';
import { exchange } from './exchanges.ts';

const path = '/acme.users.v1.UserService/GetUser';

describe('which of them is spoken', () => {
  test.each([
    ['POST', path, { 'content-type': 'application/grpc' }, 'grpc'],
    ['POST', path, { 'content-type': 'application/grpc+proto' }, 'grpc'],
    ['POST', path, { 'content-type': 'application/grpc-web+proto' }, 'grpc-web'],
    ['POST', `/api${path}`, { 'content-type': 'application/grpc-web-text; charset=utf-8' }, 'grpc-web'],
    ['POST', path, { 'content-type': 'application/grpcurl' }, null],
    ['POST', path, { 'content-type': 'application/connect+json' }, 'connect'],
    ['POST', path, { 'content-type': 'application/proto', 'connect-protocol-version': '1' }, 'connect'],
    ['POST', path, { 'content-type': 'application/json', 'connect-protocol-version': '1' }, 'connect'],
    ['POST', path, { 'content-type': 'application/json' }, null],
    ['POST', '/orders', { 'content-type': 'application/json', 'connect-protocol-version': '1' }, null],
    ['GET', `${path}?connect=v1&encoding=json&message=%7B%7D`, {}, 'connect'],
    ['GET', `${path}?encoding=json`, {}, null],
    ['GET', '/orders?connect=v1', {}, null],
  ])('%s %s %o: %s', (method, target, asked, protocol) => {
    const told = exchange({ method, target, asked: asked as Record<string, string> });
    expect(grpcProtocol(told)).toBe(protocol);
    expect(protocolOf(told)).toBe(protocol === null ? 'http' : 'grpc');
  });

  test('base64', () => {
    expect(isGrpcText('application/grpc-web-text+proto')).toBe(true);
    expect(isGrpcText('application/grpc-web+proto')).toBe(false);
    expect(isGrpcText(undefined)).toBe(false);
  });
});

describe('how a call ended', () => {
  test.each([
    ['0', 200, false],
    ['2', 500, false],
    ['5', 404, false],
    ['7', 403, false],
    ['8', 429, false],
    ['12', 501, true],
    ['16', 401, false],
    ['99', 500, false],
    ['OK', 500, false],
  ])('grpc-status %s is %i', (code, status, misses) => {
    const fields = new Map([['grpc-status', code]]);
    const trailed = exchange({ responseTrailers: fields });
    const trailersOnly = exchange({ answered: { 'grpc-status': code } });
    for (const told of [trailed, trailersOnly])
      expect([effectiveStatus(told), missesMethod(told)]).toEqual([status, misses]);
  });

  test.each([
    [200, 200, false],
    [0, 0, false],
    [401, 401, false],
    [404, 404, true],
    [405, 405, true],
    [501, 501, true],
    [503, 503, false],
  ])('without one it is HTTP’s own: %i', (status, effective, misses) => {
    const told = exchange({ status });
    expect([grpcCode(told), effectiveStatus(told), missesMethod(told)]).toEqual([null, effective, misses]);
  });

  test('what another server than gRPC’s answered is not gRPC’s to say', () => {
    const told = exchange({ status: 503, answered: { 'grpc-status': '12' } });
    expect([effectiveStatus(told), missesMethod(told)]).toEqual([503, false]);
  });
});

describe('trailers within a body', () => {
  test('of gRPC-Web', () => {
    const trailers = trailersOf('grpc-web', 'Grpc-Status: 7\r\ngrpc-message:no\r\nodd line\r\n');
    expect([...trailers]).toEqual([
      ['grpc-status', '7'],
      ['grpc-message', 'no'],
    ]);
  });

  test.each([
    ['{}', '0'],
    ['{"error":{"code":"unimplemented","message":"ann@example.com"}}', '12'],
    ['{"error": {"code": "canceled"}}', '1'],
    ['{"error":{"code":"something_else"}}', '2'],
    ['no json', '0'],
  ])('of Connect: %s', (text, code) => {
    expect([...trailersOf('connect', text)]).toEqual([['grpc-status', code]]);
  });
});
