//! The texts of passkeys: for the dialogs, with which they are loaded, and for the sign-in page. The script `passkeys.js` shows them.

use shared_types::Language;

use crate::i18n::Translations;

/// The texts of passkeys, in one language. In the sentences for the script, `{}` is the name of a passkey or a time.
pub(crate) struct PasskeyTexts {
    pub(crate) passkeys: &'static str,
    pub(crate) hint: &'static str,
    pub(crate) add: &'static str,
    pub(crate) sign_in: &'static str,
    pub(crate) remove: &'static str,
    pub(crate) remove_one: &'static str,
    pub(crate) created: &'static str,
    pub(crate) last: &'static str,
    pub(crate) added: &'static str,
    pub(crate) removed: &'static str,
    pub(crate) failed: &'static str,
    pub(crate) known: &'static str,
    pub(crate) often: &'static str,
    pub(crate) full: &'static str,
    pub(crate) gone: &'static str,
    pub(crate) enter_first: &'static str,
    pub(crate) address: &'static str,
}

static ENGLISH: PasskeyTexts = PasskeyTexts {
    passkeys: "Passkeys",
    hint: "With a passkey you come back as yourself, also when you have lost all these devices. Signing out a device removes no passkey: \
           remove those that others could use.",
    add: "Add a passkey",
    sign_in: "Sign in with a passkey",
    remove: "Remove",
    remove_one: "Remove the passkey from {}",
    created: "Added: {}",
    last: " · Last used: {}",
    added: "The passkey was added.",
    removed: "The passkey was removed here. Remove it from your device or password manager, too.",
    failed: "This did not work. Please try again.",
    known: "This device or password manager has a passkey of yours already.",
    often: "Too many attempts. Wait a minute and try again.",
    full: "You have as many passkeys as you can have. Remove one first.",
    gone: "This passkey was removed, or it is of another chat.",
    enter_first: "The passphrase has changed. Please enter it first.",
    address: "There are no passkeys at this address: it has to be a name and not a number.",
};

static JAPANESE: PasskeyTexts = PasskeyTexts {
    passkeys: "パスキー",
    hint: "パスキーがあれば、これらの端末をすべて失っても、同じあなたとして戻れます。端末をログアウトさせてもパスキーは削除されません。\
           ほかの人が使えるパスキーは削除してください。",
    add: "パスキーを追加",
    sign_in: "パスキーでログイン",
    remove: "削除",
    remove_one: "{}のパスキーを削除",
    created: "追加: {}",
    last: " · 最終利用: {}",
    added: "パスキーを追加しました。",
    removed: "ここからパスキーを削除しました。端末やパスワードマネージャーからも削除してください。",
    failed: "うまくいきませんでした。もう一度お試しください。",
    known: "この端末またはパスワードマネージャーには、すでにあなたのパスキーがあります。",
    often: "試行回数が多すぎます。1分ほど待ってからもう一度お試しください。",
    full: "パスキーの数が上限に達しています。先にどれかを削除してください。",
    gone: "このパスキーは削除されたか、ほかのチャットのものです。",
    enter_first: "パスフレーズが変わりました。先に新しいパスフレーズを入力してください。",
    address: "このアドレスではパスキーを使えません。数字ではなく名前のアドレスが必要です。",
};

impl Translations {
    /// Returns the texts of passkeys. In the browser only what is loaded on demand may call it.
    #[inline(never)]
    pub(crate) fn passkeys(&self) -> &'static PasskeyTexts {
        match self.language {
            Language::English => &ENGLISH,
            Language::Japanese => &JAPANESE,
        }
    }
}
