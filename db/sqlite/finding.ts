import { type KnownFinding, planFindings } from '#db/view/finding';
import type { View } from '#model/view';
import type { Connection } from './connection.ts';

/**
 * Opens, keeps, reopens and resolves findings, in the transaction that the caller holds. What a person decided stays.
 */
export function writeFindings({ db }: Connection, found: View['findings'], at: number): void {
  const known = db
    .prepare<[], KnownFinding>(
      'SELECT id, rule, reason, endpoint, environment, service, method, path, state FROM findings ORDER BY key',
    )
    .all();
  const plan = planFindings(known, found);
  const insert = db.prepare(
    `INSERT INTO findings (rule, reason, severity, endpoint, environment, service, method, path, because, evidence,
       last_found, state, first_found, id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = db.prepare(
    `UPDATE findings SET rule = ?, reason = ?, severity = ?, endpoint = ?, environment = ?, service = ?,
       method = ?, path = ?, because = ?, evidence = ?, last_found = ?, state = ? WHERE id = ?`,
  );
  for (const { finding, id, known: from, state } of plan.found) {
    const { rule, reason, severity, endpoint, environment, service, method, path, because, evidence } = finding;
    const values = [rule, reason, severity, endpoint, environment, service, method, path, because];
    if (from === -1) insert.run(...values, JSON.stringify(evidence), at, state, at, id);
    else update.run(...values, JSON.stringify(evidence), at, state, id);
  }
  const resolve = db.prepare("UPDATE findings SET state = 'resolved' WHERE id = ?");
  for (const index of plan.resolved) resolve.run((known[index] as KnownFinding).id);
}
