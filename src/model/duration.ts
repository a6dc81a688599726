const units: Record<string, number> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Milliseconds of `500ms`, `30s`, `10m`, `1h30m`, `30d`, `1w`; `null` for anything else. */
export function parseDuration(text: string): number | null {
  if (!/^(?:[0-9]{1,9}(?:ms|[smhdw])){1,6}$/.test(text)) return null;
  let total = 0;
  for (const [, amount = '', unit = ''] of text.matchAll(/([0-9]+)(ms|[smhdw])/g)) {
    total += Number(amount) * (units[unit] ?? 0);
  }
  return total;
}
