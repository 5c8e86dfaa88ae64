//! Japanese.

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
    placeholder: Template("メッセージを入力（#", "）"),
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
    only_moderators_write: "現在、このルームで発言できるのはモデレーターだけです。",
    muted_until: Template("モデレーターにより、", "まで発言できません。"),
    banned_until: Template("", "まで参加できません。"),
    signed_out: "サインアウトされました。",
    sign_in_again: "もう一度サインイン",
    passphrase_again: "もう一度パスフレーズが必要です。",
    enter: "参加する",
    try_again: "もう一度試す",
    loading_part: "読み込み中…",
    part_not_loaded: "読み込めませんでした。接続を確認してください。",
    too_fast: "短時間に操作が集中しています。少し待ってからもう一度お試しください。",
    muted: "モデレーターにより、現在は発言できません。",
    not_allowed: "この操作は許可されていません。",
    seconds: Template("", "秒"),
    minutes: Template("", "分"),
    hours: Template("", "時間"),
    days: count("", "日"),

    moderator: "モデレーター",
    erased_person: "退会したユーザー",
    restrict: "発言停止・参加禁止…",
    restrict_person: Template("", "さんの発言停止・参加禁止"),
    mute: "発言を停止",
    mute_hint: "すべてのルームで、閲覧はできますが発言はできなくなります。対象はこのIDだけです。",
    ban: "参加を禁止",
    ban_hint: "すべてのルームで閲覧も発言もできなくなります。過去1日間の接続元アドレスからは、ほかの人も参加できません。",
    how_long: "期間",
    lift: "今すぐ解除",
    purge_user: "投稿をすべて削除",
    purge_user_hint: "すべてのルームのメッセージと画像が全員の画面から削除され、誰の投稿だったかも分からなくなります。削除したことはモデレーターの操作履歴に残ります。元に戻すことはできません。",
    no_restrictions: "参加も発言もできます。",
    #[cfg(feature = "hydrate")]
    restricted_muted_until: Template("", "まで発言停止中です。"),
    #[cfg(feature = "hydrate")]
    restricted_banned_until: Template("", "まで参加禁止中です。"),
    #[cfg(feature = "hydrate")]
    user_purged: ["", "さんのメッセージをすべて削除しました（", "件）。"],
    moderation_offline: "オフラインのため、現在は変更できません。",
    room_rules: "このルームのルール",
    room_rules_hint: "モデレーターは、いつでも何度でも発言できます。",
    slow_mode: "低速モード（1件ごとの間隔）",
    off: "オフ",
    moderators_only: "モデレーターだけが発言でき、ほかの人は閲覧のみ",
    audit: "モデレーターの操作履歴",
    audit_hint: "すべてのルームの履歴を新しい順に表示します。モデレーターだけが見られます。",
    audit_loading: "読み込み中…",
    audit_empty: "まだ履歴はありません。",
    audit_failed: "現在、履歴を読み込めません。",
    audit_again: "もう一度読み込む",
    audit_further: "さらに前を表示",
    #[cfg(feature = "hydrate")]
    restrictions_lifted: Template("", "さんは再び参加して発言できます。"),
    #[cfg(feature = "hydrate")]
    person_muted: ["", "さんは", "まで発言できません。"],
    #[cfg(feature = "hydrate")]
    person_banned: ["", "さんは", "まで参加できません。"],
    #[cfg(any(test, feature = "hydrate"))]
    audit_deleted: ["", "さんのメッセージを削除しました（#", "）"],
    #[cfg(any(test, feature = "hydrate"))]
    audit_muted: ["", "さんの発言を", "まで停止しました"],
    #[cfg(any(test, feature = "hydrate"))]
    audit_unmuted: Template("", "さんの発言停止を解除しました"),
    #[cfg(any(test, feature = "hydrate"))]
    audit_banned: ["", "さんの参加を", "まで禁止しました"],
    #[cfg(any(test, feature = "hydrate"))]
    audit_unbanned: Template("", "さんの参加禁止を解除しました"),
    #[cfg(any(test, feature = "hydrate"))]
    audit_purged: Template("", "さんの投稿をすべて削除しました"),
    #[cfg(any(test, feature = "hydrate"))]
    audit_rules_changed: Template("#", " のルールを変更しました"),
    #[cfg(any(test, feature = "hydrate"))]
    no_rules: "特別なルールはありません。",

    privacy: "あなたとあなたのデータ",
    your_id: "あなたのID",
    id_hint: "モデレーターになるとき、このチャットの管理者に伝えてください。IDだけでは誰も参加できません。",
    copy_id: "IDをコピー",
    id_copied: "IDをコピーしました",
    id_selected: "このページからはコピーできません。選択されたIDをご自身でコピーしてください。",
    export: "自分の投稿をダウンロード",
    export_hint: "すべてのルームに投稿したメッセージと画像のアドレスが、1つのファイルになります。",
    exporting: "投稿を集めています…",
    export_waits: Template("短時間に操作が集中しています。", "後に続けます。このページを開いたままお待ちください。"),
    export_failed: "現在ダウンロードできません。もう一度お試しください。",
    erase_my_data: "自分の投稿をすべて削除…",
    erase_hint: "すべてのルームのメッセージと画像、この端末のデータが対象です。ほかの人の投稿へのリアクションや投稿内の名前はその投稿がある間、モデレーターの操作履歴はそのまま残ります。",
    erase_confirm: "すべて削除しますか？メッセージと画像は全員の画面から削除され、元に戻すことはできません。",
    erase_yes: "すべて削除する",
    erase_banned: Template("", "それまでは、モデレーターがあなたのメッセージを削除できます。"),
    erasing_started: "削除しています… このページを開いたままお待ちください。",
    erasing: count("", "件のメッセージを削除しました。このページを開いたままお待ちください…"),
    erasing_offline: "オフラインです。再接続すると、削除を続けます。",
    erase_failed: "一部を削除できませんでした。もう一度お試しください。",
    stop: "中止",
    data_erased: "投稿をすべて削除しました。",
    #[cfg(feature = "hydrate")]
    data_erased_new_id: "これからは新しいユーザーになります。",
    sign_out: "サインアウト",
    sign_out_hint: "未送信の内容も含め、このチャットのデータはこの端末に残りません。",
    sign_out_sure: "サインアウトしますか？次に入るときは新しいユーザーになり、これまでの投稿の編集、削除、ダウンロードはできなくなります。",
    name_given: "名前はサインインしたアカウントのものです。",

    attach: "画像を添付",
    attached: "添付する画像",
    drop: "ドロップして画像を添付",
    describe: "画像の説明を入力",
    remove_image: Template("画像", "を取り除く"),
    dismiss: "閉じる",
    #[cfg(feature = "hydrate")]
    too_many: "一度に送信できる画像は10枚までです。超えた分は添付されませんでした。",
    #[cfg(feature = "hydrate")]
    too_large: "ファイルサイズが50 MBを超えています。より小さいファイルを選択してください。",
    #[cfg(feature = "hydrate")]
    not_an_image: "表示できる画像ファイルではありません。PNG、JPEG、WebP、GIFに対応しています。SVGには対応していません。",
    #[cfg(feature = "hydrate")]
    heic: "HEIC形式の写真です。このブラウザーでは開けません。JPEGで保存して選択してください。iPhoneでは「設定」の「カメラ」→「フォーマット」を「互換性優先」にすると、JPEGで撮影されます。",
    #[cfg(feature = "hydrate")]
    foreign_image: Template(
        "",
        "形式のファイルです。このブラウザーでは開けません。JPEGまたはPNGで保存して選択してください。",
    ),
    #[cfg(feature = "hydrate")]
    video: "動画です。送信できるのは画像だけです。",
    #[cfg(feature = "hydrate")]
    too_many_pixels: Template("画像が", "メガピクセルを超えています。より小さい画像を選択してください。"),
    #[cfg(feature = "hydrate")]
    too_dense: "この画像は送信できる大きさまで小さくできません。別の画像を選択してください。",
    #[cfg(feature = "hydrate")]
    false_pixels: "このブラウザーはページに画像の画素を渡さないため、画像を小さくできません。このページにキャンバスの読み取りを許可するか、2 MB以内のJPEG、PNG、GIF、WebPを選択してください。",
    still_image: "静止画として送信されます。動くまま送るには大きすぎます。",
    small_image: "とても長い画像のため、小さな文字は読みにくくなります。分割して送ると読みやすくなります。",

    image: "画像",
    open_image: "画像を開く",
    open_described: Template("画像を開く：", ""),
    missing: "この画像は表示できなくなりました",
    previous: "前の画像",
    next: "次の画像",
    download: "ダウンロード",
    close: "閉じる",

    edited: "（編集済み）",
    message_deleted: "このメッセージは削除されました。",
    earlier_message: "以前のメッセージ",
    actions: "メッセージの操作",
    react: Template("", "でリアクション"),
    more_reactions: "その他のリアクション",
    reply: "返信",
    edit: "編集",
    delete: "削除",
    delete_title: "このメッセージを削除しますか？",
    delete_hint: "全員の画面から削除されます。",
    replying: Template("", "さんに返信"),
    editing: "メッセージを編集中",
    any_emoji: "ほかの絵文字を入力",
    not_an_emoji: "絵文字を1つ入力してください。",
    emoji_groups: ["顔", "手", "ハート", "もの"],
    add: "追加",
    #[cfg(feature = "hydrate")]
    not_changed: Template("変更できませんでした。", ""),
    no_message: "このメッセージはもうありません。",
    outdated: "このメッセージはその間に別の場所で編集されました。",
    not_yours: "メッセージを変更できるのは投稿した人だけです。",
    too_many_reactions: "このメッセージにはこれ以上リアクションを追加できません。",

    address: "このメッセージへのリンク",
    copy: "リンクをコピー",
    copied: "リンクをコピーしました",
    #[cfg(feature = "hydrate")]
    not_copied: "このページからはコピーできません。リンクはアドレスバーにあります。",
    mention: "メンションする相手",
    #[cfg(feature = "hydrate")]
    not_found_message: "このメッセージは見つかりませんでした。",

    people: "参加中のメンバー",
    yourself: "（あなた）",
    more_people: Plural { one: Template("ほか", "人"), other: Template("ほか", "人") },

    new_line: "未読",
    unread_messages: Plural {
        one: Template("新着メッセージ", "件"), other: Template("新着メッセージ", "件")
    },
    unread_messages_more: Template("新着メッセージ", "件以上"),
    to_newest: "最新のメッセージへ",
    log: Template("#", " のメッセージ"),
    beginning: Template("#", " の始まり"),
    new_messages: "新着メッセージ",
    older: "以前のメッセージを読み込む",
    loading: "以前のメッセージを読み込んでいます…",
    empty: "まだメッセージはありません。最初のひと言を送って、リンクを共有しましょう。",
    welcome: "会話はここから始まります。",

    rooms: "ルーム",
    switch_rooms: "ルームを切り替える",
    new_elsewhere: "ほかのルームに新着メッセージがあります",
    open_room: "ルームを開く",
    open: "開く",
    room_name: "ルーム名",
    room_hint: "まだ使われていない名前を入力すると、新しいルームができます。",
    room_empty: "ルーム名を入力してください。",
    room_long: Template("ルーム名は", "文字以内で入力してください。"),
    room_character: "ルーム名に使えるのは、半角の英字、数字、ハイフンだけです。",
    remove_room: Template("#", " を一覧から外す"),

    search: "検索",
    search_field: "検索する言葉",
    search_hint: "入力した言葉をすべて含む、このルームのメッセージを探します。",
    searching: "検索中…",
    search_failed: "検索できませんでした。",
    search_again: "もう一度検索",
    search_offline: "オフラインです。接続が回復すると検索を再開します。",
    found: count("", "件見つかりました"),
    nothing_yet: "ここまでの範囲では見つかりませんでした。",
    nothing_found: "見つかりませんでした。",
    further: "さらに前を検索",

    shortcuts: "キーボードショートカット",
    anywhere: "どこでも",
    while_writing: "入力中",
    among_messages: "メッセージの一覧で",
    at_an_image: "画像の表示中",
    line_break: "改行",
    edit_last: "最後に送ったメッセージを編集（入力欄が空のとき）",
    stop_writing: "返信や編集をやめる",
    other_message: "前後のメッセージへ移動",
    first_or_last: "最初や最後のメッセージへ移動",
    next_button: "メッセージ内のボタンやリンクへ移動",
    react_to: "リアクション",
    other_image: "前後の画像へ移動",

    about_you: "名前・言語・通知の設定",
    you: "あなたの設定",
    name_hint: "この名前は、ルームの全員にメッセージと一緒に表示されます。",
    your_name: "名前",
    name_empty: "名前を入力してください。",
    name_long: Template("名前は", "文字以内で入力してください。"),
    name_character: "名前に、表示されない文字が含まれています。",
    choose_language: "言語 / Language",
    notifications: "通知",
    notify: ["通知しない", "自分がメンションされたとき", "すべてのメッセージ"],
    notify_hint: "このページを見ていないときに通知します。",
    #[cfg(feature = "hydrate")]
    notify_denied: "ブラウザーがこのページからの通知を許可していません。サイトの設定で変更できます。",
    #[cfg(feature = "hydrate")]
    notify_unable: "このブラウザーでは通知を表示できません。",
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
