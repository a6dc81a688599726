/**
 * Records the traffic of the example shop by really running it.
 *
 *     npm ci
 *     apt-get install tcpdump python3-venv
 *     npm run record-shop
 *
 * Starts the three services of examples/shop on loopback addresses of their own: Express from this project's
 * devDependencies, FastAPI from PyPI in a virtual environment that is thrown away. Then, in two parts:
 *
 * 1. everybody who calls the services at the edge (edge.ts), while tcpdump writes examples/shop/traffic/edge.pcap;
 * 2. one browser on the storefront's pages (storefront.ts), whose own exchanges become examples/shop/traffic/storefront.har.
 *
 * Callers have addresses of their own below 127.0.0.0/8 (Linux has them all), and ask for the shop's names in `Host`. What
 * they do is drawn from a seed, so the set of operations is the same each time; identifiers, tokens and times are not.
 * Everything secret or personal that went over the wire is made up, and listed in test/examples/canaries.json: a test holds
 * that none of it comes out of noontide again.
 *
 * Needs Linux and the right to capture on `lo` (root, or CAP_NET_RAW for tcpdump). Reaches nothing but loopback and PyPI,
 * stops everything it started, and gives up after four minutes.
 */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startCapture } from './capture.ts';
import { atTheEdge } from './edge.ts';
import { toHar } from './har.ts';
import { startServices } from './services.ts';
import { Shop } from './shop.ts';
import { onTheStorefront } from './storefront.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const seed = 1_200;

const signal = AbortSignal.any([AbortSignal.timeout(240_000), interrupted()]);
const folder = await mkdtemp(join(tmpdir(), 'record-shop-'));
const shop = new Shop(seed, join(folder, 'outbox.jsonl'), signal);
await using running = new AsyncDisposableStack();
running.defer(() => rm(folder, { recursive: true }));

await startServices(join(project, 'examples/shop'), folder, shop, running);

const stopCapture = await startCapture(join(folder, 'edge.pcap'), running, signal);
await atTheEdge(shop);
shop.hangUp();
console.log(await stopCapture());

const visited = await onTheStorefront(shop);

// Only now, when both parts went well: they belong together.
const traffic = join(project, 'examples/shop/traffic');
await mkdir(traffic, { recursive: true });
await copyFile(join(folder, 'edge.pcap'), join(traffic, 'edge.pcap'));
await writeFile(join(traffic, 'storefront.har'), `${JSON.stringify(toHar(visited), null, 2)}\n`);
const canaries = join(project, 'test/examples/canaries.json');
await writeFile(canaries, `${JSON.stringify(shop.secrets, null, 2)}\n`);
console.log(`${visited.length} exchanges of the storefront, ${shop.secrets.length} canaries`);

function interrupted(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => controller.abort(new Error(`stopped by ${name}`)));
  }
  return controller.signal;
}
