use shared_types::{
    AccessMode, ChatImage, ChatMessage, ImageType, Person, Reaction, ReplyRef, Restrictions, Rev, RoomName, RoomRules,
    Seq, Timestamp,
};

use super::*;

const INDEX: &str = "<!DOCTYPE html><html lang=\"en\"><head><title>x</title>\
                     <meta name=\"description\" content=\"y\"><link></head>\n<body class=\"a\"></body></html>";

fn state(texts: &[&str]) -> PageState {
    let ann = Person { id: "ann".parse().unwrap(), name: "Ann".parse().unwrap(), moderator: false };
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
        restrictions: Restrictions::default(),
    }
}

#[test]
fn a_page_has_its_title_its_state_and_its_messages() {
    let page = page(&Shell::parse(INDEX).unwrap(), &state(&["hi", "there"]));
    for part in [
        "<title>#lobby · Chat</title><meta name=\"description\" content=\"A room to talk in: ",
        "\"><link><script type=\"application/json\" id=\"page-state\">{\"language\":\"en\",\"room\":\"lobby\"",
        "</script></head>\n<body class=\"a\"><div data-connection=\"connecting\" class=\"chat\">",
        "3 online",
        "Thursday, 31 December 2026",
        "<time datetime=\"2026-12-31T23:59:59Z\">23:59</time>",
        "</div></body></html>",
    ] {
        assert!(page.contains(part), "no {part} in {page}");
    }
    assert_eq!(page.matches("<article").count(), 2);
    assert_eq!(page.matches("class=\"message-author").count(), 1);
}

#[test]
fn what_people_write_is_text_in_the_html_and_in_the_state() {
    let page = page(&Shell::parse(INDEX).unwrap(), &state(&["</script><img src=x onerror=alert(1)>"]));
    assert!(!page.contains("<img"), "{page}");
    assert_eq!(page.matches("</script>").count(), 1);
    assert!(page.contains("&lt;img src=x"), "{page}");
}

/// A room in which somebody said nothing but an image.
fn illustrated(alt: Option<&str>) -> PageState {
    let mut state = state(&["x"]);
    state.messages[0].text = None;
    state.messages[0].image = Some(ChatImage {
        kind: ImageType::Webp,
        size: 300_000.try_into().unwrap(),
        width: 2048.try_into().unwrap(),
        height: 1536.try_into().unwrap(),
        preview: "0af".repeat(16).parse().ok(),
        alt: alt.map(|alt| alt.parse().unwrap()),
    });
    state
}

#[test]
fn an_image_has_its_box_its_colours_its_description_and_its_address() {
    let body = body(&illustrated(Some("a cat")));
    for part in [
        "aria-label=\"Open image: a cat\"",
        "width=\"480\" viewBox=\"0 0 2048 1536\"",
        "width=\"480\" height=\"360\" alt=\"a cat\" src=\"/images/ann/lobby/n0\"",
        "x=\"3\" y=\"3\" width=\"1\" height=\"1\" fill=\"#0af\"",
    ] {
        assert!(body.contains(part), "no {part} in {body}");
    }
    assert_eq!(body.matches("<rect").count(), 16);
    assert!(!body.contains("message-text"), "{body}");
    assert!(!body.contains("style="), "{body}");
}

#[test]
fn an_image_that_nobody_described_is_called_an_image() {
    let body = body(&illustrated(None));
    assert!(body.contains("aria-label=\"Open image\"") && body.contains("alt=\"Image\""), "{body}");
}

#[test]
fn what_people_say_of_an_image_is_text() {
    let page = page(&Shell::parse(INDEX).unwrap(), &illustrated(Some("\"><script>alert(1)</script>")));
    assert_eq!(page.matches("<script").count(), 1, "{page}");
    assert_eq!(page.matches("</script>").count(), 1, "{page}");
    assert!(page.contains("alt=\"&quot;&gt;&lt;script&gt;") || page.contains("alt=\"&quot;><script&gt;"), "{page}");
}

