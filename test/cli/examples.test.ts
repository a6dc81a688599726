import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { copyOf, remove, shopFolder } from './folder.ts';
import { noontide, shell } from './small.ts';

let folder: string;
let commands: string[];

beforeAll(async () => {
  folder = await shopFolder();
  const { out } = await noontide(['--help'], folder);
  commands = [...out.split('Commands:')[1]!.matchAll(/^ {2}([a-z]+)\b/gm)].map((found) => found[1]!);
});
afterAll(() => remove(folder));

/** Lines that need the right to record: test/conformance/live.test.ts has their like. */
const records = (line: string) => line.startsWith('noontide capture ');

/** Runs lines, each in a folder of its own, and answers those that went wrong. */
async function wrong(lines: readonly string[]): Promise<string[]> {
  const bad: string[] = [];
  const waiting = lines.filter((line) => !records(line));
  const worker = async () => {
    for (let line = waiting.shift(); line !== undefined; line = waiting.shift()) {
      const copy = await copyOf(folder);
      const { code, err } = await shell(`set -o pipefail; ${line}`, copy);
      await remove(copy);
      const expected = line.includes('--fail-on') ? [0, 1] : [0];
      if (!expected.includes(code) || /error|defect/i.test(err)) bad.push(`${line}: ${code} ${err}`);
    }
  };
  await Promise.all([worker(), worker(), worker()]);
  return bad;
}

test('every example of every --help works', async () => {
  const lines: string[] = [];
  for (const command of commands.filter((name) => name !== 'help')) {
    const { code, out } = await noontide([command, '--help'], folder);
    const found = [...out.matchAll(/^ {2}\$ (.+)$/gm)].map((match) => match[1]!);
    expect([command, code, found.length > 0]).toEqual([command, 0, true]);
    lines.push(...found);
  }
  expect(commands.length).toBeGreaterThan(10);
  expect(lines.length).toBeGreaterThan(25);
  expect(await wrong(lines)).toEqual([]);
}, 120_000);

describe('docs/cli.md', () => {
  test('every command has an example, and every example works', async () => {
    const text = await doc('cli.md');
    const lines = [...text.matchAll(/^\$ (.+)$/gm)].map((match) => match[1]!);
    for (const command of commands.filter((name) => name !== 'help')) {
      expect(lines.filter((line) => line.includes(`noontide ${command}`))).not.toEqual([]);
      expect(text).toContain(`\n## ${command}\n`);
    }
    expect(await wrong(lines)).toEqual([]);
  }, 120_000);

  test('every option of every command is told of', async () => {
    const text = await doc('cli.md');
    for (const command of ['--help', ...commands.filter((name) => name !== 'help')]) {
      const args = command === '--help' ? [command] : [command, '--help'];
      const { out } = await noontide(args, folder);
      const options = [...out.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map((match) => match[1]!);
      const untold = options.filter((option) => !text.includes(option) && option !== '--help');
      expect([command, untold]).toEqual([command, []]);
    }
  });
});

describe('docs/catalog.md', () => {
  test('every column and field is told of', async () => {
    const text = await doc('catalog.md');
    const { out } = await noontide(['export', '--format', 'csv'], folder);
    const json = await noontide(['export', '--format', 'ndjson'], folder);
    const names = [...out.split('\r\n')[0]!.split(','), ...Object.keys(JSON.parse(json.out.split('\n')[0]!))];
    expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('docs/recipes.md', () => {
  test('cron: the line runs, and is silent when nothing is new', async () => {
    const [cron = ''] = await blocks('cron');
    const [, schedule, command = ''] = /^((?:\S+ ){5})(.+)$/m.exec(cron.split('\n')[1]!)!;
    expect(schedule?.trim()).toBe('17 * * * *');
    const copy = await copyOf(folder);
    try {
      const line = command.replace('/srv/apis', '.');
      await shell(line, copy);
      expect(await shell(line, copy)).toEqual({ code: 0, out: '', err: '' });
    } finally {
      await remove(copy);
    }
  });

  test('systemd: the units have what they need, and their command runs', async () => {
    const [service = '', timer = ''] = await blocks('ini');
    expect(keys(timer)).toMatchObject({
      'Timer.OnCalendar': 'hourly',
      'Timer.Persistent': 'true',
      'Install.WantedBy': 'timers.target',
    });
    const unit = keys(service);
    expect(unit).toMatchObject({
      'Service.Type': 'oneshot',
      'Service.SuccessExitStatus': '1',
      'Service.StateDirectory': 'noontide',
    });
    const command = unit['Service.ExecStart']!.replace('/usr/local/bin/', '');
    expect((await shell(command, folder)).code).toBe(0);
    const found = await promisify(execFile)('which', ['systemd-analyze']).catch(() => null);
    if (found) await verify({ 'noontide.service': service, 'noontide.timer': timer });
  });

  test('Kubernetes: the manifest is one, and its command runs', async () => {
    const [manifest = ''] = await blocks('yaml');
    const { apiVersion, kind, spec } = parse(manifest, { strict: true, uniqueKeys: true });
    expect([apiVersion, kind, spec.concurrencyPolicy]).toEqual(['batch/v1', 'CronJob', 'Forbid']);
    const pod = spec.jobTemplate.spec.template.spec;
    const [container] = pod.containers;
    const volumes = pod.volumes.map(({ name }: { name: string }) => name);
    expect(container.volumeMounts.map(({ name }: { name: string }) => name)).toEqual(volumes);
    expect(pod.restartPolicy).toBe('Never');
    const command = container.command.join(' ').replace('/etc/noontide', '.');
    expect((await shell(command, folder)).code).toBe(0);
  });

  test('the gate runs', async () => {
    const [gate = ''] = await blocks('sh');
    expect(await wrong([gate.trim()])).toEqual([]);
  });
});

async function doc(name: string): Promise<string> {
  return readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
}

async function blocks(language: string): Promise<string[]> {
  const text = await doc('recipes.md');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map((match) => match[1]!);
}

function keys(unit: string): Record<string, string> {
  let section = '';
  const found: Record<string, string> = {};
  for (const line of unit.split('\n')) {
    section = /^\[(\w+)\]$/.exec(line)?.[1] ?? section;
    const pair = /^(\w+)=(.*)$/.exec(line);
    if (pair) found[`${section}.${pair[1]}`] = pair[2]!;
  }
  return found;
}

/** By systemd's own checker; the program itself need not be installed where the tests run. */
async function verify(units: Record<string, string>): Promise<void> {
  const files = Object.keys(units).map((name) => join(folder, name));
  for (const [name, text] of Object.entries(units)) {
    await writeFile(join(folder, name), text.replace('/usr/local/bin/noontide', process.execPath));
  }
  const { stderr } = await promisify(execFile)('systemd-analyze', ['verify', '--man=no', ...files]).catch(
    (error) => error,
  );
  expect(stderr.split('\n').filter((line: string) => /noontide\.(?:service|timer):/.test(line))).toEqual([]);
}
