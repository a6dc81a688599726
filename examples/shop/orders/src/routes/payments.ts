import { Router } from 'express';

export const paymentsRouter = Router({ mergeParams: true });

let attempts = 0;

paymentsRouter.post('/', (req, res) => {
  // The bank's test system is busy every fourth time.
  if (++attempts % 4 === 0) {
    res.status(503).set('Retry-After', '1').json({ error: 'the bank is busy' });
    return;
  }
  const card = String(req.body.card ?? '');
  if (!/^[0-9]{16}$/.test(card)) {
    res.status(422).json({ error: 'not a card number' });
    return;
  }
  res.locals.order.status = 'paid';
  res.status(201).json({ order: res.locals.order.id, status: 'paid', card: `**** ${card.slice(-4)}` });
});
