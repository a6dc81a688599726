import { valueType } from '#collectors/traffic/query';
import { compareText } from '#model/order';
import { segmentType } from '#path/segment';
import { type Recognised, recognise } from './data-class/recognise.ts';
import { type Sense, senseOf } from './data-class/sense.ts';
import { type Chance, type Data, printOf, smallest, type Trace } from './data-class/trace.ts';
import { type Field, joinFormats, maxFields } from './field.ts';
import { isName } from './name.ts';

/** A value as bodies hold it: what JSON.parse gives; other formats are brought to it, with texts for all scalars. */
export interface Tree {
  value: unknown;
  /** Scalars are texts whose type is to be guessed (forms, XML, queries), and an array is a name that was repeated. */
  textual: boolean;
  /** Objects that were cut: what they lack may have come later. */
  open: ReadonlySet<object>;
}

export interface Walked {
  fields: Field[];
  data: Data;
}

const maxDepth = 8;
/** Scalars of one tree that are looked at, and items of one array; the rest is more of the same. */
const maxValues = 4_096;
const maxItems = 10;
/** An object with more keys than a program's author would write, all with values of one kind, is a map. */
const maxKeys = 64;

/** JSON Schema's types, a bit each. */
const typeNames = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'] as const;
const arrayBit = 1;
const booleanBit = 2;
const integerBit = 4;
const nullBit = 8;
const numberBit = 16;
const objectBit = 32;
const stringBit = 64;

/** One field of one sample. */
class Node implements Recognised {
  readonly name: string;
  readonly sense: Sense;
  children: Map<string, Node> | null = null;
  types = 0;
  format: string | undefined;
  /** Closed objects that had it, and those that it was itself. */
  present = 0;
  closed = 0;
  open = false;
  classes: Set<string> | null = null;
  chances: Map<string, { prints: number[]; failed: number }> | null = null;

  constructor(name: string, sense: Sense) {
    this.name = name;
    this.sense = sense;
  }

  sure(name: string): void {
    this.classes ??= new Set();
    this.classes.add(name);
  }

  maybe(name: string, text: string, passes: boolean): void {
    this.chances ??= new Map();
    let chance = this.chances.get(name);
    if (!chance) {
      chance = { prints: [], failed: 0 };
      this.chances.set(name, chance);
    }
    if (passes) chance.prints = smallest([...chance.prints, printOf(text)]);
    else chance.failed++;
  }
}

/**
 * The fields of a tree with their types and formats, and the classes of data in it, at `place`. Bounded in depth, fields, items and
 * values; names that are values themselves become `{}`. Hot: once for each value of each inspected body.
 */
export function walk({ value, textual, open }: Tree, place: string): Walked {
  const walker = new Walker(textual, open);
  const root = new Node('', senseOf(place.slice(place.lastIndexOf(' ') + 1)));
  walker.visit(root, value, 0);
  const fields: Field[] = [];
  const sure: Trace[] = [];
  const maybe: Chance[] = [];
  tell(root, '', null, place, fields, sure, maybe);
  fields.sort((a, b) => compareText(a.path, b.path));
  return { fields, data: { sure, maybe } };
}

class Walker {
  #nodes = 0;
  #values = 0;
  readonly #textual: boolean;
  readonly #open: ReadonlySet<object>;

  constructor(textual: boolean, open: ReadonlySet<object>) {
    this.#textual = textual;
    this.#open = open;
  }

  visit(node: Node, value: unknown, depth: number): void {
    if (typeof value === 'string') this.#text(node, value);
    else if (typeof value === 'number') this.#number(node, value);
    else if (typeof value === 'boolean') node.types |= booleanBit;
    else if (value === null || value === undefined) node.types |= nullBit;
    else if (Array.isArray(value)) this.#array(node, value, depth);
    else this.#object(node, value as Record<string, unknown>, depth);
  }

  #text(node: Node, text: string): void {
    if (++this.#values > maxValues) return;
    const type = this.#textual ? valueType(text) : segmentTypeOf(text);
    if (this.#textual && (type === 'integer' || type === 'number' || type === 'boolean'))
      node.types |= type === 'integer' ? integerBit : type === 'number' ? numberBit : booleanBit;
    else {
      node.types |= stringBit;
      if (text !== '') node.format = joinFormats(node.format, formats.has(type) ? type : '');
    }
    recognise(node.sense, text, node);
  }

  #number(node: Node, value: number): void {
    if (++this.#values > maxValues) return;
    const whole = Number.isInteger(value);
    node.types |= whole ? integerBit : numberBit;
    if (whole && (value > 999_999 || node.sense.named.length > 0)) recognise(node.sense, String(value), node);
    else if (node.sense.named.length > 0) recognise(node.sense, String(value), node);
  }

  #array(node: Node, items: readonly unknown[], depth: number): void {
    if (this.#textual) {
      for (let i = 0; i < items.length && i < maxItems; i++) this.visit(node, items[i], depth);
      return;
    }
    node.types |= arrayBit;
    if (items.length === 0 || depth >= maxDepth) return;
    const child = this.#child(node, '[]');
    if (!child) return;
    if (isPosition(node, items)) child.sure('geolocation');
    for (let i = 0; i < items.length && i < maxItems; i++) this.visit(child, items[i], depth + 1);
  }

