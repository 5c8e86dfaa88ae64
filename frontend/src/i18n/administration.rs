//! The texts of the administration dialog, and what owners did in the audit log. They are loaded with the dialogs.

use shared_types::{AccessMode, ChatIdentity, Emoji, Language, Role, RoomTitle, StorageSize, Usage};

use crate::i18n::{Plural, Template, Translations, unique_names::UniqueNameTexts};

/// The texts of the administration dialog, in one language.
pub(crate) struct AdministrationTexts {
    pub(crate) title: &'static str,
    /// How people enter the chat: open, with a passphrase, with a provider.
    access: [&'static str; 3],
    pub(crate) people_hint: &'static str,
    pub(crate) filter: &'static str,
    pub(crate) loading: &'static str,
    pub(crate) failed: &'static str,
    pub(crate) no_match: &'static str,
    /// Label of the checkbox that hides all people who are neither muted nor banned.
    pub(crate) only_restricted: &'static str,
    /// Label of the choice of a role; takes the name of the person.
    pub(crate) role_of: Template,
    /// Names of the roles: owner, moderator, member.
    roles: [&'static str; 3],
    /// Badge of a person who is a moderator by configuration.
    pub(crate) configured: &'static str,
    pub(crate) last_owner: &'static str,
    pub(crate) too_many: &'static str,
    pub(crate) owners_only: &'static str,
    pub(crate) not_changed: &'static str,
    /// Confirmations of a new role; each takes the name of the person.
    changed: [Template; 3],
    /// The same to the person themselves.
    yours_changed: [&'static str; 3],
    /// Title of the dialog with name and icon of the chat, and the button that opens it.
    pub(crate) identity: &'static str,
    pub(crate) identity_hint: &'static str,
    pub(crate) chat_name: &'static str,
    pub(crate) chat_icon: &'static str,
    pub(crate) identity_changed: &'static str,
    pub(crate) identity_not_changed: &'static str,
    /// Shown beside a person; takes the day.
    pub(crate) last_seen: Template,
    /// Title of the dialog with usage figures, and the button that opens it.
    pub(crate) usage: &'static str,
    pub(crate) usage_hint: &'static str,
    pub(crate) usage_failed: &'static str,
    connections: Plural,
    /// Each takes a size.
    messages_size: Template,
    images_size: Template,
    /// The same, if there are more images than were measured.
    images_size_more: Template,
    /// Takes a price.
    cost: Template,
    no_cost: &'static str,
    /// Takes a time.
    counted: Template,
    not_counted: &'static str,
    /// Entry of the audit log; takes name and icon of the chat.
    audit_identity: Template,
    /// The same, if both were removed.
    audit_no_identity: &'static str,
    /// Entries of the audit log; each takes the name of the person.
    audit: [Template; 3],
}

static ENGLISH: AdministrationTexts = AdministrationTexts {
    title: "Administration",
    access: [
        "Everybody can enter this chat.",
        "Everybody who knows the passphrase can enter this chat.",
        "Everybody who signs in can enter this chat.",
    ],
    people_hint: "People with a role, who is in this room, and who was muted or banned lately. Owners give roles; moderators can mute, ban and delete in every room.",
    filter: "Find a person",
    loading: "Loading…",
    failed: "The roles could not be read right now. Close this and open it again.",
    no_match: "Nobody here matches. Further people who were muted or banned are in “What moderators did”, where a restriction can be lifted.",
    only_restricted: "Only people who are muted or banned",
    role_of: Template("Role of ", ""),
    roles: ["Owner", "Moderator", "Member"],
    configured: "configured moderator",
    last_owner: "A chat keeps one owner. Make another person an owner first.",
    too_many: "Too many people have a role. Take one from another person first.",
    owners_only: "Only owners can do this.",
    not_changed: "The role could not be changed right now. Please try again.",
    changed: [
        Template("", " is an owner now."),
        Template("", " is a moderator now."),
        Template("", " has no role now."),
    ],
    yours_changed: ["You are an owner now.", "You are a moderator now.", "You have no role now."],
    identity: "Name and icon",
    identity_hint: "The name is in the title and above the rooms, the icon in the tab and in the installed app. Everybody who has the address can see them. Other people see a change when they load the page the next time.",
    chat_name: "Name of the chat",
    chat_icon: "Icon: one emoji",
    identity_changed: "The chat has its new name and icon. The icon of this page follows when you reload it.",
    identity_not_changed: "Name and icon could not be changed right now. Please try again.",
    last_seen: Template("last read here: ", ""),
    usage: "Usage",
    usage_hint: "Messages, edits, deletions and reactions in open rooms, by day (UTC). Private rooms and direct messages are not counted.",
    usage_failed: "The figures could not be read right now. Close this and open it again.",
    connections: Plural {
        one: Template("", " connection is open now."),
        other: Template("", " connections are open now."),
    },
    messages_size: Template("Messages and what belongs to them: ", ""),
    images_size: Template("Images: ", ""),
    images_size_more: Template("Images: more than ", ""),
    cost: Template(
        "On AWS a month of such days costs about ",
        ". This is an estimate from list prices, as if every open page got every message eight hours a day. Traffic and logs are not in it.",
    ),
    no_cost: "Costs are estimated when a whole day has been counted.",
    counted: Template("Days and storage were last counted: ", ""),
    not_counted: "Days and storage have not been counted yet. This happens once a day on AWS, and once an hour elsewhere.",
    audit_identity: Template("named the chat ", ""),
    audit_no_identity: "removed name and icon of the chat",
    audit: [Template("made ", " an owner"), Template("made ", " a moderator"), Template("took the role of ", "")],
};

static JAPANESE: AdministrationTexts = AdministrationTexts {
    title: "管理",
    access: [
        "このチャットには誰でも参加できます。",
        "パスフレーズを知っている人が参加できます。",
        "サインインした人が参加できます。",
    ],
    people_hint: "役割のある人、このルームにいる人、最近発言停止や参加禁止になった人です。オーナーは役割を決め、モデレーターはすべてのルームで発言停止・参加禁止・削除ができます。",
    filter: "人を探す",
    loading: "読み込み中…",
    failed: "現在、役割を読み込めません。いったん閉じて、もう一度開いてください。",
    no_match: "該当する人はいません。ほかの発言停止・参加禁止の人は「モデレーターの操作履歴」にあり、そこで解除できます。",
    only_restricted: "発言停止・参加禁止の人のみ",
    role_of: Template("", "さんの役割"),
    roles: ["オーナー", "モデレーター", "メンバー"],
    configured: "設定によるモデレーター",
    last_owner: "オーナーは必ず一人必要です。先にほかの人をオーナーにしてください。",
    too_many: "役割のある人が多すぎます。先にほかの人の役割を外してください。",
    owners_only: "この操作はオーナーだけができます。",
    not_changed: "現在、役割を変更できません。もう一度お試しください。",
    changed: [
        Template("", "さんがオーナーになりました。"),
        Template("", "さんがモデレーターになりました。"),
        Template("", "さんの役割がなくなりました。"),
    ],
    yours_changed: [
        "あなたはオーナーになりました。",
        "あなたはモデレーターになりました。",
        "あなたの役割はなくなりました。",
    ],
    identity: "名前とアイコン",
    identity_hint: "名前はページのタイトルとルーム一覧の上に、アイコンはタブとインストールしたアプリに表示されます。アドレスを知っている人なら誰でも見られます。ほかの人には、次にページを読み込んだときから表示されます。",
    chat_name: "チャットの名前",
    chat_icon: "アイコン（絵文字1つ）",
    identity_changed: "チャットの名前とアイコンを変更しました。このページのアイコンは、再読み込みすると変わります。",
    identity_not_changed: "現在、名前とアイコンを変更できません。もう一度お試しください。",
    last_seen: Template("最後に読んだ日：", ""),
    usage: "利用状況",
    usage_hint: "公開ルームでのメッセージ・編集・削除・リアクションの数です（日付はUTC）。非公開ルームとダイレクトメッセージは数えません。",
    usage_failed: "現在、利用状況を読み込めません。いったん閉じて、もう一度開いてください。",
    connections: Plural { one: Template("現在の接続数：", ""), other: Template("現在の接続数：", "") },
    messages_size: Template("メッセージとその付属データ：", ""),
    images_size: Template("画像：", ""),
    images_size_more: Template("画像：", "以上"),
    cost: Template(
        "このような日が1か月続くと、AWSの費用は約",
        "です。定価による見積もりで、開いているページのすべてが毎日8時間、すべてのメッセージを受け取るものとして計算しています。通信量とログは含みません。",
    ),
    no_cost: "費用は、丸1日分を集計すると見積もられます。",
    counted: Template("日ごとの数と保存量の最終集計：", ""),
    not_counted: "日ごとの数と保存量は、まだ集計されていません。集計は、AWSでは1日に1回、それ以外では1時間に1回です。",
    audit_identity: Template("チャットを「", "」という名前にしました"),
    audit_no_identity: "チャットの名前とアイコンを外しました",
    audit: [
        Template("", "さんをオーナーにしました"),
        Template("", "さんをモデレーターにしました"),
        Template("", "さんの役割を外しました"),
    ],
};

/// The roles, in the order of their texts.
pub(crate) const ROLES: [Role; 3] = [Role::Owner, Role::Moderator, Role::Member];

/// Returns the place of a role in [`ROLES`].
pub(crate) fn place(role: Role) -> usize {
    match role {
        Role::Owner => 0,
        Role::Moderator => 1,
        Role::Member => 2,
    }
}

impl AdministrationTexts {
    /// Describes how people enter the chat.
    pub(crate) fn access(&self, access: AccessMode) -> &'static str {
        self.access[match access {
            AccessMode::Open => 0,
            AccessMode::Passphrase => 1,
            AccessMode::Oidc => 2,
        }]
    }

    /// Returns the name of a role.
    pub(crate) fn role(&self, role: Role) -> &'static str {
        self.roles[place(role)]
    }

    /// Confirms a new role of another person to the owner who gave it.
    pub(crate) fn changed(&self, name: &str, role: Role) -> String {
        self.changed[place(role)].with(name)
    }

    /// Tells a person their new role.
    pub(crate) fn yours_changed(&self, role: Role) -> &'static str {
        self.yours_changed[place(role)]
    }

