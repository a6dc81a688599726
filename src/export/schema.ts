import { z } from 'zod';
import { leaves, verdicts } from '#model/endpoint';
import { pathKinds, planes, protocols } from '#model/sighting';

const moment = z.iso.datetime();

const param = z.object({
  name: z.string(),
  in: z.enum(['path', 'query', 'header', 'cookie', 'body']),
  type: z
    .string()
    .nullable()
    .describe(
      'A type of JSON Schema, or of values met in traffic (`uuid`, `date`, `hex` …); null when no source says.',
    ),
});

const evidence = z.object({
  plane: z.enum(planes),
  source: z.string().describe('Name of the source in noontide.yaml.'),
  where: z
    .string()
    .describe('File and line, document and JSON Pointer, capture and packet, or id of a cloud resource.'),
});

const planeStates = z.object({
  declared: z.enum(['active', 'deprecated', 'sunset', 'removed', 'none', 'unknown']),
  deployed: z.enum(['yes', 'draft', 'no', 'unknown']),
  coded: z.enum(['yes', 'no', 'unknown']),
  observed: z.enum(['fresh', 'stale', 'never', 'unknown']),
});

export const catalogEndpoint = z.object({
  id: z.string().describe('Stays when the path template changes.'),
  environment: z.string().describe('Empty when no source names one.'),
  service: z.string(),
  protocol: z.enum(protocols),
  method: z.string().describe('Upper case; `*` is any.'),
  path: z.string().describe('Parameters in braces, the rest of a path as `{name*}`.'),
  pathKind: z.enum(pathKinds),
  hosts: z.array(z.string()),
  params: z.array(param),
  planes: planeStates.describe('What each plane says. `none`, `no` and `never` are known absence; `unknown` is not.'),
  verdict: z.enum(verdicts),
  leaf: z.enum(leaves),
  reason: z.string().describe('Which branch of the leaf; empty where it has one.'),
  because: z.string().describe('One sentence with the facts that decided.'),
  decidedBy: z.array(z.enum(planes)).describe('For `indeterminate`: planes whose complete scan would decide it.'),
  authentication: z.object({
    required: z.enum(['yes', 'no', 'optional', 'unknown']),
    mechanisms: z.array(z.string()),
  }),
  exposure: z.string(),
  dataClasses: z.array(z.string()),
  owner: z.string(),
  version: z.string(),
  tags: z.array(z.string()),
  firstSeen: moment.describe('When a scan first met it.'),
  lastSeen: moment.describe('When a scan last met it.'),
  lastCall: moment.nullable().describe("The last call by the traffic's own clock; null when none was observed."),
  calls: z.number().int().nonnegative(),
  evidence: z.array(evidence),
  sources: z.array(z.string()),
  confidence: z.number().min(0).max(1).describe('How surely the planes were joined.'),
});
export type CatalogEndpoint = z.infer<typeof catalogEndpoint>;

export const catalog = z.object({
  version: z.literal(1).describe('Of this format. Fields may be added within a version, none is removed or changed.'),
  generated: moment,
  endpoints: z.array(catalogEndpoint),
});

/** The schema of the JSON export, as published in schema/catalog.schema.json (JSON Schema 2020-12). */
export function catalogJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(catalog, { io: 'input' });
  return {
    $schema,
    title: 'noontide catalog',
    description: 'What `noontide export --format json` writes. A line of `--format ndjson` is one item of `endpoints`.',
    ...rest,
  };
}
