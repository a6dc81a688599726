import { z } from 'zod';
import { JsonObjects } from '#collectors/traffic/log/json-objects';
import { type LogConfig, logCollector, logOptions } from '#collectors/traffic/log/source';
import { Executions } from './executions.ts';

const config = z
  .strictObject(logOptions)
  .describe("Runs of Postman collections, as Newman's JSON reporter writes them.");

export const postman = logCollector<LogConfig>({
  kind: 'postman',
  about: "Operations that answered a run of a Postman collection, from Newman's JSON reports.",
  config,
  begins: /^\s*\{\s*"collection"\s*:\s*\{/,
  noun: 'object',
  what: 'a JSON report of Newman',
  accept: (path) => /\.json(?:\.(?:gz|zst))?$/i.test(path),
  formats: (_, missing) => [new Executions(missing)],
  splitter: () => new JsonObjects(executionsDepth),
});

/** `{"run":{"executions":[`. */
const executionsDepth = 3;
