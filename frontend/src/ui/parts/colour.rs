//! People's colours. The preferred one is derived from the id, so that a person has the same colour in every room and for
//! everyone, as long as nobody else in the room has it. Nothing is stored.

use page_model::timeline::Row;
use shared_types::{Person, PersonId};

use crate::ui::state::Chat;

/// Classes in `style/people.css`, one for each hue.
const HUES: [&str; 12] = [
    " hue-0", " hue-1", " hue-2", " hue-3", " hue-4", " hue-5", " hue-6", " hue-7", " hue-8", " hue-9", " hue-10",
    " hue-11",
];

/// Step to the next hue if the preferred one is taken: a hue that looks different. It reaches all twelve.
const STEP: usize = 5;

/// Who has which colour in a room, so that twelve people have twelve colours. A person keeps theirs as long as the page
/// shows the room. The server and the browser see people in the same order, so that they agree.
#[derive(Debug, Default)]
pub(crate) struct Colours {
    /// The person of each hue.
    people: [Option<PersonId>; 12],
}

impl Colours {
    /// Returns the hue of a person. Gives them the first free one when they are first seen. When none is free, it is the
    /// preferred one.
    fn hue(&mut self, person: &PersonId) -> usize {
        let preferred = preferred(person);
        if let Some(own) = self.people.iter().position(|of| of.as_ref() == Some(person)) {
            return own;
        }
        let mut hues = (0..12).map(|tried| (preferred + STEP * tried) % 12);
        let Some(free) = hues.find(|hue| self.people[*hue].is_none()) else { return preferred };
        self.people[free] = Some(person.clone());
        free
    }
}

impl Chat {
    /// Returns `class` and the class of a person's colour.
    pub(crate) fn coloured(&self, class: &str, person: &PersonId) -> String {
        [class, HUES[self.hue(person)]].concat()
    }

    /// Gives the people of a message their colours, if they have none.
    pub(crate) fn assign_colours(&self, row: &Row) {
        self.hue(&row.author.id);
        if let Some(reply) = &row.reply_to {
            self.hue(&reply.author.id);
        }
    }

    fn hue(&self, person: &PersonId) -> usize {
        self.room.colours.try_update(|colours| colours.hue(person)).unwrap_or_default()
    }
}

fn preferred(person: &PersonId) -> usize {
    // FNV-1a: cheap, and similar ids get different hashes.
    let hash =
        person.as_str().bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    ((hash ^ (hash >> 16)) % 12) as usize
}

/// Returns the letter in a person's avatar. The style sheet writes it in upper case.
pub(crate) fn initial(person: &Person) -> String {
    person.name.as_str().chars().take(1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: usize) -> PersonId {
        format!("guest-{number}").parse().unwrap()
    }

    #[test]
    fn twelve_people_have_twelve_colours_and_keep_them() {
        let mut colours = Colours::default();
        let hues: Vec<_> = (0..12).map(|number| colours.hue(&id(number))).collect();
        let mut sorted = hues.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, Vec::from_iter(0..12));
        for number in (12..40).chain(0..12) {
            colours.hue(&id(number));
        }
        assert_eq!(hues, (0..12).map(|number| colours.hue(&id(number))).collect::<Vec<_>>());
    }

    #[test]
    fn a_person_has_the_preferred_colour_while_it_is_free_or_all_are_taken() {
        let mut colours = Colours::default();
        assert_eq!(colours.hue(&id(1)), preferred(&id(1)));
        let mut taken = Colours { people: std::array::from_fn(|hue| Some(id(hue))) };
        assert_eq!(taken.hue(&id(99)), preferred(&id(99)));
    }

    #[test]
    fn people_are_spread_over_all_colours() {
        for hue in 0..12 {
            let share = (0..600).filter(|number| preferred(&id(*number)) == hue).count();
            assert!((25..=80).contains(&share), "{hue} has {share} of 600, where 50 would be even");
        }
    }

    #[test]
    fn the_initial_is_the_first_character_in_every_script() {
        for (name, letter) in [("ann", "a"), ("Ömer", "Ö"), ("日本", "日"), ("🦊 fox", "🦊")] {
            let person = Person {
                id: "x".parse().unwrap(),
                name: name.parse().unwrap(),
                moderator: false,
                appearance: Default::default(),
            };
            assert_eq!(initial(&person), letter);
        }
    }
}
