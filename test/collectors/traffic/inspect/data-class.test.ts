import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { luhn, mod11And10, verhoeff } from '#collectors/traffic/inspect/data-class/checksum';
import { isIban } from '#collectors/traffic/inspect/data-class/iban';
import { nationalIds } from '#collectors/traffic/inspect/data-class/national-id';
import { isCardNumber } from '#collectors/traffic/inspect/data-class/payment-card';
import { mergeData, provenData } from '#collectors/traffic/inspect/data-class/trace';
import { holdsVendorKey } from '#collectors/traffic/inspect/data-class/vendor-key';
import { wordsOf } from '#collectors/traffic/inspect/data-class/words';
import { answered, asked, dataOf } from './inspecting.ts';

/** Classes that a body with this one field has. */
function classes(name: string, value: unknown): string[] {
  return provenData(asked({ [name]: value }).data).map(({ class: found }) => found);
}

test.each([
  ['customerEMail2', ' customer e mail 2 '],
  ['customer_e-mail_2', ' customer e mail 2 '],
  ['userSSN', ' user ssn '],
  ['SSNNumber', ' ssn number '],
  ['X-User-Id', ' x user id '],
  ['', ' '],
  ['__', ' '],
])('the words of %s', (name, words) => expect(wordsOf(name)).toBe(words));

describe('by value', () => {
  test.each([
    ['note', 'write to ann.lee+x@acme.co.uk please', ['email']],
    ['note', 'logo@2x.png', []],
    ['note', 'git@github.com:acme/shop.git', []],
    ['note', 'https://ann@acme.io/', []],
    ['note', 'noreply@acme.io', []],
    ['note', '@acme and a@b', []],
    ['note', 'pkg@1.2.3', []],
    ['contact', '+49 30 12345', []],
    ['contact', '+49 30 12345678', ['phone']],
    ['contact', '(212) 555-0123', ['phone']],
    ['offset', '+0100', []],
    ['phone', '030 1234567', ['phone']],
    ['phone_number', '5550123', ['phone']],
    ['phone', 'ext', []],
    ['orderId', '+49301234567890', []],
    ['iban', 'GB82 WEST 1234 5698 7654 32', ['iban']],
    ['anything', 'DE89370400440532013000', ['iban']],
    ['anything', 'DE88370400440532013000', []],
    ['note', 'pay 4111 1111 1111 1111 now', []],
    ['source', '4111 1111 1111 1111', ['payment-card']],
    ['source', '4111-1111-1111-1112', []],
    ['card_number', '4111111111111111', ['payment-card']],
    ['cardNumber', 4_111_111_111_111_111, ['payment-card']],
    ['pan', '4111111111111111', ['payment-card']],
    ['source', '4111111111111111', []],
    ['orderId', '4111111111111111', []],
    ['timestamp', 1_700_000_000_000, []],
    ['card_number', '4111111111111112', []],
    ['clientIp', '203.0.113.9', ['ip-address']],
    ['version', '1.25.3.1', []],
    ['ip', '127.0.0.1', []],
    ['remote_addr', '2001:db8::1', ['ip-address']],
    ['dsn', 'postgres://app:s3cret@db.acme.io/shop', ['email', 'url-credentials'].slice(1)],
    ['id_token', `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${'a1'.repeat(20)}`, ['jwt', 'token']],
  ])('%s: %s', (name, value, expected) => expect(classes(name, value)).toEqual(expected));

  test('plain numbers need each other: several that pass, and none that fails', () => {
    const cards = ['4111111111111111', '5555555555554444', '4012888888881881'];
    expect(dataOf(asked({ sources: cards }))).toEqual(['payment-card at request body sources[]']);
    expect(dataOf(asked({ sources: [...cards, '4111111111111112'] }))).toEqual([]);
    expect(dataOf(asked({ sources: [cards[0], cards[0], cards[0]] }))).toEqual([]);
    const [one, other, fails] = [cards[0], cards[1], '4111111111111112'].map((source) => asked({ source }).data);
    expect(provenData(mergeData([one!, other!]))).toEqual([
      { class: 'payment-card', place: 'request body source', samples: 2 },
    ]);
    expect(provenData(mergeData([one!, one!]))).toEqual([]);
    expect(provenData(mergeData([one!, other!, fails!]))).toEqual([]);
  });

  test('of positions, a pair that is in range and no whole degrees', () => {
    expect(dataOf(asked({ place: { lat: 52.52, lng: 13.4 } }))).toEqual([
      'geolocation at request body place.lat',
      'geolocation at request body place.lng',
    ]);
    expect(dataOf(asked({ latitude: '52.52', longitude: '13.40' })).length).toBe(2);
    expect(dataOf(asked({ lat: 52.52 }))).toEqual([]);
    expect(dataOf(asked({ lat: 152.52, lng: 13.4 }))).toEqual([]);
    expect(dataOf(asked({ lat: 52, lng: 13 }))).toEqual([]);
    expect(dataOf(asked({ type: 'Point', coordinates: [13.4, 52.52] }))).toEqual([
      'geolocation at request body coordinates[]',
    ]);
  });
});

