document.querySelector('#sign-in')?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const { email, password } = Object.fromEntries(new FormData(event.target));
  const answer = await fetch('http://accounts.shop.example/v2/sessions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
    credentials: 'include',
  });
  document.body.classList.toggle('signed-in', answer.ok);
});
