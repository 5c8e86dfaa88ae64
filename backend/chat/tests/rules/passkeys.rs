//! Tests of passkeys, with the real ceremonies and an authenticator in software.

use std::{net::IpAddr, sync::Arc, time::Duration};

use async_trait::async_trait;
use chat::{
    access::{
        origin::Origin,
        passkeys::{AddedOn, ChallengeAnswer, PasskeyAccess, PasskeyError, PasskeyOwner},
        policy::{AccessPolicy, OidcClient},
        sessions::{Session, Sessions},
    },
    ports::{
        Unavailable,
        devices::{SignOuts, StoredDevice},
        moderation::{Moderation, Subject},
        passkey_ceremony::CeremonyError,
        passkeys::{PasskeyId, Passkeys, StoredPasskey},
        system::Clock,
    },
};
use chat_testing::{
    authenticator::Authenticator,
    test_chat::{START, TestChat},
};
use passkeys::WebauthnCeremony;
use platform::system::SystemEntropy;
use serde_json::json;
use shared_types::{Person, PersonId, Restrictions, Timestamp, limits};

const ORIGIN: &str = "https://chat.example";

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

fn origin() -> Origin {
    ORIGIN.parse().unwrap()
}

fn access(chat: &TestChat) -> PasskeyAccess {
    chat.passkey_access(Arc::new(WebauthnCeremony))
}

/// Returns an address of its own for each number.
fn address(number: u8) -> Option<IpAddr> {
    Some(IpAddr::from([203, 0, 113, number]))
}

fn guest(chat: &TestChat, name: &str) -> Person {
    chat.sessions.new_guest().person(name.parse().ok())
}

fn authenticator(credential: &str) -> Authenticator {
    Authenticator::new(ORIGIN, credential)
}

/// Adds a passkey of an authenticator.
async fn add(access: &PasskeyAccess, person: &Person, authenticator: &mut Authenticator) -> Result<(), PasskeyError> {
    let (by, origin) = (PasskeyOwner { person, device: None, addresses: &[] }, origin());
    let challenge = access.start_registration(by, &origin).await?;
    let answer = authenticator.register(&challenge.options);
    let answered = ChallengeAnswer { origin: &origin, token: &challenge.token, answer: &answer };
    access.finish_registration(by, answered, Some(FIREFOX)).await
}

/// Returns a chat in which Ann has a passkey.
async fn chat_with_passkey(policy: AccessPolicy) -> (TestChat, Person, Authenticator) {
    let chat = TestChat::with_access_policy(policy).await;
    let (ann, mut authenticator) = (guest(&chat, "Ann"), authenticator("of ann"));
    add(&access(&chat), &ann, &mut authenticator).await.unwrap();
    (chat, ann, authenticator)
}

async fn open_chat_with_passkey() -> (TestChat, Person, Authenticator) {
    chat_with_passkey(AccessPolicy::open(Vec::new())).await
}

/// Signs in, from an address of its own for each number.
async fn sign_in(
    access: &PasskeyAccess,
    authenticator: &Authenticator,
    from: u8,
) -> Result<(Session, Person), PasskeyError> {
    let challenge = access.start_sign_in(&origin(), address(from)).await?;
    let answer = authenticator.sign_in(&challenge.options);
    finish(access, &challenge.token, &answer, from).await
}

async fn finish(
    access: &PasskeyAccess,
    token: &str,
    answer: &str,
    from: u8,
) -> Result<(Session, Person), PasskeyError> {
    let answered = ChallengeAnswer { origin: &origin(), token, answer };
    access.finish_sign_in(answered, address(from), false).await
}

