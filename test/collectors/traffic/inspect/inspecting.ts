import { provenData } from '#collectors/traffic/inspect/data-class/trace';
import type { Field } from '#collectors/traffic/inspect/field';
import { inspectRequest, type RequestFacts } from '#collectors/traffic/inspect/request';
import { inspectResponse, type ResponseFacts } from '#collectors/traffic/inspect/response';
import { exchange, type Told } from '#test/collectors/traffic/exchanges';

type Body = string | Uint8Array | object;

function bytesOf(body: Body): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Facts of a POST with this body (an object is sent as JSON), of which `length` bytes were sent. */
export function asked(body: Body, told: Told & { type?: string; length?: number } = {}): RequestFacts {
  const bytes = bytesOf(body);
  const type = told.type ?? (typeof body === 'object' && !(body instanceof Uint8Array) ? 'application/json' : '');
  return inspectRequest(
    exchange({
      method: 'POST',
      requestBody: bytes,
      requestLength: told.length ?? bytes.length,
      ...told,
      asked: { ...(type && { 'content-type': type }), ...told.asked },
    }),
  );
}

/** Facts of an answer with this body. */
export function answered(body: Body, headers: Record<string, string> = {}, told: Told = {}): ResponseFacts {
  const bytes = bytesOf(body);
  return inspectResponse(
    exchange({
      responseBody: bytes,
      responseLength: bytes.length,
      ...told,
      answered: { 'content-type': 'application/json', ...headers },
    }),
  );
}

/** `items[].price number`, `email string:email`; without the root. */
export function shapes(fields: readonly Field[]): string[] {
  return fields
    .filter(({ path }) => path !== '')
    .map(({ path, types, format }) => `${path} ${types.join('|')}${format ? `:${format}` : ''}`);
}

/** `email at request body user.mail`. */
export function dataOf({ data }: Pick<RequestFacts, 'data'>): string[] {
  return provenData(data).map(({ class: name, place }) => `${name} at ${place}`);
}
