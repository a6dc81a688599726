import { describe, expect, test } from 'vitest';
import { inspectRequest } from '#collectors/traffic/inspect/request';
import { inspectResponse } from '#collectors/traffic/inspect/response';
import { exchange } from '#test/collectors/traffic/exchanges';
import { stepsOf } from './steps.ts';

describe('work grows as the input does, whatever it is', () => {
  const inputs: [string, string, (n: number) => string][] = [
    ['nested arrays', 'application/json', (n) => '['.repeat(n)],
    ['nested objects', 'application/json', (n) => '{"a":'.repeat(n / 5)],
    ['an array of numbers', 'application/json', (n) => `[${'4111111111111111,'.repeat(n / 17)}1]`],
    ['many keys', 'application/json', (n) => `{${Array.from({ length: n / 10 }, (_, i) => `"k${i}":1`).join()}}`],
    ['quotes and slashes', 'application/json', (n) => `{"a":"${'\\\\\\"'.repeat(n / 4)}`],
    ['at signs', 'text/plain', (n) => 'a@b.'.repeat(n / 4)],
    ['at signs alone', 'text/plain', (n) => '@'.repeat(n)],
    ['beginnings of tokens', 'text/plain', (n) => 'eyJ'.repeat(n / 3)],
    ['beginnings of keys', 'text/plain', (n) => 'ghp_AKIAsk_live_'.repeat(n / 16)],
    ['digits', 'text/plain', (n) => '4111 '.repeat(n / 5)],
    ['open elements', 'text/xml', (n) => '<a>'.repeat(n / 3)],
    ['empty elements', 'text/xml', (n) => `<r>${'<a/>'.repeat(n / 4)}`],
    ['declarations', 'text/xml', (n) => '<!a>'.repeat(n / 4)],
    ['open comments', 'text/xml', (n) => `<a>${'<!--'.repeat(n / 4)}`],
    ['attributes', 'text/xml', (n) => `<a ${'b="" '.repeat(n / 5)}>`],
    ['quotes in a tag', 'text/xml', (n) => `<a ${`b='"' `.repeat(n / 6)}`],
    ['boundaries', 'multipart/form-data; boundary=B', (n) => '--B\n'.repeat(n / 4)],
    [
      'headers of a part',
      'multipart/form-data; boundary=B',
      (n) => `--B\n${'content-disposition: form-data '.repeat(n / 31)}`,
    ],
    ['pairs', 'application/x-www-form-urlencoded', (n) => '[=&'.repeat(n / 3)],
    ['brackets', 'application/x-www-form-urlencoded', (n) => '['.repeat(n)],
    ['empty lines', 'text/event-stream', (n) => '\n'.repeat(n)],
    ['data lines', 'text/event-stream', (n) => 'data:\n'.repeat(n / 6)],
    ['open selections', 'application/graphql', (n) => '{a('.repeat(n / 3)],
    ['open spreads', 'application/graphql', (n) => `{${'...on A{'.repeat(n / 8)}`],
    ['texts', 'application/graphql', (n) => `{a(b:"${'\\"'.repeat(n / 2)}`],
    ['lines', 'application/x-ndjson', (n) => '{}\n'.repeat(n / 3)],
  ];
  const size = 8_000;

  test.each(inputs)('%s', (_, type, make) => {
    const stepsAt = (length: number) => {
      const body = Buffer.from(make(length));
      const heads = { 'content-type': type };
      const lengths = {
        requestBody: body,
        requestLength: body.length * 2,
        responseBody: body,
        responseLength: body.length * 2,
      };
      const one = exchange({ method: 'POST', asked: heads, answered: heads, ...lengths });
      return stepsOf(() => {
        inspectRequest(one);
        inspectResponse(one);
      });
    };
    stepsAt(size);
    const [once, fourTimes] = [stepsAt(size), stepsAt(4 * size)];
    expect(once).toBeGreaterThan(50);
    expect(fourTimes).toBeLessThan(6 * once + 2_000);
    expect(fourTimes).toBeLessThan(60 * 4 * size);
  });
});
