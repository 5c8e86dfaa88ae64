//! Unique names: where an owner wants it, the people who are in a room have different names.
//!
//! A name is claimed in two steps: it is stored with the connection, and then the others in the room are read. A person who finds the name of
//! another person there gives it up, and nobody else does. Of two who claim a name at the same time at least one reads the other, so at
//! most one keeps it; perhaps neither. A name that was kept is never lost to somebody who comes later.
//!
//! In a room of more than `SMALL_ROOM` connections, what is read may be `RECENT` old (`ports/connections.rs`), so there two people who come
//! within these seconds may have the same name. A function that ends between the two steps leaves the name until its socket closes.

use std::{collections::HashSet, sync::Arc};

use shared_types::{AccessMode, PersonName, RoomName, limits::NAME_CHARS};
use unicode_segmentation::UnicodeSegmentation;

use crate::{
    access::confusable_name::{compared_name, reject_confusable},
    ports::{
        Result, Unavailable,
        connections::{Connection, Connections},
        moderation::Moderation,
    },
};

/// Maximum number of names that somebody who comes in tries. Two who come at the same time may choose the same number once; then each takes
/// one of [`SPREAD`], which depends on the connection.
const ATTEMPTS: u32 = 5;

/// Number of free numbers of which those take one who have chosen the same before.
const SPREAD: u32 = 16;

/// Maximum number of digits at the end of a name that are replaced by another number: `Ann 2` becomes `Ann 3`, and `Apollo 2001` stays.
const NUMBER_DIGITS: usize = 3;

/// Makes names unique, where an owner wants it.
#[derive(Clone)]
pub struct UniqueNames {
    /// Knows whether an owner wants it.
    pub moderation: Arc<dyn Moderation>,
    /// The people in the rooms.
    pub connections: Arc<dyn Connections>,
    /// The access mode. With `oidc` the provider gives the names, and they stay as they are.
    pub access: AccessMode,
}

impl UniqueNames {
    /// Returns whether names are unique in a room. They are not in a direct message: its people know each other, and their names are kept
    /// with it. Costs at most one read.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the store did not answer.
    pub async fn are_wanted_in(&self, room: &RoomName) -> Result<bool> {
        Ok(!room.is_direct() && self.access != AccessMode::Oidc && self.moderation.has_unique_names().await?)
    }

    /// Returns whether another person in the room of a connection has this name.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the listeners of the room could not be read.
    pub async fn is_taken(&self, name: &PersonName, by: &Connection) -> Result<bool> {
        Ok(self.names_of_others(by).await?.contains(&compared_name(name)))
    }

    /// Returns the name that a person gets in the room of their connection when they choose one: it, or a free one if another person has it.
    /// Another person may take it before it is stored; [`claim`](Self::claim) finds out.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the listeners of the room could not be read.
    pub async fn free_name(&self, chosen: &PersonName, by: &Connection) -> Result<PersonName> {
        let others = self.names_of_others(by).await?;
        let is_taken = others.contains(&compared_name(chosen));
        Ok(if is_taken { free_name(chosen, &others, 0) } else { chosen.clone() })
    }

    /// Gives the person of a connection, which has moved to another room, their name there: the one that they chose, or if names are
    /// unique a free one. Returns the connection with its name, or `None` if it was removed meanwhile.
    ///
    /// # Errors
    ///
    /// As [`claim`](Self::claim).
    pub async fn name_in_room(&self, connection: Connection, is_unique: bool) -> Result<Option<Connection>> {
        match &connection.chosen {
            _ if is_unique => self.claim(connection).await,
            Some(chosen) => self.connections.rename(&connection.id, chosen, None).await,
            None => Ok(Some(connection)),
        }
    }

    /// Gives the person of a connection, which is stored, the name that they chose if it is free in its room, or else a free one. Returns
    /// the connection with the name that it has then, or `None` if it was removed meanwhile.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the store did not answer, or when others took each name that was tried. The connection has to be closed
    /// then.
    pub async fn claim(&self, mut connection: Connection) -> Result<Option<Connection>> {
        let wanted = connection.person_as_chosen().name;
        for attempt in 0..ATTEMPTS {
            let others = self.names_of_others(&connection).await?;
            let is_free = |name: &PersonName| !others.contains(&compared_name(name));
            // A number that others may have taken at the same time is given up for the chosen name in the next room only.
            let takes_chosen = attempt == 0 && connection.person.name != wanted && is_free(&wanted);
            if is_free(&connection.person.name) && !takes_chosen {
                return Ok(Some(connection));
            }
            let name =
                if takes_chosen { wanted.clone() } else { free_name(&wanted, &others, place(&connection, attempt)) };
            tracing::info!(connection = %connection.id, takes_chosen, "the person gets another name in the room");
            match self
                .connections
                .rename(&connection.id, &name, Some(&wanted).filter(|wanted| **wanted != name))
                .await?
            {
                Some(renamed) => connection = renamed,
                None => return Ok(None),
            }
        }
        Err(Unavailable { doing: "finding a free name", cause: "others took each of them".into() })
    }

    /// Returns the names of the other people in the room of a connection, as they are compared.
    async fn names_of_others(&self, connection: &Connection) -> Result<HashSet<String>> {
        let listeners = self.connections.recently_in_room(&connection.room, Some(connection)).await?;
        let others = listeners.iter().filter(|other| other.person.id != connection.person.id);
        Ok(others.map(|other| compared_name(&other.person.name)).collect())
    }
}

/// Returns which of the free numbers an attempt takes: the first one, and later one that others are unlikely to take.
fn place(connection: &Connection, attempt: u32) -> u32 {
    if attempt == 0 {
        return 0;
    }
    // FNV-1a of the id and of the attempt.
    let bytes = connection.id.0.bytes().chain(attempt.to_le_bytes());
    bytes.fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)) % SPREAD
}

