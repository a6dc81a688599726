/** Longer targets are no paths of an API; what is beyond is cut at a segment. */
export const maxPathLength = 2_048;
const maxSegments = 64;

const unreserved = /[A-Za-z0-9\-._~]/;

/**
 * The path of a request target, comparable with others: without scheme, authority, query and fragment, dot segments
 * resolved, percent-encoding normalised (RFC 3986, section 6.2.2), empty segments and a trailing slash dropped, and
 * matrix parameters (`;jsessionid=…`, which may be secrets) left out, except `;rev=` which names an API's revision.
 *
 * Always begins with `/`. The asterisk and authority forms (RFC 9112, section 3.2) give `/`.
 */
export function normalisePath(target: string): string {
  const segments: string[] = [];
  let length = 0;
  for (const raw of pathOf(target).split('/', maxSegments + 2)) {
    const segment = normaliseSegment(raw);
    if (segment === '' || segment === '.') continue;
    if (segment === '..') {
      segments.pop();
      continue;
    }
    length += segment.length + 1;
    if (segments.length === maxSegments || length > maxPathLength) break;
    segments.push(segment);
  }
  return `/${segments.join('/')}`;
}

/** Splits a path that is already normal; `/` has no segments. */
export function splitPath(path: string): string[] {
  return path === '/' || path === '' ? [] : path.slice(path[0] === '/' ? 1 : 0).split('/');
}

/** `/v2` below `/api` is `/api/v2`; either may be empty or `/`. */
export function joinPaths(base: string, path: string): string {
  const head = base.endsWith('/') ? base.slice(0, -1) : base;
  const tail = path === '/' ? '' : path;
  return head + tail || '/';
}

/** True when `path` is `base` or below it, by whole segments: `/apifoo` is not under `/api`. */
export function isBelow(path: string, base: string): boolean {
  return base === '' || base === '/' || path === base || path.startsWith(`${base}/`);
}

function pathOf(target: string): string {
  let from = 0;
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.exec(target);
  if (scheme) {
    const slash = target.indexOf('/', scheme[0].length);
    if (slash < 0) return '/';
    from = slash;
  }
  let to = target.length;
  const query = target.indexOf('?', from);
  if (query >= 0) to = query;
  const fragment = target.indexOf('#', from);
  if (fragment >= 0 && fragment < to) to = fragment;
  const path = target.slice(from, to);
  return path.startsWith('/') ? path : '/';
}

function normaliseSegment(raw: string): string {
  const matrix = raw.indexOf(';');
  const text = matrix < 0 ? raw : raw.slice(0, matrix) + (/;rev=[0-9]+/.exec(raw)?.[0] ?? '');
  if (!text.includes('%')) return text;
  return text.replace(/%([0-9A-Fa-f]{2})/g, (triplet, hex: string) => {
    const char = String.fromCharCode(Number.parseInt(hex, 16));
    return unreserved.test(char) ? char : triplet.toUpperCase();
  });
}
