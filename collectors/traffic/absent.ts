import type { Emission } from '#collectors/collector';
import type { Problem, ScopeReport } from '#model/scope';

/** What was configured and is not there: scopes of their own, so that it is not silent. `taken` are names of scopes that were read. */
export function* absent(problems: readonly Problem[], taken: ReadonlySet<string>): Generator<Emission> {
  const scopes = new Map<string, Problem[]>();
  for (const problem of problems) {
    const name = problem.where ?? '.';
    const scope = taken.has(name) ? `${name} (not read)` : name;
    scopes.set(scope, [...(scopes.get(scope) ?? []), problem]);
  }
  for (const [scope, found] of scopes) {
    const report: ScopeReport = {
      scope,
      plane: 'observed',
      completeness: 'failed',
      saw: '0 files',
      problems: found,
      covers: {},
    };
    yield { type: 'begin', scope, plane: 'observed' };
    yield { type: 'end', report };
  }
}
