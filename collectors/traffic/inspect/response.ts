import type { Exchange } from '#collectors/traffic/exchange';
import { responseDocument } from './body/document.ts';
import { type BodyFacts, bodyFacts, mergeBodyFacts } from './body/facts.ts';
import { type Counts, countsOf, mergeCounts } from './counts.ts';
import { type Data, mergeData } from './data-class/trace.ts';
import {
  bannersOf,
  cachingOf,
  challengesOf,
  corsOf,
  lifecycleOf,
  locationOf,
  protectionsOf,
  rateLimits,
  relationsOf,
} from './header/response-headers.ts';
import { mergeSetCookies, type SetCookie, setCookies } from './header/set-cookie.ts';
import { headerData, walkBody } from './places.ts';

/** What sampled answers of one operation and status show. Plain, and without any value. */
export interface ResponseFacts {
  samples: number;
  body: BodyFacts;
  headers: {
    rateLimits: Counts;
    cors: Counts;
    caching: Counts;
    protections: Counts;
    banners: Counts;
    lifecycle: Counts;
    relations: Counts;
    locations: Counts;
    challenges: Counts;
  };
  cookies: SetCookie[];
  data: Data;
}

/** Looks into one answer. Never throws, whatever it is given; linear in its size. */
export function inspectResponse(exchange: Exchange): ResponseFacts {
  const { requestHeaders, responseHeaders } = exchange;
  const document = responseDocument(exchange);
  const body = walkBody(document, 'response body');
  return {
    samples: 1,
    body: bodyFacts(document, body.fields),
    headers: {
      rateLimits: countsOf(rateLimits(responseHeaders)),
      cors: countsOf(corsOf(requestHeaders, responseHeaders)),
      caching: countsOf(cachingOf(responseHeaders)),
      protections: countsOf(protectionsOf(responseHeaders)),
      banners: countsOf(bannersOf(responseHeaders)),
      lifecycle: countsOf(lifecycleOf(responseHeaders)),
      relations: countsOf(relationsOf(responseHeaders)),
      locations: countsOf(locationOf(responseHeaders)),
      challenges: countsOf(challengesOf(responseHeaders)),
    },
    cookies: setCookies(responseHeaders.get('set-cookie')),
    data: mergeData([body.data, headerData(responseHeaders, 'response header')]),
  };
}

/** Commutative and associative; of none, the neutral facts. */
export function mergeResponseFacts(many: readonly ResponseFacts[]): ResponseFacts {
  const merged = (kind: keyof ResponseFacts['headers']) => mergeCounts(many.map(({ headers }) => headers[kind]));
  return {
    samples: many.reduce((sum, { samples }) => sum + samples, 0),
    body: mergeBodyFacts(many.map(({ body }) => body)),
    headers: {
      rateLimits: merged('rateLimits'),
      cors: merged('cors'),
      caching: merged('caching'),
      protections: merged('protections'),
      banners: merged('banners'),
      lifecycle: merged('lifecycle'),
      relations: merged('relations'),
      locations: merged('locations'),
      challenges: merged('challenges'),
    },
    cookies: mergeSetCookies(many.map(({ cookies }) => cookies)),
    data: mergeData(many.map(({ data }) => data)),
  };
}
