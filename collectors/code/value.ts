import type { Frame, Machine } from './evaluate/machine.ts';
import type { ClassNode, Expr, FunctionNode } from './ir.ts';
import type { Language } from './language.ts';
import type { Router } from './router.ts';

/** What an expression stands for, as far as the source alone tells. */
export type Value =
  | Text
  | { is: 'constant'; value: number | boolean | null | undefined }
  | { is: 'regex'; source: string }
  | ListValue
  | RecordValue
  | FunctionValue
  | ClassValue
  | Native
  | Marker
  | ImportValue
  | { is: 'module'; module: Module }
  | { is: 'router'; router: Router }
  /** `list[int]`, `Annotated[str, Query()]`. */
  | { is: 'generic'; of: Value; args: Value[] }
  /** One of several things, none of them text. */
  | { is: 'either'; of: Value[] }
  | Unknown;

/** Text, with a hole where a part of it could not be read. */
export interface Text {
  is: 'text';
  pieces: Piece[];
  /** Variables of the environment whose literal default was taken. */
  assumes: string[];
}
export type Piece = string | { hole: string };

export interface ListValue {
  is: 'list';
  items: Value[];
  /** It may hold more than these. */
  open: boolean;
}

/** An object, a dictionary or an instance. */
export interface RecordValue {
  is: 'record';
  fields: Map<string, Value>;
  cls: ClassValue | null;
  /** What the constructor of a base class of a framework made. */
  base: Value | null;
  open: boolean;
}

export interface FunctionValue {
  is: 'function';
  node: FunctionNode;
  scope: Scope;
  module: Module;
  self: Value | null;
  /** The class it is a method of, from which `super` starts. */
  home: ClassValue | null;
}

export interface ClassValue {
  is: 'class';
  node: ClassNode;
  scope: Scope;
  module: Module;
  bases: Value[];
  statics: Map<string, Value>;
  /** The first that was made. */
  instance: RecordValue | null;
}

/** Something that a language or a framework brings along. */
export interface Native {
  is: 'native';
  name: string;
  call?(call: Call): Value;
  member?(name: string): Value | undefined;
  generic?: boolean;
}

/** A declaration that a framework reads where it is used: `Depends(get_user)`, `HTTPBearer()`. */
export interface Marker {
  is: 'marker';
  name: string;
  call: Call;
}

/** What an import binds, resolved when it is first needed, so that no file is parsed in vain. */
export interface ImportValue {
  is: 'import';
  from: Module;
  spec: string;
  /** `*` is the module itself. */
  name: string;
  resolved: Value | null;
}

export interface Unknown {
  is: 'unknown';
  /** Names only, for people. */
  label: string;
  /** Read from the environment. */
  environment?: boolean;
  /** The package it comes from, when that is not part of the source. */
  external?: string;
  /** The annotation's name. */
  type?: string;
  /** What an unknown function was given, and may hand back. */
  wraps?: Value;
  /** The router it is taken for. */
  adopted?: Router;
}

/** A call, as what is called sees it. */
export interface Call {
  args: Argument[];
  line: number;
  frame: Frame;
  machine: Machine;
}

export interface Argument {
  expr: Expr;
  /** Of a keyword argument. */
  name?: string;
  frame: Frame;
  value(): Value;
}

export interface Scope {
  vars: Map<string, Value>;
  parent: Scope | null;
  /** Assignments of a language without block scopes land in the nearest one that is. */
  ofFunction: boolean;
  /** Modules whose every name is a name here. */
  stars: ImportValue[];
}

/** A file of the source that was read. */
export interface Module {
  /** Relative to the scope's folder. */
  file: string;
  language: Language;
  scope: Scope;
  exports: Map<string, { local: string } | { spec: string; from: string }>;
  /** Modules that are handed on whole. */
  stars: string[];
  /** CommonJS's `module`. */
  common: RecordValue;
  state: 'new' | 'running' | 'done';
}

export const nothing: Value = { is: 'constant', value: undefined };

export function text(value: string): Text {
  return { is: 'text', pieces: value === '' ? [] : [value], assumes: [] };
}

export function hole(label: string): Text {
  return { is: 'text', pieces: [{ hole: label }], assumes: [] };
}

export function unknownValue(label: string): Unknown {
  return { is: 'unknown', label };
}

export function record(): RecordValue {
  return { is: 'record', fields: new Map(), cls: null, base: null, open: false };
}

export function native(name: string, call: (call: Call) => Value): Native {
  return { is: 'native', name, call };
}

/** A package, or a class whose members are known. */
export function namespace(name: string, members: Record<string, Value>, call?: (call: Call) => Value): Native {
  const known = new Map(Object.entries(members));
  return { is: 'native', name, member: (key) => known.get(key), ...(call && { call }) };
}

export function scopeBelow(parent: Scope | null, ofFunction: boolean): Scope {
  return { vars: new Map(), parent, ofFunction, stars: [] };
}

const maxTextLength = 8_192;

export function concat(left: Text, right: Text): Text {
  const pieces = [...left.pieces];
  for (const piece of right.pieces) {
    const last = pieces.at(-1);
    if (typeof piece !== 'string' || typeof last !== 'string') pieces.push(piece);
    else if (last.length + piece.length > maxTextLength) return hole('');
    else pieces[pieces.length - 1] = last + piece;
  }
  return pieces.length > 64 ? hole('') : { is: 'text', pieces, assumes: union(left.assumes, right.assumes) };
}

function union(left: string[], right: string[]): string[] {
  return right.length === 0 ? left : [...new Set([...left, ...right])];
}

/** The whole text, or `null` when a part of it is not known or it is no text. */
export function literal(value: Value | undefined): string | null {
  if (value?.is === 'constant' && typeof value.value === 'number') return String(value.value);
  if (value?.is !== 'text') return null;
  if (value.pieces.length === 0) return '';
  return value.pieces.length === 1 && typeof value.pieces[0] === 'string' ? value.pieces[0] : null;
}

/** Either of two values: what they have in common, all of them when they are no text, unknown otherwise. */
export function join(left: Value, right: Value): Value {
  if (left === right || isNothing(right)) return left;
  if (isNothing(left)) return right;
  const [a, b] = [literal(left), literal(right)];
  if (a !== null && a === b) return left;
  const all = [left, right]
    .flatMap((value) => (value.is === 'either' ? value.of : [value]))
    .filter((value) => value.is !== 'unknown' && value.is !== 'text' && value.is !== 'constant');
  if (all.length === 0 || left.is === 'text' || right.is === 'text') return unknownValue('');
  const distinct = [...new Set(all)].slice(0, 8);
  return distinct.length === 1 ? distinct[0]! : { is: 'either', of: distinct };
}

export function isNothing(value: Value): boolean {
  return value.is === 'constant' && (value.value === undefined || value.value === null);
}
