//! One-use tokens in the connection table.
//!
//! All tokens of a kind are one partition, so a token is found by its key and a list is one range. A partition takes 1,000 writes a second.

use std::cmp::Reverse;

use async_trait::async_trait;
use aws_sdk_dynamodb::types::ReturnValue;
use chat::ports::{
    Result, Unavailable,
    tokens::{LISTED, REPEATABLE, Redemption, Token, TokenHash, TokenKind, Tokens, newest_first},
};
use futures::future::try_join_all;
use shared_types::{PersonId, RoomName, Timestamp};

use crate::{
    item::{Item, Malformed, item, number, read, read_all, read_number, read_optional, read_optional_number, text},
    table::{Key, Table, Update},
};

/// [`Tokens`] in a DynamoDB table.
pub struct DynamoTokens {
    table: Table,
}

#[async_trait]
impl Tokens for DynamoTokens {
    async fn create(&self, token: &Token) -> Result<()> {
        // First where it is listed: a link that its maker has can be revoked.
        if let Some(room) = &token.room {
            self.table.put(of_room_item(token, room), "listing a token").await?;
        }
        self.table.put(to_item(token), "writing a token").await
    }

    async fn redeem(&self, kind: TokenKind, hash: &TokenHash, by: &PersonId, now: Timestamp) -> Result<Redemption> {
        let doing = "redeeming a token";
        // An attempt that timed out and is repeated finds that this person has just redeemed the token.
        let update = self
            .table
            .updating(key(kind, hash))
            .update_expression("SET usesLeft = usesLeft - :one, lastBy = :by, lastAt = :now")
            .condition_expression(
                "attribute_exists(pk) AND attribute_not_exists(revokedAt) AND expiresAt > :now AND usesLeft > :zero AND \
                 (attribute_not_exists(lastBy) OR lastBy <> :by OR lastAt <= :recently)",
            )
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":zero", number(0))
            .expression_attribute_values(":by", text(by))
            .expression_attribute_values(":now", number(now.0))
            .expression_attribute_values(":recently", number((now - REPEATABLE).0))
            .return_values(ReturnValue::AllNew);
        let token = |item: &Item| to_token(kind, item).map_err(Unavailable::while_doing(doing));
        Ok(match self.table.try_update(update, doing).await? {
            Update::Made(stored) => Redemption::Redeemed(token(&stored)?),
            Update::Refused(None) => Redemption::Unknown,
            Update::Refused(Some(stored)) => match token(&stored)? {
                forgotten if forgotten.forgotten_at() <= now => Redemption::Unknown,
                mut refused => refused.redeem(by, now),
            },
        })
    }

    async fn find(&self, kind: TokenKind, hash: &TokenHash) -> Result<Option<Token>> {
        let doing = "reading a token";
        let stored = self.table.get(key(kind, hash), doing).await?;
        stored.map(|item| to_token(kind, &item)).transpose().map_err(Unavailable::while_doing(doing))
    }

    async fn revoke(&self, kind: TokenKind, hash: &TokenHash, now: Timestamp) -> Result<bool> {
        let update = self
            .table
            .updating(key(kind, hash))
            .update_expression("SET revokedAt = if_not_exists(revokedAt, :now)")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":now", number(now.0));
        Ok(matches!(self.table.try_update(update, "revoking a token").await?, Update::Made(_)))
    }

    async fn list(&self, kind: TokenKind, limit: usize, now: Timestamp) -> Result<Vec<Token>> {
        let items = self.table.first_items(self.table.querying(&partition(kind)), LISTED, "listing tokens").await?;
        Ok(newest_first(read_all(&items, |item| to_token(kind, item)), limit, now))
    }

    async fn list_of_room(&self, kind: TokenKind, room: &RoomName, limit: usize, now: Timestamp) -> Result<Vec<Token>> {
        let query = self.table.querying(&room_partition(kind, room));
        let items = self.table.first_items(query, LISTED, "listing the tokens of a room").await?;
        let mut listed: Vec<(Timestamp, TokenHash)> = read_all(&items, to_listed);
        listed.sort_by_key(|listed| Reverse(*listed));
        let found = listed.iter().take(limit).map(|(_, hash)| self.find(kind, hash));
        let found = try_join_all(found).await?;
        Ok(newest_first(found.into_iter().flatten().collect(), limit, now))
    }
}

