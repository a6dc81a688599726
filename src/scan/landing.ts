import type { Emission } from '#collectors/collector';
import type { InventoryStore, ScopeWriter, SourceRecord } from '#db/store';
import { redactText } from '#log/redact';
import type { Problem, ScopeReport } from '#model/scope';
import type { Plane, Sighting } from '#model/sighting';
import { flaw } from './check.ts';
import { amountText } from './figures.ts';

interface OpenScope {
  name: string;
  plane: Plane;
  writer: ScopeWriter;
  sightings: number;
  /** Sightings that were refused, and what was wrong with the first. */
  refused: number;
  flaw: string;
}

const maxProblems = 100;

/**
 * Lands what one source emits in the inventory, scope by scope. Throws for emissions out of order, which are a collector's own
 * mistake, and what the store throws.
 */
export class Landing {
  readonly reports: ScopeReport[] = [];
  /** Sightings of landed scopes. */
  sightings = 0;

  readonly #store: InventoryStore;
  readonly #scan: string;
  readonly #source: SourceRecord;
  readonly #landed: (report: ScopeReport, sightings: number) => void;
  readonly #begun = new Set<string>();
  #open: OpenScope | null = null;
  #listed: Set<string> | null = null;

  constructor(
    store: InventoryStore,
    scan: string,
    source: SourceRecord,
    landed: (report: ScopeReport, sightings: number) => void,
  ) {
    this.#store = store;
    this.#scan = scan;
    this.#source = source;
    this.#landed = landed;
  }

  /** Sightings so far, with those of the scope that is being read. */
  get found(): number {
    return this.sightings + (this.#open?.sightings ?? 0);
  }

  async take(emission: Emission): Promise<void> {
    switch (emission.type) {
      case 'begin':
        return this.#begin(emission.scope, emission.plane);
      case 'sighting':
        return await this.#add(emission.sighting);
      case 'end':
        return await this.#end(emission.report);
      case 'scopes':
        this.#listed = new Set([...(this.#listed ?? []), ...emission.names]);
    }
  }

  /** Lands the scope that began and did not end: what was seen is true, and says nothing of what was not. */
  async landOpen(problem: Problem): Promise<void> {
    const open = this.#open;
    if (!open) return;
    const saw = `${amountText(open.sightings, 'sightings')}, and was not read to its end`;
    const completeness = open.sightings > 0 ? 'partial' : 'failed';
    await this.#land(open, { scope: open.name, plane: open.plane, completeness, saw, problems: [problem], covers: {} });
  }

  /** Forgets the scope that began and did not end; for when the inventory itself is in trouble. */
  async abandon(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    await open?.writer.abandon();
  }

  /**
   * Retires the scopes that the source no longer lists. Only when it listed them and nothing but listed scopes went wrong: a folder
   * that could not be read is no proof that its files are gone.
   */
  async retire(): Promise<void> {
    const listed = this.#listed;
    if (listed === null || this.reports.length === 0) return;
    if (this.reports.some(({ scope, completeness }) => completeness !== 'complete' && !listed.has(scope))) return;
    await this.#store.retireScopes(this.#scan, this.#source.name, [...listed, ...this.#begun]);
  }

  #begin(name: string, plane: Plane): void {
    if (this.#open) throw new ContractError(`scope ${name} began inside of ${this.#open.name}`);
    if (this.#begun.has(name)) throw new ContractError(`scope ${name} began twice`);
    this.#begun.add(name);
    const writer = this.#store.scope(this.#scan, this.#source, name, plane);
    this.#open = { name, plane, writer, sightings: 0, refused: 0, flaw: '' };
  }

  async #add(sighting: Sighting): Promise<void> {
    const open = this.#open;
    if (!open) throw new ContractError('a sighting came outside of a scope');
    const wrong = flaw(sighting, open.plane);
    if (wrong !== null) {
      if (open.refused++ === 0) open.flaw = wrong;
      return;
    }
    await open.writer.add(sighting);
    open.sightings++;
  }

  async #end(report: ScopeReport): Promise<void> {
    const open = this.#open;
    if (open?.name !== report.scope || open.plane !== report.plane) {
      throw new ContractError(`scope ${report.scope} ended and had not begun`);
    }
    await this.#land(open, report);
  }

  async #land(open: OpenScope, report: ScopeReport): Promise<void> {
    const problems = report.problems.slice(0, maxProblems).map(safe);
    if (report.problems.length > maxProblems) {
      problems.push({ message: `and ${report.problems.length - maxProblems} more problems` });
    }
    let { completeness } = report;
    if (open.refused > 0) {
      // Were it taken for complete, what was refused would count as gone.
      if (completeness === 'complete') completeness = 'partial';
      const others = open.refused > 1 ? ` (and ${amountText(open.refused - 1, 'others')})` : '';
      const refused = `1 sighting was refused: ${open.flaw}${others}`;
      problems.push({ message: refused, mend: 'this is a mistake of the collector: report it' });
    }
    const landed = { ...report, completeness, saw: redactText(report.saw), problems };
    await open.writer.end(landed);
    this.#open = null;
    this.reports.push(landed);
    this.sightings += open.sightings;
    this.#landed(landed, open.sightings);
  }
}

/** A collector that does not keep to the order of emissions. */
class ContractError extends Error {
  override name = 'ContractError';
}

function safe({ message, where, mend }: Problem): Problem {
  return {
    message: redactText(message),
    ...(where === undefined ? {} : { where: redactText(where) }),
    ...(mend === undefined ? {} : { mend: redactText(mend) }),
  };
}
