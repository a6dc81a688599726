import { Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLog, type LogOptions, logLevel } from '#log/log';
import { isSecretName, maxText, redact, redactText } from '#log/redact';
import { concealSecret } from '#log/secrets';

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const pem = '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----';

function capture(options: Partial<Omit<LogOptions, 'stream'>> = {}, isTTY = false) {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  const log = createLog({
    stream: Object.assign(stream, { isTTY }),
    level: 'trace',
    format: 'auto',
    color: false,
    ...options,
  });
  return { log, text: () => chunks.join('') };
}

describe('text', () => {
  test.each([
    ['a JWT', `got ${jwt} back`, 'got [redacted jwt] back'],
    ['a bearer token', 'Bearer abc.def-123, and more', 'Bearer [redacted], and more'],
    ['Basic credentials', 'Basic dXNlcjpwYXNz', 'Basic [redacted]'],
    ['no Basic credentials', 'Basic authentication is used', 'Basic authentication is used'],
    ['a header', 'Authorization: Custom abc def\nHost: x', 'Authorization: [redacted]\nHost: x'],
    ['a cookie', 'Set-Cookie: sid=1; Path=/', 'Set-Cookie: [redacted]'],
    ['an AWS key', 'key AKIAIOSFODNN7EXAMPLE.', 'key [redacted aws key].'],
    ['a GitHub token', 'ghp_abcdefghijklmnopqrst0123456789', '[redacted token]'],
    ['userinfo', 'https://me:pa@ss@example.com/x?y=1', 'https://[redacted]@example.com/x?y=1'],
    ['no userinfo', 'https://example.com/@me', 'https://example.com/@me'],
    ['a query', 'GET /x?api_key=12345&y=2', 'GET /x?api_key=[redacted]&y=2'],
    ['a variable', 'DB_PASSWORD=hunter2 npm start', 'DB_PASSWORD=[redacted] npm start'],
    ['a quoted value', 'secret: "two words" next', 'secret: [redacted] next'],
    ['JSON', '{"access_token":"abc","n":1}', '{"access_token":[redacted],"n":1}'],
    ['a private key', `a ${pem} b`, 'a [redacted private key] b'],
    ['a cut private key', pem.slice(0, 50), '[redacted private key]'],
    ['what moves the cursor', 'a\u001b[2Jb\tc\nd', 'a\ufffd[2Jb\tc\nd'],
    ['nothing', 'specs/tokens.yaml:3: unknown key', 'specs/tokens.yaml:3: unknown key'],
  ])('%s', (_, text, expected) => {
    expect(redactText(text)).toBe(expected);
  });

  test('is bounded, and says how long it was', () => {
    const text = redactText('x'.repeat(1_000_000));
    expect(text.length).toBeLessThan(maxText + 40);
    expect(text).toMatch(/… \(1,000,000 characters\)$/);
  });

  test('a secret across the bound does not come out half', () => {
    concealSecret('across-the-bound-of-the-text');
    for (const secret of ['across-the-bound-of-the-text', jwt]) {
      for (let before = maxText - secret.length; before < maxText; before++) {
        expect(redactText(`${'x'.repeat(before - 1)} ${secret}${' y'.repeat(5_000)}`)).not.toContain(
          secret.slice(0, 10),
        );
      }
    }
  });

  test.each([
    'a'.repeat(100_000),
    '-----BEGIN PRIVATE KEY-----'.repeat(5_000),
    'eyJ-'.repeat(30_000),
    'token'.repeat(20_000),
    '://'.repeat(30_000),
    'a://@'.repeat(20_000),
    'cookie:'.repeat(20_000),
    'Digest '.repeat(20_000),
  ])('a hostile text is no work: %.20s', (text) => {
    expect(redactText(text).length).toBeLessThan(maxText + 40);
  });
});

