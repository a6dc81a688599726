import type Database from 'better-sqlite3';
import { addFacts, joinFacts } from '#db/facts';
import { compilePattern } from '#db/pattern';
import { readJson } from '#db/stored';
import { facts } from '#db/view/shape';
import type { Facts } from '#model/sighting';

const readFacts = (json: string) => readJson<Facts>('sightings.facts', json, facts);

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
    JSON.stringify(join(readFacts(a), readFacts(b)));
  db.function('join_facts', options, onText(joinFacts));
  db.function('add_facts', options, onText(addFacts));
}
