//! The sign-outs of a person, an item of their own. The item with the restrictions is written with each action of the person, which is one
//! write unit as long as it is below 1 KB.

use chat::ports::{Result, Unavailable, devices::SignOuts};
use shared_types::PersonId;

use super::{GRACE_SECONDS, person_partition};
use crate::{
    item::{Item, Malformed, json, number, read_optional},
    table::{Key, Table, Update},
};

/// The sort key of the item.
pub(super) const SK: &str = "sign-outs";

/// The attribute with the sign-outs as JSON. At most 64 ids of 16 characters: 1.3 KB.
const SIGN_OUTS: &str = "signOuts";

/// Reads the sign-outs of a person.
pub(super) async fn get(table: &Table, person: &PersonId) -> Result<SignOuts> {
    let doing = "reading which devices are signed out";
    let found = table.get(key(person), doing).await?;
    read(&found.unwrap_or_default()).map_err(Unavailable::while_doing(doing))
}

/// Stores sign-outs if the stored ones have this version; 0 if none are stored. Returns whether they had.
pub(super) async fn set(table: &Table, person: &PersonId, sign_outs: &SignOuts, version: u32) -> Result<bool> {
    let doing = "signing out a device";
    let stored = json(sign_outs).map_err(Unavailable::while_doing(doing))?;
    let update = table
        .updating(key(person))
        .update_expression("SET #outs = :outs, #version = :version, expires = :expires")
        .expression_attribute_names("#outs", SIGN_OUTS)
        .expression_attribute_names("#version", "version")
        .expression_attribute_values(":outs", stored)
        .expression_attribute_values(":version", number(sign_outs.version.into()))
        .expression_attribute_values(":expires", number(sign_outs.until.0 / 1000 + GRACE_SECONDS));
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

fn key(person: &PersonId) -> Key {
    Key::new(person_partition(person), SK)
}

/// Reads the sign-outs of an item. Unreadable ones are an error and not "none", which would sign devices in again.
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
