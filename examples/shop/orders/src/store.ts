import { randomUUID } from 'node:crypto';

export interface Line {
  sku: string;
  quantity: number;
}

export interface Cart {
  id: string;
  lines: Line[];
  voucher: string | null;
}

export interface Order {
  id: number;
  shopper: string;
  lines: Line[];
  status: 'placed' | 'paid' | 'cancelled' | 'refunded';
  placedAt: string;
}

const carts = new Map<string, Cart>();
const orders = new Map<number, Order>();
let lastOrder = 48_210;

export function newCart(): Cart {
  const cart: Cart = { id: randomUUID(), lines: [], voucher: null };
  carts.set(cart.id, cart);
  return cart;
}

export function findCart(id: string): Cart | undefined {
  return carts.get(id);
}

export function setLine(cart: Cart, sku: string, quantity: number): void {
  cart.lines = cart.lines.filter((line) => line.sku !== sku);
  if (quantity > 0) cart.lines.push({ sku, quantity });
}

export function placeOrder(shopper: string, cart: Cart): Order {
  const order: Order = {
    id: ++lastOrder,
    shopper,
    lines: cart.lines,
    status: 'placed',
    placedAt: new Date().toISOString(),
  };
  orders.set(order.id, order);
  carts.delete(cart.id);
  return order;
}

export function findOrder(id: string): Order | undefined {
  return orders.get(Number(id));
}

export function allOrders(): Order[] {
  return [...orders.values()];
}
