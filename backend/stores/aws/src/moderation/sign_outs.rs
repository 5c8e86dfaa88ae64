//! The sign-outs of a person, as attributes of the item with their restrictions: the write that counts a connect request, and the read of
//! their restrictions for a page, also read them.

use chat::ports::{Result, Unavailable, devices::SignOuts, moderation::Subject};
use shared_types::{PersonId, Timestamp, limits};

use super::{GRACE_SECONDS, restrictions_key};
use crate::{
    item::{Item, Malformed, json, number, read_optional},
    table::{Table, Update},
};

/// The attribute with the sign-outs as JSON. At most 64 ids of 16 characters: 1.3 KB.
pub(super) const SIGN_OUTS: &str = "signOuts";

/// Returns when an item expires that has a sign-out of now, in seconds. No restriction of now ends later.
pub(super) fn expires(now: Timestamp) -> u64 {
    (now + limits::DEVICE_LIFE.max(limits::SANCTION)).0 / 1000 + GRACE_SECONDS
}

/// Stores sign-outs if the stored ones have this version; 0 if none are stored. Returns whether they had.
pub(super) async fn set(
    table: &Table,
    person: &PersonId,
    sign_outs: &SignOuts,
    version: u32,
    now: Timestamp,
) -> Result<bool> {
    let doing = "signing out a device";
    let stored = json(sign_outs).map_err(Unavailable::while_doing(doing))?;
    let update = table
        .updating(restrictions_key(&Subject::Person(person.clone())))
        .update_expression("SET #outs = :outs, #version = :version, expires = :expires")
        .expression_attribute_names("#outs", SIGN_OUTS)
        .expression_attribute_names("#version", "signOutsVersion")
        .expression_attribute_values(":outs", stored)
        .expression_attribute_values(":version", number(sign_outs.version.into()))
        .expression_attribute_values(":expires", number(expires(now)));
    let update = if version == 0 {
        update.condition_expression("attribute_not_exists(#version)")
    } else {
        let update = update.condition_expression("#version = :before");
        update.expression_attribute_values(":before", number(version.into()))
    };
    // An attempt whose answer was lost finds its own version.
    match table.try_update(update, doing).await? {
        Update::Made(_) => Ok(true),
        Update::Refused(found) => {
            let found = read(&found.unwrap_or_default()).map_err(Unavailable::while_doing(doing))?;
            Ok(found == *sign_outs)
        }
    }
}

/// Reads the sign-outs of an item.
pub(super) fn read(item: &Item) -> std::result::Result<SignOuts, Malformed> {
    Ok(read_optional(item, SIGN_OUTS, |json| serde_json::from_str(json).ok())?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::{item, text};

    #[test]
    fn unreadable_sign_outs_are_an_error() {
        assert_eq!(read(&Item::new()).unwrap(), SignOuts::default());
        assert_eq!(read(&item([(SIGN_OUTS, text(r#"{"version":7}"#))])).unwrap().version, 7);
        for unreadable in [text(""), text("null"), number(7)] {
            assert!(read(&item([(SIGN_OUTS, unreadable.clone())])).is_err(), "{unreadable:?}");
        }
    }
}
