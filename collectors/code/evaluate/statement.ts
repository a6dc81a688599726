import type { Stmt, Target } from '#collectors/code/ir';
import { label } from '#collectors/code/ir';
import {
  isNothing,
  join,
  literal,
  nothing,
  record,
  type Scope,
  scopeBelow,
  text,
  unknownValue,
  type Value,
} from '#collectors/code/value';
import { evaluate } from './expression.ts';
import { type Frame, step } from './machine.ts';
import { memberOf } from './member.ts';
import { bind, force } from './module.ts';

export function runStatements(body: readonly Stmt[], frame: Frame): void {
  for (const statement of body) {
    if (frame.ended) return;
    step(frame.machine, () => run(statement, frame));
  }
}

function run(statement: Stmt, frame: Frame): void {
  switch (statement.k) {
    case 'do':
      evaluate(statement.expr, frame);
      return;
    case 'let':
      declare(statement, frame);
      return;
    case 'if': {
      const test = evaluate(statement.test, frame);
      const known = test.is === 'constant' && typeof test.value === 'boolean' ? test.value : null;
      if (known !== false) runBlock(statement.yes, frame, known === null);
      if (known !== true) runBlock(statement.no, frame, known === null);
      return;
    }
    case 'each':
      runEach(statement, frame);
      return;
    case 'block':
      runBlock(statement.body, frame, statement.maybe);
      return;
    case 'return':
      if (statement.value) frame.returns.push(evaluate(statement.value, frame));
      // What follows a return in a branch still runs when the branch is not taken.
      if (frame.maybe === 0) frame.ended = true;
      return;
    case 'import':
      for (const { from, as } of statement.names) {
        frame.scope.vars.set(as, {
          is: 'import',
          from: frame.module,
          spec: statement.spec,
          name: from,
          resolved: null,
        });
      }
      return;
    case 'import-all':
      frame.scope.stars.push({ is: 'import', from: frame.module, spec: statement.spec, name: '*', resolved: null });
      return;
    case 'export':
      frame.module.exports.set(statement.as, { local: statement.local });
      return;
    case 'export-from':
      if (statement.as === '*') frame.module.stars.push(statement.spec);
      else frame.module.exports.set(statement.as, { spec: statement.spec, from: statement.from });
      return;
    case 'export-value':
      frame.module.common.fields.set('exports', evaluate(statement.value, frame));
      return;
  }
}

function declare(statement: Stmt & { k: 'let' }, frame: Frame): void {
  if (!statement.value) {
    // `var x;` leaves what a loop before it bound; an annotation alone binds nothing.
    if (statement.target.k !== 'name' || !frame.module.language.blockScoped) return;
    const { name } = statement.target;
    const value = statement.type ? { ...unknownValue(name), type: label(statement.type) } : nothing;
    if (!frame.scope.vars.has(name)) frame.scope.vars.set(name, value);
    return;
  }
  let value = evaluate(statement.value, frame);
  if (value.is === 'unknown' && statement.type) value = { ...value, type: label(statement.type) };
  assign(statement.target, value, frame, true);
}

function runBlock(body: readonly Stmt[], frame: Frame, maybe: boolean): void {
  if (body.length === 0) return;
  const { scope } = frame;
  if (frame.module.language.blockScoped) frame.scope = scopeBelow(scope, false);
  if (maybe) frame.maybe++;
  try {
    runStatements(body, frame);
  } finally {
    if (maybe) frame.maybe--;
    frame.scope = scope;
  }
}

const maxRounds = 2_000;

function runEach(statement: Stmt & { k: 'each' }, frame: Frame): void {
  const of = force(evaluate(statement.of, frame), frame.machine);
  const { items, open } = iterated(of, statement.keys, label(statement.of));
  const { scope } = frame;
  for (const item of items.slice(0, maxRounds)) {
    if (frame.module.language.blockScoped) frame.scope = scopeBelow(scope, false);
    if (open) frame.maybe++;
    assign(statement.target, item, frame, true);
    runBlock(statement.body, frame, false);
    if (open) frame.maybe--;
    frame.scope = scope;
    if (frame.ended) return;
  }
}

/** What a loop runs over: keys of a dictionary, items of a list, or one unknown thing. */
function iterated(of: Value, keys: boolean, name: string): { items: Value[]; open: boolean } {
  if (of.is === 'list') {
    const items = keys ? of.items.map((_, i): Value => ({ is: 'constant', value: i })) : of.items;
    return of.open && items.length === 0 ? { items: [unknownValue(name)], open: true } : { items, open: of.open };
  }
  if (of.is === 'record' && of.cls === null) return { items: [...of.fields.keys()].map(text), open: of.open };
  return { items: [unknownValue(name)], open: true };
}

/** Binds a target. A declaration binds in the scope at hand; an assignment where the name already is. */
export function assign(target: Target, value: Value, frame: Frame, declares = false): void {
  switch (target.k) {
    case 'name':
      bind(home(target.name, frame, declares), target.name, value, frame.maybe > 0);
      return;
    case 'place':
      assignPlace(target, value, frame);
      return;
    case 'items': {
      const known = force(value, frame.machine);
      target.items.forEach((item, i) => {
        if (item) assign(item, itemAt(known, i), frame, declares);
      });
      return;
    }
    case 'fields':
      assignFields(target, value, frame, declares);
      return;
  }
}

function home(name: string, frame: Frame, declares: boolean): Scope {
  const { scope, module } = frame;
  if (!module.language.blockScoped || declares) return scope;
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    if (at.vars.has(name)) return at;
  }
  return module.scope;
}

function itemAt(list: Value, position: number): Value {
  return (list.is === 'list' ? list.items[position] : undefined) ?? unknownValue('');
}

function assignPlace(target: Target & { k: 'place' }, value: Value, frame: Frame): void {
  const of = force(evaluate(target.of, frame), frame.machine);
  const name =
    typeof target.name === 'string' ? target.name : literal(force(evaluate(target.name, frame), frame.machine));
  const fields = of.is === 'record' || of.is === 'router' ? (of.is === 'router' ? of.router.fields : of.fields) : null;
  if (name === null) {
    if (of.is === 'record') of.open = true;
    return;
  }
  // An array's `.push` aside, a list is written by its places rarely; what it then holds is not known.
  if (of.is === 'list') of.open = true;
  if (of.is === 'class') of.statics.set(name, value);
  if (of.is === 'function') fieldsOf(frame.machine.attributes, of.node).set(name, value);
  if (fields === null) return;
  const before = fields.get(name);
  fields.set(name, frame.maybe > 0 && before !== undefined && !isNothing(before) ? join(before, value) : value);
}

function fieldsOf(all: Map<object, Map<string, Value>>, node: object): Map<string, Value> {
  const known = all.get(node);
  if (known) return known;
  const fields = new Map<string, Value>();
  all.set(node, fields);
  return fields;
}

function assignFields(target: Target & { k: 'fields' }, value: Value, frame: Frame, declares: boolean): void {
  const taken = new Set(target.fields.map((field) => field.key));
  for (const { key, target: inner, fallback } of target.fields) {
    let field = memberOf(value, key, frame);
    if (fallback && isNothing(field)) field = evaluate(fallback, frame);
    assign(inner, field, frame, declares);
  }
  if (!target.rest) return;
  const known = force(value, frame.machine);
  const rest = record();
  rest.open = known.is !== 'record' || known.open;
  if (known.is === 'record') for (const [key, field] of known.fields) if (!taken.has(key)) rest.fields.set(key, field);
  assign({ k: 'name', name: target.rest }, rest, frame, declares);
}
