//! The ceremonies with an authenticator in software.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test panics when it fails")]

use chat::{
    access::origin::Origin,
    ports::{
        passkey_ceremony::{CeremonyError, Challenge, PasskeyCeremony as _},
        passkeys::PasskeyId,
    },
};
use chat_testing::authenticator::{Authenticator, BACKED_UP, PRESENT, PRESENT_AND_VERIFIED, SYNCHRONISED};
use passkeys::WebauthnCeremony;
use serde_json::{Value, json};
use shared_types::{Appearance, Person};

const ORIGIN: &str = "https://chat.example";

/// Makes an authenticator answer wrongly.
type Change = fn(&mut Authenticator);

fn origin(text: &str) -> Origin {
    text.parse().unwrap()
}

fn ann() -> Person {
    Person {
        id: "AbCdEfGhIjKlMn-_".parse().unwrap(),
        name: "Ann".parse().unwrap(),
        moderator: false,
        appearance: Appearance::default(),
    }
}

fn authenticator() -> Authenticator {
    Authenticator::new(ORIGIN, "a credential of ann")
}

/// Adds a passkey. Returns its key.
fn register(authenticator: &mut Authenticator) -> Result<String, CeremonyError> {
    let origin = origin(ORIGIN);
    let Challenge { options, state } = WebauthnCeremony.start_registration(&origin, &ann(), &[]).unwrap();
    let answer = authenticator.register(&options);
    WebauthnCeremony.finish_registration(&origin, &state, &answer).map(|new| {
        assert_eq!(new.id, PasskeyId::of_credential(&authenticator.credential));
        new.key
    })
}

/// Signs in. Returns the key as it has to be stored.
fn sign_in(authenticator: &Authenticator, key: &str) -> Result<String, CeremonyError> {
    let origin = origin(ORIGIN);
    let Challenge { options, state } = WebauthnCeremony.start_sign_in(&origin).unwrap();
    let answer = authenticator.sign_in(&options);
    WebauthnCeremony.finish_sign_in(&origin, &state, &answer, key)
}

#[test]
fn a_passkey_is_added_and_signs_in() {
    let mut authenticator = authenticator();
    let key = register(&mut authenticator).unwrap();
    assert_eq!(authenticator.handle, ann().id.as_str().as_bytes());
    assert_eq!(sign_in(&authenticator, &key).unwrap(), key);
    let Challenge { options, .. } = WebauthnCeremony.start_sign_in(&origin(ORIGIN)).unwrap();
    let claimed = WebauthnCeremony.claimed(&authenticator.sign_in(&options)).unwrap();
    assert_eq!(claimed, (ann().id, PasskeyId::of_credential(&authenticator.credential)));
}

#[test]
fn a_challenge_asks_for_a_verified_user_and_a_discoverable_credential() {
    let key = register(&mut authenticator()).unwrap();
    let started = WebauthnCeremony.start_registration(&origin("http://localhost:8080"), &ann(), &[&key]).unwrap();
    let options: Value = serde_json::from_str(&started.options).unwrap();
    assert_eq!(options["rp"]["id"], "localhost");
    assert_eq!(options["attestation"], "none");
    let selection = &options["authenticatorSelection"];
    assert_eq!((&selection["residentKey"], &selection["requireResidentKey"]), (&json!("required"), &json!(true)));
    assert_eq!(selection["userVerification"], "required");
    assert_eq!(options["excludeCredentials"], json!([{ "type": "public-key", "id": "YSBjcmVkZW50aWFsIG9mIGFubg" }]));
    let started = WebauthnCeremony.start_sign_in(&origin(ORIGIN)).unwrap();
    let options: Value = serde_json::from_str(&started.options).unwrap();
    assert_eq!((&options["rpId"], &options["userVerification"]), (&json!("chat.example"), &json!("required")));
    assert_eq!(options["allowCredentials"], json!([]));
    // Each is another one of 256 bits.
    let again: Value = serde_json::from_str(&WebauthnCeremony.start_sign_in(&origin(ORIGIN)).unwrap().options).unwrap();
    assert_ne!(options["challenge"], again["challenge"]);
    assert_eq!(options["challenge"].as_str().unwrap().len(), 43);
}

#[test]
fn a_wrong_registration_is_refused() {
    let wrong: [(&str, Change); 4] = [
        ("another origin", |it| it.origin = "https://evil.example".into()),
        ("another port", |it| it.origin = "https://chat.example:8443".into()),
        ("another relying party", |it| it.rp_id = Some("evil.example".into())),
        ("no verified user", |it| it.flags = PRESENT),
    ];
    for (what, change) in wrong {
        let mut authenticator = authenticator();
        change(&mut authenticator);
        assert!(matches!(register(&mut authenticator), Err(CeremonyError::Invalid(_))), "{what}");
    }
}

