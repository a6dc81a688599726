import { retained } from '#collectors/traffic/retained';
import { type NamedClass, namedClasses } from './named.ts';
import { type NationalId, nationalIds } from './national-id.ts';
import { phoneNames } from './phone.ts';
import { wordsOf } from './words.ts';

/** What a field's name says of its values. */
export interface Sense {
  named: readonly NamedClass[];
  ids: readonly NationalId[];
  phone: boolean;
  card: boolean;
  ip: boolean;
  /** Its numbers are of another kind: ids, times, amounts. They are nobody's card or number by chance. */
  other: boolean;
  /** Half of a place. */
  latitude: boolean;
  longitude: boolean;
}

const cardNames =
  / (?:card|credit card|debit card|payment card|cc|pan|card ?number|creditcard(?: number)?) (?:(?:number|no|num|nr) )?$/;
const ipNames =
  / (?:ip|ips|ip ?addr(?:ess)?|ip ?v ?[46]|remote ?addr(?:ess)?|client ?addr(?:ess)?|forwarded for|client ip|real ip|peer|src|dst|remote host) (?:address )?$/;
const otherNames =
  / (?:id|ids|uuid|guid|key|timestamp|time|date|at|created|updated|modified|expires?|epoch|millis|nanos|seconds|phone|mobile|tel|fax|order|ref|reference|sequence|seq|serial|sku|ean|gtin|upc|isbn|issn|barcode|tracking|invoice|version|hash|checksum|digest|md 5|sha|size|length|count|total|sum|amount|price|cost|lat|latitude|lon|lng|longitude|revision|offset|cursor|nonce|trace|span|session|request|imei|imsi|iccid|code|build|index|position|bytes|token|etag|signature|transaction|balance|score|x|y|z|node|block|height|gas|value|number) $/;
const latitudeNames = /^ (?:[a-z]+ )?(?:lat|latitude) $/;
const longitudeNames = /^ (?:[a-z]+ )?(?:lon|lng|long|longitude) $/;

/** Names repeat; what they say is kept for as many as an application has. */
const known = new Map<string, Sense>();
const maxKnown = 4_096;

export function senseOf(name: string): Sense {
  const found = known.get(name);
  if (found) return found;
  const words = wordsOf(name);
  const sense: Sense = {
    named: namedClasses.filter(({ names, but }) => names.test(words) && !but?.test(words)),
    ids: nationalIds.filter(({ names }) => names.test(words)),
    phone: phoneNames.test(words),
    card: cardNames.test(words),
    ip: ipNames.test(words),
    other: otherNames.test(words),
    latitude: latitudeNames.test(words),
    longitude: longitudeNames.test(words),
  };
  if (known.size >= maxKnown) known.clear();
  known.set(retained(name), sense);
  return sense;
}
