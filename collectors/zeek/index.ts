import { z } from 'zod';
import type { EncryptedHosts } from '#collectors/traffic/log/encrypted';
import type { Missing } from '#collectors/traffic/log/exchange-of';
import { JsonFormat, textAt } from '#collectors/traffic/log/json-format';
import { type LogConfig, logCollector, logOptions } from '#collectors/traffic/log/source';
import { httpFields, ZeekColumns } from './columns.ts';

const config = z.strictObject(logOptions).describe("Zeek's http.log and ssl.log, with tabs or as JSON.");

function json(missing: Missing, encrypted: EncryptedHosts): JsonFormat {
  const layout = [...httpFields];
  const knows = (record: Record<string, unknown>) => 'ts' in record && 'uid' in record && 'id.resp_h' in record;
  const isRequest = (record: Record<string, unknown>) => 'trans_depth' in record && 'method' in record;
  // Fields of ssl.log that are always there.
  const noRequest = (record: Record<string, unknown>) =>
    'established' in record && 'resumed' in record
      ? encrypted.see(textAt(record, 'server_name'), textAt(record, 'id.resp_h'), textAt(record, 'id.resp_p'))
      : 'aside';
  return new JsonFormat({ name: 'JSON', layout, knows, isRequest, noRequest }, missing);
}

export const zeek = logCollector<LogConfig>({
  kind: 'zeek',
  about: "Operations that answered, from Zeek's http.log, with tabs or as JSON.",
  config,
  noun: 'line',
  what: "Zeek's http.log or ssl.log",
  accept: (path) => /(?:^|[/\\])(?:http|ssl)[^/\\]*\.log(?:\.(?:gz|zst))?$/i.test(path),
  formats: (_, missing, encrypted) => [new ZeekColumns(missing, encrypted), json(missing, encrypted)],
});
