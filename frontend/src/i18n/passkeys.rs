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
    /// As `created`, of a passkey that was added on this device.
    pub(crate) created_here: &'static str,
    /// As `created`, of a passkey that was added on a device that is signed out.
    pub(crate) created_out: &'static str,
    /// What passkeys of signed-out devices mean.
    pub(crate) left: &'static str,
    /// The button that removes them.
    pub(crate) remove_left: &'static str,
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
    pub(crate) banned: &'static str,
    pub(crate) not_found: &'static str,
    pub(crate) not_added: &'static str,
    pub(crate) elsewhere: &'static str,
    pub(crate) sure: &'static str,
    pub(crate) confirm: &'static str,
    pub(crate) anyway: &'static str,
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
    created_here: "Added on this device: {}",
    created_out: "Added on a device that is signed out: {}",
    left: "Passkeys that were added on signed-out devices still sign in as you.",
    remove_left: "Remove passkeys of signed-out devices",
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
    banned: "You can’t take part in this chat at the moment.",
    not_found: "Cancelled, or no passkey was found here.",
    not_added: "Cancelled, or no passkey could be made here.",
    elsewhere: " · Works at {} only",
    sure: "Really remove?",
    confirm: "You are {} here. With the passkey of another person this browser becomes that person, and {} comes back only with a passkey or \
              on another device.",
    anyway: "Continue with a passkey",
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
    created_here: "この端末で追加: {}",
    created_out: "ログアウト済みの端末で追加: {}",
    left: "ログアウト済みの端末で追加したパスキーでは、今もあなたとしてログインできます。",
    remove_left: "ログアウト済みの端末のパスキーを削除",
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
    banned: "現在、このチャットには参加できません。",
    not_found: "キャンセルされたか、ここにはパスキーが見つかりませんでした。",
    not_added: "キャンセルされたか、ここではパスキーを作成できませんでした。",
    elsewhere: " · {}でのみ使えます",
    sure: "本当に削除しますか？",
    confirm: "ここでは{}として参加しています。ほかの人のパスキーを使うと、このブラウザーはその人になります。{}として戻るには、パスキーか別の端末が必要です。",
    anyway: "パスキーで続ける",
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
