import type { Completeness, Problem } from '#model/scope';

/** Why a file was not read, or not to its end. */
export interface Trouble {
  completeness: Exclude<Completeness, 'complete'>;
  problem: Problem;
}

/** A classic pcap file's header, as draft-ietf-opsawg-pcap lays it out. */
export interface CaptureHeader {
  bigEndian: boolean;
  /** Fractions of a second in a packet's time: 1,000,000 or 1,000,000,000 to the second. */
  fractions: number;
  /** Bytes between a packet's header and its data: 8 in Kuznetzov's variant (interface, protocol, type), else 0. */
  extra: number;
  /** LINKTYPE_ value, without the bits for a frame check sequence. */
  link: number;
}

export const headerLength = 24;

const magics: Record<string, Pick<CaptureHeader, 'bigEndian' | 'fractions' | 'extra'>> = {
  a1b2c3d4: { bigEndian: true, fractions: 1e6, extra: 0 },
  d4c3b2a1: { bigEndian: false, fractions: 1e6, extra: 0 },
  a1b23c4d: { bigEndian: true, fractions: 1e9, extra: 0 },
  '4d3cb2a1': { bigEndian: false, fractions: 1e9, extra: 0 },
  a1b2cd34: { bigEndian: true, fractions: 1e6, extra: 8 },
  '34cdb2a1': { bigEndian: false, fractions: 1e6, extra: 8 },
};

const elsewhere: { magic: string; name: string; mend: string }[] = [
  { magic: '0a0d0d0a', name: 'pcapng', mend: 'convert it: editcap -F pcap IN OUT' },
  { magic: '1f8b', name: 'compressed with gzip', mend: 'unpack it: gunzip -k FILE' },
  { magic: '28b52ffd', name: 'compressed with zstd', mend: 'unpack it: zstd -d FILE' },
];

/** Which format a file's first bytes tell: `pcap`, one that is known and not read, or `null`. The name says nothing. */
export function formatOf(head: Uint8Array): 'pcap' | { name: string; mend: string } | null {
  const magic = Buffer.from(head.subarray(0, 4)).toString('hex');
  if (Object.hasOwn(magics, magic)) return 'pcap';
  return elsewhere.find((format) => magic.startsWith(format.magic)) ?? null;
}

/** Reads the first {@link headerLength} bytes of a file, or tells why it is none that can be read. */
export function readHeader(head: Uint8Array): CaptureHeader | Trouble {
  const format = formatOf(head);
  if (format === null) {
    const message = head.length === 0 ? 'the file is empty' : 'the file is no packet capture';
    return refuse('failed', message, 'record one: tcpdump -i any -w FILE.pcap tcp');
  }
  if (format !== 'pcap') return refuse('unsupported', `the file is ${format.name}, which is not read`, format.mend);
  if (head.length < headerLength) return refuse('partial', 'the file ends inside its header', copyAgain);

  const kind = magics[Buffer.from(head.subarray(0, 4)).toString('hex')]!;
  const view = new DataView(head.buffer, head.byteOffset, headerLength);
  const major = view.getUint16(4, !kind.bigEndian);
  const minor = view.getUint16(6, !kind.bigEndian);
  if (major !== 2 || minor < 3) {
    return refuse(
      'unsupported',
      `the file is pcap ${major}.${minor}, which is not read`,
      'convert it: editcap -F pcap IN OUT',
    );
  }
  return { ...kind, link: view.getUint32(20, !kind.bigEndian) & 0xffff };
}

export const copyAgain = 'copy it again from where it was recorded, or record it again';

function refuse(completeness: Trouble['completeness'], message: string, mend: string): Trouble {
  return { completeness, problem: { message, mend } };
}
