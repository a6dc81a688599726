import type { Guard } from './router.ts';

const authWords = new Set(
  (
    'auth authn authz authed authenticate authenticated authenticates authentication authenticator authorize authorized ' +
    'authorizer authorization authorise authorised jwt oauth oauth2 oidc saml passport token tokens bearer apikey login ' +
    'logged loggedin signedin permission permissions permit permitted role roles admin superuser scope scopes acl rbac ' +
    'protect protected secured guard guarded credentials hmac signature keycloak auth0 clerk cognito'
  ).split(' '),
);

/** Words beside which the others say nothing of who may call: `authRoutes`, `authLimiter`, `csrfToken`, `passport.initialize`. */
const otherwise = new Set(
  (
    'limiter limit limits rate routes route router routers controller controllers handler initialize session csrf ' +
    'xsrf logger log errors error refresh service services schema validator validate validation db'
  ).split(' '),
);

/** Middleware and dependencies that are known to let everyone through. */
const harmless = new Set(
  (
    'cors helmet json urlencoded morgan compression static cookieparser bodyparser multer responsetime favicon ' +
    'methodoverride requestid pinohttp'
  ).split(' '),
);

/** The words of a name in camel case, snake case or with dots. */
function words(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/** What a guard's name tells: `requireAuth` decides who may call, `cors` does not, `loadUser` may or may not. */
export function authenticates(name: string): Guard['authenticates'] {
  const found = words(name);
  const joined = found.join('');
  if (harmless.has(found.at(-1) ?? '') || harmless.has(joined)) return 'no';
  if (found.some((word) => otherwise.has(word))) return 'unknown';
  const says = found.some((word) => authWords.has(word)) || tellsByPairs(found);
  if (!says) return 'unknown';
  return found.includes('optional') || found.includes('maybe') ? 'optional' : 'yes';
}

/** `apiKey`, `requireUser`, `currentUser`, `isOwner`. */
function tellsByPairs(found: string[]): boolean {
  return found.some((word, i) => {
    const next = found[i + 1];
    if (word === 'api') return next === 'key' || next === 'keys';
    if (
      word === 'require' ||
      word === 'required' ||
      word === 'current' ||
      word === 'active' ||
      word === 'verify' ||
      word === 'ensure' ||
      word === 'is'
    ) {
      return (
        next === 'user' ||
        next === 'users' ||
        next === 'owner' ||
        next === 'session' ||
        (word === 'current' && next === 'active')
      );
    }
    return false;
  });
}

export function namedGuard(name: string): Guard {
  const says = authenticates(name);
  const shown = name.slice(0, 80);
  return {
    name: shown,
    authenticates: says,
    mechanisms: says === 'yes' || says === 'optional' ? [shown] : [],
    scopes: [],
  };
}
