import type { Answer, Body, Operation } from './catalogue.ts';
import { type Client, type Field, uniqueValue } from './client.ts';
import type { Random } from './random.ts';
import { id } from './values.ts';

/** A request and its answer, before they are written in a version of HTTP. */
export interface MadeExchange {
  operation: Operation;
  method: string;
  target: string;
  status: number;
  requestFields: Field[];
  requestBody: Buffer | null;
  responseFields: Field[];
  /** `null`: the answer has none. */
  responseBody: Buffer | null;
  /** HTTP/1 sends it in chunks, HTTP/2 without a length. */
  chunked: boolean;
}

/** One call of an operation, as `client` would make it; `date` is the clock as HTTP writes it. */
export function newExchange(operation: Operation, client: Client, date: string, random: Random): MadeExchange {
  const head = operation.method === 'GET' && random.chance(0.01);
  const answer = draw(operation.answers, random);
  const request = one(operation.requests, random);
  const requestFields = [...client.fields];
  for (const name of client.unique) requestFields.push([name, uniqueValue(name, random)]);
  if (answer.status === 304) requestFields.push(['if-none-match', `"${random.hex(16)}"`]);
  if (request) requestFields.push(['content-type', request.type], ['content-length', String(request.plain.length)]);
  const response = one(answer.bodies, random);
  const chunked = response !== null && !head && random.chance(0.25);
  const zipped = response !== null && client.gzip && random.chance(0.45);
  const bytes = response && (zipped ? response.gzip : response.plain);
  const responseFields: Field[] = [
    ['date', date],
    ['server', random.pick(['nginx/1.24.0', 'envoy', 'gunicorn', 'cloudflare'])],
  ];
  if (response) responseFields.push(['content-type', response.type]);
  if (zipped) responseFields.push(['content-encoding', 'gzip'], ['vary', 'accept-encoding']);
  if (bytes && !chunked) responseFields.push(['content-length', String(bytes.length)]);
  if (!bytes && answer.status === 202) responseFields.push(['content-length', '0']);
  if (answer.status === 302) responseFields.push(['location', `${operation.pieces[0]}moved`], ['content-length', '0']);
  if (answer.status === 304 || random.chance(0.4)) responseFields.push(['etag', `"${random.hex(16)}"`]);
  responseFields.push(['cache-control', 'no-store'], ['x-request-id', random.hex(32)]);
  if (random.chance(0.1)) responseFields.push(['set-cookie', `sid=${random.hex(32)}; Path=/; HttpOnly; Secure`]);
  return {
    operation,
    method: head ? 'HEAD' : operation.method,
    target: target(operation, random),
    status: answer.status,
    requestFields,
    requestBody: request?.plain ?? null,
    responseFields,
    responseBody: head ? null : bytes,
    chunked,
  };
}

function target({ pieces, kind, query }: Operation, random: Random): string {
  let text = pieces[0] ?? '';
  for (let i = 1; i < pieces.length; i++) text += id(kind, random) + pieces[i];
  query.forEach((name, i) => {
    text += `${i === 0 ? '?' : '&'}${name}=${queryValue(name, random)}`;
  });
  return text;
}

function queryValue(name: string, random: Random): string {
  switch (name) {
    case 'limit':
    case 'per_page':
      return String(10 * (1 + random.below(10)));
    case 'offset':
    case 'page':
      return String(random.below(500));
    case 'sort':
      return random.pick(['createdAt', '-createdAt', 'name']);
    case 'since':
      return `2026-0${1 + random.below(9)}-01T00%3A00%3A00Z`;
    case 'fields':
      return 'id%2Cname%2Cstatus';
    default:
      return random.hex(12);
  }
}

function draw(answers: readonly Answer[], random: Random): Answer {
  let left = random.below(1_000);
  for (const answer of answers) {
    left -= answer.share;
    if (left < 0) return answer;
  }
  return answers[0]!;
}

function one(bodies: readonly Body[], random: Random): Body | null {
  return bodies.length === 0 ? null : bodies[random.below(bodies.length)]!;
}
