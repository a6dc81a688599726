import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Tests against the shared data (NOONTIDE_SHARED, or ../shared): CI runs them, a fresh machine need not have it. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ['test/conformance/**/*.test.ts'], exclude: [], testTimeout: 300_000 },
});
