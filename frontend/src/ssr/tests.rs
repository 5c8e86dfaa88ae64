use page_view::Callback;
use shared_types::{
    AccessMode, ChatImage, ChatMessage, ImageType, MoreImages, Person, Reaction, ReplyRef, Restrictions, Rev,
    RoomDetails, RoomName, RoomRules, Seq, Timestamp, numbered,
};

use super::*;
use crate::{
    ssr::{
        index_template::IndexTemplateError,
        sign_in_page::{SignInMethod, SignInPage, SignInProblem, sign_in_page},
    },
    ui::{message::lightbox::lightbox, on_demand, state::Chat},
};

const INDEX: &str = "<!DOCTYPE html><html lang=\"en\"><head><title>x</title>\
                     <meta name=\"description\" content=\"y\"><link></head>\n<body class=\"a\"><div id=\"app\"></div></body></html>";

fn state(texts: &[&str]) -> PageState {
    let ann = Person {
        id: "ann".parse().unwrap(),
        name: "Ann".parse().unwrap(),
        moderator: false,
        appearance: Default::default(),
    };
    let message = |(index, text): (usize, &&str)| ChatMessage {
        seq: Seq(index as u64 + 1),
        rev: Rev(index as u64 + 1),
        author: ann.clone(),
        nonce: format!("n{index}").parse().unwrap(),
        text: text.parse().ok(),
        html: None,
        image: None,
        reply_to: None,
        mentions: Vec::new(),
        sent_at: Timestamp(1_798_761_599_000),
        edited_at: None,
        deleted: false,
        reactions: Vec::new(),
        pinned: None,
        poll: None,
        thread: None,
        in_room: false,
        replies: None,
    };
    PageState {
        language: Language::English,
        room: RoomName::lobby(),
        you: ann.clone(),
        online: 3,
        messages: texts.iter().enumerate().map(message).collect(),
        more: false,
        up_to: Rev(texts.len() as u64),
        socket: "/ws".into(),
        ticket: "t".into(),
        access: AccessMode::Open,
        rules: RoomRules::default(),
        details: RoomDetails::default(),
        restrictions: Restrictions::default(),
        owner: false,
        chat_name: None,
    }
}

#[test]
fn a_room_page_contains_title_state_and_messages() {
    let page = room_page(&IndexTemplate::parse(INDEX).unwrap(), &state(&["hi", "there"]));
    for part in [
        "<title>#lobby · Chat</title><meta name=\"description\" content=\"A room to talk in: ",
        "\"><link><script type=\"application/json\" id=\"page-state\">{\"language\":\"en\",\"room\":\"lobby\"",
        "</script></head>\n<body class=\"a\"><div id=\"app\" data-rendered>",
        "<div class=\"chat\" data-connection=\"connecting\">",
        "<span>3</span><span class=\"unit\"> online</span>",
        "Thursday, 31 December 2026",
        "href=\"#m-2\" tabindex=\"-1\" title=\"Link to this message\">23:59</a>",
        "</div></div><div id=\"failure\" class=\"failure\" role=\"alert\" hidden",
        "</div></body></html>",
    ] {
        assert!(page.contains(part), "no {part} in {page}");
    }
    assert_eq!(page.matches("<article").count(), 2);
    assert_eq!(page.matches("class=\"message-author").count(), 1);
}

/// Every element is drawn up to 300 times, and sent 100 times.
#[test]
fn title_and_topic_of_a_room_are_escaped_and_in_the_header() {
    let mut state = state(&["hi"]);
    state.details = RoomDetails {
        title: "</title><b>猫 & Co".parse().ok(),
        topic: "\"><img src=x>".parse().ok(),
        description: None,
        receipts: false,
    };
    let page = room_page(&IndexTemplate::parse(INDEX).unwrap(), &state);
    for part in [
        "<title>#&lt;/title&gt;&lt;b&gt;猫 &amp; Co · Chat</title>",
        "class=\"room-name\" dir=\"auto\">&lt;/title&gt;&lt;b&gt;猫 &amp; Co</span>",
        "title=\"&quot;&gt;&lt;img src=x&gt;\"",
    ] {
        assert!(page.contains(part), "no {part} in {page}");
    }
    assert!(!page.contains("<img src=x") && !page.contains("</title><b>"));
}

