// Puts the token of an owner link into the form. It is taken out of the address, so that it stays in no history.
function takeToken() {
  const token = decodeURIComponent(location.hash.slice(1));
  if (!token) return;
  document.querySelector('#claim input[name="token"]').value = token;
  history.replaceState(null, '', location.pathname);
}

takeToken();
// The link can be opened while the page is shown.
addEventListener('hashchange', takeToken);
