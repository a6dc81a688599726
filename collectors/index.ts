import type { Registry } from '#collectors/collector';
import { spec } from './spec/index.ts';

/** Every kind of source, one line each. A path given directly is of the first kind that recognises it. */
export const collectors: Registry = [spec];
