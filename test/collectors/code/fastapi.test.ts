import { describe, expect, test } from 'vitest';
import type { Sighting } from '#model/sighting';
import { read, routesOf } from './routes.ts';

const app = 'from fastapi import FastAPI, APIRouter, Depends\napp = FastAPI()\n';

/** One file or several, and the routes they are. A file without a name is main.py. */
const cases: Record<string, [files: string | Record<string, string>, routes: string[]]> = {
  'every verb': [
    `${app}
@app.get("/a")
@app.post("/a")
def a(): ...
@app.put("/a")
@app.patch("/a")
@app.delete("/a")
async def b(): ...
@app.options("/a")
@app.head("/a")
@app.trace("/a")
def c(): ...
`,
    ['DELETE /a', 'GET /a', 'HEAD /a', 'OPTIONS /a', 'PATCH /a', 'POST /a', 'PUT /a', 'TRACE /a'],
  ],
  'api_route, add_api_route, websocket': [
    `${app}
@app.api_route("/a", methods=["GET", "post"])
def a(): ...
@app.api_route("/b")
def b(): ...
app.add_api_route("/c", a, methods=["DELETE"])
app.add_api_route(path="/d", endpoint=a)
@app.websocket("/ws/{room}")
async def ws(websocket, room: str): ...
app.add_api_websocket_route("/ws2", ws)
`,
    ['DELETE /c', 'GET /a', 'GET /b', 'GET /d', 'GET /ws/{room}', 'GET /ws2', 'POST /a'],
  ],
  'a decorator over several lines': [
    `${app}
@app.get(
    # the list
    path="/a"
    "/b",
    tags=["x"],
)
def a(): ...
`,
    ['GET /a/b'],
  ],
  'convertors and the rest of a path': [
    `${app}
@app.get("/a/{id:int}/b/{name}")
def a(id, name): ...
@app.get("/files/{path:path}")
def b(path): ...
@app.get("/{name}.json")
def c(name): ...
`,
    ['GET /a/{id}/b/{name}', 'GET /files/{path*}', 'GET /{name}.json'],
  ],
  'prefixes of a router and of its inclusion': [
    `${app}
r = APIRouter(prefix="/r")
@r.get("")
def a(): ...
@r.get("/")
def b(): ...
@r.get("/x")
def c(): ...
app.include_router(r, prefix="/v1")
app.include_router(router=r)
`,
    ['GET /r', 'GET /r', 'GET /r/x', 'GET /v1/r', 'GET /v1/r', 'GET /v1/r/x'],
  ],
  'inclusions to any depth': [
    `${app}
a, b, c = APIRouter(), APIRouter(prefix="/b"), APIRouter()
@c.get("/{id}")
def x(id: int): ...
b.include_router(c, prefix="/c")
a.include_router(b)
app.include_router(a, prefix="/a")
`,
    ['GET /a/b/c/{id}'],
  ],
  'modules, absolute and relative': [
    {
      'app/__init__.py': '',
      'app/main.py': `from fastapi import FastAPI
from . import users
from .routers import items, orders as o
from app.routers.things import router as things
import app.routers.late
import app.routers.more as more
app_ = FastAPI()
app_.include_router(users.router, prefix="/users")
app_.include_router(items.router)
app_.include_router(o.router)
app_.include_router(things)
app_.include_router(app.routers.late.router)
app_.include_router(more.router)
`,
      'app/users.py':
        'from fastapi import APIRouter\nrouter = APIRouter()\n@router.get("/{id}")\ndef one(id: int): ...\n',
      'app/routers/__init__.py': '',
      ...Object.fromEntries(
        ['items', 'orders', 'things', 'late', 'more'].map((name) => [
          `app/routers/${name}.py`,
          `import fastapi\nrouter = fastapi.APIRouter(prefix="/${name}")\n@router.get("")\ndef all(): ...\n`,
        ]),
      ),
    },
    ['GET /items', 'GET /late', 'GET /more', 'GET /orders', 'GET /things', 'GET /users/{id}'],
  ],
  'packages that hand on, folders without __init__': [
    {
      'backend/app/main.py':
        'from fastapi import FastAPI\nfrom app.api import router, more\nfrom app.plain import q\napp = FastAPI()\napp.include_router(router, prefix="/api")\napp.include_router(more)\napp.include_router(q.router)\n',
      'backend/app/api/__init__.py': 'from .users import router\nfrom .star import *\n__all__ = ["router"]\n',
      'backend/app/api/users.py':
        'from fastapi import APIRouter\nrouter = APIRouter()\n@router.get("/users")\ndef a(): ...\n',
      'backend/app/api/star.py':
        'from fastapi import APIRouter\nmore = APIRouter(prefix="/more")\n@more.get("/x")\ndef a(): ...\n',
      'backend/app/plain/q.py':
        'from fastapi import APIRouter\nrouter = APIRouter(prefix="/q")\n@router.get("/x")\ndef a(): ...\n',
    },
    ['GET /api/users', 'GET /more/x', 'GET /q/x'],
  ],
  'an application below another': [
    `${app}
sub = FastAPI()
@sub.get("/x")
def x(): ...
app.mount("/sub", sub)
app.mount("/static", StaticFiles(directory="static"), name="static")
`,
    ['GET /sub/x'],
  ],
  'subclasses and factories': [
    {
      'main.py': `from fastapi import FastAPI, APIRouter
from routers import make, Versioned

def create_app() -> FastAPI:
    app = FastAPI()
    app.include_router(make("/made"))
    v = Versioned(2, tags=["v"])
    @v.get("/x")
    def x(): ...
    app.include_router(v)
    register(app)
    return app

def register(app: FastAPI):
    @app.get("/registered")
    def y(): ...
app = create_app()
`,
      'routers.py': `from fastapi import APIRouter
def make(prefix: str, *, tail="/t") -> APIRouter:
    router = APIRouter(prefix=prefix)
    @router.get(tail)
    def t(): ...
    return router
class Base(APIRouter):
    pass
class Versioned(Base):
    def __init__(self, version, **kwargs):
        super().__init__(prefix=f"/v{version}", **kwargs)
`,
    },
    ['GET /made/t', 'GET /registered', 'GET /v2/x'],
  ],
  'constants, f-strings, format, concatenation, enums': [
    `${app}
from enum import Enum, StrEnum
V = "v1"
API = f"/api/{V}"
class P(StrEnum):
    USERS = "/users"
class Paths:
    orders = "/orders"
    nested = {"late": "/late"}
@app.get(API + "/a")
def a(): ...
@app.get("{}/b".format(API))
def b(): ...
@app.get("%s/c" % API)
def c(): ...
@app.get(f"{API}{P.USERS}")
def d(): ...
@app.get(P.USERS.value + "/x")
def e(): ...
@app.get(Paths.orders)
def f(): ...
@app.get(Paths.nested["late"])
def g(): ...
@app.get("/".join(["", "j", "k"]))
def h(): ...
`,
    [
      'GET /api/v1/a',
      'GET /api/v1/b',
      'GET /api/v1/c',
      'GET /api/v1/users',
      'GET /j/k',
      'GET /late',
      'GET /orders',
      'GET /users/x',
    ],
  ],
  'settings with defaults, the environment': [
    {
      'main.py': `import os
from fastapi import FastAPI
from core.config import settings, get_settings
app = FastAPI()
@app.get(settings.API + "/a")
def a(): ...
@app.get(f"{get_settings().version}/b")
def b(): ...
@app.get(os.getenv("P", "/p") + "/c")
def c(): ...
@app.get(os.environ.get("P") + "/d")
def d(): ...
@app.get((os.getenv("Q") or "/q") + "/e")
def e(): ...
@app.get(settings.base + "/f")
def f(): ...
@app.get(settings.unknown + "/g")
def g(): ...
`,
      'core/__init__.py': '',
      'core/config.py': `from functools import lru_cache
from pydantic import Field
from pydantic_settings import BaseSettings
class Settings(BaseSettings):
    API: str = "/api"
    version: str = Field(default="/v2", env="VERSION")
    unknown: str
    @property
    def base(self) -> str:
        return self.API + "/base"
@lru_cache()
def get_settings() -> Settings:
    return Settings()
settings = get_settings()
`,
    },
    ['GET /api/a', 'GET /api/base/f', 'GET /p/c', 'GET /q/e', 'GET /v2/b', '~GET /d', '~GET /g'],
  ],
  'loops over routers and tables': [
    `${app}
a, b = APIRouter(), APIRouter()
@a.get("/a")
def x(): ...
@b.get("/b")
def y(): ...
for r in (a, b):
    app.include_router(r, prefix="/l")
for path, r in {"/m": a}.items():
    app.include_router(r, prefix=path)
[app.include_router(r, prefix="/c") for r in [a]]
for method, path in [("get", "/t"), ("post", "/u")]:
    app.add_api_route(path, x, methods=[method])
    getattr(app, method)("/g" + path)(y)
`,
    ['GET /c/a', 'GET /g/t', 'GET /l/a', 'GET /l/b', 'GET /m/a', 'GET /t', 'POST /g/u', 'POST /u'],
  ],
  'decorators beside, classes with routes': [
    `${app}
from fastapi_utils.cbv import cbv
router = APIRouter()
@router.get("/a")
@limiter.limit("5/minute")
@cache(expire=1)
async def a(request): ...
@cbv(router)
class Items:
    @router.get("/items")
    def all(self): ...
app.include_router(router)
`,
    ['GET /a', 'GET /items'],
  ],
  'helpers that forward': [
    `${app}
def route(path, **kwargs):
    return app.get("/h" + path, **kwargs)
@route("/a", tags=["x"])
def a(): ...
def crud(router: APIRouter, name: str):
    router.add_api_route(f"/{name}", a)
    router.add_api_route(f"/{name}/{{id}}", a, methods=["DELETE"])
r = APIRouter()
crud(r, "users")
app.include_router(r)
`,
    ['DELETE /users/{id}', 'GET /h/a', 'GET /users'],
  ],
  'a class that holds the application': [
    `from fastapi import FastAPI
class Server:
    prefix = "/s"
    def __init__(self):
        self.app = FastAPI()
        self._routes()
    def _routes(self):
        @self.app.get(self.prefix + "/x")
        def x(): ...
        self.app.add_api_route("/y", self.y)
    def y(self): ...
server = Server()
`,
    ['GET /s/x', 'GET /y'],
  ],
  'a router that nothing includes': [
    `${app}
r = APIRouter(prefix="/r")
@r.get("/x")
def x(): ...
`,
    ['~GET /r/x'],
  ],
  'a prefix that cannot be read': [
    `${app}
r = APIRouter()
@r.get("/x")
def x(): ...
app.include_router(r, prefix=load()["prefix"])
`,
    ['~GET /x'],
  ],
  'other frameworks are none': [
    {
      'main.py': `${app}
@app.get("/x")
def x(): ...`,
      'flask_app.py': `from flask import Flask
app = Flask(__name__)
@app.get("/y")
def y(): ...
`,
      'client.py': 'import httpx\nclient = httpx.Client()\nclient.get("/z")\n',
    },
    ['GET /x'],
  ],
};