#[test]
fn a_message_has_few_elements() {
    let mut messages = state(&["hi", "there"]);
    messages.messages[1].edited_at = Some(Timestamp(1));
    let body = room_body(&messages);
    let rows: Vec<&str> = body.split_inclusive("</article>").collect();
    let elements = |row: &str| row[row.find("<article").unwrap()..].matches("</").count();
    assert_eq!(elements(rows[0]), 5, "article, author, name, time and text: {}", rows[0]);
    assert_eq!(elements(rows[1]), 5, "article, time, body, text and mark: {}", rows[1]);
    assert!(rows[0].contains(" data-seq=\"1\" data-initial=\"A\"") && !body.contains("data-nonce"), "{body}");
}

#[test]
fn message_text_is_escaped_in_html_and_page_state() {
    let page = room_page(&IndexTemplate::parse(INDEX).unwrap(), &state(&["</script><img src=x onerror=alert(1)>"]));
    assert!(!page.contains("<img"), "{page}");
    assert_eq!(page.matches("</script>").count(), 1);
    assert!(page.contains("&lt;img src=x"), "{page}");
}

/// Returns the state of a room with one message, which is an image without text.
fn state_with_image(alt: Option<&str>) -> PageState {
    let mut state = state(&["x"]);
    state.messages[0].text = None;
    state.messages[0].image = Some(ChatImage {
        kind: ImageType::Webp,
        size: 300_000.try_into().unwrap(),
        width: 2048.try_into().unwrap(),
        height: 1536.try_into().unwrap(),
        preview: "0af".repeat(16).parse().ok(),
        alt: alt.map(|alt| alt.parse().unwrap()),
        more: MoreImages::default(),
    });
    state
}

#[test]
fn an_image_has_size_preview_description_and_source() {
    let body = room_body(&state_with_image(Some("a cat")));
    for part in [
        "aria-label=\"Open image: a cat\"",
        "width=\"480\" viewBox=\"0 0 2048 1536\"",
        "width=\"480\" height=\"360\" alt=\"a cat\" src=\"/images/ann/lobby/n0\"",
        "<image width=\"100%\" height=\"100%\" preserveAspectRatio=\"none\" href=\"data:image/bmp;base64,",
    ] {
        assert!(body.contains(part), "no {part} in {body}");
    }
    assert!(!body.contains("message-text"), "{body}");
    assert!(!body.contains("style="), "{body}");
}

/// Returns the state of a room with one message, which has so many images.
fn state_with_images(count: usize) -> PageState {
    let mut state = state_with_image(None);
    let image = state.messages[0].image.take().unwrap();
    let described = |number: usize| ChatImage { alt: format!("cat {number}").parse().ok(), ..image.clone() };
    let more = MoreImages((1..count).map(described).collect());
    state.messages[0].image = Some(ChatImage { more, ..described(0) });
    state
}

#[test]
fn several_images_are_a_grid_without_scripts() {
    for (count, class) in [(2, "album pairs"), (3, "album"), (4, "album pairs"), (5, "album"), (10, "album")] {
        let body = room_body(&state_with_images(count));
        assert!(
            body.contains(&format!(
                "<div class=\"message-image {class}\" role=\"group\" aria-label=\"Image 1–{count}\"><figure>"
            )),
            "{body}"
        );
        assert_eq!((body.matches("<figure").count(), body.matches("<article").count()), (count, 1), "{body}");
        for number in 0..count {
            let place = if number == 0 { String::new() } else { format!("={number}") };
            for part in [
                format!("aria-label=\"Open image: cat {number}\""),
                format!("width=\"360\" height=\"360\" alt=\"cat {number}\" src=\"/images/ann/lobby/n0{place}\""),
            ] {
                assert!(body.contains(&part), "no {part} in {body}");
            }
        }
        assert_eq!(body.matches("viewBox=\"0 0 360 360\"").count(), count, "each has its space before it is loaded");
        assert!(!body.contains("style="), "{body}");
    }
}

