import type { NextFunction, Request, Response } from 'express';

const storefront = 'http://www.shop.example';

/** Lets the storefront's pages call us; answers their preflights itself. */
export function cors(req: Request, res: Response, next: NextFunction): void {
  res.set('Vary', 'Origin');
  if (req.get('origin') === storefront) res.set('Access-Control-Allow-Origin', storefront);
  if (req.method === 'OPTIONS' && req.get('access-control-request-method')) {
    res
      .set('Access-Control-Allow-Methods', 'GET, POST, PUT, PATCH, DELETE')
      .set('Access-Control-Allow-Headers', 'Authorization, Content-Type, Idempotency-Key')
      .set('Access-Control-Max-Age', '5')
      .sendStatus(204);
    return;
  }
  next();
}
