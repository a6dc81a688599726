const { Router } = require('express');
const { authenticate } = require('../../middleware/authenticate');
const sessions = require('../../lib/sessions');
const tokens = require('../../lib/tokens');
const users = require('../../lib/users');

const router = Router();

router.post('/', (req, res) => {
  const user = users.authenticate(req.body.email, String(req.body.password));
  if (!user) return res.status(401).json({ error: 'wrong e-mail or password' });
  const sid = sessions.open(user);
  res.cookie('sid', sid, { httpOnly: true, sameSite: 'lax' });
  res.status(201).json({ user: user.id, access_token: tokens.issue(user), refresh_token: sid });
});

router.post('/refresh', (req, res) => {
  const user = users.find(sessions.find(req.body.refresh_token));
  if (!user) return res.status(401).json({ error: 'sign in again' });
  res.json({ access_token: tokens.issue(user) });
});

router.delete('/current', authenticate, (req, res) => {
  sessions.closeAllOf(req.claims.sub);
  res.clearCookie('sid').sendStatus(204);
});

module.exports = router;
