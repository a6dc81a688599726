import { segmentType } from '#path/segment';
import { remembered } from './remembered.ts';
import { retained } from './retained.ts';

/** The registered top-level types (RFC 6838, section 4.2): another is no type, and may be anything. */
const bare =
  /^\s*((?:application|audio|font|image|message|model|multipart|text|video|x-[a-z]{1,16})\/[a-z0-9!#$&^_.+-]{1,63})\s*(?:;|,|$)/i;

/**
 * The media type of a `Content-Type` without its parameters, lower case (RFC 9110, section 8.3.1); `null` when it is none, or holds
 * an opaque value.
 */
export function mediaType(header: string | undefined): string | null {
  return header === undefined ? null : typeOf(header);
}

const typeOf = remembered((header): string | null => {
  const type = bare.exec(header)?.[1];
  const opaque = type?.split(/[/.+]/).some((part) => segmentType(part) === 'token');
  return type === undefined || opaque ? null : retained(type.toLowerCase());
});
