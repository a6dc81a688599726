import { z } from 'zod';
import { type LogConfig, logCollector, logOptions } from '#collectors/traffic/log/source';
import { type Declared, declaredFormats } from './declared.ts';

const config = z
  .strictObject({
    ...logOptions,
    format: z
      .union([z.string().min(1).max(8_192), z.record(z.string().min(1).max(256), z.string().min(1).max(256))])
      .superRefine((format, context) => {
        const formats = declaredFormats(format, { host: '', zone: 0 });
        if (typeof formats === 'string') context.addIssue({ code: 'custom', message: formats });
      })
      .optional()
      .describe(
        "The lines' format, when it is not recognised: a name (`combined`), or as the server has it declared (`log_format` of nginx, `LogFormat` of Apache, a format of Envoy or HAProxy); of JSON, a map from keys to variables.",
      ),
  })
  .describe('Access logs of nginx, Apache, Caddy, Envoy, HAProxy, Traefik, IIS and others.');

export type AccesslogConfig = LogConfig & { format?: Declared | undefined };

export const accesslog = logCollector<AccesslogConfig>({
  kind: 'accesslog',
  about: 'Operations that answered, from access logs of nginx, Apache, Caddy, Envoy, HAProxy, Traefik and IIS.',
  config,
  noun: 'line',
  what: 'an access log',
  accept: (path) =>
    /(?:\.log|access[_-]?log)(?:[.-][0-9-]{1,10})?(?:\.(?:gz|zst))?$/i.test(path) && !/error[^/]*$/i.test(path),
  formats: ({ format }, missing) => {
    const formats = declaredFormats(format, missing);
    return typeof formats === 'string' ? [] : formats;
  },
});
