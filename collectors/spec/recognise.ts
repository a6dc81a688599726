import { asText, get, keysOf, type Value } from './value.ts';

/** Which rules a document follows, and the version it names; `''` when the text was cut before it. */
export interface Dialect {
  openapi: 2 | 3;
  version: string;
}

/**
 * What a document says it is: OpenAPI 2.0 (Swagger), 3.x, or `null` for anything else. A cut document whose version is lost
 * is told by its `info` and `paths`.
 */
export function dialectOf(value: Value): Dialect | null {
  const openapi = asText(get(value, 'openapi'));
  if (openapi !== undefined) return { openapi: 3, version: openapi };
  const swagger = asText(get(value, 'swagger'));
  if (swagger !== undefined) return { openapi: 2, version: swagger };
  if (get(value, 'info') === undefined || get(value, 'paths') === undefined) return null;
  const second = ['definitions', 'securityDefinitions', 'basePath', 'host', 'consumes', 'produces', 'schemes'];
  return { openapi: second.some((key) => get(value, key) !== undefined) ? 2 : 3, version: '' };
}

/**
 * A cheap look at a text before it is parsed: false when it holds no key by which {@link dialectOf} could tell a document.
 * Folders are full of other JSON and YAML.
 */
export function mayBeSpecification(text: string): boolean {
  if (/^\s*\{/.test(text)) {
    return (
      text.includes('openapi') || text.includes('swagger') || (text.includes('"info"') && text.includes('"paths"'))
    );
  }
  return versionLine.test(text) || (infoLine.test(text) && pathsLine.test(text));
}

const versionLine = /^["']?(?:openapi|swagger)["']?[ \t]*:/m;
const infoLine = /^["']?info["']?[ \t]*:/m;
const pathsLine = /^["']?paths["']?[ \t]*:/m;

/** What a file that is no OpenAPI document looks like, in a few words. Nothing of its content is in them. */
export function looksLike(value: Value): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'object' || value === null) return value === null ? 'an empty or unreadable text' : 'plain text';
  for (const [keys, name] of kinds) if (keys.every((key) => get(value, key) !== undefined)) return name;
  const count = keysOf(value).length;
  return `a mapping of ${count.toLocaleString('en')} ${count === 1 ? 'key' : 'keys'}`;
}

const kinds: [keys: string[], name: string][] = [
  [['swaggerVersion'], 'Swagger 1.x, which has been out of use since 2014'],
  [['asyncapi'], 'an AsyncAPI document'],
  [['arazzo'], 'an Arazzo document'],
  [['overlay', 'actions'], 'an OpenAPI overlay'],
  [['info', 'item'], 'a Postman collection'],
  [['log'], 'a HAR file'],
  [['apiVersion', 'kind'], 'a Kubernetes manifest'],
  [['AWSTemplateFormatVersion'], 'a CloudFormation template'],
  [['Resources'], 'a CloudFormation template'],
  [['_format_version'], 'a Kong declaration'],
  [['data'], 'an answer of an API'],
  [['$schema'], 'a JSON Schema or a document that names one'],
  [['paths'], 'a part of an OpenAPI document'],
];
