const { createApp } = require('./app');

const port = Number(process.env.PORT || 8080);
const host = process.env.HOST || '0.0.0.0';

createApp().listen(port, host, () => {
  console.log(`accounts listens on ${host}:${port}`);
});
