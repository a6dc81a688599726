const integer = new Intl.NumberFormat('en-US');

/** `1,234`. */
export function figure(value: number): string {
  return integer.format(value);
}

/** `1 endpoint`, `1,200 endpoints`. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${figure(value)} ${value === 1 ? noun : plural}`;
}
