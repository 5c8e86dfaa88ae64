//! `GET /admin`: who gets the page that opens the administration.

use chat::{
    access::{policy::AccessPolicy, sessions::Session},
    ports::moderation::{Moderation, Subject},
};
use chat_http::{answers::FrontAnswer, front::FrontRequest};
use chat_testing::test_chat::{START, TestChat};
use shared_types::{Restrictions, Role, RoleEntry, Timestamp};

use super::front;

async fn visit(chat: &TestChat, person: Option<&str>, language: &str) -> FrontAnswer {
    let session = |person: &str| Session { id: person.parse().unwrap(), name: None, moderator: person == "mod" };
    let cookie = person.map(|person| format!("guest={}", chat.sessions.cookie(&session(person))));
    let accept_language = Some(language.to_owned());
    let request = FrontRequest { path: "/admin".into(), cookie, accept_language, ..FrontRequest::default() };
    front(chat).handle(request).await
}

async fn set_role(chat: &TestChat, person: &str, role: Role) {
    let entry = RoleEntry { person: person.parse().unwrap(), name: None, role, configured: false };
    assert!(chat.moderation.set_role(&entry).await.unwrap());
}

#[tokio::test]
async fn only_owners_get_the_page_that_opens_the_administration() {
    let chat = TestChat::new().await;
    set_role(&chat, "olga", Role::Owner).await;
    set_role(&chat, "mona", Role::Moderator).await;
    for (person, language, status, expected) in [
        (Some("olga"), "en", 200, "The administration needs JavaScript."),
        (Some("olga"), "ja", 200, "管理画面にはJavaScriptが必要です。"),
        (Some("mona"), "en", 403, "Only owners of this chat"),
        (Some("mod"), "en", 403, "Only owners of this chat"),
        (Some("ann"), "en", 403, "Only owners of this chat"),
        (Some("ann"), "ja", 403, "このチャットのオーナーだけです"),
        (None, "en", 403, "Only owners of this chat"),
    ] {
        let answer = visit(&chat, person, language).await;
        assert_eq!(answer.status, status, "{person:?}");
        assert!(answer.body.contains(expected), "{person:?}: {}", answer.body);
        assert_eq!(answer.body.contains(r#"id="page-state""#), status == 200, "{person:?}");
        assert!(answer.body.contains(r#"href="/""#), "{person:?}: a way to the lobby");
    }
}

#[tokio::test]
async fn a_visitor_who_has_to_sign_in_or_is_banned_does_not_see_the_administration() {
    let chat = TestChat::with_access_policy(AccessPolicy::passphrase("open sesame", Vec::new())).await;
    set_role(&chat, "olga", Role::Owner).await;
    let answer = visit(&chat, None, "en").await;
    assert!(answer.status == 200 && answer.body.contains(r#"action="/enter""#), "{}", answer.body);
    assert_eq!(visit(&chat, Some("olga"), "en").await.status, 200);
    let until = Some(Timestamp(START + 60_000));
    let banned = Restrictions { banned_until: until, ..Restrictions::default() };
    chat.moderation.set_restrictions(&Subject::Person("ann".parse().unwrap()), banned).await.unwrap();
    let answer = visit(&chat, Some("ann"), "en").await;
    assert!(answer.status == 403 && !answer.body.contains("Only owners"), "{}", answer.body);
}
