import { describe, expect, test } from 'vitest';
import { routesOf } from './routes.ts';

const routes = (r: string) => `const { Router } = require('express');\nconst ${r} = Router();\n`;

/** One file or several, and the routes they are. A file without a name is app.js. */
const cases: Record<string, [files: string | Record<string, string>, routes: string[]]> = {
  'every verb': [
    `import express from 'express';
     const app = express();
     app.get('/a', h); app.post('/a', h); app.put('/a', h); app.patch('/a', h);
     app.delete('/a', h); app.options('/a', h); app.head('/a', h); app.all('/b', h);`,
    ['* /b', 'DELETE /a', 'GET /a', 'HEAD /a', 'OPTIONS /a', 'PATCH /a', 'POST /a', 'PUT /a'],
  ],
  'one argument reads a setting': [`const app = require('express')(); app.get('/x'); app.get('view engine');`, []],
  'a namespace import': [
    `import * as express from 'express'; const r = express.Router(); express().use('/n', r); r.get('/x', h);`,
    ['GET /n/x'],
  ],
  'a named import with an alias': [
    `import e, { Router as R } from 'express'; const r = R(); e().use('/n', r); r.get('/x', h);`,
    ['GET /n/x'],
  ],
  'import and require of TypeScript': [
    `import express = require('express'); const app = express(); app.get('/x', h);`,
    ['GET /x'],
  ],
  'a router of require': [
    `const app = require('express')(); const r = require('express').Router(); app.use('/r', r); r.get('/x', h);`,
    ['GET /r/x'],
  ],
  'compiled modules': [
    `var __importDefault = (this && this.__importDefault) || function (mod) { return (mod && mod.__esModule) ? mod : { "default": mod }; };
     const express_1 = __importDefault(require("express"));
     const app = (0, express_1.default)(); const r = (0, express_1.Router)();
     r.get("/x", h); app.use("/c", r);`,
    ['GET /c/x'],
  ],
  'new Router': [
    `const { Router } = require('express'); const app = require('express')(); const r = new Router({ mergeParams: true }); r.get('/x', h); app.use(r);`,
    ['GET /x'],
  ],
  'chained calls': [
    `const app = require('express')(); app.get('/a', h).post('/a', h).use('/m', mw).put('/b', h);`,
    ['GET /a', 'POST /a', 'PUT /b'],
  ],
  'route chains': [
    `const app = require('express')(); app.route('/x').all(mw).get(h).post(a, h); app.route('/y').all(requireAuth).put(h); app.options('*', cors()); app.all('/api/*', jwt());`,
    ['* /x', 'GET /x', 'POST /x', 'PUT /y'],
  ],
  'arrays of paths': [`const app = require('express')(); app.get(['/a', '/b/:id'], h);`, ['GET /a', 'GET /b/{id}']],
  'mounts on several paths, several routers': [
    `const app = require('express')(); ${routes('a')} const b = require('express').Router();
     a.get('/a', h); b.get('/b', h); app.use(['/x', '/y'], mw, a, [b]);`,
    ['GET /x/a', 'GET /x/b', 'GET /y/a', 'GET /y/b'],
  ],
  'routers in routers, to any depth': [
    `const app = require('express')(); ${routes('a')} const b = Router(), c = Router(), d = Router();
     d.get('/:id', h); c.use('/c', d); b.use('/b', c); a.use('/a', b); app.use('/', a);`,
    ['GET /a/b/c/{id}'],
  ],
  'a router that is mounted twice': [
    `const app = require('express')(); ${routes('r')} r.get('/x', h); app.use('/v1', r); app.use('/v2', r);`,
    ['GET /v1/x', 'GET /v2/x'],
  ],
  'a router that mounts itself': [
    `const app = require('express')(); ${routes('r')} r.get('/x', h); r.use('/r', r); app.use('/a', r);`,
    ['GET /a/x'],
  ],
  'an application below another': [
    `const express = require('express'); const app = express(); const sub = express(); sub.get('/x', h); app.use('/sub', sub);`,
    ['GET /sub/x'],
  ],
  'a router that nothing mounts': [`${routes('r')} r.get('/x', h);`, ['~GET /x']],
  'a prefix that cannot be read': [
    `const app = require('express')(); ${routes('r')} r.get('/x', h); app.use(config.prefix, r);`,
    ['~GET /x'],
  ],
  'a beginning that cannot be read': [
    `const app = require('express')(); app.get(\`\${base()}/users/:id\`, h);`,
    ['~GET /users/{id}'],
  ],
  'an end that cannot be read': [
    'const app = require("express")(); app.get("/files/" + name(), h);',
    ['~GET /files (prefix)'],
  ],
  'a parameter whose name cannot be read': [
    'const app = require("express")(); app.get("/users/:" + param, h);',
    ['GET /users/{param}'],
  ],
  'constants, template literals, concatenation': [
    `const app = require('express')(); const V = 'v1'; const P = \`/api/\${V}\`; app.get(P + '/users' + '/' + ':id', h);`,
    ['GET /api/v1/users/{id}'],
  ],
  'enums and objects': [
    {
      'app.ts': `import express from 'express'; const app = express();
        enum Path { Users = '/users', Orders = '/orders' }
        const paths = { admin: { root: '/admin' } } as const;
        const { admin } = paths;
        app.get(Path.Users, h); app.get(Path['Orders'], h); app.get(paths.admin.root, h); app.get(\`\${admin.root}/x\`, h);`,
    },
    ['GET /admin', 'GET /admin/x', 'GET /orders', 'GET /users'],
  ],
  'defaults of the environment': [
    `const app = require('express')(); app.get((process.env.P || '/api') + '/a', h); app.get((process.env.P ?? '/api') + '/b', h);
     const { PREFIX = '/d' } = process.env; app.get(process.env.Q + '/c', h);`,
    ['GET /api/a', 'GET /api/b', '~GET /c'],
  ],
  'either of two prefixes is neither': [
    `const app = require('express')(); const p = production ? '/a' : '/b'; app.get(p + '/x', h);`,
    ['~GET /x'],
  ],
  'a prefix that a branch may change': [
    `const app = require('express')(); let p = '/a'; if (production) p = '/b'; app.get(p + '/x', h);`,
    ['~GET /x'],
  ],
  'a prefix of path.join': [
    `const app = require('express')(); const path = require('path'); app.get(path.join('/api', 'v1', '/x'), h);`,
    ['GET /api/v1/x'],
  ],
  'a loop over a table': [
    `const app = require('express')(); const routes = [{ method: 'get', path: '/a', handler: a }, { method: 'post', path: '/b', handler: b }];
     for (const r of routes) app[r.method](r.path, r.handler);`,
    ['GET /a', 'POST /b'],
  ],
  'a loop that counts': [
    `const app = require('express')(); const t = [['get', '/a'], ['put', '/b']]; for (let i = 0; i < t.length; i++) app[t[i][0]](t[i][1], h);`,
    ['GET /a', 'PUT /b'],
  ],
  'forEach with destructuring': [
    `const app = require('express')(); [{ method: 'get', url: '/a' }].forEach(({ method, url }) => app[method]('/t' + url, h));`,
    ['GET /t/a'],
  ],
  'a map of routers': [
    `const app = require('express')(); const { Router } = require('express'); const a = Router(), b = Router(); a.get('/x', h); b.get('/y', h);
     Object.entries({ '/a': a, '/b': b }).forEach(([path, router]) => app.use(path, router));
     const byName = { c: a }; for (const name in byName) app.use('/' + name, byName[name]);`,
    ['GET /a/x', 'GET /b/y', 'GET /c/x'],
  ],
  'a method that cannot be read is any': [`const app = require('express')(); app[verb]('/x', h);`, ['* /x']],
  'helpers that forward': [
    `const app = require('express')();
     function route(router, method, path, ...handlers) { router[method]('/api' + path, ...handlers); }
     const get = (path, h) => route(app, 'get', path, auth, h);
     route(app, 'post', '/a', h); get('/b', h);`,
    ['GET /api/b', 'POST /api/a'],
  ],
  'functions that take the application': [
    {
      'app.js': `const app = require('express')(); require('./users')(app); require('./orders').register(app, '/v1');`,
      'users.js': `module.exports = (app) => { app.get('/users', h); };`,
      'orders.js': `exports.register = function (server, prefix) { server.get(prefix + '/orders', h); };`,
    },
    ['GET /users', 'GET /v1/orders'],
  ],
  'functions that nobody calls': [
    {
      'app.js': `const app = require('express')(); fs.readdirSync(dir).forEach((f) => require(dir + f)(app));`,
      'a.js': `module.exports = (app) => { app.get('/users', h); };`,
    },
    ['~GET /users'],
  ],
  factories: [
    {
      'app.ts': `import express from 'express'; import { buildRouter } from './build'; import make from './make'; const app = express();
        app.use('/a', buildRouter({ db })); app.use('/b', make());`,
      'build.ts': `import { Router } from 'express'; export function buildRouter(deps) { const r = Router(); r.get('/x', deps.h); return r; }`,
      'make.ts': `import { Router } from 'express'; export default () => { const r = Router(); r.get('/y', h); return r; };`,
    },
    ['GET /a/x', 'GET /b/y'],
  ],
  'a factory of an application that nobody calls': [
    `const express = require('express'); exports.createApp = () => { const app = express(); users(app); return app; }; function users(app) { app.get('/x', h); }`,
    ['GET /x'],
  ],
  'callbacks of what is not known': [
    `const express = require('express'); connect().then(() => { const app = express(); app.get('/x', h); app.listen(1); });`,
    ['GET /x'],
  ],
  'an application in a wrapper': [
    `const express = require('express'); const app = wrap(express()); app.get('/x', h); const { app: ws } = require('express-ws')(express()); ws.get('/y', h); ws.ws('/s', h);`,
    ['GET /s', 'GET /x', 'GET /y'],
  ],
  'classes with a router and a path': [
    {
      'server.ts': `import express from 'express'; import { Users } from './users';
        class Server { app: express.Application; constructor(private controllers: Controller[], readonly prefix = '/api') { this.app = express(); this.mount(); }
          private mount() { this.controllers.forEach((each) => { this.app.use(this.prefix, each.router); }); } }
        new Server([new Users()]);`,
      'base.ts': `import { Router } from 'express'; export abstract class Base { router = Router(); constructor(readonly path: string) { this.routes(); } abstract routes(): void; }`,
      'users.ts': `import { Base } from './base'; export class Users extends Base { constructor() { super('/users'); }
          routes() { this.router.get(this.path, this.list); this.router.get(\`\${this.path}/:id\`, this.one.bind(this)); } list = async () => {}; one() {} }`,
    },
    ['GET /api/users', 'GET /api/users/{id}'],
  ],
  'a class that nobody makes one of': [
    `const express = require('express'); class App { constructor() { this.app = express(); } routes() { this.app.get('/x', h); } } module.exports = App;`,
    ['GET /x'],
  ],
  'static members': [
    `const express = require('express'); class R { static base = '/s'; static build() { const r = express.Router(); r.get('/x', h); return r; } } express().use(R.base, R.build());`,
    ['GET /s/x'],
  ],
  're-exports': [
    {
      'app.ts': `import express from 'express'; import { users, orders, all } from './routes'; import * as more from './routes'; const app = express();
        app.use('/u', users); app.use('/o', orders); app.use('/a', all.things); app.use('/m', more.late);`,
      'routes/index.ts': `export { default as users } from './users'; export * from './orders.js'; export * as all from './things'; import late from './late'; export { late };`,
      'routes/users.ts': `import { Router } from 'express'; const r = Router(); r.get('/x', h); export default r;`,
      'routes/orders.ts': `import { Router } from 'express'; export const orders = Router(); orders.get('/y', h);`,
      'routes/things.ts': `import { Router } from 'express'; export const things = Router().get('/z', h);`,
      'routes/late.ts': `import { Router } from 'express'; const r = Router(); r.get('/w', h); export { r as default };`,
    },
    ['GET /a/z', 'GET /m/w', 'GET /o/y', 'GET /u/x'],
  ],
  'CommonJS exports': [
    {
      'app.js': `const app = require('express')(); const { a, b } = require('./routes'); app.use('/a', a); app.use('/b', b); app.use('/c', mw, require('./c')); app.use('/d', require('./routes').d);`,
      'routes/index.js': `const a = require('./a'); module.exports = { a, b: require('./b').router }; exports.e = 1; module.exports.d = require('./a');`,
      'routes/a.js': `const r = module.exports = require('express').Router(); r.get('/x', h);`,
      'routes/b.js': `const express = require('express'); exports.router = express.Router(); exports.router.get('/y', h);`,
      'c/index.js': `const r = require('express').Router(); r.get('/z', h); module.exports = r;`,
    },
    ['GET /a/x', 'GET /b/y', 'GET /c/z', 'GET /d/x'],
  ],
  'modules that import each other': [
    {
      'app.js': `const express = require('express'); const app = express(); module.exports = app; require('./a'); app.use('/b', require('./b'));`,
      'a.js': `const app = require('./app'); app.get('/a', h);`,
      'b.js': `const r = require('express').Router(); require('./app'); r.get('/x', h); module.exports = r;`,
    },
    ['GET /a', 'GET /b/x'],
  ],
  'paths of tsconfig.json': [
    {
      'tsconfig.json': `{ // comments are allowed\n "extends": "./tsconfig.base.json", "compilerOptions": { "strict": true, }, }`,
      'tsconfig.base.json': `{ "compilerOptions": { "baseUrl": "./src", "paths": { "@/*": ["*"], "@routes": ["routes/index.ts"] } } }`,
      'src/app.ts': `import express from 'express'; import { r } from '@routes'; import { q } from '@/routes/q'; import { P } from 'constants/paths'; express().use(P.r, r).use('/q', q);`,
      'src/routes/index.ts': `import { Router } from 'express'; export const r = Router(); r.get('/x', h);`,
      'src/routes/q.ts': `import { Router } from 'express'; export const q = Router(); q.get('/y', h);`,
      'src/constants/paths.ts': `export const P = { r: '/r' };`,
    },
    ['GET /q/y', 'GET /r/x'],
  ],
  'imports of package.json': [
    {
      'package.json': `{ "name": "x", "imports": { "#routes/*": { "source": "./src/routes/*.ts", "default": "./dist/routes/*.js" }, "#one": "./dist/one.js" } }`,
      'src/app.ts': `import express from 'express'; import { r } from '#routes/r'; import one from '#one'; express().use('/r', r).use('/one', one);`,
      'src/routes/r.ts': `import { Router } from 'express'; export const r = Router(); r.get('/x', h);`,
      'src/one.ts': `import { Router } from 'express'; export default Router().get('/y', h);`,
    },
    ['GET /one/y', 'GET /r/x'],
  ],
  'packages of the same repository': [
    {
      'package.json': `{ "name": "root", "workspaces": ["packages/*"] }`,
      'packages/api/package.json': `{ "name": "@acme/api" }`,
      'packages/api/src/app.ts': `import express from 'express'; import { users } from '@acme/users'; import { P } from '@acme/users/paths'; express().use(P, users);`,
      'packages/users/package.json': `{ "name": "@acme/users", "main": "dist/index.js", "exports": { ".": "./dist/index.js", "./paths": "./dist/paths.js" } }`,
      'packages/users/src/index.ts': `import { Router } from 'express'; export const users = Router(); users.get('/x', h);`,
      'packages/users/src/paths.ts': `export const P = '/users';`,
    },
    ['GET /users/x'],
  ],
  'values of a JSON file': [
    {
      'app.js': `const app = require('express')(); const config = require('./config.json'); app.get(config.api.prefix + '/x', h);`,
      'config.json': `{ "api": { "prefix": "/v9" } }`,
    },
    ['GET /v9/x'],
  ],
  'constants of a file that has no route': [
    {
      'app.mjs': `import express from 'express'; import { base } from './lib/base.mjs'; express().get(base('v1') + '/x', h);`,
      'lib/base.mjs': `export const base = (v) => \`/api/\${v}\`;`,
    },
    ['GET /api/v1/x'],
  ],
  'other clients and frameworks are none': [
    {
      'app.js': `const app = require('express')(); const axios = require('axios'); axios.get('/a', { params }); fetcher.get('/b', h); cache.get('/c', h);
        const api = axios.create(); api.post('/d', body); request(app).get('/e');`,
      'koa.js': `const Router = require('@koa/router'); const router = new Router(); router.get('/k', h);`,
      'fast.ts': `import Fastify from 'fastify'; const app = Fastify(); app.get('/f', h);`,
    },
    [],
  ],
  'TypeScript by its types': [
    {
      'r.ts': `import type { Express, Router } from 'express'; export function users(http: Express) { http.get('/x', h); } export const more = (api: Router) => { api.post('/y', h); };`,
    },
    ['~GET /x', '~POST /y'],
  ],
  'a try, a switch, a block': [
    `const express = require('express'); const app = express(); try { app.get('/a', h); } catch { app.get('/b', h); } switch (x) { case 1: app.get('/c', h); break; default: app.get('/d', h); } { const r = express.Router(); r.get('/e', h); app.use(r); } if (dev) { app.get('/f', h); } else app.get('/g', h);`,
    ['GET /a', 'GET /b', 'GET /c', 'GET /d', 'GET /e', 'GET /f', 'GET /g'],
  ],
};

describe('ways of registering', () => {
  test.each(Object.entries(cases))('%s', async (_, [files, expected]) => {
    expect(await routesOf(typeof files === 'string' ? { 'app.js': files } : files)).toEqual([...expected].sort());
  });
});
