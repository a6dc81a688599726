import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KeyLog } from '#collectors/capture/tls/key-log';
import { readKeyLog } from '#collectors/capture/tls/read-key-log';

const random = Buffer.alloc(32, 0xab);
const hex = random.toString('hex');
const secret = (value: number, length = 32) => Buffer.alloc(length, value);

function read(text: string): KeyLog {
  const log = new KeyLog();
  log.add(text);
  return log;
}

describe('lines', () => {
  test('of one session, with comments, empty ones, CRLF and capitals', () => {
    const log = read(
      [
        '# SSL/TLS secrets log file',
        '',
        `CLIENT_RANDOM ${hex.toUpperCase()} ${secret(1, 48).toString('hex').toUpperCase()}\r`,
        `CLIENT_HANDSHAKE_TRAFFIC_SECRET ${hex} ${secret(2).toString('hex')}`,
        `  SERVER_TRAFFIC_SECRET_0 ${hex}  ${secret(3).toString('hex')} `,
      ].join('\n'),
    );
    expect(log.of(random)).toEqual({
      CLIENT_RANDOM: secret(1, 48),
      CLIENT_HANDSHAKE_TRAFFIC_SECRET: secret(2),
      SERVER_TRAFFIC_SECRET_0: secret(3),
    });
    expect([log.size, log.secrets, log.broken]).toEqual([1, 3, 0]);
    expect(log.of(Buffer.alloc(32))).toBeUndefined();
  });

  test.each([
    `RSA 0123456789abcdef ${secret(1, 48).toString('hex')}`,
    `EXPORTER_SECRET ${hex} ${hex}`,
    `EARLY_EXPORTER_SECRET ${hex} ${hex}`,
    `CLIENT_TRAFFIC_SECRET_12 ${hex} ${hex}`,
    `SERVER_TRAFFIC_SECRET_N ${hex} ${hex}`,
    `QUIC_CLIENT_HANDSHAKE_TRAFFIC_SECRET ${hex} ${hex}`,
    `ECH_SECRET ${hex} ${hex}`,
  ])('that are no mistake and not used: %s', (line) => {
    const log = read(line);
    expect([log.size, log.secrets, log.broken]).toEqual([0, 0, 0]);
  });

  test.each([
    'CLIENT_RANDOM',
    `CLIENT_RANDOM ${hex}`,
    `CLIENT_RANDOM ${hex} ${hex}0`,
    `CLIENT_RANDOM ${hex} 00`,
    `CLIENT_RANDOM ${hex.slice(2)} ${hex}`,
    `CLIENT_RANDOM ${hex} ${hex} ${hex}`,
    `CLIENT_RANDOM ${hex} ${'0'.repeat(130)}`,
    `SOMETHING ${hex} ${hex}`,
    `constructor ${hex} ${hex}`,
    '\0\0\0',
    'x'.repeat(100_000),
  ])('that are broken', (line) => {
    const log = read(`${line}\nCLIENT_RANDOM ${hex} ${hex}`);
    expect([log.size, log.secrets, log.broken]).toEqual([1, 1, 1]);
  });

  test('that are repeated count once', () => {
    const line = `CLIENT_RANDOM ${hex} ${hex}\n`;
    expect(read(line.repeat(1_000)).secrets).toBe(1);
  });

  test('any text, in any pieces that end with a line', () => {
    const line = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc
        .constantFrom('CLIENT_RANDOM', 'SERVER_TRAFFIC_SECRET_0', 'EXPORTER_SECRET')
        .chain((label) =>
          fc
            .tuple(fc.nat(3), fc.nat(255))
            .map(([who, what]) => `${label} ${secret(who).toString('hex')} ${secret(what).toString('hex')}`),
        ),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), fc.nat(20), (lines, cut) => {
        const whole = read(lines.join('\n'));
        const parts = read(
          lines
            .slice(0, cut)
            .map((text) => `${text}\n`)
            .join(''),
        );
        parts.add(lines.slice(cut).join('\r\n'));
        expect([parts.size, parts.secrets, parts.broken]).toEqual([whole.size, whole.secrets, whole.broken]);
        for (const who of [0, 1, 2, 3]) expect(parts.of(secret(who))).toEqual(whole.of(secret(who)));
      }),
    );
  });

  test('of too many sessions: the oldest are forgotten, the newer half never', () => {
    const log = new KeyLog(1_000);
    const session = (i: number) => Buffer.from(i.toString(16).padStart(64, '0'), 'hex');
    for (let i = 0; i < 10_000; i++) {
      log.add(`CLIENT_RANDOM ${session(i).toString('hex')} ${hex}\n`);
      // A second line belongs to the first, wherever that is by now.
      log.add(`SERVER_TRAFFIC_SECRET_0 ${session(Math.max(0, i - 400)).toString('hex')} ${hex}\n`);
      expect(log.size).toBeLessThanOrEqual(1_001);
      expect(log.size + log.forgotten).toBe(i + 1);
    }
    expect(log.of(session(100))).toBeUndefined();
    for (let i = 9_500; i < 9_600; i++) {
      expect(log.of(session(i))).toEqual({ CLIENT_RANDOM: random, SERVER_TRAFFIC_SECRET_0: random });
    }
  });
});

