import { type NextFunction, type Request, type Response, Router } from 'express';
import { requireAdmin } from '../auth.ts';
import { allOrders, findCart, findOrder, placeOrder } from '../store.ts';
import { paymentsRouter } from './payments.ts';

export const ordersRouter = Router();

ordersRouter.get('/', (_req, res) => {
  const { sub } = res.locals.claims;
  res.json({ orders: allOrders().filter((order) => order.shopper === sub) });
});

ordersRouter.post('/', (req, res) => {
  const cart = findCart(String(req.body.cart));
  if (!cart || cart.lines.length === 0) {
    res.status(409).json({ error: 'the cart is empty' });
    return;
  }
  const order = placeOrder(res.locals.claims.sub, cart);
  res.status(201).location(`/orders/${order.id}`).json(order);
});

// Before /:id, although digits alone would keep it out: nobody should have to think about it.
ordersRouter.get('/export', requireAdmin, (_req, res) => {
  res.type('text/csv');
  res.write('id,shopper,status,placed_at\n');
  for (const order of allOrders()) res.write(`${order.id},${order.shopper},${order.status},${order.placedAt}\n`);
  res.end();
});

ordersRouter.get('/:id(\\d+)', ownOrder, (_req, res) => {
  res.json(res.locals.order);
});

// Old pages poll this; new ones read the order itself.
ordersRouter.get('/:id(\\d+)/status', ownOrder, (_req, res) => {
  res.json({ id: res.locals.order.id, status: res.locals.order.status });
});

ordersRouter.post('/:id(\\d+)/cancel', ownOrder, (_req, res) => {
  res.locals.order.status = 'cancelled';
  res.json(res.locals.order);
});

ordersRouter.get('/:id(\\d+)/receipt', ownOrder, (_req, res) => {
  res.json({ order: res.locals.order.id, lines: res.locals.order.lines, thanks: 'Come again.' });
});

ordersRouter.use('/:id(\\d+)/payments', ownOrder, paymentsRouter);

function ownOrder(req: Request, res: Response, next: NextFunction): void {
  const order = findOrder(req.params.id ?? '');
  const { sub, role } = res.locals.claims;
  if (!order || (order.shopper !== sub && role !== 'admin')) {
    res.status(404).json({ error: 'no such order' });
    return;
  }
  res.locals.order = order;
  next();
}
