import { lastScans, toScanRecord } from '#db/query/history';
import { scopeStates, toScopeState } from '#db/query/sighting';
import type { InventoryStore } from '#db/store';
import { checkRow, number, readJson } from '#db/stored';
import { service } from '#db/view/shape';
import type { Service } from '#model/endpoint';
import type { Connection } from './connection.ts';
import { checkHealth, viewIsCurrent } from './health.ts';
import { dropStaleLeases, takeLease } from './lease.ts';
import {
  countOf,
  endpointDetail,
  findEndpoint,
  readChanges,
  readEndpoints,
  readFindings,
  readSightings,
} from './read.ts';
import { beginScan, endScan, reapScans } from './scan.ts';
import { retireScopes, type Staging, scopeWriter, staging } from './scope.ts';
import { putView } from './view.ts';

/** The inventory over a connection that is its own. */
export function sqliteStore(connection: Connection): InventoryStore {
  const { db, build, rows, read, write } = connection;
  let shared: Staging | undefined;
  /** How many landings the sightings had that were read last: as old is a view made from them. */
  let landingRead: number | null = null;
  const landing = () =>
    checkRow('inventory', db.prepare<[], number>('SELECT landing FROM inventory').pluck().get() as number, number);

  return {
    beginScan: (version, sources) => write(() => beginScan(connection, version, sources)),
    async endScan(id, status) {
      await write(() => endScan(connection, id, status));
      // Forces what landed to the disk, as far as readers let it.
      await read(() => db.pragma('wal_checkpoint(PASSIVE)'));
    },
    reapScans: () =>
      write(() => {
        dropStaleLeases(connection);
        return reapScans(connection);
      }),

    lease: (source) => takeLease(connection, source),
    scope(scan, source, name, plane) {
      shared ??= staging(db);
      return scopeWriter(connection, shared, scan, source, name, plane);
    },
    retireScopes: (scan, source, kept) => write(() => retireScopes(connection, scan, source, kept)),

    scopes: () => read(() => rows(scopeStates(build)).map(toScopeState)),
    async *sightings() {
      landingRead = await read(landing);
      yield* readSightings(connection);
    },
    replaceView: (scan, view) => write(() => putView(connection, scan, view, landingRead ?? landing())),
    viewIsCurrent: () => read(() => viewIsCurrent(connection)),

    endpoints: (query) => readEndpoints(connection, query),
    countEndpoints: (where) => read(() => countOf(connection, where)),
    findEndpoint: (id) => read(() => findEndpoint(connection, id)),
    endpointDetail: (id) => read(() => endpointDetail(connection, id)),
    findings: (query) => readFindings(connection, query),
    services: () =>
      read(() =>
        rows(build.selectFrom('services').select('document').orderBy('name')).map((row) =>
          readJson<Service>('services.document', row.document, service),
        ),
      ),
    runs: (limit) => read(() => rows(lastScans(build, limit)).map(toScanRecord)),
    changes: (since) => readChanges(connection, since),

    health: () => read(() => checkHealth(connection)),
    close: () => read(() => void db.close()),
  };
}