describe('a file', () => {
  let folder: string;
  const never = new AbortController().signal;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'noontide-keys-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function readFile(content: string | Buffer, name = 'keys.log') {
    await writeFile(join(folder, name), content);
    return readKeyLog(join(folder, name), name, never);
  }

  test('larger than what is read at once', async () => {
    const line = (i: number) => `CLIENT_RANDOM ${i.toString(16).padStart(64, '0')} ${hex}\n`;
    const { keys, problem } = await readFile(Array.from({ length: 20_000 }, (_, i) => line(i)).join(''));
    expect([keys.size, keys.broken, problem]).toEqual([20_000, 0, null]);
  });

  test('without an end of line at its end', async () => {
    const { keys, problem } = await readFile(`CLIENT_RANDOM ${hex} ${hex}`);
    expect([keys.size, problem]).toEqual([1, null]);
  });

  test('with a line that never ends', async () => {
    const { keys } = await readFile(`${'0'.repeat(3_000_000)}\nCLIENT_RANDOM ${hex} ${hex}`);
    expect(keys.size).toBe(1);
    expect(keys.broken).toBeGreaterThan(0);
  });

  test.each([
    ['', 'the key log holds no TLS secrets'],
    [`a password: ${hex}\n\n`, 'the key log holds no TLS secrets: 1 line of something else'],
  ])('without secrets', async (content, message) => {
    const { problem } = await readFile(content);
    expect(problem).toEqual({ message, where: 'keys.log', mend: expect.stringContaining('SSLKEYLOGFILE') });
    expect(JSON.stringify(problem)).not.toContain(hex);
  });

  test('of more than 256 MiB is read so far', async () => {
    await writeFile(join(folder, 'large.log'), `CLIENT_RANDOM ${hex} ${hex}\n`);
    await truncate(join(folder, 'large.log'), 257 * 1_048_576);
    const { keys, problem } = await readKeyLog(join(folder, 'large.log'), 'large.log', never);
    expect([keys.size, problem?.message]).toEqual([1, 'the key log is larger than 256 MiB; what follows was not read']);
  });

  test('that is not there, or is none', async () => {
    const missing = await readKeyLog(join(folder, 'nowhere.log'), 'nowhere.log', never);
    expect(missing.problem).toEqual({
      message: 'there is no such key log',
      where: 'nowhere.log',
      mend: 'check its name',
    });
    const none = await readKeyLog(folder, '.', never);
    expect(none.problem).toEqual({
      message: 'the key log cannot be read (EINVAL)',
      where: '.',
      mend: 'name a regular file',
    });
  });

  test('stops when it is told to', async () => {
    await writeFile(join(folder, 'keys.log'), '# nothing\n');
    const reason = new Error('stopped');
    await expect(readKeyLog(join(folder, 'keys.log'), 'keys.log', AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
