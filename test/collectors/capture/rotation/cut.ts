const header = 24;

/** The records of a classic pcap file of little byte order, one a packet. */
export function recordsOf(capture: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = header; at < capture.length; ) {
    const end = at + 16 + capture.readUInt32LE(at + 8);
    records.push(capture.subarray(at, end));
    at = end;
  }
  return records;
}

/** A capture as a rotation would have written it: a new file before each of these packets (counted from 0), none without packets. */
export function rotated(capture: Buffer, places: readonly number[]): Buffer[] {
  const records = recordsOf(capture);
  const cuts = [...new Set([0, ...places.map((place) => place % records.length)])].sort((a, b) => a - b);
  return cuts.map((from, i) => Buffer.concat([capture.subarray(0, header), ...records.slice(from, cuts[i + 1])]));
}

/** As `tcpdump -C` names them: `edge.pcap`, `edge.pcap1`. */
export function appendedName(index: number): string {
  return `edge.pcap${index === 0 ? '' : index}`;
}

/** The same packets a millisecond apart: which of them was the first is then certain whatever file it stands in. */
export function spread(capture: Buffer): Buffer {
  const start = capture.readUInt32LE(header);
  const records = recordsOf(capture).map((record, i) => {
    const later = Buffer.from(record);
    later.writeUInt32LE(start + Math.floor(i / 1_000), 0);
    later.writeUInt32LE((i % 1_000) * 1_000, 4);
    return later;
  });
  return Buffer.concat([capture.subarray(0, header), ...records]);
}
