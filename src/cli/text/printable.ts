/**
 * What a terminal obeys or hides: control characters (C0, DEL, C1), line separators, marks and overrides of direction
 * (Unicode's UAX 9), characters without width, tags, and halves of surrogate pairs.
 */
const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Cs}/gu;

/** Text from outside, safe to show: what a terminal would obey is written as `\x1b` or `\u{202e}`. */
export function printable(text: string): string {
  return text.replace(unsafe, (found) => {
    const code = found.codePointAt(0) ?? 0;
    return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** The same for whole lines of an export: tabs and ends of lines are kept. */
export function printableLines(text: string): string {
  return text.replace(/[^\t\r\n]+/g, printable);
}

/** JSON that is safe to show, and still the same JSON. */
export function printableJson(json: string): string {
  return json.replace(unsafe, (found) =>
    found === '\n'
      ? found
      : [...Array(found.length).keys()]
          .map((index) => `\\u${found.charCodeAt(index).toString(16).padStart(4, '0')}`)
          .join(''),
  );
}