    /// Describes usage figures, without the days. `counted` is when they were counted, as a text.
    pub(crate) fn usage_sentences(&self, usage: &Usage, counted: Option<&str>) -> Vec<String> {
        let StorageSize { messages, images, more_images } = usage.storage;
        let of_images = if more_images { &self.images_size_more } else { &self.images_size };
        let cents = usage.monthly_cents.map(|cents| {
            let cent = cents % 100;
            ["$", &(cents / 100).to_string(), if cent < 10 { ".0" } else { "." }, &cent.to_string()].concat()
        });
        let sentences = [
            Some(self.connections.of(usage.connections as usize)),
            messages.map(|bytes| self.messages_size.with(&size(bytes))),
            images.map(|bytes| of_images.with(&size(bytes))),
            Some(cents.map_or_else(|| self.no_cost.to_owned(), |price| self.cost.with(&price))),
            Some(counted.map_or_else(|| self.not_counted.to_owned(), |at| self.counted.with(at))),
        ];
        sentences.into_iter().flatten().collect()
    }

    /// Describes in the audit log a new name and icon, or that unique names were switched. An older entry may have both.
    pub(crate) fn audit_identity(&self, chat: &ChatIdentity, texts: &UniqueNameTexts) -> String {
        let icon = chat.icon.as_ref().map(Emoji::as_str);
        let both: Vec<&str> = icon.into_iter().chain(chat.name.as_ref().map(RoomTitle::as_str)).collect();
        let named = if both.is_empty() { None } else { Some(self.audit_identity.with(&both.join(" "))) };
        let unique = chat.unique_names.map(|on| if on { texts.audit_on } else { texts.audit_off }.to_owned());
        let parts: Vec<String> = named.into_iter().chain(unique).collect();
        if parts.is_empty() { self.audit_no_identity.into() } else { parts.join(texts.audit_and) }
    }

