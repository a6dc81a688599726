import type { Change } from '#db/store';
import { printable } from './printable.ts';
import { iso, moment } from './words.ts';

/** `verdict fine → zombie, observed fresh → stale`. */
export function fieldsText(fields: Change['fields']): string {
  return Object.entries(fields)
    .map(([field, [before, after]]) => `${field} ${before || '—'} → ${after || '—'}`)
    .join(', ');
}

/** `2026-06-15 12:30  changed  GET /orders  orders  verdict fine → zombie`. */
export function changeLine({ at, kind, method, path, service, verdict, fields }: Change): string {
  const what = kind === 'changed' ? fieldsText(fields) : verdict;
  return printable(`${moment(at)}  ${kind}  ${method} ${path}  ${service}  ${what}`);
}

export function changeJson(change: Change): object {
  const fields = Object.entries(change.fields).map(([field, [before, after]]) => ({ field, before, after }));
  return { ...change, at: iso(change.at), fields };
}
