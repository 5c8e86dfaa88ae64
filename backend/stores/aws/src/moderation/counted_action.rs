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

/// Maximum number of past counters on an item. One is about 21 bytes. Somebody who writes and types in every minute adds up to 14 in a minute;
/// with two totals for each of six minutes and these, that is 42 counters in 0.9 KB. Each action is one write unit as long as the item is
/// below 1 KB. Removing past counters is one more write in one to eight minutes in which a person acts.
const PAST_COUNTERS: usize = 16;

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
        let is_restricted = item.contains_key("mutedUntil") || item.contains_key("bannedUntil");
        let expires = (!is_restricted).then_some(now.0 / 1000 + LIFE_SECONDS);
        remove_past(table, key, past_counters(&item, long), expires).await;
    }
    let rate = decision(is_made, &item, &total, limit, now);
    let restrictions = to_restrictions(&item).map_err(Unavailable::while_doing(doing))?;
    Ok(CountedAction { rate, restrictions })
}

/// Returns the counters of windows that no clock is in any more.
fn past_counters(item: &Item, long: u64) -> Vec<String> {
    let is_past = |name: &&String| {
        let windows = name.split_once('@').map(|(_, windows)| windows.split_once('.').unwrap_or((windows, "")));
        let Some((Ok(window), short)) = windows.map(|(window, short)| (window.parse::<u64>(), short)) else {
            return false;
        };
        // A clock that is five minutes slow counts in an earlier window. There it may allow a second burst, but not a larger total.
        if short.is_empty() { window + 5 < long } else { window < long }
    };
    item.keys().filter(is_past).cloned().collect()
}

/// Removes past counters if there are many, and keeps an item without restrictions until `expires`, in seconds since 1970. If it fails, the
/// next action does so.
async fn remove_past(table: &Table, key: Key, past: Vec<String>, expires: Option<u64>) {
    if past.len() <= PAST_COUNTERS {
        return;
    }
    let names: Vec<String> = (0..past.len()).map(|number| format!("#past{number}")).collect();
    let removed = format!("REMOVE {}", names.join(", "));
    let mut update = table.updating(key);
    update = match expires {
        // A restriction that was stored meanwhile has an end of its own.
        Some(expires) => update
            .update_expression(format!("SET expires = :expires {removed}"))
            .condition_expression("attribute_not_exists(mutedUntil) AND attribute_not_exists(bannedUntil)")
            .expression_attribute_values(":expires", number(expires)),
        None => update.update_expression(removed),
    };
    for (name, past) in names.into_iter().zip(past) {
        update = update.expression_attribute_names(name, past);
    }
    if let Err(error) = table.try_update(update, "removing past counters").await {
        tracing::warn!(%error, "past counters not removed; the next action removes them");
    }
}