/// Returns a name that none of the others has: the wanted one with a number, within the limit of characters. `place` counts the free
/// numbers.
fn free_name(wanted: &PersonName, others: &HashSet<String>, place: u32) -> PersonName {
    let stem = stem_of(wanted.as_str());
    let names = (2..).map(|number: u32| numbered(stem, number)).filter(|name| !others.contains(&compared_name(name)));
    // There are more numbers than others.
    names.into_iter().nth(place as usize).unwrap_or_else(|| wanted.clone())
}

/// Returns a name without the number at its end.
fn stem_of(name: &str) -> &str {
    match name.rsplit_once(' ') {
        Some((stem, number))
            if number.len() <= NUMBER_DIGITS
                && number.bytes().all(|byte| byte.is_ascii_digit())
                && number.parse().is_ok_and(|number: u32| number >= 2) =>
        {
            stem
        }
        _ => name,
    }
}

/// Returns a name with a number. Its stem loses grapheme clusters at its end, such as an emoji that consists of several characters, until both
/// fit and are a valid name.
fn numbered(stem: &str, number: u32) -> PersonName {
    let number = number.to_string();
    let longest = NAME_CHARS - number.len() - 1;
    let borders = stem.grapheme_indices(true).map(|(border, _)| border).chain([stem.len()]);
    let starts: Vec<&str> = borders.map(|border| &stem[..border]).collect();
    let fitting = starts.into_iter().rev().filter(|start| start.chars().count() <= longest);
    let names = fitting.map(|start| format!("{start} {number}").parse::<PersonName>());
    let valid = names.flatten().find(|name| reject_confusable(name).is_ok());
    #[expect(clippy::expect_used, reason = "the last one is the number alone")]
    valid.expect("a number is a valid name")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn free(wanted: &str, others: &[&str], place: u32) -> String {
        let others = others.iter().map(|name| compared_name(&name.parse().unwrap())).collect();
        free_name(&wanted.parse().unwrap(), &others, place).to_string()
    }

    #[test]
    fn the_first_free_number_is_taken() {
        assert_eq!(free("Ann", &["Ann"], 0), "Ann 2");
        assert_eq!(free("Ann", &["ann", "ANN 2", "Ａｎｎ 3"], 0), "Ann 4");
        assert_eq!(free("Ann", &["Ann", "Ann 3"], 1), "Ann 4", "the second free one");
        assert_eq!(free("Ann 2", &["Ann", "Ann 2"], 0), "Ann 3", "a number replaces a number");
        assert_eq!(free("Apollo 2001", &["Apollo 2001"], 0), "Apollo 2001 2");
        assert_eq!(free("Room 1", &["Room 1"], 0), "Room 1 2");
        assert_eq!(free("7", &["7"], 0), "7 2");
    }

    #[test]
    fn a_numbered_name_has_at_most_as_many_characters_as_any() {
        let long = "日".repeat(NAME_CHARS);
        let name = free(&long, &[&long], 0);
        assert_eq!((name.chars().count(), name.ends_with("日 2")), (NAME_CHARS, true));
        let words = format!("{} b", "x".repeat(NAME_CHARS - 2));
        assert!(free(&words, &[&words], 0).ends_with("x 2"), "no two spaces");
    }

    #[test]
    fn a_numbered_name_is_cut_between_what_people_see_as_characters() {
        // What stays of a name that ends with this, which is longer than the space before " 2" by one character and more.
        for (end, kept) in [
            ("👩\u{200d}👩\u{200d}👧", ""),
            ("👩🏽\u{200d}🚀", ""),
            ("👍🏽", ""),
            ("❤\u{fe0f}", ""),
            ("🇯🇵", ""),
            ("🇯🇵🇺🇸", "🇯🇵"),
            ("1\u{fe0f}\u{20e3}", ""),
            ("🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}", ""),
            ("x\u{301}", ""),
            ("x\u{323}\u{301}", ""),
            ("é", ""),
            ("के", ""),
            ("क्षि", ""),
            ("ยี่", ""),
            ("👍👍", "👍"),
            ("ab", "a"),
        ] {
            let space = NAME_CHARS - 2;
            let long = format!("{}{end}", "-".repeat(space + 1 - end.chars().count()));
            let name = free(&long, &[&long], 0);
            let expected = format!("{}{kept} 2", "-".repeat(space + 1 - end.chars().count()));
            assert_eq!(name, expected, "{}", end.escape_unicode());
        }
        // A name that is one cluster.
        let marks = format!("x{}", "\u{301}".repeat(NAME_CHARS - 1));
        assert_eq!(free(&marks, &[&marks], 0), "2");
    }

    #[test]
    fn later_attempts_take_other_numbers() {
        let person = shared_types::Person {
            id: "ann".parse().unwrap(),
            name: "Ann".parse().unwrap(),
            moderator: false,
            appearance: Default::default(),
        };
        let connection = |id: &str| Connection {
            id: crate::ports::connections::ConnectionId(id.into()),
            room: shared_types::RoomName::lobby(),
            person: person.clone(),
            address: None,
            is_first_of_address: false,
            opened_at: shared_types::Timestamp(0),
            hidden: false,
            accepts_batches: false,
            device: None,
            status: None,
            chosen: None,
        };
        assert_eq!([place(&connection("a"), 0), place(&connection("b"), 0)], [0, 0]);
        let places: HashSet<u32> = ["a", "b", "c", "d"].iter().map(|id| place(&connection(id), 1)).collect();
        assert!(places.len() > 1, "{places:?}");
    }
}
