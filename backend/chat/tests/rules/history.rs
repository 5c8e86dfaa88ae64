//! History, as sentences: the pages about a place in the order.

use chat_testing::world::{World, text_of};
use serde_json::{Value, json};

/// A room in which `count` messages were said, on pages of `page_size`.
async fn room(count: u64, page_size: usize) -> World {
    let world = World::with_limits(100, page_size).await;
    world.join("c1", "Ann").await;
    for n in 1..=count {
        world.post("c1", &format!("m{n}"), &format!("n{n}")).await;
    }
    world.told("c1");
    world
}

async fn page(world: &World, place: &str, seq: u64) -> Value {
    world.say("c1", json!({ "action": "history", place: seq })).await;
    let page = world.told("c1").remove(0);
    assert_eq!((&page["type"], &page[place], page.get("upTo")), (&json!("page"), &json!(seq), None), "{page}");
    page
}

/// The texts of a page, whether there is more, and whether there is newer.
async fn seen(world: &World, place: &str, seq: u64) -> (String, bool, bool) {
    let page = page(world, place, seq).await;
    let texts: Vec<_> = page["messages"].as_array().unwrap().iter().map(text_of).collect();
    (texts.join(" "), page["more"] == json!(true), page["newer"] == json!(true))
}

#[tokio::test]
async fn before_a_message_is_the_page_that_ends_there() {
    let world = room(5, 2).await;
    assert_eq!(seen(&world, "before", 4).await, ("m2 m3".into(), true, true));
    assert_eq!(seen(&world, "before", 2).await, ("m1".into(), false, true));
    assert_eq!(seen(&world, "before", 6).await, ("m4 m5".into(), true, false));
    assert_eq!(seen(&world, "before", 0).await, (String::new(), false, true));
}

#[tokio::test]
async fn after_a_message_is_the_page_that_begins_there() {
    let world = room(5, 2).await;
    assert_eq!(seen(&world, "after", 1).await, ("m2 m3".into(), true, true));
    assert_eq!(seen(&world, "after", 3).await, ("m4 m5".into(), true, false));
    assert_eq!(seen(&world, "after", 5).await, (String::new(), true, false));
    assert_eq!(seen(&world, "after", 0).await, ("m1 m2".into(), false, true));
    assert_eq!(seen(&world, "after", u64::MAX).await, (String::new(), true, false));
}

#[tokio::test]
async fn around_a_message_is_half_a_page_before_it_and_half_a_page_from_it_on() {
    let world = room(9, 4).await;
    assert_eq!(seen(&world, "around", 5).await, ("m3 m4 m5 m6".into(), true, true));
    assert_eq!(seen(&world, "around", 1).await, ("m1 m2".into(), false, true));
    assert_eq!(seen(&world, "around", 3).await, ("m1 m2 m3 m4".into(), false, true));
    assert_eq!(seen(&world, "around", 8).await, ("m6 m7 m8 m9".into(), true, false));
    assert_eq!(seen(&world, "around", 9).await, ("m7 m8 m9".into(), true, false));
}

#[tokio::test]
async fn a_page_of_one_message_around_a_place_is_that_message() {
    let world = room(3, 1).await;
    assert_eq!(seen(&world, "around", 2).await, ("m2".into(), true, true));
}

#[tokio::test]
async fn around_a_place_where_nothing_is_is_what_would_be_around_it() {
    let world = room(4, 4).await;
    world.post("c1", "m4", "n4").await;
    world.post("c1", "m6", "n6").await;
    world.told("c1");
    // The retry took 5, and needed it for nothing.
    assert_eq!(seen(&world, "around", 5).await, ("m3 m4 m6".into(), true, false));
    for nowhere in [100, u64::MAX] {
        assert_eq!(seen(&world, "around", nowhere).await, ("m4 m6".into(), true, false), "{nowhere}");
    }
    assert_eq!(seen(&world, "around", 0).await, ("m1 m2".into(), false, true));
}

#[tokio::test]
async fn walking_up_and_down_the_pages_meets_every_message_once() {
    let world = room(11, 3).await;
    let around = page(&world, "around", 6).await;
    let mut met: Vec<u64> = around["messages"].as_array().unwrap().iter().map(|m| m["seq"].as_u64().unwrap()).collect();
    for (place, goes_on) in [("before", "more"), ("after", "newer")] {
        loop {
            let end = if place == "before" { met[0] } else { met[met.len() - 1] };
            let next = page(&world, place, end).await;
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
    let world = room(3, 10).await;
    world.say("c1", json!({ "action": "edit", "seq": 2, "text": "**two**" })).await;
    world.say("c1", json!({ "action": "delete", "seq": 3 })).await;
    world.told("c1");
    let page = page(&world, "around", 2).await;
    let [one, two, three] = [0, 1, 2].map(|place| &page["messages"][place]);
    assert_eq!((&one["text"], &two["html"]), (&json!("m1"), &json!("<p><strong>two</strong></p>")));
    assert_eq!((three.get("text"), &three["deleted"]), (None, &json!(true)));
}

#[tokio::test]
async fn in_a_room_where_nothing_was_said_every_page_is_empty() {
    let world = room(0, 3).await;
    for place in ["before", "after", "around"] {
        assert_eq!(seen(&world, place, 7).await, (String::new(), false, false), "{place}");
    }
}
