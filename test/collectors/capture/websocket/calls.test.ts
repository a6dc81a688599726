import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callsIn } from '#collectors/capture/websocket/calls';

test.each([
  ['{"jsonrpc":"2.0","id":1,"method":"eth_getBlockByNumber","params":["0x1b4",true]}', ['eth_getBlockByNumber']],
  ['[{"method":"orders.list"},{"method":"orders.get"}]', ['orders.list', 'orders.get']],
  ['{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{}}}', ['tools/call search']],
  ['{"jsonrpc":"2.0","id":1,"method":"4111111111111111"}', []],
  [
    '{"type":"subscribe","id":"1","payload":{"query":"subscription OrderAdded($id: ID!) { orderAdded(id: $id) { id } }"}}',
    ['subscription OrderAdded'],
  ],
  [
    '{"type":"start","id":"1","payload":{"operationName":"Orders","query":"query Orders{orders{id}}"}}',
    ['query Orders'],
  ],
  ['{"type":"subscribe","payload":{"query":"{ orders { id } }"}}', ['query orders']],
  ['{"type":"subscribe","payload":{"query":"subscription { priceChanged }"}}', ['subscription priceChanged']],
  ['{"type":"connection_init","payload":{"token":"s3cr3t"}}', []],
  ['SUBSCRIBE\nid:sub-0\ndestination:/topic/orders/1842\n\n\0', ['SUBSCRIBE /topic/orders/{integer}']],
  ['SEND\ndestination:/app/chat\ncontent-type:text/plain\n\nhello\0', ['SEND /app/chat']],
  ['42["chat message","hello"]', []],
  ['42["join",{"room":"r"}]', ['event join']],
  ['42/admin,12["kick","ann@example.com"]', ['event kick']],
  ['{"action":"subscribe","channel":"orders"}', ['subscribe orders']],
  ['{"action":"subscribe","channel":"user-4711-22"}', ['subscribe']],
  ['{"op":"ping"}', ['ping']],
  ['{"action":"ann@example.com"}', []],
  ['{"a":1', []],
  ['hello', []],
  ['', []],
])('%s', (message, calls) => {
  expect(callsIn(message)).toEqual(calls);
});

test('any text gives names and no error', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (message) => {
      for (const call of callsIn(message)) expect(call).toMatch(/^[\w$.:/ {}-]+$/);
    }),
  );
});
