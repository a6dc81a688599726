import { segmentType } from '#path/segment';

/** What a value is replaced by. */
const masked = '…';

/** Types of a path's segment that may be a person's or a credential. */
const telling = new Set(['email', 'jwt', 'token', 'string']);

/** Numbers in hexadecimal are ids, or keys where they are as long as those. */
const keyLength = 32;

/**
 * A request target as sent, without what may be secret: every value of its query, names and passwords before a host, parameters of
 * segments (`;jsessionid=…`), and segments that look like an address, a token or free text.
 */
export function maskedTarget(target: string): string {
  const [, scheme = '', authority = '', path = '', query] =
    /^(?:([a-z][a-z0-9+.-]*:\/\/)([^/?]*))?([^?]*)(?:\?(.*))?$/is.exec(target) ?? [];
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const user = host === authority ? '' : `${masked}@`;
  const parameters = query === undefined ? '' : `?${query.split('&').map(maskedParameter).join('&')}`;
  return `${scheme}${user}${host}${path.split('/').map(maskedSegment).join('/')}${parameters}`;
}

function maskedSegment(segment: string): string {
  const end = segment.indexOf(';');
  if (end >= 0) {
    const parameters = segment
      .slice(end + 1)
      .split(';')
      .map(maskedParameter);
    return `${maskedSegment(segment.slice(0, end))};${parameters.join(';')}`;
  }
  // Somebody at somewhere, who may have a password.
  return /.@/.test(segment) ? masked : maskedWord(segment);
}

/** A method as sent, or a path's segment, unless it can be a value that stands in its place. */
export function maskedWord(word: string): string {
  const type = segmentType(word);
  const isKey = type === 'hex' && word.length >= keyLength;
  return type !== null && (isKey || telling.has(type)) ? masked : word;
}

/** A host as sent, without the name and password before it. */
export function maskedHost(host: string): string {
  const at = host.lastIndexOf('@');
  return at < 0 ? host : `${masked}${host.slice(at)}`;
}

/** Also one without a value, where its name may be one. */
function maskedParameter(parameter: string): string {
  const equals = parameter.indexOf('=');
  const name = equals < 0 ? parameter : parameter.slice(0, equals);
  const shown = segmentType(name) === null ? name : masked;
  return equals < 0 ? shown : `${shown}=${masked}`;
}
