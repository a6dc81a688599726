import type { Facts } from '#model/sighting';
import type { Credential } from './inspect/auth/credential.ts';
import type { Counts } from './inspect/counts.ts';
import { mergeData, provenData } from './inspect/data-class/trace.ts';
import type { SetCookie } from './inspect/header/set-cookie.ts';
import type { RequestFacts } from './inspect/request.ts';
import type { ResponseFacts } from './inspect/response.ts';

type Traits = NonNullable<Facts['traits']>;

/** What samples tell that has a name and a number: each group's words with the samples that showed them; empty groups left out. */
export function traitsOf(requests: RequestFacts, responses: ResponseFacts): Traits {
  const { headers } = responses;
  const data = provenData(mergeData([requests.data, responses.data]));
  const groups: Record<keyof Required<Traits>, Counts> = {
    data: counted(data, ({ class: name, place }) => `${name} in ${place}`),
    credentials: said(counted(requests.credentials, credentialText)),
    requestHeaders: requests.headers,
    askedVersions: requests.versions,
    operations: requests.operations,
    rateLimits: headers.rateLimits,
    cors: headers.cors,
    caching: said(headers.caching),
    protections: headers.protections,
    banners: headers.banners,
    lifecycle: headers.lifecycle,
    relations: headers.relations,
    locations: headers.locations,
    challenges: headers.challenges,
    cookies: counted(responses.cookies, cookieText),
  };
  return Object.fromEntries(Object.entries(groups).filter(([, counts]) => Object.keys(counts).length > 0)) as Traits;
}

/** Without what was said by nobody. */
function said({ none: _, ...counts }: Counts): Counts {
  return counts;
}

function counted<T extends { samples: number }>(items: readonly T[], textOf: (item: T) => string): Counts {
  const counts: Counts = {};
  for (const item of items) {
    const text = textOf(item);
    counts[text] = (counts[text] ?? 0) + item.samples;
  }
  return counts;
}

/** `jwt in header authorization: RS256, of login.example.com, for hours`. */
function credentialText({ mechanism, in: place, name, detail, jwt }: Credential): string {
  const where = place === '' ? '' : ` in ${place}${name === '' ? '' : ` ${name}`}`;
  const says = jwt
    ? [
        jwt.alg,
        jwt.iss === '' ? '' : `of ${jwt.iss}`,
        jwt.aud === '' ? '' : `for ${jwt.aud}`,
        jwt.lifetime === 'none' ? 'without an end' : `valid ${jwt.lifetime}`,
        jwt.expired ? 'expired' : '',
      ]
    : [detail];
  const words = says.filter((word) => word !== '').join(', ');
  return `${mechanism}${where}${words === '' ? '' : `: ${words}`}`;
}

/** `sid without HttpOnly, SameSite`. */
function cookieText({ name, lacks }: SetCookie): string {
  return lacks.length === 0 ? name : `${name} without ${lacks.join(', ')}`;
}
