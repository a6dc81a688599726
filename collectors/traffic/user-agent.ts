import { remembered } from './remembered.ts';

/** Families by the first product of the header (RFC 9110, section 10.1.5), lower case. */
const products: ReadonlyMap<string, string> = new Map([
  ['curl', 'curl'],
  ['libcurl', 'curl'],
  ['wget', 'wget'],
  ['httpie', 'httpie'],
  ['python-requests', 'python'],
  ['python-urllib', 'python'],
  ['python-urllib3', 'python'],
  ['urllib3', 'python'],
  ['python-httpx', 'python'],
  ['aiohttp', 'python'],
  ['python', 'python'],
  ['go-http-client', 'go'],
  ['grpc-go', 'go'],
  ['go-resty', 'go'],
  ['okhttp', 'okhttp'],
  ['java', 'java'],
  ['java-http-client', 'java'],
  ['apache-httpclient', 'java'],
  ['jakarta', 'java'],
  ['jersey', 'java'],
  ['grpc-java-netty', 'java'],
  ['grpc-java-okhttp', 'java'],
  ['reactornetty', 'java'],
  ['feign', 'java'],
  ['axios', 'node'],
  ['node', 'node'],
  ['node-fetch', 'node'],
  ['undici', 'node'],
  ['got', 'node'],
  ['grpc-node-js', 'node'],
  ['deno', 'deno'],
  ['bun', 'bun'],
  ['ruby', 'ruby'],
  ['faraday', 'ruby'],
  ['rest-client', 'ruby'],
  ['guzzlehttp', 'php'],
  ['php', 'php'],
  ['symfony', 'php'],
  ['dart', 'dart'],
  ['cfnetwork', 'apple'],
  ['reqwest', 'rust'],
  ['hyper', 'rust'],
  ['ureq', 'rust'],
  ['restsharp', 'dotnet'],
  ['.net', 'dotnet'],
  ['grpc-dotnet', 'dotnet'],
  ['aws-sdk-java', 'aws-sdk'],
  ['aws-sdk-js', 'aws-sdk'],
  ['aws-sdk-go', 'aws-sdk'],
  ['aws-sdk-go-v2', 'aws-sdk'],
  ['boto3', 'aws-sdk'],
  ['aws-cli', 'aws-sdk'],
  ['postmanruntime', 'postman'],
  ['insomnia', 'insomnia'],
  ['bruno-runtime', 'bruno'],
  ['k6', 'load test'],
  ['jmeter', 'load test'],
  ['apachebench', 'load test'],
  ['wrk', 'load test'],
  ['vegeta', 'load test'],
  ['locust', 'load test'],
  ['kube-probe', 'kube-probe'],
  ['elb-healthchecker', 'monitor'],
  ['googlehc', 'monitor'],
  ['amazon-route53-health-check-service', 'monitor'],
  ['consul', 'monitor'],
  ['envoy', 'monitor'],
  ['check_http', 'monitor'],
  ['prometheus', 'monitor'],
  ['blackbox', 'monitor'],
  ['uptimerobot', 'monitor'],
  ['datadog', 'monitor'],
  ['nuclei', 'scanner'],
  ['sqlmap', 'scanner'],
  ['nikto', 'scanner'],
  ['masscan', 'scanner'],
  ['zgrab', 'scanner'],
  ['gobuster', 'scanner'],
  ['feroxbuster', 'scanner'],
  ['ffuf', 'scanner'],
  ['wfuzz', 'scanner'],
]);

const monitor = /pingdom|uptimerobot|statuscake|datadog|site24x7|betteruptime|better uptime|newrelic|checkly/i;
const scanner = /nuclei|nikto|nmap|zgrab|censys|shodan|wpscan|acunetix|nessus|expanse|internetmeasurement/i;
const bot = /bot\b|bot\/|crawl|spider|slurp|preview|facebookexternalhit|gptbot|claudebot/i;

/**
 * What kind of program asked, by the name that it sends: one of a fixed list of words (`browser`, `curl`, `python`, `monitor`,
 * `other` …), never a part of the header; `null` when it sent none.
 */
export function userAgentFamily(header: string | undefined): string | null {
  return header === undefined || header === '' ? null : familyOf(header);
}

const familyOf = remembered((header): string => {
  const text = header.slice(0, 256);
  const end = text.search(/[/ ;(]/);
  const product = (end < 0 ? text : text.slice(0, end)).toLowerCase();
  if (product !== 'mozilla' && product !== 'opera') return products.get(product) ?? strange(text) ?? 'other';
  return strange(text) ?? 'browser';
});

function strange(text: string): string | null {
  if (monitor.test(text)) return 'monitor';
  if (scanner.test(text)) return 'scanner';
  return bot.test(text) ? 'bot' : null;
}
