#!/usr/bin/env node
// Nothing is imported before the version is known to do: an old Node would fail on syntax first, and without Node-API 10 (Node.js
// 22.14 and 23.6) the SQLite that we load ends the process with a segmentation fault.
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || Number(process.versions.napi) < 10) {
  process.stderr.write(`noontide needs Node.js 22.14 or newer, and this is ${process.versions.node}.\n`);
  process.exitCode = 2;
} else {
  const { main } = await import('./main.ts');
  await main(process.argv);
}

export {};