describe('by name', () => {
  test.each([
    ['password', 'hunter2', ['password']],
    ['newPassword', 'x', []],
    ['password', '********', []],
    ['password', true, []],
    ['password_changed_at', '2024-01-31', []],
    ['hasPassword', 'yes', []],
    ['access_token', 'abcd1234efgh5678', ['token']],
    ['nextPageToken', 'abcd1234efgh5678', []],
    ['csrf_token', 'abcd1234efgh5678', []],
    ['token_type', 'Bearer', []],
    ['client_secret', 'abcd1234efgh5678', ['secret']],
    ['cvv', '123', ['card-security-code']],
    ['cvc', 123, ['card-security-code']],
    ['dob', '1990-01-31', ['date-of-birth']],
    ['birthDate', '31.01.1990', ['date-of-birth']],
    ['dateOfBirth', 'unknown', []],
    ['created', '1990-01-31', []],
    ['first_name', 'Ann', ['name']],
    ['lastName', "O'Neill-Müller", ['name']],
    ['firstName', '12345', []],
    ['filename', 'Ann', []],
    ['name', 'Ann', []],
    ['street', 'Main Street 5', ['postal-address']],
    ['zipCode', '94107', ['postal-address']],
    ['postcode', 'SW1A 1AA', ['postal-address']],
    ['zip', 'archive.zip', []],
    ['diagnosis', 'J45', ['health']],
    ['blood_type', 'AB+', ['health']],
    ['salary', 52_000, ['financial']],
    ['account_number', '12345678', ['financial']],
    ['swift', 'DEUTDEFF', ['financial']],
    ['religion', 'none', ['special-category']],
    ['gender', 'f', ['gender']],
    ['passportNumber', 'C01X00T47', []],
    ['passport_number', '123456789', ['passport-number']],
    ['driver_license', 'D1234567', ['driving-licence']],
    ['imei', '490154203237518', ['device-id']],
    ['userId', 42, ['user-id']],
    ['user_type', 'x', []],
    ['username', 'ann', ['user-name']],
    ['otp', '123456', ['one-time-code']],
  ])('%s: %s', (name, value, expected) => expect(classes(name, value)).toEqual(expected));
});

