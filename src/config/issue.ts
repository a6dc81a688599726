import type { z } from 'zod';
import { nearest } from '#model/nearest';
import type { Path } from './document.ts';

/** A zod issue in the words of the file: where it is, what is wrong, how to mend it. */
export interface Explained {
  path: Path;
  part: 'key' | 'value';
  message: string;
  mend: string;
}

type Issue = z.core.$ZodIssue;

/** @param keys The keys that are known at a place. */
export function explain(issue: Issue, keys: (path: Path) => string[]): Explained[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  const shown = path.length === 0 ? '' : `${pathText(path)}: `;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey([...path, key], keys(path)));
    case 'invalid_key':
      return [{ path, part: 'key', message: `${shown}${issue.issues[0]?.message ?? issue.message}`, mend: '' }];
    case 'invalid_union': {
      const branch = closest(issue.errors);
      if (branch === null || !issue.message.startsWith('Invalid input')) break;
      return branch.flatMap((inner) => explain({ ...inner, path: [...issue.path, ...inner.path] }, keys));
    }
    case 'invalid_type': {
      const last = path.at(-1);
      if (issue.message.endsWith('received undefined') && typeof last === 'string') {
        return [
          {
            path,
            part: 'key',
            message: `${shown}is missing`,
            mend: `give it: ${words[issue.expected] ?? issue.expected}`,
          },
        ];
      }
      if (!issue.message.startsWith('Invalid input')) break;
      return [
        { path, part: 'value', message: `${shown}expected ${words[issue.expected] ?? issue.expected}`, mend: '' },
      ];
    }
    case 'invalid_value':
      if (!issue.message.startsWith('Invalid')) break;
      return [
        {
          path,
          part: 'value',
          message: `${shown}expected ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`,
          mend: '',
        },
      ];
  }
  return [{ path, part: 'value', message: `${shown}${issue.message}`, mend: '' }];
}

export function unknownKey(path: Path, known: readonly string[]): Explained {
  const key = String(path.at(-1));
  const near = nearest(key, known);
  const mend = near !== null ? `did you mean ${near}?` : `known here: ${known.join(', ')}`;
  return { path, part: 'key', message: `unknown key ${pathText(path)}`, mend };
}

/** `sources.specs.paths[0]`. */
export function pathText(path: Path): string {
  return path.map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`)).join('');
}

const words: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'keys and values',
  record: 'keys and values',
};

/** Of a union's branches the one that went furthest before it failed; `null` when none did better than another. */
function closest(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const depth = (issues: readonly Issue[]) => Math.max(0, ...issues.map(({ path }) => path.length));
  const ranked = [...branches].filter((issues) => issues.length > 0).sort((a, b) => depth(b) - depth(a));
  return ranked[0] ?? null;
}
