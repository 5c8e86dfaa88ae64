//! Passkeys of people.

use std::time::Duration;

use chat::ports::passkeys::{PasskeyId, StoredPasskey};
use futures::future::join_all;
use shared_types::{PersonId, Timestamp};

use super::contract;
use crate::contract::{Stores, fixtures::now};

contract! { passkeys_contract passkeys {
    a_passkey_is_added_once_and_removed
    passkeys_belong_to_one_person
    the_list_of_passkeys_is_cut
    the_use_of_a_passkey_is_stored_by_one_of_several
    a_removed_passkey_does_not_come_back
} }

fn person(id: &str) -> PersonId {
    id.parse().unwrap()
}

fn passkey(name: &str) -> StoredPasskey {
    let now = Timestamp(now().0 / 1000 * 1000);
    StoredPasskey {
        id: PasskeyId::of_credential(name.as_bytes()),
        name: "Ann 生".parse().unwrap(),
        browser: Some("Firefox".into()),
        system: Some("Linux".into()),
        created: now,
        last: now,
        policy: "mark".into(),
        host: Some("chat.example".into()),
        device: Some("d-1".parse().unwrap()),
        key: format!(r#"{{"id":"{name}","counter":0}}"#),
    }
}

async fn add(stores: &Stores, of: &str, passkey: &StoredPasskey) -> bool {
    stores.passkeys.add(&person(of), passkey).await.unwrap()
}

async fn find(stores: &Stores, of: &str, passkey: &StoredPasskey) -> Option<StoredPasskey> {
    stores.passkeys.passkey(&person(of), &passkey.id).await.unwrap()
}

/// Returns the passkeys of a person, by id.
async fn passkeys(stores: &Stores, of: &str) -> Vec<StoredPasskey> {
    let mut found = stores.passkeys.passkeys(&person(of), 100).await.unwrap();
    found.sort_by(|one, other| one.id.cmp(&other.id));
    found
}

pub async fn a_passkey_is_added_once_and_removed(stores: Stores) {
    assert_eq!(passkeys(&stores, "ann").await, []);
    let (first, plain) =
        (passkey("1"), StoredPasskey { browser: None, system: None, host: None, device: None, ..passkey("2") });
    assert!(add(&stores, "ann", &first).await && add(&stores, "ann", &plain).await);
    let mut both = [first.clone(), plain.clone()];
    both.sort_by(|one, other| one.id.cmp(&other.id));
    assert_eq!(passkeys(&stores, "ann").await, both);
    let other = StoredPasskey { key: "another key".into(), ..first.clone() };
    assert!(!add(&stores, "ann", &other).await);
    assert_eq!(find(&stores, "ann", &first).await, Some(first.clone()));
    for _ in 0..2 {
        stores.passkeys.remove(&person("ann"), &first.id).await.unwrap();
        assert_eq!(passkeys(&stores, "ann").await, std::slice::from_ref(&plain));
        assert_eq!(find(&stores, "ann", &first).await, None);
    }
}

pub async fn passkeys_belong_to_one_person(stores: Stores) {
    // One id is the beginning of another one. All have a passkey with the same id.
    for of in ["ann", "anna", "ann=", "an"] {
        assert!(add(&stores, of, &StoredPasskey { key: of.into(), ..passkey("same") }).await);
    }
    let found = find(&stores, "ann", &passkey("same")).await.unwrap();
    assert_eq!((found.key.as_str(), passkeys(&stores, "ann").await.len()), ("ann", 1));
    stores.passkeys.remove(&person("ann"), &passkey("same").id).await.unwrap();
    assert_eq!(passkeys(&stores, "anna").await.len(), 1);
    assert_eq!(find(&stores, "bea", &passkey("same")).await, None);
}

pub async fn the_list_of_passkeys_is_cut(stores: Stores) {
    for number in 0..5 {
        add(&stores, "ann", &passkey(&number.to_string())).await;
    }
    assert_eq!(stores.passkeys.passkeys(&person("ann"), 3).await.unwrap().len(), 3);
}

pub async fn the_use_of_a_passkey_is_stored_by_one_of_several(stores: Stores) {
    let (ann, known) = (person("ann"), passkey("1"));
    add(&stores, "ann", &known).await;
    let next = |counter: u64| StoredPasskey {
        last: known.last + Duration::from_secs(counter),
        key: format!(r#"{{"id":"1","counter":{counter}}}"#),
        ..known.clone()
    };
    let all: Vec<StoredPasskey> = (1..=8).map(next).collect();
    let stored = join_all(all.iter().map(|next| stores.passkeys.replace(&ann, &known, next))).await;
    assert_eq!(stored.into_iter().filter(|stored| *stored.as_ref().unwrap()).count(), 1);
    let found = find(&stores, "ann", &known).await.unwrap();
    assert!(all.contains(&found), "{found:?}");
    // Neither another key nor another time is taken for the known one.
    for unknown in
        [StoredPasskey { key: found.key.clone(), ..known.clone() }, StoredPasskey { last: found.last, ..known.clone() }]
    {
        assert!(!stores.passkeys.replace(&ann, &unknown, &next(9)).await.unwrap());
    }
    assert!(stores.passkeys.replace(&ann, &found, &next(9)).await.unwrap());
    assert_eq!(find(&stores, "ann", &found).await, Some(next(9)));
}

pub async fn a_removed_passkey_does_not_come_back(stores: Stores) {
    let (ann, known) = (person("ann"), passkey("1"));
    add(&stores, "ann", &known).await;
    stores.passkeys.remove(&ann, &known.id).await.unwrap();
    let next = StoredPasskey { last: known.last + Duration::from_secs(1), ..known.clone() };
    assert!(!stores.passkeys.replace(&ann, &known, &next).await.unwrap());
    assert_eq!(passkeys(&stores, "ann").await, []);
}
