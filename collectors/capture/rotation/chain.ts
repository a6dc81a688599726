import { basename, dirname } from 'node:path';
import type { Opening } from '#collectors/capture/input/opening';
import type { FoundFile } from '#collectors/files';
import { type RotationName, rotationName } from './name.ts';

/** A capture as it was found, and what its first block tells. */
export interface FoundCapture extends FoundFile {
  opening: Opening;
}

/** Clocks of names are local: they differ from the packets' by a multiple of this, up to so many hours. */
const zoneStep = 900_000;
const farthestZone = 14 * 3_600_000;
/** A packet that begins a file may be a little older than the file's name. */
const early = 2_000;
/** The longest that a rotation may be silent: longer than that no connection is kept. */
export const longestSilence = 300_000;

interface Named {
  file: FoundCapture;
  name: RotationName;
}

/** What is known of the counters of files that may be of one rotation. */
interface Counters {
  /** The highest, behind which a ring begins anew. */
  last: number;
  /** Those of files without packets, which a silent recorder writes too. */
  silent: ReadonlySet<number | null>;
}

/**
 * Captures in groups, each of the files of one rotation in the order of recording; what is no part of a rotation is alone. Groups are in
 * the order of `captures`, by their first file; `captures` are in the order of their first packets.
 *
 * Whether files are of one rotation is told by the folder, the recorder's header, the names but for counter and time, and the time in the
 * name, which has to be that of the packets. The counter goes on by one. What cannot be told is apart; whether the packets go on too, the
 * {@link file://./reader.ts reader} sees.
 */
export function rotationsOf(captures: readonly FoundCapture[]): FoundCapture[][] {
  const families = Map.groupBy(captures, familyOf);
  const next = new Map<FoundCapture, FoundCapture>();
  const followers = new Set<FoundCapture>();
  for (const files of families.values()) {
    const all = files.flatMap((file) => nameOf(file) ?? []).sort(inOrderOfCounters);
    const [named = [], empty = []] = [true, false].map((some) => all.filter(({ file }) => holdsPackets(file) === some));
    const last = Math.max(...all.map(({ name }) => name.counter ?? 0));
    const silent = new Set(empty.map(({ name }) => name.counter));
    for (const [i, one] of named.slice(0, -1).entries()) {
      const other = named[i + 1]!;
      if (!follows(one, other, { last, silent })) continue;
      next.set(one.file, other.file);
      followers.add(other.file);
    }
  }
  return captures.filter((file) => !followers.has(file)).map((file) => [...from(file, next)]);
}

function* from(file: FoundCapture, next: ReadonlyMap<FoundCapture, FoundCapture>): Generator<FoundCapture> {
  for (let at: FoundCapture | undefined = file; at !== undefined; at = next.get(at)) yield at;
}

/** Files that may be of one rotation share it; one that tells too little is a family of its own. */
function familyOf(file: FoundCapture): string {
  const { absolute, opening } = file;
  const name = rotationName(basename(absolute));
  if (name === null || opening.header === '') return absolute;
  return JSON.stringify([dirname(absolute), name.stem, name.time === null, name.counter === null, opening.header]);
}

function nameOf(file: FoundCapture): Named | null {
  const name = rotationName(basename(file.absolute));
  return name === null ? null : { file, name };
}

/** Small files may begin in the same tick of a clock. */
function inOrderOfCounters(a: Named, b: Named): number {
  return (a.file.opening.first ?? 0) - (b.file.opening.first ?? 0) || (a.name.counter ?? 0) - (b.name.counter ?? 0);
}

function holdsPackets({ opening }: FoundCapture): boolean {
  return opening.first !== null;
}

function follows(one: Named, other: Named, { last, silent }: Counters): boolean {
  const [a, b] = [one.name, other.name];
  const isLater = a.time !== null && b.time !== null && b.time.at > a.time.at;
  if (a.time !== null && !isLater && (b.time?.at !== a.time.at || b.counter === null)) return false;
  let next = (a.counter ?? 0) + 1;
  while (silent.has(next)) next++;
  if (a.counter !== null && b.counter !== next) {
    const isRing = a.time === null && a.counter === last && last > 0;
    if (!b.restarts || b.counter !== 0 || !(isLater || isRing)) return false;
  }
  return a.time === null || zonesOf(one).some((zone) => zonesOf(other).includes(zone));
}

/** What a clock's zone would have to be, in milliseconds, for the name's time to be that of the first packet. */
function zonesOf({ name: { time }, file }: Named): number[] {
  const ahead = file.opening.first! - time!.at;
  const zones: number[] = [];
  const lowest = Math.ceil((ahead - time!.span - longestSilence) / zoneStep) * zoneStep;
  for (let zone = lowest; zone <= ahead + early; zone += zoneStep) {
    if (Math.abs(zone) <= (time!.local ? farthestZone : 0)) zones.push(zone);
  }
  return zones;
}