#[test]
fn an_edited_message_is_marked_and_a_deleted_one_leaves_its_place() {
    let mut state = state(&["first", "second"]);
    assert!(!body(&state).contains("message-edited"));
    state.messages[0].edited_at = Some(Timestamp(1_798_761_599_500));
    state.messages[1].text = None;
    state.messages[1].deleted = true;
    let body = body(&state);
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
fn an_answer_quotes_the_message_and_says_so_where_it_is_not_known() {
    let mut state = state(&["first", "second", "third"]);
    let author = state.you.clone();
    state.messages[1].reply_to = Some(ReplyRef { seq: Seq(1), author: author.clone() });
    state.messages[2].reply_to = Some(ReplyRef { seq: Seq(99), author });
    let body = body(&state);
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
fn reactions_are_counted_and_named_and_a_name_is_text() {
    let mut state = state(&["first"]);
    let evil = Person { id: "ben".parse().unwrap(), name: "\"><img src=x>".parse().unwrap(), moderator: false };
    let people = vec![state.you.clone(), evil];
    state.messages[0].reactions = vec![Reaction { emoji: "👍".parse().unwrap(), people }];
    let body = body(&state);
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
fn a_page_is_in_the_visitor_s_language() {
    let shell = Shell::parse(INDEX).unwrap();
    let english = page(&shell, &state(&["hi"]));
    assert!(english.contains("<html lang=\"en\"><head>") && english.contains("#lobby · Chat"), "{english}");
    let japanese = page(&shell, &PageState { language: Language::Japanese, ..state(&["hi"]) });
    for part in [
        "<html lang=\"ja\"><head><title>#lobby · チャット</title>",
        "placeholder=\"メッセージを入力（#lobby）\"",
        "3人がオンライン",
        "<span>2026年12月31日木曜日</span>",
        "aria-label=\"Ann、23:59\"",
        "<option value=\"ja\" lang=\"ja\" selected>日本語</option>",
    ] {
        assert!(japanese.contains(part), "no {part} in {japanese}");
    }
    let nowhere = not_found(&shell, Language::Japanese);
    assert!(nowhere.contains("<html lang=\"ja\">") && nowhere.contains("ルームが見つかりません"), "{nowhere}");
}

#[test]
fn an_empty_room_says_so() {
    assert!(body(&state(&[])).contains(Words::of(Language::English).empty));
}

#[test]
fn the_page_for_no_room_has_no_state() {
    let page = not_found(&Shell::parse(INDEX).unwrap(), Language::English);
    assert!(page.contains("There is no such room") && page.contains("data-page=\"complete\""), "{page}");
    assert!(!page.contains("page-state"));
}

/// The page of a door to the room cats.
fn door_page(way: Way, trouble: Option<Trouble>, language: Language) -> String {
    let to = "cats".parse().unwrap();
    door(&Shell::parse(INDEX).unwrap(), language, Door { way, to: &to, trouble })
}

#[test]
fn a_door_has_a_form_or_a_link_that_leads_back_to_the_room_and_nothing_of_it() {
    let form = door_page(Way::Passphrase, None, Language::English);
    for part in [
        "<title>Enter the passphrase</title>",
        "data-page=\"complete\"",
        "<form method=\"post\" action=\"/enter\" class=\"door\">",
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
    let link = door_page(Way::SignIn, None, Language::Japanese);
    assert!(link.contains("href=\"/sign-in?to=/r/cats\"") && link.contains(">サインイン</a>"), "{link}");
    assert!(!link.contains("<form"), "{link}");
}

#[test]
fn a_door_says_why_it_did_not_open() {
    for (trouble, said) in [
        (Trouble::Wrong, "This is not the passphrase."),
        (Trouble::TooOften { seconds: 1 }, "try again in 1 second."),
        (Trouble::TooOften { seconds: 40 }, "try again in 40 seconds."),
        (Trouble::Refused, "You were not let in there."),
        (Trouble::Provider, "Signing in did not work."),
        (Trouble::Again, "This took too long"),
    ] {
        let page = door_page(Way::Passphrase, Some(trouble), Language::English);
        assert!(page.contains("role=\"alert\"") && page.contains(said), "no {said} in {page}");
        assert!(page.contains("aria-describedby=\"trouble\""), "{page}");
        assert_eq!(page.contains("aria-invalid=\"true\""), trouble == Trouble::Wrong, "{page}");
    }
}

#[test]
fn an_index_that_lacks_something_is_refused_by_name() {
    for (index, error) in [
        ("<html>", ShellError::Language),
        ("<html lang=\"en", ShellError::Language),
        ("<html lang=\"en\">", ShellError::Title),
        ("<html lang=\"en\"><title>x", ShellError::Title),
        ("<html lang=\"en\"><title>x</title></head><body>", ShellError::Description),
        ("<html lang=\"en\"><title>x</title><meta name=\"description\" content=\"", ShellError::Description),
        ("<html lang=\"en\"><title>x</title><meta name=\"description\" content=\"\"><body>", ShellError::Head),
        ("<html lang=\"en\"><title>x</title><meta name=\"description\" content=\"\"></head>", ShellError::Body),
    ] {
        assert_eq!(Shell::parse(index), Err(error), "{index}");
    }
}

#[test]
fn whoever_was_sent_away_is_told_for_how_long_until_when_and_how_to_try_again() {
    let shell = Shell::parse(INDEX).unwrap();
    let now = Timestamp(1_795_478_400_000);
    let after = |milliseconds| Timestamp(now.0 + milliseconds);
    for (milliseconds, told) in [
        (1, "in 1 h at"),
        (3_600_000, "in 1 h at"),
        (3_600_001, "in 2 h at"),
        (86_400_000, "in 1 day at"),
        (48 * 3_600_000 + 1, "in 3 days at"),
        (90 * 86_400_000 - 1, "in 90 days at"),
    ] {
        assert!(banned(&shell, Language::English, after(milliseconds), now).contains(told), "{milliseconds}");
    }
    let page = banned(&shell, Language::English, after(60_000), now);
    assert!(
        page.contains("<time datetime=\"2026-11-24T00:01:00Z\">Tuesday, 24 November 2026, 00:01 UTC</time>"),
        "{page}"
    );
    assert!(page.contains("You, or somebody at your address"), "{page}");
    assert!(page.contains("<a href=\"\" class=\"button primary\">Try again</a>"), "{page}");
    assert!(banned(&shell, Language::Japanese, after(1), now).contains("1時間後"));
}

#[test]
fn the_first_paint_says_already_whether_the_visitor_may_write() {
    let rules = |slow, read_only| RoomRules { slow, read_only };
    let free = Restrictions::default();
    let muted = Restrictions { muted_until: Some(Timestamp(1_798_761_540_000)), banned_until: None };
    for (rules, restrictions, silent, sentence) in [
        (rules(30, false), free, false, "One message every 30 s."),
        (rules(0, true), free, true, "This room can only be read at the moment."),
        (rules(0, false), muted, true, "A moderator muted you until Thursday, 31 December 2026, 23:59."),
    ] {
        let page = body(&PageState { rules, restrictions, ..state(&["hi"]) });
        assert!(page.contains(sentence), "no {sentence} in {page}");
        assert_eq!(page.contains("data-silent"), silent, "{sentence}");
    }
    assert!(body(&state(&["hi"])).contains("leave nothing"));
}

#[test]
fn only_what_the_server_says_makes_a_moderator() {
    let mut state = state(&["hi"]);
    state.messages[0].author.name = "Moderator".parse().unwrap();
    assert!(!body(&state).contains("class=\"badge\""));
    state.messages[0].author.moderator = true;
    assert!(body(&state).contains("<span class=\"badge\">Moderator</span>"));
    let way = "Rules of this room</button>";
    assert!(!body(&state).contains(way));
    state.you.moderator = true;
    assert!(body(&state).contains(way));
}

#[test]
fn whoever_is_in_a_closed_chat_can_sign_out_without_a_script() {
    let form = "<form class=\"part sign-out\" method=\"post\" action=\"/sign-out\">";
    assert!(!body(&state(&[])).contains(form));
    assert!(body(&PageState { access: AccessMode::Passphrase, ..state(&[]) }).contains(form));
}
