const { Router } = require('express');
const { authenticate, requireAdmin } = require('../../middleware/authenticate');
const users = require('../../lib/users');

const router = Router();

router.post('/', (req, res) => {
  const { email, password, name } = req.body;
  if (!email || String(password).length < 10) return res.status(422).json({ error: 'ten characters or more' });
  if (users.findByEmail(email)) return res.status(409).json({ error: 'we know you already' });
  const user = users.add({ email, password: String(password), name });
  res.status(201).location(`/v2/users/${user.id}`).json(users.shown(user));
});

router.get('/:uid', authenticate, (req, res) => {
  const user = users.find(req.params.uid);
  if (!user) return res.status(404).json({ error: 'no such user' });
  res.json(users.shown(user));
});

router.delete('/:uid', authenticate, requireAdmin, (req, res) => {
  res.status(409).json({ error: 'ask the office to delete orders first' });
});

module.exports = router;
