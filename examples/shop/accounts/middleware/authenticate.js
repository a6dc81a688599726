const tokens = require('../lib/tokens');
const sessions = require('../lib/sessions');

/** Version 2: a bearer token. */
function authenticate(req, res, next) {
  const [scheme, token] = (req.get('authorization') || '').split(' ');
  const claims = scheme === 'Bearer' && token ? tokens.verify(token) : null;
  if (!claims) {
    return res.status(401).set('WWW-Authenticate', 'Bearer realm="shop"').json({ error: 'sign in first' });
  }
  req.claims = claims;
  next();
}

/** Version 1: the session's cookie. */
function authenticateCookie(req, res, next) {
  const sid = /(?:^|;\s*)sid=([^;]+)/.exec(req.get('cookie') || '')?.[1];
  const userId = sid && sessions.find(sid);
  if (!userId) return res.status(401).json({ error: 'sign in first' });
  req.claims = { sub: userId };
  next();
}

function requireAdmin(req, res, next) {
  if (req.claims.role !== 'admin') return res.status(403).json({ error: 'not for you' });
  next();
}

module.exports = { authenticate, authenticateCookie, requireAdmin };
