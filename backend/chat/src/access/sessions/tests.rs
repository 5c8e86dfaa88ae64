use std::sync::atomic::{AtomicU64, Ordering};

use super::{
    signing::{MAX_CACHE_AGE, MIN_RELOAD_INTERVAL, SECRET_LIFE},
    *,
};
use crate::access::{
    fakes::{FakeSecrets, ManualClock},
    policy::OidcClient,
};

const NOW: u64 = 1_700_000_000_000;
const DAY: u64 = 24 * 60 * 60 * 1000;
const ONE_MS: Duration = Duration::from_millis(1);

struct Counter(AtomicU64);

impl Entropy for Counter {
    fn fill(&self, bytes: &mut [u8]) {
        let counter = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        bytes.iter_mut().zip(counter.iter().rev().cycle()).for_each(|(byte, counter)| *byte = *counter);
    }
}

/// A deployment: a store, a clock and a source of randomness that any number of processes share.
struct Deployment {
    secrets: Arc<FakeSecrets>,
    clock: Arc<ManualClock>,
    entropy: Arc<Counter>,
}

impl Deployment {
    fn new(seed: u64) -> Self {
        let clock = Arc::new(ManualClock(AtomicU64::new(NOW)));
        Self { secrets: Arc::default(), clock, entropy: Arc::new(Counter(AtomicU64::new(seed))) }
    }

    async fn process(&self, policy: AccessPolicy) -> Sessions {
        Sessions::load(self.secrets.clone(), self.clock.clone(), self.entropy.clone(), policy).await.unwrap()
    }

    fn advance(&self, time: Duration) {
        self.clock.0.store((self.clock.now() + time).0, Ordering::Relaxed);
    }
}

async fn sessions() -> (Deployment, Sessions) {
    let deployment = Deployment::new(1);
    let sessions = deployment.process(AccessPolicy::open(Vec::new())).await;
    (deployment, sessions)
}

fn ann() -> Session {
    Session { id: "ann".parse().unwrap(), name: None, moderator: false, device: None }
}

fn oidc(issuer: &str, id: &str) -> AccessPolicy {
    let client = OidcClient { issuer: issuer.parse().unwrap(), id: id.into(), moderator_claim: None };
    AccessPolicy::oidc(client, Vec::new())
}

#[tokio::test]
async fn tickets_and_cookies_return_their_session() {
    let deployment = Deployment::new(1);
    let named = Session { name: "Ann 生".parse().ok(), moderator: true, ..ann() };
    for (session, policy) in [(ann(), AccessPolicy::open(Vec::new())), (named, oidc("https://a.example", "chat"))] {
        let sessions = deployment.process(policy).await;
        assert_eq!(sessions.read_ticket(&sessions.ticket(&session)).await, Ok(session.clone()));
        assert_eq!(sessions.read_cookie(&sessions.cookie(&session)).await, Ok(session));
    }
}

#[tokio::test]
async fn a_ticket_expires_after_ten_minutes() {
    let (deployment, sessions) = sessions().await;
    let ticket = sessions.ticket(&ann());
    deployment.advance(TICKET_LIFE);
    assert_eq!(sessions.read_ticket(&ticket).await, Ok(ann()));
    deployment.advance(ONE_MS);
    assert_eq!(sessions.read_ticket(&ticket).await, Err(InvalidToken));
}

#[tokio::test]
async fn a_cookie_is_not_a_ticket_and_a_ticket_is_not_a_cookie() {
    let (_, sessions) = sessions().await;
    assert_eq!(sessions.read_ticket(&sessions.cookie(&ann())).await, Err(InvalidToken));
    assert_eq!(sessions.read_cookie(&sessions.ticket(&ann())).await, Err(InvalidToken));
}

