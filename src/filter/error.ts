import { nearest } from '#model/nearest';

/** A filter that cannot be read: what is wrong, where, and what would be right. Exit code 2. */
export class FilterError extends Error {
  override name = 'FilterError';
  /** Offset into the expression, counted from 0; `null` when the whole of it is meant. */
  readonly position: number | null;

  constructor(message: string, position: number | null = null) {
    super(message);
    this.position = position;
  }
}

/** `Did you mean "method"? ` or nothing. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === null ? '' : `Did you mean "${near}"? `;
}
