import type { Language } from '#collectors/code/language';
import { globals, packages } from './packages.ts';
import { resolveModule } from './resolve.ts';
import { lowerBody } from './statement.ts';

export const javascript: Language = {
  name: 'javascript',
  extensions: ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'],
  // `<T>value` is a cast in TypeScript and an element in the others; plain JavaScript may hold what TypeScript reserves.
  grammars: (file) =>
    /\.[cm]?ts$/.test(file) ? ['TypeScript'] : file.endsWith('.tsx') ? ['Tsx'] : ['Tsx', 'JavaScript'],
  lower: lowerBody,
  bodySource: ({ text }) => text,
  lowerBody: (root, at) => lowerBody(root.namedChildren()[0] ?? root, at),
  blockScoped: true,
  globals,
  packages,
  resolve: resolveModule,
};
