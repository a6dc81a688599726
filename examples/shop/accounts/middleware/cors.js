const storefront = 'http://www.shop.example';

/** Lets the storefront's pages call us; answers their preflights itself. */
module.exports = function cors(req, res, next) {
  res.set('Vary', 'Origin');
  if (req.get('origin') === storefront) {
    res.set('Access-Control-Allow-Origin', storefront).set('Access-Control-Allow-Credentials', 'true');
  }
  if (req.method === 'OPTIONS' && req.get('access-control-request-method')) {
    return res
      .set('Access-Control-Allow-Methods', 'GET, POST, PUT, DELETE')
      .set('Access-Control-Allow-Headers', 'Authorization, Content-Type')
      .set('Access-Control-Max-Age', '5')
      .sendStatus(204);
  }
  next();
};
