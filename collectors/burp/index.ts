import { z } from 'zod';
import { type LogConfig, logCollector, logOptions } from '#collectors/traffic/log/source';
import { BurpItem } from './item.ts';
import { Items } from './items.ts';

const config = z
  .strictObject(logOptions)
  .describe('Items that Burp Suite saved as XML («Save items»), as text or base64.');

export const burp = logCollector<LogConfig>({
  kind: 'burp',
  about: 'Operations that answered, from items that Burp Suite saved as XML.',
  config,
  begins: /<items burpVersion="/,
  noun: 'item',
  what: 'XML of Burp Suite',
  accept: (path) => /\.(?:xml|burp)(?:\.(?:gz|zst))?$/i.test(path),
  formats: (_, missing) => [new BurpItem(missing)],
  splitter: () => new Items(),
});