#[test]
fn an_image_without_description_has_a_default_one() {
    let body = room_body(&state_with_image(None));
    assert!(body.contains("aria-label=\"Open image\"") && body.contains("alt=\"Image\""), "{body}");
    let mut several = state_with_images(3);
    let image = several.messages.last_mut().unwrap().image.as_mut().unwrap();
    image.alt = None;
    image.more.0.iter_mut().for_each(|image| image.alt = None);
    let body = room_body(&several);
    for number in 1..=3 {
        assert!(body.contains(&format!("aria-label=\"Open image {number}/3\"")), "each has a name of its own: {body}");
    }
}

#[test]
fn image_descriptions_are_escaped() {
    let page =
        room_page(&IndexTemplate::parse(INDEX).unwrap(), &state_with_image(Some("\"><script>alert(1)</script>")));
    assert_eq!(page.matches("<script").count(), 1, "{page}");
    assert_eq!(page.matches("</script>").count(), 1, "{page}");
    assert!(page.contains("alt=\"&quot;&gt;&lt;script&gt;") || page.contains("alt=\"&quot;><script&gt;"), "{page}");
}

#[test]
fn edited_and_deleted_messages_are_marked() {
    let mut state = state(&["first", "second"]);
    assert!(!room_body(&state).contains("message-edited"));
    state.messages[0].edited_at = Some(Timestamp(1_798_761_599_500));
    state.messages[1].text = None;
    state.messages[1].deleted = true;
    let body = room_body(&state);
    for part in [
        "<span class=\"message-text\">first</span>",
        "<span class=\"message-edited\">(edited)</span>",
        "<span class=\"message-gone\">This message was deleted.</span>",
    ] {
        assert!(body.contains(part), "no {part} in {body}");
    }
    assert_eq!(body.matches("<article").count(), 2);
    assert_eq!(body.matches("message-text").count(), 1);
}

#[test]
fn a_reply_shows_the_message_or_a_placeholder() {
    let mut state = state(&["first", "second", "third"]);
    let author = state.you.clone();
    state.messages[1].reply_to = Some(ReplyRef { seq: Seq(1), author: author.clone() });
    state.messages[2].reply_to = Some(ReplyRef { seq: Seq(99), author });
    let body = room_body(&state);
    for part in [
        "class=\"message-quote\" type=\"button\" tabindex=\"-1\" value=\"1\"",
        ": first</span>",
        "message-quote unknown",
        ": an earlier message</span>",
    ] {
        assert!(body.contains(part), "no {part} in {body}");
    }
}

#[test]
fn a_picture_covers_the_initial_of_the_first_message_of_a_group() {
    let mut state = state(&["first", "second"]);
    state.messages[1].author.appearance.picture = Some(Timestamp(17));
    let body = room_body(&state);
    let picture = "<img loading=\"lazy\" decoding=\"async\" width=\"96\" height=\"96\" alt=\"\" src=\"/pictures/ann?v=17\" \
                   class=\"picture\">";
    // In the header and in the log.
    assert_eq!(body.matches(picture).count(), 2, "{body}");
    assert!(body.contains("data-initial=\"A\""), "{body}");
}

#[test]
fn a_chosen_colour_is_that_of_the_author_everywhere() {
    let mut state = state(&["first", "second"]);
    let author = state.you.clone();
    state.messages[1].author.appearance.colour = 7.try_into().ok();
    state.messages[1].reply_to = Some(ReplyRef { seq: Seq(1), author });
    let body = room_body(&state);
    for part in ["class=\"avatar hue-7\"", "class=\"message head hue-7\"", "class=\"quote-author hue-7\""] {
        assert!(body.contains(part), "no {part} in {body}");
    }
}

#[test]
fn reactions_have_counts_and_escaped_names() {
    let mut state = state(&["first"]);
    let evil = Person {
        id: "ben".parse().unwrap(),
        name: "\"><img src=x>".parse().unwrap(),
        moderator: false,
        appearance: Default::default(),
    };
    let people = vec![state.you.clone(), evil];
    state.messages[0].reactions = vec![Reaction { emoji: "👍".parse().unwrap(), people }];
    let body = room_body(&state);
    for part in [
        "aria-pressed=\"true\"",
        "aria-label=\"👍 2: Ann, &quot;",
        "title=\"Ann, &quot;",
        "<span class=\"reaction-count\">2</span>",
    ] {
        assert!(body.contains(part), "no {part} in {body}");
    }
    assert!(!body.contains("\"><img"), "{body}");
}

