//! Names of image files. Two messages never share a file, also on a disk that does not tell `a` from `A`.
//!
//! The name is the key of the message, `{author}.{room}.{nonce}`, in lower case. If author or nonce have upper case letters, a mask
//! follows: one bit for each of their characters, set for upper case, as hexadecimal digits. None of the parts can contain a dot, a slash
//! or another character with a meaning in a file system. The longest name of an upload has 240 bytes; file systems allow 255.

use std::{fs, io, path::Path};

use chat::ports::{images::Upload, messages::MessageKey};
use shared_types::PersonId;

use crate::{
    images::FOLDERS,
    store::{migrations::Migration, sync_directory},
};

/// Returns the name of the published image of a message.
pub(crate) fn image_name(message_key: &MessageKey) -> String {
    let MessageKey { room, author, nonce } = message_key;
    portable_name(author.as_str(), room.as_str(), nonce.as_str())
}

/// Returns the name of the picture of a person.
pub(crate) fn picture_name(person: &PersonId) -> String {
    masked(person.as_str().to_ascii_lowercase(), person.as_str())
}

/// Returns the person whose picture has that name. `None` if it is none of [`picture_name`].
pub(super) fn person_of_picture(name: &str) -> Option<PersonId> {
    let (letters, mask) = name.split_once('.').unwrap_or((name, ""));
    let digits: Vec<u32> = mask.chars().map(|digit| digit.to_digit(16)).collect::<Option<_>>()?;
    let cased = |(place, letter): (usize, char)| {
        let is_upper = digits.get(place / 4).is_some_and(|digit| digit >> (place % 4) & 1 == 1);
        if is_upper { letter.to_ascii_uppercase() } else { letter }
    };
    let id: String = letters.chars().enumerate().map(cased).collect();
    id.parse().ok().filter(|person| picture_name(person) == name)
}

/// Returns the name of an upload.
pub(super) fn upload_name(upload: &Upload) -> String {
    format!("{}.{}.{}", image_name(&upload.message_key), upload.size.get(), upload.kind.extension())
}

fn portable_name(author: &str, room: &str, nonce: &str) -> String {
    masked(format!("{author}.{room}.{nonce}").to_ascii_lowercase(), &[author, nonce].concat())
}

/// Returns a name in lower case, with the mask of the letters of which it was made.
fn masked(mut name: String, letters: &str) -> String {
    let digit = |letters: &[u8]| {
        letters.iter().enumerate().fold(0, |digit, (bit, letter)| digit | u32::from(letter.is_ascii_uppercase()) << bit)
    };
    let mask: String =
        letters.as_bytes().chunks(4).filter_map(|letters| char::from_digit(digit(letters), 16)).collect();
    let mask = mask.trim_end_matches('0');
    if !mask.is_empty() {
        name.extend([".", mask]);
    }
    name
}

/// Migrates the files of version 1, whose names could have upper case letters.
pub(crate) fn rename_image_files(migration: &Migration<'_>) -> Result<(), redb::Error> {
    for folder in migration.directory.iter().flat_map(|directory| FOLDERS.map(|folder| directory.join(folder))) {
        if folder.try_exists()? {
            rename_old_files(&folder)?;
        }
    }
    Ok(())
}

/// Renames files that an older version named with upper case letters. It can be interrupted and repeated.
fn rename_old_files(folder: &Path) -> io::Result<()> {
    // All names are read before the first file is renamed: otherwise it is not defined which files are listed.
    let files: Vec<_> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    let mut renamed = 0;
    for file in files {
        if let Some(name) = file.file_name().and_then(|name| name.to_str()).and_then(new_name) {
            fs::rename(&file, folder.join(name))?;
            renamed += 1;
        }
    }
    if renamed > 0 {
        tracing::info!(folder = %folder.display(), renamed, "image files renamed for disks that ignore case");
    }
    // Also without a renamed file: an interrupted run may have renamed the last ones and not synced them.
    sync_directory(folder)
}

/// Returns the new name of a file of an older version; `None` if its name stays.
fn new_name(old: &str) -> Option<String> {
    if !old.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let parts: Vec<&str> = old.split('.').collect();
    match parts[..] {
        [author, room, nonce] => Some(portable_name(author, room, nonce)),
        [author, room, nonce, size, kind] => Some(format!("{}.{size}.{kind}", portable_name(author, room, nonce))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_differ_on_disks_that_ignore_case() {
        let keys =
            ["ann", "Ann", "ANN", "aNn"].map(|author| ["n", "N", "n1", "N-n", "n-N"].map(|nonce| (author, nonce)));
        let names: Vec<String> =
            keys.iter().flatten().map(|(author, nonce)| portable_name(author, "lobby", nonce)).collect();
        let distinct: HashSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
        assert_eq!(distinct.len(), names.len());
        assert_eq!(portable_name("ann", "lobby", "n"), "ann.lobby.n", "as older versions named it");
        assert_eq!(portable_name("ann", "lobby", "N"), "ann.lobby.n.8");
        let longest = portable_name(&"A".repeat(64), &"r".repeat(64), &"N".repeat(64));
        assert!(longest.len() + ".2097152.webp".len() <= 240, "{}", longest.len());
    }

    #[test]
    fn files_of_an_older_version_are_renamed_once() {
        let directory = tempfile::tempdir().unwrap();
        for old in ["Ann.lobby.N", "ann.lobby.n", "Ann.lobby.N.9.png", "ann.lobby.n.8"] {
            fs::write(directory.path().join(old), old).unwrap();
        }
        for _ in 0..2 {
            rename_old_files(directory.path()).unwrap();
            for (name, old) in [
                (portable_name("Ann", "lobby", "N"), "Ann.lobby.N"),
                ("ann.lobby.n".into(), "ann.lobby.n"),
                (format!("{}.9.png", portable_name("Ann", "lobby", "N")), "Ann.lobby.N.9.png"),
                ("ann.lobby.n.8".into(), "ann.lobby.n.8"),
            ] {
                assert_eq!(fs::read_to_string(directory.path().join(&name)).unwrap(), old, "{name}");
            }
        }
    }
}
