import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { type Call, type Exchange, expected, json, send } from './exchange.ts';

export type ServiceName = 'orders' | 'catalog' | 'accounts';

/** Where the services listen. Addresses of their own let all of them have the same port. */
export const addresses: Record<ServiceName, string> = {
  orders: '127.0.0.11',
  catalog: '127.0.0.12',
  accounts: '127.0.0.13',
};
export const port = 8_080;

/** Somebody or something that calls the services. */
export interface Caller {
  /** Its own loopback address: whoever reads the capture tells callers apart by it. */
  address: string;
  /** Sent with every call. */
  headers: Record<string, string>;
}

export interface Credentials {
  email: string;
  password: string;
}

export interface Person extends Credentials {
  name: string;
}

/** The running shop as its callers meet it, and the made-up secrets that pass there. */
export class Shop {
  /** Everybody draws from numbers of their own ({@link Random}), so that who comes first changes nothing. */
  readonly seed: number;
  readonly outbox: string;
  readonly signal: AbortSignal;
  readonly tokenKey = randomBytes(24).toString('base64url');
  readonly office: Credentials;
  readonly apiKey: string;
  readonly #secrets = new Set<string>();
  readonly #agents = new Map<string, Agent>();

  constructor(seed: number, outbox: string, signal: AbortSignal) {
    this.seed = seed;
    this.outbox = outbox;
    this.signal = signal;
    this.office = this.credentials('office@shop.example');
    this.apiKey = this.secret(`sk_live_${randomBytes(15).toString('hex')}`);
  }

  /** What must never come out of a scan, sorted. */
  get secrets(): string[] {
    return [...this.#secrets].sort();
  }

  /** Remembers that a value is secret or personal. */
  secret(value: string): string {
    this.#secrets.add(value);
    return value;
  }

  person(name: string, email: string): Person {
    return { name: this.secret(name), ...this.credentials(email) };
  }

  credentials(email: string): Credentials {
    const password = `canary-${randomBytes(9).toString('base64url')}`;
    return { email: this.secret(email), password: this.secret(password) };
  }

  /** One request over the caller's own kept connections, and its whole answer. */
  call(caller: Caller, service: ServiceName, call: Call): Promise<Exchange> {
    let agent = this.#agents.get(caller.address);
    if (!agent) {
      agent = new Agent({ keepAlive: true, maxSockets: 2, localAddress: caller.address });
      this.#agents.set(caller.address, agent);
    }
    const headers = { Host: `${service}.shop.example`, ...caller.headers, ...call.headers };
    return send({ host: addresses[service], port, agent, signal: this.signal }, { ...call, headers });
  }

  /** Signs in as a program does, without a browser. */
  async signIn(
    caller: Caller,
    { email, password }: Credentials,
  ): Promise<{ accessToken: string; refreshToken: string }> {
    const call = { method: 'POST', path: '/v2/sessions', json: { email, password } };
    const answer = expected(await this.call(caller, 'accounts', call), 201);
    const tokens = json<{ access_token: string; refresh_token: string }>(answer);
    return { accessToken: this.secret(tokens.access_token), refreshToken: this.secret(tokens.refresh_token) };
  }

  /** Closes all kept connections, so that the capture sees them end. */
  hangUp(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }
}
