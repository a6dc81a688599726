import type { Change } from '#db/store';
import type { Lineage } from '#db/view/lineage';
import type { Service } from '#model/endpoint';
import type { View } from '#model/view';
import type { Connection } from './connection.ts';
import { writeEndpoints } from './endpoint.ts';
import { writeFindings } from './finding.ts';
import { scanKey } from './scan.ts';

/**
 * Puts a view in the place of the one before, in the transaction that the caller holds; answers what appeared,
 * changed and vanished. Rows that are the same are not written. `landing` is the count of landings that the view was
 * made from.
 */
export function putView(connection: Connection, scan: string, view: View, landing: number): Change[] {
  const { db } = connection;
  const at = connection.now();
  const key = scanKey(connection, scan);
  const { lineage, changes: told } = writeEndpoints(connection, view.endpoints, at);
  const changes = told.map((change) => ({ ...change, scan }));
  writeFormerIds(connection, lineage);
  const ids = new Map(view.endpoints.map((endpoint, i) => [endpoint.id, lineage.ids[i] as string]));
  const findings = view.findings.map((finding) => ({
    ...finding,
    endpoint: ids.get(finding.endpoint) ?? finding.endpoint,
  }));
  writeFindings(connection, findings, at);
  writeServices(connection, view.services);
  writeChanges(connection, key, changes);
  db.prepare('UPDATE inventory SET view_landing = ?, view_scan = ?, view_at = ?').run(landing, key, at);
  // Statistics, sampled, so that the planner knows which of a filter's parts is the selective one.
  if (changes.length > 0) db.exec('PRAGMA analysis_limit = 400; ANALYZE endpoints; ANALYZE endpoint_list');
  return changes;
}

function writeServices({ db }: Connection, services: readonly Service[]): void {
  db.exec('DELETE FROM services');
  const insert = db.prepare('INSERT INTO services (name, document) VALUES (?, ?)');
  for (const service of services) insert.run(service.name, JSON.stringify(service));
}

function writeChanges({ db }: Connection, scan: number, changes: readonly Change[]): void {
  const insert = db.prepare(
    `INSERT INTO changes (at, scan, kind, endpoint, environment, service, method, path, fields, verdict)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const { at, kind, endpoint, environment, service, method, path, fields, verdict } of changes) {
    insert.run(at, scan, kind, endpoint, environment, service, method, path, JSON.stringify(fields), verdict);
  }
}

function writeFormerIds({ db }: Connection, { ids, former }: Lineage): void {
  const follow = db.prepare('UPDATE former_ids SET endpoint = ? WHERE endpoint = ?');
  const add = db.prepare('INSERT OR REPLACE INTO former_ids (id, endpoint) VALUES (?, ?)');
  const findings = db.prepare('UPDATE findings SET endpoint = ? WHERE endpoint = ?');
  for (const { id, endpoint } of former) {
    const heir = ids[endpoint] as string;
    follow.run(heir, id);
    add.run(id, heir);
    findings.run(heir, id);
  }
  // An id that is an endpoint's again is nobody's former id.
  db.exec('DELETE FROM former_ids WHERE id IN (SELECT id FROM endpoints)');
}
