import { accesslog } from './accesslog/index.ts';
import { awsLog } from './aws-log/index.ts';
import { azureLog } from './azure-log/index.ts';
import { burp } from './burp/index.ts';
import { capture } from './capture/index.ts';
import { code } from './code/index.ts';
import type { Registry } from './collector.ts';
import { gcpLog } from './gcp-log/index.ts';
import { har } from './har/index.ts';
import { k6 } from './k6/index.ts';
import { mitmproxy } from './mitmproxy/index.ts';
import { postman } from './postman/index.ts';
import { spec } from './spec/index.ts';
import { suricata } from './suricata/index.ts';
import { zeek } from './zeek/index.ts';

const logs: Registry = [zeek, suricata, awsLog, gcpLog, azureLog, mitmproxy, burp, postman, k6, accesslog];

/**
 * Every kind of source. A path given directly is of the first kind that recognises it: of logs, those that have a form of their own come
 * before access logs, which know the common ones.
 */
export const collectors: Registry = [spec, har, capture, ...logs, code];
