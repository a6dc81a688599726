/**
 * What in a head lets two servers disagree on where a message ends (RFC 9112, section 11.2; RFC 9110, section 5.5), each as a fixed text;
 * `null` for nothing. `folded` are the fields whose value went on in the next line.
 */
export function smugglingMarks(headers: ReadonlyMap<string, string>, folded: ReadonlySet<string>): string[] | null {
  const coding = headers.get('transfer-encoding');
  const length = headers.get('content-length');
  if (coding === undefined && (length === undefined || /^[0-9]{1,15}$/.test(length))) return null;
  const marks: string[] = [];
  if (coding !== undefined && length !== undefined)
    marks.push('request smuggling: Content-Length beside Transfer-Encoding');
  if (length !== undefined && !/^[0-9]{1,15}$/.test(length))
    marks.push('request smuggling: Content-Length that is no number');
  if (coding !== undefined && !/^(?:[a-z-]+\s*,\s*)*chunked$/i.test(coding))
    marks.push('request smuggling: Transfer-Encoding that does not end in chunked');
  if (folded.has('transfer-encoding') || folded.has('content-length'))
    marks.push('request smuggling: folded Transfer-Encoding or Content-Length');
  return marks.length > 0 ? marks : null;
}
