import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import express from 'express';
import { paymentsRouter } from '../src/routes/payments.ts';

test('a card number of letters is refused', async () => {
  // An application for this test alone: none of its routes exists in the shop.
  const app = express();
  app.use(express.json());
  app.use((_req, res, next) => {
    res.locals.order = { id: 1, status: 'placed' };
    next();
  });
  app.use('/test-payments', paymentsRouter);
  app.post('/fake-bank/charges', (_req, res) => res.sendStatus(204));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/test-payments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ card: 'abcd' }),
    });
    assert.equal(answer.status, 422);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
