//! Invitations and links to other devices, as a browser sees them.

use chat::{
    access::{policy::AccessPolicy, sessions::Session},
    ports::moderation::{Moderation, Subject},
};
use chat_http::{
    answers::FrontAnswer,
    front::{FrontHandler, FrontRequest},
};
use chat_testing::test_chat::{START, TestChat};
use shared_types::{Language, Restrictions, Role, RoleEntry, Timestamp};

use crate::front;

/// The origin of the chat's pages.
const ORIGIN: &str = "http://chat.lan";

async fn closed_chat() -> TestChat {
    TestChat::with_access_policy(AccessPolicy::passphrase("open sesame", vec!["mod".parse().unwrap()])).await
}

/// A browser, perhaps with a session.
#[derive(Clone, Default)]
struct Browser {
    cookie: Option<String>,
    /// The last byte of its address.
    address: u8,
    origin: Option<&'static str>,
    language: Option<Language>,
}

impl Browser {
    fn new() -> Self {
        Self { origin: Some(ORIGIN), address: 1, ..Self::default() }
    }

    /// Returns a browser with the session of this person.
    fn of(chat: &TestChat, id: &str, name: &str) -> Self {
        let session = Session { id: id.parse().unwrap(), name: None, moderator: false, device: None };
        let cookie = format!("guest={}; name={name}", chat.sessions.cookie(&session));
        Self { cookie: Some(cookie), ..Self::new() }
    }

    async fn get(&self, front: &FrontHandler, path: &str) -> FrontAnswer {
        self.request(front, path, None).await
    }

    async fn post(&self, front: &FrontHandler, path: &str, form: &str) -> FrontAnswer {
        self.request(front, path, Some(form.into())).await
    }

    async fn request(&self, front: &FrontHandler, address: &str, form: Option<String>) -> FrontAnswer {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let request = FrontRequest {
            path: path.into(),
            query: query.into(),
            form,
            host: Some("chat.lan".into()),
            origin: self.origin.map(str::to_owned),
            address: Some([203, 0, 113, self.address].into()),
            cookie: self.cookie.clone(),
            accept_language: self.language.map(|language| language.tag().to_owned()),
            ..FrontRequest::default()
        };
        front.handle(request).await
    }
}

