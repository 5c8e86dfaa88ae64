//! `GET /admin`: who gets the page that opens the administration.

use chat::{
    access::{policy::AccessPolicy, sessions::Session},
    ports::moderation::{Moderation, Subject},
};
use chat_http::{answers::FrontAnswer, front::FrontRequest};
use chat_testing::test_chat::{START, TestChat};
use shared_types::{ChatIdentity, Restrictions, Role, RoleEntry, Timestamp};

use super::front;

async fn visit(chat: &TestChat, person: Option<&str>, language: &str) -> FrontAnswer {
    let session =
        |person: &str| Session { id: person.parse().unwrap(), name: None, moderator: person == "mod", device: None };
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

async fn get(chat: &TestChat, path: &str, query: &str) -> FrontAnswer {
    front(chat).handle(FrontRequest { path: path.into(), query: query.into(), ..FrontRequest::default() }).await
}

#[tokio::test]
async fn name_and_icon_are_in_page_title_manifest_and_icon() {
    let chat = TestChat::new().await;
    let manifest = get(&chat, "/manifest.webmanifest", "").await;
    assert_eq!((manifest.status, manifest.content_type), (200, "application/manifest+json"));
    let stored: serde_json::Value =
        serde_json::from_str(include_str!("../../../../frontend/public/app/manifest.webmanifest")).unwrap();
    let mut answered: serde_json::Value = serde_json::from_str(&manifest.body).unwrap();
    for icon in answered["icons"].as_array_mut().unwrap() {
        icon["src"] = icon["src"].as_str().unwrap().replace("/assets/app/", "").into();
    }
    assert_eq!(answered, stored, "without a name it is the manifest of earlier versions");
    assert!(get(&chat, "/", "").await.body.contains("<title>#lobby · Chat</title>"));

    let name = "</title><script>\"Foxes\"";
    let identity = ChatIdentity { name: name.parse().ok(), icon: "🦊".parse().ok(), unique_names: None };
    chat.moderation.set_identity(&identity).await.unwrap();
    let page = get(&chat, "/", "").await.body;
    assert!(page.contains("<title>#lobby · &lt;/title&gt;&lt;script&gt;&quot;Foxes&quot;</title>"), "{page}");
    assert!(page.contains("<link rel=\"icon\" href=\"/chat-icon.svg?emoji=%F0%9F%A6%8A\">"), "{page}");
    assert!(!page.contains("<script>\"Foxes"), "{page}");
    let manifest: serde_json::Value =
        serde_json::from_str(&get(&chat, "/manifest.webmanifest", "").await.body).unwrap();
    assert_eq!((&manifest["name"], &manifest["short_name"]), (&name.into(), &name.into()));
    assert_eq!(manifest["icons"][0]["src"], "/chat-icon.svg?emoji=%F0%9F%A6%8A");

    let icon = get(&chat, "/chat-icon.svg", "emoji=%F0%9F%A6%8A").await;
    assert_eq!((icon.status, icon.content_type), (200, "image/svg+xml"));
    assert!(icon.body.contains(">🦊</text>"), "{}", icon.body);
    let header = |name| icon.headers.iter().find(|(found, _)| *found == name).map(|(_, value)| value.to_string());
    assert!(header("cache-control").unwrap().contains("immutable"));
    assert!(header("content-security-policy").unwrap().contains("default-src 'none'"));
    for bad in ["", "emoji=", "emoji=a", "emoji=%3Cscript%3E", "emoji=%F0%9F%A6%8A%F0%9F%A6%8A", "emoji=%FF", "other=x"]
    {
        assert_eq!(get(&chat, "/chat-icon.svg", bad).await.status, 404, "{bad}");
    }
}