    /// Describes an entry of the audit log.
    pub(crate) fn audit(&self, name: &str, role: Role) -> String {
        self.audit[place(role)].with(name)
    }
}

impl Translations {
    /// Returns the texts of the administration dialog. Only what is loaded on demand may call it.
    #[inline(never)]
    pub(crate) fn administration(&self) -> &'static AdministrationTexts {
        match self.language {
            Language::English => &ENGLISH,
            Language::Japanese => &JAPANESE,
        }
    }
}

/// Writes a number of bytes with at most three digits, in units of 1,000.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = [" B", " KB", " MB", " GB", " TB"];
    let (mut value, mut unit) = (bytes as f64, 0);
    while value >= 999.5 && unit < UNITS.len() - 1 {
        (value, unit) = (value / 1000.0, unit + 1);
    }
    let tenths = (value * 10.0).round() as u64;
    let fraction = if unit > 0 && tenths < 100 { [".", &(tenths % 10).to_string()].concat() } else { String::new() };
    [&(tenths / 10).to_string(), &fraction, UNITS[unit]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_few_digits_and_a_unit() {
        for (bytes, expected) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 KB"),
            (9_900, "9.9 KB"),
            (50_000, "50 KB"),
            (1_234_567, "1.2 MB"),
            (999_500, "1.0 MB"),
            (2_000_000_000, "2.0 GB"),
            (u64::MAX, "18446744 TB"),
        ] {
            assert_eq!(size(bytes), expected, "{bytes}");
        }
    }

    #[test]
    fn usage_is_described_in_both_languages() {
        let storage = StorageSize { messages: Some(5_000), images: Some(70), more_images: true };
        let usage = Usage { storage, connections: 1, monthly_cents: Some(1207), ..Usage::default() };
        let english = ENGLISH.usage_sentences(&usage, Some("10:34"));
        assert_eq!(english[0], "1 connection is open now.");
        assert!(english[3].contains("$12.07") && english[4].ends_with("10:34"), "{english:?}");
        assert_eq!(english[1..3], ["Messages and what belongs to them: 5.0 KB", "Images: more than 70 B"]);
        assert_eq!(JAPANESE.usage_sentences(&Usage::default(), None).len(), 3);
    }
}
