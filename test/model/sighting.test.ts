import { expect, test } from 'vitest';
import { locationText } from '#model/sighting';

test.each([
  [{ in: 'code', file: 'src/app.ts', line: 12 }, 'src/app.ts:12'],
  [{ in: 'code', file: 'src/app.ts', line: 12, commit: 'abc' }, 'src/app.ts:12@abc'],
  [{ in: 'document', file: 'a.yaml', pointer: '/paths/~1orders/get' }, 'a.yaml#/paths/~1orders/get'],
  [{ in: 'document', file: 'a.yaml', pointer: '/paths', line: 4 }, 'a.yaml:4#/paths'],
  [{ in: 'traffic', file: 'edge.pcap', ref: 371 }, 'edge.pcap@371'],
  [{ in: 'resource', id: 'arn:aws:apigateway:eu-west-1::/restapis/x' }, 'arn:aws:apigateway:eu-west-1::/restapis/x'],
] as const)('%o is written %s', (where, text) => {
  expect(locationText(where)).toBe(text);
});
