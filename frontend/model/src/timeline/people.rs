//! Online people, and the people that a text mentions.

use shared_types::{MessageText, Person, PersonId, is_joiner_or_selector, mentioned};

use super::Timeline;
use crate::mention_completion::UpperCase;

/// How long people who left are still shown, in milliseconds. A reload or a change of the network takes a few seconds.
const LEAVE_MS: u64 = 5_000;

/// Who is shown as online. Arrivals are shown at once, departures together after a delay.
#[derive(Debug)]
pub(super) struct PresenceTracker {
    shown: Presence,
    /// The next state, and when to show it.
    next: Option<(u64, Presence)>,
}

/// Who is in the room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Presence {
    /// Number of people.
    pub online: u32,
    /// Who they are, by name: the first ones if there are many, empty until the server has told.
    pub people: Vec<Person>,
    /// Those of them who are away: their pages are hidden.
    pub away: Vec<PersonId>,
}

impl PresenceTracker {
    pub(super) fn new(online: u32) -> Self {
        Self { shown: Presence { online, ..Presence::default() }, next: None }
    }

    /// The people who are shown, and those who will be.
    pub(super) fn people_mut(&mut self) -> impl Iterator<Item = &mut Person> {
        let next = self.next.as_mut().map(|(_, next)| next);
        std::iter::once(&mut self.shown).chain(next).flat_map(|presence| &mut presence.people)
    }

    /// The server told who is online. Nobody means that it could not find out.
    pub(super) fn update(&mut self, received: Presence, now: u64) {
        if received.online == 0 {
            return;
        }
        if let Some((_, next)) = self.next.take_if(|(due, _)| now >= *due) {
            self.shown = next;
        }
        if received.online < self.shown.online {
            // Who is shown and still there may be away now.
            self.shown.away.clone_from(&received.away);
            // The first departure sets the time. If each one restarted the delay, a busy room would never show any.
            let due = self.next.as_ref().map_or(now + LEAVE_MS, |(due, _)| *due);
            self.next = Some((due, received));
        } else {
            self.shown = received;
            self.next = None;
        }
    }
}

/// These people without duplicates, each under the first name that occurs.
pub fn dedup_people<'a>(people: impl Iterator<Item = &'a Person>) -> Vec<Person> {
    let mut once = Vec::new();
    people.for_each(|person| add_once(&mut once, person));
    once
}

/// Adds a person, unless the same one is among these. It is a function of its own, so that it is compiled once.
#[inline(never)]
fn add_once(people: &mut Vec<Person>, person: &Person) {
    if people.iter().all(|before| before.id != person.id) {
        people.push(person.clone());
    }
}

/// Characters of the id that tell people of the same name apart.
const TAG_CHARS: usize = 4;

/// The last characters of the id, if the person is one of `namesakes`.
pub fn tag(person: &Person, namesakes: &[Person]) -> Option<String> {
    let id = person.id.as_str();
    let end = || ["·", &id[id.len().saturating_sub(TAG_CHARS)..]].concat();
    namesakes.iter().any(|namesake| namesake.id == person.id).then(end)
}

/// The people who share a name with somebody else, ignoring case and what is invisible.
fn namesakes<'a>(people: impl Iterator<Item = &'a Person>, upper_case: UpperCase) -> Vec<Person> {
    let mut names: Vec<(&Person, String)> = Vec::new();
    for person in people.filter(|person| !person.is_erased()) {
        if !names.iter().any(|(before, _)| before.id == person.id && before.name == person.name) {
            let visible: String = person.name.as_str().chars().filter(|c| !is_joiner_or_selector(*c)).collect();
            names.push((person, upper_case(&visible)));
        }
    }
    let shared = |(person, name): &&(&Person, String)| {
        names.iter().any(|(other, other_name)| other.id != person.id && other_name == name)
    };
    names.iter().filter(shared).map(|(person, _)| (*person).clone()).collect()
}

/// Gives a person the appearance of the same one among these. Returns whether there is one.
pub(super) fn update_appearance(person: &mut Person, known: &[Person]) -> bool {
    let known = known.iter().find(|known| known.id == person.id);
    if let Some(known) = known {
        person.appearance = known.appearance;
    }
    known.is_some()
}

/// What people look like, by their ids, so that a person is found at once among a thousand.
pub(super) struct Appearances<'a>(Vec<&'a Person>);

impl<'a> Appearances<'a> {
    /// Adds what a person looks like, unless it is known.
    #[inline(never)]
    fn add(&mut self, person: &'a Person) {
        if let Err(place) = self.find(person) {
            self.0.insert(place, person);
        }
    }

    /// Returns the place of a person, or where to insert them.
    #[inline(never)]
    fn find(&self, person: &Person) -> Result<usize, usize> {
        self.0.binary_search_by(|known| known.id.as_str().cmp(person.id.as_str()))
    }

    /// Gives a person the appearance with which they are known.
    pub(super) fn update(&self, person: &mut Person) {
        if let Ok(place) = self.find(person) {
            person.appearance = self.0[place].appearance;
        }
    }
}

impl Timeline {
    /// The people online or in the shown messages who share a name with somebody else.
    pub fn namesakes(&self, upper_case: UpperCase) -> Vec<Person> {
        let authors = self.shown().messages.iter().map(|confirmed| &confirmed.author);
        let mine = std::iter::once(&self.me);
        namesakes(
            self.presence_tracker.shown.people.iter().chain(authors).chain(mine).filter(|person| !person.is_erased()),
            upper_case,
        )
    }

    /// Who is online at `now`.
    pub fn presence(&self, now: u64) -> &Presence {
        match &self.presence_tracker.next {
            Some((due, next)) if now >= *due => next,
            _ => &self.presence_tracker.shown,
        }
    }

    /// Everybody that the page knows, with repetitions; what is known last of somebody is first: people online, and authors of shown messages,
    /// from the newest one.
    fn known_last_first(&self) -> impl Iterator<Item = &Person> {
        let PresenceTracker { shown, next } = &self.presence_tracker;
        let online = next.iter().map(|(_, next)| next).chain([shown]).flat_map(|presence| &presence.people);
        let me = self.is_appearance_known.then_some(&self.me);
        online.chain(me).chain(self.shown().messages.iter().rev().map(|confirmed| &confirmed.author))
    }

    /// The appearances of everybody that the page knows, and of `others`.
    pub(super) fn appearances<'a>(&'a self, others: &mut dyn Iterator<Item = &'a Person>) -> Appearances<'a> {
        let mut appearances = Appearances(Vec::new());
        self.known_last_first().chain(others).for_each(|person| appearances.add(person));
        appearances
    }

    /// The visitor, with the appearance that is known last.
    pub fn me_as_known(&self) -> Person {
        let known = self.known_last_first().find(|known| known.id == self.me.id);
        Person { appearance: known.unwrap_or(&self.me).appearance, ..self.me.clone() }
    }

    /// The members of the private room are known: a text can mention those who are absent, too.
    pub fn set_members(&mut self, members: Vec<Person>) {
        self.members = members;
    }

    /// The people that a text mentions, of those mentioned before and those known now.
    pub(super) fn mentioned(&self, text: Option<&MessageText>, before: &[Person]) -> Vec<Person> {
        // Most texts have no mentions.
        let Some(text) = text.filter(|text| text.as_str().contains('@')) else { return Vec::new() };
        mentioned(text.as_str(), &dedup_people(before.iter().chain(self.known_last_first()).chain(&self.members)))
    }
}
