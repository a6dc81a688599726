/** Ends that look like a domain and are a file's: `logo@2x.png`. */
const extensions =
  /^(?:png|jpe?g|gif|svg|webp|avif|ico|pdf|js|mjs|css|json|html?|xml|ya?ml|map|ts|py|go|rb|java|php|md|txt|zip|gz)$/i;
/** Nobody's own. */
const nobody = /^(?:git|no-?reply|do-?not-?reply|mailer-daemon|postmaster)$/i;
const maxSigns = 64;

/** Whether a text holds an e-mail address (the usual subset of RFC 5322) of somebody. Linear: each sign is looked at within 64 and 255. */
export function holdsEmail(text: string): boolean {
  let looked = 0;
  for (let at = text.indexOf('@'); at >= 0 && looked < maxSigns; at = text.indexOf('@', at + 1), looked++)
    if (isEmailAt(text, at)) return true;
  return false;
}

function isEmailAt(text: string, at: number): boolean {
  let from = at;
  while (from > 0 && at - from < 65 && isLocal(text.charCodeAt(from - 1))) from--;
  let to = at + 1;
  while (to < text.length && to - at < 255 && isDomain(text.charCodeAt(to))) to++;
  if (at - from < 1 || at - from > 64) return false;
  // A user in a URL, and a handle in a path.
  if (from > 0 && (text[from - 1] === '/' || text[from - 1] === ':' || text[from - 1] === '@'))
    return text.startsWith('mailto:', from - 7);
  while (to > at + 1 && (text[to - 1] === '.' || text[to - 1] === '-')) to--;
  const domain = text.slice(at + 1, to);
  const dot = domain.lastIndexOf('.');
  if (dot < 1 || domain.includes('..')) return false;
  const top = domain.slice(dot + 1);
  return /^[A-Za-z]{2,24}$/.test(top) && !extensions.test(top) && !nobody.test(text.slice(from, at));
}

function isLocal(code: number): boolean {
  return isDomain(code) || code === 95 || code === 43 || code === 37;
}

function isDomain(code: number): boolean {
  return (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 122) || code === 45 || code === 46;
}
