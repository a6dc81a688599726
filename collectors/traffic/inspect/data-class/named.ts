import { isDay } from './day.ts';

/** A class that the field's name gives away; its value must only be possible. */
export interface NamedClass {
  class: string;
  /** Matches the words of a name (see {@link file://./words.ts}), which begin and end with a space. */
  names: RegExp;
  /** Names that say that it is something else: `password_changed_at`, `next_page_token`. */
  but?: RegExp;
  value: (text: string) => boolean;
}

const questions =
  / (?:has|is|can|should|require|requires|required|show|hide|forgot|reset|change|changed|update|enable|enabled|min|max|hint|policy|strength|url|uri|link|length|count|type|label|placeholder|verified|verification|template|format) /;

export const namedClasses: readonly NamedClass[] = [
  {
    class: 'password',
    names: / (?:password|passwd|pwd|passphrase|passcode) (?:[0-9] |confirm |confirmation )?$/,
    but: questions,
    value: isSecretText,
  },
  {
    class: 'token',
    names:
      /^ (?:x )?(?:(?:access|refresh|id|auth|authorization|authentication|session|bearer|api|security|oauth|user|reset|password reset|login) )?token $|^ (?:session id|sessionid|jsessionid|phpsessid) $/,
    value: isOpaqueText,
  },
  {
    class: 'secret',
    names:
      / (?:client secret|app secret|api secret|secret key|secret access key|webhook secret|private key|signing key|signing secret|encryption key|shared secret|consumer secret|totp secret|otp secret|mfa secret|recovery code) $|^ secret $/,
    value: isOpaqueText,
  },
  {
    class: 'api-key',
    names: / (?:api key|apikey|app key|access key|subscription key|license key) $/,
    value: isOpaqueText,
  },
  {
    class: 'one-time-code',
    names:
      /^ (?:otp|totp|mfa|2 fa|two factor|one time|sms|verification|security) (?:code|password|pin) $|^ (?:otp|totp) $/,
    value: (text) => /^[0-9]{4,8}$/.test(text),
  },
  {
    class: 'card-security-code',
    names: / (?:cvv|cvv 2|cvc|cvc 2|csc|cvn|card code|card verification(?: value| code)?) $/,
    value: (text) => /^[0-9]{3,4}$/.test(text),
  },
  {
    class: 'date-of-birth',
    names:
      / (?:dob|birth ?date|date of birth|birth ?day|born|born on|geburtsdatum|fecha nacimiento|date naissance|data nascimento|data nascita|geboortedatum) $/,
    value: isBirthDate,
  },
  {
    class: 'name',
    names:
      / (?:first ?name|last ?name|full ?name|given ?name|family ?name|middle ?name|maiden ?name|sur ?name|fname|lname|vorname|nachname|prenom|apellidos?|cognome|sobrenome|voornaam|achternaam|card ?holder(?: name)?|account holder(?: name)?|recipient name|customer name|patient name|contact name|person name|employee name) $/,
    value: isPersonText,
  },
  {
    class: 'postal-address',
    names:
      / (?:street|street (?:address|name|line(?: [0-9])?)|address (?:line )?[0-9]|address line|postal address|home address|mailing address|billing address|shipping address|delivery address|residential address|strasse|calle|rue|indirizzo|logradouro) (?:[0-9] )?$/,
    value: (text) => text.length >= 5 && text.length <= 200 && hasLetter(text) && !/:\/\/|@/.test(text),
  },
  {
    class: 'postal-address',
    names: / (?:zip|zip ?code|postal ?code|post ?code|plz|codigo postal|code postal|cep|pin ?code) $/,
    value: (text) =>
      /^(?:[0-9]{3,6}(?:[- ][0-9]{3,4})?|[A-Za-z]{1,2}[0-9][0-9A-Za-z]? ?[0-9][A-Za-z]{2}|[A-Za-z][0-9][A-Za-z] ?[0-9][A-Za-z][0-9]|[0-9]{4} ?[A-Za-z]{2})$/.test(
        text,
      ),
  },
  { class: 'gender', names: / (?:gender|sex) $/, value: (text) => /^[A-Za-z][A-Za-z _-]{0,23}$/.test(text) },
  {
    class: 'special-category',
    names:
      / (?:religion|religious (?:belief|affiliation)|ethnicity|ethnic (?:group|origin)|racial origin|sexual orientation|political (?:opinion|party|affiliation)|trade union(?: member(?:ship)?)?|disability|criminal record) $/,
    value: isFilled,
  },
  {
    class: 'health',
    names:
      / (?:diagnosis|diagnoses|diagnosis code|icd (?:9|10|11|code)|icd (?:9|10|11) code|medications?|prescriptions?|blood (?:type|group|pressure|glucose)|allerg(?:y|ies)|patient (?:id|number|no)|medical (?:record|record number|history|condition)|mrn|symptoms?|immunizations?|vaccinations?|lab results?|treatment plan|health (?:condition|insurance|insurance number|card number)|insurance (?:member|policy) (?:id|number)|hiv status|pregnan(?:t|cy)) $/,
    value: isFilled,
  },
  {
    class: 'financial',
    names:
      / (?:salary|base salary|annual income|gross income|net income|monthly income|wage|credit (?:limit|score|rating)|(?:account|available|current|ledger) balance|net worth|bank account(?: (?:number|no))?|account (?:number|no)|routing (?:number|no)|sort code|aba|swift(?: code)?|bic|swift bic|payroll|tax (?:id|number|return)|loan amount|mortgage|debt) $/,
    but: / (?:url|label|type|currency|count) /,
    value: (text) => isFilled(text) && /[0-9]|^[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$/.test(text),
  },
  {
    class: 'passport-number',
    names: / passport (?:number|no|nr|id)? ?$/,
    value: (text) => /^[A-Za-z]{0,3}[0-9]{5,9}[A-Za-z0-9]?$/.test(text),
  },
  {
    class: 'driving-licence',
    names: / (?:driver|drivers|driving|driver s) licen[cs]e(?: (?:number|no|id))? $/,
    value: (text) => /^(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9 -]{4,19}$/.test(text.slice(0, 24)),
  },
  {
    class: 'device-id',
    names:
      / (?:imei|imsi|idfa|idfv|gaid|adid|android id|advertising id|device id|hardware id|serial number|mac|mac addr(?:ess)?|udid) $/,
    value: (text) => text.length >= 8 && text.length <= 64 && /^[0-9A-Za-z:_.-]+$/.test(text) && /[0-9]/.test(text),
  },
  {
    class: 'user-id',
    names:
      / (?:user|customer|account|member|client|patient|employee|student|person|subscriber|owner|author|profile) (?:id|uuid|guid) $|^ (?:uid|sub|userid|customerid) $/,
    but: / (?:device|app|type|group) /,
    value: (text) => text !== '' && text !== '0' && text.length <= 128,
  },
  {
    class: 'user-name',
    names: / (?:user ?name|login name|screen name|nick ?name) $|^ login $/,
    value: (text) => /^[\p{L}0-9][\p{L}0-9._@-]{1,63}$/u.test(text.slice(0, 66)),
  },
];

function isFilled(text: string): boolean {
  return text !== '' && text !== 'null' && text !== 'true' && text !== 'false' && text.length <= 4_096;
}

/** Not masked, and no word about a password. */
function isSecretText(text: string): boolean {
  return (
    isFilled(text) && text.length <= 256 && !/^(?:\*+|x+|X+|•+|\[?(?:redacted|filtered|hidden|masked)\]?)$/.test(text)
  );
}

/** At least 16 characters without a space, and not masked: a word is no token. */
function isOpaqueText(text: string): boolean {
  return (
    text.length >= 16 &&
    text.length <= 8_192 &&
    /^[\x21-\x7e]+$/.test(text) &&
    /[0-9]/.test(text) &&
    !/\*{4}|:\/\//.test(text)
  );
}

function isPersonText(text: string): boolean {
  return (
    text.length >= 2 &&
    text.length <= 100 &&
    /^[\p{L}][\p{L}\p{M} .,'’-]*$/u.test(text) &&
    !/^(?:null|true|false|string|unknown|n\/a)$/i.test(text)
  );
}

function hasLetter(text: string): boolean {
  return /\p{L}{2}/u.test(text);
}

const written: readonly (readonly [shape: RegExp, year: number, month: number, day: number])[] = [
  [/^([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[T ]|$)/, 1, 2, 3],
  [/^([0-9]{4})([0-9]{2})([0-9]{2})$/, 1, 2, 3],
  [/^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})$/, 3, 2, 1],
  [/^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})$/, 3, 1, 2],
];

function isBirthDate(text: string): boolean {
  return written.some(([shape, year, month, day]) => {
    const parts = shape.exec(text.slice(0, 40));
    if (!parts) return false;
    const born = Number(parts[year]);
    return born >= 1900 && born <= 2100 && isDay(born, Number(parts[month]), Number(parts[day]));
  });
}
