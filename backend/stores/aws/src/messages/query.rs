//! Queries of messages, change records and idempotency records that skip expired items.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use chat::ports::{Result, Unavailable};
use shared_types::RoomName;

use super::{DynamoMessages, items::room_partition};
use crate::item::{Item, Malformed, read_all, text};

/// Maximum number of pages that one read goes through to find unexpired messages.
///
/// DynamoDB deletes expired items within days; until then they lie between a reader and the newer messages. A page is up to 1 MB: at least
/// 60 messages of the longest kind, or about 3,000 of the usual one.
const PAGES: usize = 32;

/// A range of messages or change records of a room, both ends included.
pub(super) struct Range<'a> {
    pub(super) room: &'a RoomName,
    /// Returns the sort key of a number.
    pub(super) sk: fn(u64) -> String,
    pub(super) oldest: u64,
    pub(super) newest: u64,
    pub(super) direction: Direction,
}

pub(super) enum Direction {
    OldestFirst,
    NewestFirst,
}

/// What a query may find after an expired item.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Expired {
    /// Unexpired and expired items.
    Anywhere,
    /// Only older items, so the query can stop.
    IsFollowedByOlder,
}

impl DynamoMessages {
    /// Reads up to `limit` unexpired items of a range.
    pub(super) async fn kept_of<T>(
        &self,
        Range { room, sk, oldest, newest, direction }: Range<'_>,
        limit: usize,
        one: impl Fn(&Item) -> std::result::Result<T, Malformed>,
        doing: &'static str,
    ) -> Result<Vec<T>> {
        let query = self
            .table
            .querying(&room_partition(room))
            .key_condition_expression("pk = :pk AND sk BETWEEN :oldest AND :newest")
            .expression_attribute_values(":oldest", text(sk(oldest)))
            .expression_attribute_values(":newest", text(sk(newest)));
        let (forward, expired) = match direction {
            Direction::OldestFirst => (true, Expired::Anywhere),
            Direction::NewestFirst => (false, Expired::IsFollowedByOlder),
        };
        self.kept(query.scan_index_forward(forward), limit, expired, one, doing).await
    }

    /// Reads up to `limit` unexpired items of a query. It continues until it has them or there are no more: a short answer would tell the
    /// reader that it has everything.
    pub(super) async fn kept<T>(
        &self,
        query: QueryFluentBuilder,
        limit: usize,
        expired: Expired,
        one: impl Fn(&Item) -> std::result::Result<T, Malformed>,
        doing: &'static str,
    ) -> Result<Vec<T>> {
        let mut found = Vec::new();
        // Exactly `limit` at first. If that meets expired items, whole pages are the fastest way past them.
        let mut page_limit = Some(i32::try_from(limit).unwrap_or(i32::MAX));
        let mut start = query.get_exclusive_start_key().clone();
        for _ in 0..PAGES {
            if found.len() >= limit {
                break;
            }
            let page = query.clone().set_limit(page_limit).set_exclusive_start_key(start);
            let page = self.table.reading(page.send()).await.map_err(self.table.failed(doing))?;
            let mut items = page.items.unwrap_or_default();
            let read = items.len();
            items.retain(|item| self.is_kept(item));
            found.extend(read_all(&items, &one));
            start = page.last_evaluated_key;
            if items.len() < read {
                page_limit = None;
                if expired == Expired::IsFollowedByOlder {
                    start = None;
                }
            }
            if start.is_none() {
                break;
            }
        }
        if found.len() < limit && start.is_some() {
            return Err(Unavailable { doing, cause: format!("more than {PAGES} pages of expired items") });
        }
        found.truncate(limit);
        Ok(found)
    }
}
