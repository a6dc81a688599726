import { Router } from 'express';
import { findOrder } from '../../store.ts';

export const refundsRouter = Router();

// Built in a hurry before the sales; the specification never heard of it.
refundsRouter.post('/', (req, res) => {
  const order = findOrder(String(req.body.order));
  if (!order) {
    res.status(404).json({ error: 'no such order' });
    return;
  }
  order.status = 'refunded';
  res.status(201).json({ order: order.id, status: order.status });
});
