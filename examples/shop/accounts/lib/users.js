const { randomBytes, randomUUID, scryptSync, timingSafeEqual } = require('node:crypto');

const byId = new Map();
const resets = new Map();

function hash(password, salt) {
  return scryptSync(password, salt, 32);
}

function add({ email, password, name = '', role = 'shopper' }) {
  const salt = randomBytes(16);
  const user = { id: randomUUID(), email, name, role, salt, hash: hash(password, salt), addresses: [] };
  byId.set(user.id, user);
  return user;
}

function find(id) {
  return byId.get(id);
}

function findByEmail(email) {
  return [...byId.values()].find((user) => user.email === email);
}

function authenticate(email, password) {
  const user = findByEmail(email);
  return user && timingSafeEqual(user.hash, hash(password, user.salt)) ? user : null;
}

/** A word that lets its bearer set a new password, once. */
function startReset(user) {
  const word = randomBytes(24).toString('base64url');
  resets.set(word, user.id);
  return word;
}

function finishReset(word, password) {
  const user = byId.get(resets.get(word));
  if (!user) return false;
  resets.delete(word);
  user.hash = hash(password, user.salt);
  return true;
}

/** What may be shown of a user. */
function shown({ id, email, name }) {
  return { id, email, name };
}

if (process.env.ADMIN_EMAIL && process.env.ADMIN_PASSWORD) {
  add({ email: process.env.ADMIN_EMAIL, password: process.env.ADMIN_PASSWORD, name: 'Office', role: 'admin' });
}

module.exports = { add, find, findByEmail, authenticate, startReset, finishReset, shown };
