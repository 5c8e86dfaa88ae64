//! Tests of `history`: the pages before, after and around a message.

use chat_testing::test_chat::{TestChat, text_of};
use serde_json::{Value, json};

/// Opens a room with `count` messages and pages of `page_size`.
async fn room(count: u64, page_size: usize) -> TestChat {
    let chat = TestChat::with_limits(100, page_size).await;
    chat.connect_to_lobby("c1", "Ann").await;
    for n in 1..=count {
        chat.send_message("c1", &format!("m{n}"), &format!("n{n}")).await;
    }
    chat.received("c1");
    chat
}

async fn page(chat: &TestChat, range: &str, seq: u64) -> Value {
    chat.send("c1", json!({ "action": "history", range: seq })).await;
    let page = chat.received("c1").remove(0);
    assert_eq!((&page["type"], &page[range], page.get("upTo")), (&json!("page"), &json!(seq), None), "{page}");
    page
}

/// Returns the texts of a page, whether there are older messages, and whether there are newer ones.
async fn page_summary(chat: &TestChat, range: &str, seq: u64) -> (String, bool, bool) {
    let page = page(chat, range, seq).await;
    let texts: Vec<_> = page["messages"].as_array().unwrap().iter().map(text_of).collect();
    (texts.join(" "), page["more"] == json!(true), page["newer"] == json!(true))
}

#[tokio::test]
async fn before_returns_the_page_that_ends_before_a_message() {
    let chat = room(5, 2).await;
    assert_eq!(page_summary(&chat, "before", 4).await, ("m2 m3".into(), true, true));
    assert_eq!(page_summary(&chat, "before", 2).await, ("m1".into(), false, true));
    assert_eq!(page_summary(&chat, "before", 6).await, ("m4 m5".into(), true, false));
    assert_eq!(page_summary(&chat, "before", 0).await, (String::new(), false, true));
}

#[tokio::test]
async fn after_returns_the_page_that_starts_after_a_message() {
    let chat = room(5, 2).await;
    assert_eq!(page_summary(&chat, "after", 1).await, ("m2 m3".into(), true, true));
    assert_eq!(page_summary(&chat, "after", 3).await, ("m4 m5".into(), true, false));
    assert_eq!(page_summary(&chat, "after", 5).await, (String::new(), true, false));
    assert_eq!(page_summary(&chat, "after", 0).await, ("m1 m2".into(), false, true));
    assert_eq!(page_summary(&chat, "after", u64::MAX).await, (String::new(), true, false));
}

#[tokio::test]
async fn around_returns_half_a_page_on_each_side() {
    let chat = room(9, 4).await;
    assert_eq!(page_summary(&chat, "around", 5).await, ("m3 m4 m5 m6".into(), true, true));
    assert_eq!(page_summary(&chat, "around", 1).await, ("m1 m2".into(), false, true));
    assert_eq!(page_summary(&chat, "around", 3).await, ("m1 m2 m3 m4".into(), false, true));
    assert_eq!(page_summary(&chat, "around", 8).await, ("m6 m7 m8 m9".into(), true, false));
    assert_eq!(page_summary(&chat, "around", 9).await, ("m7 m8 m9".into(), true, false));
}

#[tokio::test]
async fn around_with_a_page_size_of_one_is_the_message() {
    let chat = room(3, 1).await;
    assert_eq!(page_summary(&chat, "around", 2).await, ("m2".into(), true, true));
}

#[tokio::test]
async fn around_a_missing_seq_returns_its_neighbours() {
    let chat = room(4, 4).await;
    chat.send_message("c1", "m4", "n4").await;
    chat.send_message("c1", "m6", "n6").await;
    chat.received("c1");
    // The retry reserved 5 and did not use it.
    assert_eq!(page_summary(&chat, "around", 5).await, ("m3 m4 m6".into(), true, false));
    for missing in [100, u64::MAX] {
        assert_eq!(page_summary(&chat, "around", missing).await, ("m4 m6".into(), true, false), "{missing}");
    }
    assert_eq!(page_summary(&chat, "around", 0).await, ("m1 m2".into(), false, true));
}

#[tokio::test]
async fn paging_in_both_directions_yields_every_message_once() {
    let chat = room(11, 3).await;
    let around = page(&chat, "around", 6).await;
    let mut seqs_so_far: Vec<u64> =
        around["messages"].as_array().unwrap().iter().map(|m| m["seq"].as_u64().unwrap()).collect();
    for (range, continues) in [("before", "more"), ("after", "newer")] {
        loop {
            let end = if range == "before" { seqs_so_far[0] } else { seqs_so_far[seqs_so_far.len() - 1] };
            let next = page(&chat, range, end).await;
            let seqs = next["messages"].as_array().unwrap().iter().map(|m| m["seq"].as_u64().unwrap());
            seqs_so_far = if range == "before" {
                seqs.chain(seqs_so_far).collect()
            } else {
                seqs_so_far.into_iter().chain(seqs).collect()
            };
            if next[continues] != json!(true) {
                break;
            }
        }
    }
    assert_eq!(seqs_so_far, (1..=11).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_page_shows_the_current_state_of_messages() {
    let chat = room(3, 10).await;
    chat.send("c1", json!({ "action": "edit", "seq": 2, "text": "**two**" })).await;
    chat.send("c1", json!({ "action": "delete", "seq": 3 })).await;
    chat.received("c1");
    let page = page(&chat, "around", 2).await;
    let [one, two, three] = [0, 1, 2].map(|index| &page["messages"][index]);
    assert_eq!((&one["text"], &two["html"]), (&json!("m1"), &json!("<p><strong>two</strong></p>")));
    assert_eq!((three.get("text"), &three["deleted"]), (None, &json!(true)));
}

#[tokio::test]
async fn every_page_of_an_empty_room_is_empty() {
    let chat = room(0, 3).await;
    for range in ["before", "after", "around"] {
        assert_eq!(page_summary(&chat, range, 7).await, (String::new(), false, false), "{range}");
    }
}
