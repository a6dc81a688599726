import { z } from 'zod';
import type { Collector, Registry } from '#collectors/collector';
import { commonOptions, fileSchema } from './schema.ts';

/** The part of JSON Schema (draft 7) that is met here. */
export interface JsonSchema {
  title?: string;
  type?: string | string[];
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  pattern?: string;
  writeOnly?: boolean;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  [other: string]: unknown;
}

/** Where editors find the published schema. */
export const schemaAddress = 'https://unpkg.com/noontide/schema/noontide.schema.json';

/** The options that a kind has of its own, as the user writes them. */
export function optionsSchema(collector: Collector<unknown>): JsonSchema {
  return toSchema(collector.config);
}

/** The options that every source has. */
export function commonSchema(): JsonSchema {
  return toSchema(z.object(commonOptions));
}

/** A source of one kind, with the common options. */
function sourceSchema(collector: Collector<unknown>): JsonSchema {
  const common = commonSchema();
  const own = optionsSchema(collector);
  return {
    type: 'object',
    title: collector.kind,
    description: collector.about,
    properties: {
      ...common.properties,
      kind: { const: collector.kind, description: collector.about },
      ...own.properties,
    },
    required: ['kind', ...(own.required ?? [])],
    additionalProperties: own.additionalProperties ?? false,
  };
}

/** All of noontide.yaml, for editors. */
export function configSchema(registry: Registry): JsonSchema {
  const { $schema, ...file } = toSchema(fileSchema);
  const sources = file.properties?.['sources'] ?? {};
  return {
    $schema,
    $id: schemaAddress,
    title: 'noontide.yaml',
    ...file,
    properties: {
      ...file.properties,
      sources: { ...sources, additionalProperties: registry.length === 0 ? {} : { anyOf: registry.map(sourceSchema) } },
    },
  };
}

/** The schemas that may hold at a key or an index below a place, through all alternatives. */
export function below(schemas: readonly JsonSchema[], step: string | number): JsonSchema[] {
  return schemas.flatMap(alternatives).flatMap((schema) => {
    if (typeof step === 'number') return schema.items ? [schema.items] : [];
    if (schema.properties && Object.hasOwn(schema.properties, step)) return [schema.properties[step]!];
    return typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : [];
  });
}

/** The keys that are known at a place. */
export function keysAt(schemas: readonly JsonSchema[]): string[] {
  return [...new Set(schemas.flatMap(alternatives).flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

/** A schema and everything it may be instead. */
export function alternatives(schema: JsonSchema): JsonSchema[] {
  return [schema, ...[schema.anyOf, schema.oneOf, schema.allOf].flatMap((some) => some ?? []).flatMap(alternatives)];
}

function toSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', target: 'draft-7', unrepresentable: 'any' }) as JsonSchema;
}
