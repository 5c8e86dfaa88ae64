//! One-use tokens.

use std::time::Duration;

use chat::ports::tokens::{REMEMBERED, REPEATABLE, Redemption, Token, TokenHash, TokenKind, TokenPayload, TokenState};
use futures::future::join_all;
use shared_types::{PersonId, RoomName, Timestamp};

use super::contract;
use crate::contract::{
    Stores,
    fixtures::{now, room},
};

contract! { tokens_contract tokens {
    a_token_is_redeemed_once_and_carries_its_payload
    exactly_as_many_redeem_at_once_as_there_are_uses
    a_repeated_redemption_takes_no_further_use
    a_token_is_of_one_kind_only
    an_expired_token_is_told_from_an_unknown_one
    a_revoked_token_stays_revoked
    tokens_are_listed_by_kind_newest_first
    tokens_of_a_room_are_listed_apart_from_all_others
} }

const HOUR: Duration = Duration::from_secs(60 * 60);

/// Returns a token that is made that many seconds from now.
fn token(number: u8, uses: u32) -> Token {
    let created_at = now() + Duration::from_secs(number.into());
    Token {
        kind: TokenKind::Invitation,
        hash: TokenHash([number; 32]),
        created_at,
        created_by: None,
        expires_at: created_at + HOUR,
        uses_left: uses,
        payload: TokenPayload::default(),
        room: None,
        revoked_at: None,
        last_redeemed_by: None,
        last_redeemed_at: None,
    }
}

fn person(id: &str) -> PersonId {
    id.parse().unwrap()
}

async fn redeem(stores: &Stores, token: &Token, by: &str, at: Timestamp) -> Redemption {
    stores.tokens.redeem(token.kind, &token.hash, &person(by), at).await.unwrap()
}

pub async fn a_token_is_redeemed_once_and_carries_its_payload(stores: Stores) {
    let payload = TokenPayload::try_from("生".repeat(170)).unwrap();
    let token = Token { created_by: Some(person("mod")), payload, ..token(1, 1) };
    assert_eq!(redeem(&stores, &token, "ann", now()).await, Redemption::Unknown);
    stores.tokens.create(&token).await.unwrap();
    assert_eq!(stores.tokens.find(token.kind, &token.hash).await.unwrap(), Some(token.clone()));
    let at = now();
    let (last_redeemed_by, last_redeemed_at) = (Some(person("ann")), Some(at));
    let redeemed = Token { uses_left: 0, last_redeemed_by, last_redeemed_at, ..token.clone() };
    assert_eq!(redeem(&stores, &token, "ann", at).await, Redemption::Redeemed(redeemed.clone()));
    assert_eq!(redeem(&stores, &token, "bea", at).await, Redemption::UsedUp);
    assert_eq!(stores.tokens.find(token.kind, &token.hash).await.unwrap(), Some(redeemed));
}

pub async fn exactly_as_many_redeem_at_once_as_there_are_uses(stores: Stores) {
    for (number, uses) in [(1, 1), (2, 20)] {
        let (token, at) = (token(number, uses), now());
        stores.tokens.create(&token).await.unwrap();
        let people: Vec<String> = (0..50).map(|number| format!("p-{number}")).collect();
        let results = join_all(people.iter().map(|by| redeem(&stores, &token, by, at))).await;
        let redeemed = results.iter().filter(|result| matches!(result, Redemption::Redeemed(_))).count();
        assert_eq!(redeemed, usize::try_from(uses).unwrap());
        let used_up = results.iter().filter(|result| **result == Redemption::UsedUp).count();
        assert_eq!(redeemed + used_up, 50, "{results:?}");
    }
}

pub async fn a_repeated_redemption_takes_no_further_use(stores: Stores) {
    let token = token(1, 3);
    stores.tokens.create(&token).await.unwrap();
    let left = async |by, after: Duration| match redeem(&stores, &token, by, now() + after).await {
        Redemption::Redeemed(token) => Some(token.uses_left),
        _ => None,
    };
    assert_eq!(left("ann", Duration::ZERO).await, Some(2));
    assert_eq!(left("ann", REPEATABLE / 2).await, Some(2));
    assert_eq!(
        left("ann", REPEATABLE + Duration::from_secs(9)).await,
        Some(1),
        "a minute later it is a use of its own"
    );
    assert_eq!(left("bea", 2 * REPEATABLE).await, Some(0));
    assert_eq!(left("bea", 2 * REPEATABLE).await, Some(0), "the last use, repeated");
    assert_eq!(left("ann", 2 * REPEATABLE).await, None);
    assert_eq!(left("bea", 4 * REPEATABLE).await, None);
}

pub async fn a_token_is_of_one_kind_only(stores: Stores) {
    let token = token(1, 1);
    stores.tokens.create(&token).await.unwrap();
    for kind in [TokenKind::OwnerClaim, TokenKind::DeviceLink] {
        assert_eq!(stores.tokens.redeem(kind, &token.hash, &person("ann"), now()).await.unwrap(), Redemption::Unknown);
        assert!(!stores.tokens.revoke(kind, &token.hash, now()).await.unwrap());
        assert_eq!(stores.tokens.find(kind, &token.hash).await.unwrap(), None);
    }
    assert!(matches!(redeem(&stores, &token, "ann", now()).await, Redemption::Redeemed(_)));
}

