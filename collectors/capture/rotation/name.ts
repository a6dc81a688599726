/** The time in a name. */
export interface NamedTime {
  /** Read as UTC, epoch milliseconds. */
  at: number;
  /** How many milliseconds it stands for: a day, when it tells no hour. */
  span: number;
  /** It may be of another zone, as strftime gives it. */
  local: boolean;
}

/** What a file's name says of its place in a rotation. */
export interface RotationName {
  /** The name without counter, time and packing: the same in all files of a rotation. */
  stem: string;
  /** Place in the rotation, as the recorder counts; `null` without one. */
  counter: number | null;
  time: NamedTime | null;
  /** How the counter goes on: that of tcpdump may begin anew, for another time or in a ring of files (`-W`). */
  restarts: boolean;
}

const packing = /\.(gz|zst)$/i;
/** tcpdump -C: `edge.pcap`, `edge.pcap1`, and with -W `edge.pcap00`. A number elsewhere may be that of a host: `web1.pcap`, `web2.pcap`. */
const appended = /^(.*\.(?:p?cap|pcapng|dmp))(\d{0,6})$/i;
/** dumpcap -b, and editcap: `edge_00001_20260102030405.pcapng`, or the time first. */
const counted = /_(\d{5,9})_(?=\{time\})|(?<=\{time\})_(\d{5,9})(?=\.|$)/;

const day = 86_400_000;
/** Of a year in this century, month and day; behind it perhaps hour, minute and second. Parts may have signs between them. */
const date =
  /(?<!\d)(20\d\d)([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?:[-_.T ]?([01]\d|2[0-3])(?:[-_.:]?([0-5]\d)(?:[-_.:]?([0-5]\d))?)?)?Z?(?!\d)/;
/** Seconds since the epoch, as of strftime's %s; no earlier than 2001. */
const epoch = /(?<!\d)1\d{9}(?!\d)/;

/** Reads a file's name as tcpdump (-C, -G, -W), dumpcap and editcap make it; `null` of one that has neither a counter nor a time. */
export function rotationName(name: string): RotationName | null {
  const plain = name.replace(packing, '');
  const { time, rest } = takeTime(plain);
  const [, first, second] = counted.exec(rest) ?? [];
  if (first !== undefined || second !== undefined) {
    return { stem: rest.replace(counted, '_{n}_'), counter: Number(first ?? second), time, restarts: false };
  }
  const [, stem, digits] = appended.exec(rest) ?? [];
  if (stem !== undefined) return { stem, counter: Number(digits), time, restarts: true };
  return time === null ? null : { stem: rest, counter: null, time, restarts: false };
}

function takeTime(name: string): { time: RotationName['time']; rest: string } {
  const found = date.exec(name);
  if (found !== null) {
    const [text, year, , month, dayOfMonth, hour, minute, second] = found;
    const at = Date.UTC(
      Number(year),
      Number(month) - 1,
      Number(dayOfMonth),
      Number(hour ?? 0),
      Number(minute ?? 0),
      Number(second ?? 0),
    );
    const span = second !== undefined ? 1_000 : minute !== undefined ? 60_000 : hour !== undefined ? 3_600_000 : day;
    return { time: { at, span, local: !text.endsWith('Z') }, rest: name.replace(text, '{time}') };
  }
  const seconds = epoch.exec(name)?.[0];
  if (seconds === undefined) return { time: null, rest: name };
  return { time: { at: Number(seconds) * 1_000, span: 1_000, local: false }, rest: name.replace(seconds, '{time}') };
}