#[test]
fn a_wrong_sign_in_is_refused() {
    let wrong: [(&str, Change); 8] = [
        ("another origin", |it| it.origin = "https://evil.example".into()),
        ("a subdomain", |it| it.origin = "https://evil.chat.example".into()),
        ("another scheme", |it| it.origin = "http://chat.example".into()),
        ("another relying party", |it| it.rp_id = Some("evil.example".into())),
        ("no verified user", |it| it.flags = PRESENT),
        ("no user", |it| it.flags = 0),
        ("another credential", |it| it.credential = b"another".to_vec()),
        ("another key", |it| *it = Authenticator::new(ORIGIN, "a credential of ann")),
    ];
    for (what, change) in wrong {
        let mut authenticator = authenticator();
        let key = register(&mut authenticator).unwrap();
        change(&mut authenticator);
        assert!(matches!(sign_in(&authenticator, &key), Err(CeremonyError::Invalid(_))), "{what}");
    }
}

#[test]
fn a_counter_that_does_not_rise_is_refused() {
    let mut authenticator = authenticator();
    authenticator.counter = 5;
    let first = register(&mut authenticator).unwrap();
    assert!(sign_in(&authenticator, &first).is_err());
    authenticator.counter = 6;
    let second = sign_in(&authenticator, &first).unwrap();
    assert_ne!(first, second);
    for counter in [0, 5, 6] {
        authenticator.counter = counter;
        assert!(sign_in(&authenticator, &second).is_err(), "{counter}");
    }
    authenticator.counter = 7;
    assert!(sign_in(&authenticator, &second).is_ok());
}

#[test]
fn a_passkey_that_is_synchronised_signs_in_before_and_after_its_first_copy() {
    let mut authenticator = authenticator();
    authenticator.flags = PRESENT_AND_VERIFIED | SYNCHRONISED;
    let new = register(&mut authenticator).unwrap();
    assert_eq!(sign_in(&authenticator, &new).unwrap(), new);
    authenticator.flags |= BACKED_UP;
    let copied = sign_in(&authenticator, &new).unwrap();
    assert_ne!(copied, new, "the copy is stored");
    assert_eq!(sign_in(&authenticator, &copied).unwrap(), copied);
    authenticator.flags ^= BACKED_UP;
    assert_eq!(sign_in(&authenticator, &copied).unwrap(), new, "the copies were deleted");
}

#[test]
fn a_passkey_does_not_begin_to_be_synchronised() {
    let mut authenticator = authenticator();
    let key = register(&mut authenticator).unwrap();
    authenticator.flags |= SYNCHRONISED;
    assert!(matches!(sign_in(&authenticator, &key), Err(CeremonyError::Invalid(_))));
}

#[test]
fn an_answer_belongs_to_its_challenge() {
    let (mut authenticator, origin) = (authenticator(), origin(ORIGIN));
    let key = register(&mut authenticator).unwrap();
    let [one, other] = [(); 2].map(|()| WebauthnCeremony.start_sign_in(&origin).unwrap());
    let answer = authenticator.sign_in(&one.options);
    assert!(WebauthnCeremony.finish_sign_in(&origin, &other.state, &answer, &key).is_err());
    // An answer to a challenge to sign in adds no passkey, and the reverse.
    let registration = WebauthnCeremony.start_registration(&origin, &ann(), &[]).unwrap();
    assert!(WebauthnCeremony.finish_registration(&origin, &registration.state, &answer).is_err());
    let registered = authenticator.register(&registration.options);
    assert!(WebauthnCeremony.finish_sign_in(&origin, &one.state, &registered, &key).is_err());
    assert!(WebauthnCeremony.finish_sign_in(&origin, &registration.state, &answer, &key).is_err());
    for text in ["", "{}", "null", "[]"] {
        assert!(WebauthnCeremony.finish_sign_in(&origin, &one.state, text, &key).is_err(), "{text}");
        assert!(WebauthnCeremony.claimed(text).is_err(), "{text}");
        assert!(WebauthnCeremony.finish_registration(&origin, &registration.state, text).is_err(), "{text}");
    }
}

#[test]
fn a_credential_that_is_not_discoverable_is_refused() {
    let origin = origin(ORIGIN);
    let Challenge { options, state } = WebauthnCeremony.start_registration(&origin, &ann(), &[]).unwrap();
    let answer = authenticator().register(&options);
    for (is_discoverable, accepted) in [(true, true), (false, false)] {
        let mut answer: Value = serde_json::from_str(&answer).unwrap();
        answer["extensions"] = json!({ "credProps": { "rk": is_discoverable } });
        let finished = WebauthnCeremony.finish_registration(&origin, &state, &answer.to_string());
        assert_eq!(finished.is_ok(), accepted, "{finished:?}");
    }
}

#[test]
fn there_are_no_passkeys_for_numbers_and_for_ids_of_a_provider() {
    for host in ["http://127.0.0.1:8080", "http://[::1]:8080", "https://203.0.113.7"] {
        let started = WebauthnCeremony.start_sign_in(&origin(host));
        assert_eq!(started, Err(CeremonyError::Unsupported), "{host}");
    }
    for id in ["ann", "AbCdEfGhIjKlMn-_AbCdEfGhIjKlMn-_"] {
        let person = Person { id: id.parse().unwrap(), ..ann() };
        let started = WebauthnCeremony.start_registration(&origin(ORIGIN), &person, &[]);
        assert_eq!(started, Err(CeremonyError::Unsupported), "{id}");
    }
}
