import { blindArguments, callFunction } from './evaluate/call.ts';
import { constructBlind } from './evaluate/class.ts';
import { frameOf, type Machine } from './evaluate/machine.ts';
import type { Framework } from './framework.ts';
import type { FunctionNode } from './ir.ts';
import { type Loader, makeLoader } from './load.ts';
import type { Project } from './project.ts';
import { languages } from './registry.ts';
import { completeBody, type Sources } from './source.ts';
import type { Argument, FunctionValue, Value } from './value.ts';

/** Runs of all modules, each with more of the files that the one before asked for. */
const maxRuns = 12;

/**
 * Runs the modules that may hold routes, and what they ask for, and answers what they registered.
 *
 * @param rest is awaited between files, and throws to stop.
 */
export async function link(
  project: Project,
  candidates: readonly string[],
  frameworks: Framework[],
  sources: Sources,
  rest: (file: string, done: number) => Promise<void>,
): Promise<Machine> {
  for (const [i, file] of candidates.entries()) {
    await rest(file, i);
    sources.read(file);
  }
  const held = new Set(candidates);
  for (let run = 1; ; run++) {
    const loader = makeLoader(project, sources, run < maxRuns);
    const machine = makeMachine(project, frameworks, loader.load, (file) => held.has(file));
    for (const [i, file] of candidates.entries()) {
      if (i % 64 === 0) await rest(file, candidates.length);
      machine.load(file);
    }
    runUncalled(machine);
    if (loader.wanted.size === 0) {
      settle(machine);
      return machine;
    }
    for (const file of loader.wanted) {
      await rest(file, candidates.length);
      sources.read(file);
    }
  }
}

/** More than any program takes; what is beyond it is a loop. A million steps take about a second. */
const maxSteps = 20_000_000;

/** @param load reads and runs a file, once. */
function makeMachine(
  project: Project,
  frameworks: Framework[],
  load: Loader['load'],
  mayHold: (file: string) => boolean,
): Machine {
  const resolved = new Map<string, string | null>();
  const machine: Machine = {
    steps: maxSteps,
    depth: 0,
    exhausted: null,
    running: new Map(),
    packages: Object.fromEntries(
      languages.map(({ name, packages }) => [
        name,
        new Map([
          ...packages,
          ...frameworks.filter(({ language }) => language === name).flatMap((each) => [...each.packages]),
        ]),
      ]),
    ),
    frameworks,
    load: (file) => load(file, machine),
    complete: (fn, module) => completeBody(fn, module.language, module.file),
    mayHold,
    resolve(spec, from) {
      const key = `${from.file}\0${spec}`;
      let file = resolved.get(key);
      if (file === undefined) {
        file = from.language.resolve(spec, from.file, project);
        resolved.set(key, file);
      }
      return file;
    },
    routers: [],
    attributes: new Map(),
    waiting: new Map(),
    classes: [],
    ran: new Set(),
    effects: 0,
    idle: new Map(),
    called: new Set(),
    supposed: null,
  };
  return machine;
}

const maxRounds = 6;

/**
 * Runs what may register routes and that nothing in the source calls: functions that a loader finds by their files' names,
 * factories for other programs. Those that need nothing go first, since they may call the others with what they need.
 */
function runUncalled(machine: Machine): void {
  for (let round = 0; round < maxRounds; round++) {
    const before = machine.ran.size;
    for (const needs of [0, 1, 2]) {
      for (const [node, fn] of [...machine.waiting]) {
        if (!machine.waiting.has(node) || needOf(fn.node) > needs) continue;
        machine.waiting.delete(node);
        handOut(suppose(fn, blindArguments(fn.node, frameOf(machine, fn.module, fn.scope)), machine));
      }
      if (needs > 0) runMethods(machine);
    }
    if (machine.ran.size === before) return;
  }
}

/** An application that a function gives to nobody knows whom: it may be served, or be mounted on another. */
function handOut(value: Value): void {
  if (value.is === 'router') value.router.escaped = value.router.kind === 'app';
  if (value.is === 'record') for (const field of value.fields.values()) if (field.is === 'router') handOut(field);
}

/** 0: it takes nothing; 1: anything; 2: something to register on. */
function needOf(fn: FunctionNode): number {
  const required = fn.params.filter((param) => !param.rest && !param.fallback);
  if (required.length === 0) return 0;
  const registrar = required.some(
    ({ target }) => target.k === 'name' && /app|router|server|api|express/i.test(target.name),
  );
  return registrar ? 2 : 1;
}

function runMethods(machine: Machine): void {
  for (const cls of machine.classes) {
    const hot = cls.node.methods.filter((method) => method.fn.hot && !machine.ran.has(method.fn));
    if (hot.length === 0) continue;
    const self: Value = cls.instance ?? constructBlind(cls, machine);
    for (const { fn } of hot) {
      if (machine.ran.has(fn)) continue;
      const { scope, module } = cls;
      const method: FunctionValue = { is: 'function', node: fn, scope, module, self, home: cls };
      suppose(method, blindArguments(fn, frameOf(machine, module, scope)), machine);
    }
  }
}

/** Runs a function as if someone called it. Should the source call it after all, what it registered now does not count. */
function suppose(fn: FunctionValue, args: Argument[], machine: Machine): Value {
  machine.supposed = fn.node;
  try {
    return callFunction(fn, { args, line: fn.node.line, frame: frameOf(machine, fn.module, fn.scope), machine });
  } finally {
    machine.supposed = null;
  }
}

/** Leaves out what functions registered under suppositions that did not hold. */
function settle(machine: Machine): void {
  const holds = ({ supposed }: { supposed: FunctionNode | null }) => supposed === null || !machine.called.has(supposed);
  machine.routers = machine.routers.filter(holds);
  for (const router of machine.routers) router.entries = router.entries.filter(holds);
}
