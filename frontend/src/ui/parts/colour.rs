//! A person's colour: derived from the id, so that it is the same for everyone and needs no storage.

use shared_types::{Person, PersonId};

/// Classes in `style/people.css`, one for each hue.
const HUES: [&str; 12] = [
    " hue-0", " hue-1", " hue-2", " hue-3", " hue-4", " hue-5", " hue-6", " hue-7", " hue-8", " hue-9", " hue-10",
    " hue-11",
];

/// Returns `class` and the class of a person's colour.
pub(crate) fn coloured(class: &str, person: &PersonId) -> String {
    [class, hue(person)].concat()
}

fn hue(person: &PersonId) -> &'static str {
    // FNV-1a: cheap, and similar ids get different hashes.
    let hash =
        person.as_str().bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    HUES[((hash ^ (hash >> 16)) % 12) as usize]
}

/// Returns the letter in a person's avatar. The style sheet writes it in upper case.
pub(crate) fn initial(person: &Person) -> String {
    person.name.as_str().chars().take(1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hue_of(id: &str) -> &'static str {
        hue(&id.parse().unwrap())
    }

    #[test]
    fn a_person_keeps_their_colour() {
        assert_eq!(hue_of("ann"), hue_of("ann"));
    }

    #[test]
    fn people_are_spread_over_all_colours() {
        let ids: Vec<_> = (0..600).map(|n| format!("guest-{n}")).collect();
        for class in HUES {
            let share = ids.iter().filter(|id| hue_of(id) == class).count();
            assert!((25..=80).contains(&share), "{class} has {share} of 600, where 50 would be even");
        }
    }

    #[test]
    fn the_initial_is_the_first_character_in_every_script() {
        for (name, letter) in [("ann", "a"), ("Ömer", "Ö"), ("日本", "日"), ("🦊 fox", "🦊")] {
            let person = Person { id: "x".parse().unwrap(), name: name.parse().unwrap(), moderator: false };
            assert_eq!(initial(&person), letter);
        }
    }
}
