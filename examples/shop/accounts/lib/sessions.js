const { randomBytes } = require('node:crypto');

const users = new Map();

/** A session's secret, for the cookie of version 1 and to refresh access tokens. */
function open(user) {
  const sid = randomBytes(18).toString('base64url');
  users.set(sid, user.id);
  return sid;
}

function find(sid) {
  return users.get(sid);
}

function closeAllOf(userId) {
  for (const [sid, owner] of users) if (owner === userId) users.delete(sid);
}

module.exports = { open, find, closeAllOf };