describe('ways of registering', () => {
  test.each(Object.entries(cases))('%s', async (_, [files, expected]) => {
    expect(await routesOf(typeof files === 'string' ? { 'main.py': files } : files)).toEqual([...expected].sort());
  });
});

async function only(source: string): Promise<Sighting> {
  const { sightings } = await read({ 'main.py': source });
  expect(sightings).toHaveLength(1);
  return sightings[0]!;
}

describe('what a signature tells', () => {
  test('parameters by where they are, with types', async () => {
    const { facts } = await only(`
from typing import Annotated, Literal, Optional
from enum import Enum, StrEnum
from uuid import UUID
from datetime import date
from fastapi import FastAPI, Header, Cookie, Query, Body, Request, Path
app = FastAPI()
class Order(str, Enum):
    asc = "asc"
    desc = "desc"
@app.get("/a/{id}/{name}")
def a(request: Request, id: UUID, name: Annotated[str, Path(min_length=1)], q: str | None = None, limit: int = 10, order: Order = Order.asc,
      ids: Annotated[list[int], Query()] = [], kind: Literal["x", "y"] = "x", since: Optional[date] = None,
      x_trace: Annotated[str | None, Header()] = None, session: str = Cookie(), alias_: str = Query(..., alias="alias"),
      note: str = Body(default="")): ...
`);
    expect(facts.params).toEqual([
      { name: 'id', in: 'path', type: 'string', format: 'uuid', required: true },
      { name: 'name', in: 'path', type: 'string', required: true },
      { name: 'q', in: 'query', type: 'string', required: false },
      { name: 'limit', in: 'query', type: 'integer', required: false },
      { name: 'order', in: 'query', type: 'string', enum: ['asc', 'desc'], required: false },
      { name: 'ids', in: 'query', type: 'array', required: false },
      { name: 'kind', in: 'query', type: 'string', enum: ['x', 'y'], required: false },
      { name: 'since', in: 'query', type: 'string', format: 'date', required: false },
      { name: 'x-trace', in: 'header', type: 'string', required: false },
      { name: 'session', in: 'cookie', type: 'string', required: true },
      { name: 'alias', in: 'query', type: 'string', required: true },
      { name: 'note', in: 'body', type: 'string', required: false },
    ]);
  });

  test('a model is the body, with its fields and those of its bases', async () => {
    const { facts } = await only(`
from fastapi import FastAPI
from pydantic import BaseModel, EmailStr
app = FastAPI()
class Address(BaseModel):
    street: str
class Base(BaseModel):
    id: int
class User(Base):
    email: EmailStr
    tags: list[str] = []
    address: Address | None = None
@app.post("/users")
def make(user: User): ...
`);
    expect(facts.params).toEqual([
      { name: 'id', in: 'body', type: 'integer', required: true },
      { name: 'email', in: 'body', type: 'string', format: 'email', required: true },
      { name: 'tags', in: 'body', type: 'array', required: false },
      { name: 'address', in: 'body', type: 'object', required: false },
    ]);
  });

  test('several bodies are fields of one', async () => {
    const { facts } = await only(`
from fastapi import FastAPI
from pydantic import BaseModel
app = FastAPI()
class A(BaseModel):
    a: int
@app.put("/x")
def make(one: A, two: A): ...
`);
    expect(facts.params?.map(({ name, in: place, type }) => [name, place, type])).toEqual([
      ['one', 'body', 'object'],
      ['two', 'body', 'object'],
    ]);
  });

  test('parameters of what it depends on are its own', async () => {
    const { facts } = await only(`
from fastapi import FastAPI, Depends
app = FastAPI()
class Page:
    def __init__(self, limit: int = 10, offset: int = 0): ...
def search(q: str | None = None, page: Page = Depends()): ...
@app.get("/x")
def x(found=Depends(search)): ...
`);
    expect(facts.params?.map(({ name, in: place, type }) => [name, place, type])).toEqual([
      ['q', 'query', 'string'],
      ['limit', 'query', 'integer'],
      ['offset', 'query', 'integer'],
    ]);
  });

  test('what the registration says', async () => {
    const { facts, where } = await only(`
from fastapi import FastAPI, status
app = FastAPI()
@app.post("/items/{id}", status_code=status.HTTP_201_CREATED, tags=["items"], summary="Make it", deprecated=True, include_in_schema=False, response_model=None)
def make_item(id: int): ...
`);
    expect(facts).toMatchObject({
      handler: 'make_item',
      operationId: 'make_item_items__id__post',
      summary: 'Make it',
      tags: ['items', 'not-in-schema'],
      deprecated: true,
      responses: ['201'],
      framework: 'fastapi',
    });
    expect(where).toEqual({ in: 'code', file: 'main.py', line: 4 });
  });

  test('routers, inclusions and applications say it of all their routes', async () => {
    const { facts, servers } = await only(`
from fastapi import FastAPI, APIRouter
app = FastAPI(root_path="/edge")
r = APIRouter(tags=["r"], deprecated=True)
@r.get("/x", tags=["x"], operation_id="getX")
def x(): ...
app.include_router(r, tags=["i"])
`);
    expect(facts).toMatchObject({ tags: ['i', 'r', 'x'], deprecated: true, operationId: 'getX' });
    expect(servers).toEqual([{ host: null, basePath: '/edge' }]);
  });
});