impl DynamoTokens {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }
}

fn partition(kind: TokenKind) -> String {
    format!("tokens#{}", kind.as_str())
}

/// Returns the partition that lists the tokens of a room.
fn room_partition(kind: TokenKind, room: &RoomName) -> String {
    format!("tokens#{}#{room}", kind.as_str())
}

/// Returns the item that lists a token with those of its room.
fn of_room_item(token: &Token, room: &RoomName) -> Item {
    item([
        ("pk", text(room_partition(token.kind, room))),
        ("sk", text(token.hash)),
        ("createdAt", number(token.created_at.0)),
        ("expires", number(token.forgotten_at().0 / 1000)),
    ])
}

fn to_listed(item: &Item) -> std::result::Result<(Timestamp, TokenHash), Malformed> {
    Ok((Timestamp(read_number(item, "createdAt")?), read(item, "sk")?))
}

fn key(kind: TokenKind, hash: &TokenHash) -> Key {
    Key::new(partition(kind), hash.to_string())
}

fn to_item(token: &Token) -> Item {
    let Key { pk, sk } = key(token.kind, &token.hash);
    let mut stored = item([
        ("pk", text(pk)),
        ("sk", text(sk)),
        ("createdAt", number(token.created_at.0)),
        ("expiresAt", number(token.expires_at.0)),
        ("usesLeft", number(token.uses_left.into())),
        ("payload", text(token.payload.as_str())),
        ("expires", number(token.forgotten_at().0 / 1000)),
    ]);
    let people = [("createdBy", &token.created_by), ("lastBy", &token.last_redeemed_by)];
    let times = [("revokedAt", token.revoked_at), ("lastAt", token.last_redeemed_at)];
    stored.extend(token.room.as_ref().map(|room| ("room".to_owned(), text(room))));
    stored.extend(people.into_iter().filter_map(|(name, person)| Some((name.to_owned(), text(person.as_ref()?)))));
    stored.extend(times.into_iter().filter_map(|(name, at)| Some((name.to_owned(), number(at?.0)))));
    stored
}

fn to_token(kind: TokenKind, item: &Item) -> std::result::Result<Token, Malformed> {
    let time = |attribute| read_number(item, attribute).map(Timestamp);
    let optional_time = |attribute| Ok(read_optional_number(item, attribute)?.map(Timestamp));
    let person = |attribute| read_optional(item, attribute, |id| id.parse().ok());
    Ok(Token {
        kind,
        hash: read(item, "sk")?,
        created_at: time("createdAt")?,
        created_by: person("createdBy")?,
        expires_at: time("expiresAt")?,
        uses_left: read_number(item, "usesLeft")?,
        payload: read_optional(item, "payload", |payload| payload.to_owned().try_into().ok())?.unwrap_or_default(),
        room: read_optional(item, "room", |room| room.parse().ok())?,
        revoked_at: optional_time("revokedAt")?,
        last_redeemed_by: person("lastBy")?,
        last_redeemed_at: optional_time("lastAt")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_survives_and_a_malformed_one_is_an_error() {
        let token = Token {
            kind: TokenKind::DeviceLink,
            hash: TokenHash([7; 32]),
            created_at: Timestamp(1),
            created_by: "ann".parse().ok(),
            expires_at: Timestamp(2),
            uses_left: 3,
            payload: "bea".to_owned().try_into().unwrap(),
            room: "p-zzzzzzzzzzzzzzzzzzzz".parse().ok(),
            revoked_at: Some(Timestamp(4)),
            last_redeemed_by: "cy".parse().ok(),
            last_redeemed_at: Some(Timestamp(5)),
        };
        let stored = to_item(&token);
        assert_eq!(to_token(TokenKind::DeviceLink, &stored).unwrap(), token);
        for attribute in ["sk", "createdAt", "expiresAt", "usesLeft", "revokedAt", "lastBy", "payload"] {
            let mut malformed = stored.clone();
            malformed.insert(attribute.into(), aws_sdk_dynamodb::types::AttributeValue::Null(true));
            assert!(to_token(TokenKind::DeviceLink, &malformed).is_err(), "{attribute}");
        }
    }
}
