import { z } from 'zod';
import { field, latency } from '#collectors/traffic/log/field';
import { JsonFormat, type JsonLayout } from '#collectors/traffic/log/json-format';
import { type LogConfig, logCollector, logOptions } from '#collectors/traffic/log/source';
import { K6Csv } from './csv.ts';

const config = z.strictObject(logOptions).describe('Results of k6 as it writes them with `--out json` or `--out csv`.');

/** Points of `http_req_duration` (grafana.com/docs/k6, «JSON»): one for each request, in milliseconds. */
const layout: JsonLayout = [
  ['data.time', field('time')],
  ['data.value', latency(1)],
  ['data.tags.method', field('method')],
  ['data.tags.url', field('url')],
  ['data.tags.proto', field('version')],
  ['data.tags.status', field('status')],
];

export const k6 = logCollector<LogConfig>({
  kind: 'k6',
  about: 'Operations that answered a load test, from the results of k6, as JSON or CSV.',
  config,
  noun: 'line',
  what: 'a result of k6, as JSON or CSV',
  accept: (path) => /\.(?:json|jsonl|ndjson|csv)(?:\.(?:gz|zst))?$/i.test(path),
  formats: (_, missing) => [
    new K6Csv(missing),
    new JsonFormat(
      {
        name: 'k6',
        layout,
        knows: ({ metric, type, data }) =>
          typeof metric === 'string' && (type === 'Point' || type === 'Metric') && data !== null,
        isRequest: ({ metric, type }) => type === 'Point' && metric === 'http_req_duration',
      },
      missing,
    ),
  ],
});
