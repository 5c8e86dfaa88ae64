//! Owner links: the page, and who becomes an owner.

use std::time::Duration;

use chat::{
    access::{owner_link::OwnerLinks, policy::AccessPolicy, sessions::Session},
    ports::{moderation::Moderation, system::Clock},
};
use chat_http::{answers::FrontAnswer, front::FrontRequest};
use chat_testing::test_chat::TestChat;
use futures::future::join_all;
use shared_types::{Role, limits};

use super::front;

/// Returns the token of a new owner link.
async fn link(chat: &TestChat) -> String {
    let links = OwnerLinks { tokens: chat.tokens.clone(), clock: chat.clock.clone(), entropy: chat.ports().entropy };
    links.create().await.unwrap().strip_prefix("/claim#").unwrap().to_owned()
}

fn request(form: &str, cookie: Option<String>) -> FrontRequest {
    let own = || Some("http://chat.example".to_owned());
    FrontRequest {
        path: "/claim".into(),
        form: Some(form.into()),
        host: Some("chat.example".into()),
        origin: own(),
        cookie,
        address: "203.0.113.7".parse().ok(),
        ..FrontRequest::default()
    }
}

async fn claim(chat: &TestChat, token: &str, person: &str) -> FrontAnswer {
    let session = Session { id: person.parse().unwrap(), name: None, moderator: false, device: None };
    let cookie = format!("guest={}", chat.sessions.cookie(&session));
    front(chat).handle(request(&format!("token={token}"), Some(cookie))).await
}

async fn role(chat: &TestChat, person: &str) -> Role {
    chat.moderation.role(&person.parse().unwrap()).await.unwrap()
}

#[tokio::test]
async fn an_owner_link_makes_its_visitor_an_owner_once() {
    let chat = TestChat::new().await;
    chat.connect("a", None, Some(&chat.ticket("ann")), Some("Ann")).await.unwrap();
    let token = link(&chat).await;
    let answer = claim(&chat, &token, "ann").await;
    assert_eq!((answer.status, answer.location.as_deref()), (303, Some("/")), "{}", answer.body);
    assert_eq!(role(&chat, "ann").await, Role::Owner);
    assert!(chat.connection("a").await.person.moderator, "an open connection follows");
    assert_eq!(chat.moderation.audit(None, 9).await.unwrap().len(), 1);
    let page = FrontRequest { path: "/state/lobby".into(), form: None, ..request("", None) };
    let session = Session { id: "ann".parse().unwrap(), name: None, moderator: false, device: None };
    let cookie = Some(format!("guest={}", chat.sessions.cookie(&session)));
    let state = front(&chat).handle(FrontRequest { cookie, ..page }).await.body;
    assert!(state.contains(r#""owner":true"#) && state.contains(r#""moderator":true"#), "{state}");
    chat.clock.advance(Duration::from_secs(60));
    for person in ["ann", "bea"] {
        let answer = claim(&chat, &token, person).await;
        assert!(answer.status == 403 && answer.body.contains("was used before"), "{}", answer.body);
    }
    assert_eq!(role(&chat, "bea").await, Role::Member);
}

#[tokio::test]
async fn one_of_many_who_open_an_owner_link_at_once_becomes_an_owner() {
    let chat = TestChat::new().await;
    let token = link(&chat).await;
    let people: Vec<String> = (0..20).map(|number| format!("p-{number}")).collect();
    let answers = join_all(people.iter().map(|person| claim(&chat, &token, person))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 303).count(), 1);
    let owners = chat.moderation.roles(99).await.unwrap();
    assert_eq!(owners.len(), 1);
}

#[tokio::test]
async fn forged_expired_and_foreign_claims_are_refused_with_a_sentence() {
    let chat = TestChat::new().await;
    for token in ["", "x", "AQIDBAUGBwgJCgsMDQ4PEBES", &"A".repeat(3_000), "%00", "../../claim"] {
        let answer = claim(&chat, token, "ann").await;
        assert!(answer.status == 403 && answer.body.contains("not an owner link of this chat"), "{token}");
    }
    let token = link(&chat).await;
    let mut foreign = request(&format!("token={token}"), None);
    for origin in [None, Some("https://evil.example".to_owned())] {
        foreign.origin = origin;
        let answer = front(&chat)
            .handle(FrontRequest { form: foreign.form.clone(), origin: foreign.origin.clone(), ..request("", None) })
            .await;
        assert!(answer.status == 403 && answer.body.contains("did not come from a page of this chat"));
    }
    chat.clock.advance(limits::OWNER_LINK_LIFE);
    let answer = claim(&chat, &token, "ann").await;
    assert!(answer.status == 403 && answer.body.contains("has expired"), "{}", answer.body);
    assert_eq!(chat.moderation.roles(9).await.unwrap(), []);
    let (at, answer) = (chat.clock.now(), claim(&chat, &token, "ann").await);
    assert!(at > shared_types::Timestamp(0) && !answer.body.contains(&token), "the page repeats no token");
}

#[tokio::test]
async fn attempts_are_limited_by_address() {
    let chat = TestChat::new().await;
    let token = link(&chat).await;
    let mut statuses = Vec::new();
    for _ in 0..=limits::SIGN_INS_PER_ADDRESS {
        statuses.push(claim(&chat, "AQIDBAUGBwgJCgsMDQ4PEBES", "ann").await.status);
    }
    assert_eq!(statuses.pop(), Some(429));
    assert!(statuses.iter().all(|status| *status == 403), "{statuses:?}");
    assert_eq!(claim(&chat, &token, "ann").await.status, 429, "a right one, too");
}

#[tokio::test]
async fn a_claim_admits_to_a_chat_with_a_passphrase_and_lifts_restrictions() {
    let chat = TestChat::with_access_policy(AccessPolicy::passphrase("open sesame, please", Vec::new())).await;
    let token = link(&chat).await;
    let answer = front(&chat).handle(request(&format!("token={token}"), None)).await;
    assert_eq!((answer.status, answer.set_cookies.len()), (303, 1));
    let entries = chat.moderation.roles(9).await.unwrap();
    assert_eq!(entries.iter().map(|entry| entry.role).collect::<Vec<_>>(), [Role::Owner]);
}

#[tokio::test]
async fn the_page_of_a_link_has_a_form_and_no_inline_script() {
    let chat = TestChat::new().await;
    for (language, button) in [("en", "Become the owner"), ("ja", "オーナーになる")] {
        let request =
            FrontRequest { path: "/claim".into(), accept_language: Some(language.into()), ..FrontRequest::default() };
        let answer = front(&chat).handle(request).await;
        assert_eq!(answer.status, 200);
        assert!(answer.body.contains(button) && answer.body.contains(r#"action="/claim""#), "{}", answer.body);
        assert!(answer.body.contains(r#"<script src="/assets/app/claim.js""#), "{}", answer.body);
    }
}
