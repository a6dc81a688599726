import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HpackDecoder } from '#collectors/capture/http2/hpack';
import { decodeHuffman } from '#collectors/capture/http2/huffman';

interface Decoded {
  fields: string[];
  whole: boolean;
}

/** The fields of a block given as hex; `?` stands for what is not known. */
function decoding(decoder: HpackDecoder, block: string | Buffer): Decoded {
  const bytes = typeof block === 'string' ? Buffer.from(block.replaceAll(' ', ''), 'hex') : block;
  const fields: string[] = [];
  const whole = decoder.decode(bytes, 0, bytes.length, {
    field: (name, value) => void fields.push(`${name ?? '?'}: ${value ?? '?'}`),
  });
  return { fields, whole };
}

const first = [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'];
const requests = [
  first,
  [...first, 'cache-control: no-cache'],
  [':method: GET', ':scheme: https', ':path: /index.html', ':authority: www.example.com', 'custom-key: custom-value'],
];
const date = (second: number) => `date: Mon, 21 Oct 2013 20:13:${second} GMT`;
const location = 'location: https://www.example.com';
const responses = [
  [':status: 302', 'cache-control: private', date(21), location],
  [':status: 307', 'cache-control: private', date(21), location],
  [
    ':status: 200',
    'cache-control: private',
    date(22),
    location,
    'content-encoding: gzip',
    'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
  ],
];

describe('the examples of RFC 7541, appendix C', () => {
  test.each([
    ['C.2.1', '400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572', 'custom-key: custom-header', 1],
    ['C.2.2', '040c 2f73 616d 706c 652f 7061 7468', ':path: /sample/path', 0],
    ['C.2.3', '1008 7061 7373 776f 7264 0673 6563 7265 74', 'password: secret', 0],
    ['C.2.4', '82', ':method: GET', 0],
  ])('%s', (_, block, field, entries) => {
    const decoder = new HpackDecoder({ held: 0 });
    expect(decoding(decoder, block)).toEqual({ fields: [field], whole: true });
    expect(decoder.table.count).toBe(entries);
  });

  test.each([
    [
      'C.3',
      [
        '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
        '8286 84be 5808 6e6f 2d63 6163 6865',
        '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
      ],
    ],
    [
      'C.4',
      [
        '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
        '8286 84be 5886 a8eb 1064 9cbf',
        '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
      ],
    ],
  ])('%s: requests', (_, blocks) => {
    const budget = { held: 0 };
    const decoder = new HpackDecoder(budget);
    const held = blocks.map((block, i) => {
      expect(decoding(decoder, block)).toEqual({ fields: requests[i], whole: true });
      return budget.held;
    });
    expect(held).toEqual([57, 110, 164]);
  });

  test.each([
    [
      'C.5',
      [
        '4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
        '4803 3330 37c1 c0bf',
        '88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31',
      ],
    ],
    [
      'C.6',
      [
        '4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3',
        '4883 640e ffc1 c0bf',
        '88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07',
      ],
    ],
  ])('%s: responses, with a table of 256 bytes', (_, blocks) => {
    const budget = { held: 0 };
    const decoder = new HpackDecoder(budget);
    // The examples have the size agreed on before: here the encoder says it.
    decoding(decoder, '3fe101');
    const held = blocks.map((block, i) => {
      expect(decoding(decoder, block)).toEqual({ fields: responses[i], whole: true });
      return budget.held;
    });
    expect(held).toEqual([222, 222, 215]);
  });
});

describe('a table that is known in part', () => {
  function late(): HpackDecoder {
    const decoder = new HpackDecoder({ held: 0 });
    decoder.table.forget();
    return decoder;
  }

  test('what was inserted before is unknown, what is inserted since is known', () => {
    const decoder = late();
    expect(decoding(decoder, '82be').fields).toEqual([':method: GET', '?: ?']);
    expect(decoding(decoder, '4003 612d 6201 78').fields).toEqual(['a-b: x']);
    expect(decoding(decoder, 'bebf').fields).toEqual(['a-b: x', '?: ?']);
  });

  test('a new value of an unknown name stays without it, and keeps its place', () => {
    const decoder = late();
    expect(decoding(decoder, '7e01 78 4003 612d 6201 79').fields).toEqual(['?: x', 'a-b: y']);
    expect(decoding(decoder, 'bebf').fields).toEqual(['a-b: y', '?: x']);
  });

  test('a size of 0 empties it, so that it is known again', () => {
    const decoder = late();
    decoding(decoder, '203fe11f');
    expect(decoding(decoder, 'be')).toEqual({ fields: [], whole: false });
  });

  test('a table of which nothing is missing refers to nothing unknown', () => {
    expect(decoding(new HpackDecoder({ held: 0 }), 'be').whole).toBe(false);
  });
});

describe('hostile blocks', () => {
  test.each([
    ['index 0', '80'],
    ['a cut integer', 'ff'],
    ['an integer without end', `ff${'ff'.repeat(12)}00`],
    ['a cut string', '400a 63'],
    ['a string longer than memory', '40 7fffffffff0f'],
    ['padding that is no ones', '0481 00'],
    ['padding of a whole byte', '0482 1fff'],
    ['the end of string', '0484 ffff ffff'],
  ])('%s', (_, block) => {
    expect(decoding(new HpackDecoder({ held: 0 }), block).whole).toBe(false);
  });

  test('a table larger than is kept is unknown where it was let go', () => {
    const budget = { held: 0 };
    const decoder = new HpackDecoder(budget);
    decoding(decoder, '3fe1ffff0f');
    const value = Buffer.concat([Buffer.from('40016b7fe11f', 'hex'), Buffer.alloc(4_192, 'x')]);
    for (let i = 0; i < 40; i++) expect(decoding(decoder, value).whole).toBe(true);
    expect(budget.held).toBeLessThanOrEqual(65_536);
    expect(decoding(decoder, `be${'ff08'}`).fields[1]).toBe('?: ?');
  });

  test('any bytes at all', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 }), fc.boolean(), (blocks, partial) => {
        const budget = { held: 0 };
        const decoder = new HpackDecoder(budget);
        if (partial) decoder.table.forget();
        for (const block of blocks) decoding(decoder, Buffer.from(block));
        expect(budget.held).toBeLessThanOrEqual(65_536);
        decoder.table.release();
        expect(budget.held).toBe(0);
      }),
    );
  });
});

test('Huffman: what decodes has 8/5 of its bytes at most, and up to seven ones behind it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const decoded = new Uint8Array(128);
      const length = decodeHuffman(bytes, 0, bytes.length, decoded);
      if (length < 0) return;
      expect(length).toBeLessThanOrEqual((bytes.length * 8) / 5);
      // A code of five bits more, which is padded anew.
      expect(decodeHuffman(Uint8Array.of(...bytes, 0xff), 0, bytes.length + 1, decoded)).toBe(-1);
    }),
  );
});
