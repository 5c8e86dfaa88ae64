//! Tests of `search`.

use chat_testing::world::World;
use serde_json::{Value, json};
use shared_types::limits;

/// Opens the lobby with these texts of Ann as messages.
async fn room(texts: &[&str]) -> World {
    let world = World::with_limits(100, 100).await;
    world.join("ann", "Ann Ｂｏｌｅｙｎ").await;
    for (number, text) in texts.iter().enumerate() {
        world.post("ann", text, &format!("n{number}")).await;
    }
    world.told("ann");
    world
}

async fn search(world: &World, text: &str, before: Option<u64>) -> Value {
    world.told("ann");
    world.say("ann", json!({ "action": "search", "text": text, "before": before })).await;
    let told = world.told("ann").remove(0);
    assert_eq!(told["type"], "found", "{told}");
    told
}

fn seqs(found: &Value) -> Vec<u64> {
    found["messages"].as_array().unwrap().iter().map(|message| message["seq"].as_u64().unwrap()).collect()
}

async fn found(world: &World, text: &str) -> Vec<u64> {
    let found = search(world, text, None).await;
    assert_eq!((&found["text"], found.get("before")), (&json!(text), None), "the whole room was searched");
    seqs(&found)
}

#[tokio::test]
async fn search_matches_all_words_in_any_order() {
    let world = room(&["red apples", "green apples", "red pears", "apples, not red"]).await;
    assert_eq!(found(&world, "red apples").await, [4, 1]);
    assert_eq!(found(&world, "apples").await, [4, 2, 1]);
    assert_eq!(found(&world, "pple").await, [4, 2, 1]);
    assert_eq!(found(&world, "blue").await, [0; 0]);
}

#[tokio::test]
async fn search_ignores_case_and_width() {
    let world = room(&["STRASSE Ärger", "ＡＢＣ１２３", "ｶﾞﾗｽ", "cafe\u{301}"]).await;
    for (text, seq) in [("ärger", 1), ("strasse ÄRGER", 1), ("abc123", 2), ("Ａｂｃ", 2), ("ガラス", 3), ("CAFÉ", 4)]
    {
        assert_eq!(found(&world, text).await, [seq], "{text}");
    }
}

#[tokio::test]
async fn search_matches_the_author() {
    let world = room(&["apples"]).await;
    world.join("bea", "Bea").await;
    world.post("bea", "apples", "n").await;
    assert_eq!(found(&world, "boleyn").await, [1]);
    assert_eq!(found(&world, "bea apples").await, [2]);
}

#[tokio::test]
async fn search_matches_the_alt_text() {
    let world = room(&["no cat"]).await;
    let bytes = b"GIF89a\x03\x00\x02\x00\x00\x00\x00,\0\0\0\0\x03\0\x02\0\0".to_vec();
    let image = json!({ "type": "image/gif", "size": bytes.len(), "width": 3, "height": 2, "alt": "A cat on a mat" });
    world.upload("ann", "i", &image, &bytes).await;
    world.say("ann", json!({ "action": "send", "nonce": "i", "image": image })).await;
    assert_eq!(found(&world, "CAT").await, [2, 1]);
    assert_eq!(found(&world, "cat mat").await, [2]);
}

#[tokio::test]
async fn search_sees_edits_and_skips_deleted_messages() {
    let world = room(&["apples", "pears"]).await;
    world.say("ann", json!({ "action": "delete", "seq": 1 })).await;
    world.say("ann", json!({ "action": "edit", "seq": 2, "text": "plums" })).await;
    for (text, expected) in [("apples", &[][..]), ("pears", &[]), ("plums", &[2]), ("ann", &[2])] {
        assert_eq!(found(&world, text).await, expected, "{text}");
    }
}

#[tokio::test]
async fn search_answers_continue_to_the_first_message() {
    let texts: Vec<String> = (1..=2 * limits::SEARCH_FOUND + 3).map(|number| format!("apple {number}")).collect();
    let world = room(&texts.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let (mut before, mut all, mut answers) = (None, Vec::new(), 0);
    loop {
        let answer = search(&world, "apple", before).await;
        all.extend(seqs(&answer));
        answers += 1;
        before = answer["before"].as_u64();
        if before.is_none() {
            break;
        }
        assert_eq!(seqs(&answer).len(), limits::SEARCH_FOUND);
    }
    assert_eq!((all, answers), ((1..=texts.len() as u64).rev().collect(), 3));
}

#[tokio::test]
async fn a_full_last_answer_has_no_continuation() {
    let texts = vec!["apple"; limits::SEARCH_FOUND];
    let world = room(&texts).await;
    assert_eq!(found(&world, "apple").await.len(), limits::SEARCH_FOUND);
}

#[tokio::test]
async fn one_search_reads_a_limited_number_of_messages() {
    let world = room(&["needle"]).await;
    let lobby = shared_types::RoomName::lobby();
    for seq in 2..=limits::SEARCH_READ as u64 + 1 {
        let hay: shared_types::ChatMessage = serde_json::from_value(json!({
            "seq": seq, "rev": seq, "author": { "id": "a", "name": "A" }, "nonce": seq.to_string(), "text": "hay", "sentAt": 1,
        }))
        .unwrap();
        chat::ports::messages::Messages::put(world.messages.as_ref(), &lobby, &hay).await.unwrap();
    }
    let first = search(&world, "needle", None).await;
    assert_eq!((seqs(&first), &first["before"]), (vec![], &json!(2)));
    let second = search(&world, "needle", Some(2)).await;
    assert_eq!((seqs(&second), second.get("before")), (vec![1], None));
}

#[tokio::test]
async fn an_answer_with_long_messages_fits_a_frame() {
    let long = format!("{} apple", "語".repeat(limits::TEXT_CHARS - 10));
    let world = room(&vec![long.as_str(); 15]).await;
    let first = search(&world, "apple", None).await;
    assert!(first.to_string().len() <= limits::FRAME_BYTES_HARD);
    let count = seqs(&first).len() as u64;
    assert!((5..15).contains(&count), "{count}");
    let second = search(&world, "apple", first["before"].as_u64()).await;
    assert_eq!(
        seqs(&second),
        (1..=15 - count).rev().collect::<Vec<_>>(),
        "the second answer continues where the first ended"
    );
}

#[tokio::test]
async fn search_covers_the_socket_s_own_room_only() {
    let world = room(&["apple"]).await;
    world.knock("cat", Some("cats"), None, None).await.unwrap();
    world.say("cat", json!({ "action": "search", "text": "apple" })).await;
    assert_eq!(world.told("cat").remove(0)["messages"], json!([]));
}
