import { segmentType } from '#path/segment';
import { deprecationDate, httpDate, isMonitor, isStatic, isSuccess, redirectKind } from './answer.ts';
import { mechanismsOf } from './credentials.ts';
import type { Exchange } from './exchange.ts';
import { effectiveStatus, missesMethod } from './grpc.ts';
import { isCall } from './inspect/name.ts';
import { mediaType } from './media-type.ts';
import { isParameterName, queryPairs } from './query.ts';
import { retained } from './retained.ts';
import { userAgentFamily } from './user-agent.ts';

/** What follows from the heads of an exchange, and is the same for all that are alike. */
export interface Kind {
  status: number;
  success: boolean;
  redirect: 'login' | 'canonical' | null;
  mechanisms: readonly string[];
  /** Whether the evidence would have shown credentials: only then does their absence say anything. */
  showsCredentials: boolean;
  /** Names of the query's parameters. */
  query: readonly string[];
  consumes: string | null;
  produces: string | null;
  isStatic: boolean;
  /** A successful answer to GET with a content type: maybe a page that the host answers to everything. */
  isPage: boolean;
  isMonitored: boolean;
  userAgent: string | null;
  version: string | null;
  deprecation: number | null;
  sunset: number | null;
  marks: readonly string[];
  calls: readonly string[];
}

const httpVersion = /^[0-9](?:\.[0-9])?$/;
const maxText = 128;
const maxTexts = 64;
const none: readonly string[] = [];

/**
 * How an exchange ended, decided here and nowhere else: the status that is recorded, 0 for no answer and for what cannot be a
 * status; and whether it says that there is no such operation.
 */
export function outcomeOf(exchange: Exchange): { status: number; isMiss: boolean } {
  const status = effectiveStatus(exchange);
  return { status: status >= 100 && status <= 999 ? Math.floor(status) : 0, isMiss: missesMethod(exchange) };
}

/** `exchange` with its method in upper case, and with the recorded status. */
export function kindOf(exchange: Exchange): Kind {
  const { target, status, requestHeaders, responseHeaders } = exchange;
  const pairs = queryPairs(target);
  const produces = mediaType(responseHeaders.get('content-type'));
  const userAgent = requestHeaders.get('user-agent');
  const success = isSuccess(status);
  return {
    status,
    success,
    redirect: redirectKind(exchange),
    mechanisms: mechanismsOf(exchange, pairs),
    showsCredentials: exchange.headersSeen !== false,
    query: pairs.filter(isParameterName).map(({ name }) => name),
    consumes: mediaType(requestHeaders.get('content-type')),
    produces,
    isStatic: success && isStatic(target, produces),
    isPage: success && produces !== null && exchange.method === 'GET',
    isMonitored: isMonitor(userAgent),
    userAgent: userAgentFamily(userAgent),
    version: exchange.version !== undefined && httpVersion.test(exchange.version) ? exchange.version : null,
    deprecation: deprecationDate(responseHeaders.get('deprecation')),
    sunset: httpDate(responseHeaders.get('sunset')),
    marks: shortTexts(exchange.marks),
    calls: shortTexts(exchange.calls).filter(isCall),
  };
}

/** The same, for long: without a part of a string that would keep the whole. */
export function retainedKind(kind: Kind): Kind {
  return {
    ...kind,
    mechanisms: retainedTexts(kind.mechanisms),
    query: retainedTexts(kind.query),
    consumes: kind.consumes === null ? null : retained(kind.consumes),
    produces: kind.produces === null ? null : retained(kind.produces),
    version: kind.version === null ? null : retained(kind.version),
    marks: retainedTexts(kind.marks),
    calls: retainedTexts(kind.calls),
  };
}

function retainedTexts(texts: readonly string[]): readonly string[] {
  return texts.length === 0 ? none : texts.map(retained);
}

/** Short, and without a value in the place of a word. */
function shortTexts(texts: readonly string[] | undefined): readonly string[] {
  if (texts === undefined || texts.length === 0) return none;
  return texts.slice(0, maxTexts).filter((text) => text !== '' && text.length <= maxText && !holdsValue(text));
}

function holdsValue(text: string): boolean {
  return text.split(/[ /]/).some((word) => {
    const type = segmentType(word);
    return type === 'token' || type === 'jwt' || type === 'email';
  });
}
