use shared_types::{ChatMessage, Person, Rev, RoomName, Seq, Timestamp};

use super::*;

const INDEX: &str = "<!DOCTYPE html><html><head><title>x</title><link></head>\n<body class=\"a\"></body></html>";

fn state(texts: &[&str]) -> PageState {
    let ann = Person { id: "ann".parse().unwrap(), name: "Ann".parse().unwrap() };
    let message = |(index, text): (usize, &&str)| ChatMessage {
        seq: Seq(index as u64 + 1),
        rev: Rev(index as u64 + 1),
        author: ann.clone(),
        nonce: format!("n{index}").parse().unwrap(),
        text: text.parse().unwrap(),
        sent_at: Timestamp(1_798_761_599_000),
    };
    PageState {
        room: RoomName::lobby(),
        you: ann.clone(),
        online: 3,
        messages: texts.iter().enumerate().map(message).collect(),
        more: false,
        up_to: Rev(texts.len() as u64),
        socket: "/ws".into(),
        ticket: "t".into(),
    }
}

#[test]
fn a_page_has_its_title_its_state_and_its_messages() {
    let page = page(&Shell::parse(INDEX).unwrap(), &state(&["hi", "there"]));
    for part in [
        "<title>#lobby · Chat</title><link><script type=\"application/json\" id=\"page-state\">{\"room\":\"lobby\"",
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

#[test]
fn an_empty_room_says_so() {
    assert!(body(&state(&[])).contains(words::EMPTY));
}

#[test]
fn the_page_for_no_room_has_no_state() {
    let page = not_found(&Shell::parse(INDEX).unwrap());
    assert!(page.contains(words::NOT_FOUND) && page.contains("data-page=\"complete\""), "{page}");
    assert!(!page.contains("page-state"));
}

#[test]
fn an_index_that_lacks_something_is_refused_by_name() {
    for (index, error) in [
        ("<html>", ShellError::Title),
        ("<title>x", ShellError::Title),
        ("<title>x</title><body>", ShellError::Head),
        ("<title>x</title></head>", ShellError::Body),
    ] {
        assert_eq!(Shell::parse(index), Err(error), "{index}");
    }
}
