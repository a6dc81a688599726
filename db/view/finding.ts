import { hexId } from '#db/identity';
import type { View } from '#model/view';

type Found = View['findings'][number];

/** A finding that the inventory knows, as far as its identity and life go. */
export interface KnownFinding {
  id: string;
  rule: string;
  reason: string;
  endpoint: string;
  environment: string;
  service: string;
  method: string;
  path: string;
  state: string;
}

export interface FindingPlan {
  /** `known` is the index of the finding it is again; -1 when it is new. */
  found: { finding: Found; id: string; known: number; state: 'open' | 'reopened' }[];
  /** Indexes of known findings that are found no more. */
  resolved: number[];
}

/**
 * What a rule says of one subject is one finding, whatever its reason: a decision about it outlives `deployed`
 * turning to `live`. Where a rule says several things of a subject, those with the same reason are the same.
 */
export function planFindings(known: readonly KnownFinding[], found: readonly Found[]): FindingPlan {
  const bySubject = new Map<string, number[]>();
  known.forEach((finding, at) => {
    const key = subject(finding);
    const list = bySubject.get(key);
    if (list) list.push(at);
    else bySubject.set(key, [at]);
  });
  const again = new Array<number>(found.length).fill(-1);
  const claim = (at: number, fits: (candidate: KnownFinding) => boolean) => {
    const list = bySubject.get(subject(found[at] as Found));
    const place = list?.findIndex((candidate) => fits(known[candidate] as KnownFinding)) ?? -1;
    if (list && place !== -1) again[at] = list.splice(place, 1)[0] as number;
  };
  found.forEach((finding, at) => {
    claim(at, (candidate) => candidate.reason === finding.reason);
  });
  found.forEach((_, at) => {
    if (again[at] === -1) claim(at, (candidate) => candidate.state !== 'resolved');
  });

  const ids = new Set(known.map((finding) => finding.id));
  return {
    found: found.map((finding, at) => {
      const from = again[at] as number;
      const before = known[from];
      if (!before) return { finding, id: newId(finding, ids), known: -1, state: 'open' };
      return { finding, id: before.id, known: from, state: before.state === 'open' ? 'open' : 'reopened' };
    }),
    resolved: [...bySubject.values()].flat().filter((at) => (known[at] as KnownFinding).state !== 'resolved'),
  };
}

/** An endpoint by its id, which outlives its path; anything else by what it is called. */
function subject(finding: Omit<KnownFinding, 'id' | 'state'>): string {
  const { rule, endpoint, environment, service, method, path } = finding;
  return JSON.stringify(endpoint === '' ? [rule, environment, service, method, path] : [rule, endpoint]);
}

function newId(finding: Found, ids: Set<string>): string {
  const text = `${subject(finding)} ${finding.reason}`;
  let id = hexId(text, 16);
  for (let attempt = 1; ids.has(id); attempt++) id = hexId(`${text} ${attempt}`, 16);
  ids.add(id);
  return id;
}
