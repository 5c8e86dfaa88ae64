//! Rate counters, slow mode slots and used tickets in the connection table.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use chat::ports::{
    Result, Unavailable,
    rate_store::{RateDecision, RateLimit, RateStore, RateWindows},
};
use shared_types::Timestamp;

use crate::{
    item::{Item, item, number, read_number, text},
    table::{Key, Table, Update},
};

/// How long an item outlives its window, in seconds, so that a fast clock cannot expire one that still counts.
const GRACE_SECONDS: u64 = 10 * 60;

/// [`RateStore`] in a DynamoDB table. There is one item for each key and long window. It counts the long window and each of its short
/// ones. One conditional write increments both counters, so they are exact under concurrency.
pub struct DynamoRateStore {
    table: Table,
}

#[async_trait]
impl RateStore for DynamoRateStore {
    async fn take(&self, key: &str, limit: RateLimit, now: Timestamp) -> Result<RateDecision> {
        let RateWindows { long, short, until_long, .. } = limit.windows(now);
        let burst = format!("b{short}");
        let update = self
            .table
            .updating(Key::new(format!("limit#{key}"), long.to_string()))
            .update_expression("ADD #total :one, #burst :one SET expires = :expires")
            .condition_expression(
                "(attribute_not_exists(#total) OR #total < :sustained) AND \
                 (attribute_not_exists(#burst) OR #burst < :most)",
            )
            .expression_attribute_names("#total", "total")
            .expression_attribute_names("#burst", &burst)
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":sustained", number(limit.sustained.into()))
            .expression_attribute_values(":most", number(limit.burst.into()))
            .expression_attribute_values(":expires", expires(Timestamp(now.0 + until_long)));
        // An attempt that timed out and is repeated may count twice. A client that waited for it that long is not near its limit.
        let (is_made, stored) = match self.table.try_update(update, "counting against a rate limit").await? {
            Update::Made(_) => (true, Item::new()),
            Update::Refused(stored) => (false, stored.unwrap_or_default()),
        };
        Ok(decision(is_made, &stored, "total", limit, now))
    }

    async fn acquire_slow_mode_slot(
        &self,
        key: &str,
        holder: &str,
        window: Duration,
        now: Timestamp,
    ) -> Result<RateDecision> {
        let update = self
            .table
            .updating(Key::new(format!("turn#{key}"), "turn"))
            .update_expression("SET turnOf = :holder, takenAt = :now, expires = :expires")
            .condition_expression("attribute_not_exists(pk) OR (turnOf <> :holder AND takenAt <= :over)")
            .expression_attribute_values(":holder", text(holder))
            .expression_attribute_values(":now", number(now.0))
            .expression_attribute_values(":over", number((now - window).0))
            .expression_attribute_values(":expires", expires(now + window));
        // An attempt that timed out and is repeated finds that its holder has the slot.
        match self.table.try_update(update, "acquiring a slow mode slot").await? {
            Update::Refused(Some(stored)) if stored.get("turnOf") != Some(&text(holder)) => {
                let taken_at =
                    read_number(&stored, "takenAt").map_err(Unavailable::while_doing("reading a slow mode slot"))?;
                Ok(RateDecision::Denied((Timestamp(taken_at) + window).since(now)))
            }
            Update::Made(_) | Update::Refused(_) => Ok(RateDecision::Allowed),
        }
    }

    async fn mark_ticket_used(&self, key: &str, until: Timestamp) -> Result<bool> {
        let used = item([("pk", text(format!("used#{key}"))), ("sk", text("used")), ("expires", expires(until))]);
        // DynamoDB may delete the item late, which does no harm: an expired ticket is invalid anyway.
        Ok(self.table.put_if_absent(used, "marking a ticket as used").await?.is_none())
    }
}

impl DynamoRateStore {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }
}

fn expires(until: Timestamp) -> AttributeValue {
    number(until.0 / 1000 + GRACE_SECONDS)
}

/// Returns the decision of a conditional update that was made, or refused because of the `stored` counters. `total` is the attribute that
/// counts the long window.
pub(crate) fn decision(is_made: bool, stored: &Item, total: &str, limit: RateLimit, now: Timestamp) -> RateDecision {
    let RateWindows { until_long, until_short, .. } = limit.windows(now);
    let count = stored.get(total).and_then(|count| count.as_n().ok()?.parse::<u32>().ok()).unwrap_or_default();
    match is_made {
        true => RateDecision::Allowed,
        false if count >= limit.sustained => RateDecision::Denied(Duration::from_millis(until_long)),
        false => RateDecision::Denied(Duration::from_millis(until_short)),
    }
}