#[test]
fn a_page_is_in_the_language_of_the_visitor() {
    let template = IndexTemplate::parse(INDEX).unwrap();
    let english = room_page(&template, &state(&["hi"]));
    assert!(english.contains("<html lang=\"en\"><head>") && english.contains("#lobby · Chat"), "{english}");
    let japanese = room_page(&template, &PageState { language: Language::Japanese, ..state(&["hi"]) });
    for part in [
        "<html lang=\"ja\"><head><title>#lobby · チャット</title>",
        "placeholder=\"メッセージを入力（#lobby）\"",
        "<span>3</span><span class=\"unit\">人がオンライン</span>",
        "<span>2026年12月31日木曜日</span>",
        "aria-label=\"Ann、23:59\"",
    ] {
        assert!(japanese.contains(part), "no {part} in {japanese}");
    }
    let option = "<option value=\"ja\" lang=\"ja\" selected=\"\">日本語</option>";
    assert!(dialogs(&PageState { language: Language::Japanese, ..state(&[]) }).contains(option));
    let not_found = not_found_page(&template, Language::Japanese);
    assert!(not_found.contains("<html lang=\"ja\">") && not_found.contains("ルームが見つかりません"), "{not_found}");
}

#[test]
fn a_page_names_the_program_in_the_language_of_the_visitor() {
    let names =
        ["en", "ja"].map(|tag| format!("<meta name=\"program\" lang=\"{tag}\" content=\"/assets/page-{tag}-1.wasm\">"));
    let head = format!("\n{}\n{}\n<link href=\"/assets/page.js\">\n</head>", names[0], names[1]);
    let template = IndexTemplate::parse(&INDEX.replace("</head>", &head)).unwrap();
    for (language, [named, other]) in [(Language::English, [0, 1]), (Language::Japanese, [1, 0])] {
        let page = room_page(&template, &PageState { language, ..state(&["hi"]) });
        assert!(page.contains(&names[named]) && !page.contains(&names[other]), "{page}");
        assert!(page.contains("page.js"), "{page}");
    }
}

#[test]
fn an_empty_room_has_a_hint() {
    assert!(room_body(&state(&[])).contains(Translations::of(Language::English).empty));
}

#[test]
fn the_not_found_page_has_no_page_state() {
    let page = not_found_page(&IndexTemplate::parse(INDEX).unwrap(), Language::English);
    assert!(page.contains("There is no such room"), "{page}");
    assert!(!page.contains("page-state") && !page.contains("id=\"app\""), "{page}");
}

/// Renders the sign-in page of the room `cats`.
fn rendered_sign_in_page(method: SignInMethod, problem: Option<SignInProblem>, language: Language) -> String {
    let room = "cats".parse().unwrap();
    sign_in_page(
        &IndexTemplate::parse(INDEX).unwrap(),
        language,
        SignInPage { method, room: &room, problem, is_invited: false },
    )
}

#[test]
fn the_sign_in_page_returns_to_the_room() {
    let form = rendered_sign_in_page(SignInMethod::Passphrase, None, Language::English);
    for part in [
        "<title>Enter the passphrase</title>",
        "<form class=\"entry-form\" method=\"post\" action=\"/enter\">",
        "name=\"to\" value=\"/r/cats\"",
        "autocomplete=\"current-password\"",
        "<span>Passphrase</span>",
    ] {
        assert!(form.contains(part), "no {part} in {form}");
    }
    assert!(
        !form.contains("role=\"alert\"") && !form.contains("aria-invalid") && !form.contains("page-state"),
        "{form}"
    );
    let link = rendered_sign_in_page(SignInMethod::SignIn, None, Language::Japanese);
    assert!(link.contains("href=\"/sign-in?to=/r/cats\"") && link.contains(">サインイン</a>"), "{link}");
    assert!(!link.contains("<form"), "{link}");
}

