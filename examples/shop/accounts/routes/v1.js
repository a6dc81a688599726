const express = require('express');
const { authenticateCookie } = require('../middleware/authenticate');
const users = require('../lib/users');

// Kept for the first telephone app. Version 2 is in ./v2.
const router = express.Router();

router.get('/profile', authenticateCookie, (req, res) => {
  res.json(users.shown(users.find(req.claims.sub)));
});

router.put('/profile', authenticateCookie, (req, res) => {
  const user = users.find(req.claims.sub);
  user.name = String(req.body.name);
  res.json(users.shown(user));
});

module.exports = router;
