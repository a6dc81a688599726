/**
 * Whether a glob matches the whole of a name: `*` is any run of characters, `?` one, everything else itself. Takes no more steps
 * than the product of both lengths: names come from outside.
 */
export function matchesName(glob: string, name: string): boolean {
  let star = -1;
  let resume = 0;
  let at = 0;
  let to = 0;
  while (to < name.length) {
    if (glob[at] === '*') {
      star = at++;
      resume = to;
    } else if (at < glob.length && (glob[at] === '?' || glob[at] === name[to])) {
      at++;
      to++;
    } else if (star >= 0) {
      at = star + 1;
      to = ++resume;
    } else return false;
  }
  while (glob[at] === '*') at++;
  return at === glob.length;
}
