import { type InferResult, type Kysely, sql } from 'kysely';
import type { FindingQuery } from '#db/store';
import { type Finding, severities } from '#model/finding';
import { conditionExpression, type Dialect, findingRecord } from './condition.ts';
import type { Tables } from './schema.ts';

/** Resolved is resolved; until then, what a person decided stands before what scans find. */
const state = sql<string>`case when findings.state = 'resolved' then findings.state
  else coalesce(findings.decision, findings.state) end`;

const rank = sql<number>`case findings.severity ${sql.join(
  severities.map((severity, at) => sql`when ${sql.lit(severity)} then ${sql.lit(at)}`),
  sql` `,
)} else -1 end`;

/** Keys of findings, the gravest first, then by service, path and method. */
export function findingKeys(build: Kysely<Tables>, dialect: Dialect, query: FindingQuery) {
  let keys = build
    .selectFrom('findings')
    .leftJoin('endpoints', 'endpoints.id', 'findings.endpoint')
    .select('findings.key');
  if (query.where) keys = keys.where(conditionExpression(query.where, findingRecord, dialect));
  if (query.rules) keys = keys.where('findings.rule', 'in', query.rules);
  if (query.states) keys = keys.where(state, 'in', query.states);
  keys = keys
    .orderBy(rank, 'desc')
    .orderBy('findings.service')
    .orderBy('findings.path')
    .orderBy('findings.method')
    .orderBy('findings.rule')
    .orderBy('findings.key');
  return query.limit === undefined ? keys : keys.limit(sql.lit(query.limit));
}

function wholeFindings(build: Kysely<Tables>) {
  return build.selectFrom('findings').selectAll('findings').select(state.as('shown_state'));
}

export function findingsByKey(build: Kysely<Tables>, keys: readonly number[]) {
  return wholeFindings(build).where('findings.key', 'in', keys);
}

export function findingsOf(build: Kysely<Tables>, endpoint: string) {
  return wholeFindings(build).where('endpoint', '=', endpoint).orderBy(rank, 'desc').orderBy('rule').orderBy('key');
}

export type FindingRow = InferResult<ReturnType<typeof wholeFindings>>[number];

export function toFinding(row: FindingRow): Finding {
  return {
    id: row.id,
    rule: row.rule,
    reason: row.reason,
    severity: row.severity as Finding['severity'],
    state: row.shown_state as Finding['state'],
    endpoint: row.endpoint,
    environment: row.environment,
    service: row.service,
    method: row.method,
    path: row.path,
    because: row.because,
    evidence: JSON.parse(row.evidence) as Finding['evidence'],
    firstFound: row.first_found,
    lastFound: row.last_found,
  };
}
