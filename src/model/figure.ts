/** `1,234`. Without the platform's own formatter, which takes 14 ms to make: a tenth of a short command. */
export function figure(value: number): string {
  return String(value).replace(/\B(?=(?:[0-9]{3})+$)/g, ',');
}

/** `1 endpoint`, `1,200 endpoints`. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${figure(value)} ${value === 1 ? noun : plural}`;
}
