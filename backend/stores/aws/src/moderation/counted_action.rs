//! Counts a person's actions in the item of their restrictions, so that one write counts and reads both.
//!
//! Each window has attributes of its own, `{bucket}@{long}` and `{bucket}@{long}.{short}`, because an update cannot both compare and
//! reset a counter. Those of past windows are removed together.

use aws_sdk_dynamodb::types::ReturnValue;
use chat::ports::{
    Result, Unavailable,
    moderation::CountedAction,
    rate_store::{RateLimit, RateWindows},
};
use shared_types::Timestamp;

use super::to_restrictions;
use crate::{
    item::{Item, number},
    rate_store::decision,
    table::{Key, Table, Update},
};

/// How long an item without restrictions is kept after its first action, in seconds. Then it is made anew, which forgets the counters of
/// one window at most.
const LIFE_SECONDS: u64 = 24 * 60 * 60;

/// Maximum number of past counters on an item. One is about 22 bytes, so an item stays below 1 KB, and a person who acts in every minute
/// causes one more write in five to sixteen minutes.
const PAST_COUNTERS: usize = 32;

/// Counts an action, if the limit allows it, and reads the restrictions.
pub(super) async fn count(
    table: &Table,
    key: Key,
    bucket: &str,
    limit: RateLimit,
    now: Timestamp,
) -> Result<CountedAction> {
    let doing = "counting an action and reading restrictions";
    let RateWindows { long, short, .. } = limit.windows(now);
    let (total, burst) = (format!("{bucket}@{long}"), format!("{bucket}@{long}.{short}"));
    let update = table
        .updating(key.clone())
        .update_expression("ADD #total :one, #burst :one SET expires = if_not_exists(expires, :expires)")
        .condition_expression(
            "(attribute_not_exists(#total) OR #total < :sustained) AND (attribute_not_exists(#burst) OR #burst < :most)",
        )
        .expression_attribute_names("#total", &total)
        .expression_attribute_names("#burst", &burst)
        .expression_attribute_values(":one", number(1))
        .expression_attribute_values(":sustained", number(limit.sustained.into()))
        .expression_attribute_values(":most", number(limit.burst.into()))
        .expression_attribute_values(":expires", number(now.0 / 1000 + LIFE_SECONDS))
        .return_values(ReturnValue::AllNew);
    // An attempt that timed out and is repeated may count twice. A client that waited for it that long is not near its limit.
    let (is_made, item) = match table.try_update(update, doing).await? {
        Update::Made(item) => (true, item),
        Update::Refused(item) => (false, item.unwrap_or_default()),
    };
    if is_made {
        remove_past(table, key, past_counters(&item, long)).await;
    }
    let rate = decision(is_made, &item, &total, limit, now);
    let restrictions = to_restrictions(&item).map_err(Unavailable::while_doing(doing))?;
    Ok(CountedAction { rate, restrictions })
}

/// Returns the counters of windows that no clock is in any more.
fn past_counters(item: &Item, long: u64) -> Vec<String> {
    let window = |name: &str| name.split_once('@')?.1.split('.').next()?.parse::<u64>().ok();
    // A clock that is five minutes slow counts in an earlier window.
    let is_past = |name: &&String| window(name).is_some_and(|window| window + 5 < long);
    item.keys().filter(is_past).cloned().collect()
}

/// Removes past counters if there are many. If it fails, the next action removes them.
async fn remove_past(table: &Table, key: Key, past: Vec<String>) {
    if past.len() <= PAST_COUNTERS {
        return;
    }
    let names: Vec<String> = (0..past.len()).map(|number| format!("#past{number}")).collect();
    let mut update = table.updating(key).update_expression(format!("REMOVE {}", names.join(", ")));
    for (name, past) in names.into_iter().zip(past) {
        update = update.expression_attribute_names(name, past);
    }
    if let Err(error) = table.try_update(update, "removing past counters").await {
        tracing::warn!(%error, "past counters not removed; the next action removes them");
    }
}
