import { z } from 'zod';
import { type LogConfig, logCollector, logOptions } from '#collectors/traffic/log/source';
import { categoryFormats } from './categories.ts';
import { tableFormats } from './tables.ts';

const config = z
  .strictObject(logOptions)
  .describe(
    'Resource logs of Azure: Application Gateway, Front Door, API Management, App Service, as JSON; also as exported from Log Analytics.',
  );

export const azureLog = logCollector<LogConfig>({
  kind: 'azure-log',
  about:
    'Operations that answered, from resource logs of Azure Application Gateway, Front Door, API Management and App Service.',
  config,
  noun: 'record',
  what: 'a resource log of Azure',
  accept: (path) => /\.(?:json|jsonl|log)(?:\.(?:gz|zst))?$/i.test(path),
  formats: (_, missing) => [...categoryFormats(missing), ...tableFormats(missing)],
});
