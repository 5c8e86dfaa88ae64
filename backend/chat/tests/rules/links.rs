//! Tests of invitations and of links to other devices.

use std::{net::IpAddr, time::Duration};

use chat::{
    access::{
        links::{AccessLinks, LinkError},
        policy::{AccessPolicy, OidcClient},
        sessions::{Session, SessionDevice, Sessions},
    },
    ports::{
        devices::{Devices, StoredDevice},
        moderation::{Moderation, Subject},
        system::Clock,
        tokens::{TokenKind, Tokens},
    },
};
use chat_testing::test_chat::{START, TestChat};
use futures::future::join_all;
use platform::system::SystemEntropy;
use shared_types::{Invitation, InvitationSeconds, InvitationUses, Person, Restrictions, Timestamp};

const PASSPHRASE: &str = "open sesame";

async fn closed_chat() -> TestChat {
    TestChat::with_access_policy(AccessPolicy::passphrase(PASSPHRASE, vec!["mod".parse().unwrap()])).await
}

fn oidc() -> AccessPolicy {
    let client = OidcClient { issuer: "https://a.example".parse().unwrap(), id: "chat".into(), moderator_claim: None };
    AccessPolicy::oidc(client, vec!["mod".parse().unwrap()])
}

fn person(id: &str, moderator: bool) -> Person {
    Person { id: id.parse().unwrap(), name: "Mona".parse().unwrap(), moderator, appearance: Default::default() }
}

fn mona() -> Person {
    person("mod", true)
}

/// Returns an address of its own for each number.
fn address(number: u8) -> Option<IpAddr> {
    Some(IpAddr::from([203, 0, 113, number]))
}

fn life(seconds: u64) -> InvitationSeconds {
    seconds.try_into().unwrap()
}

fn uses(uses: u64) -> InvitationUses {
    uses.try_into().unwrap()
}

async fn invitation(links: &AccessLinks, number: u64) -> String {
    links.invite(&mona(), &[], life(86_400), uses(number)).await.unwrap()
}

/// Enters with an invitation, as a new visitor.
async fn enter(links: &AccessLinks, token: &str, from: u8) -> Result<Session, LinkError> {
    links.accept_invitation(token, links.visitor(None).await, address(from)).await
}

async fn listed(links: &AccessLinks) -> Vec<Invitation> {
    links.invitations(&mona(), &[]).await.unwrap()
}

/// Returns the chat's links under another access policy, with the same stores.
async fn under(chat: &TestChat, policy: AccessPolicy) -> AccessLinks {
    let sessions =
        Sessions::load(chat.secrets.clone(), chat.clock.clone(), std::sync::Arc::new(SystemEntropy), policy).await;
    AccessLinks { sessions: sessions.unwrap(), ..chat.links() }
}

#[tokio::test]
async fn an_invitation_lets_a_guest_in_and_is_listed() {
    let chat = closed_chat().await;
    let links = chat.links();
    let token = invitation(&links, 10).await;
    let guest = enter(&links, &token, 1).await.unwrap();
    assert_eq!((guest.name.clone(), guest.moderator), (None, false));
    let cookie = links.sessions.cookie(&guest);
    assert_eq!(links.sessions.session(Some(&cookie)).await, Some(guest));
    let all = listed(&links).await;
    let Invitation { by, created_at, expires_at, uses, uses_left, revoked, .. } = all.first().cloned().unwrap();
    assert_eq!((by, created_at, all.len()), (mona(), Timestamp(START), 1));
    assert_eq!((expires_at, uses, uses_left, revoked), (Timestamp(START + 86_400_000), 10, 9, false));
}

#[tokio::test]
async fn the_longest_name_fits_into_a_token() {
    let chat = closed_chat().await;
    let links = chat.links();
    for letter in ["𠮷", "\"", "\\"] {
        let long = Person { name: letter.repeat(64).parse().unwrap(), ..mona() };
        links.invite(&long, &[], life(2_592_000), uses(50)).await.unwrap();
        let token = links.link_device(&long, None, &[]).await.unwrap();
        assert_eq!(links.person_of_device_link(&token, address(1)).await.unwrap().name, long.name);
    }
}

