//! Japanese.

pub(super) mod dialogs;
pub(super) mod images;

use shared_types::Language;

use crate::i18n::{Plural, Template, Translations};

/// Japanese has one form for all numbers.
const fn count(before: &'static str, after: &'static str) -> Plural {
    Plural { one: Template(before, after), other: Template(before, after) }
}

pub(super) static TRANSLATIONS: Translations = Translations {
    language: Language::Japanese,
    app: "チャット",

    message: "メッセージ",
    placeholder: Template("メッセージを入力（", "）"),
    send: "送信",
    composer_keys: "Enterで送信、Shift + Enterで改行",
    composer_keys_touch: "Enterで改行、ボタンで送信",
    no_script: "現在は閲覧のみできます。会話に参加するには、JavaScriptを有効にしてください。",
    chars_left: count("残り", "文字"),
    chars_over: count("", "文字超過しています"),

    connecting: "接続中…",
    connected: "接続しました",
    offline: "オフライン",
    blocked: "リアルタイムの接続ができません。ネットワークが遮断している可能性があります。新しいメッセージは約30秒ごとに表示され、送信したものは接続が戻ると届きます。",
    reconnect: "今すぐ再接続",
    retrying_now: "再接続中…",
    retrying_in: Template("", "秒後に再接続"),
    online: count("", "人がオンライン"),

    typing_one: Template("", "さんが入力中…"),
    typing_two: Template("", "さんが入力中…"),
    typing_many: "複数の人が入力中…",
    and: "さんと",

    sending: "送信中…",
    waiting: "順番を待っています…",
    not_sent: Template("送信できませんでした。", ""),
    unconfirmed: "サーバーから応答がありません。",
    message_rejected: "サーバーがこのメッセージを受け付けませんでした。",
    unavailable: "現在チャットを利用できません。しばらくしてから再送信してください。",
    bad_image: "この画像は送信できません。別の画像を選択してください。",
    upload_broken: "画像をアップロードできませんでした。",
    image_lost: "画像が残っていません。もう一度選択してください。",
    uploading: "アップロード中",
    retry: "再送信",
    discard: "破棄",

    message_held: "メッセージは順番を待っています。",
    sent_in: Template("", "後に送信します"),
    next_message_in: Template("次の送信まで", ""),
    slow_mode_rule: Template("メッセージは", "に1件まで送信できます。"),
    slow_mode_exempt: Template("低速モード：ほかの人は", "に1件まで送信できます。"),
    read_only: "このルームは現在、閲覧のみできます。",
    archived: "このルームはアーカイブされています。",
    only_moderators_write: "現在、このルームで発言できるのはモデレーターだけです。",
    muted_until: Template("モデレーターにより、", "まで発言できません。"),
    banned_until: Template("", "まで参加できません。"),
    signed_out: "サインアウトされました。",
    sign_in_again: "もう一度サインイン",
    passphrase_again: "もう一度パスフレーズが必要です。",
    enter: "参加する",
    try_again: "もう一度試す",
    loading_part: "読み込み中…",
    not_loaded: "読み込みエラー",
    part_not_loaded: "読み込めませんでした。接続を確認するか、ページを再読み込みしてください。",
    too_fast: "短時間に操作が集中しています。少し待ってからもう一度お試しください。",
    muted: "モデレーターにより、現在は発言できません。",
    not_allowed: "この操作は許可されていません。",
    seconds: Template("", "秒"),
    minutes: Template("", "分"),
    hours: Template("", "時間"),
    days: count("", "日"),

    moderator: "モデレーター",
    erased_person: "退会したユーザー",

    data_erased: "投稿をすべて削除しました。",
    #[cfg(feature = "hydrate")]
    data_erased_new_id: "これからは新しいユーザーになります。",

    attach: "画像を添付",
    drop: "ドロップして画像を添付",
    dismiss: "閉じる",

    image: "画像",
    open_image: "画像を開く",
    open_described: Template("画像を開く：", ""),
    missing: "この画像は表示できなくなりました",
    close: "閉じる",

    replies: Plural { one: Template("返信", "件"), other: Template("返信", "件") },
    edited: "（編集済み）",
    message_deleted: "このメッセージは削除されました。",
    earlier_message: "以前のメッセージ",
    show_more: "もっと見る",
    show_less: "折りたたむ",
    actions: "メッセージの操作",
    react: Template("", "でリアクション"),
    pinned: "📌 ピン留め",
    votes: Plural { one: Template("", "票"), other: Template("", "票") },
    several_choices: "複数選択可",
    poll_closed: "締め切り",
    replying: Template("", "さんに返信"),
    editing: "メッセージを編集中",
    #[cfg(feature = "hydrate")]
    not_changed: Template("変更できませんでした。", ""),
    no_message: "このメッセージはもうありません。",
    outdated: "このメッセージはその間に別の場所で編集されました。",
    not_yours: "メッセージを変更できるのは投稿した人だけです。",
    too_many: "これ以上追加できません。先にどれかを外してください。",

    address: "このメッセージへのリンク",
    emoji: "絵文字",
    formatting: "書式",
    #[cfg(feature = "hydrate")]
    not_found_message: "このメッセージは見つかりませんでした。",

    people: "参加中のメンバー",

    new_line: "未読",
    unread_messages: Plural {
        one: Template("新着メッセージ", "件"), other: Template("新着メッセージ", "件")
    },
    unread_messages_more: Template("新着メッセージ", "件以上"),
    to_newest: "最新のメッセージへ",
    log: Template("", " のメッセージ"),
    beginning: Template("", " の始まり"),
    new_messages: "新着メッセージ",
    older: "以前のメッセージを読み込む",
    loading: "以前のメッセージを読み込んでいます…",
    empty: "まだメッセージはありません。最初のひと言を送って、誰かを招待しましょう。",
    welcome: "会話はここから始まります。",

    rooms: "ルーム",
    switch_rooms: "ルームを切り替える",
    new_elsewhere: "ほかのルームに新着メッセージがあります",
    mentions_you: "あなたへのメンションがあります",
    mentioned_elsewhere: "ほかのルームであなたへのメンションがあります",
    open_room: "ルームを開く",

    invite: "メンバーを招待",

    search: "検索",

    about_you: "プロフィール・言語・通知の設定",
    save: "保存",
    cancel: "キャンセル",

    #[cfg(feature = "hydrate")]
    unreachable: "現在チャットに接続できません。再接続しています…",
    #[cfg(feature = "hydrate")]
    today: "今日",
    #[cfg(feature = "hydrate")]
    yesterday: "昨日",

    #[cfg(feature = "ssr")]
    description: "開けばすぐに会話を読めて、アカウントなしで参加できるチャットルームです。",
    #[cfg(feature = "ssr")]
    reload: "現在チャットに接続できません。しばらくしてからページを再読み込みしてください。\n",
    #[cfg(feature = "ssr")]
    failed: "このページは動作を停止しました。続けるには再読み込みしてください。",
    #[cfg(feature = "ssr")]
    reload_page: "再読み込み",
    #[cfg(feature = "ssr")]
    not_found: "ルームが見つかりません",
    #[cfg(feature = "ssr")]
    not_found_why: "ルーム名に使えるのは半角の英小文字、数字、ハイフンで、長さは64文字までです。",
    #[cfg(feature = "ssr")]
    to_lobby: "ロビーへ移動",
    private: "非公開",
    #[cfg(feature = "ssr")]
    private_room: "このルームは非公開か、存在しません",
    #[cfg(feature = "ssr")]
    private_room_why: "非公開ルームを見られるのはメンバーだけです。メンバーに招待を頼んでください。",
    #[cfg(feature = "ssr")]
    join_title: "非公開ルームに招待されています",
    #[cfg(feature = "ssr")]
    join_why: "このリンクで、ルームのメンバーになれます。リンクを使えるのは1人だけです。",
    #[cfg(feature = "ssr")]
    join: "ルームに参加",
    #[cfg(feature = "ssr")]
    enter_first: "ルームに招待されています。先にチャットに入ってください。",
    #[cfg(feature = "ssr")]
    was_signed_out: "この端末は、ほかの端末からログアウトされました。",
    #[cfg(feature = "ssr")]
    passphrase_guest: "パスフレーズで入ると新しいゲストになります。元のあなたに戻るには、パスキーでログインするか、ログイン中の端末の\
                       「ほかの端末で使う」で作ったリンクを開いてください。",
    #[cfg(feature = "ssr")]
    room_full: "このルーム、またはあなたの非公開ルームの一覧が、いっぱいです。",
    #[cfg(feature = "ssr")]
    passphrase_title: "パスフレーズを入力してください",
    #[cfg(feature = "ssr")]
    passphrase_why: "このチャットに参加するには、パスフレーズが必要です。",
    #[cfg(feature = "ssr")]
    passphrase: "パスフレーズ",
    #[cfg(feature = "ssr")]
    wrong_passphrase: "パスフレーズが違います。もう一度入力してください。",
    #[cfg(feature = "ssr")]
    too_many_attempts: count("試行の回数が多すぎます。", "秒後にもう一度お試しください。"),
    #[cfg(feature = "ssr")]
    sign_in_title: "サインインしてください",
    #[cfg(feature = "ssr")]
    sign_in_why: "このチャットはメンバー専用です。お持ちのアカウントでサインインすると、ここに戻ります。",
    #[cfg(feature = "ssr")]
    sign_in: "サインイン",
    #[cfg(feature = "ssr")]
    sign_in_refused: "サインインが許可されませんでした。もう一度お試しください。",
    #[cfg(feature = "ssr")]
    sign_in_failed: "サインインできませんでした。しばらくしてからもう一度お試しください。",
    #[cfg(feature = "ssr")]
    sign_in_expired: "時間が経過したか、別の画面で始めた操作です。もう一度お試しください。",
    #[cfg(feature = "ssr")]
    invited: "招待されています",
    #[cfg(feature = "ssr")]
    invited_why: "このリンクがあれば、パスフレーズなしでチャットに入れます。",
    #[cfg(feature = "ssr")]
    link_code: "リンクのコード",
    #[cfg(feature = "ssr")]
    link_code_hint: "JavaScriptが無効です。リンクの # より後ろの部分を、この欄にコピーしてください。",
    #[cfg(feature = "ssr")]
    invitation_problems: [
        "この招待は見つかりません。リンクが途中で切れている可能性があります。もう一度開くか、新しい招待を頼んでください。",
        "この招待は使用回数の上限に達しました。送ってくれた人に新しい招待を頼んでください。",
        "この招待は期限切れです。送ってくれた人に新しい招待を頼んでください。",
        "この招待は無効になりました。送ってくれた人に新しい招待を頼んでください。",
    ],
    #[cfg(feature = "ssr")]
    to_passphrase: "パスフレーズで入る",
    #[cfg(feature = "ssr")]
    device: "この端末でチャットを使う",
    #[cfg(feature = "ssr")]
    device_why: "ほかの端末で作ったリンクを確認しています。",
    #[cfg(feature = "ssr")]
    go_on: "続ける",
    #[cfg(feature = "ssr")]
    continue_as: Template("", "として続ける"),
    #[cfg(feature = "ssr")]
    device_confirm: Template(
        "このリンクで続けると、このブラウザーは",
        "としてサインインします。ご自身がほかの端末で作ったリンクの場合だけ続けてください。ほかの人が作ったリンクの場合、ここでの投稿をその人が編集したり削除したりできてしまいます。",
    ),
    #[cfg(feature = "ssr")]
    device_replaces: Template(
        "このブラウザーでの現在の名前は",
        "です。続けると別のユーザーになり、その名前のままの端末がほかにない限り、これまでの投稿を編集したり削除したりできなくなります。",
    ),
    #[cfg(feature = "ssr")]
    device_problems: [
        "このリンクは見つかりません。途中で切れている可能性があります。もう一度開くか、ほかの端末で新しいリンクを作ってください。",
        "このリンクは使用済みです。使えるのは1回だけです。ほかの端末で新しいリンクを作ってください。",
        "このリンクは期限切れです（有効期間は10分）。ほかの端末で新しいリンクを作ってください。",
        "このリンクは無効になりました。ほかの端末で新しいリンクを作ってください。",
    ],
    #[cfg(feature = "ssr")]
    banned: "現在このチャットには入れません",
    #[cfg(feature = "ssr")]
    banned_why: "モデレーターにより、あなた、または同じアドレスを使う人の参加が禁止されています。",
    #[cfg(feature = "ssr")]
    banned_for: ["遅くとも", "後にはまた参加できます（", "）。"],

    date: |weekday, day, month, year| {
        let weekday = ["月", "火", "水", "木", "金", "土", "日"][weekday % 7];
        [&year.to_string(), "年", &month.to_string(), "月", &day.to_string(), "日", weekday, "曜日"].concat()
    },
    comma: "、",
    colon: "：",
};
