import type { Protocol } from '#model/sighting';
import type { Exchange } from './exchange.ts';
import { grpcProtocol } from './grpc.ts';
import { mediaType } from './media-type.ts';

/** What is spoken over an exchange, as far as its heads tell for certain. */
export function protocolOf(exchange: Exchange): Protocol {
  const { requestHeaders, responseHeaders, scheme, status, target } = exchange;
  if (exchange.protocol !== undefined) return exchange.protocol;
  if (scheme === 'ws' || scheme === 'wss') return 'websocket';
  if (status === 101 && isWebSocket(responseHeaders.get('upgrade') ?? requestHeaders.get('upgrade')))
    return 'websocket';
  if (grpcProtocol(exchange) !== null) return 'grpc';
  const type = mediaType(requestHeaders.get('content-type'));
  if (type === 'application/graphql' || (exchange.method === 'POST' && graphqlPath.test(target))) return 'graphql';
  if (type === 'application/soap+xml' || requestHeaders.has('soapaction')) return 'soap';
  if (type === 'application/json-rpc') return 'jsonrpc';
  return 'http';
}

const graphqlPath = /^[^?#]*\/graphql\/?(?:[?#]|$)/;

function isWebSocket(upgrade: string | undefined): boolean {
  return upgrade?.toLowerCase().includes('websocket') ?? false;
}
