use shared_types::{Person, Rev, Timestamp};

use super::*;

fn message(seq: u64) -> ChatMessage {
    ChatMessage {
        seq: Seq(seq),
        rev: Rev(seq),
        author: Person { id: "ann".parse().unwrap(), name: "Ann".parse().unwrap(), moderator: false },
        nonce: format!("n{seq}").parse().unwrap(),
        text: "hi".parse().ok(),
        html: None,
        image: None,
        reply_to: None,
        mentions: Vec::new(),
        sent_at: Timestamp(seq),
        edited_at: None,
        deleted: false,
        reactions: Vec::new(),
    }
}

fn take_request(text: &str, before: Option<u64>) -> Option<ClientMessage> {
    Some(ClientMessage::Search { text: text.parse().unwrap(), before: before.map(Seq) })
}

/// The server's answer to a question for `text`.
fn answer(search: &mut Search, text: &str, found: &[u64], before: Option<u64>) {
    search.on_results(&text.parse().unwrap(), found.iter().map(|seq| message(*seq)).collect(), before.map(Seq));
}

#[track_caller]
fn check(search: &Search, found: &[u64], progress: Progress) {
    assert_eq!(search.found().iter().map(|message| message.seq.0).collect::<Vec<_>>(), found);
    assert_eq!(search.progress(), progress);
}

#[test]
fn what_is_asked_is_said_once_and_its_answer_shown() {
    let mut search = Search::default();
    assert_eq!(search.take_request(), None);
    search.start(" hi ");
    assert_eq!(search.take_request(), take_request("hi", None));
    assert_eq!(search.take_request(), None);
    answer(&mut search, "hi", &[9, 7], None);
    check(&search, &[9, 7], Progress::Done);
}

#[test]
fn what_is_further_back_follows_what_is_there() {
    let mut search = Search::default();
    search.start("hi");
    search.take_request();
    answer(&mut search, "hi", &[9, 7], Some(5));
    check(&search, &[9, 7], Progress::Partial(Seq(5)));
    search.continue_search();
    assert_eq!(search.take_request(), take_request("hi", Some(5)));
    // A part in which nothing is.
    answer(&mut search, "hi", &[], Some(3));
    search.continue_search();
    assert_eq!(search.take_request(), take_request("hi", Some(3)));
    answer(&mut search, "hi", &[1], None);
    check(&search, &[9, 7, 1], Progress::Done);
    search.continue_search();
    assert_eq!(search.take_request(), None);
}

#[test]
fn an_answer_to_an_older_question_is_ignored() {
    let mut search = Search::default();
    search.start("hi");
    search.take_request();
    search.start("ho");
    answer(&mut search, "hi", &[9], None);
    check(&search, &[], Progress::Queued(None));
    search.take_request();
    answer(&mut search, "hi", &[9], None);
    check(&search, &[], Progress::Requested(None));
    answer(&mut search, "ho", &[8], None);
    check(&search, &[8], Progress::Done);
}

#[test]
fn an_answer_that_comes_twice_is_shown_once() {
    let mut search = Search::default();
    // Somebody changed their mind and back: two questions, two equal answers.
    for text in ["hi", "ho", "hi"] {
        search.start(text);
        search.take_request();
    }
    answer(&mut search, "hi", &[9], Some(5));
    answer(&mut search, "hi", &[9], Some(5));
    check(&search, &[9], Progress::Partial(Seq(5)));
    search.continue_search();
    search.take_request();
    answer(&mut search, "hi", &[9], Some(5));
    check(&search, &[9], Progress::Requested(Some(Seq(5))));
    answer(&mut search, "hi", &[2], None);
    check(&search, &[9, 2], Progress::Done);
}

#[test]
fn another_question_and_none_forget_what_was_found() {
    for (text, progress) in [("ho", Progress::Queued(None)), ("", Progress::Idle), (" \n ", Progress::Idle)] {
        let mut search = Search::default();
        search.start("hi");
        search.take_request();
        answer(&mut search, "hi", &[9], None);
        search.start(text);
        check(&search, &[], progress);
    }
}

#[test]
fn a_question_whose_socket_is_gone_is_asked_on_the_next() {
    let mut search = Search::default();
    search.start("hi");
    search.take_request();
    search.on_disconnect();
    assert_eq!(search.take_request(), take_request("hi", None));
    answer(&mut search, "hi", &[9], Some(5));
    search.on_disconnect();
    assert_eq!(search.take_request(), None);
}

#[test]
fn what_the_server_could_not_do_is_tried_again_when_somebody_wants_it() {
    let mut search = Search::default();
    search.start("hi");
    search.take_request();
    search.on_error();
    check(&search, &[], Progress::Failed(None));
    assert_eq!(search.take_request(), None);
    search.continue_search();
    assert_eq!(search.take_request(), take_request("hi", None));
}
