const { randomInt } = require('node:crypto');
const { Router } = require('express');
const users = require('../../lib/users');

const router = Router();

router.get('/', (req, res) => {
  res.json({ addresses: users.find(req.claims.sub).addresses });
});

router.post('/', (req, res) => {
  const { street, town } = req.body;
  const address = { id: `adr_${randomInt(10 ** 9, 10 ** 10)}`, street, town };
  users.find(req.claims.sub).addresses.push(address);
  res.status(201).location(`/v2/addresses/${address.id}`).json(address);
});

router.delete('/:id', (req, res) => {
  const user = users.find(req.claims.sub);
  const kept = user.addresses.filter((address) => address.id !== req.params.id);
  if (kept.length === user.addresses.length) return res.status(404).json({ error: 'no such address' });
  user.addresses = kept;
  res.sendStatus(204);
});

module.exports = router;
