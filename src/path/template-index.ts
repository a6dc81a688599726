import type { Param } from '#model/sighting';
import { fits } from './fit.ts';
import { splitPath } from './normalise.ts';
import { parseTemplate, type Segment } from './template.ts';

/** What a path was matched to: the value that was added with the template, and what its parameters took. */
export interface Match<T> {
  value: T;
  template: string;
  /** Literal segments, the measure by which the more literal template won. */
  literals: number;
}

interface Node<T> {
  literals: Map<string, Node<T>>;
  mixed: { segment: Segment & { kind: 'mixed' }; node: Node<T> }[];
  params: { param: Param | undefined; type: string; node: Node<T> }[];
  rests: Leaf<T>[];
  leaves: Leaf<T>[];
}

interface Leaf<T> {
  value: T;
  template: string;
}

/** Paths are bounded to 64 segments; branching at each is not, so a hostile set of templates is bounded by visits. */
const maxVisits = 4_096;

/**
 * Templates, to be asked which of them a path belongs to. The most literal one wins, decided at the leftmost segment where
 * two differ: literal, then mixed, then parameter, then rest; ties go to the template that was added first.
 */
export class TemplateIndex<T> {
  readonly #root: Node<T> = node();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** `params` restrict what the template's parameters take. */
  add(template: string, value: T, params: readonly Param[] = []): void {
    let at = this.#root;
    for (const segment of parseTemplate(template)) {
      if (segment.kind === 'rest') {
        at.rests.push({ value, template });
        this.#size++;
        return;
      }
      at = child(at, segment, params);
    }
    at.leaves.push({ value, template });
    this.#size++;
  }

  /**
   * All templates that a path fits, best first. The path may hold typed placeholders (`/orders/{integer}`), which fit a
   * parameter and never a literal.
   */
  match(path: string): Match<T>[] {
    const found: Match<T>[] = [];
    const segments = splitPath(path);
    let visits = 0;
    const walk = (at: Node<T>, depth: number, literals: number): void => {
      if (visits++ > maxVisits) return;
      const segment = segments[depth];
      if (segment === undefined) {
        for (const leaf of at.leaves) found.push({ ...leaf, literals });
        return;
      }
      const placeholder = segment.startsWith('{');
      const literal = placeholder ? undefined : at.literals.get(segment);
      if (literal) walk(literal, depth + 1, literals + 1);
      if (!placeholder) {
        for (const branch of at.mixed) {
          if (branch.segment.pattern.test(segment)) walk(branch.node, depth + 1, literals);
        }
      }
      for (const branch of at.params) {
        if (fits(segment, branch.param)) walk(branch.node, depth + 1, literals);
      }
      for (const leaf of at.rests) found.push({ ...leaf, literals });
    };
    walk(this.#root, 0, 0);
    return found;
  }
}

function node<T>(): Node<T> {
  return { literals: new Map(), mixed: [], params: [], rests: [], leaves: [] };
}

function child<T>(at: Node<T>, segment: Exclude<Segment, { kind: 'rest' }>, params: readonly Param[]): Node<T> {
  if (segment.kind === 'literal') {
    const known = at.literals.get(segment.value);
    if (known) return known;
    const added: Node<T> = node();
    at.literals.set(segment.value, added);
    return added;
  }
  if (segment.kind === 'mixed') {
    const known = at.mixed.find((branch) => branch.segment.text === segment.text);
    if (known) return known.node;
    const added: Node<T> = node();
    at.mixed.push({ segment, node: added });
    return added;
  }
  const param = params.find((known) => known.in === 'path' && known.name === segment.name);
  const type = restriction(param);
  let branch = at.params.find((known) => known.type === type);
  if (!branch) {
    branch = { param, type, node: node() };
    at.params.push(branch);
    // Restricted parameters are tried first: they are the more particular.
    at.params.sort((a, b) => Number(a.type === '') - Number(b.type === ''));
  }
  return branch.node;
}

function restriction(param: Param | undefined): string {
  if (!param) return '';
  const { type, format, pattern, minLength, maxLength } = param;
  const parts = [type === 'string' ? '' : type, format, param.enum?.join(','), pattern, minLength, maxLength];
  return parts.every((part) => part === undefined || part === '') ? '' : parts.join('|');
}
