import { luhn, mod11And10, remainder, verhoeff, weighed } from './checksum.ts';
import { isDay } from './day.ts';

/** A number that a state gives to people (or, where it says so, to firms). */
export interface NationalId {
  /** `us-ssn`: country and the number's own name. */
  class: string;
  /** Words of a field's name that announce it, between spaces. */
  names: RegExp;
  /** Its shape as written, with the separators that are usual. */
  shape: RegExp;
  /** The check, on the shape's letters and digits alone, in upper case. */
  check: (id: string) => boolean;
  /**
   * Different values that must pass, and none fail, where the field's name does not announce it: as many as make chance
   * rarer than one in ten thousand. Left out where the name must announce it.
   */
  distinct?: number;
}

function n(text: string, from: number, to: number): number {
  return Number(text.slice(from, to));
}

function last(text: string): number {
  return Number(text.at(-1));
}

const dniLetters = 'TRWAGMYFPDXBNJZSQVHLCKE';

export const nationalIds: readonly NationalId[] = [
  {
    // Social Security Administration: no area 000, 666 or 9xx, no group 00, no serial 0000; the numbers of old advertisements.
    class: 'us-ssn',
    names: / (?:ssn|social security(?: (?:number|no))?) /,
    shape: /^[0-9]{3}([- ]?)[0-9]{2}\1[0-9]{4}$/,
    check: (id) =>
      !/^(?:000|666|9)/.test(id) && id.slice(3, 5) !== '00' && id.slice(5) !== '0000' && id !== '078051120',
  },
  {
    class: 'es-dni',
    names: / (?:dni|nif|nie|documento(?: identidad)?) /,
    shape: /^[0-9]{8}[- ]?[A-Za-z]$/,
    check: (id) => dniLetters[n(id, 0, 8) % 23] === id[8],
    distinct: 3,
  },
  {
    class: 'es-nie',
    names: / (?:dni|nif|nie|documento(?: identidad)?) /,
    shape: /^[XYZxyz][- ]?[0-9]{7}[- ]?[A-Za-z]$/,
    check: (id) => dniLetters[Number(`${'XYZ'.indexOf(id[0]!)}${id.slice(1, 8)}`) % 23] === id[8],
    distinct: 2,
  },
  {
    class: 'it-codice-fiscale',
    names: / (?:codice fiscale|cod fiscale|fiscal code|cf) /,
    shape:
      /^[A-Za-z]{6}[0-9LMNP-Vlmnp-v]{2}[A-EHLMPRSTa-ehlmprst][0-9LMNP-Vlmnp-v]{2}[A-Za-z][0-9LMNP-Vlmnp-v]{3}[A-Za-z]$/,
    check: codiceFiscale,
    distinct: 1,
  },
  {
    // INSEE: sex, year, month, department, commune, order, and 97 less the rest by 97; Corsica's 2A and 2B count as 19 and 18.
    class: 'fr-nir',
    names: / (?:nir|insee|numero securite sociale|num secu|securite sociale|social security(?: number)?) /,
    shape: /^[12] ?[0-9]{2} ?(?:0[1-9]|1[0-2]) ?(?:[0-9]{2}|2[ABab]) ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}$/,
    check: (id) => 97 - remainder(id.slice(0, 13).replace('2A', '19').replace('2B', '18'), 97) === n(id, 13, 15),
    distinct: 2,
  },
  {
    // Identifikationsnummer (§ 139b AO): no leading zero, one digit of the first ten twice or three times, MOD 11,10.
    class: 'de-steuer-id',
    names:
      / (?:steuer ?id|steuer ?identifikationsnummer|steuerliche identifikationsnummer|idnr|tin|tax id|tax number) /,
    shape: /^[1-9][0-9] ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}$/,
    check: (id) => {
      const distinct = new Set(id.slice(0, 10)).size;
      return (distinct === 9 || distinct === 8) && mod11And10(id);
    },
  },
  {
    class: 'nl-bsn',
    names: / (?:bsn|burgerservicenummer|sofi ?nummer) /,
    shape: /^[0-9]{9}$|^[0-9]{4}\.[0-9]{2}\.[0-9]{3}$/,
    check: (id) => id !== '000000000' && (weighed(id, [9, 8, 7, 6, 5, 4, 3, 2]) - last(id)) % 11 === 0,
  },
  {
    class: 'pl-pesel',
    names: / pesel /,
    shape: /^[0-9]{11}$/,
    check: (id) =>
      isDay(n(id, 0, 2), n(id, 2, 4) % 20, n(id, 4, 6)) &&
      (10 - (weighed(id, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10 === last(id),
    distinct: 3,
  },
  {
    class: 'br-cpf',
    names: / (?:cpf|cadastro pessoas? fisicas?) /,
    shape: /^[0-9]{11}$|^[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}$/,
    check: (id) =>
      !/^(.)\1*$/.test(id) &&
      brazilian(id, 9, [10, 9, 8, 7, 6, 5, 4, 3, 2]) &&
      brazilian(id, 10, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]),
    distinct: 2,
  },
  {
    class: 'br-cnpj',
    names: / (?:cnpj) /,
    shape: /^[0-9]{14}$|^[0-9]{2}\.[0-9]{3}\.[0-9]{3}\/[0-9]{4}-[0-9]{2}$/,
    check: (id) =>
      !/^(.)\1*$/.test(id) &&
      brazilian(id, 12, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) &&
      brazilian(id, 13, [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]),
    distinct: 2,
  },
  {
    // Skatteverket: coordination numbers add 60 to the day; Luhn over the ten digits without the century.
    class: 'se-personnummer',
    names: / (?:personnummer|person ?nr|samordningsnummer|pnr|national id|ssn) /,
    shape: /^(?:(?:18|19|20)?[0-9]{6})[-+]?[0-9]{4}$/,
    check: (id) => {
      const ten = id.slice(-10);
      const day = n(ten, 4, 6);
      return isDay(n(ten, 0, 2), n(ten, 2, 4), day > 60 ? day - 60 : day) && luhn(ten);
    },
  },
  {
    class: 'in-aadhaar',
    names: / (?:aadhaar|aadhar|uidai)(?: (?:number|no|id))? /,
    shape: /^[2-9][0-9]{3}([ -]?)[0-9]{4}\1[0-9]{4}$/,
    check: verhoeff,
  },
  {
    class: 'in-pan',
    names: / (?:pan|pan (?:number|no|card)|permanent account number) /,
    shape: /^[A-Za-z]{3}[ABCFGHLJPTabcfghljpt][A-Za-z][0-9]{4}[A-Za-z]$/,
    check: () => true,
  },
  {
    class: 'uk-nhs-number',
    names: / (?:nhs|nhs (?:number|no)) /,
    shape: /^[0-9]{3}([ -]?)[0-9]{3}\1[0-9]{4}$/,
    check: (id) => {
      const rest = 11 - (weighed(id, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
      return rest !== 10 && rest % 11 === last(id) && !/^(.)\1*$/.test(id);
    },
  },
  {
    class: 'uk-nino',
    names: / (?:nino|ni (?:number|no)|national insurance(?: (?:number|no))?) /,
    shape:
      /^[A-CEGHJ-PR-TW-Za-ceghj-pr-tw-z][A-CEGHJ-NPR-TW-Za-ceghj-npr-tw-z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-Da-d]$/,
    check: (id) => !/^(?:BG|GB|KN|NK|NT|TN|ZZ)/.test(id),
  },
  {
    class: 'ca-sin',
    names: / (?:sin|social insurance(?: (?:number|no))?) /,
    shape: /^[1-79][0-9]{2}([- ]?)[0-9]{3}\1[0-9]{3}$/,
    check: luhn,
  },
  {
    class: 'au-tfn',
    names: / (?:tfn|tax file(?: (?:number|no))?) /,
    shape: /^[0-9]{3}([- ]?)[0-9]{3}\1[0-9]{3}$/,
    check: (id) => id !== '000000000' && weighed(id, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0,
  },
  {
    class: 'au-medicare',
    names: / medicare(?: (?:number|no|card))? /,
    shape: /^[2-6][0-9]{3} ?[0-9]{5} ?[0-9]$/,
    check: (id) => weighed(id, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === n(id, 8, 9),
  },
  {
    // Birth date, serial, and 97 less the rest by 97; from 2000 on a 2 goes before.
    class: 'be-rijksregister',
    names: / (?:rijksregister(?:nummer)?|insz|niss|registre national|rrn|national (?:number|id|register)) /,
    shape: /^[0-9]{11}$|^[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}$/,
    check: (id) => {
      const check = n(id, 9, 11);
      const birth = isDay(n(id, 0, 2), n(id, 2, 4) % 20, n(id, 4, 6));
      const nine = id.slice(0, 9);
      return birth && (97 - remainder(nine, 97) === check || 97 - remainder(`2${nine}`, 97) === check);
    },
    distinct: 2,
  },
  {
    class: 'fi-hetu',
    names: / (?:hetu|henkilotunnus|ssn|national id|personal identity code) /,
    shape: /^[0-9]{6}[-+A-FU-Ya-fu-y][0-9]{3}[0-9A-Ya-y]$/,
    check: (id) => {
      const digits = id.replace(/^(.{6})[A-Z]/, '$1');
      const check = '0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(digits.slice(0, 9)) % 31];
      return isDay(n(id, 4, 6), n(id, 2, 4), n(id, 0, 2)) && check === digits[9];
    },
    distinct: 1,
  },
  {
    class: 'no-fodselsnummer',
    names: / (?:fodselsnummer|fnr|personnummer|ssn|national id) /,
    shape: /^[0-9]{6} ?[0-9]{5}$/,
    check: (id) => {
      const day = n(id, 0, 2);
      return (
        isDay(n(id, 4, 6), n(id, 2, 4) % 40, day > 40 ? day - 40 : day) &&
        weighed(id, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 &&
        weighed(id, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
      );
    },
    distinct: 2,
  },
  {
    class: 'dk-cpr',
    names: / (?:cpr|cpr (?:number|no|nr)|personnummer) /,
    shape: /^[0-9]{6}-?[0-9]{4}$/,
    check: (id) => isDay(n(id, 4, 6), n(id, 2, 4), n(id, 0, 2)),
  },
  {
    class: 'ch-ahv',
    names: / (?:ahv|avs|ahv ?nr|ahvn13|navs|oasi) /,
    shape: /^756\.?[0-9]{4}\.?[0-9]{4}\.?[0-9]{2}$/,
    check: (id) => weighed(id, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0,
    distinct: 1,
  },
  {
    class: 'at-svnr',
    names: / (?:svnr|sozialversicherungsnummer|sv ?nummer) /,
    shape: /^[1-9][0-9]{3} ?[0-9]{6}$/,
    check: (id) =>
      weighed(`${id.slice(0, 3)}0${id.slice(4)}`, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 === n(id, 3, 4) &&
      isDay(n(id, 8, 10), n(id, 6, 8) % 20, n(id, 4, 6)),
  },
  {
    class: 'pt-nif',
    names: / (?:nif|contribuinte|numero contribuinte) /,
    shape: /^[1-35689][0-9]{8}$/,
    check: (id) => {
      const rest = weighed(id, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
      return (rest < 2 ? 0 : 11 - rest) === last(id);
    },
  },
  {
    class: 'ro-cnp',
    names: / (?:cnp|cod numeric personal) /,
    shape: /^[1-9][0-9]{12}$/,
    check: (id) => {
      const rest = weighed(id, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
      return isDay(n(id, 1, 3), n(id, 3, 5), n(id, 5, 7)) && (rest === 10 ? 1 : rest) === last(id);
    },
    distinct: 3,
  },
  {
    class: 'hr-oib',
    names: / oib /,
    shape: /^[0-9]{11}$/,
    check: mod11And10,
  },
  {
    class: 'cz-rodne-cislo',
    names: / (?:rodne cislo|rc|birth number) /,
    shape: /^[0-9]{6}\/[0-9]{4}$/,
    check: (id) => isDay(n(id, 0, 2), (n(id, 2, 4) % 50) % 20, n(id, 4, 6)) && remainder(id, 11) === 0,
    distinct: 2,
  },
  {
    class: 'tr-kimlik',
    names: / (?:tc ?kimlik(?: no)?|tckn|kimlik(?: no)?|tc no) /,
    shape: /^[1-9][0-9]{10}$/,
    check: (id) => {
      const odd = weighed(id, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
      const even = weighed(id, [0, 1, 0, 1, 0, 1, 0, 1]);
      const tenth = (((odd * 7 - even) % 10) + 10) % 10;
      return tenth === n(id, 9, 10) && weighed(id, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]) % 10 === last(id);
    },
    distinct: 3,
  },
  {
    class: 'za-id',
    names: / (?:id number|identity number|south african id|sa id|rsa id) /,
    shape: /^[0-9]{10}[01][0-9]{2}$/,
    check: (id) => isDay(n(id, 0, 2), n(id, 2, 4), n(id, 4, 6)) && luhn(id),
  },
  {
    // GB 11643: region, birth date, order, and ISO 7064 MOD 11-2.
    class: 'cn-resident-id',
    names: / (?:id ?card(?: (?:number|no))?|identity card|resident id|shenfenzheng|sfz) /,
    shape: /^[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx]$/,
    check: (id) =>
      isDay(n(id, 6, 10), n(id, 10, 12), n(id, 12, 14)) &&
      '10X98765432'[weighed(id, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11] === id[17],
    distinct: 2,
  },
  {
    class: 'kr-rrn',
    names: / (?:rrn|jumin|jumin(?: (?:number|no))?|resident registration(?: (?:number|no))?) /,
    shape: /^[0-9]{6}-[1-8][0-9]{6}$/,
    check: (id) =>
      isDay(n(id, 0, 2), n(id, 2, 4), n(id, 4, 6)) &&
      (11 - (weighed(id, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10 === last(id),
    distinct: 2,
  },
  {
    class: 'sg-nric',
    names: / (?:nric|fin|nric fin|uinfin) /,
    shape: /^[STFGstfg][0-9]{7}[A-Za-z]$/,
    check: (id) => {
      const later = id[0] === 'T' || id[0] === 'G' ? 4 : 0;
      const letters = id[0] === 'S' || id[0] === 'T' ? 'JZIHGFEDCBA' : 'XWUTRQPNMLK';
      return letters[(weighed(id.slice(1), [2, 7, 6, 5, 4, 3, 2]) + later) % 11] === id[8];
    },
    distinct: 3,
  },
  {
    class: 'il-id',
    names: / (?:teudat zehut|tz|israeli id) /,
    shape: /^[0-9]{9}$/,
    check: luhn,
  },
  {
    class: 'cl-rut',
    names: / (?:rut|run) /,
    shape: /^[0-9]{1,2}\.?[0-9]{3}\.?[0-9]{3}-[0-9Kk]$/,
    check: (id) => {
      const body = id.slice(0, -1).padStart(8, '0');
      return '0K987654321'[weighed(body, [3, 2, 7, 6, 5, 4, 3, 2]) % 11] === id.at(-1);
    },
    distinct: 4,
  },
  {
    class: 'ar-cuit',
    names: / (?:cuit|cuil) /,
    shape: /^(?:20|2[3-7]|30|3[34])-?[0-9]{8}-?[0-9]$/,
    check: (id) => weighed(id, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0,
    distinct: 4,
  },
  {
    class: 'mx-curp',
    names: / curp /,
    shape: /^[A-Za-z]{4}[0-9]{6}[HMXhmx][A-Za-z]{5}[0-9A-Za-z][0-9]$/,
    check: (id) => isDay(n(id, 4, 6), n(id, 6, 8), n(id, 8, 10)),
    distinct: 1,
  },
];

/** Ministerial decree of 23 December 1976: the values of characters at odd places, then those at even ones, by 26. */
function codiceFiscale(id: string): boolean {
  const odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
  let sum = 0;
  for (let i = 0; i < 15; i++) {
    const code = id.charCodeAt(i);
    const value = code <= 57 ? code - 48 : code - 65;
    sum += i % 2 === 0 ? odd[value]! : value;
  }
  return sum % 26 === id.charCodeAt(15) - 65;
}

function brazilian(id: string, at: number, weights: readonly number[]): boolean {
  const rest = weighed(id, weights) % 11;
  return (rest < 2 ? 0 : 11 - rest) === n(id, at, at + 1);
}
