import {
  type Argument,
  type Call,
  join,
  type ListValue,
  literal,
  native,
  nothing,
  type RecordValue,
  record,
  type Text,
  text,
  unknownValue,
  type Value,
} from '#collectors/code/value';
import { callValue, given } from './call.ts';
import { textOf } from './expression.ts';
import type { Machine } from './machine.ts';
import { force } from './module.ts';

/** Methods of text, lists and dictionaries that keep values known. Names of JavaScript and Python do not clash. */
export function builtinMember(of: Value, name: string, machine: Machine): Value | undefined {
  const method =
    of.is === 'text'
      ? textMethod(of, name)
      : of.is === 'list'
        ? listMethod(of, name, machine)
        : of.is === 'record'
          ? recordMethod(of, name)
          : undefined;
  if (of.is === 'text' && name === 'value') return of;
  if (of.is === 'list' && name === 'length') return { is: 'constant', value: of.open ? undefined : of.items.length };
  return method && native(name, method);
}

type Method = (call: Call) => Value;

const changes: Record<string, (whole: string, args: string[]) => string> = {
  toString: (whole: string) => whole,
  toLowerCase: (whole) => whole.toLowerCase(),
  lower: (whole) => whole.toLowerCase(),
  toUpperCase: (whole) => whole.toUpperCase(),
  upper: (whole) => whole.toUpperCase(),
  trim: (whole) => whole.trim(),
  strip: (whole, [set]) => trimmed(whole, set, true, true),
  lstrip: (whole, [set]) => trimmed(whole, set, true, false),
  rstrip: (whole, [set]) => trimmed(whole, set, false, true),
  replace: (whole, [from, to]) => whole.replace(from ?? '', () => to ?? ''),
  replaceAll: (whole, [from, to]) => (from ? whole.replaceAll(from, () => to ?? '') : whole),
};

function trimmed(whole: string, set: string | undefined, head: boolean, tail: boolean): string {
  const drops = (char: string | undefined) =>
    char !== undefined && (set === undefined ? /\s/.test(char) : set.includes(char));
  let from = 0;
  let to = whole.length;
  while (head && from < to && drops(whole[from])) from++;
  while (tail && to > from && drops(whole[to - 1])) to--;
  return whole.slice(from, to);
}

function textMethod(of: Text, name: string): Method | undefined {
  const change = Object.hasOwn(changes, name) ? changes[name] : undefined;
  if (change) {
    return (call) => {
      const whole = literal(of);
      const args = call.args.map((arg) => literal(force(arg.value(), call.machine)));
      return whole === null || args.includes(null)
        ? unknownValue(name)
        : { ...text(change(whole, args as string[])), assumes: of.assumes };
    };
  }
  switch (name) {
    case 'concat':
      return ({ args, frame }) => textJoin('', [of, ...args.map((arg) => textOf(arg.value(), frame))]);
    case 'join':
      return (call) => joinList(call.args[0], of, call);
    case 'split':
      return (call) => {
        const [whole, by] = [literal(of), literal(force(call.args[0]?.value() ?? nothing, call.machine))];
        if (whole === null || !by) return unknownValue(name);
        return { is: 'list', items: whole.split(by, 64).map(text), open: false };
      };
    case 'format':
      return (call) => format(of, call);
    default:
      return undefined;
  }
}

function joinList(list: Argument | undefined, by: Text, call: Call): Value {
  const items = force(list?.value() ?? nothing, call.machine);
  if (items.is !== 'list' || items.open) return unknownValue('join');
  return textJoin(
    literal(by) ?? '',
    items.items.map((item) => textOf(item, call.frame)),
  );
}

export function textJoin(by: string, texts: readonly Text[]): Text {
  const pieces = texts.flatMap((each, i) => (i > 0 && by !== '' ? [by, ...each.pieces] : each.pieces));
  const merged: Text['pieces'] = [];
  for (const piece of pieces.slice(0, 256)) {
    const last = merged.at(-1);
    if (typeof piece === 'string' && typeof last === 'string') merged[merged.length - 1] = last + piece;
    else merged.push(piece);
  }
  return { is: 'text', pieces: merged, assumes: [...new Set(texts.flatMap((each) => each.assumes))] };
}

