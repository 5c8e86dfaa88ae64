//! People's colours. People can choose theirs. For everybody else, the preferred one is derived from the id, so that a person has the same
//! colour in every room and for everyone, as long as nobody else in the room has it.

use page_model::timeline::Row;
use shared_types::{Person, PersonId};

use crate::ui::state::Chat;

/// Classes in `style/people.css`, one for each hue.
pub(crate) const HUES: [&str; 12] = [
    " hue-0", " hue-1", " hue-2", " hue-3", " hue-4", " hue-5", " hue-6", " hue-7", " hue-8", " hue-9", " hue-10",
    " hue-11",
];

/// Step to the next hue if the preferred one is taken: a hue that looks different. It reaches all twelve.
const STEP: usize = 5;

/// Who has which colour in a room, so that twelve people have twelve colours, unless some choose the same one. A person keeps theirs as long
/// as the page shows the room. The server and the browser see people in the same order, so that they agree.
///
/// People are known by a hash of their id, which is never 0. Two people with the same hash would share a colour.
#[derive(Debug, Default)]
pub(crate) struct Colours {
    /// The person of each hue, or 0.
    people: [u32; 12],
    /// Somebody who chose the hue, or 0.
    chosen: [u32; 12],
}

impl Colours {
    /// Returns the hue of a person: the chosen one, or else one that they get when they are first seen. That is the first one that is free,
    /// and that nobody chose if there is one. When none is free, it is the preferred one.
    fn hue(&mut self, person: &Person) -> usize {
        let id = hash(&person.id);
        for of in &mut self.chosen {
            if *of == id {
                *of = 0;
            }
        }
        if let Some(hue) = person.appearance.colour {
            let hue = usize::from(hue.get()) % 12;
            if self.chosen[hue] == 0 {
                self.chosen[hue] = id;
            }
            return hue;
        }
        if let Some(own) = self.people.iter().position(|of| *of == id) {
            return own;
        }
        let preferred = preferred(id);
        for tried in 0..24 {
            let hue = (preferred + STEP * tried) % 12;
            if self.people[hue] == 0 && (tried >= 12 || self.chosen[hue] == 0) {
                self.people[hue] = id;
                return hue;
            }
        }
        preferred
    }
}

impl Chat {
    /// Returns `class` and the class of a person's colour.
    pub(crate) fn coloured(&self, class: &str, person: &Person) -> String {
        [class, HUES[self.hue(person)]].concat()
    }

    /// Gives the people of messages their colours, if they have none: first those who chose theirs.
    pub(crate) fn assign_colours(&self, rows: &[Row]) {
        for chose in [true, false] {
            for row in rows {
                for person in
                    [Some(&row.author), row.reply_to.as_ref().map(|reply| &reply.author)].into_iter().flatten()
                {
                    if person.appearance.colour.is_some() == chose {
                        self.hue(person);
                    }
                }
            }
        }
    }

    fn hue(&self, person: &Person) -> usize {
        self.room.colours.try_update(|colours| colours.hue(person)).unwrap_or_default()
    }
}

/// FNV-1a: cheap, and similar ids get different hashes.
fn hash(person: &PersonId) -> u32 {
    let step = |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    person.as_str().bytes().fold(0x811c_9dc5_u32, step).max(1)
}

/// Returns the preferred hue of the person with this hash.
fn preferred(hash: u32) -> usize {
    ((hash ^ (hash >> 16)) % 12) as usize
}

/// Returns the letter in a person's avatar. The style sheet writes it in upper case.
pub(crate) fn initial(person: &Person) -> String {
    person.name.as_str().chars().take(1).collect()
}

#[cfg(test)]
mod tests {
    use shared_types::{Appearance, Hue};

    use super::*;

    fn person(number: usize) -> Person {
        let (id, name) = (format!("guest-{number}"), "Guest");
        let (id, name) = (id.parse().unwrap(), name.parse().unwrap());
        Person { id, name, moderator: false, appearance: Appearance::NONE }
    }

    fn with_hue(number: usize, hue: usize) -> Person {
        let appearance = Appearance { picture: None, colour: Hue::try_from(hue as u64).ok() };
        Person { appearance, ..person(number) }
    }

    fn own_preferred(number: usize) -> usize {
        preferred(hash(&person(number).id))
    }

    #[test]
    fn twelve_people_have_twelve_colours_and_keep_them() {
        let mut colours = Colours::default();
        let hues: Vec<_> = (0..12).map(|number| colours.hue(&person(number))).collect();
        let mut sorted = hues.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, Vec::from_iter(0..12));
        for number in (12..40).chain(0..12) {
            colours.hue(&person(number));
        }
        assert_eq!(hues, (0..12).map(|number| colours.hue(&person(number))).collect::<Vec<_>>());
    }

    #[test]
    fn a_person_has_the_preferred_colour_while_it_is_free_or_all_are_taken() {
        let mut colours = Colours::default();
        assert_eq!(colours.hue(&person(1)), own_preferred(1));
        let people = std::array::from_fn(|hue| hash(&person(hue).id));
        let mut taken = Colours { people, ..Colours::default() };
        assert_eq!(taken.hue(&person(99)), own_preferred(99));
    }

    #[test]
    fn a_chosen_colour_wins_and_others_avoid_it_where_they_can() {
        let mut colours = Colours::default();
        let hue = own_preferred(1);
        assert_eq!([colours.hue(&with_hue(2, hue)), colours.hue(&with_hue(3, hue))], [hue, hue]);
        assert_eq!(colours.hue(&person(1)), (hue + STEP) % 12);
        for number in 10..20 {
            assert_ne!(colours.hue(&person(number)), hue);
        }
        assert_eq!(colours.hue(&person(20)), hue, "nothing else is free");
        // Somebody who had a colour before that keeps it.
        assert_eq!(colours.hue(&with_hue(4, (hue + STEP) % 12)), (hue + STEP) % 12);
        assert_eq!(colours.hue(&person(1)), (hue + STEP) % 12);
    }

    #[test]
    fn a_colour_that_nobody_chooses_any_more_is_free() {
        let mut colours = Colours::default();
        let hue = own_preferred(1);
        colours.hue(&with_hue(2, hue));
        colours.hue(&with_hue(2, (hue + 1) % 12));
        assert_eq!(colours.hue(&person(1)), hue);
        // Who chooses "automatic" again has the colour from before the choice.
        colours.hue(&with_hue(1, 0));
        assert_eq!(colours.hue(&person(1)), hue);
    }

    #[test]
    fn people_are_spread_over_all_colours() {
        for hue in 0..12 {
            let share = (0..600).filter(|number| own_preferred(*number) == hue).count();
            assert!((25..=80).contains(&share), "{hue} has {share} of 600, where 50 would be even");
        }
    }

    #[test]
    fn the_initial_is_the_first_character_in_every_script() {
        for (name, letter) in [("ann", "a"), ("Ömer", "Ö"), ("日本", "日"), ("🦊 fox", "🦊")] {
            assert_eq!(initial(&Person { name: name.parse().unwrap(), ..person(1) }), letter);
        }
    }
}
