//! Decisions of moderators and the audit log as records of a backup, and back.

use chat::ports::{Result, Unavailable, backup::Record, connections::AddressKey, moderation::Subject};
use shared_types::{AuditEntry, Timestamp, limits};

use super::{
    AUDIT, GRACE_SECONDS, audit_sk, identity,
    roles::{ROLES, to_entry},
    room_details, sign_outs, to_restrictions, to_rules,
};
use crate::{
    item::{Item, item, number, read_number, read_parsed, text},
    messages::backup::Found,
    profiles, room_members,
};

/// Returns what an item of the connection table is for a backup. Connections, counters, tickets and recent addresses are not in backups:
/// they end within a day.
pub(crate) fn decision(item: &Item, now: Timestamp) -> Found {
    let attribute = |name| item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str);
    let (Some(pk), Some(sk)) = (attribute("pk"), attribute("sk")) else { return Found::NotInBackups };
    let is_expired = read_number(item, "expires").is_ok_and(|expires: u64| expires <= now.0 / 1000);
    match (pk.split_once('#'), sk) {
        (Some(("rules", room)), "rules") => Found::readable(rules(room, item)),
        (Some(("rules", room)), room_details::SK) => Found::readable(details(room, item)),
        (Some(("members", room)), _) => room_members::record(room, item),
        (None, _) if pk == ROLES => Found::readable(to_entry(item).ok().map(Record::of_role)),
        (None, identity::IDENTITY) if pk == identity::PK => {
            Found::readable(identity::to_identity(item).ok().map(|chat| Record::Chat { chat }))
        }
        (Some(("person", person)), profiles::SK) => profiles::backup_record(person, item),
        _ if is_expired => Found::NotInBackups,
        (Some(("person" | "address", _)), "standing") => restrictions(pk, item, now),
        (Some(("person", person)), sign_outs::SK) => sign_outs_of(person, item, now),
        (Some(("person", person)), "addresses") => Found::readable(banned_addresses(person, item)),
        _ => Found::NotInBackups,
    }
}

/// Returns what an item of the message table is for a backup, if it belongs to the audit log.
pub(crate) fn entry(item: &Item, now: Timestamp) -> Found {
    if item.get("pk").and_then(|pk| pk.as_s().ok()).is_none_or(|pk| pk != AUDIT) {
        return Found::NotInBackups;
    }
    let entry: Option<AuditEntry> = read_parsed(item, "entry", |json| serde_json::from_str(json).ok()).ok();
    match entry {
        Some(entry) if is_over(&entry, now) => Found::NotInBackups,
        entry => Found::readable(entry.map(|entry| Record::Audit { entry })),
    }
}

/// Returns whether an entry is older than the audit log is kept.
pub(crate) fn is_over(entry: &AuditEntry, now: Timestamp) -> bool {
    entry.at + limits::AUDIT_RETENTION <= now
}

/// Returns the item of an audit entry. `number` distinguishes the entries of one time.
pub(crate) fn entry_item(entry: &AuditEntry, number_of_time: u32) -> Result<Item> {
    let json = serde_json::to_string(entry).map_err(Unavailable::while_doing("restoring an audit entry"))?;
    let sk = format!("{}#{}#{number_of_time:010}", audit_sk(entry.at), entry.by.id);
    let expires = number((entry.at + limits::AUDIT_RETENTION).0 / 1000);
    Ok(item([("pk", text(AUDIT)), ("sk", text(sk)), ("entry", text(json)), ("expires", expires)]))
}

fn rules(room: &str, item: &Item) -> Option<Record> {
    Some(Record::Rules { room: room.parse().ok()?, rules: to_rules(item).ok()? })
}

fn details(room: &str, item: &Item) -> Option<Record> {
    Some(Record::Details { room: room.parse().ok()?, details: room_details::to_details(item).ok()? })
}

fn restrictions(pk: &str, item: &Item, now: Timestamp) -> Found {
    let subject = match pk.split_once('#') {
        Some(("person", person)) => person.parse().ok().map(Subject::Person),
        Some((_, address)) => Some(Subject::Address(AddressKey(address.to_owned()))),
        None => None,
    };
    match (subject, to_restrictions(item)) {
        (Some(_), Ok(found)) if found.muted_until.max(found.banned_until).is_none_or(|until| until <= now) => {
            Found::NotInBackups
        }
        (Some(subject), Ok(restrictions)) => Found::Record(Record::Restrictions { subject, restrictions }),
        _ => Found::Unreadable,
    }
}

fn sign_outs_of(person: &str, item: &Item, now: Timestamp) -> Found {
    match (person.parse(), sign_outs::read(item)) {
        (Ok(_), Ok(sign_outs)) if sign_outs.is_over(now) => Found::NotInBackups,
        (Ok(person), Ok(sign_outs)) => Found::Record(Record::SignOuts { person, sign_outs }),
        _ => Found::Unreadable,
    }
}

fn banned_addresses(person: &str, item: &Item) -> Option<Record> {
    let keys = item.get("keys")?.as_l().ok()?.iter();
    let addresses = keys.map(|key| Some(AddressKey(key.as_s().ok()?.clone()))).collect::<Option<_>>()?;
    let expires: u64 = read_number(item, "expires").ok()?;
    let until = Timestamp(expires.saturating_sub(GRACE_SECONDS) * 1000);
    Some(Record::BannedAddresses { person: person.parse().ok()?, addresses, until })
}
