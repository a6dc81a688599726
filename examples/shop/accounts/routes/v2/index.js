const { Router } = require('express');
const { authenticate } = require('../../middleware/authenticate');

const router = Router();

router.use('/sessions', require('./sessions'));
router.use('/users', require('./users'));
router.use('/password-resets', require('./password-resets'));
router.use('/profile', authenticate, require('./profile'));
router.use('/addresses', authenticate, require('./addresses'));

module.exports = router;
