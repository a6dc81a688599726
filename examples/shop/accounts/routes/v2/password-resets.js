const { Router } = require('express');
const mailer = require('../../lib/mailer');
const users = require('../../lib/users');

const router = Router();

router.post('/', (req, res) => {
  const user = users.findByEmail(req.body.email);
  if (user) mailer.send(user.email, 'Your new password', `http://www.shop.example/reset#${users.startReset(user)}`);
  // The same answer for everybody, so that nobody learns who shops here.
  res.status(202).json({ sent: true });
});

router.post('/:word', (req, res) => {
  if (!users.finishReset(req.params.word, String(req.body.password))) {
    return res.status(410).json({ error: 'used or too old' });
  }
  res.sendStatus(204);
});

module.exports = router;