#[tokio::test]
async fn a_form_that_is_sent_twice_takes_one_use() {
    let chat = closed_chat().await;
    let links = chat.links();
    let (token, pass) = (invitation(&links, 1).await, links.visitor_pass());
    let mut guests = Vec::new();
    for _ in 0..2 {
        let visitor = links.visitor(Some(&pass)).await;
        guests.push(links.accept_invitation(&token, visitor, address(1)).await.unwrap());
    }
    assert_eq!(guests[0], guests[1]);
    assert!(matches!(enter(&links, &token, 2).await, Err(LinkError::UsedUp)));
    // A forged pass is a new visitor's, and names nobody.
    let forged =
        links.sessions.ticket(&Session { id: "mod".parse().unwrap(), name: None, moderator: true, device: None });
    assert_ne!(links.visitor(Some(&forged)).await.id, mona().id);
}

#[tokio::test]
async fn fifty_concurrent_claims_take_exactly_the_uses_there_are() {
    let chat = closed_chat().await;
    let links = chat.links();
    for number in [1, 10] {
        let token = invitation(&links, number).await;
        let entered = join_all((0..50).map(|from| enter(&links, &token, from))).await;
        let let_in = entered.iter().filter(|entered| entered.is_ok()).count();
        let used_up = entered.iter().filter(|entered| matches!(entered, Err(LinkError::UsedUp))).count();
        assert_eq!((let_in as u64, used_up as u64), (number, 50 - number));
        chat.clock.advance(Duration::from_secs(60));
    }
}

#[tokio::test]
async fn an_expired_revoked_forged_or_foreign_token_lets_nobody_in() {
    let chat = closed_chat().await;
    let links = chat.links();
    let expired = links.invite(&mona(), &[], life(60), uses(10)).await.unwrap();
    chat.clock.advance(Duration::from_secs(60));
    let revoked = invitation(&links, 10).await;
    let id = listed(&links).await[0].id.clone();
    links.revoke_invitation(&mona(), &[], &id).await.unwrap();
    let device = links.link_device(&mona(), None, &[]).await.unwrap();
    let valid = invitation(&links, 10).await;
    let invite = async |token: &str, from| format!("{:?}", enter(&links, token, from).await.err());
    for (number, (token, expected)) in [
        (expired.as_str(), "Some(Expired)"),
        (&revoked, "Some(Revoked)"),
        (&device, "Some(Unknown)"),
        ("AQIDBAUGBwgJCgsMDQ4PEBES", "Some(Unknown)"),
        ("", "Some(Unknown)"),
        ("not a token\u{0}", "Some(Unknown)"),
        (&valid.to_lowercase(), "Some(Unknown)"),
        (&valid, "None"),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(invite(token, u8::try_from(number).unwrap()).await, expected, "{token}");
    }
    let other = links.revoke_invitation(&mona(), &[], &"0f".repeat(32).parse().unwrap()).await;
    assert!(matches!(other, Err(LinkError::Unknown)));
}

#[tokio::test]
async fn a_device_link_is_neither_an_invitation_nor_an_owner_claim() {
    let chat = closed_chat().await;
    let links = chat.links();
    let (invitation, device) = (invitation(&links, 10).await, links.link_device(&mona(), None, &[]).await.unwrap());
    assert!(matches!(links.person_of_device_link(&invitation, address(1)).await, Err(LinkError::Unknown)));
    let used = links.use_device_link(&invitation, &links.visitor(None).await, address(1)).await;
    assert!(matches!(used, Err(LinkError::Unknown)));
    for token in [invitation, device] {
        let hash = token.parse::<chat::access::token_secret::TokenSecret>().unwrap().hash();
        let found = chat.tokens.find(TokenKind::OwnerClaim, &hash).await.unwrap();
        assert_eq!(found, None);
    }
}

#[tokio::test]
async fn another_passphrase_ends_all_links() {
    let chat = closed_chat().await;
    let links = chat.links();
    let (token, device) = (invitation(&links, 10).await, links.link_device(&mona(), None, &[]).await.unwrap());
    let changed = under(&chat, AccessPolicy::passphrase("another sesame", vec!["mod".parse().unwrap()])).await;
    assert!(matches!(enter(&changed, &token, 1).await, Err(LinkError::Revoked)));
    assert!(matches!(changed.person_of_device_link(&device, address(1)).await, Err(LinkError::Revoked)));
    assert_eq!(changed.invitations(&mona(), &[]).await.unwrap(), []);
    enter(&links, &token, 2).await.unwrap();
}

