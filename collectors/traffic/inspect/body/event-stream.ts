/** What a stream of server-sent events holds: names of events, and data. */
export interface EventStream {
  events: string[];
  data: string[];
}

const maxEvents = 64;

/** `text/event-stream` (WHATWG HTML, section 9.2.6). Events without a name are `message`. */
export function parseEventStream(text: string): EventStream {
  const events = new Set<string>();
  const data: string[] = [];
  let name = '';
  let lines: string[] = [];
  const dispatch = () => {
    if (lines.length > 0) {
      if (events.size < maxEvents) events.add(name === '' ? 'message' : name);
      data.push(lines.join('\n'));
    }
    name = '';
    lines = [];
  };
  for (let from = 0; from < text.length && data.length < maxEvents; ) {
    const end = text.indexOf('\n', from);
    const line = text.slice(from, end < 0 ? text.length : text[end - 1] === '\r' ? end - 1 : end);
    from = end < 0 ? text.length : end + 1;
    if (line === '') dispatch();
    else if (line.startsWith('event:')) name = line.slice(6).trim().slice(0, 128);
    else if (line.startsWith('data:')) lines.push(line.slice(line[5] === ' ' ? 6 : 5));
  }
  if (data.length < maxEvents) dispatch();
  return { events: [...events], data };
}
