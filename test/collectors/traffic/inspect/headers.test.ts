import { expect, test } from 'vitest';
import type { ResponseFacts } from '#collectors/traffic/inspect/response';
import { answered, asked } from './inspecting.ts';

test.each([
  [
    'rateLimits',
    { 'x-ratelimit-limit': '600', 'ratelimit-remaining': '3' },
    ['ratelimit-remaining', 'x-ratelimit-limit up to 1000'],
  ],
  ['rateLimits', { 'ratelimit-policy': '"default";q=100;w=60' }, ['ratelimit-policy up to 100']],
  ['cors', { 'access-control-allow-origin': '*' }, ['any']],
  [
    'cors',
    { 'access-control-allow-origin': 'https://app.acme.com', 'access-control-allow-credentials': 'true' },
    ['reflected with credentials'],
  ],
  ['cors', { 'access-control-allow-origin': 'https://other.acme.com' }, ['listed']],
  ['cors', {}, []],
  ['caching', { 'cache-control': 'private, max-age=300', etag: '"x"' }, ['max-age minutes', 'private', 'validator']],
  ['caching', { 'cache-control': 'no-store' }, ['no-store']],
  ['caching', {}, ['none']],
  [
    'protections',
    { 'strict-transport-security': 'max-age=1', 'x-frame-options': 'DENY' },
    ['strict-transport-security', 'x-frame-options'],
  ],
  ['banners', { server: 'nginx/1.25.3', 'x-powered-by': 'Express' }, ['server nginx/1.25.3', 'x-powered-by Express']],
  ['banners', { server: 'Apache/2.4.41 (Ubuntu)' }, ['server Apache/2.4.41']],
  [
    'banners',
    { server: 'Microsoft-IIS/10.0', 'x-aspnet-version': '4.0.30319' },
    ['server Microsoft-IIS/10.0', 'x-aspnet-version 4.0.30319'],
  ],
  ['banners', { server: 'q9Zx7Kd2Lm4Vt8Wp3' }, []],
  ['lifecycle', { deprecation: '@1688169599', sunset: 'Sat, 31 Dec 2033 23:59:59 GMT' }, ['deprecation', 'sunset']],
  [
    'lifecycle',
    { link: '</v2/orders/7>; rel="successor-version", </docs>; rel=deprecation' },
    ['link deprecation', 'successor /v2/orders/{integer}'],
  ],
  ['relations', { link: '</orders?page=2>; rel="next", </orders?page=9>; rel=last' }, ['last', 'next']],
  ['locations', { location: '/orders/1042' }, ['/orders/{integer}']],
  ['locations', { location: 'https://x.example/users/ann@example.com?token=s' }, ['/users/{email}']],
  ['challenges', { 'www-authenticate': 'Bearer realm="a, b", error="x", Basic realm="c"' }, ['basic', 'bearer']],
  ['challenges', { 'www-authenticate': 'Negotiate' }, ['negotiate']],
] as [keyof ResponseFacts['headers'], Record<string, string>, string[]][])('%s of %o', (kind, headers, names) => {
  const facts = answered('', headers, { asked: { origin: 'https://app.acme.com' } });
  expect(Object.keys(facts.headers[kind])).toEqual(names);
});

test('cookies with what protects them', () => {
  const header =
    'sid=s3cr3t; Expires=Wed, 21 Oct 2015 07:28:00 GMT; Path=/; HttpOnly, theme=dark; Secure; SameSite=None, __Host-id=1; Secure; HttpOnly; SameSite=Lax';
  expect(answered('', { 'set-cookie': header }).cookies).toEqual([
    { name: '__Host-id', lacks: [], samples: 1 },
    { name: 'sid', lacks: ['SameSite', 'Secure'], samples: 1 },
    { name: 'theme', lacks: ['HttpOnly', 'SameSite=None'], samples: 1 },
  ]);
});

test('headers of the API by name, and the versions that are asked for', () => {
  const headers = {
    'x-tenant-id': 'acme',
    'x-request-id': '1',
    'user-agent': 'curl',
    'stripe-version': '2023-10-16',
    'api-version': 's3cr3t',
    accept: 'application/vnd.github.v3+json',
    '9f1c2d3e-0000-4000-8000-1234567890ab': 'x',
  };
  const facts = asked('', { asked: headers });
  expect(Object.keys(facts.headers)).toEqual(['api-version', 'stripe-version', 'x-tenant-id']);
  expect(Object.keys(facts.versions)).toEqual(['accept application/vnd.github.v3+json', 'stripe-version 2023-10-16']);
});