pub async fn an_expired_token_is_told_from_an_unknown_one(stores: Stores) {
    let token = token(1, 1);
    stores.tokens.create(&token).await.unwrap();
    assert_eq!(redeem(&stores, &token, "ann", token.expires_at).await, Redemption::Expired);
    let almost_forgotten = Timestamp((token.expires_at + REMEMBERED).0 - 1);
    assert_eq!(redeem(&stores, &token, "ann", almost_forgotten).await, Redemption::Expired);
    assert_eq!(redeem(&stores, &token, "ann", token.expires_at + REMEMBERED).await, Redemption::Unknown);
    let in_time = Timestamp(token.expires_at.0 - 1);
    assert!(matches!(redeem(&stores, &token, "ann", in_time).await, Redemption::Redeemed(_)));
}

pub async fn a_revoked_token_stays_revoked(stores: Stores) {
    let (token, at) = (token(1, 2), now());
    assert!(!stores.tokens.revoke(token.kind, &token.hash, at).await.unwrap());
    stores.tokens.create(&token).await.unwrap();
    assert!(matches!(redeem(&stores, &token, "ann", at).await, Redemption::Redeemed(_)));
    for later in [HOUR / 8, HOUR / 4] {
        assert!(stores.tokens.revoke(token.kind, &token.hash, at + later).await.unwrap());
    }
    for by in ["ann", "bea"] {
        assert_eq!(redeem(&stores, &token, by, at).await, Redemption::Revoked, "{by}");
    }
    let stored = stores.tokens.find(token.kind, &token.hash).await.unwrap().unwrap();
    assert_eq!((stored.revoked_at, stored.uses_left), (Some(at + HOUR / 8), 1));
}

pub async fn tokens_are_listed_by_kind_newest_first(stores: Stores) {
    assert_eq!(stores.tokens.list(TokenKind::Invitation, 9, now()).await.unwrap(), []);
    let tokens: Vec<Token> = [3, 1, 250, 2].map(|number| token(number, 1)).into();
    for token in &tokens {
        stores.tokens.create(token).await.unwrap();
    }
    stores.tokens.create(&Token { kind: TokenKind::DeviceLink, ..token(9, 1) }).await.unwrap();
    stores.tokens.revoke(TokenKind::Invitation, &tokens[1].hash, now()).await.unwrap();
    let listed = async |kind, limit, at| {
        let listed = stores.tokens.list(kind, limit, at).await.unwrap();
        listed.into_iter().map(|token| token.hash.0[0]).collect::<Vec<_>>()
    };
    assert_eq!(listed(TokenKind::Invitation, 9, now()).await, [250, 3, 2, 1]);
    assert_eq!(listed(TokenKind::Invitation, 2, now()).await, [250, 3]);
    assert_eq!(listed(TokenKind::DeviceLink, 9, now()).await, [9]);
    assert_eq!(listed(TokenKind::OwnerClaim, 9, now()).await, [0_u8; 0]);
    assert_eq!(listed(TokenKind::Invitation, 9, now() + HOUR + HOUR).await, [250, 3, 2, 1], "expired ones too");
    assert_eq!(listed(TokenKind::Invitation, 9, now() + HOUR + HOUR + REMEMBERED).await, [0_u8; 0]);
}

pub async fn tokens_of_a_room_are_listed_apart_from_all_others(stores: Stores) {
    let (cats, dogs) = (room("p-catscatscatscatscats"), room("p-dogsdogsdogsdogsdogs"));
    let of =
        |number: u8, kind: TokenKind, room: Option<&RoomName>| Token { kind, room: room.cloned(), ..token(number, 1) };
    let kind = TokenKind::RoomInvitation;
    let tokens = [
        of(1, kind, Some(&cats)),
        of(2, kind, Some(&dogs)),
        of(3, kind, None),
        of(4, kind, Some(&cats)),
        of(5, kind, Some(&cats)),
    ];
    for token in &tokens {
        stores.tokens.create(token).await.unwrap();
    }
    stores.tokens.create(&of(6, TokenKind::Invitation, Some(&cats))).await.unwrap();
    let listed = async |room: &RoomName, limit| {
        let listed = stores.tokens.list_of_room(kind, room, limit, now()).await.unwrap();
        listed.into_iter().map(|token| token.hash.0[0]).collect::<Vec<_>>()
    };
    assert_eq!(listed(&cats, 9).await, [5, 4, 1]);
    assert_eq!(listed(&cats, 2).await, [5, 4]);
    assert_eq!(listed(&dogs, 9).await, [2]);
    assert_eq!(listed(&room("p-zzzzzzzzzzzzzzzzzzzz"), 9).await, [0; 0]);
    // The list shows a token as it is now, and the list of the kind has all.
    assert!(stores.tokens.revoke(kind, &tokens[3].hash, now()).await.unwrap());
    let found = stores.tokens.list_of_room(kind, &cats, 9, now()).await.unwrap();
    assert_eq!(found[1].state(now()), TokenState::Revoked);
    assert_eq!(stores.tokens.list(kind, 9, now()).await.unwrap().len(), 5);
    let forgotten = stores.tokens.list_of_room(kind, &cats, 9, tokens[4].forgotten_at()).await.unwrap();
    assert_eq!(forgotten, []);
}
