import { describe, expect, test } from 'vitest';
import { readJwt } from '#collectors/traffic/inspect/auth/jwt';
import { asked } from './inspecting.ts';

const at = 1_700_000_000_000;
const now = at / 1_000;

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function jwt(claims: object, head: object = { alg: 'RS256', typ: 'JWT' }): string {
  return `${part(head)}.${part(claims)}.c2lnbmF0dXJl`;
}

/** `api-key header x-api-key`. */
function ways(headers: Record<string, string>, target = '/', body?: string): string[] {
  const told = body === undefined ? {} : { type: 'application/x-www-form-urlencoded' };
  return asked(body ?? '', { ...told, target, asked: headers }).credentials.map((one) =>
    [one.mechanism, one.in, one.name, one.detail].filter((word) => word !== '').join(' '),
  );
}

test.each([
  [{}, '/', ['none']],
  [{ authorization: 'Basic YW5uOnNlY3JldA==' }, '/', ['basic header authorization']],
  [{ authorization: 'Digest username="ann", realm="x"' }, '/', ['digest header authorization']],
  [{ authorization: 'Negotiate YII' }, '/', ['negotiate header authorization']],
  [{ authorization: 'Bearer opaque' }, '/', ['bearer header authorization']],
  [{ authorization: `Bearer ${jwt({ iss: 'https://id.acme.com/' })}` }, '/', ['jwt header authorization']],
  [{ authorization: `DPoP ${jwt({})}`, dpop: jwt({}) }, '/', ['dpop header dpop', 'jwt header authorization dpop']],
  [{ authorization: 'Hunter2 Something' }, '/', ['other header authorization']],
  [{ authorization: '4f1f9c0a' }, '/', ['api-key header authorization']],
  [{ 'proxy-authorization': 'Basic x' }, '/', ['basic header proxy-authorization']],
  [{ 'x-api-key': 'k' }, '/', ['api-key header x-api-key']],
  [{}, '/?api_key=1', ['api-key query api_key']],
  [{}, '/?access_token=abc', ['bearer query access_token']],
  [{ cookie: 'theme=dark; JSESSIONID=1; _ga=2' }, '/', ['cookie cookie JSESSIONID']],
  [{ cookie: `at=${jwt({})}` }, '/', ['jwt cookie at']],
  [{ 'x-amzn-oidc-data': jwt({}) }, '/', ['jwt header x-amzn-oidc-data']],
  [{ 'x-forwarded-client-cert': 'By=x;Hash=y' }, '/', ['mtls header x-forwarded-client-cert']],
  [{ 'ssl-client-subject-dn': 'CN=ann' }, '/', ['mtls header ssl-client-subject-dn']],
  [
    {
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=ab',
    },
    '/',
    ['aws-sigv4 header authorization us-east-1 s3'],
  ],
  [
    {},
    '/?X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Signature=abc&X-Amz-Security-Token=t',
    ['aws-sigv4 query X-Amz-Credential eu-west-1 s3'],
  ],
  [{ authorization: 'SharedKey account:sig' }, '/', ['hmac header authorization']],
  [{ 'x-hub-signature-256': 'sha256=ab' }, '/', ['hmac header x-hub-signature-256']],
  [{ 'signature-input': 'sig1=("@method")', signature: 'sig1=:x:' }, '/', ['http-signature header signature-input']],
  [{ authorization: 'Signature keyId="rsa-1",signature="x"' }, '/', ['http-signature header authorization']],
] as [Record<string, string>, string, string[]][])('%o %s', (headers, target, expected) => {
  expect(ways(headers, target)).toEqual(expected);
});

test.each([
  [
    'grant_type=client_credentials&client_secret=abc',
    ['oauth-client body client_secret client-secret client_credentials'],
  ],
  [
    'grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&client_assertion=x',
    ['oauth-client body client_assertion client-assertion jwt-bearer'],
  ],
  ['client_secret=abc', ['none']],
])('clients of a token endpoint: %s', (body, expected) => expect(ways({}, '/token', body)).toEqual(expected));

describe('a JWT', () => {
  test.each([
    [
      { iss: 'https://login.acme.com/realms/x', aud: 'orders', exp: now + 300, iat: now },
      ['login.acme.com', 'orders', 'minutes', false],
    ],
    [
      { iss: 'acme', aud: ['https://api.acme.com', 'web'], exp: now - 1, iat: now - 7_200 },
      ['acme', 'api.acme.com web', 'hours', true],
    ],
    [
      { iss: 'ann@acme.com', aud: '9f1c2d3e-0000-4000-8000-1234567890ab', exp: now + 10 * 86_400 },
      ['opaque', 'opaque', 'days', false],
    ],
    [{ exp: now + 1e9 }, ['', '', 'longer', false]],
    [{ iss: 7, aud: {} }, ['', '', 'none', false]],
    [{ iss: 'accounts.google.com', exp: 'soon' }, ['accounts.google.com', '', 'none', false]],
    [{ iss: 'https://q9zx7kd2lm4vt8wp3.example.com' }, ['opaque', '', 'none', false]],
  ])('%j', (claims, expected) => {
    const { iss, aud, lifetime, expired } = readJwt(jwt(claims), at)!;
    expect([iss, aud, lifetime, expired]).toEqual(expected);
  });

  test.each([
    [jwt({}, { alg: 'none' }), 'none'],
    [jwt({}, { alg: 'hunter2' }), 'other'],
    [jwt({}, {}), null],
    ['eyJhbGciOiJIUzI1NiJ9.eyJ', null],
    ['eyJ.eyJ.x', null],
    [`eyJ${'a'.repeat(100_000)}`, null],
    ['a.b.c', null],
  ])('its algorithm, if it is one: %#', (token, alg) => expect(readJwt(token, at)?.alg ?? null).toBe(alg));
});
