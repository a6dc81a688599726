import type { Exchange } from '#collectors/traffic/exchange';
import type { Document } from '#collectors/traffic/inspect/body/document';
import { isName } from '#collectors/traffic/inspect/name';

const soapNamespace =
  /^http:\/\/(?:schemas\.xmlsoap\.org\/soap\/envelope\/?|www\.w3\.org\/2003\/05\/soap-envelope\/?)$/;
const actionParameter = /;\s{0,4}action\s{0,4}=\s{0,4}"([^"]{1,256})"/i;

/**
 * The operation of a SOAP 1.1 or 1.2 message: the first element of its Body, else the last part of its action. `null` when it is no
 * such message; `''` when it is one that names nothing.
 */
export function soapCall({ requestHeaders }: Exchange, document: Document | null): string | null {
  const action =
    requestHeaders.get('soapaction') ??
    actionParameter.exec((requestHeaders.get('content-type') ?? '').slice(0, 1_024))?.[1];
  const xml = document?.xml;
  const isEnvelope = xml?.name === 'Envelope' && xml.namespaces.some((namespace) => soapNamespace.test(namespace));
  if (!isEnvelope && !requestHeaders.has('soapaction') && document?.type !== 'application/soap+xml') return null;
  const root = isEnvelope ? xml.root : '';
  const body = typeof root === 'object' ? root['Body'] : undefined;
  const first =
    typeof body === 'object' && !Array.isArray(body) ? Object.keys(body).find((key) => !/^[@#]/.test(key)) : undefined;
  if (first !== undefined && isName(first)) return first;
  const last = /([^/#:"\s]{1,128})\/?"?\s*$/.exec((action ?? '').slice(-256))?.[1] ?? '';
  return isName(last) ? last : '';
}

/** The method of an XML-RPC call (xmlrpc.com/spec); `null` when it is none. */
export function xmlRpcCall(document: Document | null): string | null {
  const xml = document?.xml;
  if (xml?.name !== 'methodCall' || typeof xml.root !== 'object') return null;
  const method = xml.root['methodName'];
  return typeof method === 'string' && isName(method) ? method : '';
}