const security = `
from typing import Annotated
from fastapi import FastAPI, APIRouter, Depends, Security, Header, Request
from fastapi.security import OAuth2PasswordBearer, HTTPBearer, HTTPBasic, APIKeyHeader
oauth = OAuth2PasswordBearer(tokenUrl="token")
lenient = HTTPBearer(auto_error=False)
key = APIKeyHeader(name="X-Key")
class JWTBearer(HTTPBearer):
    def __init__(self, auto_error: bool = True):
        super().__init__(auto_error=auto_error)
def get_db(): ...
def get_user(token: str = Depends(oauth)): ...
def get_admin(user=Depends(get_user), db=Depends(get_db)): ...
def get_viewer(creds=Depends(lenient)): ...
def peek(request: Request): ...
User = Annotated[dict, Depends(get_admin)]
app = FastAPI()
`;

describe('what guards a route', () => {
  test.each<[string, string, string, string[], string[]]>([
    ['nothing', '@app.get("/x")\ndef x(): ...', 'no', [], []],
    ['a dependency that reads nothing of the request', '@app.get("/x")\ndef x(db=Depends(get_db)): ...', 'no', [], []],
    ['one that does may decide', '@app.get("/x")\ndef x(p=Depends(peek)): ...', 'unknown', [], []],
    ['a header that the handler reads may decide', '@app.get("/x")\ndef x(k: str = Header()): ...', 'unknown', [], []],
    ['a scheme', '@app.get("/x")\ndef x(t=Depends(oauth)): ...', 'yes', ['oauth'], ['oauth2']],
    ['a scheme behind dependencies', '@app.get("/x")\ndef x(u: User): ...', 'yes', ['get_admin'], ['oauth2']],
    ['the decorator', '@app.get("/x", dependencies=[Depends(key)])\ndef x(): ...', 'yes', ['key'], ['apiKey']],
    [
      'a subclass of a scheme',
      '@app.get("/x", dependencies=[Depends(JWTBearer())])\ndef x(): ...',
      'yes',
      ['JWTBearer'],
      ['bearer'],
    ],
    [
      'a scheme that lets others through',
      '@app.get("/x")\ndef x(v=Depends(get_viewer)): ...',
      'optional',
      ['get_viewer'],
      ['bearer'],
    ],
    [
      'a name from elsewhere',
      'from auth import require_login\n@app.get("/x")\ndef x(u=Depends(require_login)): ...',
      'yes',
      ['require_login'],
      ['require_login'],
    ],
    ['a middleware that is not known', '@app.get("/x")\ndef x(): ...\napp.add_middleware(Tenants)', 'unknown', [], []],
    [
      'a middleware that says so',
      '@app.get("/x")\ndef x(): ...\napp.add_middleware(AuthenticationMiddleware)',
      'yes',
      ['AuthenticationMiddleware'],
      ['AuthenticationMiddleware'],
    ],
    [
      'a middleware that is harmless',
      '@app.get("/x")\ndef x(): ...\napp.add_middleware(CORSMiddleware, allow_origins=["*"])',
      'no',
      [],
      [],
    ],
    [
      'the router',
      'r = APIRouter(dependencies=[Depends(get_user)])\n@r.get("/x")\ndef x(): ...\napp.include_router(r)',
      'yes',
      ['get_user'],
      ['oauth2'],
    ],
    [
      'the inclusion',
      'r = APIRouter()\n@r.get("/x")\ndef x(): ...\napp.include_router(r, dependencies=[Depends(get_user)])',
      'yes',
      ['get_user'],
      ['oauth2'],
    ],
    [
      'the application',
      'app = FastAPI(dependencies=[Security(get_user, scopes=["read"])])\n@app.get("/x")\ndef x(): ...',
      'yes',
      ['get_user'],
      ['oauth2'],
    ],
    ['a router that nothing includes', 'r = APIRouter()\n@r.get("/x")\ndef x(): ...', 'unknown', [], []],
  ])('%s', async (_, source, required, guards, mechanisms) => {
    const { facts } = await only(`${security}\n${source}\n`);
    expect(facts.auth).toMatchObject({ required, mechanisms });
    expect(facts.guards ?? []).toEqual(guards);
  });

  test('scopes of Security', async () => {
    const { facts } = await only(
      `${security}\n@app.get("/x")\ndef x(u=Security(get_user, scopes=["items:read"])): ...\n`,
    );
    expect(facts.auth).toEqual({ required: 'yes', mechanisms: ['oauth2'], scopes: ['items:read'] });
  });
});
