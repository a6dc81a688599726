import type { Framework } from '#collectors/code/framework';
import type { FunctionNode } from '#collectors/code/ir';
import type { Router } from '#collectors/code/router';
import type { Call, ClassValue, FunctionValue, Module, Scope, Value } from '#collectors/code/value';

/** What running the source of one scope needs and gathers. */
export interface Machine {
  /** Steps left; a source that takes more is read as far as it came. */
  steps: number;
  /** How deep expressions and calls are nested now. */
  depth: number;
  /** What ran out, once something did: values beyond are unknown. */
  exhausted: 'steps' | 'depth' | null;
  /** Functions that run now, and how often each. */
  running: Map<object, number>;
  /** Those of the languages' packages and frameworks, by language and name. */
  packages: Record<string, ReadonlyMap<string, Value>>;
  /** Frameworks that the source uses. */
  frameworks: Framework[];
  /** Reads and runs a file, once. */
  load(file: string): Module | null;
  resolve(spec: string, from: Module): string | null;
  /** Lowers the body of a function that was left for later. */
  complete(fn: FunctionNode, module: Module): void;
  routers: Router[];
  /** What the source sets on functions, by their nodes: `module.exports = f; f.prefix = '/x'`. */
  attributes: Map<object, Map<string, Value>>;
  /** Whether a file may hold a route. */
  mayHold(file: string): boolean;
  /** Functions of such files that may register routes, by their nodes, until they have run. */
  waiting: Map<object, FunctionValue>;
  /** Classes of such files that have methods which may. */
  classes: ClassValue[];
  /** Nodes of functions that have run. */
  ran: Set<object>;
  /** How many routers were made and things registered until now. */
  effects: number;
  /** Steps that functions took which did neither, by their nodes; minus infinity for those that did. */
  idle: Map<object, number>;
  /** Nodes of functions that the source calls. */
  called: Set<object>;
  /** The function that runs although nothing in the source was seen to call it. */
  supposed: FunctionNode | null;
}

/** One run of a function's body, or of a file. */
export interface Frame {
  machine: Machine;
  module: Module;
  scope: Scope;
  self: Value | null;
  home: ClassValue | null;
  /** The call that runs it; `null` for a file, and for what nothing in the source calls. */
  call: Call | null;
  /** How many branches that need not be taken enclose the statement at hand. */
  maybe: number;
  returns: Value[];
  ended: boolean;
}

/** Beyond it values are unknown, so that no source can exhaust the stack. */
const maxEvaluationDepth = 800;

/** Runs a step one level deeper, or answers `null` when the source has used up its depth or its steps. */
export function step<T>(machine: Machine, run: () => T): T | null {
  if (machine.steps <= 0 || machine.depth >= maxEvaluationDepth) {
    machine.exhausted ??= machine.steps <= 0 ? 'steps' : 'depth';
    return null;
  }
  machine.steps--;
  machine.depth++;
  try {
    return run();
  } finally {
    machine.depth--;
  }
}

export function frameOf(machine: Machine, module: Module, scope: Scope): Frame {
  return { machine, module, scope, self: null, home: null, call: null, maybe: 0, returns: [], ended: false };
}
