import { z } from 'zod';
import { type LogConfig, logCollector, logOptions } from '#collectors/traffic/log/source';
import { MitmproxyFlow } from './flow.ts';
import { Netstrings } from './netstrings.ts';

const config = z.strictObject(logOptions).describe('Flows that mitmproxy, mitmdump or mitmweb saved.');

export const mitmproxy = logCollector<LogConfig>({
  kind: 'mitmproxy',
  about: 'Operations that answered, from the flows that mitmproxy saved.',
  config,
  begins: /^[0-9]{1,12}:[0-9]{1,2}:[a-z_]{1,40}[;,]/,
  noun: 'flow',
  what: 'a file of flows of mitmproxy',
  accept: (path) => /\.(?:mitm|flows?|dump)(?:\.(?:gz|zst))?$/i.test(path),
  formats: (_, missing) => [new MitmproxyFlow(missing)],
  splitter: () => new Netstrings(),
});
