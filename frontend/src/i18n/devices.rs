//! The texts of the list of devices. They are loaded with the dialogs.

use shared_types::Language;

use crate::i18n::{Template, Translations};

/// The texts of the list of devices, in one language.
pub(crate) struct DeviceTexts {
    pub(crate) devices: &'static str,
    pub(crate) hint: &'static str,
    pub(crate) loading: &'static str,
    pub(crate) failed: &'static str,
    pub(crate) not_signed_out: &'static str,
    pub(crate) this_device: &'static str,
    /// Before, between and after the browser and the system.
    on: [&'static str; 3],
    unknown: &'static str,
    last: Template,
    since: Template,
    pub(crate) sign_out: &'static str,
    sign_out_one: Template,
    pub(crate) sign_out_others: &'static str,
    pub(crate) sign_out_others_confirm: &'static str,
    /// What the page of a device says that was signed out from another one. It names the buttons of the profile.
    pub(crate) new_guest: &'static str,
}

static ENGLISH: DeviceTexts = DeviceTexts {
    devices: "Your devices",
    hint: "You are signed in on these devices. A device that you sign out is no longer you: it cannot write as you or read your private \
           rooms. What it has stored stays on it until somebody signs out there.",
    loading: "Loading…",
    failed: "The list cannot be loaded right now. Close it and try again.",
    not_signed_out: "This did not work. Wait a minute and try again.",
    this_device: "This device",
    on: ["", " on ", ""],
    unknown: "Unknown browser",
    last: Template("Last used: ", ""),
    since: Template(" · Signed in: ", ""),
    sign_out: "Sign out",
    sign_out_one: Template("Sign out ", ""),
    sign_out_others: "Sign out everywhere else",
    sign_out_others_confirm: "Really sign out everywhere else",
    new_guest: "This device was signed out. You are a new guest here. To be yourself again, open your profile and choose “Sign in with a \
                passkey”, or open a link that “Use on another device” makes on a device where you are signed in.",
};

static JAPANESE: DeviceTexts = DeviceTexts {
    devices: "使用中の端末",
    hint: "これらの端末でログインしています。ログアウトさせた端末は、あなたとして書き込むことも、プライベートルームを読むこともできなくなります。\
           端末に保存された内容は、その端末でログアウトするまで残ります。",
    loading: "読み込み中…",
    failed: "リストを読み込めませんでした。閉じてからもう一度お試しください。",
    not_signed_out: "うまくいきませんでした。1分ほど待ってからもう一度お試しください。",
    this_device: "この端末",
    on: ["", "（", "）"],
    unknown: "不明なブラウザー",
    last: Template("最終利用: ", ""),
    since: Template(" · ログイン: ", ""),
    sign_out: "ログアウトさせる",
    sign_out_one: Template("ログアウトさせる: ", ""),
    sign_out_others: "ほかのすべての端末をログアウトさせる",
    sign_out_others_confirm: "本当にほかのすべての端末をログアウトさせる",
    new_guest: "この端末はログアウトされました。ここでのあなたは新しいゲストです。元のあなたに戻るには、プロフィールを開いて\
                「パスキーでログイン」を選ぶか、ログイン中の端末の「ほかの端末で使う」で作ったリンクを開いてください。",
};

impl Translations {
    /// Returns the texts of the list of devices. Only what is loaded on demand may call it.
    #[inline(never)]
    pub(crate) fn devices(&self) -> &'static DeviceTexts {
        match self.language {
            Language::English => &ENGLISH,
            Language::Japanese => &JAPANESE,
        }
    }
}

impl DeviceTexts {
    /// Returns the name of a device.
    pub(crate) fn name(&self, browser: Option<&str>, system: Option<&str>) -> String {
        let (browser, [before, between, after]) = (browser.unwrap_or(self.unknown), self.on);
        match system {
            Some(system) => [before, browser, between, system, after].concat(),
            None => browser.into(),
        }
    }

    /// Returns when a device was used for the last time, and when it was signed in, if that is known.
    pub(crate) fn use_of_device(&self, last: &str, since: Option<&str>) -> String {
        [self.last.with(last), since.map(|since| self.since.with(since)).unwrap_or_default()].concat()
    }

    /// Returns the accessible name of the button that signs out a device.
    pub(crate) fn sign_out_one(&self, name: &str) -> String {
        self.sign_out_one.with(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_has_a_name_in_both_languages() {
        for (browser, system, english, japanese) in [
            (Some("Firefox"), Some("Linux"), "Firefox on Linux", "Firefox（Linux）"),
            (Some("Chrome"), None, "Chrome", "Chrome"),
            (None, Some("Android"), "Unknown browser on Android", "不明なブラウザー（Android）"),
            (None, None, "Unknown browser", "不明なブラウザー"),
        ] {
            assert_eq!(
                (ENGLISH.name(browser, system), JAPANESE.name(browser, system)),
                (english.into(), japanese.into())
            );
        }
    }
}
