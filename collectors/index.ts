import { capture } from './capture/index.ts';
import { code } from './code/index.ts';
import type { Registry } from './collector.ts';
import { har } from './har/index.ts';
import { spec } from './spec/index.ts';

/** Every kind of source, one line each. A path given directly is of the first kind that recognises it. */
export const collectors: Registry = [spec, har, capture, code];
