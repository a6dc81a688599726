import type { Leaf, Verdict, VerdictName } from '#model/endpoint';
import type { Plane } from '#model/sighting';
import type { Standing } from './states.ts';

/** What the table needs beside an endpoint's standing. */
export interface Context {
  standing: Standing;
  /** Planes that no source covers at all: their silence contradicts nothing, and proves nothing. */
  absent: ReadonlySet<Plane>;
  /** A declared operation that is this one in a newer version. */
  successor: string | null;
  health: boolean;
}

interface Rule {
  leaf: Leaf;
  /** Which branch holds; `null` when the leaf does not. */
  when(context: Context): string | null;
}

/** The table of definitions, in its order: the first that holds is the leaf. */
const table: readonly Rule[] = [
  {
    leaf: 'zombie',
    when: ({ standing, successor }) => {
      const { declared, deployed } = standing.states;
      if (!serves(standing)) return null;
      if (declared === 'removed' || declared === 'sunset') return declared;
      if (declared === 'none' && successor !== null) return 'superseded';
      if (standing.retired) return 'retired-revision';
      return standing.leftCode && deployed === 'yes' && standing.states.coded === 'no' ? 'undead-route' : null;
    },
  },
  {
    leaf: 'deprecated-in-use',
    when: ({ standing: { states } }) =>
      states.declared === 'deprecated' && states.observed === 'fresh' ? 'called' : null,
  },
  {
    leaf: 'deprecated-idle',
    when: ({ standing: { states } }) => {
      if (states.declared !== 'deprecated') return null;
      return states.deployed === 'yes' ? 'routed' : states.coded === 'yes' ? 'coded' : null;
    },
  },
  {
    leaf: 'shadow',
    when: ({ standing, absent }) => {
      const { declared, deployed, coded, observed } = standing.states;
      if (declared !== 'none' || !serves(standing)) return null;
      if (observed !== 'fresh') return 'deployed';
      const nowhere = coded === 'no' && (deployed === 'no' || (deployed === 'unknown' && absent.has('deployed')));
      return nowhere ? 'unattributed' : 'live';
    },
  },
  {
    leaf: 'undocumented',
    when: ({ standing: { states, unanchored } }) =>
      states.declared === 'none' && states.coded === 'yes' && !unanchored ? 'coded' : null,
  },
  {
    leaf: 'orphan',
    when: ({ standing: { states } }) => {
      if (states.declared !== 'active' || !quiet(states.observed)) return null;
      return states.deployed === 'yes' ? 'routed' : states.coded === 'yes' ? 'coded' : null;
    },
  },
  {
    leaf: 'phantom',
    when: ({ standing: { states }, absent }) => {
      const unrouted = states.deployed === 'no' || (states.deployed === 'unknown' && absent.has('deployed'));
      return states.declared === 'active' && unrouted && states.coded === 'no' && quiet(states.observed)
        ? 'nowhere'
        : null;
    },
  },
  {
    leaf: 'managed',
    when: ({ standing: { states } }) => (states.declared === 'active' && states.observed === 'fresh' ? 'called' : null),
  },
  {
    leaf: 'retired',
    when: ({ standing: { states } }) => {
      const withdrawn = states.declared === 'removed' || states.declared === 'sunset';
      return withdrawn && states.deployed !== 'yes' && quiet(states.observed) ? states.declared : null;
    },
  },
];

/** The reason of an endpoint of which nothing but closed TLS is known. It is no operation, and nothing can be wrong with it. */
export const encrypted = 'encrypted';

/** The first leaf of the table that holds, with its branch, and the word that people use for it. */
export function judge(context: Context): Pick<Verdict, 'leaf' | 'reason' | 'verdict' | 'decidedBy'> {
  if (context.standing.closed !== null) {
    return { leaf: 'indeterminate', reason: encrypted, verdict: 'unknown', decidedBy: ['observed'] };
  }
  for (const { leaf, when } of table) {
    const reason = when(context);
    if (reason === null) continue;
    // Health checks come with the platform: nobody declares or calls them as an API.
    if (context.health && platform.has(leaf)) {
      return { leaf: 'managed', reason: 'health', verdict: 'fine', decidedBy: [] };
    }
    return { leaf, reason, verdict: rollUp(leaf, reason), decidedBy: [] };
  }
  const decidedBy = undecided(context.standing);
  return {
    leaf: 'indeterminate',
    reason: context.standing.unanchored ? 'unanchored' : '',
    verdict: 'unknown',
    decidedBy,
  };
}

const platform: ReadonlySet<Leaf> = new Set(['shadow', 'undocumented', 'orphan', 'phantom']);

function rollUp(leaf: Leaf, reason: string): VerdictName {
  switch (leaf) {
    case 'zombie':
    case 'deprecated-in-use':
      return 'zombie';
    case 'deprecated-idle':
      return reason === 'routed' ? 'zombie' : 'fine';
    case 'shadow':
    case 'undocumented':
      return 'shadow';
    case 'orphan':
    case 'phantom':
      return 'orphan';
    case 'managed':
    case 'retired':
      return 'fine';
    case 'indeterminate':
      return 'unknown';
  }
}

/** It answers, or a gateway would let it. */
function serves({ states }: Standing): boolean {
  return states.deployed === 'yes' || states.observed === 'fresh';
}

function quiet(observed: Standing['states']['observed']): boolean {
  return observed === 'never' || observed === 'stale';
}

/** The planes whose complete scan would move an endpoint out of `indeterminate`. */
function undecided({ states, unanchored }: Standing): Plane[] {
  if (unanchored) return ['coded'];
  if (states.declared === 'unknown') return ['declared'];
  const planes: Plane[] = [];
  if (states.observed === 'unknown') planes.push('observed');
  if (states.deployed === 'unknown') planes.push('deployed');
  if (states.coded === 'unknown') planes.push('coded');
  return planes;
}
