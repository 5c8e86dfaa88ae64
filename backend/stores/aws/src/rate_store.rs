//! How often things were done, in the connection table.

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

/// How long an item outlives its time, in seconds, so that a clock that is fast cannot delete one that still counts.
const GRACE_SECONDS: u64 = 10 * 60;

/// [`RateStore`] in a DynamoDB table: an item for each key and long stretch, which counts the long stretch and each of its short
/// ones. One conditional write counts both, so it is exact however many come.
pub struct DynamoRateStore {
    table: Table,
}

#[async_trait]
impl RateStore for DynamoRateStore {
    async fn take(&self, key: &str, allowance: RateLimit, now: Timestamp) -> Result<RateDecision> {
        let RateWindows { long, short, until_long, until_short } = allowance.windows(now);
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
            .expression_attribute_values(":sustained", number(allowance.sustained.into()))
            .expression_attribute_values(":most", number(allowance.burst.into()))
            .expression_attribute_values(":expires", expires(Timestamp(now.0 + until_long)));
        // A try that timed out and is repeated may count twice. Whoever waited for it that long is not fast.
        match self.table.try_update(update, "counting how often something was done").await? {
            Update::Made(_) => Ok(RateDecision::Allowed),
            Update::Refused(there) => {
                let is_over = count(&there, "total") >= allowance.sustained;
                Ok(RateDecision::Denied(Duration::from_millis(if is_over { until_long } else { until_short })))
            }
        }
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
        // A try that timed out and is repeated finds that it has the turn.
        match self.table.try_update(update, "taking a turn").await? {
            Update::Refused(Some(there)) if there.get("turnOf") != Some(&text(holder)) => {
                let taken_at = read_number(&there, "takenAt").map_err(Unavailable::while_doing("reading a turn"))?;
                Ok(RateDecision::Denied((Timestamp(taken_at) + window).since(now)))
            }
            Update::Made(_) | Update::Refused(_) => Ok(RateDecision::Allowed),
        }
    }

    async fn mark_ticket_used(&self, key: &str, until: Timestamp) -> Result<bool> {
        let used = item([("pk", text(format!("used#{key}"))), ("sk", text("used")), ("expires", expires(until))]);
        // An item that is deleted late is remembered for longer than it has to be, and does no harm: what may be used once is
        // worthless after its time.
        Ok(self.table.put_if_absent(used, "noting that something was used").await?.is_none())
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

fn count(there: &Option<Item>, attribute: &'static str) -> u32 {
    there.as_ref().and_then(|item| read_number(item, attribute).ok()).unwrap_or_default()
}