/** `'{}/users'.format(prefix)`, `'{base}/users'.format(base=prefix)`. */
function format(of: Text, call: Call): Value {
  const whole = literal(of);
  if (whole === null) return unknownValue('format');
  const positional = call.args.filter((arg) => arg.name === undefined);
  let next = 0;
  const parts = whole.split(/(\{\w*\})/).map((part) => {
    if (!/^\{\w*\}$/.test(part)) return text(part);
    const key = part.slice(1, -1);
    const arg =
      key === '' ? positional[next++] : (call.args.find((each) => each.name === key) ?? positional[Number(key)]);
    return arg ? textOf(arg.value(), call.frame, arg.expr) : text(part);
  });
  return textJoin('', parts);
}

const maxItems = 10_000;

function listMethod(of: ListValue, name: string, machine: Machine): Method | undefined {
  const list = (items: Value[], open = of.open): Value => ({ is: 'list', items: items.slice(0, maxItems), open });
  /** Open lists have one more item, of which nothing is known. */
  const each = (run: (item: Value, i: number) => Value) =>
    (of.open && of.items.length === 0 ? [unknownValue('item')] : of.items).map(run);
  const callback = (call: Call, item: Value, i: number) => {
    const [fn] = call.args;
    const index: Value = { is: 'constant', value: i };
    return fn ? callValue(fn.value(), { ...call, args: [given(item, call.frame), given(index, call.frame)] }) : nothing;
  };
  switch (name) {
    case 'forEach':
    case 'map':
    case 'flatMap':
      return (call) => {
        const items = each((item, i) => callback(call, item, i));
        return list(name === 'flatMap' ? items.flatMap((item) => (item.is === 'list' ? item.items : [item])) : items);
      };
    case 'filter':
      return () => of;
    case 'find':
      return () => of.items.reduce(join, nothing);
    case 'reduce':
      return (call) => {
        let value = call.args[1]?.value() ?? of.items[0] ?? nothing;
        for (const item of call.args[1] ? of.items : of.items.slice(1)) {
          const args = [given(value, call.frame), given(item, call.frame)];
          value = callValue(call.args[0]?.value() ?? nothing, { ...call, args });
        }
        return value;
      };
    case 'push':
    case 'append':
    case 'add':
      return (call) => {
        if (of.items.length < maxItems) of.items.push(...call.args.map((arg) => arg.value()));
        if (call.frame.maybe > 0) of.open = true;
        return nothing;
      };
    case 'concat':
    case 'extend':
      return (call) => {
        const others = call.args.map((arg) => force(arg.value(), machine));
        const items = others.flatMap((other) => (other.is === 'list' ? other.items : [other]));
        if (name === 'concat') return list([...of.items, ...items]);
        if (of.items.length + items.length <= maxItems) of.items.push(...items);
        return nothing;
      };
    case 'join':
      return (call) => {
        const by = call.args[0] ? literal(force(call.args[0].value(), machine)) : ',';
        if (by === null || of.open) return unknownValue(name);
        return textJoin(
          by,
          of.items.map((item) => textOf(item, call.frame)),
        );
      };
    case 'flat':
      return () => list(of.items.flatMap((item) => (item.is === 'list' ? item.items : [item])));
    case 'reverse':
      return () => list(of.items.toReversed());
    case 'slice':
    case 'copy':
    case 'values':
    case 'sort':
      return (call) => (call.args.length === 0 ? of : list(of.items, true));
    case 'entries':
      return () => list(of.items.map((item, i) => list([{ is: 'constant', value: i }, item], false)));
    default:
      return undefined;
  }
}

function recordMethod(of: RecordValue, name: string): Method | undefined {
  const list = (items: Value[]): Value => ({ is: 'list', items, open: of.open });
  switch (name) {
    case 'items':
      return () => list([...of.fields].map(([key, value]) => ({ is: 'list', items: [text(key), value], open: false })));
    case 'values':
      return () => list([...of.fields.values()]);
    case 'keys':
      return () => list([...of.fields.keys()].map(text));
    case 'get':
      return (call) => {
        const key = literal(force(call.args[0]?.value() ?? nothing, call.machine));
        const field = key === null ? undefined : of.fields.get(key);
        if (field || of.open) return field ?? unknownValue(name);
        return call.args[1]?.value() ?? nothing;
      };
    case 'update':
      return (call) => {
        const other = force(call.args[0]?.value() ?? record(), call.machine);
        if (other.is === 'record') for (const [key, value] of other.fields) of.fields.set(key, value);
        else of.open = true;
        return nothing;
      };
    default:
      return undefined;
  }
}
