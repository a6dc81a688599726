const bare = /^\s*([a-z0-9!#$&^_.+-]{1,63}\/[a-z0-9!#$&^_.+-]{1,63})\s*(?:;|,|$)/i;

/** The media type of a `Content-Type` without its parameters, lower case (RFC 9110, section 8.3.1); `null` when it is none. */
export function mediaType(header: string | undefined): string | null {
  return bare.exec(header ?? '')?.[1]?.toLowerCase() ?? null;
}
