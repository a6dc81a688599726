/** Secrets of one session, by label: what of SSLKEYLOGFILE serves to read application data. */
export const labels = [
  'CLIENT_RANDOM',
  'CLIENT_EARLY_TRAFFIC_SECRET',
  'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
  'SERVER_HANDSHAKE_TRAFFIC_SECRET',
  'CLIENT_TRAFFIC_SECRET_0',
  'SERVER_TRAFFIC_SECRET_0',
] as const;
export type Label = (typeof labels)[number];

const known: ReadonlySet<string> = new Set(labels);
/** Lines of other labels are no mistake: exporters, ECH, QUIC, RSA key exchange, later generations (which are derived). */
const otherLabel =
  /^(RSA|ECH_SECRET|ECH_CONFIG|(EARLY_)?EXPORTER_SECRET|QUIC_\w+|(CLIENT|SERVER)_TRAFFIC_SECRET_([1-9]\d*|N))$/;
const line = /^([A-Z0-9_]{3,40}) +([0-9a-f]{64}) +([0-9a-f]{64,128})$/i;
const loose = /^([A-Z0-9_]{3,40}) +[0-9a-f]+ +[0-9a-f]+$/i;

/** No line that is used is longer. */
export const maxLineLength = 1_024;
const maxSessions = 1_000_000;
/** Bytes of secrets; about as many again are the client randoms and the tables. */
const maxBytes = 128 * 1_048_576;
/** Of one session: more than all labels have. */
const maxSecrets = 1_024;

/**
 * Secrets of TLS sessions in the format of SSLKEYLOGFILE (RFC 9850), by client random. Two generations bound them: when the young one
 * has half of what there may be, the old one is forgotten. Nothing of a secret is ever told but by {@link KeyLog.of}.
 */
export class KeyLog {
  /** More may come while a capture is read: it is of a format that holds secrets itself. */
  growing = false;
  /** Lines that are neither a secret, a comment nor empty, and sessions that were forgotten for want of room. */
  broken = 0;
  forgotten = 0;
  /** Grows with each secret: whoever missed one looks again when it has. */
  secrets = 0;
  readonly #maxSessions: number;
  /** Of each client random (32 characters), its secrets one behind the other: label, length, bytes, a character each. */
  #young = new Map<string, string>();
  #old = new Map<string, string>();
  #youngBytes = 0;

  /** `sessions`: how many are kept at most. */
  constructor(sessions = maxSessions) {
    this.#maxSessions = sessions;
  }

  /** Sessions of which there is a secret. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** Whole lines, the last with or without its end. */
  add(text: string): void {
    let from = 0;
    while (from < text.length) {
      const found = text.indexOf('\n', from);
      const end = found < 0 ? text.length : found;
      if (end - from <= maxLineLength) this.#line(text.slice(from, end).trim());
      else this.broken++;
      from = end + 1;
    }
  }

  /** Of one session, by label; `undefined` when the log does not have it. `clientRandom`: 32 bytes. */
  of(clientRandom: Buffer): Partial<Record<Label, Buffer>> | undefined {
    const random = clientRandom.toString('latin1');
    const packed = this.#young.get(random) ?? this.#old.get(random);
    if (packed === undefined) return undefined;
    const secrets: Partial<Record<Label, Buffer>> = {};
    for (let at = 0; at < packed.length; ) {
      const end = at + 2 + packed.charCodeAt(at + 1);
      secrets[labels[packed.charCodeAt(at)]!] = Buffer.from(packed.slice(at + 2, end), 'latin1');
      at = end;
    }
    return secrets;
  }

  #line(text: string): void {
    if (text === '' || text.startsWith('#')) return;
    const [, label, random, secret] = line.exec(text) ?? [];
    if (label !== undefined && known.has(label) && secret!.length % 2 === 0) {
      this.#store(labels.indexOf(label as Label), latin1(random!), latin1(secret!));
    } else if (!otherLabel.test(loose.exec(text)?.[1] ?? '')) {
      this.broken++;
    }
  }

  #store(label: number, random: string, secret: string): void {
    const sessions = this.#old.has(random) ? this.#old : this.#young;
    const before = sessions.get(random) ?? '';
    const added = String.fromCharCode(label, secret.length) + secret;
    // The same line again: two processes that write one file, or a capture that repeats its secrets.
    if (before.includes(added) || before.length + added.length > maxSecrets) return;
    sessions.set(random, before + added);
    this.secrets++;
    if (sessions === this.#young) this.#youngBytes += added.length;
    if (2 * this.#young.size > this.#maxSessions || 2 * this.#youngBytes > maxBytes) this.#turn();
  }

  #turn(): void {
    this.forgotten += this.#old.size;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngBytes = 0;
  }
}

/** A string of its own: a slice of the text would keep all of it. */
function latin1(hex: string): string {
  return Buffer.from(hex, 'hex').toString('latin1');
}
