import { type EndpointDocument, type EndpointScalars, readDocument } from './row.ts';

/**
 * What a person would call a change: no counters, no times, and no evidence, which moves with every line that is
 * added above it.
 */
const scalarFields = {
  environment: 'environment',
  service: 'service',
  protocol: 'protocol',
  method: 'method',
  path: 'path',
  declared: 'declared',
  deployed: 'deployed',
  coded: 'coded',
  observed: 'observed',
  leaf: 'leaf',
  reason: 'reason',
  auth: 'auth',
  exposure: 'exposure',
  owner: 'owner',
  version: 'version',
} as const satisfies Partial<Record<keyof EndpointScalars, string>>;

const listFields = ['hosts', 'authMechanisms', 'dataClasses', 'tags'] as const;

/** The fields that changed, with their values before and after as text; lists in order, joined by a comma. */
export function difference(
  before: EndpointScalars & { document: string },
  after: EndpointScalars & { document: string },
): Record<string, [before: string, after: string]> {
  const fields: [string, [string, string]][] = [];
  const compare = (name: string, was: string, is: string) => {
    if (was !== is) fields.push([name, [was, is]]);
  };
  for (const [column, name] of Object.entries(scalarFields)) {
    const key = column as keyof typeof scalarFields;
    compare(name, before[key], after[key]);
  }
  if (before.document !== after.document) {
    const was = readDocument(before.document);
    const is = readDocument(after.document);
    for (const name of listFields) compare(name, listText(was[name]), listText(is[name]));
    compare('params', listText(paramNames(was)), listText(paramNames(is)));
  }
  return Object.fromEntries(fields);
}

function paramNames(document: EndpointDocument): string[] {
  return document.params.map((param) => `${param.in} ${param.name}`);
}

function listText(list: readonly string[]): string {
  return [...list].sort().join(', ');
}
