import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes a tree of that many files, half JavaScript and half Python; a tenth register ten routes each. Answers its bytes. */
export async function writeLongTree(
  folder: string,
  files: number,
): Promise<{ bytes: number; withRoutes: number; routes: number }> {
  const written = { bytes: 0, withRoutes: 0, routes: 0 };
  const put = async (file: string, content: string) => {
    written.bytes += content.length;
    await writeFile(join(folder, file), content);
  };
  await mkdir(folder, { recursive: true });
  await put('package.json', '{ "name": "long", "dependencies": { "express": "5" } }\n');
  await put('app.js', "module.exports = require('express')();\n");
  await put('app.py', 'from fastapi import FastAPI\napp = FastAPI()\n');
  for (let i = 0; i < files; i++) {
    if (i % 100 === 0) await mkdir(join(folder, `part${i / 100}`));
    const at = `part${Math.floor(i / 100)}/file${i}`;
    const routed = i % 10 < 1;
    if (routed) {
      written.withRoutes++;
      written.routes += perFile;
    }
    if (i % 20 < 10) await put(`${at}.js`, routed ? routes(i) : functions(i));
    else await put(`${at}.py`, routed ? pythonRoutes(i) : pythonFunctions(i));
  }
  return written;
}

const perFile = 10;
const repeated = (count: number, each: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => each(i)).join('\n');

function routes(number: number): string {
  return `const router = require('express').Router();
require('../app').use('/part-${number}', router);
${repeated(
  perFile,
  (i) => `router.get('/things-${i}/:id', authenticate, async (req, res) => {
  const thing = await things.find(req.params.id);
  if (!thing) return res.status(404).json({ error: 'there is none' });
  res.json({ id: thing.id, name: thing.name, links: thing.links.map((link) => link.href) });
});`,
)}
${functions(number)}`;
}

/** Bodies of some fifteen lines, as programs mostly have. */
function functions(number: number): string {
  return repeated(
    8,
    (i) => `function compute${i}(values) {
${repeated(6, (line) => `  const sum${line} = values.reduce((total, value) => total + value * ${i + line}, 0);`)}
  return { sum: sum0 + sum5, mean: sum1 / values.length, tag: 'part-${number}', seen: seen.get('${number}') };
}`,
  );
}

function pythonRoutes(number: number): string {
  return `from fastapi import APIRouter, Depends
from app import app

router = APIRouter(prefix="/py-${number}")

${repeated(
  perFile,
  (i) => `@router.get("/things-${i}/{thing_id}")
async def read_thing_${i}(thing_id: int, q: str | None = None, user=Depends(get_current_user)):
    thing = await things.find(thing_id)
    if thing is None:
        raise HTTPException(status_code=404)
    return {"id": thing.id, "name": thing.name, "links": [link.href for link in thing.links]}
`,
)}

app.include_router(router)

${pythonFunctions(number)}`;
}

function pythonFunctions(number: number): string {
  return repeated(
    8,
    (i) => `def compute_${i}(values):
${repeated(6, (line) => `    total_${line} = sum(value * ${i + line} for value in values if value is not None)`)}
    return {"sum": total_0 + total_5, "mean": total_1 / len(values), "tag": "part-${number}", "seen": seen.get("${number}")}
`,
  );
}
