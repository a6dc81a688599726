import { z } from 'zod';
import { type LogConfig, logCollector, logOptions } from '#collectors/traffic/log/source';
import { apiGatewayCommon, apiGatewayJson, apiGatewayText } from './api-gateway.ts';
import { CloudFront, cloudFrontJson } from './cloudfront.ts';
import { loadBalancerFormats } from './load-balancer.ts';
import { networkLoadBalancer } from './network-load-balancer.ts';

const config = z
  .strictObject({
    ...logOptions,
    format: z
      .string()
      .min(1)
      .max(8_192)
      .refine((format) => /\$context\.requestTime/.test(format), 'has no `$context.requestTime`')
      .refine((format) => /\$context\.(?:path|resourcePath)\b/.test(format), 'has no `$context.path`')
      .refine((format) => !/\$context\.[\w.]*\w\$/.test(format), 'has two variables without text between them')
      .optional()
      .describe(
        "The access log's format as API Gateway has it, with its `$context` variables, when it is not a usual one.",
      ),
    fields: z
      .array(z.string().min(1).max(64))
      .min(1)
      .max(256)
      .optional()
      .describe("The fields of CloudFront's real-time log in their order, when not all of them are logged."),
  })
  .describe('Logs of AWS: Elastic Load Balancing, CloudFront, API Gateway.');

export type AwsLogConfig = LogConfig & { format?: string | undefined; fields?: string[] | undefined };

export const awsLog = logCollector<AwsLogConfig>({
  kind: 'aws-log',
  about: 'Operations that answered, from logs of AWS load balancers, CloudFront and API Gateway.',
  config,
  noun: 'line',
  what: 'a log of an AWS load balancer, CloudFront or API Gateway',
  accept: (path) => /\.(?:log|json|jsonl|txt|gz|zst)$/i.test(path),
  formats: ({ format, fields }, missing, encrypted) =>
    format !== undefined
      ? [apiGatewayText(format, missing)]
      : [
          ...loadBalancerFormats(missing),
          networkLoadBalancer(encrypted),
          new CloudFront(fields, missing),
          cloudFrontJson(missing),
          ...apiGatewayJson(missing),
          apiGatewayCommon(missing),
        ],
});
