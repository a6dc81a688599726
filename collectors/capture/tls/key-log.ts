/** Secrets of TLS sessions by client random (hex, lower case), as SSLKEYLOGFILE has them. */
export class KeyLog {
  readonly #secrets = new Map<string, Map<string, Buffer>>();

  /** Of one session, by label (`CLIENT_RANDOM`, `CLIENT_TRAFFIC_SECRET_0` …). */
  of(clientRandom: string): ReadonlyMap<string, Buffer> | undefined {
    return this.#secrets.get(clientRandom);
  }
}