/// Returns why something failed. The texts of invalid answers are those of `webauthn-rs`.
fn problem<T: std::fmt::Debug>(result: Result<T, PasskeyError>) -> String {
    match result.unwrap_err() {
        PasskeyError::Ceremony(CeremonyError::Invalid(why)) => why,
        PasskeyError::Link(error) => format!("{error:?}"),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn a_passkey_signs_its_person_in_on_a_new_device() {
    let (chat, ann, authenticator) = open_chat_with_passkey().await;
    let access = access(&chat);
    let listed = access.list(&ann.id, None).await.unwrap();
    let stored = &listed.first().unwrap().stored;
    assert_eq!(
        (listed.len(), stored.browser.as_deref(), stored.system.as_deref()),
        (1, Some("Firefox"), Some("Linux"))
    );
    assert_eq!((stored.created, stored.last), (Timestamp(START), Timestamp(START)));
    chat.clock.advance(Duration::from_secs(60));
    let (session, person) = sign_in(&access, &authenticator, 1).await.unwrap();
    assert_eq!((person, session.id.clone(), session.moderator), (ann.clone(), ann.id.clone(), false));
    let (again, _) = sign_in(&access, &authenticator, 1).await.unwrap_or_else(|error| panic!("{error}"));
    assert_ne!(session.device.unwrap().id, again.device.unwrap().id);
    let listed = access.list(&ann.id, None).await.unwrap();
    assert_eq!((listed[0].stored.created, listed[0].stored.last), (Timestamp(START), Timestamp(START + 60_000)));
    access.remove(&ann.id, &listed[0].stored.id).await.unwrap();
    assert_eq!(access.list(&ann.id, None).await.unwrap(), []);
}

#[tokio::test]
async fn bad_answers_sign_nobody_in() {
    let (chat, ann, mut authenticator) = open_chat_with_passkey().await;
    let (access, eve) = (access(&chat), guest(&chat, "Eve"));
    let by = PasskeyOwner { person: &ann, device: None, addresses: &[] };
    let open = async |from| access.start_sign_in(&origin(), address(from)).await.unwrap();

    // A forged challenge, and one of a registration.
    let challenge = open(1).await;
    let answer = authenticator.sign_in(&challenge.options);
    for token in ["", "forged", "AQIDBAUGBwgJCgsMDQ4PEBES"] {
        assert_eq!(problem(finish(&access, token, &answer, 1).await), "Unknown", "{token}");
    }
    let registration = access.start_registration(by, &origin()).await.unwrap();
    assert_eq!(problem(finish(&access, &registration.token, &answer, 1).await), "Unknown");
    // The answer to another challenge. Its challenge is used by then.
    let other = open(1).await;
    assert_eq!(
        problem(finish(&access, &other.token, &answer, 1).await),
        "The client response challenge differs from the latest challenge issued to the userId"
    );
    let late = authenticator.sign_in(&other.options);
    assert_eq!(problem(finish(&access, &other.token, &late, 1).await), "UsedUp");
    // The same answer twice, also from the same browser at once.
    finish(&access, &challenge.token, &answer, 1).await.unwrap();
    assert_eq!(problem(finish(&access, &challenge.token, &answer, 1).await), "UsedUp");
    // An expired challenge.
    let (last, challenge) = (open(2).await, open(2).await);
    chat.clock.advance(limits::PASSKEY_CHALLENGE_LIFE);
    // The browser gave its answer at the end of its time.
    finish(&access, &last.token, &authenticator.sign_in(&last.options), 2).await.unwrap();
    chat.clock.advance(Duration::from_secs(60));
    let answer = authenticator.sign_in(&challenge.options);
    assert_eq!(problem(finish(&access, &challenge.token, &answer, 2).await), "Expired");
    chat.clock.advance(Duration::from_secs(60));
    assert_eq!(problem(finish(&access, &challenge.token, &answer, 2).await), "Unknown");

    // The handle of another person, who may have a passkey of their own, and one that is none.
    let (mut of_eve, handle) = (self::authenticator("of eve"), authenticator.handle.clone());
    add(&access, &eve, &mut of_eve).await.unwrap();
    authenticator.handle = of_eve.handle.clone();
    assert_eq!(problem(sign_in(&access, &authenticator, 3).await), "Unknown");
    for handle in [&b""[..], b"nobody_ever_here", b"\xff\xfe", b"../../../../etc/"] {
        authenticator.handle = handle.to_vec();
        let found = problem(sign_in(&access, &authenticator, 4).await);
        assert!(found == "Unknown" || found == "no id of a person", "{found}");
    }
    authenticator.handle = handle;
    // Eve's key under the id of Ann's credential.
    of_eve.credential = authenticator.credential.clone();
    of_eve.handle = authenticator.handle.clone();
    assert_eq!(problem(sign_in(&access, &of_eve, 5).await), "Authentication has failed");
    // An unknown credential, another origin, and a host for which the chat has no key.
    let mut unknown = of_eve;
    unknown.credential = b"unknown".to_vec();
    assert_eq!(problem(sign_in(&access, &unknown, 6).await), "Unknown");
    authenticator.origin = "https://evil.example".into();
    assert_eq!(
        problem(sign_in(&access, &authenticator, 7).await),
        "The clients relying party origin does not match our servers information"
    );
    authenticator.origin = ORIGIN.into();
    authenticator.rp_id = Some("evil.example".into());
    assert_eq!(
        problem(sign_in(&access, &authenticator, 7).await),
        "The clients relying party id hash does not match the hash of our relying party id"
    );
    authenticator.rp_id = None;

    // A removed passkey.
    access.remove(&ann.id, &PasskeyId::of_credential(&authenticator.credential)).await.unwrap();
    assert_eq!(problem(sign_in(&access, &authenticator, 8).await), "Unknown");
}

#[tokio::test]
async fn a_copied_authenticator_is_found_by_its_counter() {
    let chat = TestChat::new().await;
    let (access, ann, mut authenticator) = (access(&chat), guest(&chat, "Ann"), authenticator("counts"));
    authenticator.counter = 3;
    add(&access, &ann, &mut authenticator).await.unwrap();
    for (counter, signs_in) in [(3, false), (2, false), (5, true), (5, false), (4, false), (6, true)] {
        authenticator.counter = counter;
        chat.advance_to_next_minute();
        assert_eq!(sign_in(&access, &authenticator, 1).await.is_ok(), signs_in, "{counter}");
    }
}

/// Passkeys that another request uses or removes between the read and the write of this one.
struct Interleaved {
    passkeys: Arc<dyn Passkeys>,
    is_removed: bool,
}

#[async_trait]
impl Passkeys for Interleaved {
    async fn add(&self, person: &PersonId, passkey: &StoredPasskey) -> Result<bool, Unavailable> {
        self.passkeys.add(person, passkey).await
    }

    async fn passkeys(&self, person: &PersonId, limit: usize) -> Result<Vec<StoredPasskey>, Unavailable> {
        self.passkeys.passkeys(person, limit).await
    }

    async fn passkey(&self, person: &PersonId, id: &PasskeyId) -> Result<Option<StoredPasskey>, Unavailable> {
        let found = self.passkeys.passkey(person, id).await?.unwrap();
        if self.is_removed {
            self.passkeys.remove(person, id).await?;
        } else {
            let used = StoredPasskey { last: found.last + Duration::from_secs(1), ..found.clone() };
            assert!(self.passkeys.replace(person, &found, &used).await?);
        }
        Ok(Some(found))
    }

    async fn replace(
        &self,
        person: &PersonId,
        known: &StoredPasskey,
        next: &StoredPasskey,
    ) -> Result<bool, Unavailable> {
        self.passkeys.replace(person, known, next).await
    }

    async fn remove(&self, person: &PersonId, id: &PasskeyId) -> Result<(), Unavailable> {
        self.passkeys.remove(person, id).await
    }
}

#[tokio::test]
async fn a_passkey_that_is_used_or_removed_meanwhile_signs_nobody_in() {
    let (chat, _, authenticator) = open_chat_with_passkey().await;
    for is_removed in [false, true] {
        let passkeys = Arc::new(Interleaved { passkeys: chat.passkeys.clone(), is_removed });
        let interleaved = PasskeyAccess { passkeys, ..access(&chat) };
        assert_eq!(problem(sign_in(&interleaved, &authenticator, 1).await), "Changed", "{is_removed}");
    }
}

#[tokio::test]
async fn bad_answers_add_no_passkey() {
    let chat = TestChat::new().await;
    let (access, ann, eve) = (access(&chat), guest(&chat, "Ann"), guest(&chat, "Eve"));
    let mut authenticator = authenticator("of ann");
    let (by_ann, by_eve) = (
        PasskeyOwner { person: &ann, device: None, addresses: &[] },
        PasskeyOwner { person: &eve, device: None, addresses: &[] },
    );
    let origin = origin();
    let challenge = access.start_registration(by_ann, &origin).await.unwrap();
    let answer = authenticator.register(&challenge.options);
    let answered = ChallengeAnswer { origin: &origin, token: &challenge.token, answer: &answer };
    // Somebody else's challenge: it is used by then.
    assert_eq!(problem(access.finish_registration(by_eve, answered, None).await), "Unknown");
    assert_eq!(problem(access.finish_registration(by_ann, answered, None).await), "UsedUp");
    // One of a sign-in.
    let other = access.start_sign_in(&origin, address(1)).await.unwrap();
    let wrong = ChallengeAnswer { token: &other.token, ..answered };
    assert_eq!(problem(access.finish_registration(by_ann, wrong, None).await), "Unknown");
    // The same passkey twice.
    add(&access, &ann, &mut authenticator).await.unwrap();
    assert_eq!(problem(add(&access, &ann, &mut authenticator).await), "the person has this passkey");
    assert_eq!(
        (access.list(&ann.id, None).await.unwrap().len(), access.list(&eve.id, None).await.unwrap().len()),
        (1, 0)
    );
}

#[tokio::test]
async fn an_eleventh_passkey_is_refused() {
    let chat = TestChat::new().await;
    let (access, ann) = (access(&chat), guest(&chat, "Ann"));
    for number in 0..limits::PASSKEYS {
        chat.advance_to_next_minute();
        add(&access, &ann, &mut authenticator(&number.to_string())).await.unwrap();
    }
    assert_eq!(problem(add(&access, &ann, &mut authenticator("one more")).await), "TooMany");
    let listed = access.list(&ann.id, None).await.unwrap();
    assert_eq!(listed[0].stored.id, PasskeyId::of_credential(b"9"), "the newest first");
    access.remove(&ann.id, &listed[0].stored.id).await.unwrap();
    add(&access, &ann, &mut authenticator("one more")).await.unwrap();
}

#[tokio::test]
async fn bans_and_sign_outs_apply() {
    let (chat, ann, authenticator) = open_chat_with_passkey().await;
    let access = access(&chat);
    let (session, _) = sign_in(&access, &authenticator, 1).await.unwrap();
    // A sign-out of the device ends its session, and not the passkey.
    let device = session.device.clone().unwrap();
    let stored = StoredDevice { id: device.id, browser: None, system: None, since: device.since, last: device.since };
    let sign_outs = SignOuts::default().with(&[stored], &[], chat.clock.now());
    assert!(chat.moderation.set_sign_outs(&ann.id, &sign_outs).await.unwrap());
    assert!(chat.device_registry().is_signed_out(&session).await.unwrap());
    let (again, _) = sign_in(&access, &authenticator, 1).await.unwrap();
    assert!(!chat.device_registry().is_signed_out(&again).await.unwrap());
    let banned = Restrictions { banned_until: Some(chat.clock.now() + Duration::from_secs(60)), muted_until: None };
    chat.moderation.set_restrictions(&Subject::Person(ann.id.clone()), banned).await.unwrap();
    assert!(problem(sign_in(&access, &authenticator, 2).await).starts_with("Banned"));
    let by = PasskeyOwner { person: &ann, device: None, addresses: &[] };
    assert!(problem(access.start_registration(by, &origin()).await).starts_with("Banned"));
    // A banned address learns nothing of a passkey.
    let keys = chat.sessions.address_keys(address(9).unwrap());
    chat.moderation.set_restrictions(&Subject::Address(keys[0].clone()), banned).await.unwrap();
    assert!(problem(access.start_sign_in(&origin(), address(9)).await).starts_with("Banned"));
}

#[tokio::test]
async fn another_passphrase_has_to_be_entered_first() {
    let policy = |passphrase: &str| AccessPolicy::passphrase(passphrase, Vec::new());
    let (chat, ann, authenticator) = chat_with_passkey(policy("open sesame")).await;
    let same = access(&chat);
    assert_eq!(sign_in(&same, &authenticator, 1).await.unwrap().1, ann, "the passphrase is not asked for");
    let under = async |policy| {
        let sessions = Sessions::load(chat.secrets.clone(), chat.clock.clone(), Arc::new(SystemEntropy), policy).await;
        let mut access = access(&chat);
        access.links.sessions = sessions.unwrap();
        access
    };
    let changed = under(policy("another phrase")).await;
    // The challenge of the old policy is void.
    let old = same.start_sign_in(&origin(), address(2)).await.unwrap();
    assert_eq!(problem(finish(&changed, &old.token, &authenticator.sign_in(&old.options), 2).await), "Revoked");
    assert_eq!(problem(sign_in(&changed, &authenticator, 2).await), "EnterFirst");
    // Somebody who has entered the new passphrase comes back, and then needs it no more.
    let challenge = changed.start_sign_in(&origin(), address(3)).await.unwrap();
    let answer = authenticator.sign_in(&challenge.options);
    let answered = ChallengeAnswer { origin: &origin(), token: &challenge.token, answer: &answer };
    assert_eq!(changed.finish_sign_in(answered, address(3), true).await.unwrap().1, ann);
    assert_eq!(sign_in(&changed, &authenticator, 4).await.unwrap().1, ann);
    // An open chat lets everybody in.
    assert_eq!(sign_in(&under(AccessPolicy::open(Vec::new())).await, &authenticator, 5).await.unwrap().1, ann);
    let client = OidcClient { issuer: "https://a.example".parse().unwrap(), id: "chat".into(), moderator_claim: None };
    let oidc = under(AccessPolicy::oidc(client, Vec::new())).await;
    assert_eq!(problem(sign_in(&oidc, &authenticator, 6).await), "NotAllowed");
    assert_eq!(problem(oidc.list(&ann.id, None).await), "NotAllowed");
}

#[tokio::test]
async fn attempts_and_requests_are_limited() {
    let (chat, ann, authenticator) = open_chat_with_passkey().await;
    let access = access(&chat);
    chat.advance_to_next_minute();
    for _ in 0..limits::TOKEN_ATTEMPTS_PER_ADDRESS - 1 {
        sign_in(&access, &authenticator, 1).await.unwrap();
        chat.clock.advance(Duration::from_millis(1));
    }
    // Somebody who has a challenge can answer it, also when their address has no attempts left.
    let last = access.start_sign_in(&origin(), address(1)).await.unwrap();
    assert!(problem(access.start_sign_in(&origin(), address(1)).await).starts_with("TooOften"));
    finish(&access, &last.token, &authenticator.sign_in(&last.options), 1).await.unwrap();
    for _ in limits::TOKEN_ATTEMPTS_PER_ADDRESS..limits::PASSKEY_ANSWERS_PER_ADDRESS {
        assert_eq!(problem(finish(&access, "forged", "{}", 1).await), "Unknown");
    }
    assert!(problem(finish(&access, "forged", "{}", 1).await).starts_with("TooOften"));
    sign_in(&access, &authenticator, 2).await.unwrap();
    for _ in 0..limits::LINK_REQUESTS {
        access.list(&ann.id, None).await.unwrap();
    }
    assert!(problem(access.list(&ann.id, None).await).starts_with("TooOften"));
    let by = PasskeyOwner { person: &ann, device: None, addresses: &[] };
    assert!(problem(access.start_registration(by, &origin()).await).starts_with("TooOften"));
    // A list after a change is not counted.
    assert_eq!(access.list_after_change(&ann.id, None).await.unwrap().len(), 1);
    // Each new guest of an address has a limit of their own, so the address has one.
    let keys = chat.sessions.address_keys(address(3).unwrap());
    let start = async || {
        let guest = guest(&chat, "Eve");
        access.start_registration(PasskeyOwner { person: &guest, device: None, addresses: &keys }, &origin()).await
    };
    for _ in 0..limits::PASSKEY_REGISTRATIONS_PER_ADDRESS {
        start().await.unwrap();
    }
    assert!(problem(start().await).starts_with("TooOften"));
}

#[tokio::test]
async fn passkeys_of_another_host_take_no_place() {
    let (chat, ann, authenticator) = open_chat_with_passkey().await;
    let access = access(&chat);
    let (id, device) = (PasskeyId::of_credential(&authenticator.credential), chat.sessions.new_guest().device.unwrap());
    let stored = chat.passkeys.passkey(&ann.id, &id).await.unwrap().unwrap();
    assert_eq!((stored.host.as_deref(), stored.device.clone()), (Some("chat.example"), None));
    // What an older version stored counts, because it may work.
    let unknown = StoredPasskey { id: PasskeyId::of_credential(b"old"), host: None, ..stored.clone() };
    assert!(chat.passkeys.add(&ann.id, &unknown).await.unwrap());
    let moved = |number: usize| StoredPasskey {
        id: PasskeyId::of_credential(&number.to_be_bytes()),
        host: Some("old.example".into()),
        ..stored.clone()
    };
    for number in 0..limits::PASSKEYS {
        assert!(chat.passkeys.add(&ann.id, &moved(number)).await.unwrap());
    }
    let by = PasskeyOwner { person: &ann, device: Some(&device), addresses: &[] };
    for number in 2..limits::PASSKEYS {
        chat.advance_to_next_minute();
        let challenge = access.start_registration(by, &origin()).await.unwrap();
        let (name, origin) = (number.to_string(), origin());
        let (mut new, token) = (self::authenticator(&name), &challenge.token);
        let answer = new.register(&challenge.options);
        access
            .finish_registration(by, ChallengeAnswer { origin: &origin, token, answer: &answer }, None)
            .await
            .unwrap();
        let stored = chat.passkeys.passkey(&ann.id, &PasskeyId::of_credential(name.as_bytes())).await.unwrap();
        assert_eq!(stored.unwrap().device, Some(device.id.clone()));
    }
    // Ten for this host, and the number that is read is reached.
    assert_eq!(problem(access.start_registration(by, &origin()).await), "TooMany");
    access.remove(&ann.id, &id).await.unwrap();
    access.start_registration(by, &origin()).await.unwrap();
    assert!(chat.passkeys.add(&ann.id, &moved(limits::PASSKEYS)).await.unwrap());
    assert_eq!(problem(access.start_registration(by, &origin()).await), "TooMany");
}

#[tokio::test]
async fn a_device_that_is_signed_out_meanwhile_adds_no_passkey() {
    let chat = TestChat::new().await;
    let (access, session, origin) = (access(&chat), chat.sessions.new_guest(), origin());
    let (ann, device) = (session.person("Ann".parse().ok()), session.device.clone().unwrap());
    let by = PasskeyOwner { person: &ann, device: Some(&device), addresses: &[] };
    let challenge = access.start_registration(by, &origin).await.unwrap();
    let answer = authenticator("of ann").register(&challenge.options);
    let (id, since) = (device.id.clone(), device.since);
    let stored = StoredDevice { id, browser: None, system: None, since, last: since };
    let sign_outs = SignOuts::default().with(&[stored], &[], chat.clock.now());
    assert!(chat.moderation.set_sign_outs(&ann.id, &sign_outs).await.unwrap());
    let answered = ChallengeAnswer { origin: &origin, token: &challenge.token, answer: &answer };
    assert_eq!(problem(access.finish_registration(by, answered, None).await), "Revoked");
    assert_eq!(chat.passkeys.passkeys(&ann.id, 9).await.unwrap(), []);
}

#[tokio::test]
async fn the_list_tells_the_device_and_removes_the_passkeys_of_signed_out_ones() {
    let chat = TestChat::new().await;
    let (access, registry, origin) = (access(&chat), chat.device_registry(), origin());
    let session = chat.sessions.new_guest();
    let ann = session.person("Ann".parse().ok());
    // Two devices of Ann, and a passkey of an older version, which did not store the device.
    let (here, there) = (session.device.clone().unwrap(), chat.sessions.new_guest().device.unwrap());
    for (device, credential) in [(Some(&here), "here"), (Some(&there), "there"), (None, "old")] {
        let by = PasskeyOwner { person: &ann, device, addresses: &[] };
        let challenge = access.start_registration(by, &origin).await.unwrap();
        let answer = authenticator(credential).register(&challenge.options);
        let answered = ChallengeAnswer { origin: &origin, token: &challenge.token, answer: &answer };
        access.finish_registration(by, answered, None).await.unwrap();
    }
    let id = |credential: &str| PasskeyId::of_credential(credential.as_bytes());
    let check = async |expected: &[(&str, AddedOn)]| {
        let mut listed = access.list_after_change(&ann.id, Some(&here.id)).await.unwrap();
        listed.sort_by_key(|passkey| expected.iter().position(|(name, _)| id(name) == passkey.stored.id));
        let listed: Vec<_> = listed.into_iter().map(|passkey| (passkey.stored.id, passkey.added_on)).collect();
        assert_eq!(listed, expected.iter().map(|(name, added_on)| (id(name), *added_on)).collect::<Vec<_>>());
    };
    let (this, other) = (("here", AddedOn::ThisDevice), ("old", AddedOn::OtherDevice));
    check(&[this, ("there", AddedOn::OtherDevice), other]).await;
    access.remove_of_signed_out_devices(&ann.id).await.unwrap();
    check(&[this, ("there", AddedOn::OtherDevice), other]).await;
    // Only a device whose use is stored can sign out the others.
    registry.note_use(&session, "", None).await.unwrap();
    chat.clock.advance(Duration::from_secs(60));
    registry.sign_out_others(&ann.id, &here.id).await.unwrap();
    check(&[this, ("there", AddedOn::SignedOutDevice), other]).await;
    access.remove_of_signed_out_devices(&ann.id).await.unwrap();
    check(&[this, other]).await;
}

#[tokio::test]
async fn a_passkey_that_was_not_used_for_years_is_over() {
    let (chat, ann, authenticator) = open_chat_with_passkey().await;
    let access = access(&chat);
    chat.clock.advance(limits::PASSKEY_LIFE);
    assert_eq!(problem(sign_in(&access, &authenticator, 1).await), "Unknown");
    assert_eq!(access.list(&ann.id, None).await.unwrap(), []);
}

#[tokio::test]
async fn passkeys_are_exported_without_keys_and_erased() {
    let (chat, ann, authenticator) = open_chat_with_passkey().await;
    let export = serde_json::to_value(chat.data_export().export(ann.clone(), None).await.unwrap()).unwrap();
    let id = PasskeyId::of_credential(&authenticator.credential);
    let expected = json!([{
        "passkey": id, "name": "Ann", "browser": "Firefox", "system": "Linux", "created": START, "last": START,
        "host": "chat.example",
    }]);
    assert_eq!(export["passkeys"], expected);
    let ticket = chat.sessions.ticket(&Session { id: ann.id.clone(), name: None, moderator: false, device: None });
    chat.connect("a-1", None, Some(&ticket), Some("Ann")).await.unwrap();
    assert_eq!(chat.erase_data("a-1").await, (0, false));
    assert_eq!(chat.passkeys.passkeys(&ann.id, 9).await.unwrap(), []);
    assert_eq!(problem(sign_in(&access(&chat), &authenticator, 1).await), "Unknown");
}
