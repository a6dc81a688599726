import { type Kysely, sql } from 'kysely';
import type { EndpointQuery } from '#db/store';
import type { EndpointRow } from '#db/view/row';
import type { Condition } from '#model/condition';
import { column, conditionExpression, type Dialect, endpointRecord } from './condition.ts';
import type { Tables } from './schema.ts';

/**
 * Keys of the endpoints that a query means, in its order; ties, and no order at all, go by service, path, method,
 * environment.
 */
export function endpointKeys(build: Kysely<Tables>, dialect: Dialect, query: EndpointQuery) {
  let keys = build.selectFrom('endpoints').select('endpoints.key');
  if (query.where) keys = keys.where(conditionExpression(query.where, endpointRecord, dialect));
  for (const { field, descending } of query.order ?? []) {
    const { ref, nullable } = column(field, endpointRecord);
    keys = keys.orderBy(ref, (order) => {
      const directed = descending ? order.desc() : order.asc();
      return nullable ? directed.nullsLast() : directed;
    });
  }
  keys = keys.orderBy('service').orderBy('path').orderBy('method').orderBy('environment').orderBy('key');
  if (query.limit !== undefined || query.offset !== undefined) {
    keys = keys.limit(sql.lit(query.limit ?? Number.MAX_SAFE_INTEGER)).offset(sql.lit(query.offset ?? 0));
  }
  return keys;
}

export function countEndpoints(build: Kysely<Tables>, dialect: Dialect, where: Condition | undefined) {
  const counted = build.selectFrom('endpoints').select(sql<number>`count(*)`.as('count'));
  return where ? counted.where(conditionExpression(where, endpointRecord, dialect)) : counted;
}

export interface KeyedEndpointRow extends EndpointRow {
  key: number;
}

function wholeEndpoints(build: Kysely<Tables>) {
  return build
    .selectFrom('endpoints')
    .innerJoin('endpoint_documents', 'endpoint_documents.endpoint', 'endpoints.key')
    .selectAll('endpoints')
    .select('endpoint_documents.document')
    .$castTo<KeyedEndpointRow>();
}

export function endpointsByKey(build: Kysely<Tables>, keys: readonly number[]) {
  return wholeEndpoints(build).where('endpoints.key', 'in', keys);
}

export function endpointsById(build: Kysely<Tables>, ids: readonly string[]) {
  return wholeEndpoints(build).where('endpoints.id', 'in', ids).orderBy('endpoints.id');
}

/** Ids of endpoints that have, had, or begin with an id; `end` is the least text above all that begin with it. */
export function idsBetween(build: Kysely<Tables>, begin: string, end: string, limit: number) {
  return build
    .selectFrom('endpoints')
    .select('id')
    .where('id', '>=', begin)
    .where('id', '<', end)
    .union(
      build
        .selectFrom('former_ids')
        .select('endpoint as id')
        .where('former_ids.id', '>=', begin)
        .where('former_ids.id', '<', end),
    )
    .limit(limit);
}

export function heirOf(build: Kysely<Tables>, formerId: string) {
  return build.selectFrom('former_ids').select('endpoint').where('id', '=', formerId);
}

export function formerIds(build: Kysely<Tables>, id: string) {
  return build.selectFrom('former_ids').select('id').where('endpoint', '=', id).orderBy('id');
}

export function sightingsOf(build: Kysely<Tables>, id: string) {
  return build
    .selectFrom('endpoint_documents')
    .innerJoin('endpoints', 'endpoints.key', 'endpoint_documents.endpoint')
    .select('endpoint_documents.sightings')
    .where('endpoints.id', '=', id);
}
