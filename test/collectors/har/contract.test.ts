import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { har } from '#collectors/har/index';
import { collectorContract } from '#test/collectors/contract';
import { writeLongHar } from './long-har.ts';

collectorContract({
  collector: har,
  module: { path: '#collectors/har/index', name: 'har' },
  fixtures: fileURLToPath(new URL('fixtures', import.meta.url)),
  config: { paths: ['browser.har', 'proxy.har'] },
  bad: [
    { config: {}, names: 'paths' },
    { config: { paths: [] }, names: 'paths' },
    { config: { paths: [''] }, names: 'paths' },
    { config: { paths: 'a.har' }, names: 'paths' },
    { config: { paths: ['a.har'], path: 'a.har' }, names: 'path' },
  ],
  missing: { paths: ['nowhere.har'] },
  breakable: 'browser.har',
  secrets: [
    'eyJhbGciOiJIUzI1NiJ9',
    's3ss10n-0f-gr4c3',
    'hunter2hunter2',
    'grace@acme.example',
    'correct horse battery',
    '0F1E2D3C4B5A',
    'Z3JhY2U6Y29ycmVjdA',
  ],
  async long(folder, megabytes) {
    const file = await open(join(folder, 'long.har'), 'w');
    try {
      await writeLongHar(file, megabytes);
    } finally {
      await file.close();
    }
    return { paths: ['long.har'] };
  },
});
