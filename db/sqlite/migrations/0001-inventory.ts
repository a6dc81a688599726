/**
 * Times are epoch milliseconds; those of the evidence (a capture has microseconds) may be fractions. JSON columns
 * hold what is only ever read whole; what is asked for has a column of its own. `endpoint_list` has no foreign key:
 * checking one would need a second index as large as the table, and it is only written together with its endpoint.
 */
export const inventory = `
CREATE TABLE inventory (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  landing INTEGER NOT NULL,
  view_landing INTEGER NOT NULL,
  view_scan INTEGER REFERENCES scans(key),
  view_at INTEGER
) STRICT;

CREATE TABLE scans (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  status TEXT NOT NULL,
  version TEXT NOT NULL,
  sources TEXT NOT NULL,
  scopes INTEGER NOT NULL DEFAULT 0,
  sightings INTEGER NOT NULL DEFAULT 0,
  host TEXT NOT NULL,
  space TEXT NOT NULL,
  pid INTEGER NOT NULL,
  started TEXT NOT NULL,
  heartbeat_at INTEGER NOT NULL
) STRICT;
CREATE INDEX scans_running ON scans(key) WHERE status = 'running';

CREATE TABLE leases (
  source TEXT PRIMARY KEY,
  token TEXT NOT NULL,
  since INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  host TEXT NOT NULL,
  space TEXT NOT NULL,
  pid INTEGER NOT NULL,
  started TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE scopes (
  key INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  plane TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  environment TEXT NOT NULL,
  completeness TEXT NOT NULL,
  saw TEXT NOT NULL,
  problems TEXT NOT NULL,
  covers TEXT NOT NULL,
  scan INTEGER NOT NULL REFERENCES scans(key),
  at INTEGER NOT NULL,
  complete_at INTEGER,
  retired_at INTEGER,
  sightings INTEGER NOT NULL,
  UNIQUE (source, plane, name)
) STRICT;

CREATE TABLE sightings (
  id INTEGER PRIMARY KEY,
  scope INTEGER NOT NULL REFERENCES scopes(key),
  identity TEXT NOT NULL,
  protocol TEXT NOT NULL,
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  path_kind TEXT NOT NULL,
  anchored INTEGER NOT NULL,
  servers TEXT NOT NULL,
  service TEXT NOT NULL,
  facts TEXT NOT NULL,
  location TEXT NOT NULL,
  seen_first REAL,
  seen_last REAL,
  seen_count INTEGER,
  landing INTEGER NOT NULL,
  first_scan INTEGER NOT NULL REFERENCES scans(key),
  last_scan INTEGER NOT NULL REFERENCES scans(key),
  first_scan_at INTEGER NOT NULL,
  last_scan_at INTEGER NOT NULL,
  gone_at INTEGER,
  gone_scan INTEGER REFERENCES scans(key),
  UNIQUE (scope, identity)
) STRICT;

CREATE TABLE endpoints (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  environment TEXT NOT NULL,
  service TEXT NOT NULL,
  protocol TEXT NOT NULL,
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  path_kind TEXT NOT NULL,
  declared TEXT NOT NULL,
  deployed TEXT NOT NULL,
  coded TEXT NOT NULL,
  observed TEXT NOT NULL,
  leaf TEXT NOT NULL,
  verdict TEXT NOT NULL,
  reason TEXT NOT NULL,
  auth TEXT NOT NULL,
  exposure TEXT NOT NULL,
  owner TEXT NOT NULL,
  version TEXT NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  last_call REAL,
  calls INTEGER NOT NULL,
  confidence REAL NOT NULL,
  digest TEXT NOT NULL
) STRICT;
CREATE INDEX endpoints_order ON endpoints(service, path, method);
CREATE INDEX endpoints_verdict ON endpoints(verdict, service, path, method);
CREATE INDEX endpoints_path ON endpoints(path);

CREATE TABLE endpoint_documents (
  endpoint INTEGER PRIMARY KEY REFERENCES endpoints(key) ON DELETE CASCADE,
  document TEXT NOT NULL,
  sightings TEXT NOT NULL
) STRICT;

CREATE TABLE endpoint_list (
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  endpoint INTEGER NOT NULL,
  PRIMARY KEY (field, value, endpoint)
) STRICT, WITHOUT ROWID;

CREATE TABLE former_ids (
  id TEXT PRIMARY KEY,
  endpoint TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX former_ids_endpoint ON former_ids(endpoint);

CREATE TABLE services (
  name TEXT PRIMARY KEY,
  document TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE findings (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  rule TEXT NOT NULL,
  reason TEXT NOT NULL,
  severity TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'resolved', 'reopened')),
  decision TEXT CHECK (decision IN ('acknowledged', 'suppressed')),
  endpoint TEXT NOT NULL,
  environment TEXT NOT NULL,
  service TEXT NOT NULL,
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  because TEXT NOT NULL,
  evidence TEXT NOT NULL,
  first_found INTEGER NOT NULL,
  last_found INTEGER NOT NULL
) STRICT;
CREATE INDEX findings_endpoint ON findings(endpoint);

CREATE TABLE changes (
  key INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  scan INTEGER NOT NULL REFERENCES scans(key),
  kind TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  environment TEXT NOT NULL,
  service TEXT NOT NULL,
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  fields TEXT NOT NULL,
  verdict TEXT NOT NULL
) STRICT;
CREATE INDEX changes_at ON changes(at);
CREATE INDEX changes_endpoint ON changes(endpoint);

INSERT INTO inventory VALUES (1, 0, 0, NULL, NULL);
`;
