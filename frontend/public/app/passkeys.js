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

  /** Returns the sentence for a failure. Browsers do not tell a dialog that the visitor closed from one that found no passkey. */
  function sentence({ dataset }, error) {
    if (error?.name === 'NotAllowedError' || error?.name === 'AbortError') return dataset.cancelled;
    if (error?.name === 'InvalidStateError') return dataset.known ?? dataset.failed;
    const sentences = { 401: dataset.enterFirst, 403: dataset.banned, 404: dataset.gone, 409: dataset.full, 422: dataset.address, 429: dataset.often };
    return sentences[error] ?? (error?.name === 'SecurityError' ? dataset.address : dataset.failed);
  }

  /** Runs what a button does, once at a time, and shows how it ended. */
  async function run(part, button, work) {
    // As attributes: Firefox before 119 has no properties for them.
    if (button.getAttribute('aria-disabled') === 'true') return;
    const status = part.querySelector('[role="status"]');
    button.setAttribute('aria-disabled', 'true');
    status.textContent = '';
    try {
      status.textContent = (await work()) ?? '';
    } catch (error) {
      status.textContent = sentence(part, error);
    }
    button.removeAttribute('aria-disabled');
  }

  /** Tells the other tabs that this browser is another person now: an entry of the storage that is removed at once is a message.
   * The script in `Trunk.toml` gets it. */
  function tellOtherTabs() {
    try {
      localStorage.setItem('signed-in', '1');
      localStorage.removeItem('signed-in');
    } catch {
      // The browser forbids storage.
    }
  }

  function takeSignIn(part) {
    const { dataset } = part;
    const [button, status] = [part.querySelector('button'), part.querySelector('[role="status"]')];
    const label = button.textContent;
    // Where the visitor is somebody already, the first click says what happens to this person.
    let isAsked = !dataset.you;
    const forget = () => {
      isAsked = !dataset.you;
      button.textContent = label;
      status.textContent = '';
    };
    button.addEventListener('click', () => {
      if (!isAsked) {
        isAsked = true;
        button.textContent = dataset.anyway;
        status.textContent = dataset.confirm.replaceAll('{}', dataset.you);
        return;
      }
      run(part, button, async () => {
        const { isOther } = await ceremony('/passkeys/sign-in', '/passkeys/signed-in', (publicKey) =>
          navigator.credentials.get({ publicKey }),
        );
        if (isOther) tellOtherTabs();
        // The person may be no member of the private room that is open.
        const path = isOther && /^\/r\/p-[^-]{20}$/.test(location.pathname) ? '/' : location.pathname;
        location.assign(dataset.path ?? path);
      });
    });
    part.closest('dialog')?.addEventListener('close', forget);
  }

  function takeList(part) {
    const { dataset } = part;
    const [list, add] = [part.querySelector('ul'), part.querySelector('button')];
    const time = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' });
    /** Lets a button ask before it does something. `label` is its accessible name, if that is not its text. */
    const ask = (button, label, work) => {
      let isAsked = false;
      button.addEventListener('click', () => {
        if (isAsked) return run(part, button, work);
        isAsked = true;
        button.textContent = dataset.sure;
        if (label) button.setAttribute('aria-label', `${dataset.sure} ${label}`);
      });
    };
    /** Removes passkeys; returns the sentence that says so. */
    const remove = async (fields) => {
      show(await changed(() => request('/passkeys/remove', fields)));
      add.focus();
      return dataset.removed;
    };
    // Above the list while it has passkeys of devices that are signed out. Screen readers hear of a sign-out in this dialog.
    const offer = document.createElement('div');
    offer.setAttribute('aria-live', 'polite');
    list.before(offer);
    const showOffer = (isNeeded) => {
      offer.className = isNeeded ? 'part' : '';
      offer.replaceChildren();
      if (!isNeeded) return;
      const [warning, button] = ['p', 'button'].map((tag) => document.createElement(tag));
      Object.assign(warning, { className: 'name-hint', textContent: dataset.left });
      Object.assign(button, { type: 'button', className: 'button', textContent: dataset.removeLeft });
      ask(button, '', () => remove({ signedOut: true }));
      offer.append(warning, button);
    };
    const row = ({ passkey, name, created, last, host, current, signedOut }) => {
      const [item, about, title, used, button] = ['li', 'span', 'strong', 'span', 'button'].map((tag) => document.createElement(tag));
      item.className = 'invitation';
      title.textContent = name;
      const sentence = current ? dataset.createdHere : signedOut ? dataset.createdOut : dataset.created;
      const added = sentence.replace('{}', time.format(created));
      used.textContent = added;
      if (last) used.textContent += dataset.last.replace('{}', time.format(last));
      if (host && host !== location.hostname) used.textContent += dataset.elsewhere.replace('{}', host);
      about.append(title, document.createElement('br'), used);
      Object.assign(button, { type: 'button', className: 'quiet', textContent: dataset.remove });
      const label = `${dataset.removeOne.replace('{}', name)} (${added})`;
      button.setAttribute('aria-label', label);
      ask(button, label, () => remove({ passkey }));
      item.append(about, button);
      return item;
    };
    let changes = 0;
    const show = ({ passkeys }) => {
      changes++;
      list.replaceChildren(...passkeys.map(row));
      showOffer(passkeys.some(({ signedOut }) => signedOut));
    };
    // A change that ended meanwhile has shown a newer list, and its sentence stays.
    const reload = async () => {
      const before = changes;
      const listed = await request('/passkeys');
      if (changes === before) show(listed);
    };
    /** Makes a change. The answer to one that was made can be lost, so the list is loaded again after a failure. */
    const changed = async (change) => {
      try {
        return await change();
      } catch (error) {
        // The browser's own refusals and the rate limit change nothing.
        if (!(error instanceof DOMException) && error !== 429) await reload().catch(() => {});
        // The button of a row is gone with its row.
        if (document.activeElement === document.body) add.focus();
        throw error;
      }
    };
    const load = async () => {
      const status = part.querySelector('[role="status"]');
      status.textContent = '';
      try {
        await reload();
      } catch (error) {
        status.textContent = sentence(part, error);
      }
    };
    add.addEventListener('click', () =>
      run(part, add, async () => {
        const create = (publicKey) => navigator.credentials.create({ publicKey });
        show(await changed(() => ceremony('/passkeys/register', '/passkeys/registered', create)));
        return dataset.added;
      }),
    );
    // Each time that the dialog is opened. It may be open when the script runs for the first time.
    const dialog = part.closest('dialog');
    new MutationObserver(() => dialog.open && load()).observe(dialog, { attributeFilter: ['open'] });
    if (dialog.open) load();
    // A device that left the list of devices, which is the first list of the dialog, was signed out.
    const devices = dialog.querySelector('ul');
    let before = devices.children.length;
    const watch = new MutationObserver(() => {
      const now = devices.children.length;
      if (now && now < before) load();
      before = now;
    });
    watch.observe(devices, { childList: true });
  }

  if (!window.PublicKeyCredential || !navigator.credentials) return;
  for (const part of document.querySelectorAll('[data-passkeys]:not([data-taken])')) {
    part.dataset.taken = '';
    part.hidden = false;
    (part.dataset.passkeys === 'list' ? takeList : takeSignIn)(part);
  }
})();
