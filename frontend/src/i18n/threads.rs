//! The texts of threads. They are loaded with the dialogs.

use shared_types::Language;

use crate::i18n::{Plural, Template, Translations};

/// The texts of threads, in one language.
pub(crate) struct ThreadTexts {
    /// Title of the panel.
    pub(crate) thread: &'static str,
    /// Label of the replies, and action of a message.
    pub(crate) reply_in_thread: &'static str,
    /// Label of the field.
    pub(crate) field: &'static str,
    pub(crate) send_to_room: &'static str,
    pub(crate) older: &'static str,
    pub(crate) loading: &'static str,
    pub(crate) offline: &'static str,
    pub(crate) failed: &'static str,
    pub(crate) gone: &'static str,
    pub(crate) no_replies: &'static str,
    /// In place of the field, if the first message is deleted.
    pub(crate) closed: &'static str,
    pub(crate) too_long: &'static str,
    /// Title of the list of threads.
    pub(crate) threads: &'static str,
    pub(crate) threads_hint: &'static str,
    pub(crate) no_threads: &'static str,
    /// At a thread with unread replies.
    pub(crate) new_replies: &'static str,
    /// Number of threads with unread replies.
    pub(crate) unread_threads: Plural,
    /// Button in the panel.
    pub(crate) all_threads: &'static str,
    /// If an image is attached before the thread is loaded.
    pub(crate) no_images_yet: &'static str,
}

static ENGLISH: ThreadTexts = ThreadTexts {
    thread: "Thread",
    reply_in_thread: "Reply in a thread",
    field: "Reply in this thread",
    send_to_room: "Also send to the room",
    older: "Older replies",
    loading: "Loading the replies…",
    offline: "You are offline. The replies are loaded as soon as the chat is connected again.",
    failed: "The replies could not be loaded.",
    gone: "This message was deleted or has expired, so its thread cannot be shown.",
    no_replies: "No replies yet.",
    closed: "The first message is deleted, so nobody can reply here any more.",
    too_long: "This reply is too long.",
    threads: "Threads",
    threads_hint: "The threads of this room in which you take part. Only you see what is new in them.",
    no_threads: "You take part in no thread of this room. “Reply in a thread” is among the actions of each message.",
    new_replies: "New replies",
    unread_threads: Plural {
        one: Template("", " thread with new replies"),
        other: Template("", " threads with new replies"),
    },
    all_threads: "All threads",
    no_images_yet: "Images can be attached as soon as the thread is loaded.",
};

static JAPANESE: ThreadTexts = ThreadTexts {
    thread: "スレッド",
    reply_in_thread: "スレッドで返信",
    field: "このスレッドに返信",
    send_to_room: "ルームにも送信する",
    older: "以前の返信",
    loading: "返信を読み込んでいます…",
    offline: "オフラインです。再接続すると返信を読み込みます。",
    failed: "返信を読み込めませんでした。",
    gone: "このメッセージは削除されたか期限切れのため、スレッドを表示できません。",
    no_replies: "返信はまだありません。",
    closed: "最初のメッセージが削除されたため、返信できません。",
    too_long: "返信が長すぎます。",
    threads: "スレッド",
    threads_hint: "このルームで参加しているスレッドです。新着の表示はあなただけに見えます。",
    no_threads: "このルームで参加しているスレッドはありません。各メッセージの操作から「スレッドで返信」を選べます。",
    new_replies: "新しい返信",
    unread_threads: Plural {
        one: Template("新しい返信があるスレッド: ", "件"),
        other: Template("新しい返信があるスレッド: ", "件"),
    },
    all_threads: "すべてのスレッド",
    no_images_yet: "画像はスレッドの読み込み後に添付できます。",
};

impl Translations {
    /// Returns the texts of threads. Only what is loaded on demand may call it.
    #[inline(never)]
    pub(crate) fn threads(&self) -> &'static ThreadTexts {
        match self.language {
            Language::English => &ENGLISH,
            Language::Japanese => &JAPANESE,
        }
    }
}
