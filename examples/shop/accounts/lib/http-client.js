/** For calling others: `client.get('/path')`, `client.post('/path', body)`. */
function createClient(base, key) {
  const call = (method) => async (path, body) => {
    const answer = await fetch(base + path, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path} gave ${answer.status}`);
    return answer.json();
  };
  return { get: call('GET'), post: call('POST') };
}

module.exports = { createClient };
