/** What no collector of logs takes, with the option that the refusal names. */
export const badLogConfigs = [
  { config: {}, names: 'paths' },
  { config: { paths: [] }, names: 'paths' },
  { config: { paths: ['a'], path: 'a' }, names: 'path' },
  { config: { paths: ['a'], host: 'a b' }, names: 'host' },
  { config: { paths: ['a'], zone: 'here' }, names: 'zone' },
];
