import type { Exchange } from '#collectors/traffic/exchange';
import type { Tree } from '#collectors/traffic/inspect/walk';
import { mediaType } from '#collectors/traffic/media-type';
import { textOf } from './charset.ts';
import { decode } from './decode.ts';
import { parseEventStream } from './event-stream.ts';
import { parseForm } from './form.ts';
import { parseJson } from './json.ts';
import { type Part, parseFormData, partsOf } from './multipart.ts';
import { parseXml, type XmlDocument } from './xml.ts';

/** What a body is, by its bytes where they can be read. */
export type Format =
  | 'json'
  | 'ndjson'
  | 'form'
  | 'multipart'
  | 'xml'
  | 'events'
  | 'graphql'
  | 'html'
  | 'text'
  | 'protobuf'
  | 'binary'
  | 'undecodable';

/** One body, read. Holds values: it lives as long as one inspection. */
export interface Document {
  format: Format;
  /** Media type of `Content-Type`; `''` when there is none. */
  type: string;
  cut: boolean;
  /** Its fields and values; `null` for what has none. */
  tree: Tree | null;
  /** The text of what has no fields of its own (`text`, `graphql`). */
  text: string;
  /** Names of the parts that were files, and of a stream's events. */
  files: string[];
  events: string[];
  /** `multipart` other than forms. */
  parts: Part[];
  xml: XmlDocument | null;
}

const maxLines = 64;
const closed = new Set<object>();
const binaryTypes =
  /^(?:image|audio|video|font)\/|^application\/(?:octet-stream|pdf|zip|gzip|wasm|x-tar|x-7z-compressed|java-archive|vnd\.(?:ms|openxmlformats)|x-www-form-urlencoded-binary)/;
const protobufTypes = /^application\/(?:grpc|(?:x-|vnd\.google\.)?protobuf|proto|connect)/;

/** The request's body; `null` when there is none to look at. */
export function requestDocument({ requestBody, requestLength, requestHeaders }: Exchange): Document | null {
  if (!requestBody || requestBody.length === 0) return null;
  return documentOf(requestBody, requestHeaders, requestLength !== undefined && requestLength > requestBody.length);
}

export function responseDocument({ responseBody, responseLength, responseHeaders }: Exchange): Document | null {
  if (!responseBody || responseBody.length === 0) return null;
  return documentOf(responseBody, responseHeaders, responseLength !== null && responseLength > responseBody.length);
}

function documentOf(body: Uint8Array, headers: ReadonlyMap<string, string>, bodyCut: boolean): Document {
  const contentType = headers.get('content-type') ?? '';
  const type = mediaType(contentType) ?? '';
  const document: Document = {
    format: 'binary',
    type,
    cut: bodyCut,
    tree: null,
    text: '',
    files: [],
    events: [],
    parts: [],
    xml: null,
  };
  if (protobufTypes.test(type) && !type.endsWith('json')) return { ...document, format: 'protobuf' };
  if (binaryTypes.test(type) && !type.endsWith('+xml')) return document;
  const decoded = decode(body, headers.get('content-encoding'), bodyCut);
  if (!decoded) return { ...document, format: 'undecodable' };
  document.cut = decoded.cut;
  if (type.startsWith('multipart/')) readMultipart(document, decoded.bytes, contentType);
  else if (isText(decoded.bytes, type, contentType)) readText(document, textOf(decoded.bytes, contentType));
  return document;
}

function readMultipart(document: Document, bytes: Uint8Array, contentType: string): void {
  document.format = 'multipart';
  document.parts = partsOf(bytes, contentType);
  if (document.type !== 'multipart/form-data') return;
  const { form, files } = parseFormData(document.parts);
  document.files = files;
  document.tree = { value: form, textual: true, open: document.cut ? new Set([form]) : closed };
}

function readText(document: Document, text: string): void {
  const { type, cut } = document;
  if (type === 'text/html' || type === 'application/xhtml+xml') document.format = 'html';
  else if (type === 'application/x-www-form-urlencoded') readForm(document, text);
  else if (type === 'text/event-stream') readEvents(document, text);
  else if (/[/+](?:ndjson|x-ndjson|jsonl|jsonlines|x-jsonlines|json-seq|jsonl\+json|stream\+json)$/.test(type))
    readLines(document, text);
  else if (type === 'application/graphql') Object.assign(document, { format: 'graphql', text });
  else if (/[/+]xml$/.test(type)) readXml(document, text);
  else if (!(looksLikeJson(text) && readJson(document, text, cut)) && !(looksLikeXml(text) && readXml(document, text)))
    Object.assign(document, { format: 'text', text });
}

/** `false` when it is none: then its type lied, or there was no type. */
function readJson(document: Document, text: string, cut: boolean): boolean {
  const parsed = parseJson(text, cut);
  if (parsed) {
    document.format = 'json';
    document.tree = { ...parsed, textual: false };
    return true;
  }
  const lines = text.split('\n', 3);
  return lines.length > 1 && looksLikeJson(lines[1] ?? '') && readLines(document, text);
}

/** A JSON text a line, or one after each record separator (RFC 7464). */
function readLines(document: Document, text: string): boolean {
  const values: unknown[] = [];
  for (const line of text.split(/[\n\x1e]/, maxLines)) {
    const parsed = looksLikeJson(line) ? parseJson(line, false) : null;
    if (parsed) values.push(parsed.value);
  }
  if (values.length === 0) return false;
  document.format = 'ndjson';
  document.tree = { value: values, textual: false, open: closed };
  return true;
}

function readForm(document: Document, text: string): void {
  const form = parseForm(text);
  document.format = 'form';
  document.tree = { value: form, textual: true, open: document.cut ? new Set([form]) : closed };
}

function readEvents(document: Document, text: string): void {
  const { events, data } = parseEventStream(text);
  document.format = 'events';
  document.events = events;
  const values = data.flatMap((one) => {
    const parsed = looksLikeJson(one) ? parseJson(one, false) : null;
    return parsed ? [parsed.value] : [];
  });
  if (values.length > 0) document.tree = { value: values, textual: false, open: closed };
}

function readXml(document: Document, text: string): boolean {
  const xml = parseXml(text);
  if (!xml) return false;
  document.format = 'xml';
  document.xml = xml;
  const value = Object.create(null) as Record<string, unknown>;
  value[xml.name] = xml.root;
  document.tree = { value, textual: true, open: xml.open };
  return true;
}

/** Text by its type, or without one (or with one that says nothing) by having no control characters at its beginning. */
function isText(bytes: Uint8Array, type: string, contentType: string): boolean {
  if (type.startsWith('text/') || /[/+](?:json|xml)$/.test(type) || /charset/i.test(contentType.slice(0, 512)))
    return true;
  const end = Math.min(bytes.length, 512);
  for (let i = 0; i < end; i++) {
    const byte = bytes[i]!;
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 30) return false;
  }
  return true;
}

function looksLikeJson(text: string): boolean {
  return /^\s{0,64}(?:[{["]|\)\]\}'|while ?\(1\);|for ?\(;;\);)/.test(text);
}

function looksLikeXml(text: string): boolean {
  return /^\s{0,64}<(?:\?xml|[A-Za-z_])/.test(text);
}