/** From the issuers' own documentation, or the examples that encyclopaedias have; none is a person's. */
const published: [string, string, string][] = [
  ['us-ssn', 'ssn', '219-09-9998'],
  ['es-dni', 'dni', '12345678Z'],
  ['es-nie', 'nie', 'X1234567L'],
  ['it-codice-fiscale', 'codiceFiscale', 'RSSMRA85T10A562S'],
  ['fr-nir', 'nir', '2 55 08 14 168 025 38'],
  ['de-steuer-id', 'steuerId', '86095742719'],
  ['nl-bsn', 'bsn', '111222333'],
  ['pl-pesel', 'pesel', '44051401359'],
  ['br-cpf', 'cpf', '111.444.777-35'],
  ['br-cnpj', 'cnpj', '11.222.333/0001-81'],
  ['se-personnummer', 'personnummer', '811228-9874'],
  ['in-aadhaar', 'aadhaar', '2341 2341 2346'],
  ['in-pan', 'pan', 'ABCPE1234F'],
  ['uk-nhs-number', 'nhsNumber', '943 476 5919'],
  ['uk-nino', 'nino', 'AB123456C'],
  ['ca-sin', 'sin', '130 692 544'],
  ['au-tfn', 'tfn', '123 456 782'],
  ['au-medicare', 'medicare', '2123 45670 1'],
  ['be-rijksregister', 'rijksregisternummer', '85.07.30-033.28'],
  ['fi-hetu', 'hetu', '131052-308T'],
  ['no-fodselsnummer', 'fodselsnummer', '01010750160'],
  ['dk-cpr', 'cpr', '010170-1234'],
  ['ch-ahv', 'ahv', '756.9217.0769.85'],
  ['at-svnr', 'svnr', '1237 010180'],
  ['pt-nif', 'contribuinte', '123456789'],
  ['ro-cnp', 'cnp', '1800101221144'],
  ['hr-oib', 'oib', '33392005961'],
  ['cz-rodne-cislo', 'rodneCislo', '710319/2745'],
  ['tr-kimlik', 'tckn', '10000000146'],
  ['za-id', 'idNumber', '8001015009087'],
  ['cn-resident-id', 'idCardNumber', '11010519491231002X'],
  ['kr-rrn', 'rrn', `820701-${withCheck('820701240918', [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5])}`],
  ['sg-nric', 'nric', 'S1234567D'],
  ['il-id', 'teudatZehut', '123456782'],
  ['cl-rut', 'rut', '12.345.678-5'],
  ['ar-cuit', 'cuit', '20-12345678-6'],
  ['mx-curp', 'curp', 'HEGG560427MVZRRL04'],
];

/** The last seven digits of a Korean number, with the check digit after them. */
function withCheck(twelve: string, weights: number[]): string {
  const sum = [...twelve].reduce((all, digit, i) => all + Number(digit) * weights[i]!, 0);
  return `${twelve.slice(6)}${(11 - (sum % 11)) % 10}`;
}

describe('national identifiers', () => {
  test('every one of the table has an example', () => {
    expect(published.map(([name]) => name).sort()).toEqual(nationalIds.map(({ class: name }) => name).sort());
  });

  test.each(published)('%s in %s', (name, field, id) => {
    expect(classes(field, id)).toContain(name);
    expect(classes(field, 'none')).not.toContain(name);
  });

  const unchecked = new Set(['us-ssn', 'in-pan', 'uk-nino', 'dk-cpr', 'mx-curp']);

  test.each(published.filter(([name]) => !unchecked.has(name)))(
    '%s is not one with another check digit',
    (name, field, id) => {
      const places = [...id].map((_, at) => at).filter((at) => /[0-9]/.test(id[at]!));
      const at = places.at(name === 'au-medicare' ? -2 : -1)!;
      const others = [...'0123456789']
        .filter((digit) => digit !== id[at])
        .map((digit) => id.slice(0, at) + digit + id.slice(at + 1));
      const passing = others.filter((other) => classes(field, other).includes(name));
      expect(passing.length).toBeLessThanOrEqual(1);
    },
  );

  test('hardly any plain number is one without a name that says so', () => {
    const numbers = fc.array(fc.integer({ min: 1_000_000, max: 999_999_999_999_999 }), { minLength: 1, maxLength: 1 });
    fc.assert(
      fc.property(numbers, (values) => {
        expect(dataOf(asked({ values }))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a list of ids that all have a check digit by chance is very rare', () => {
    let alarms = 0;
    for (let first = 10_000_000_000; first < 10_000_200_000; first += 100)
      if (dataOf(asked({ values: [first, first + 7, first + 31, first + 77, first + 90].map(String) })).length > 0)
        alarms++;
    expect(alarms).toBe(0);
  });
});

describe('checksums', () => {
  test('Luhn takes exactly one check digit', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{5,18}$/), (digits) => {
        const doubled = [...digits]
          .reverse()
          .map((digit, i) => (i % 2 === 0 ? [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][Number(digit)]! : Number(digit)));
        const check = (10 - (doubled.reduce((sum, one) => sum + one, 0) % 10)) % 10;
        for (let digit = 0; digit < 10; digit++) expect(luhn(`${digits}${digit}`)).toBe(digit === check);
      }),
    );
  });

  test('Verhoeff notices every changed digit and every neighbours that changed places', () => {
    const id = '234123412346';
    expect(verhoeff(id)).toBe(true);
    for (let i = 0; i < id.length; i++) {
      for (let digit = 0; digit < 10; digit++)
        expect(verhoeff(id.slice(0, i) + digit + id.slice(i + 1))).toBe(String(digit) === id[i]);
      if (i > 0 && id[i] !== id[i - 1])
        expect(verhoeff(id.slice(0, i - 1) + id[i] + id[i - 1] + id.slice(i + 1))).toBe(false);
    }
  });

  test('MOD 11,10 takes exactly one check digit', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{10}$/), (digits) => {
        const passing = [...'0123456789'].filter((digit) => mod11And10(digits + digit));
        expect(passing).toHaveLength(1);
      }),
    );
  });

  test.each([
    'GB82WEST12345698765432',
    'FR14 2004 1010 0505 0001 3M02 606',
    'NO9386011117947',
    'MT84MALT011000012345MTLCAST001S',
  ])('%s is an IBAN, and no more with a digit changed', (iban) => {
    expect(isIban(iban)).toBe(true);
    const at = iban.search(/[0-9](?=[^0-9]*$)/);
    expect(isIban(iban.slice(0, at) + ((Number(iban[at]) + 1) % 10) + iban.slice(at + 1))).toBe(false);
    expect(isIban(`${iban}0`)).toBe(false);
  });

  test.each([
    ['4111111111111111', true],
    ['378282246310005', true],
    ['5555555555554444', true],
    ['2223003122003222', true],
    ['6011111111111117', true],
    ['3530111333300000', true],
    ['36227206271667', true],
    ['9111111111111111', false],
    ['41111111111111111', false],
    ['0000000000000000', false],
  ])('%s is a card: %s', (digits, is) => expect(isCardNumber(digits)).toBe(is));
});

