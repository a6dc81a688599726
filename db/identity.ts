import { hash } from 'node:crypto';
import type { Sighting } from '#model/sighting';

/**
 * What makes two sightings of one scope the same: protocol, method, path, path kind, anchoring, service and servers
 * in any order. 132 bits of SHA-256 as base64url, so that no input can be made to hide another.
 */
export function sightingIdentity(sighting: Sighting): string {
  const { protocol, method, path, pathKind, anchored, service, servers } = sighting;
  const served =
    servers.length < 2
      ? servers.map((server) => [server.host, server.basePath])
      : servers
          .map((server) => [server.host, server.basePath])
          .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return digest(JSON.stringify([protocol, method, path, pathKind, anchored, service, served]));
}

/** 22 characters that stand for a text. */
export function digest(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 22);
}

/** An id for people: lower-case hexadecimal digits that stand for a text. */
export function hexId(text: string, length: number): string {
  return hash('sha256', text, 'hex').slice(0, length);
}