#[tokio::test]
async fn a_modified_ticket_is_rejected() {
    let (_, sessions) = sessions().await;
    let ticket = sessions.ticket(&ann());
    let (claims, mac) = ticket.split_once('.').unwrap();
    let bob = BASE64.encode(format!(r#"{{"id":"bob","until":{},"salt":""}}"#, NOW + DAY));
    for forged in [
        format!("{bob}.{mac}"),
        format!("{bob}."),
        format!("{claims}."),
        format!("{claims}.{}", BASE64.encode([0; 32])),
        ticket[..ticket.len() - 2].to_string(),
        format!("{ticket}AA"),
        format!("x{ticket}"),
        claims.into(),
        String::new(),
        ".".into(),
        "..".into(),
        "A".repeat(100_000),
    ] {
        assert_eq!(sessions.read_ticket(&forged).await, Err(InvalidToken), "{forged:.100}");
    }
}

#[tokio::test]
async fn a_ticket_of_another_deployment_is_rejected() {
    let (_, sessions) = sessions().await;
    let other = Deployment::new(9).process(AccessPolicy::open(Vec::new())).await;
    assert_eq!(sessions.read_ticket(&other.ticket(&ann())).await, Err(InvalidToken));
}

#[tokio::test]
async fn a_cookie_is_invalid_under_another_access_policy() {
    let deployment = Deployment::new(1);
    let policies = [
        AccessPolicy::open(Vec::new()),
        AccessPolicy::passphrase("open", Vec::new()),
        AccessPolicy::passphrase("sesame", Vec::new()),
        oidc("https://a.example", "chat"),
        oidc("https://b.example", "chat"),
        oidc("https://a.example", "other"),
    ];
    for (i, original) in policies.iter().enumerate() {
        let cookie = deployment.process(original.clone()).await.cookie(&ann());
        for (k, current) in policies.iter().enumerate() {
            let read = deployment.process(current.clone()).await.read_cookie(&cookie).await;
            assert_eq!(read.is_ok(), i == k, "signed under policy {i}, read under policy {k}");
        }
    }
}

#[tokio::test]
async fn a_cookie_survives_one_secret_rotation_but_not_two() {
    let (deployment, sessions) = sessions().await;
    let cookie = sessions.cookie(&ann());
    assert_eq!(sessions.rotate().await.ok(), Some(false));
    deployment.advance(SECRET_LIFE);
    assert_eq!(sessions.rotate().await.ok(), Some(true));
    assert_eq!(sessions.rotate().await.ok(), Some(false));

    let later = deployment.process(AccessPolicy::open(Vec::new())).await;
    assert_eq!(later.read_cookie(&cookie).await, Ok(ann()));
    deployment.advance(SECRET_LIFE);
    assert_eq!(later.rotate().await.ok(), Some(true));
    assert_eq!(deployment.process(AccessPolicy::open(Vec::new())).await.read_cookie(&cookie).await, Err(InvalidToken));
}

#[tokio::test]
async fn an_unknown_signature_makes_a_process_read_the_new_secret() {
    let (deployment, old) = sessions().await;
    deployment.advance(SECRET_LIFE);
    assert_eq!(old.rotate().await.ok(), Some(true));
    let new = deployment.process(AccessPolicy::open(Vec::new())).await;
    assert_eq!(old.read_ticket(&new.ticket(&ann())).await, Ok(ann()));
    assert_eq!(new.read_ticket(&old.ticket(&ann())).await, Ok(ann()));
}

#[tokio::test]
async fn forged_tickets_cause_one_read_a_minute() {
    let (deployment, sessions) = sessions().await;
    let reads = || deployment.secrets.reads.load(Ordering::Relaxed);
    deployment.advance(MIN_RELOAD_INTERVAL);
    let before = reads();
    for _ in 0..100 {
        assert_eq!(sessions.read_ticket("e30.AAAA").await, Err(InvalidToken));
    }
    assert_eq!(reads() - before, 1);
}

#[tokio::test]
async fn a_ticket_is_valid_where_the_rotation_is_not_known_yet() {
    let (deployment, sessions) = sessions().await;
    deployment.advance(SECRET_LIFE);
    // This process reads the secrets just before the rotation, and so not again for a minute.
    assert_eq!(sessions.read_ticket("e30.AAAA").await, Err(InvalidToken));
    let other = deployment.process(AccessPolicy::open(Vec::new())).await;
    assert_eq!(other.rotate().await.ok(), Some(true));
    assert_eq!(sessions.read_ticket(&other.ticket(&ann())).await, Ok(ann()));
    // By now every process reads the secrets again when it sees an unknown signature.
    deployment.advance(2 * MIN_RELOAD_INTERVAL + ONE_MS);
    let signed_with_new_secret = other.ticket(&ann());
    assert_eq!(sessions.read_ticket(&signed_with_new_secret).await, Ok(ann()));
    assert_eq!(sessions.cached().keys.current, other.cached().keys.current, "it read the secrets again");
}

#[tokio::test]
async fn a_removed_leaked_secret_does_not_come_back() {
    let (deployment, sessions) = sessions().await;
    let leaked = sessions.cached().keys.current;
    let forged = sessions.cookie(&ann());
    *deployment.secrets.stored.lock().unwrap() = None;
    deployment.advance(MAX_CACHE_AGE);
    assert_eq!(sessions.read_cookie(&forged).await, Err(InvalidToken));
    assert_ne!(sessions.cached().keys.current, leaked);
    assert_eq!(sessions.read_cookie(&sessions.cookie(&ann())).await, Ok(ann()));
}

#[tokio::test]
async fn the_process_that_rotates_knows_both_secrets() {
    let (deployment, sessions) = sessions().await;
    let before = sessions.cached().keys.current;
    deployment.advance(SECRET_LIFE);
    assert_eq!(sessions.rotate().await.ok(), Some(true));
    assert_eq!(sessions.cached().keys.previous, Some(before));
}

#[tokio::test]
async fn two_tickets_of_one_session_differ() {
    let (_, sessions) = sessions().await;
    assert_ne!(sessions.ticket(&ann()), sessions.ticket(&ann()));
}

#[tokio::test]
async fn configured_moderators_are_looked_up_when_a_token_is_read() {
    let deployment = Deployment::new(1);
    let before = deployment.process(AccessPolicy::open(vec!["ann".parse().unwrap()])).await;
    let session = before.read_cookie(&before.cookie(&ann())).await.unwrap();
    assert!(session.moderator);
    // Every visit issues them anew.
    let (cookie, ticket) = (before.cookie(&session), before.ticket(&session));
    let after = deployment.process(AccessPolicy::open(Vec::new())).await;
    assert_eq!(after.read_cookie(&cookie).await.map(|session| session.moderator), Ok(false));
    assert_eq!(after.read_ticket(&ticket).await.map(|session| session.moderator), Ok(false));
}

#[tokio::test]
async fn an_address_key_depends_on_the_network_and_the_secret() {
    let (deployment, sessions) = sessions().await;
    let keys = |sessions: &Sessions, address: &str| sessions.address_keys(address.parse().unwrap());
    let one = keys(&sessions, "192.0.2.1");
    assert_eq!(one.len(), 1);
    assert_eq!(keys(&sessions, "::ffff:192.0.2.1"), one);
    assert_ne!(keys(&sessions, "192.0.2.2"), one);
    assert_eq!(keys(&sessions, "2001:db8:0:1::1"), keys(&sessions, "2001:db8:0:1:ffff::2"));
    assert_ne!(keys(&sessions, "2001:db8:0:1::1"), keys(&sessions, "2001:db8:0:2::1"));
    let other = Deployment::new(9).process(AccessPolicy::open(Vec::new())).await;
    assert_ne!(keys(&other, "192.0.2.1"), one);

    deployment.advance(SECRET_LIFE);
    assert_eq!(sessions.rotate().await.ok(), Some(true));
    let later = deployment.process(AccessPolicy::open(Vec::new())).await;
    assert_eq!(keys(&later, "192.0.2.1").get(1), one.first(), "the key of an earlier ban is still known");
}

#[test]
fn a_name_is_the_provider_s_or_the_chosen_one_or_a_guest_name() {
    let named = |name: &str| Some(name.parse().unwrap());
    let signed_in = Session { name: named("Ann Example"), moderator: true, ..ann() };
    let Person { id, name, moderator, .. } = signed_in.person(named("Bo"));
    assert_eq!((id.as_str(), name.as_str(), moderator), ("ann", "Ann Example", true));
    assert_eq!(ann().person(named("Bo")).name.as_str(), "Bo");
    assert_eq!(ann().person(None).name, guest_name(&ann().id));
    // The name has a Cyrillic letter and is confusable.
    assert_eq!(ann().person(named("\u{410}nn")).name, guest_name(&ann().id));
}
