import type { Language } from '#collectors/code/language';
import { globals, packages } from './packages.ts';
import { resolveModule } from './resolve.ts';
import { lowerBody } from './statement.ts';

export const python: Language = {
  name: 'python',
  extensions: ['.py'],
  grammars: () => ['python'],
  lower: (root, at) => lowerBody(root, at),
  blockScoped: false,
  globals,
  packages,
  resolve: resolveModule,
};
