import { type InferResult, type Kysely, sql } from 'kysely';
import type { FindingQuery } from '#db/store';
import { checkRow, nullable, number, oneOf, readJson, shape, text, time } from '#db/stored';
import { evidence } from '#db/view/shape';
import { type Finding, findingStates, severities } from '#model/finding';
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

const findingRow = shape<FindingRow>({
  key: number,
  id: text,
  rule: text,
  reason: text,
  severity: oneOf(...severities),
  state: text,
  decision: nullable(text),
  endpoint: text,
  environment: text,
  service: text,
  method: text,
  path: text,
  because: text,
  evidence: text,
  first_found: time,
  last_found: time,
  shown_state: oneOf(...findingStates),
});

/** Throws `StoredError` for a row that noontide does not write. */
export function toFinding(row: FindingRow): Finding {
  checkRow('findings', row, findingRow);
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
    evidence: readJson('findings.evidence', row.evidence, evidence),
    firstFound: row.first_found,
    lastFound: row.last_found,
  };
}
