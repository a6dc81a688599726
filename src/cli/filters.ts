import { type Command, InvalidArgumentError } from 'commander';
import { allOf, type FilterFlags, flagCondition } from '#filter/flags';
import type { Condition } from '#model/condition';
import type { Endpoint } from '#model/endpoint';
import { gather } from './globals.ts';

export interface FilterOptions extends FilterFlags {
  where?: string;
}

/** What a command asks the inventory for, and what it checks itself. */
export interface Filter {
  condition: Condition | null;
  residual: ((endpoint: Endpoint) => boolean) | null;
}

/** The filters, the same for every command. Each may be repeated: any of its values; different ones: all of them. */
export function addFilters(command: Command): Command {
  return command
    .option('--service <name>', 'of this service; * is any text', gather)
    .option('--environment <name>', 'of this environment', gather)
    .option('--method <method>', 'with this method, or a list: GET,POST', gather)
    .option('--path <glob>', 'with this path; * is one segment, ** any number', gather)
    .option('--host <glob>', 'on this host; * is any text', gather)
    .option('--plane <plane>', 'known to declared, deployed, coded or observed', gather)
    .option('--not-plane <plane>', 'known not to be there', gather)
    .option('--verdict <verdict>', 'with this verdict or leaf, or a list: shadow,zombie', gather)
    .option('--tag <tag>', 'with this tag', gather)
    .option('--owner <owner>', 'of this owner', gather)
    .option('--seen-since <time>', 'met by a scan since: 30d, 2026-01-31')
    .option('--where <expression>', 'a CEL expression over the fields, see docs/cli.md');
}

/** Throws `FilterError` for what cannot be meant. */
export async function readFilter(options: FilterOptions, now: number): Promise<Filter> {
  const flags = flagCondition(options, now);
  if (options.where === undefined) return { condition: flags, residual: null };
  // The parser of expressions is loaded by those who use one.
  const { parseWhere } = await import('#filter/where');
  const { condition, residual } = parseWhere(options.where, now);
  return { condition: allOf([flags, condition]), residual };
}

/** Endpoints that pass what the inventory could not be asked. */
export async function* passing(
  endpoints: AsyncIterable<Endpoint>,
  residual: Filter['residual'],
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Endpoint> {
  let passed = 0;
  if (limit <= 0) return;
  for await (const endpoint of endpoints) {
    if (residual && !residual(endpoint)) continue;
    yield endpoint;
    if (++passed >= limit) return;
  }
}

/** A whole number of 1 or more. */
export function positive(text: string): number {
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1) throw new InvalidArgumentError('It is a whole number of 1 or more.');
  return value;
}
