import { expressFramework } from './express/index.ts';
import { fastapiFramework } from './fastapi/index.ts';
import type { Framework } from './framework.ts';
import { javascript } from './javascript/index.ts';
import type { Language } from './language.ts';
import { python } from './python/index.ts';

/** To add a language or a framework is one folder and one entry here. */
export const languages: readonly Language[] = [javascript, python];
export const frameworks: readonly Framework[] = [expressFramework, fastapiFramework];
