import { type Exchange, expected, header, json } from './exchange.ts';
import type { Caller, Person, ServiceName, Shop } from './shop.ts';

const storefront = 'http://www.shop.example';

/** A browser on the storefront's pages: another origin than the services, so it asks for leave before most calls (CORS). */
export class Browser {
  /** All that went over the wire, in order. */
  readonly exchanges: Exchange[] = [];
  readonly #shop: Shop;
  readonly #caller: Caller;
  readonly #allowed = new Set<string>();
  #token = '';
  #cookie = '';

  constructor(shop: Shop, address: string, userAgent: string) {
    this.#shop = shop;
    this.#caller = {
      address,
      headers: { 'User-Agent': userAgent, 'Accept-Language': 'en-GB,en;q=0.7', Referer: `${storefront}/` },
    };
  }

  /** A script's call, with the token when there is one and the service takes it. */
  async fetch(service: ServiceName, method: string, path: string, json?: unknown, more = {}): Promise<Exchange> {
    const headers: Record<string, string> = { Accept: 'application/json', Origin: storefront, ...more };
    if (this.#token && service !== 'catalog') headers['Authorization'] = `Bearer ${this.#token}`;
    if (this.#cookie && service === 'accounts') headers['Cookie'] = this.#cookie;
    const simple = (method === 'GET' || method === 'POST') && !headers['Authorization'] && json === undefined;
    if (!simple) await this.#preflight(service, method, path, headers['Authorization'] !== undefined);
    return this.#record(service, method, path, headers, json);
  }

  /** An image, a style sheet, a script. */
  load(service: ServiceName, path: string): Promise<Exchange> {
    return this.#record(service, 'GET', path, { Accept: '*/*', 'Sec-Fetch-Mode': 'no-cors' });
  }

  async signUp(person: Person): Promise<string> {
    const { email, password, name } = person;
    const answer = await this.fetch('accounts', 'POST', '/v2/users', { email, password, name });
    return json<{ id: string }>(expected(answer, 201)).id;
  }

  async signIn(person: Person): Promise<{ refreshToken: string }> {
    const { email, password } = person;
    const answer = await this.fetch('accounts', 'POST', '/v2/sessions', { email, password });
    const tokens = json<{ access_token: string; refresh_token: string }>(expected(answer, 201));
    this.#token = this.#shop.secret(tokens.access_token);
    this.#cookie = header(answer, 'set-cookie')?.split(';')[0] ?? '';
    return { refreshToken: this.#shop.secret(tokens.refresh_token) };
  }

  async refresh(refreshToken: string): Promise<void> {
    const answer = await this.fetch('accounts', 'POST', '/v2/sessions/refresh', { refresh_token: refreshToken });
    this.#token = this.#shop.secret(json<{ access_token: string }>(expected(answer, 200)).access_token);
  }

  /** Asks for leave, once for each method and path (fetch.spec.whatwg.org, CORS-preflight fetch). */
  async #preflight(service: ServiceName, method: string, path: string, signed: boolean): Promise<void> {
    const key = `${service} ${method} ${path}`;
    if (this.#allowed.has(key)) return;
    this.#allowed.add(key);
    const answer = await this.#record(service, 'OPTIONS', path, {
      Accept: '*/*',
      Origin: storefront,
      'Access-Control-Request-Method': method,
      'Access-Control-Request-Headers': signed ? 'authorization,content-type' : 'content-type',
    });
    expected(answer, 200, 204);
  }

  async #record(
    service: ServiceName,
    method: string,
    path: string,
    headers: Record<string, string>,
    json?: unknown,
  ): Promise<Exchange> {
    const exchange = await this.#shop.call(this.#caller, service, { method, path, headers, json });
    this.exchanges.push(exchange);
    return exchange;
  }
}
