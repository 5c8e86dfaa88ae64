//! The front page of a real chat in one process.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it does not hold")]

mod administration;
mod links;
mod passkeys;
mod private_rooms;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use ::passkeys::WebauthnCeremony;
use async_trait::async_trait;
use chat::{
    access::{origin::Origins, policy::AccessPolicy, sessions::Session},
    commands::FramePorts,
    cpu::CpuScheduler,
    messages::renderer::MessageRenderer,
    ports::{
        Result,
        cpu_pool::{CpuPool, Work},
        identity_provider::{IdentityProvider, ProviderAddress, ProviderResponse},
        moderation::{Moderation, Subject},
        template_store::TemplateStore,
    },
};
use chat_http::front::{FrontHandler, FrontPorts, FrontRequest, FrontSettings};
use chat_testing::test_chat::{START, TestChat};
use shared_types::{Restrictions, Timestamp};

/// The built page, and a provider that nobody asks.
struct Page;

#[async_trait]
impl TemplateStore for Page {
    async fn index_html(&self) -> Result<Arc<str>> {
        let head = r#"<title></title><meta name="description" content=""><link rel="icon" href="/assets/icon-1.svg">"#;
        Ok(format!(r#"<html lang="en"><head>{head}</head><body></body></html>"#).into())
    }
}

#[async_trait]
impl IdentityProvider for Page {
    async fn get(&self, _: &ProviderAddress) -> Result<ProviderResponse> {
        unreachable!()
    }

    async fn post(&self, _: &ProviderAddress, _: String) -> Result<ProviderResponse> {
        unreachable!()
    }
}

/// Returns the front page of a chat.
fn front(chat: &TestChat) -> FrontHandler {
    let FramePorts {
        connections,
        gateway,
        messages,
        saved,
        moderation: m,
        members,
        devices,
        profiles,
        passkeys,
        rate_store,
        read_positions,
        renderer,
        clock,
        entropy,
        ..
    } = chat.ports();
    let (templates, provider) = (Arc::new(Page), Arc::new(Page));
    let tokens = chat.tokens.clone();
    let ports = FrontPorts {
        connections,
        gateway,
        messages,
        saved,
        templates,
        moderation: m,
        members,
        devices,
        profiles,
        passkeys,
        ceremony: Arc::new(WebauthnCeremony),
        rate_store,
        read_positions,
        provider,
        renderer,
        tokens,
        clock,
        entropy,
    };
    let (sessions, origins) = (chat.sessions.clone(), Origins::of_the_address(Vec::new()));
    FrontHandler::new(ports, FrontSettings { sessions, origins, page_size: 100, socket: String::new(), uploads: None })
}

/// Counts the works, and runs them on the thread of the caller.
#[derive(Default)]
struct CountingPool(AtomicUsize);

#[async_trait]
impl CpuPool for CountingPool {
    async fn run(&self, work: Work) {
        self.0.fetch_add(1, Ordering::Relaxed);
        work();
    }
}

#[tokio::test]
async fn a_page_and_its_messages_are_rendered_in_the_cpu_pool() {
    let pool = Arc::new(CountingPool::default());
    let mut chat = TestChat::new().await;
    chat.renderer = MessageRenderer::new(CpuScheduler::new(pool.clone(), 1));
    chat.connect_to_lobby("ann", "Ann").await;
    chat.send_message("ann", "*hi*", "n").await;
    for (path, works) in [("/state/lobby", 1), ("/", 2)] {
        let before = pool.0.load(Ordering::Relaxed);
        let answer = front(&chat).handle(FrontRequest { path: path.into(), ..FrontRequest::default() }).await;
        assert!(answer.status == 200 && answer.body.contains("<em>hi"), "{}", answer.body);
        assert_eq!(pool.0.load(Ordering::Relaxed) - before, works, "{path}");
    }
    assert_eq!(chat.renderer.html.rendered(), 1, "socket and pages share the HTML");
}

#[tokio::test]
async fn the_first_paint_has_the_space_of_an_open_panel() {
    let chat = TestChat::new().await;
    for (cookie, expected) in [("people=open", true), ("people=closed", false), ("", false)] {
        let request = FrontRequest { path: "/".into(), cookie: Some(cookie.into()), ..FrontRequest::default() };
        let html = front(&chat).handle(request).await.body;
        assert_eq!(html.contains("<html data-people lang="), expected, "{cookie}");
    }
}

#[tokio::test]
async fn another_spelling_of_a_room_redirects_to_its_page() {
    let chat = TestChat::new().await;
    for (path, query, location) in [
        ("/r/Cats", "", "/r/cats"),
        ("/r/cats/", "", "/r/cats"),
        ("/r/CATS//", "m=7&x=%20", "/r/cats?m=7&x=%20"),
        ("/r/Cats", "x=\r\nSet-Cookie: a", "/r/cats"),
    ] {
        let request = FrontRequest { path: path.into(), query: query.into(), ..FrontRequest::default() };
        let (status, headers, body) = front(&chat).handle(request).await.into_parts();
        assert_eq!((status, headers["location"].to_str().unwrap(), body.as_str()), (308, location, ""), "{path}");
    }
}

#[tokio::test]
async fn a_banned_address_gets_no_page_and_cannot_sign_in() {
    let chat =
        TestChat::with_access_policy(AccessPolicy::passphrase("open sesame", vec!["mod".parse().unwrap()])).await;
    let (sessions, moderation) = (chat.sessions.clone(), &chat.moderation);
    let front = front(&chat);

    let there = "203.0.113.7".parse().unwrap();
    let subject = Subject::Address(sessions.address_keys(there).remove(0));
    let until = Timestamp(START + 60_000);
    let banned = Restrictions { banned_until: Some(until), ..Restrictions::default() };
    moderation.set_restrictions(&subject, banned).await.unwrap();
    let ask = async |path: &str, who: &str, form: Option<&str>, from: &str| {
        let moderator = who == "mod";
        let cookie = sessions.cookie(&Session { id: who.parse().unwrap(), name: None, moderator, device: None });
        let [host, origin] = ["chat.lan", "http://chat.lan"].map(|text| Some(text.to_owned()));
        let (path, form, address) = (path.into(), form.map(String::from), from.parse().ok());
        let cookie = Some(format!("guest={cookie}"));
        front.handle(FrontRequest { path, form, host, origin, address, cookie, ..FrontRequest::default() }).await
    };
    let entering = ("/enter", Some("passphrase=open+sesame"));
    for (path, form) in [("/", None), ("/state/lobby", None), entering] {
        let answer = ask(path, "ann", form, "203.0.113.7").await;
        assert_eq!(answer.status, 403, "{path}");
        assert_eq!(
            answer.body.contains(&format!(r#"{{"standing":{{"bannedUntil":{}}}}}"#, until.0)),
            path == "/state/lobby"
        );
        assert_eq!(answer.location, None, "{path}");
        let elsewhere = ask(path, "ann", form, "198.51.100.1").await;
        assert_eq!(elsewhere.status, if form.is_some() { 303 } else { 200 }, "{path}");
    }
    assert_eq!(ask("/state/lobby", "mod", None, "203.0.113.7").await.status, 200, "a moderator is never locked out");
}

mod claim;
mod devices;
