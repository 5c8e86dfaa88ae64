//! Generated names for guests who have not chosen one.

use sha2::{Digest, Sha256};
use shared_types::{PersonId, PersonName};

// 32 × 32 = 1,024 names. Two guests may have the same name; their colours and ids still differ.
const ADJECTIVES: [&str; 32] = [
    "Amber", "Bold", "Brisk", "Calm", "Clever", "Copper", "Curious", "Eager", "Early", "Fair", "Gentle", "Golden",
    "Happy", "Honest", "Humble", "Jolly", "Keen", "Kind", "Lively", "Lucky", "Mellow", "Merry", "Nimble", "Patient",
    "Quick", "Quiet", "Silver", "Steady", "Sunny", "Swift", "Warm", "Witty",
];
const ANIMALS: [&str; 32] = [
    "Badger", "Bear", "Beaver", "Crane", "Deer", "Dolphin", "Falcon", "Finch", "Fox", "Hare", "Hedgehog", "Heron",
    "Ibis", "Kestrel", "Lark", "Lynx", "Marten", "Moose", "Otter", "Owl", "Panda", "Puffin", "Raven", "Robin", "Seal",
    "Sparrow", "Squirrel", "Stork", "Swan", "Tern", "Wolf", "Wren",
];

/// Returns the name of a guest who has not chosen one. It is always the same for the same id.
pub(crate) fn guest_name(id: &PersonId) -> PersonName {
    let hash = Sha256::digest(id.as_str().as_bytes());
    let pick = |byte: u8| usize::from(byte) % ADJECTIVES.len();
    let name = format!("{} {}", ADJECTIVES[pick(hash[0])], ANIMALS[pick(hash[1])]);
    #[expect(clippy::expect_used, reason = "the test below parses all of them")]
    name.parse().expect("a name of two short words")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_always_has_the_same_guest_name() {
        let id: PersonId = "ann".parse().unwrap();
        assert_eq!(guest_name(&id), guest_name(&id));
    }

    #[test]
    fn every_guest_name_is_valid() {
        for adjective in ADJECTIVES {
            for animal in ANIMALS {
                assert!(format!("{adjective} {animal}").parse::<PersonName>().is_ok());
            }
        }
    }
}