#[test]
fn the_sign_in_page_names_the_problem() {
    for (problem, sentence) in [
        (SignInProblem::WrongPassphrase, "This is not the passphrase."),
        (SignInProblem::TooManyAttempts { seconds: 1 }, "try again in 1 second."),
        (SignInProblem::TooManyAttempts { seconds: 40 }, "try again in 40 seconds."),
        (SignInProblem::ProviderRefused, "You were not let in there."),
        (SignInProblem::ProviderFailed, "Signing in did not work."),
        (SignInProblem::Expired, "This took too long"),
        (SignInProblem::SignedOut, "With the passphrase you enter as a new guest."),
    ] {
        let page = rendered_sign_in_page(SignInMethod::Passphrase, Some(problem), Language::English);
        assert!(page.contains("role=\"alert\"") && page.contains(sentence), "no {sentence} in {page}");
        assert!(page.contains("aria-describedby=\"trouble\""), "{page}");
        assert_eq!(page.contains("aria-invalid=\"true\""), problem == SignInProblem::WrongPassphrase, "{page}");
    }
}

#[test]
fn the_sign_in_page_of_a_provider_names_no_passphrase() {
    let page = rendered_sign_in_page(SignInMethod::SignIn, Some(SignInProblem::SignedOut), Language::English);
    assert!(page.contains("This device was signed out from another one.<"), "{page}");
    assert!(!page.contains("passphrase"), "{page}");
}

#[test]
fn an_incomplete_index_html_is_rejected() {
    for (index, error) in [
        ("<html>", IndexTemplateError::Language),
        ("<html lang=\"en", IndexTemplateError::Language),
        ("<html lang=\"en\">", IndexTemplateError::Title),
        ("<html lang=\"en\"><title>x", IndexTemplateError::Title),
        ("<html lang=\"en\"><title>x</title></head><body>", IndexTemplateError::Description),
        ("<html lang=\"en\"><title>x</title><meta name=\"description\" content=\"", IndexTemplateError::Description),
        ("<html lang=\"en\"><title>x</title><meta name=\"description\" content=\"\"><body>", IndexTemplateError::Head),
        ("<html lang=\"en\"><title>x</title><meta name=\"description\" content=\"\"></head>", IndexTemplateError::Body),
    ] {
        assert_eq!(IndexTemplate::parse(index), Err(error), "{index}");
    }
}

#[test]
fn the_banned_page_has_duration_end_and_retry_link() {
    let template = IndexTemplate::parse(INDEX).unwrap();
    let now = Timestamp(1_795_478_400_000);
    let after = |milliseconds| Timestamp(now.0 + milliseconds);
    for (milliseconds, expected) in [
        (1, "in 1 h at"),
        (3_600_000, "in 1 h at"),
        (3_600_001, "in 2 h at"),
        (86_400_000, "in 1 day at"),
        (48 * 3_600_000 + 1, "in 3 days at"),
        (90 * 86_400_000 - 1, "in 90 days at"),
    ] {
        assert!(
            banned_page(&template, Language::English, after(milliseconds), now).contains(expected),
            "{milliseconds}"
        );
    }
    let page = banned_page(&template, Language::English, after(60_000), now);
    assert!(
        page.contains("<time datetime=\"2026-11-24T00:01:00Z\">Tuesday, 24 November 2026, 00:01 UTC</time>"),
        "{page}"
    );
    assert!(page.contains("You, or somebody at your address"), "{page}");
    assert!(page.contains("<a class=\"button primary\" href=\"\">Try again</a>"), "{page}");
    assert!(banned_page(&template, Language::Japanese, after(1), now).contains("1時間後"));
}

#[test]
fn the_rendered_page_shows_the_posting_policy() {
    let rules = |slow, read_only| RoomRules { slow, read_only, archived: false, member_pins: false, keep_days: None };
    let none = Restrictions::default();
    let muted = Restrictions { muted_until: Some(Timestamp(1_798_761_540_000)), banned_until: None };
    for (rules, restrictions, is_disabled, sentence) in [
        (rules(30, false), none, false, "One message every 30 s."),
        (rules(0, true), none, true, "This room can only be read at the moment."),
        (rules(0, false), muted, true, "A moderator muted you until Thursday, 31 December 2026, 23:59."),
    ] {
        let page = room_body(&PageState { rules, restrictions, ..state(&["hi"]) });
        assert!(page.contains(sentence), "no {sentence} in {page}");
        assert_eq!(page.contains("data-silent"), is_disabled, "{sentence}");
    }
    assert!(room_body(&state(&["hi"])).contains("leave nothing"));
}

/// Draws the dialogs, which the browser adds to the page.
fn dialogs(state: &PageState) -> String {
    let draw = || on_demand::dialogs(Chat::new(state, Callback::new(|_| {})));
    html(|| element("div").children(draw()))
}