  #object(node: Node, value: Record<string, unknown>, depth: number): void {
    node.types |= objectBit;
    const closed = !this.#open.has(value);
    if (closed) node.closed++;
    else node.open = true;
    if (depth >= maxDepth) return;
    const keys = Object.keys(value);
    const isMap = isMapOf(keys, value);
    let latitude: Node | null = null;
    let longitude: Node | null = null;
    for (let i = 0; i < keys.length && this.#values <= maxValues; i++) {
      const key = keys[i]!;
      const child = this.#child(node, isMap || !isName(key) ? '{}' : key);
      if (!child) continue;
      if (closed) child.present++;
      const held = value[key];
      this.visit(child, held, depth + 1);
      if (child.sense.latitude && isDegree(held, 90)) latitude = child;
      else if (child.sense.longitude && isDegree(held, 180)) longitude = child;
    }
    if (latitude && longitude) {
      latitude.sure('geolocation');
      longitude.sure('geolocation');
    }
  }

  #child(node: Node, name: string): Node | null {
    const known = node.children?.get(name);
    if (known) return known;
    if (this.#nodes >= maxFields) return null;
    this.#nodes++;
    // Items have their array's sense: `emails[]`.
    const child = new Node(name, name === '[]' || name === '{}' ? node.sense : senseOf(name));
    node.children ??= new Map();
    node.children.set(name, child);
    return child;
  }
}

const formats = new Set([
  'uuid',
  'date',
  'date-time',
  'email',
  'ipv4',
  'hex',
  'ulid',
  'jwt',
  'token',
  'integer',
  'number',
]);

/** Formats of JSON's texts; long ones are prose or binary. */
function segmentTypeOf(text: string): string {
  return text.length > 512 ? '' : (segmentType(text) ?? '');
}

/** Keys that are mostly values, or too many to be written by hand and all alike. */
function isMapOf(keys: readonly string[], value: Record<string, unknown>): boolean {
  if (keys.length === 0) return false;
  if (keys.length > maxKeys) {
    const kind = typeof value[keys[0]!];
    let alike = 0;
    for (let i = 0; i < maxKeys; i++) if (typeof value[keys[i]!] === kind) alike++;
    if (alike === maxKeys) return true;
  }
  let values = 0;
  const looked = Math.min(keys.length, maxKeys);
  for (let i = 0; i < looked; i++) if (!isName(keys[i]!)) values++;
  return values * 2 >= looked;
}

/** Whole degrees are more often something else. */
function isDegree(value: unknown, most: number): boolean {
  if (typeof value === 'string' && !/^-?[0-9]{1,3}\.[0-9]{1,16}$/.test(value.slice(0, 24))) return false;
  if (typeof value !== 'number' && typeof value !== 'string') return false;
  const degrees = Number(value);
  return Math.abs(degrees) <= most && degrees !== 0 && !Number.isInteger(degrees);
}

/** GeoJSON (RFC 7946, section 3.1.1): longitude, latitude. */
function isPosition(node: Node, items: readonly unknown[]): boolean {
  return (
    node.name === 'coordinates' &&
    (items.length === 2 || items.length === 3) &&
    isDegree(items[0], 180) &&
    isDegree(items[1], 90)
  );
}

/** Paths are made of property keys, which V8 keeps apart from the text that they came from: no body stays behind them. */
function tell(
  node: Node,
  path: string,
  parent: Node | null,
  place: string,
  fields: Field[],
  sure: Trace[],
  maybe: Chance[],
): void {
  const { format } = node;
  const types = typesOf[node.types]!;
  const always = parent && parent.closed > 0 && !parent.open && node.present === parent.closed ? 1 : 0;
  const whole = node.closed > 0 && !node.open ? 1 : 0;
  fields.push(
    format === undefined
      ? { path, types, samples: 1, always, whole }
      : { path, types, format, samples: 1, always, whole },
  );
  if (node.classes || node.chances) {
    const at = path === '' ? place : `${place} ${path}`;
    for (const name of node.classes ?? []) sure.push({ class: name, place: at, samples: 1 });
    for (const [name, { prints, failed }] of node.chances ?? [])
      maybe.push({ class: name, place: at, samples: 1, prints, failed });
  }
  for (const child of node.children?.values() ?? []) {
    const joint = path === '' || child.name === '[]' || child.name === '{}' ? '' : '.';
    tell(child, `${path}${joint}${child.name}`, node, place, fields, sure, maybe);
  }
}

/** Types by their bits. */
const typesOf = Array.from({ length: 2 * stringBit }, (_, bits) => {
  const numeric = bits & numberBit ? bits & ~integerBit : bits;
  return typeNames.filter((_name, i) => numeric & (1 << i));
});
