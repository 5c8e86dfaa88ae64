// Puts the token of a link, which is after the # of the address, into the form of the page, and sends a form that only asks.
const form = document.querySelector('form.entry-form');
form.elements.token.value = location.hash.slice(1) || form.elements.token.value;
if ('send' in form.dataset) form.submit();
// Another link that is opened in the same tab may differ only after its #.
addEventListener('hashchange', () => location.reload());
