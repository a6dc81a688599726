import { execFile, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { addresses, port, type ServiceName, type Shop } from './shop.ts';

const run = promisify(execFile);
const platformAgent = fileURLToPath(new URL('./platform-agent.ts', import.meta.url));

/** Starts the three services, and returns when all of them take connections. `running` stops them. */
export async function startServices(
  examples: string,
  folder: string,
  shop: Shop,
  running: AsyncDisposableStack,
): Promise<void> {
  // Said here, because a service that does not find it says it less plainly.
  import.meta.resolve('express');
  const python = await virtualEnvironment(join(examples, 'catalog/pyproject.toml'), folder, shop.signal);
  const start = (name: ServiceName, command: string[], env: NodeJS.ProcessEnv) => {
    const [file = '', ...args] = command;
    const listen = { HOST: addresses[name], PORT: String(port) };
    const service = spawn(file, args, {
      cwd: join(examples, name),
      env: { PATH: process.env['PATH'], ...listen, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const ended = new Promise<void>((resolve) => {
      service.once('close', () => resolve());
      service.once('error', (error) => {
        console.error(`${name}: ${error.message}`);
        resolve();
      });
    });
    running.defer(() => {
      service.kill();
      return ended;
    });
    return listening(addresses[name], shop.signal);
  };

  const node = process.execPath;
  const tokens = { TOKEN_KEY: shop.tokenKey };
  await Promise.all([
    start('orders', [node, 'src/server.ts'], tokens),
    start('accounts', [node, '--import', platformAgent, 'index.js'], {
      ...tokens,
      ADMIN_EMAIL: shop.office.email,
      ADMIN_PASSWORD: shop.office.password,
      MAIL_OUTBOX: shop.outbox,
    }),
    start(
      'catalog',
      [
        python,
        '-m',
        'uvicorn',
        'catalog.main:app',
        '--host',
        addresses.catalog,
        '--port',
        String(port),
        '--log-level',
        'warning',
      ],
      { CATALOG_API_KEY: shop.apiKey, PYTHONDONTWRITEBYTECODE: '1' },
    ),
  ]);
}

/** The interpreter of a new virtual environment that has what the project file asks for. */
async function virtualEnvironment(projectFile: string, folder: string, signal: AbortSignal): Promise<string> {
  const venv = join(folder, 'venv');
  await run('python3', ['-m', 'venv', venv], { signal });
  const python = join(venv, 'bin/python');
  const read =
    'import json, sys, tomllib; print(json.dumps(tomllib.load(open(sys.argv[1], "rb"))["project"]["dependencies"]))';
  const { stdout } = await run(python, ['-c', read, projectFile], { signal });
  await run(python, ['-m', 'pip', 'install', '--quiet', ...JSON.parse(stdout)], { signal });
  return python;
}

async function listening(host: string, signal: AbortSignal): Promise<void> {
  for (const until = Date.now() + 20_000; Date.now() < until; ) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect({ host, port, signal });
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('close', () => socket.destroy());
      socket.once('connect', () => socket.end());
    });
    if (open) return;
    await sleep(100, undefined, { signal });
  }
  throw new Error(`nobody listens on ${host}:${port}`);
}
