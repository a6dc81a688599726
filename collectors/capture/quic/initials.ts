import { addressOf } from '#collectors/capture/packet/endpoint';
import type { Segment } from '#collectors/capture/packet/segment';
import type { Tally } from '#collectors/capture/tally';
import type { Budget } from '#collectors/capture/tcp/receiver';
import { message } from '#collectors/capture/tls/handshake';
import { readClientHello } from '#collectors/capture/tls/hello';
import { CryptoStream } from './crypto-stream.ts';
import { type InitialKeys, initialKeys, type LongHeader, longHeader, openInitial } from './packet.ts';

interface Client {
  keys: InitialKeys;
  /** `null` once its message was read. */
  stream: CryptoStream | null;
  /** Of the ClientHello that was counted: a Retry makes the client send it again under other keys. */
  random: Buffer | null;
}

/** Clients that are remembered at most; what all of them hold of messages that are not whole. */
const maxClients = 4_096;
const maxHeld = 8 * 1_048_576;
/** A client's first Initial has a random connection id of at least so many bytes (RFC 9000, section 7.2). */
const minConnectionId = 8;
const maxCoalesced = 8;
/** Ports from which only servers send. */
const servers = new Set([443, 8443]);

/**
 * Hosts that clients ask for in QUIC's Initial packets, whose keys everybody can derive (RFC 9001, section 5.2): versions 1 and 2 and
 * draft 29. All else of QUIC stays closed. Never throws, whatever comes.
 */
export class QuicInitials {
  readonly #tally: Tally;
  readonly #budget: Budget;
  /** By addresses and ports of client and server. Two generations: when the young one is half of all, the old one is forgotten. */
  #young = new Map<string, Client>();
  #old = new Map<string, Client>();
  /** Bytes that were held since the young generation began. */
  #held = 0;

  constructor(tally: Tally, budget: Budget) {
    this.#tally = tally;
    this.#budget = budget;
  }

  /** A UDP datagram. Hot for what is no Initial: it costs a look at its header. */
  take(segment: Segment): void {
    const { bytes, to, sourcePort, destinationPort } = segment;
    if (servers.has(sourcePort) && !servers.has(destinationPort)) return;
    let at = segment.from;
    for (let packets = 0; packets < maxCoalesced; packets++) {
      const packet = longHeader(bytes, at, to);
      if (packet === null) return;
      if (packet.initial) this.#initial(segment, packet);
      at = packet.to;
    }
  }

  /** The capture is over. */
  close(): void {
    this.#turn();
    this.#turn();
  }

  #initial(segment: Segment, packet: LongHeader): void {
    const { bytes } = segment;
    const key = pairOf(segment, false);
    const known = this.#find(key);
    // The server's own answer has keys of its own, and nothing in clear that is of use.
    if (known === undefined && this.#find(pairOf(segment, true)) !== undefined) return;
    let plain = known === undefined ? null : openInitial(bytes, packet, known.keys);
    if (known !== undefined && plain !== null) {
      this.#read(known, plain, segment);
      return;
    }
    if (packet.idLength < minConnectionId) return;
    const keys = initialKeys(packet.version, bytes.subarray(packet.id, packet.id + packet.idLength));
    plain = openInitial(bytes, packet, keys);
    if (plain === null) return;
    if (known !== undefined) release(known);
    this.#old.delete(key);
    const client = { keys, stream: new CryptoStream(this.#budget), random: known?.random ?? null };
    this.#young.set(key, client);
    this.#read(client, plain, segment);
    if (2 * this.#young.size > maxClients || 2 * this.#held > maxHeld) this.#turn();
  }

  #find(key: string): Client | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  #turn(): void {
    for (const client of this.#old.values()) release(client);
    this.#old = this.#young;
    this.#young = new Map();
    this.#held = 0;
  }

  #read(client: Client, plain: Buffer, segment: Segment): void {
    const { stream } = client;
    if (stream === null) return;
    const before = stream.held;
    stream.feed(plain);
    this.#held += stream.held - before;
    const whole = stream.message();
    if (whole === null) return;
    if (whole.type === message.clientHello) this.#clientHello(client, whole.body, segment);
    release(client);
  }

  #clientHello(client: Client, body: Buffer, segment: Segment): void {
    const hello = readClientHello(body);
    if (hello === null || (client.random !== null && hello.random.equals(client.random))) return;
    client.random = hello.random;
    this.#tally.quicConnections++;
    const server = `${segment.bytes.toString('latin1', segment.addresses + segment.width, segment.addresses + 2 * segment.width)}-`;
    this.#tally.tlsHosts.add({
      host: hello.name ?? addressOf(server),
      port: segment.destinationPort,
      transport: 'quic',
      decrypted: false,
      at: segment.at,
      ref: segment.ref,
      version: '1.3',
      chosen: null,
      offered: hello.alpn,
      certificateAsked: false,
      certificateSent: false,
      ech: hello.ech,
    });
  }
}

function release(client: Client): void {
  client.stream?.release();
  client.stream = null;
}

/** The datagram's addresses and ports, `back`: as those of one that answers it. */
function pairOf({ bytes, addresses, width, sourcePort, destinationPort }: Segment, back: boolean): string {
  const source = bytes.toString('latin1', addresses, addresses + width);
  const destination = bytes.toString('latin1', addresses + width, addresses + 2 * width);
  return back
    ? destination + source + String.fromCharCode(destinationPort, sourcePort)
    : source + destination + String.fromCharCode(sourcePort, destinationPort);
}
