/**
 * Lands scopes of one source, over and over, and prints a line when one has landed: what a scan is to a test that
 * kills it. Arguments: the file, the source's name, how many scopes to land in all.
 */
import { openInventory } from '#db/sqlite/open';
import { endpoint, report, sighting, view } from '#test/db/samples';

const [file = '', name = '', rounds = ''] = process.argv.slice(2);
const source = { name, kind: 'spec', environment: '' };
const store = await openInventory(file);
await store.lease(name);
const scan = await store.beginScan('1', [source]);
for (let round = 0; round < Number(rounds); round++) {
  const scopeName = `${round % 5}.yaml`;
  const scope = store.scope(scan.id, source, scopeName, 'declared');
  // More than is buffered, so that the temporary table is in play.
  for (let i = 0; i < 700; i++) await scope.add(sighting({ path: `/${i}`, facts: { version: `${scan.id} ${round}` } }));
  await scope.end(report(scopeName));
  console.log(JSON.stringify({ scope: scopeName, version: `${scan.id} ${round}` }));
  if (round % 4 === 3) {
    const endpoints = Array.from({ length: 50 }, (_, i) => endpoint({ id: `e${i}`, path: `/${i}`, calls: round }));
    await store.replaceView(scan.id, view(endpoints));
  }
}
await store.endScan(scan.id, 'done');
await store.close();
