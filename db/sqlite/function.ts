import type Database from 'better-sqlite3';
import { addFacts, joinFacts } from '#db/facts';
import { compilePattern } from '#db/pattern';
import type { Facts } from '#model/sighting';

const maxPatterns = 64;

/** What SQL calls: REGEXP, and the joining of facts. Only our own statements may (`directOnly`), no schema. */
export function registerFunctions(db: Database.Database): void {
  const options = { deterministic: true, directOnly: true };
  const patterns = new Map<string, RegExp>();
  db.function('regexp', options, (pattern: string, value: string | null) => {
    let compiled = patterns.get(pattern);
    if (!compiled) {
      if (patterns.size >= maxPatterns) patterns.clear();
      compiled = compilePattern(pattern);
      patterns.set(pattern, compiled);
    }
    return value !== null && compiled.test(value) ? 1 : 0;
  });
  const onText = (join: (a: Facts, b: Facts) => Facts) => (a: string, b: string) =>
    JSON.stringify(join(JSON.parse(a) as Facts, JSON.parse(b) as Facts));
  db.function('join_facts', options, onText(joinFacts));
  db.function('add_facts', options, onText(addFacts));
}
