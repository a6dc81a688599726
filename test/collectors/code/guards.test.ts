import { describe, expect, test } from 'vitest';
import { authenticates } from '#collectors/code/guard';
import { read } from './routes.ts';

test.each([
  ['auth', 'yes'],
  ['requireAuth', 'yes'],
  ['auth.verifyToken', 'yes'],
  ['passport.authenticate', 'yes'],
  ['ensureLoggedIn', 'yes'],
  ['isAuthenticated', 'yes'],
  ['isAdmin', 'yes'],
  ['checkJwt', 'yes'],
  ['jwt', 'yes'],
  ['expressJWT', 'yes'],
  ['checkScopes', 'yes'],
  ['requirePermission', 'yes'],
  ['apiKeyMiddleware', 'yes'],
  ['get_current_user', 'yes'],
  ['get_current_active_superuser', 'yes'],
  ['requireUser', 'yes'],
  ['JWTBearer', 'yes'],
  ['optionalAuth', 'optional'],
  ['cors', 'no'],
  ['express.json', 'no'],
  ['bodyParser.urlencoded', 'no'],
  ['helmet', 'no'],
  ['authLimiter', 'unknown'],
  ['authRoutes', 'unknown'],
  ['csrfToken', 'unknown'],
  ['passport.initialize', 'unknown'],
  ['loadUser', 'unknown'],
  ['author', 'unknown'],
  ['', 'unknown'],
])('%s: %s', (name, expected) => {
  expect(authenticates(name)).toBe(expected);
});

const start = `const express = require('express'); const app = express(); const router = express.Router();\n`;

describe('Express', () => {
  test.each<[string, string, string, string[]]>([
    ['nothing', `app.get('/x', h);`, 'no', []],
    ['what is harmless', `app.use(cors()); app.use(express.json()); app.get('/x', h);`, 'no', []],
    ['something else', `app.get('/x', loadTenant, h);`, 'unknown', []],
    ['a function without a name', `app.use((req, res, next) => next()); app.get('/x', h);`, 'unknown', []],
    ['the route', `app.get('/x', requireAuth, h);`, 'yes', ['requireAuth']],
    ['an array of the route', `app.get('/x', [log, requireAuth], h);`, 'yes', ['requireAuth']],
    ['an array by its name', `const secured = [log, requireAuth]; app.get('/x', secured, h);`, 'yes', ['requireAuth']],
    ['a route chain', `app.route('/x').get(requireAuth(), h);`, 'yes', ['requireAuth']],
    ['every verb of its path', `app.route('/x').all(requireAuth).get(h);`, 'yes', ['requireAuth']],
    ['every verb below its path', `app.all('/x*', requireAuth); app.get('/x/y', h);`, 'yes', ['requireAuth']],
    ['every verb of everything', `app.all('*', requireAuth); app.get('/x/y', h);`, 'yes', ['requireAuth']],
    ['every verb of a path above it', `app.all('/x', requireAuth); app.get('/x/y', h);`, 'no', []],
    ['the application, before it', `app.use(auth); app.get('/x', h);`, 'yes', ['auth']],
    ['the application, after it', `app.get('/x', h); app.use(auth);`, 'no', []],
    ['the application, on its path', `app.use('/x', auth); app.get('/x', h);`, 'yes', ['auth']],
    ['the application, on another path', `app.use('/y', auth); app.get('/x', h);`, 'no', []],
    ['the application, on a like path', `app.use('/xy', auth); app.get('/x', h);`, 'no', []],
    [
      'the application, on a path above a mount',
      `app.use('/a', auth); router.get('/x', h); app.use('/a/b', router);`,
      'yes',
      ['auth'],
    ],
    [
      'the application, on a path below a mount',
      `app.use('/a/x', auth); router.get('/x', h); app.use('/a', router);`,
      'yes',
      ['auth'],
    ],
    ['the mount', `router.get('/x', h); app.use('/a', verifyToken, router);`, 'yes', ['verifyToken']],
    ['the router, before it', `router.use(auth); router.get('/x', h); app.use(router);`, 'yes', ['auth']],
    ['the router, after it', `router.get('/x', h); router.use(auth); app.use(router);`, 'no', []],
    [
      'a strategy',
      `app.get('/x', passport.authenticate('jwt', { session: false }), h);`,
      'yes',
      ['passport.authenticate(jwt)'],
    ],
    [
      'what may be a secret',
      `app.get('/x', requireKey.authenticate('S3cr3t-K3y!'), h);`,
      'yes',
      ['requireKey.authenticate'],
    ],
    ['what may be either', `app.get('/x', optionalAuth, h);`, 'optional', ['optionalAuth']],
    ['a router that nothing mounts', `router.get('/x', h);`, 'unknown', []],
    ['a mount whose prefix is not known', `router.get('/x', h); app.use(config.prefix, router);`, 'unknown', []],
    ['a path that is not known', `app.use(config.path, auth); app.get('/x', h);`, 'unknown', []],
  ])('%s', async (_, source, required, guards) => {
    const { sightings } = await read({ 'app.js': start + source });
    expect(sightings).toHaveLength(1);
    expect(sightings[0]!.facts.auth).toEqual({ required, mechanisms: guards });
    expect(sightings[0]!.facts.guards ?? []).toEqual(guards);
  });
});
