// Passkeys (WebAuthn): the list with its buttons, and the button that signs in. The texts are in the attributes of their elements.
// The script is run for each such element, and takes only those that it has not taken.
(() => {
  const decoded = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (one) => one.charCodeAt(0));

  const encoded = (bytes) => {
    const text = String.fromCharCode(...new Uint8Array(bytes));
    return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  };

  /** Sends a form, or asks for the list; returns the answer as JSON, or throws its HTTP status. */
  async function request(path, fields) {
    const form = fields && { method: 'POST', body: new URLSearchParams(fields) };
    const answer = await fetch(path, { cache: 'no-store', ...form });
    if (!answer.ok) throw answer.status;
    return answer.json();
  }

  /** Asks the server for a challenge and the browser for an answer; returns what the server answers to that. */
  async function ceremony(start, end, ask) {
    const { token, options } = await request(start, {});
    options.challenge = decoded(options.challenge);
    if (options.user) options.user.id = decoded(options.user.id);
    for (const known of options.excludeCredentials ?? []) known.id = decoded(known.id);
    const credential = await ask(options);
    const { id, rawId, type, response } = credential;
    const fields = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'];
    const bytes = fields.filter((field) => response[field]).map((field) => [field, encoded(response[field])]);
    const answer = { id, rawId: encoded(rawId), type, response: { userHandle: null, ...Object.fromEntries(bytes) } };
    const { credProps } = credential.getClientExtensionResults();
    if (credProps) answer.extensions = { credProps };
    return request(end, { token, answer: JSON.stringify(answer) });
  }

  /** Returns the sentence for a failure; none for a dialog that the visitor closed. */
  function sentence({ dataset }, error) {
    if (error?.name === 'NotAllowedError' || error?.name === 'AbortError') return '';
    if (error?.name === 'InvalidStateError') return dataset.known ?? dataset.failed;
    const sentences = { 401: dataset.enterFirst, 404: dataset.gone, 409: dataset.full, 422: dataset.address, 429: dataset.often };
    return sentences[error] ?? (error?.name === 'SecurityError' ? dataset.address : dataset.failed);
  }

  /** Runs what a button does, once at a time, and shows how it ended. */
  async function run(part, button, work) {
    if (button.ariaDisabled === 'true') return;
    const status = part.querySelector('[role="status"]');
    button.ariaDisabled = 'true';
    status.textContent = '';
    try {
      status.textContent = (await work()) ?? '';
    } catch (error) {
      status.textContent = sentence(part, error);
    }
    button.ariaDisabled = null;
  }

  function takeSignIn(part) {
    const button = part.querySelector('button');
    button.addEventListener('click', () =>
      run(part, button, async () => {
        await ceremony('/passkeys/sign-in', '/passkeys/signed-in', (publicKey) => navigator.credentials.get({ publicKey }));
        location.assign(part.dataset.path ?? location.pathname);
      }),
    );
  }

  function takeList(part) {
    const { dataset } = part;
    const [list, add] = [part.querySelector('ul'), part.querySelector('button')];
    const day = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium' });
    const row = ({ passkey, name, created, last }) => {
      const [item, about, title, used, remove] = ['li', 'span', 'strong', 'span', 'button'].map((tag) => document.createElement(tag));
      item.className = 'invitation';
      title.textContent = name;
      used.textContent = dataset.created.replace('{}', day.format(created));
      if (last) used.textContent += dataset.last.replace('{}', day.format(last));
      about.append(title, document.createElement('br'), used);
      Object.assign(remove, { type: 'button', className: 'quiet', textContent: dataset.remove });
      remove.ariaLabel = dataset.removeOne.replace('{}', name);
      remove.addEventListener('click', () =>
        run(part, remove, async () => {
          show(await request('/passkeys/remove', { passkey }));
          add.focus();
          return dataset.removed;
        }),
      );
      item.append(about, remove);
      return item;
    };
    let changes = 0;
    const show = ({ passkeys }) => {
      changes++;
      list.replaceChildren(...passkeys.map(row));
    };
    // A change that ended meanwhile has shown a newer list, and its sentence stays.
    const load = async () => {
      const [before, status] = [changes, part.querySelector('[role="status"]')];
      status.textContent = '';
      try {
        const listed = await request('/passkeys');
        if (changes === before) show(listed);
      } catch (error) {
        status.textContent = sentence(part, error);
      }
    };
    add.addEventListener('click', () =>
      run(part, add, async () => {
        show(await ceremony('/passkeys/register', '/passkeys/registered', (publicKey) => navigator.credentials.create({ publicKey })));
        return dataset.added;
      }),
    );
    // Each time that the dialog is opened. It may be open when the script runs for the first time.
    const dialog = part.closest('dialog');
    new MutationObserver(() => dialog.open && load()).observe(dialog, { attributeFilter: ['open'] });
    if (dialog.open) load();
  }

  if (!window.PublicKeyCredential || !navigator.credentials) return;
  for (const part of document.querySelectorAll('[data-passkeys]:not([data-taken])')) {
    part.dataset.taken = '';
    part.hidden = false;
    (part.dataset.passkeys === 'list' ? takeList : takeSignIn)(part);
  }
})();
