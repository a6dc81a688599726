#!/usr/bin/env node
// Nothing is imported before the version is known to do: an old Node would fail on syntax or on a native module first.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(`noontide needs Node.js 22.12 or newer, and this is ${process.versions.node}.\n`);
  process.exitCode = 2;
} else {
  const { main } = await import('./main.ts');
  await main(process.argv);
}

export {};
