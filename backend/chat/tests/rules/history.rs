//! History, as sentences: the pages about a place in the order.

use chat_testing::test_chat::{TestChat, text_of};
use serde_json::{Value, json};

/// A room in which `count` messages were said, on pages of `page_size`.
async fn room(count: u64, page_size: usize) -> TestChat {
    let chat = TestChat::with_limits(100, page_size).await;
    chat.connect_to_lobby("c1", "Ann").await;
    for n in 1..=count {
        chat.send_message("c1", &format!("m{n}"), &format!("n{n}")).await;
    }
    chat.received("c1");
    chat
}

async fn page(chat: &TestChat, place: &str, seq: u64) -> Value {
    chat.send("c1", json!({ "action": "history", place: seq })).await;
    let page = chat.received("c1").remove(0);
    assert_eq!((&page["type"], &page[place], page.get("upTo")), (&json!("page"), &json!(seq), None), "{page}");
    page
}

/// The texts of a page, whether there is more, and whether there is newer.
async fn seen(chat: &TestChat, place: &str, seq: u64) -> (String, bool, bool) {
    let page = page(chat, place, seq).await;
    let texts: Vec<_> = page["messages"].as_array().unwrap().iter().map(text_of).collect();
    (texts.join(" "), page["more"] == json!(true), page["newer"] == json!(true))
}

#[tokio::test]
async fn before_a_message_is_the_page_that_ends_there() {
    let chat = room(5, 2).await;
    assert_eq!(seen(&chat, "before", 4).await, ("m2 m3".into(), true, true));
    assert_eq!(seen(&chat, "before", 2).await, ("m1".into(), false, true));
    assert_eq!(seen(&chat, "before", 6).await, ("m4 m5".into(), true, false));
    assert_eq!(seen(&chat, "before", 0).await, (String::new(), false, true));
}

#[tokio::test]
async fn after_a_message_is_the_page_that_begins_there() {
    let chat = room(5, 2).await;
    assert_eq!(seen(&chat, "after", 1).await, ("m2 m3".into(), true, true));
    assert_eq!(seen(&chat, "after", 3).await, ("m4 m5".into(), true, false));
    assert_eq!(seen(&chat, "after", 5).await, (String::new(), true, false));
    assert_eq!(seen(&chat, "after", 0).await, ("m1 m2".into(), false, true));
    assert_eq!(seen(&chat, "after", u64::MAX).await, (String::new(), true, false));
}

#[tokio::test]
async fn around_a_message_is_half_a_page_before_it_and_half_a_page_from_it_on() {
    let chat = room(9, 4).await;
    assert_eq!(seen(&chat, "around", 5).await, ("m3 m4 m5 m6".into(), true, true));
    assert_eq!(seen(&chat, "around", 1).await, ("m1 m2".into(), false, true));
    assert_eq!(seen(&chat, "around", 3).await, ("m1 m2 m3 m4".into(), false, true));
    assert_eq!(seen(&chat, "around", 8).await, ("m6 m7 m8 m9".into(), true, false));
    assert_eq!(seen(&chat, "around", 9).await, ("m7 m8 m9".into(), true, false));
}

#[tokio::test]
async fn a_page_of_one_message_around_a_place_is_that_message() {
    let chat = room(3, 1).await;
    assert_eq!(seen(&chat, "around", 2).await, ("m2".into(), true, true));
}

#[tokio::test]
async fn around_a_place_where_nothing_is_is_what_would_be_around_it() {
    let chat = room(4, 4).await;
    chat.send_message("c1", "m4", "n4").await;
    chat.send_message("c1", "m6", "n6").await;
    chat.received("c1");
    // The retry took 5, and needed it for nothing.
    assert_eq!(seen(&chat, "around", 5).await, ("m3 m4 m6".into(), true, false));
    for nowhere in [100, u64::MAX] {
        assert_eq!(seen(&chat, "around", nowhere).await, ("m4 m6".into(), true, false), "{nowhere}");
    }
    assert_eq!(seen(&chat, "around", 0).await, ("m1 m2".into(), false, true));
}

#[tokio::test]
async fn walking_up_and_down_the_pages_meets_every_message_once() {
    let chat = room(11, 3).await;
    let around = page(&chat, "around", 6).await;
    let mut met: Vec<u64> = around["messages"].as_array().unwrap().iter().map(|m| m["seq"].as_u64().unwrap()).collect();
    for (place, goes_on) in [("before", "more"), ("after", "newer")] {
        loop {
            let end = if place == "before" { met[0] } else { met[met.len() - 1] };
            let next = page(&chat, place, end).await;
            let seqs = next["messages"].as_array().unwrap().iter().map(|m| m["seq"].as_u64().unwrap());
            met = if place == "before" { seqs.chain(met).collect() } else { met.into_iter().chain(seqs).collect() };
            if next[goes_on] != json!(true) {
                break;
            }
        }
    }
    assert_eq!(met, (1..=11).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_page_shows_messages_as_they_are_now() {
    let chat = room(3, 10).await;
    chat.send("c1", json!({ "action": "edit", "seq": 2, "text": "**two**" })).await;
    chat.send("c1", json!({ "action": "delete", "seq": 3 })).await;
    chat.received("c1");
    let page = page(&chat, "around", 2).await;
    let [one, two, three] = [0, 1, 2].map(|place| &page["messages"][place]);
    assert_eq!((&one["text"], &two["html"]), (&json!("m1"), &json!("<p><strong>two</strong></p>")));
    assert_eq!((three.get("text"), &three["deleted"]), (None, &json!(true)));
}

#[tokio::test]
async fn in_a_room_where_nothing_was_said_every_page_is_empty() {
    let chat = room(0, 3).await;
    for place in ["before", "after", "around"] {
        assert_eq!(seen(&chat, place, 7).await, (String::new(), false, false), "{place}");
    }
}
