const path = require('node:path');
const express = require('express');
const cors = require('./middleware/cors');
const internal = require('./routes/internal');
const v1 = require('./routes/v1');
const v2 = require('./routes/v2');

function createApp() {
  const app = express();
  app.disable('x-powered-by');
  app.use(cors);
  app.use(express.json());
  app.use('/assets', express.static(path.join(__dirname, 'public')));

  app.get('/healthz', (req, res) => res.json({ status: 'ok', uptime: Math.round(process.uptime()) }));

  app.use('/v1', v1);
  app.use('/v2', v2);
  app.use('/internal', internal);

  app.use((req, res) => res.status(404).json({ error: 'not found' }));
  return app;
}

module.exports = { createApp };
