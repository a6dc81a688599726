import type { Facts, Param, Sighting } from '#model/sighting';
import { paramNames } from '#path/template';
import { encodeLiteral, normaliseTemplate } from './template.ts';
import type { Route } from './walk.ts';

/** What a sighting says of the repository it is in. */
export interface Place {
  /** A file of the scope relative to the run's root. */
  shown(file: string): string;
  service(file: string): string;
  owner(file: string): string | undefined;
  commit: string | null;
}

export function sightingOf(route: Route, place: Place): Sighting {
  const { template, file, line } = route;
  const owner = place.owner(file);
  const params = paramsOf(route);
  const { params: _, ...said } = route.facts;
  const facts: Facts = {
    ...said,
    framework: route.framework,
    ...(params.length > 0 && { params }),
    ...(owner !== undefined && { owner }),
  };
  const base =
    route.basePath === null || route.basePath === '' ? null : normaliseTemplate(encodeLiteral(route.basePath));
  return {
    plane: 'coded',
    protocol: route.protocol,
    method: route.method,
    path: template.path,
    pathKind: template.kind,
    anchored: template.anchored,
    servers: base === null || base === '/' ? [] : [{ host: null, basePath: base }],
    service: place.service(route.owner),
    facts,
    where: { in: 'code', file: place.shown(file), line, ...(place.commit !== null && { commit: place.commit }) },
  };
}

const maxParams = 128;

/** Parameters of the path first, with what the path or the handler tells of their types. */
function paramsOf(route: Route): Param[] {
  const { template, facts } = route;
  const declared = facts.params ?? [];
  const inPath = template.kind === 'regex' ? [] : [...new Set(paramNames(template.path))];
  const path = inPath.map((name): Param => {
    const known = declared.find((param) => param.in === 'path' && param.name === name);
    const type = Object.hasOwn(template.types, name) ? template.types[name] : {};
    return { ...known, ...type, name, in: 'path', required: true };
  });
  const seen = new Set<string>();
  const others = declared.filter((param) => {
    const key = `${param.in} ${param.name}`;
    if (param.in === 'path' || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return [...path, ...others].slice(0, maxParams);
}