/// Returns the value of a hidden field.
fn field<'a>(answer: &'a FrontAnswer, name: &str) -> &'a str {
    let (_, rest) = answer.body.split_once(&format!(r#"name="{name}" value=""#)).unwrap_or_default();
    rest.split('"').next().unwrap_or_default()
}

/// Makes an invitation as the moderator. Returns its token.
async fn invite(chat: &TestChat, front: &FrontHandler, uses: u32) -> String {
    let made =
        Browser::of(chat, "mod", "Mona").post(front, "/invitations", &format!("seconds=86400&uses={uses}")).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let list: serde_json::Value = serde_json::from_str(&made.body).unwrap();
    assert_eq!(
        (list["invitations"][0]["uses"].as_u64(), &list["invitations"][0]["by"]["name"]),
        (Some(u64::from(uses)), &"Mona".into())
    );
    list["token"].as_str().unwrap().into()
}

#[tokio::test]
async fn an_invitation_lets_a_visitor_in_by_its_form() {
    let chat = closed_chat().await;
    let front = front(&chat);
    let token = invite(&chat, &front, 1).await;
    let visitor = Browser::new();
    let page = visitor.get(&front, "/invite?to=/r/cats").await;
    assert_eq!((page.status, field(&page, "to"), field(&page, "token")), (200, "/r/cats", ""));
    assert!(page.body.contains(r#"<script src="/assets/app/token.js">"#), "{}", page.body);
    let form = format!("to=/r/cats&token={token}&visitor={}", field(&page, "visitor"));
    let entered = visitor.post(&front, "/invite", &form).await;
    assert_eq!((entered.status, entered.location.as_deref()), (303, Some("/r/cats")));
    let cookie = entered.set_cookies[0].split(';').next().unwrap().to_owned();
    let guest = Browser { cookie: Some(cookie), ..Browser::new() };
    assert_eq!(guest.get(&front, "/state/cats").await.status, 200);
    // The same form again is the same visitor's, and another one comes too late.
    assert_eq!(visitor.post(&front, "/invite", &form).await.status, 303);
    let late = visitor.post(&front, "/invite", &format!("token={token}")).await;
    assert!(late.status == 403 && late.body.contains("This invitation is used up."), "{}", late.body);
    assert!(late.set_cookies.is_empty() && !late.body.contains("token.js"), "{}", late.body);
    let japanese = Browser { language: Some(Language::Japanese), ..Browser::new() };
    let late = japanese.post(&front, "/invite", &format!("token={token}")).await;
    assert!(late.body.contains("この招待は使用回数の上限に達しました。"), "{}", late.body);
}

#[tokio::test]
async fn visitors_who_need_no_invitation_are_redirected_without_using_it() {
    let chat = closed_chat().await;
    let closed = front(&chat);
    let token = invite(&chat, &closed, 1).await;
    let open_chat = TestChat::new().await;
    let open = front(&open_chat);
    for (browser, front) in [(Browser::of(&chat, "ann", "Ann"), &closed), (Browser::new(), &open)] {
        let page = browser.get(front, "/invite?to=/r/cats").await;
        // The empty fragment replaces the token.
        assert_eq!((page.status, page.location.as_deref()), (303, Some("/r/cats#")));
        let sent = browser.post(front, "/invite", &format!("to=/r/cats&token={token}")).await;
        assert_eq!((sent.status, sent.location.as_deref()), (303, Some("/r/cats#")));
        assert!(sent.set_cookies.is_empty());
    }
    let entered = Browser::new().post(&closed, "/invite", &format!("token={token}")).await;
    assert_eq!((entered.status, entered.location.as_deref()), (303, Some("/")));
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    let chat = closed_chat().await;
    let front = front(&chat);
    let token = invite(&chat, &front, 1).await;
    let of_mona = Browser::of(&chat, "mod", "Mona");
    for origin in [None, Some("https://evil.example"), Some("null")] {
        let (visitor, mona) = (Browser { origin, ..Browser::new() }, Browser { origin, ..of_mona.clone() });
        for (browser, path, form) in [
            (&visitor, "/invite", format!("token={token}")),
            (&visitor, "/device", format!("token={token}")),
            (&mona, "/device-links", String::new()),
            (&mona, "/invitations", "seconds=86400&uses=1".into()),
        ] {
            let answer = browser.post(&front, path, &form).await;
            assert_eq!((answer.status, answer.set_cookies.len()), (403, 0), "{path} from {origin:?}");
        }
    }
    assert_eq!(Browser::new().post(&front, "/invite", &format!("token={token}")).await.status, 303);
}

#[tokio::test]
async fn each_visitor_can_do_what_they_are_allowed() {
    let chat = closed_chat().await;
    let front = front(&chat);
    let ban = Restrictions { banned_until: Some(Timestamp(START + 60_000)), ..Restrictions::default() };
    chat.moderation.set_restrictions(&Subject::Person("eve".parse().unwrap()), ban).await.unwrap();
    let muted = Restrictions { muted_until: Some(Timestamp(START + 60_000)), ..Restrictions::default() };
    chat.moderation.set_restrictions(&Subject::Person("may".parse().unwrap()), muted).await.unwrap();
    for (person, role) in [("sue", Role::Moderator), ("oli", Role::Owner)] {
        let entry = RoleEntry { person: person.parse().unwrap(), name: None, role, configured: false };
        chat.moderation.set_role(&entry).await.unwrap();
    }
    let visitors = [
        Browser::new(),
        Browser::of(&chat, "ann", "Ann"),
        Browser::of(&chat, "may", "May"),
        Browser::of(&chat, "eve", "Eve"),
        Browser::of(&chat, "mod", "Mona"),
        Browser::of(&chat, "sue", "Sue"),
        Browser::of(&chat, "oli", "Oli"),
    ];
    let revoke = format!("revoke={}", "0f".repeat(32));
    // Nobody, a guest, a muted one, a banned one, a configured moderator, a moderator by a stored role, an owner.
    for (path, form, expected) in [
        ("/invitations", None, [401, 403, 403, 403, 200, 200, 200]),
        ("/invitations", Some("seconds=86400&uses=10"), [401, 403, 403, 403, 200, 200, 200]),
        ("/invitations", Some(revoke.as_str()), [401, 403, 403, 403, 404, 404, 404]),
        ("/invitations", Some("seconds=86400&uses=51"), [401, 400, 400, 400, 400, 400, 400]),
        ("/device-links", Some(""), [401, 200, 200, 403, 200, 200, 200]),
        ("/device-links", None, [404, 404, 404, 404, 404, 404, 404]),
        ("/device", None, [200, 200, 200, 200, 200, 200, 200]),
        ("/invite", None, [200, 303, 303, 303, 303, 303, 303]),
    ] {
        for (visitor, expected) in visitors.iter().zip(expected) {
            let answer = visitor.request(&front, path, form.map(String::from)).await;
            assert_eq!(answer.status, expected, "{path} {form:?} {:?}: {}", visitor.cookie, answer.body);
        }
    }
}

#[tokio::test]
async fn a_device_link_asks_before_it_signs_in() {
    let chat = TestChat::new().await;
    let front = front(&chat);
    let ann = Browser::of(&chat, "ann", "Ann%20%3Cb%3E");
    let made = ann.post(&front, "/device-links", "").await;
    let link: serde_json::Value = serde_json::from_str(&made.body).unwrap();
    let (token, ben) = (link["token"].as_str().unwrap(), Browser::of(&chat, "ben", "Ben"));
    assert_eq!(link["seconds"], 600);
    let page = ben.get(&front, "/device").await;
    assert!(page.body.contains("data-send") && page.body.contains("token.js"), "{}", page.body);
    let asked = ben.post(&front, "/device", &format!("token={token}")).await;
    assert_eq!((asked.status, asked.set_cookies.len()), (200, 0));
    for expected in ["<h1>Continue as Ann &lt;b&gt;</h1>", "In this browser you are Ben at the moment."] {
        assert!(asked.body.contains(expected), "{expected}: {}", asked.body);
    }
    assert!(!Browser::new().post(&front, "/device", &format!("token={token}")).await.body.contains("In this browser"));
    let own = ann.post(&front, "/device", &format!("token={token}")).await;
    assert_eq!((own.status, own.location.as_deref()), (303, Some("/")), "Ann is Ann already");

    let form = format!("token={}&visitor={}", field(&asked, "token"), field(&asked, "visitor"));
    let signed_in = ben.post(&front, "/device", &form).await;
    assert_eq!((signed_in.status, signed_in.location.as_deref(), signed_in.set_cookies.len()), (303, Some("/"), 2));
    assert!(signed_in.set_cookies[1].starts_with("name=Ann%20%3Cb%3E; "), "{:?}", signed_in.set_cookies);
    let cookie = signed_in.set_cookies.iter().map(|cookie| cookie.split(';').next().unwrap()).collect::<Vec<_>>();
    let other = Browser { cookie: Some(cookie.join("; ")), ..Browser::new() };
    let state: serde_json::Value = serde_json::from_str(&other.get(&front, "/state/lobby").await.body).unwrap();
    assert_eq!((&state["you"]["id"], &state["you"]["name"]), (&"ann".into(), &"Ann <b>".into()));

    let late = Browser::new().post(&front, "/device", &format!("token={token}&visitor=x")).await;
    assert!(late.status == 403 && late.body.contains("This link was used already."), "{}", late.body);
}

#[tokio::test]
async fn too_many_attempts_say_when_to_try_again_and_keep_the_token() {
    let chat = closed_chat().await;
    chat.advance_to_next_minute();
    let front = front(&chat);
    let token = invite(&chat, &front, 1).await;
    let visitor = Browser { address: 9, ..Browser::new() };
    for _ in 0..10 {
        assert_eq!(visitor.post(&front, "/invite", "token=forged").await.status, 403);
    }
    let late = visitor.post(&front, "/invite", &format!("token={token}")).await;
    assert_eq!((late.status, field(&late, "token")), (429, token.as_str()));
    assert!(late.body.contains("Please try again in 60 seconds."), "{}", late.body);
}
