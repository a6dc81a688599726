import type { Command } from 'commander';
import { gathered } from '#cli/async';
import { UsageError } from '#cli/exit';
import { examples, settings } from '#cli/globals';
import { type Place, withInventory } from '#cli/inventory';
import { detailJson, detailLines } from '#cli/text/detail';
import { jsonText } from '#cli/text/json';
import { printable } from '#cli/text/printable';
import type { InventoryStore } from '#db/store';
import type { Condition } from '#model/condition';
import type { Endpoint } from '#model/endpoint';

export function showCommand(program: Command): void {
  const command = program
    .command('show')
    .description('Everything known of one endpoint, by plane, with the evidence.')
    .argument('<endpoint...>', 'an id or its beginning, a path, or METHOD path')
    .option('--json', 'as JSON')
    .action((what: string[], _, self: Command) => show(what, self));
  examples(command, ["noontide show GET '/orders/{id}'", 'noontide show GET /orders --json']);
}

async function show(what: readonly string[], command: Command): Promise<void> {
  const { terminal, json, ...place } = settings<Place & { json?: boolean }>(command);
  const asked = what.join(' ').trim();
  const detail = await withInventory({ ...place, terminal }, async (store) => {
    const { id } = only(await candidates(store, asked), asked);
    return store.endpointDetail(id);
  });
  if (detail === null) throw new UsageError(`"${asked}" has just vanished from the inventory: a scan is replacing it.`);
  if (json) await terminal.out(jsonText(detailJson(detail)));
  else for (const line of detailLines(detail, terminal)) await terminal.out(`${line}\n`);
}

async function candidates(store: InventoryStore, asked: string): Promise<Endpoint[]> {
  const operation = /^(?:([A-Za-z*]+)\s+)?(\/\S*)$/.exec(asked);
  if (!operation) return store.findEndpoint(asked);
  const [, method, path = ''] = operation;
  const of: Condition[] = [{ op: '==', field: 'path', value: path }];
  if (method !== undefined) of.push({ op: '==', field: 'method', value: method.toUpperCase() });
  return gathered(store.endpoints({ where: { op: 'and', of } }));
}

const shownCandidates = 20;

function only(found: readonly Endpoint[], asked: string): Endpoint {
  const [first, ...more] = found;
  if (first && more.length === 0) return first;
  if (!first) {
    throw new UsageError(
      `There is no endpoint "${asked}". \`noontide list\` shows all of them, and \`noontide list --path '/orders/**'\` those below a path.`,
    );
  }
  const lines = found.slice(0, shownCandidates).map(({ id, method, path, service, environment }) => {
    return `  ${id}  ${method} ${path}  ${service}${environment === '' ? '' : ` (${environment})`}`;
  });
  const rest = found.length > shownCandidates ? `\n  and ${found.length - shownCandidates} more` : '';
  throw new UsageError(
    `${found.length} endpoints are meant by "${asked}"; say which by its id:\n${lines.map(printable).join('\n')}${rest}`,
  );
}
