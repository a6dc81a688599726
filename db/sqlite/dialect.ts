import { sql } from 'kysely';
import type { Dialect } from '#db/query/condition';

/** LIKE would ignore the case of ASCII letters; these do not. */
export const sqliteDialect: Dialect = {
  endsWith: (text, value) => sql`substr(${text}, ${-[...value].length}) = ${value}`,
  contains: (text, value) => sql`instr(${text}, ${value}) > 0`,
  matches: (text, pattern) => sql`${text} regexp ${pattern}`,
};
