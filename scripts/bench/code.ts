/** Sources to routes, beside a plain read of the same files; memory for four times as many files. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { code } from '#collectors/code/index';

/** One file in ten has routes, as is usual. */
const share = 10;

export async function bench(): Promise<void> {
  for (const files of [2_000, 8_000]) {
    const folder = await mkdtemp(join(tmpdir(), 'noontide-bench-code-'));
    try {
      const paths = await tree(folder, files);
      const plainly = performance.now();
      let bytes = 0;
      for (const path of paths) bytes += (await readFile(path)).length;
      const read = performance.now() - plainly;
      const start = performance.now();
      let routes = 0;
      let peak = 0;
      const run = { root: folder, signal: new AbortController().signal, log: silent, progress: () => undefined };
      for await (const emission of code.collect({ paths: ['.'], exclude: [], includeTests: false }, run)) {
        if (emission.type === 'sighting') routes++;
        peak = Math.max(peak, process.memoryUsage.rss());
      }
      const took = performance.now() - start;
      const rate = Math.round(files / (took / 1_000));
      console.log(
        `  ${files.toLocaleString('en')} files, ${(bytes / 1e6).toFixed(1)} MB, ${routes.toLocaleString('en')} routes: ${Math.round(took)} ms, ` +
          `${rate.toLocaleString('en')} files/s, ${(took / read).toFixed(1)} × a plain read; ${Math.round(peak / 1_048_576)} MB`,
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/** Half Express, half FastAPI, each router mounted by an application in another file. */
async function tree(folder: string, files: number): Promise<string[]> {
  const paths: string[] = [];
  const write = async (path: string, text: string) => {
    const absolute = join(folder, path);
    await mkdir(dirname(absolute), { recursive: true });
    await writeFile(absolute, text);
    paths.push(absolute);
  };
  const routers = Math.floor(files / share / 2);
  const each = (make: (i: number) => string) => Array.from({ length: routers }, (_, i) => make(i)).join('\n');
  await write('web/package.json', '{ "name": "web" }');
  await write(
    'web/app.js',
    `const express = require('express');\nconst app = express();\n${each((i) => `app.use('/v1/r${i}', require('./routes/r${i}'));`)}\n`,
  );
  await write('api/pyproject.toml', '[project]\nname = "api"\n');
  await write(
    'api/main.py',
    `from fastapi import FastAPI\n${each((i) => `from routers import r${i}`)}\napp = FastAPI()\n${each((i) => `app.include_router(r${i}.router, prefix="/v1/r${i}")`)}\n`,
  );
  for (let i = 0; i < routers; i++) {
    const verbs = ['get', 'post', 'put', 'delete'];
    await write(
      `web/routes/r${i}.js`,
      `const router = require('express').Router();\n${verbs.map((verb) => `router.${verb}('/:id/${verb}', auth, (req, res) => {\n  res.json(load(req.params.id));\n});`).join('\n')}\nmodule.exports = router;\n`,
    );
    await write(
      `api/routers/r${i}.py`,
      `from fastapi import APIRouter, Depends\nrouter = APIRouter()\n${verbs.map((verb) => `@router.${verb}("/{id}/${verb}")\ndef ${verb}_it(id: int, user=Depends(get_user)):\n    return load(id)\n`).join('\n')}`,
    );
  }
  const filler = Array.from(
    { length: 60 },
    (_, i) => `export function compute${i}(value) {\n  return value * ${i} + other(value);\n}`,
  ).join('\n');
  for (let i = 0; paths.length < files; i++) await write(`web/lib/part${i % 50}/m${i}.js`, filler);
  return paths;
}
