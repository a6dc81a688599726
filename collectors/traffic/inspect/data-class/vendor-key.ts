/**
 * Keys and tokens whose vendors gave them a shape of their own: class, how it begins, and what must follow. As the vendors document
 * them, or as their secret-scanning partner programmes publish them.
 */
const vendors: readonly (readonly [name: string, prefix: string, rest: RegExp])[] = [
  ['aws-key', 'AKIA', /[A-Z2-7]{16}(?!\w)/y],
  ['aws-key', 'ASIA', /[A-Z2-7]{16}(?!\w)/y],
  ['github-token', 'ghp_', /[A-Za-z0-9]{36}/y],
  ['github-token', 'gho_', /[A-Za-z0-9]{36}/y],
  ['github-token', 'ghu_', /[A-Za-z0-9]{36}/y],
  ['github-token', 'ghs_', /[A-Za-z0-9]{36}/y],
  ['github-token', 'ghr_', /[A-Za-z0-9]{36}/y],
  ['github-token', 'github_pat_', /[A-Za-z0-9_]{22}/y],
  ['gitlab-token', 'glpat-', /[\w-]{20}/y],
  ['gitlab-token', 'gldt-', /[\w-]{20}/y],
  ['gitlab-token', 'glrt-', /[\w-]{20}/y],
  ['slack-token', 'xoxb-', /[0-9]{8,14}-[\w-]{10}/y],
  ['slack-token', 'xoxp-', /[0-9]{8,14}-[\w-]{10}/y],
  ['slack-token', 'xoxa-', /[\w-]{10}/y],
  ['slack-token', 'xoxe-', /[\w-]{10}/y],
  ['slack-token', 'xoxs-', /[\w-]{10}/y],
  ['slack-token', 'xapp-', /[0-9]-[A-Z0-9]{8}/y],
  ['slack-webhook', 'hooks.slack.com/services/', /T[A-Z0-9]{6,12}\/B[A-Z0-9]{6,12}\/\w{20}/y],
  ['stripe-key', 'sk_live_', /[A-Za-z0-9]{16}/y],
  ['stripe-key', 'sk_test_', /[A-Za-z0-9]{16}/y],
  ['stripe-key', 'rk_live_', /[A-Za-z0-9]{16}/y],
  ['stripe-key', 'rk_test_', /[A-Za-z0-9]{16}/y],
  ['webhook-secret', 'whsec_', /[A-Za-z0-9+/]{24}/y],
  ['google-key', 'AIza', /[\w-]{35}(?![\w-])/y],
  ['google-token', 'ya29.', /[\w-]{30}/y],
  ['google-secret', 'GOCSPX-', /[\w-]{28}/y],
  ['sendgrid-key', 'SG.', /[\w-]{22}\.[\w-]{43}/y],
  ['twilio-key', 'SK', /[0-9a-f]{32}(?!\w)/y],
  ['npm-token', 'npm_', /[A-Za-z0-9]{36}/y],
  ['pypi-token', 'pypi-AgE', /[\w-]{40}/y],
  ['openai-key', 'sk-proj-', /[\w-]{40}/y],
  ['openai-key', 'sk-svcacct-', /[\w-]{40}/y],
  ['anthropic-key', 'sk-ant-', /[\w-]{40}/y],
  ['huggingface-token', 'hf_', /[A-Za-z]{34}(?!\w)/y],
  ['digitalocean-token', 'dop_v1_', /[0-9a-f]{64}/y],
  ['shopify-token', 'shpat_', /[0-9a-fA-F]{32}/y],
  ['shopify-token', 'shpca_', /[0-9a-fA-F]{32}/y],
  ['shopify-token', 'shppa_', /[0-9a-fA-F]{32}/y],
  ['shopify-token', 'shpss_', /[0-9a-fA-F]{32}/y],
  ['square-token', 'sq0atp-', /[\w-]{22}/y],
  ['square-token', 'sq0csp-', /[\w-]{43}/y],
  ['databricks-token', 'dapi', /[0-9a-f]{32}(?!\w)/y],
  ['vault-token', 'hvs.', /[\w-]{24}/y],
  ['postman-key', 'PMAK-', /[0-9a-f]{24}-[0-9a-f]{34}/y],
  ['newrelic-key', 'NRAK-', /[A-Z0-9]{27}/y],
  ['grafana-token', 'glsa_', /[A-Za-z0-9]{32}_[0-9a-f]{8}/y],
  ['atlassian-token', 'ATATT3', /[\w=-]{40}/y],
  ['linear-key', 'lin_api_', /[A-Za-z0-9]{40}/y],
  ['planetscale-token', 'pscale_tkn_', /[\w-]{32}/y],
  ['telegram-token', ':AA', /[\w-]{33}(?![\w-])/y],
  ['azure-storage-key', 'AccountKey=', /[A-Za-z0-9+/]{86}==/y],
  ['age-key', 'AGE-SECRET-KEY-1', /[0-9A-Z]{58}/y],
  ['private-key', '-----BEGIN ', /(?:[A-Z0-9]{1,12} ){0,2}PRIVATE KEY/y],
];

const rests = new Map(vendors.map(([name, prefix, rest]) => [prefix, { name, rest }]));
/** Alternatives of plain texts, longest first: one pass, nothing to go back for. */
const prefixes = new RegExp(
  [...rests.keys()]
    .sort((a, b) => b.length - a.length)
    .map((prefix) => prefix.replace(/[.+]/g, '\\$&'))
    .join('|'),
  'g',
);

const shortest = 18;

/** The classes of the vendors' keys within a text; linear in its length. */
export function vendorKeys(text: string): string[] {
  if (text.length < shortest) return [];
  const found: string[] = [];
  prefixes.lastIndex = 0;
  for (let at = prefixes.exec(text); at !== null; at = prefixes.exec(text)) {
    const { name, rest } = rests.get(at[0])!;
    rest.lastIndex = at.index + at[0].length;
    if (beginsHere(text, at.index, at[0]) && rest.test(text) && !found.includes(name)) found.push(name);
    prefixes.lastIndex = at.index + at[0].length;
  }
  return found;
}

export function holdsVendorKey(text: string): boolean {
  return vendorKeys(text).length > 0;
}

/** A prefix within a word is none; a bot's number goes before its token. */
function beginsHere(text: string, index: number, prefix: string): boolean {
  if (index === 0) return prefix !== ':AA';
  const before = text.charCodeAt(index - 1);
  if (prefix === ':AA') return before >= 48 && before <= 57;
  const isWord = (before >= 48 && before <= 57) || ((before | 32) >= 97 && (before | 32) <= 122) || before === 95;
  return !isWord;
}
