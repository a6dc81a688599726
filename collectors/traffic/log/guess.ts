const known: readonly (readonly [RegExp, string])[] = [
  [/^$/, 'it is empty'],
  [
    /^(?:\xd4\xc3\xb2\xa1|\xa1\xb2\xc3\xd4|\x0a\x0d\x0d\x0a|\xa1\xb2\x3c\x4d|\x4d\x3c\xb2\xa1)/,
    'it seems to be a packet capture',
  ],
  [/^(?:\xff\xfe|\xfe\xff)/, 'it seems to be UTF-16; convert it to UTF-8'],
  [/^[\s\S]{0,256}\x00/, 'it seems to be binary'],
  [/^#separator /, 'it seems to be a log of Zeek'],
  [/^#Version:|^#Fields:/m, 'it seems to be a W3C extended log'],
  [/^\s*<\?xml|^\s*<items/, 'it seems to be XML'],
  [/^\s*\{\s*"log"\s*:\s*\{\s*"/, 'it seems to be a HAR'],
  [/^\s*\{[^\n]*"event_type"\s*:/, "it seems to be Suricata's EVE"],
  [/^\s*\{[^\n]*"httpRequest"\s*:/, 'it seems to be a log of Google Cloud'],
  [/^\s*\{[^\n]*"(?:resourceId|category|TimeGenerated)"\s*:/, 'it seems to be a log of Azure'],
  [/^\s*[[{]/, 'it seems to be JSON with other keys'],
  [
    /^[0-9/-]{10} [0-9:]{8} \[[a-z]+\] |^\[[A-Z][a-z]{2} [A-Z][a-z]{2} [^\]]*\] \[/m,
    "it seems to be a server's error log",
  ],
  [/^(?:h2|https?|wss?|grpcs?) [0-9]{4}-/, 'it seems to be a log of an AWS load balancer'],
  [/^\S[^\n]{0,200}\[[^\]\n]+\] "/, 'its lines are like those of an access log, with fields of their own'],
];

/** What a file seems to be, by its first bytes, as the end of a sentence. */
export function guess(head: string): string {
  return known.find(([pattern]) => pattern.test(head))?.[1] ?? 'nothing of what it begins with is known';
}
