import { capture } from '#collectors/capture/index';
import type { Run } from '#collectors/collector';
import type { Exchange } from '#collectors/traffic/exchange';
import type { ScopeReport } from '#model/scope';

const silent = () => undefined;

/** Reads a capture as `noontide exchanges` does, with the secrets of a key log where there is one. Throws what must never be thrown. */
export async function readCapture(
  path: string,
  keylog?: string,
): Promise<{ exchanges: Exchange[]; report: ScopeReport }> {
  const log = { debug: silent, info: silent, warn: silent };
  const run: Run = { root: process.cwd(), signal: new AbortController().signal, log, progress: silent };
  const options = capture.config.parse({ paths: [path], ...(keylog === undefined ? {} : { keylog }) });
  const exchanges: Exchange[] = [];
  let report: ScopeReport | null = null;
  for await (const told of capture.exchanges!(options, run)) {
    if (told.type === 'exchange') exchanges.push(told.exchange);
    if (told.type === 'end') report = told.report;
  }
  if (report === null) throw new Error('the capture has no report');
  return { exchanges, report };
}
