import { fileURLToPath } from 'node:url';
import express, { type Express } from 'express';
import { requireAdmin, requireShopper } from './auth.ts';
import { cors } from './cors.ts';
import { adminRouter } from './routes/admin/index.ts';
import { cartsRouter } from './routes/carts.ts';
import { healthRouter } from './routes/health.ts';
import { ordersRouter } from './routes/orders.ts';

const publicFolder = fileURLToPath(new URL('../public', import.meta.url));

export function createApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(cors);
  app.use(express.json());
  app.use('/assets', express.static(publicFolder, { maxAge: '1h' }));

  app.use(healthRouter);
  app.use('/carts', cartsRouter);
  app.use('/orders', requireShopper, ordersRouter);
  app.use('/admin', requireAdmin, adminRouter);

  app.use((_req, res) => {
    res.status(404).json({ error: 'not found' });
  });
  return app;
}
