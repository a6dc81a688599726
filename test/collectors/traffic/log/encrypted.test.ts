import fc from 'fast-check';
import { expect, test } from 'vitest';
import { networkLoadBalancer } from '#collectors/aws-log/network-load-balancer';
import { EncryptedHosts } from '#collectors/traffic/log/encrypted';
import { ZeekColumns } from '#collectors/zeek/columns';

const hosts = () => new EncryptedHosts(() => true);

test.each([
  ['a.example', '192.0.2.1', '443', 'a.example'],
  ['A.Example.', '192.0.2.1', '8443', 'a.example:8443'],
  ['', '192.0.2.1', '443', '192.0.2.1'],
  ['', '2001:db8::1', '8443', '[2001:db8::1]:8443'],
  ['', '2001:db8::1', '', '[2001:db8::1]'],
])('%j at %s, port %s', (name, address, port, host) => {
  const seen = hosts();
  expect(seen.see(name, address, port)).toBe('encrypted');
  expect(seen.saw()).toBe(`1 TLS connection (${host}) without their requests`);
});

test('what can be no host is counted and not named', () => {
  const seen = hosts();
  for (const name of ['a b', '<script>', 'x'.repeat(600), 'a/b', '\u0000']) seen.see(name, '192.0.2.1', '443');
  expect(seen.saw()).toBe('5 TLS connections without their requests');
});

test('more hosts than are kept', () => {
  const seen = hosts();
  for (let i = 0; i < 12_000; i++) seen.see(`h${i}.example`, '', '443');
  expect(seen.saw()).toBe(
    '12,000 TLS connections (h0.example, h1.example, h2.example, h3.example, h4.example and 9,995 other hosts) without their requests',
  );
});

const heading = ['#separator \\x09', '#path\tssl', '#fields\tts\tid.resp_h\tid.resp_p\tserver_name'];

test.each([
  ['a Network Load Balancer', () => networkLoadBalancer(hosts()), [], 'tls 2.0 2026-03-02T09:30:00 '],
  ['ssl.log of Zeek', () => new ZeekColumns({ host: '', zone: 0 }, hosts()), heading, '1772443800.25\t'],
])('any line of %s is read without an exception', (_, make, before, begin) => {
  const any = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('-', ' ', '\t', ':443', 'a.example')));
  fc.assert(
    fc.property(any, fc.boolean(), (parts, begun) => {
      const format = make();
      for (const line of before) format.read(line, 1);
      const text = Buffer.from((begun ? begin : '') + parts.join(' ')).toString('latin1');
      expect(['encrypted', 'foreign', 'aside']).toContain(format.read(text.replaceAll('\n', ''), 2));
    }),
  );
});
