import { join } from 'node:path';
import type { Emission, Run } from '#collectors/collector';
import { shown } from '#collectors/files';
import { counted, figure } from '#model/figure';
import type { Completeness, Problem } from '#model/scope';
import { type Place, sightingOf } from './emit.ts';
import type { LeftOut } from './files.ts';
import { link } from './link.ts';
import { codeOwners } from './owners.ts';
import { makeProject } from './project.ts';
import { treeReleaser } from './release.ts';
import { repositoryOf } from './repository.ts';
import type { CodeConfig } from './schema.ts';
import { serviceNames } from './service.ts';
import { openSources } from './source.ts';
import { type Survey, survey } from './survey.ts';
import { type Route, walk } from './walk.ts';

/** What the routes of a scope came to. */
interface Tally {
  routes: Map<string, number>;
  unanchored: number;
  /** Places of routes, by what could not be read of their prefixes, or what was assumed. */
  unread: Map<string, string[]>;
  assumed: Map<string, string[]>;
}

/**
 * The routes of one folder: survey its files, run those that may hold a route, and follow the mounts.
 *
 * @param python why Python cannot be read here, or `null`.
 * @returns how many files were not read because their language cannot be.
 */
export async function* scanFolder(
  folder: string,
  absolute: string,
  config: CodeConfig,
  run: Run,
  python: string | null,
): AsyncGenerator<Emission, number> {
  const found = await survey(folder, absolute, config, run);
  const project = makeProject(absolute, found.files);
  const sources = openSources(project, ({ name }) => name !== 'python' || python === null);
  const release = treeReleaser();
  const machine = await link(project, found.candidates, found.used, sources, async (file, done) => {
    run.signal.throwIfAborted();
    if (done % 16 === 0) run.progress({ done, total: found.candidates.length, unit: 'files', at: file });
    release(sources.bytes);
    // What is freed is freed between turns of the event loop.
    await new Promise(setImmediate);
  });

  const repository = repositoryOf(absolute);
  const owners = repository ? codeOwners(repository.top) : codeOwners(absolute);
  const place: Place = {
    shown: (file) => shown(run.root, join(absolute, file)),
    service: serviceNames(project),
    owner: (file) => owners(shown(repository?.top ?? absolute, join(absolute, file))),
    commit: repository?.commit ?? null,
  };
  const tally: Tally = { routes: new Map(), unanchored: 0, unread: new Map(), assumed: new Map() };
  const problems = [
    ...found.problems,
    ...sources.problems.map((problem) => ({ ...problem, where: place.shown(problem.where!) })),
  ];
  const overflow = () => {
    problems.push({
      message: 'more than 100,000 routes; the rest is left out',
      where: folder,
      mend: 'scan its parts as folders of their own',
    });
  };
  const said = new Set<string>();
  for (const route of walk(machine.routers, place.service, overflow)) {
    run.signal.throwIfAborted();
    const { template } = route;
    const key = `${route.method} ${template.path} ${template.anchored} ${route.file}:${route.line}`;
    if (said.has(key)) continue;
    said.add(key);
    note(route, tally, place);
    yield { type: 'sighting', sighting: sightingOf(route, place) };
  }
  if (machine.exhausted !== null) {
    const message =
      machine.exhausted === 'steps'
        ? 'takes more steps to follow than any program should; routes may be missing'
        : 'calls itself or imports too deep to be followed; routes may be missing';
    problems.push({ message, where: folder, mend: 'scan its parts as folders of their own' });
  }
  const completeness: Completeness = problems.some(({ mend }) => mend !== undefined) ? 'partial' : 'complete';
  yield {
    type: 'end',
    report: {
      scope: folder,
      plane: 'coded',
      completeness,
      saw: saw(found, sources.parsed, tally),
      problems: bounded([...problems, ...builtOnly(found, folder), ...remarks(tally)]),
      covers: { services: [...new Set(machine.routers.map((router) => place.service(router.file)))].sort() },
    },
  };
  return python === null ? 0 : found.candidates.filter((file) => file.endsWith('.py')).length;
}

function note(route: Route, tally: Tally, place: Place): void {
  tally.routes.set(route.framework, (tally.routes.get(route.framework) ?? 0) + 1);
  const at = `${place.shown(route.file)}:${route.line}`;
  if (!route.template.anchored) {
    tally.unanchored++;
    const holes = route.template.holes.filter((label) => label !== '');
    add(
      tally.unread,
      holes.length > 0
        ? `«${holes.join('», «')}» cannot be read from the source`
        : 'no application mounts their router',
      at,
    );
  }
  for (const label of route.assumes) add(tally.assumed, label, at);
}

function add(to: Map<string, string[]>, key: string, at: string): void {
  const places = to.get(key);
  if (places) places.push(at);
  else if (to.size < 1_000) to.set(key, [at]);
}

/** A package as it is published has its code in `dist` or `build`, which are left out of a repository for good reason. */
function builtOnly({ used, leftOut }: Survey, folder: string): Problem[] {
  const generated = leftOut.get('generated') ?? 0;
  if (used.length > 0 || generated === 0) return [];
  const files = counted(generated, 'file');
  return [
    {
      message: `${files} in dist, build or generated were left out: name that folder itself to read it`,
      where: folder,
    },
  ];
}

/** What is worth knowing of paths, without being a fault of the scan. */
function remarks(tally: Tally): Problem[] {
  const unread = [...tally.unread].map(([why, places]) => ({
    message: `${counted(places.length, 'path')} without ${places.length === 1 ? 'its' : 'their'} beginning: ${why}`,
    where: places[0]!,
  }));
  const assumed = [...tally.assumed].map(([label, places]) => ({
    message: `${counted(places.length, 'path')} as by default: ${label} may change ${places.length === 1 ? 'it' : 'them'}`,
    where: places[0]!,
  }));
  return [...unread, ...assumed];
}

const maxProblems = 100;

function bounded(problems: Problem[]): Problem[] {
  if (problems.length <= maxProblems) return problems;
  return [...problems.slice(0, maxProblems), { message: `and ${problems.length - maxProblems} more` }];
}

/** `412 files, 37 parsed; 58 routes: express 40, fastapi 18; 2 with an unresolved prefix`. */
function saw(found: Survey, parsed: number, tally: Tally): string {
  const total = [...tally.routes.values()].reduce((sum, count) => sum + count, 0);
  const byFramework = [...tally.routes].map(([name, count]) => `${name} ${figure(count)}`).join(', ');
  const words: Record<LeftOut | 'excluded', string> = {
    test: 'tests',
    example: 'examples',
    vendored: 'vendored',
    generated: 'generated',
    excluded: 'excluded',
  };
  const leftOut = [...found.leftOut].map(([kind, count]) => `${figure(count)} ${words[kind]}`).join(', ');
  return [
    `${counted(found.sources, 'file')}, ${figure(parsed)} parsed`,
    `${counted(total, 'route')}${byFramework === '' ? '' : `: ${byFramework}`}`,
    ...(found.used.length === 0 ? ['no framework that is read here'] : []),
    ...(tally.unanchored > 0 ? [`${figure(tally.unanchored)} with an unresolved prefix`] : []),
    ...(leftOut === '' ? [] : [`left out: ${leftOut}`]),
  ].join('; ');
}
