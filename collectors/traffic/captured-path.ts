import { normalisePath, splitPath } from '#path/normalise';
import { segmentType } from '#path/segment';

/** What a path segment may hold unencoded (RFC 3986, section 3.3), less the braces of a template. */
const foreign = /[^A-Za-z0-9\-._~!$&'()*+,;=:@%]|%(?![0-9A-Fa-f]{2})/gu;
/** Most segments: too short and too plain to be anything else. */
const word = /^[A-Za-z_-]{1,15}$/;
const grpcPath = /^\/[A-Za-z_][\w.]{0,255}\/[A-Za-z_]\w{0,255}$/;

/**
 * The template of a captured target: normal, with typed placeholders (`/orders/{integer}`) where a segment cannot be literal.
 * A segment of other bytes than a URI's is a value, so that what was captured cannot pass for a template.
 */
export function capturedPath(target: string): string {
  const path = normalisePath(target);
  return path === '/' ? path : `/${splitPath(path).map(placeholder).join('/')}`;
}

/** The path of a gRPC call, whose long names are not values: `/package.Service/Method`. */
export function grpcMethodPath(target: string): string | null {
  return grpcPath.test(target) ? target : null;
}

function placeholder(segment: string): string {
  if (word.test(segment)) return segment;
  const encoded = segment.replace(foreign, percentEncoded);
  const type = segmentType(encoded);
  if (type !== null) return `{${type}}`;
  return holdsSecret(encoded) ? '{string}' : encoded;
}

function percentEncoded(char: string): string {
  return Array.from(Buffer.from(char), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

/** A value beside other text: `token=eyJ…`, `to:ann@example.com`. */
function holdsSecret(segment: string): boolean {
  if (segment.length < 6) return false;
  if (/@[^@]+\.[A-Za-z]{2}/.test(segment) || /eyJ[\w-]{8,}\.[\w-]+/.test(segment)) return true;
  if (segment.length < 16) return false;
  return segment.split(/[^A-Za-z0-9_-]+/).some((part) => segmentType(part) === 'token');
}
