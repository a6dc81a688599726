import type { Language } from '#collectors/code/language';
import { globals, packages } from './packages.ts';
import { resolveModule } from './resolve.ts';
import { lowerBody } from './statement.ts';

export const python: Language = {
  name: 'python',
  extensions: ['.py'],
  grammars: () => ['python'],
  lower: (root, at) => lowerBody(root, at),
  bodySource: ({ text, column }) => {
    // The first line comes without its indentation, of which the others have at least as much.
    const tabs = /\n\t/.test(text);
    return `if 1:\n${(tabs ? '\t' : ' ').repeat(Math.max(1, column))}${text}\n`;
  },
  lowerBody: (root, at) =>
    lowerBody(root.namedChildren()[0]?.field('consequence') ?? null, { ...at, line: at.line - 1 }),
  blockScoped: false,
  globals,
  packages,
  resolve: resolveModule,
};
