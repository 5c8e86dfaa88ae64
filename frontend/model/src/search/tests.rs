use shared_types::{Person, Rev, Timestamp};

use super::*;

fn message(seq: u64) -> ChatMessage {
    ChatMessage {
        seq: Seq(seq),
        rev: Rev(seq),
        author: Person {
            id: "ann".parse().unwrap(),
            name: "Ann".parse().unwrap(),
            moderator: false,
            appearance: Default::default(),
        },
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
        pinned: None,
        poll: None,
        thread: None,
        in_room: false,
        replies: None,
    }
}

fn request(text: &str, before: Option<u64>) -> Option<ClientMessage> {
    Some(ClientMessage::Search { text: text.parse().unwrap(), before: before.map(Seq) })
}

/// Passes the server's results for `text` to the search.
fn answer(search: &mut Search, text: &str, found: &[u64], before: Option<u64>) {
    search.on_results(&text.parse().unwrap(), found.iter().map(|seq| message(*seq)).collect(), before.map(Seq));
}

#[track_caller]
fn check(search: &Search, found: &[u64], progress: Progress) {
    assert_eq!(search.found().iter().map(|message| message.seq.0).collect::<Vec<_>>(), found);
    assert_eq!(search.progress(), progress);
}

#[test]
fn a_search_is_requested_once_and_its_results_are_shown() {
    let mut search = Search::default();
    assert_eq!(search.take_request(), None);
    search.start(" hi ");
    assert_eq!(search.take_request(), request("hi", None));
    assert_eq!(search.take_request(), None);
    answer(&mut search, "hi", &[9, 7], None);
    check(&search, &[9, 7], Progress::Done);
}

#[test]
fn older_results_follow_newer_ones() {
    let mut search = Search::default();
    search.start("hi");
    search.take_request();
    answer(&mut search, "hi", &[9, 7], Some(5));
    check(&search, &[9, 7], Progress::Partial(Seq(5)));
    search.continue_search();
    assert_eq!(search.take_request(), request("hi", Some(5)));
    // A part without results.
    answer(&mut search, "hi", &[], Some(3));
    search.continue_search();
    assert_eq!(search.take_request(), request("hi", Some(3)));
    answer(&mut search, "hi", &[1], None);
    check(&search, &[9, 7, 1], Progress::Done);
    search.continue_search();
    assert_eq!(search.take_request(), None);
}

#[test]
fn results_of_an_older_search_are_ignored() {
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
fn duplicate_results_are_shown_once() {
    let mut search = Search::default();
    // The visitor changes the text and changes it back: two equal requests with two equal answers.
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
fn a_new_or_empty_search_clears_the_results() {
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
fn a_search_is_repeated_after_a_lost_socket() {
    let mut search = Search::default();
    search.start("hi");
    search.take_request();
    search.on_disconnect();
    assert_eq!(search.take_request(), request("hi", None));
    answer(&mut search, "hi", &[9], Some(5));
    search.on_disconnect();
    assert_eq!(search.take_request(), None);
}

#[test]
fn a_failed_search_is_repeated_on_demand() {
    let mut search = Search::default();
    search.start("hi");
    search.take_request();
    search.on_error();
    check(&search, &[], Progress::Failed(None));
    assert_eq!(search.take_request(), None);
    search.continue_search();
    assert_eq!(search.take_request(), request("hi", None));
}
