const months = 'JanFebMarAprMayJunJulAugSepOctNovDec';

/** Minutes east of UTC of the zones' names that Java prints most. */
const zones: Readonly<Record<string, number>> = {
  ...{ GMT: 0, UTC: 0, Z: 0, WET: 0, WEST: 60, BST: 60, CET: 60, CEST: 120, EET: 120, EEST: 180, MSK: 180, IST: 330 },
  ...{ EST: -300, EDT: -240, CST: -360, CDT: -300, MST: -420, MDT: -360, PST: -480, PDT: -420 },
  ...{ JST: 540, KST: 540, SGT: 480, AEST: 600, AEDT: 660, NZST: 720, NZDT: 780, SAST: 120 },
};

/**
 * Epoch milliseconds of a time as Java's `Date` prints it (`Mon Mar 02 10:30:00 CET 2026`); NaN for anything else. A zone whose name is not
 * known is `zone`, in minutes east of UTC.
 */
export function javaTimeOf(text: string, zone: number): number {
  const found =
    /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) ([A-Z]{1,5}|(?:GMT)?[+-][0-9]{2}:?[0-9]{2}) ([0-9]{4})$/.exec(
      text,
    );
  if (!found) return Number.NaN;
  const month = months.indexOf(found[1] as string) / 3;
  if (!Number.isInteger(month) || month < 0) return Number.NaN;
  const [day, hour, minute, second] = found.slice(2, 6).map(Number) as [number, number, number, number];
  return Date.UTC(Number(found[7]), month, day, hour, minute, second) - eastOf(found[6] as string, zone) * 60_000;
}

function eastOf(name: string, zone: number): number {
  const offset = /^(?:GMT)?([+-])([0-9]{2}):?([0-9]{2})$/.exec(name);
  if (!offset) return zones[name] ?? zone;
  const minutes = Number(offset[2]) * 60 + Number(offset[3]);
  return offset[1] === '-' ? -minutes : minutes;
}
