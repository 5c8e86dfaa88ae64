//! Tests of `search`.

use chat_testing::test_chat::TestChat;
use serde_json::{Value, json};
use shared_types::limits;

/// Opens the lobby with these texts of Ann as messages.
async fn room(texts: &[&str]) -> TestChat {
    let chat = TestChat::with_limits(100, 100).await;
    chat.connect_to_lobby("ann", "Ann Ｂｏｌｅｙｎ").await;
    for (number, text) in texts.iter().enumerate() {
        chat.send_message("ann", text, &format!("n{number}")).await;
    }
    chat.received("ann");
    chat
}

async fn search(chat: &TestChat, text: &str, before: Option<u64>) -> Value {
    chat.received("ann");
    chat.send("ann", json!({ "action": "search", "text": text, "before": before })).await;
    let received = chat.received("ann").remove(0);
    assert_eq!(received["type"], "found", "{received}");
    received
}

fn seqs(found: &Value) -> Vec<u64> {
    found["messages"].as_array().unwrap().iter().map(|message| message["seq"].as_u64().unwrap()).collect()
}

async fn found(chat: &TestChat, text: &str) -> Vec<u64> {
    let found = search(chat, text, None).await;
    assert_eq!((&found["text"], found.get("before")), (&json!(text), None), "the whole room was searched");
    seqs(&found)
}

#[tokio::test]
async fn search_matches_all_words_in_any_order() {
    let chat = room(&["red apples", "green apples", "red pears", "apples, not red"]).await;
    assert_eq!(found(&chat, "red apples").await, [4, 1]);
    assert_eq!(found(&chat, "apples").await, [4, 2, 1]);
    assert_eq!(found(&chat, "pple").await, [4, 2, 1]);
    assert_eq!(found(&chat, "blue").await, [0; 0]);
}

#[tokio::test]
async fn search_ignores_case_and_width() {
    let chat = room(&["STRASSE Ärger", "ＡＢＣ１２３", "ｶﾞﾗｽ", "cafe\u{301}"]).await;
    for (text, seq) in [("ärger", 1), ("strasse ÄRGER", 1), ("abc123", 2), ("Ａｂｃ", 2), ("ガラス", 3), ("CAFÉ", 4)]
    {
        assert_eq!(found(&chat, text).await, [seq], "{text}");
    }
}

#[tokio::test]
async fn search_matches_the_author() {
    let chat = room(&["apples"]).await;
    chat.connect_to_lobby("bea", "Bea").await;
    chat.send_message("bea", "apples", "n").await;
    assert_eq!(found(&chat, "boleyn").await, [1]);
    assert_eq!(found(&chat, "bea apples").await, [2]);
}

#[tokio::test]
async fn search_ignores_accents_and_the_kind_of_kana() {
    let chat = room(&["crème brûlée", "naïve", "İstanbul'da", "Straße", "カタカナ", "が", "مـحـمـد"]).await;
    for (text, expected) in [
        ("brulee", 1),
        ("naive", 2),
        ("istanbul", 3),
        ("strasse", 4),
        ("かたかな", 5),
        ("ｶﾀｶﾅ", 5),
        ("ガ", 6),
        ("محمد", 7),
        ("BRÛLÉE", 1),
    ] {
        assert_eq!(found(&chat, text).await, [expected], "{text}");
    }
    assert_eq!(found(&chat, "か").await, [5], "が is another letter");
    assert_eq!(found(&chat, "ـ").await, [0; 0], "no word");
}

#[tokio::test]
async fn search_matches_the_alt_text() {
    let chat = room(&["no cat"]).await;
    let bytes = b"GIF89a\x03\x00\x02\x00\x00\x00\x00,\0\0\0\0\x03\0\x02\0\0".to_vec();
    let image = json!({ "type": "image/gif", "size": bytes.len(), "width": 3, "height": 2, "alt": "A cat on a mat" });
    chat.upload("ann", "i", &image, &bytes).await;
    chat.send("ann", json!({ "action": "send", "nonce": "i", "image": image })).await;
    assert_eq!(found(&chat, "CAT").await, [2, 1]);
    assert_eq!(found(&chat, "cat mat").await, [2]);
}

#[tokio::test]
async fn search_sees_edits_and_skips_deleted_messages() {
    let chat = room(&["apples", "pears"]).await;
    chat.send("ann", json!({ "action": "delete", "seq": 1 })).await;
    chat.send("ann", json!({ "action": "edit", "seq": 2, "text": "plums" })).await;
    for (text, expected) in [("apples", &[][..]), ("pears", &[]), ("plums", &[2]), ("ann", &[2])] {
        assert_eq!(found(&chat, text).await, expected, "{text}");
    }
}

#[tokio::test]
async fn search_answers_continue_to_the_first_message() {
    let texts: Vec<String> = (1..=2 * limits::SEARCH_FOUND + 3).map(|number| format!("apple {number}")).collect();
    let chat = room(&texts.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let (mut before, mut all, mut answers) = (None, Vec::new(), 0);
    loop {
        let answer = search(&chat, "apple", before).await;
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
    let chat = room(&texts).await;
    assert_eq!(found(&chat, "apple").await.len(), limits::SEARCH_FOUND);
}

#[tokio::test]
async fn one_search_reads_a_limited_number_of_messages() {
    let chat = room(&["needle"]).await;
    let lobby = shared_types::RoomName::lobby();
    for seq in 2..=limits::SEARCH_READ as u64 + 1 {
        let hay: shared_types::ChatMessage = serde_json::from_value(json!({
            "seq": seq, "rev": seq, "author": { "id": "a", "name": "A" }, "nonce": seq.to_string(), "text": "hay", "sentAt": 1,
        }))
        .unwrap();
        chat::ports::messages::Messages::put(chat.messages.as_ref(), &lobby, &hay).await.unwrap();
    }
    let first = search(&chat, "needle", None).await;
    assert_eq!((seqs(&first), &first["before"]), (vec![], &json!(2)));
    let second = search(&chat, "needle", Some(2)).await;
    assert_eq!((seqs(&second), second.get("before")), (vec![1], None));
}

#[tokio::test]
async fn an_answer_with_long_messages_fits_a_frame() {
    let long = format!("{} apple", "語".repeat(limits::TEXT_CHARS - 10));
    let chat = room(&vec![long.as_str(); 15]).await;
    let first = search(&chat, "apple", None).await;
    assert!(first.to_string().len() <= limits::FRAGMENTS_BYTES);
    let count = seqs(&first).len() as u64;
    assert!((5..15).contains(&count), "{count}");
    let second = search(&chat, "apple", first["before"].as_u64()).await;
    assert_eq!(
        seqs(&second),
        (1..=15 - count).rev().collect::<Vec<_>>(),
        "the second answer continues where the first ended"
    );
}

#[tokio::test]
async fn search_covers_the_socket_s_own_room_only() {
    let chat = room(&["apple"]).await;
    chat.connect("cat", Some("cats"), None, None).await.unwrap();
    chat.send("cat", json!({ "action": "search", "text": "apple" })).await;
    assert_eq!(chat.received("cat").remove(0)["messages"], json!([]));
}
