/** How a cipher suite protects records, as far as it is read here. */
export interface Suite {
  mode: 'gcm' | 'ccm' | 'chacha' | 'cbc';
  /** As `node:crypto` names it. */
  cipher: 'chacha20-poly1305' | `${string}-${'gcm' | 'ccm' | 'cbc'}`;
  /** Lengths in bytes: of the key, and of the tag (of `cbc`: of a block). */
  key: number;
  tag: number;
  /** Of the key schedule; of TLS 1.0 and 1.1 it is fixed. */
  hash: 'sha256' | 'sha384';
  /** Of `cbc` only. */
  mac: 'sha1' | 'sha256' | 'sha384' | null;
}

const gcm128: Suite = { mode: 'gcm', cipher: 'aes-128-gcm', key: 16, tag: 16, hash: 'sha256', mac: null };
const gcm256: Suite = { mode: 'gcm', cipher: 'aes-256-gcm', key: 32, tag: 16, hash: 'sha384', mac: null };
const chacha: Suite = { mode: 'chacha', cipher: 'chacha20-poly1305', key: 32, tag: 16, hash: 'sha256', mac: null };
const ccm128: Suite = { mode: 'ccm', cipher: 'aes-128-ccm', key: 16, tag: 16, hash: 'sha256', mac: null };
const ccm256: Suite = { ...ccm128, cipher: 'aes-256-ccm', key: 32 };
const ccm128Short: Suite = { ...ccm128, tag: 8 };
const ccm256Short: Suite = { ...ccm256, tag: 8 };
const cbc128: Suite = { mode: 'cbc', cipher: 'aes-128-cbc', key: 16, tag: 16, hash: 'sha256', mac: 'sha1' };
const cbc256: Suite = { ...cbc128, cipher: 'aes-256-cbc', key: 32 };
const cbc128Sha256: Suite = { ...cbc128, mac: 'sha256' };
const cbc256Sha256: Suite = { ...cbc256, mac: 'sha256' };
const cbc256Sha384: Suite = { ...cbc256, mac: 'sha384', hash: 'sha384' };

/** Numbers of IANA's registry "TLS Cipher Suites", whatever their key exchange: the secrets come from the key log. */
const numbers: [Suite, number[]][] = [
  [gcm128, [0x1301, 0x9c, 0x9e, 0xa0, 0xa2, 0xa4, 0xa6, 0xa8, 0xaa, 0xac, 0xc02b, 0xc02d, 0xc02f, 0xc031, 0xd001]],
  [gcm256, [0x1302, 0x9d, 0x9f, 0xa1, 0xa3, 0xa5, 0xa7, 0xa9, 0xab, 0xad, 0xc02c, 0xc02e, 0xc030, 0xc032, 0xd002]],
  [chacha, [0x1303, 0xcca8, 0xcca9, 0xccaa, 0xccab, 0xccac, 0xccad, 0xccae]],
  [ccm128, [0x1304, 0xc09c, 0xc09e, 0xc0a4, 0xc0a6, 0xc0ac, 0xd005]],
  [ccm256, [0xc09d, 0xc09f, 0xc0a5, 0xc0a7, 0xc0ad]],
  [ccm128Short, [0x1305, 0xc0a0, 0xc0a2, 0xc0a8, 0xc0aa, 0xc0ae, 0xd003]],
  [ccm256Short, [0xc0a1, 0xc0a3, 0xc0a9, 0xc0ab, 0xc0af]],
  [
    cbc128,
    [
      0x2f, 0x30, 0x31, 0x32, 0x33, 0x34, 0x8c, 0x90, 0x94, 0xc004, 0xc009, 0xc00e, 0xc013, 0xc018, 0xc01d, 0xc01e,
      0xc01f, 0xc035,
    ],
  ],
  [
    cbc256,
    [
      0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x8d, 0x91, 0x95, 0xc005, 0xc00a, 0xc00f, 0xc014, 0xc019, 0xc020, 0xc021,
      0xc022, 0xc036,
    ],
  ],
  [cbc128Sha256, [0x3c, 0x3e, 0x3f, 0x40, 0x67, 0x6c, 0xae, 0xb2, 0xb6, 0xc023, 0xc025, 0xc027, 0xc029, 0xc037]],
  [cbc256Sha256, [0x3d, 0x68, 0x69, 0x6a, 0x6b, 0x6d]],
  [cbc256Sha384, [0xaf, 0xb3, 0xb7, 0xc024, 0xc026, 0xc028, 0xc02a, 0xc038]],
];

const suites = new Map(numbers.flatMap(([suite, ids]) => ids.map((id) => [id, suite] as const)));

/** How the suite of this number protects records; `undefined` of those that are not read (RC4, 3DES, Camellia, ARIA, GOST, without encryption). */
export function suiteOf(number: number): Suite | undefined {
  return suites.get(number);
}
