import { createApp } from './app.ts';

const app = createApp();
app.set('port', Number(process.env.PORT ?? 8080));
app.set('host', process.env.HOST ?? '0.0.0.0');

app.listen(app.get('port'), app.get('host'), () => {
  console.log(`orders listens on ${app.get('host')}:${app.get('port')}`);
});
