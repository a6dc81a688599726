const { Router } = require('express');
const users = require('../../lib/users');

const router = Router();

router
  .route('/')
  .get((req, res) => res.json(users.shown(users.find(req.claims.sub))))
  .put((req, res) => {
    const user = users.find(req.claims.sub);
    user.name = String(req.body.name);
    res.json(users.shown(user));
  });

// Everything we know of you, as the law has it.
router.get('/export', (req, res) => {
  const user = users.find(req.claims.sub);
  res.attachment('me.json').json({ ...users.shown(user), addresses: user.addresses });
});

module.exports = router;
