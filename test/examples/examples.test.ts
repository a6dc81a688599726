import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import canaries from './canaries.json' with { type: 'json' };
import expected from './expected.json' with { type: 'json' };

const project = fileURLToPath(new URL('../..', import.meta.url));

interface Listed {
  service: string;
  method: string;
  path: string;
  verdict: string;
  leaf: string;
  reason: string;
}

let folder: string;
let said = '';

/** The command as a user runs it, in a copy of the examples. */
async function noontide(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const result = await promisify(execFile)(process.execPath, [join(project, 'dist/src/cli/bin.js'), ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', NOONTIDE_DB: '' },
    maxBuffer: 64 * 1_024 * 1_024,
  });
  said += result.stdout + result.stderr;
  return result;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'noontide-examples-'));
  await cp(join(project, 'examples'), folder, {
    recursive: true,
    filter: (path) => !/\.db(-\w+)?$|node_modules/.test(path),
  });
  await noontide('scan', '-vv', '--log-format', 'json');
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the shop', () => {
  test('every endpoint is what was planted, and there is no other', async () => {
    const { endpoints } = JSON.parse((await noontide('export', '--format', 'json')).stdout) as { endpoints: Listed[] };
    const line = ({ service, method, path, verdict, leaf }: Omit<Listed, 'reason'>) =>
      `${service} ${method} ${path}: ${verdict}, ${leaf}`;
    expect(endpoints.map(line).sort()).toEqual(expected.map(line).sort());
    for (const { service, method, path, reason } of expected) {
      const found = endpoints.find(
        (endpoint) => endpoint.service === service && endpoint.method === method && endpoint.path === path,
      );
      if (reason !== undefined) expect([path, found?.reason]).toEqual([path, reason]);
    }
  });

  test('the report names what is wrong, with its evidence', async () => {
    const { stdout } = await noontide('scan');
    const wrong = expected.filter(({ verdict }) => ['shadow', 'zombie', 'orphan'].includes(verdict));
    for (const { method, path, leaf } of wrong) expect(stdout).toContain(`${leaf}  ${method} ${path} `);
    const findings = JSON.parse((await noontide('findings', '--json')).stdout) as {
      findings: { evidence: unknown[] }[];
    };
    expect(findings.findings.length).toBe(wrong.length);
    expect(findings.findings.every(({ evidence }) => evidence.length > 0)).toBe(true);
  });

  test('a second scan has nothing to say', async () => {
    expect(await noontide('scan', '--quiet')).toEqual({ stdout: '', stderr: '' });
  });

  test('no secret and no personal value of the traffic is kept or said', async () => {
    await noontide('export', '--format', 'csv');
    await noontide('services');
    await noontide('changes', '--since', '1d');
    const kept = await Promise.all(
      (await readdir(folder))
        .filter((file) => file.startsWith('noontide.db'))
        .map((file) => readFile(join(folder, file), 'latin1')),
    );
    expect(kept.length).toBeGreaterThan(0);
    const all = said + kept.join('');
    expect(canaries.filter((secret) => all.includes(secret))).toEqual([]);
  });
});
