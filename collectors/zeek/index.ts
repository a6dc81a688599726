import { z } from 'zod';
import type { Missing } from '#collectors/traffic/log/exchange-of';
import { JsonFormat } from '#collectors/traffic/log/json-format';
import { type LogConfig, logCollector, logOptions } from '#collectors/traffic/log/source';
import { httpFields, ZeekColumns } from './columns.ts';

const config = z.strictObject(logOptions).describe("Zeek's http.log, with tabs or as JSON.");

function json(missing: Missing): JsonFormat {
  const layout = [...httpFields];
  const knows = (record: Record<string, unknown>) => 'ts' in record && 'uid' in record && 'id.resp_h' in record;
  const isRequest = (record: Record<string, unknown>) => 'trans_depth' in record && 'method' in record;
  return new JsonFormat({ name: 'JSON', layout, knows, isRequest }, missing);
}

export const zeek = logCollector<LogConfig>({
  kind: 'zeek',
  about: "Operations that answered, from Zeek's http.log, with tabs or as JSON.",
  config,
  noun: 'line',
  what: "Zeek's http.log",
  accept: (path) => /(?:^|[/\\])http[^/\\]*\.log(?:\.(?:gz|zst))?$/i.test(path),
  formats: (_, missing) => [new ZeekColumns(missing), json(missing)],
});