/** Made of the shapes that vendors document, with letters that repeat: no key of anybody. */
describe('keys of vendors', () => {
  const a = (length: number) => 'aB3d'.repeat(25).slice(0, length);
  const hex = (length: number) => '0a1b'.repeat(25).slice(0, length);

  test.each([
    ['aws-key', 'AKIAIOSFODNN7EXAMPLE'],
    ['github-token', `ghp_${a(36)}`],
    ['github-token', `github_pat_${a(22)}_${a(59)}`],
    ['gitlab-token', `glpat-${a(20)}`],
    ['slack-token', `xoxb-123456789012-123456789012-${a(24)}`],
    ['stripe-key', `sk_live_${a(24)}`],
    ['google-key', `AIza${a(35)}`],
    ['sendgrid-key', `SG.${a(22)}.${a(43)}`],
    ['twilio-key', `SK${hex(32)}`],
    ['npm-token', `npm_${a(36)}`],
    ['digitalocean-token', `dop_v1_${hex(64)}`],
    ['shopify-token', `shpat_${hex(32)}`],
    ['telegram-token', `123456789:AA${a(33)}`],
    ['private-key', '-----BEGIN RSA PRIVATE KEY-----\nMII'],
  ])('%s', (name, key) => {
    expect(classes('note', key)).toEqual([name]);
    expect(classes('note', `the key is ${key} for now`)).toEqual([name]);
    expect(holdsVendorKey(`x${key.slice(0, 12)}`)).toBe(false);
  });

  test.each([
    'SKU-0001-2024-0000-0000-0000-0000-0000',
    'AIzaShort',
    `taskSK${hex(32)}`,
    '-----BEGIN CERTIFICATE-----',
    'sk_live_',
    `ghp_${'-'.repeat(40)}`,
  ])('%s is none', (text) => expect(holdsVendorKey(text)).toBe(false));
});

test('places', () => {
  const target = '/users/ann@acme.io/orders?email=ann%40acme.io&limit=3';
  expect(
    dataOf(asked({ user: { mail: 'ann@acme.io' } }, { target, asked: { 'x-user-email': 'ann@acme.io' } })),
  ).toEqual([
    'email at header x-user-email',
    'email at path',
    'email at query email',
    'email at request body user.mail',
  ]);
  expect(dataOf(answered([{ email: 'ann@acme.io' }], { 'x-user': 'ann@acme.io' }))).toEqual([
    'email at response body [].email',
    'email at response header x-user',
  ]);
  expect(dataOf(asked('name,mail\nann,ann@acme.io', { type: 'text/csv' }))).toEqual(['email at request body']);
  expect(dataOf(asked('email=ann%40acme.io', { type: 'application/x-www-form-urlencoded' }))).toEqual([
    'email at request body email',
  ]);
});
