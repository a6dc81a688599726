import { Router } from 'express';
import { allOrders } from '../../store.ts';
import { refundsRouter } from './refunds.ts';

export const adminRouter = Router();

adminRouter.get('/reports/daily', (_req, res) => {
  const orders = allOrders();
  res.json({ orders: orders.length, paid: orders.filter((order) => order.status === 'paid').length });
});

adminRouter.use('/refunds', refundsRouter);

// Only ever run by hand, after a restore.
adminRouter.post('/reindex', (_req, res) => {
  res.status(202).json({ orders: allOrders().length });
});
