import { createHmac, timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';

export interface Claims {
  sub: string;
  role: 'shopper' | 'admin';
  exp: number;
}

/** The claims of an access token that the accounts service signed (HS256), or null. */
function verify(token: string): Claims | null {
  const [head, body, signature] = token.split('.');
  if (!head || !body || !signature) return null;
  const expected = createHmac('sha256', process.env.TOKEN_KEY ?? '').update(`${head}.${body}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const claims: Claims = JSON.parse(Buffer.from(body, 'base64url').toString());
  return claims.exp * 1_000 > Date.now() ? claims : null;
}

function guard(allowed: Claims['role'][]) {
  return (req: Request, res: Response, next: NextFunction): void => {
    const [scheme, token] = (req.get('authorization') ?? '').split(' ');
    const claims = scheme === 'Bearer' && token ? verify(token) : null;
    if (!claims) {
      res.status(401).set('WWW-Authenticate', 'Bearer realm="shop"').json({ error: 'sign in first' });
    } else if (!allowed.includes(claims.role)) {
      res.status(403).json({ error: 'not for you' });
    } else {
      res.locals.claims = claims;
      next();
    }
  };
}

export const requireShopper = guard(['shopper', 'admin']);
export const requireAdmin = guard(['admin']);