#[test]
fn the_page_from_the_server_has_no_dialogs_but_the_placeholder() {
    let page = room_body(&state(&["hi"]));
    assert_eq!(page.matches("<dialog").count(), 1, "{page}");
    assert!(page.contains("<dialog class=\"sheet loading\""), "{page}");
}

#[test]
fn moderator_badge_and_tools_do_not_depend_on_names() {
    let mut state = state(&["hi"]);
    state.messages[0].author.name = "Moderator".parse().unwrap();
    assert!(!room_body(&state).contains("class=\"badge\""));
    state.messages[0].author.moderator = true;
    assert!(room_body(&state).contains("<span class=\"badge\">Moderator</span>"));
    let button = "Rules of this room</button>";
    assert!(!dialogs(&state).contains(button));
    state.you.moderator = true;
    assert!(dialogs(&state).contains(button));
}

#[test]
fn a_closed_chat_has_a_sign_out_form() {
    let form = "<form class=\"part sign-out\" method=\"post\" action=\"/sign-out\">";
    assert!(!dialogs(&state(&[])).contains(form));
    assert!(dialogs(&PageState { access: AccessMode::Passphrase, ..state(&[]) }).contains(form));
}

#[test]
fn the_lightbox_keeps_an_image_whose_row_leaves_the_log() {
    let owner = Owner::new();
    owner.with(|| {
        let mut page = state(&["a", "b", "c", "d"]);
        for message in &mut page.messages {
            let side = 8.try_into().unwrap();
            let size = 9.try_into().unwrap();
            let image = ChatImage {
                kind: ImageType::Png,
                size,
                width: side,
                height: side,
                preview: None,
                alt: None,
                more: MoreImages::default(),
            };
            message.image = Some(image);
        }
        let chat = Chat::new(&page, Callback::new(|_| {}));
        let rows = chat.log.rows.get_untracked();
        chat.images.viewed_row.set(Some(rows[1].key.clone()));
        let dialog = View::from(lightbox(chat));
        let turns = |html: &str| html.matches("lightbox-turn").count() - html.matches("aria-disabled").count();
        let before = dialog.to_html();
        assert_eq!(turns(&before), 2, "{before}");
        chat.log.rows.set(rows[2..].to_vec());
        let after = dialog.to_html();
        assert!(after.contains("/n1\""), "{after}");
        assert_eq!(turns(&after), 2, "the images beside it are known");
        chat.images.viewed_row.set(None);
        assert!(!dialog.to_html().contains("lightbox-image"));
    });
}

#[test]
fn the_lightbox_turns_through_the_images_of_a_message_and_its_neighbours() {
    let owner = Owner::new();
    owner.with(|| {
        let mut page = state(&["a", "b", "c"]);
        let images = state_with_images(3).messages[0].image.clone();
        page.messages[0].image = images.clone().map(|image| ChatImage { more: MoreImages::default(), ..image });
        page.messages[2].image = images;
        let chat = Chat::new(&page, Callback::new(|_| {}));
        let rows = chat.log.rows.get_untracked();
        let dialog = View::from(lightbox(chat));
        let shows = |key: String, path: &str, caption: &str, ends: usize| {
            chat.images.viewed_row.set(Some(key));
            let html = dialog.to_html();
            assert!(html.contains(&format!("src=\"/images/ann/lobby/{path}\"")), "{path}: {html}");
            assert!(html.contains(&format!(">{caption}</p>")), "{caption}: {html}");
            assert_eq!(html.matches("aria-disabled").count(), ends, "{path}: {html}");
        };
        shows(rows[0].key.clone(), "n0", "a", 1);
        shows(rows[2].key.clone(), "n2", "cat 0", 0);
        shows(numbered(&rows[2].key, 1), "n2=1", "cat 1", 0);
        shows(numbered(&rows[2].key, 2), "n2=2", "cat 2", 1);
        for missing in [numbered(&rows[2].key, 3), numbered(&rows[1].key, 1), "nobody/n=1".into()] {
            chat.images.viewed_row.set(Some(missing.clone()));
            assert!(!dialog.to_html().contains("lightbox-image"), "{missing}");
        }
    });
}