#[tokio::test]
async fn only_moderators_of_a_chat_with_a_passphrase_make_invitations() {
    let chat = closed_chat().await;
    for (policy, by, is_allowed) in [
        (AccessPolicy::passphrase(PASSPHRASE, vec!["mod".parse().unwrap()]), mona(), true),
        (AccessPolicy::passphrase(PASSPHRASE, Vec::new()), person("ann", false), false),
        (AccessPolicy::open(vec!["mod".parse().unwrap()]), mona(), false),
        (oidc(), mona(), false),
    ] {
        let mode = policy.access;
        let links = under(&chat, policy).await;
        let id = "0f".repeat(32).parse().unwrap();
        let made = links.invite(&by, &[], life(60), uses(1)).await.map(drop);
        let listed = links.invitations(&by, &[]).await.map(drop);
        let revoked = links.revoke_invitation(&by, &[], &id).await;
        for result in [made, listed, revoked] {
            assert_eq!(!matches!(result, Err(LinkError::NotAllowed)), is_allowed, "{mode:?} {result:?}");
        }
    }
}

#[tokio::test]
async fn a_device_link_signs_one_browser_in_as_its_person() {
    for policy in [AccessPolicy::open(Vec::new()), AccessPolicy::passphrase(PASSPHRASE, Vec::new())] {
        let chat = TestChat::with_access_policy(policy).await;
        let links = chat.links();
        let ann = person("ann", false);
        let token = links.link_device(&ann, None, &[]).await.unwrap();
        let asked = links.person_of_device_link(&token, address(1)).await.unwrap();
        assert_eq!(asked, ann, "asking takes no use");
        let visitors = [links.visitor(None).await, links.visitor(None).await];
        let (session, signed_in) = links.use_device_link(&token, &visitors[0], address(1)).await.unwrap();
        assert_eq!((&session.id, signed_in), (&ann.id, ann.clone()));
        let again = links.use_device_link(&token, &visitors[1], address(2)).await;
        assert!(matches!(again, Err(LinkError::UsedUp)));
        assert!(matches!(links.person_of_device_link(&token, address(1)).await, Err(LinkError::UsedUp)));

        let late = links.link_device(&ann, None, &[]).await.unwrap();
        chat.clock.advance(Duration::from_secs(600));
        assert!(matches!(links.person_of_device_link(&late, address(1)).await, Err(LinkError::Expired)));
        assert!(matches!(links.use_device_link(&late, &visitors[0], address(1)).await, Err(LinkError::Expired)));
    }
}

/// Returns a device that was signed in before the chat began.
fn device(id: &str) -> SessionDevice {
    SessionDevice { id: id.parse().unwrap(), since: Timestamp(1), used: 1 }
}

/// Lists the device of a session as used.
async fn used(chat: &TestChat, session: &Session) -> StoredDevice {
    let SessionDevice { id, since, .. } = session.device.clone().unwrap();
    let stored = StoredDevice { id, browser: None, system: None, since, last: chat.clock.now() };
    chat.devices.record(&session.id, &stored).await.unwrap();
    stored
}

#[tokio::test]
async fn a_device_link_ends_with_the_device_that_made_it() {
    let chat = closed_chat().await;
    let (links, registry, ann) = (chat.links(), chat.device_registry(), person("ann", false));
    for id in ["kept", "out"] {
        used(&chat, &Session { id: ann.id.clone(), name: None, moderator: false, device: Some(device(id)) }).await;
    }
    let link = async |id: &str| links.link_device(&ann, Some(&device(id)), &[]).await.unwrap();
    let (single, all, of_kept) = (link("out").await, link("out").await, link("kept").await);
    registry.sign_out(&ann.id, &"out".parse().unwrap()).await.unwrap();
    assert!(matches!(links.person_of_device_link(&single, address(1)).await, Err(LinkError::Revoked)));
    let visitor = links.visitor(None).await;
    assert!(matches!(links.use_device_link(&single, &visitor, address(1)).await, Err(LinkError::Revoked)));
    links.person_of_device_link(&of_kept, address(2)).await.unwrap();
    // The holder of a copy of the cookie of "kept" may have made this link.
    chat.clock.advance(Duration::from_secs(3));
    registry.sign_out_others(&ann.id, &"kept".parse().unwrap()).await.unwrap();
    for void in [&all, &of_kept] {
        assert!(matches!(links.person_of_device_link(void, address(2)).await, Err(LinkError::Revoked)));
        assert!(matches!(links.use_device_link(void, &visitor, address(2)).await, Err(LinkError::Revoked)));
    }
    chat.clock.advance(Duration::from_secs(3));
    let later = links.visitor(None).await;
    links.use_device_link(&link("kept").await, &later, address(2)).await.unwrap();
}

