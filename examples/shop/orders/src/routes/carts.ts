import { type Request, type Response, Router } from 'express';
import { findCart, newCart, setLine } from '../store.ts';

export const cartsRouter = Router();

cartsRouter.post('/', (_req, res) => {
  const cart = newCart();
  res.status(201).location(`/carts/${cart.id}`).json(cart);
});

cartsRouter.get('/:id', (req, res) => {
  const cart = findCart(req.params.id);
  if (!cart) return noCart(res);
  res.json(cart);
});

// Vouchers. The specification still speaks of a PUT of the whole cart, which we never built.
cartsRouter.patch('/:id', (req, res) => {
  const cart = findCart(req.params.id);
  if (!cart) return noCart(res);
  cart.voucher = String(req.body.voucher ?? '') || null;
  res.json(cart);
});

cartsRouter
  .route('/:id/items/:sku')
  .put(setItem)
  .delete((req, res) => {
    const cart = findCart(req.params.id);
    if (!cart) return noCart(res);
    setLine(cart, req.params.sku, 0);
    res.sendStatus(204);
  });

function setItem(req: Request, res: Response): void {
  const { id = '', sku = '' } = req.params;
  const cart = findCart(id);
  if (!cart) return noCart(res);
  const quantity = Number(req.body.quantity);
  if (!Number.isInteger(quantity) || quantity < 1) {
    res.status(422).json({ error: 'quantity must be 1 or more' });
    return;
  }
  setLine(cart, sku, quantity);
  res.json(cart);
}

function noCart(res: Response): void {
  res.status(404).json({ error: 'no such cart' });
}
