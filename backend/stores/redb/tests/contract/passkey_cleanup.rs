//! What this store removes of passkeys and of the challenges for them.

use std::{sync::Arc, time::Duration};

use chat::ports::{
    messages::Expiring,
    passkeys::{PasskeyId, Passkeys, StoredPasskey},
    system::Clock as _,
    tokens::{Token, TokenHash, TokenKind, Tokens},
};
use chat_testing::{clock::ManualClock, contract::fixtures::now};
use redb::{ReadableDatabase, ReadableTableMetadata};
use shared_types::{PersonId, Timestamp, limits};
use store_redb::{messages::RedbMessages, passkeys::RedbPasskeys, store::Store, tokens::RedbTokens};

#[tokio::test]
async fn passkeys_that_were_not_used_for_years_are_removed() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let (passkeys, ann): (_, PersonId) = (RedbPasskeys::new(store.clone()), "ann".parse().unwrap());
    for last in [now() - limits::PASSKEY_LIFE, now() - limits::PASSKEY_LIFE + Duration::from_secs(1), now()] {
        let passkey = StoredPasskey {
            id: PasskeyId::of_credential(&last.0.to_be_bytes()),
            name: "Ann".parse().unwrap(),
            browser: None,
            system: None,
            created: Timestamp(1),
            last,
            policy: "mark".into(),
            host: None,
            device: None,
            key: "{}".into(),
        };
        assert!(passkeys.add(&ann, &passkey).await.unwrap());
    }
    RedbMessages::new(store, None, ManualClock::at(now())).expire(2).await.unwrap();
    let left = passkeys.passkeys(&ann, 9).await.unwrap();
    assert!(left.len() == 2 && left.iter().all(|passkey| !passkey.is_over(now())), "{left:?}");
}

/// Returns the number of stored tokens.
fn stored_tokens(directory: &std::path::Path) -> u64 {
    let table: redb::TableDefinition<'_, (&str, &str), &[u8]> = redb::TableDefinition::new("tokens");
    let database = redb::Database::create(directory.join("chat.redb")).unwrap();
    database.begin_read().unwrap().open_table(table).unwrap().len().unwrap()
}

#[tokio::test]
async fn new_challenges_remove_those_of_a_flood() {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::at(now());
    let store = Store::open(directory.path()).unwrap();
    let tokens = RedbTokens::new(store.clone(), clock.clone());
    let token = |kind, number: u16, expires_at| {
        let mut hash = [0; 32];
        // Not in order, as hashes are.
        hash[..2].copy_from_slice(&number.wrapping_mul(40_503).to_be_bytes());
        Token {
            kind,
            hash: TokenHash(hash),
            created_at: now(),
            created_by: None,
            expires_at,
            uses_left: 1,
            payload: Default::default(),
            room: None,
            revoked_at: None,
            last_redeemed_by: None,
            last_redeemed_at: None,
        }
    };
    let soon = clock.now() + limits::PASSKEY_CHALLENGE_LIFE;
    let invitation = token(TokenKind::Invitation, 1, soon);
    tokens.create(&invitation).await.unwrap();
    for number in 0..500 {
        tokens.create(&token(TokenKind::PasskeySignIn, number, soon)).await.unwrap();
    }
    clock.advance(limits::PASSKEY_CHALLENGE_LIFE + Duration::from_secs(60));
    let later = soon + Duration::from_secs(600);
    for number in 500..503 {
        tokens.create(&token(TokenKind::PasskeySignIn, number, later)).await.unwrap();
    }
    // People have an invitation in a link, so it is remembered for longer.
    assert_eq!(tokens.find(TokenKind::Invitation, &invitation.hash).await.unwrap(), Some(invitation));
    drop((tokens, Arc::new(store)));
    assert_eq!(stored_tokens(directory.path()), 1 + 3);
}