describe('names', () => {
  test.each([
    'authorization',
    'Proxy-Authorization',
    'cookie',
    'Set-Cookie',
    'password',
    'DB_PASSWORD',
    'client_secret',
    'apiKey',
    'X-Api-Key',
    'accessToken',
    'private_key',
    'aws.secretAccessKey',
    'JSESSIONID',
  ])('%s is a secret’s', (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  test.each(['auth', 'author', 'tokenCount', 'path', 'key', 'keyboard', 'host', 'secretsFound', 'service'])(
    '%s is not',
    (name) => {
      expect(isSecretName(name)).toBe(false);
    },
  );
});

describe('values', () => {
  test.each<[string, unknown, unknown]>([
    [
      'by name',
      { password: 'x', deep: [{ apiKey: 'y' }] },
      { password: '[redacted]', deep: [{ apiKey: '[redacted]' }] },
    ],
    [
      'whatever they are',
      { secret: { a: 1 }, token: 5, cookies: ['a'] },
      { secret: '[redacted]', token: '[redacted]', cookies: '[redacted]' },
    ],
    ['none', { password: null, token: '', secret: false }, { password: null, token: '', secret: false }],
    [
      'pairs of name and value',
      [
        { name: 'Cookie', value: 'a=b' },
        { name: 'Host', value: 'x' },
      ],
      [
        { name: 'Cookie', value: '[redacted]' },
        { name: 'Host', value: 'x' },
      ],
    ],
    [
      'pairs in lists',
      [
        ['authorization', 'x y'],
        ['host', 'z'],
      ],
      [
        ['authorization', '[redacted]'],
        ['host', 'z'],
      ],
    ],
    ['flat headers', ['Host', 'z', 'Cookie', 'a=b'], ['Host', 'z', 'Cookie', '[redacted]']],
    [
      'maps and sets',
      { m: new Map([['cookie', 'a']]), s: new Set([jwt]) },
      { m: { cookie: '[redacted]' }, s: ['[redacted jwt]'] },
    ],
    ['bytes', { body: new Uint8Array(7) }, { body: '[7 bytes]' }],
    ['URLs', { at: new URL('https://u:p@h/x') }, { at: 'https://[redacted]@h/x' }],
    [
      'bigints, functions, dates',
      { n: 5n, f: () => 1, d: new Date(0) },
      { n: '5', f: '[function]', d: '1970-01-01T00:00:00.000Z' },
    ],
  ])('%s', (_, value, expected) => {
    expect(redact(value)).toEqual(expected);
  });

  test('errors keep their place and lose their secrets', () => {
    const error = Object.assign(new Error(`no ${jwt}`, { cause: new Error('password=abc') }), {
      code: 'E1',
      token: 'x',
    });
    const safe = redact({ err: error }) as { err: Record<string, unknown> };
    expect(safe.err).toMatchObject({ type: 'Error', message: 'no [redacted jwt]', code: 'E1', token: '[redacted]' });
    expect(safe.err['stack']).toContain('log.test.ts');
    expect(JSON.stringify(safe)).not.toContain('abc');
  });

  test('circles, depth and width are bounded', () => {
    const circle: Record<string, unknown> = { list: Array.from({ length: 1_000 }, (_, i) => i) };
    circle['self'] = circle;
    const text = JSON.stringify(redact(circle));
    expect(text.length).toBeLessThan(10_000);
    expect(text).toContain('900 more');
    expect(text).toContain('[deeper]');
  });

  test('a key called __proto__ stays a key', () => {
    const safe = redact(JSON.parse('{"__proto__":{"admin":1}}')) as Record<string, unknown>;
    expect(Object.keys(safe)).toEqual(['__proto__']);
    expect(safe['admin']).toBeUndefined();
  });
});

test('a planted secret never comes out, whatever is around it and however deep', () => {
  const registered = 'correct horse battery staple';
  concealSecret(registered);
  const planted = fc.constantFrom(
    registered,
    encodeURIComponent(registered),
    Buffer.from(registered).toString('base64'),
    jwt,
    'AKIAIOSFODNN7EXAMPLE',
    'Bearer 0123456789abcdef',
  );
  const cores = [
    'correct',
    jwt.slice(0, 20),
    'IOSFODNN7',
    '0123456789abcdef',
    Buffer.from(registered).toString('base64'),
  ];
  const leaf = fc.tuple(fc.string(), planted, fc.string()).map(([a, secret, b]) => `${a} ${secret} ${b}`);
  const named = fc
    .constantFrom('password', 'x-api-key', 'Authorization', 'refresh_token')
    .chain((name) => fc.constant({ [name]: 'correct' }));
  const tree = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 12, depthSize: 'large' },
      leaf,
      named,
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(fc.oneof(fc.string(), leaf), tie('node'), { maxKeys: 3 }),
    ),
  })).node;
  fc.assert(
    fc.property(tree, fc.string(), planted, fc.boolean(), (value, message, secret, pretty) => {
      const { log, text } = capture({ format: pretty ? 'pretty' : 'json' });
      log.warn({ value }, `${message} ${secret}`);
      expect(text()).not.toBe('');
      for (const core of cores) expect(text()).not.toContain(core);
    }),
    { numRuns: 300 },
  );
});

describe('the log', () => {
  test('is one JSON object a line where no person reads', () => {
    const { log, text } = capture();
    log.info({ source: 'specs', password: 'x' }, 'read it');
    log.error({ err: new Error('no') }, 'did not');
    const lines = text()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toMatchObject({ level: 30, source: 'specs', password: '[redacted]', msg: 'read it' });
    expect(lines[1]).toMatchObject({ level: 50, err: { message: 'no' } });
  });

  test.each<[LogOptions['format'], boolean, boolean]>([
    ['auto', true, true],
    ['auto', false, false],
    ['json', true, false],
    ['pretty', false, true],
  ])('format %s on a terminal (%s) is pretty: %s', (format, isTTY, pretty) => {
    const { log, text } = capture({ format }, isTTY);
    log.warn({ source: 'specs' }, 'read it');
    expect(text()).toContain('read it');
    expect(text().startsWith('{')).toBe(!pretty);
    expect(text()).not.toContain('\u001b');
  });

  test('has colour where it is wanted', () => {
    const { log, text } = capture({ format: 'pretty', color: true });
    log.warn({}, 'read it');
    expect(text()).toContain('\u001b');
  });

  test.each([
    [0, false, 'warn', ['warn', 'error']],
    [1, false, 'debug', ['debug', 'info', 'warn', 'error']],
    [2, false, 'trace', ['trace', 'debug', 'info', 'warn', 'error']],
    [0, true, 'error', ['error']],
    [1, true, 'error', ['error']],
  ] as const)('verbose %d, quiet %s is %s', (verbose, quiet, level, shown) => {
    expect(logLevel(verbose, quiet)).toBe(level);
    const { log, text } = capture({ level });
    for (const at of ['trace', 'debug', 'info', 'warn', 'error'] as const) log[at]({}, at);
    const said = text()
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(said).toEqual(shown);
  });
});

test('marks of direction do not come out', () => {
  expect(redactText('a\u202eb\u2066c\u200bd\u2028e')).toBe('a\ufffdb\ufffdc\ufffdd\ufffde');
});