#[tokio::test]
async fn a_repeated_use_of_a_device_link_signs_in_the_same_device() {
    let chat = closed_chat().await;
    let (links, ann) = (chat.links(), person("ann", false));
    let token = links.link_device(&ann, Some(&device("kept")), &[]).await.unwrap();
    let visitor = links.visitor(None).await;
    let (first, _) = links.use_device_link(&token, &visitor, address(1)).await.unwrap();
    let (again, _) = links.use_device_link(&token, &visitor, address(1)).await.unwrap();
    assert_eq!((&first, &first.id), (&again, &ann.id));
    let stored = used(&chat, &first).await;
    chat.device_registry().sign_out(&ann.id, &stored.id).await.unwrap();
    let late = links.use_device_link(&token, &visitor, address(1)).await;
    assert!(matches!(late, Err(LinkError::Revoked)), "{late:?}");
}

#[tokio::test]
async fn people_who_sign_in_with_a_provider_have_no_device_links() {
    let links = under(&closed_chat().await, oidc()).await;
    assert!(matches!(links.link_device(&mona(), None, &[]).await, Err(LinkError::NotAllowed)));
}

#[tokio::test]
async fn fifty_concurrent_uses_of_a_device_link_sign_one_browser_in() {
    let chat = closed_chat().await;
    let links = chat.links();
    let token = links.link_device(&mona(), None, &[]).await.unwrap();
    let visitors = join_all((0..50).map(|_| links.visitor(None))).await;
    let uses = visitors.iter().zip(0..).map(|(visitor, from)| links.use_device_link(&token, visitor, address(from)));
    let signed_in = join_all(uses).await.iter().filter(|used| used.is_ok()).count();
    assert_eq!(signed_in, 1);
}

#[tokio::test]
async fn banned_people_and_addresses_neither_make_nor_use_links() {
    let chat = closed_chat().await;
    let links = chat.links();
    let ann = person("ann", false);
    let (token, of_ann) = (invitation(&links, 10).await, links.link_device(&ann, None, &[]).await.unwrap());
    let of_mona = links.link_device(&mona(), None, &[]).await.unwrap();
    let until = Timestamp(chat.clock.now().0 + 60_000);
    let ban = Restrictions { banned_until: Some(until), ..Restrictions::default() };
    let banned_address = links.sessions.address_keys(address(1).unwrap());
    let subjects = [Subject::Person(ann.id.clone()), Subject::Address(banned_address[0].clone())];
    for subject in &subjects {
        chat.moderation.set_restrictions(subject, ban).await.unwrap();
    }
    let is_banned = |error: Option<LinkError>| matches!(error, Some(LinkError::Banned { until: end }) if end == until);
    assert!(is_banned(enter(&links, &token, 1).await.err()), "an address");
    assert!(is_banned(links.person_of_device_link(&of_mona, address(1)).await.err()), "an address");
    assert!(is_banned(links.person_of_device_link(&of_ann, address(2)).await.err()), "a person");
    let visitor = links.visitor(None).await;
    assert!(is_banned(links.use_device_link(&of_ann, &visitor, address(2)).await.err()), "a person");
    assert!(is_banned(links.link_device(&ann, None, &[]).await.err()), "a person");
    assert!(is_banned(links.link_device(&person("bea", false), None, &banned_address).await.err()), "an address");
    assert_eq!(listed(&links).await[0].uses_left, 10);
    links.link_device(&mona(), None, &banned_address).await.unwrap();
    enter(&links, &token, 2).await.unwrap();
}

#[tokio::test]
async fn an_address_has_ten_attempts_a_minute_with_tokens() {
    let chat = closed_chat().await;
    chat.advance_to_next_minute();
    let links = chat.links();
    let token = invitation(&links, 10).await;
    for _ in 0..5 {
        assert!(matches!(enter(&links, "forged", 1).await, Err(LinkError::Unknown)));
        assert!(matches!(links.person_of_device_link("forged", address(1)).await, Err(LinkError::Unknown)));
    }
    chat.clock.advance(Duration::from_secs(20));
    let late = enter(&links, &token, 1).await;
    assert!(matches!(late, Err(LinkError::TooOften(wait)) if wait.seconds() == 40), "{late:?}");
    enter(&links, &token, 2).await.unwrap();
    chat.clock.advance(Duration::from_secs(40));
    enter(&links, &token, 1).await.unwrap();
}

#[tokio::test]
async fn a_person_has_thirty_requests_for_links_a_minute() {
    let chat = closed_chat().await;
    chat.advance_to_next_minute();
    let links = chat.links();
    for _ in 0..30 {
        links.link_device(&person("ann", false), None, &[]).await.unwrap();
    }
    assert!(matches!(links.link_device(&person("ann", false), None, &[]).await, Err(LinkError::TooOften(_))));
    links.link_device(&person("bea", false), None, &[]).await.unwrap();
}
