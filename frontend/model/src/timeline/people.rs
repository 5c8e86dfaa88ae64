//! Who is here, and whom a text may call.

use shared_types::{MessageText, Person, mentioned};

use super::Timeline;
use crate::mention_completion::case_folded;

/// How long somebody who is gone is still shown, in milliseconds: a reload or another network takes a few seconds, and nobody
/// has to hear of it.
const LEAVE_MS: u64 = 5_000;

/// Who is here, as the reader is told: whoever comes is shown at once, whoever goes a little later, all of them together.
#[derive(Debug)]
pub(super) struct PresenceTracker {
    shown: Presence,
    /// What is to be shown at that time.
    next: Option<(u64, Presence)>,
}

/// Who is in the room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Presence {
    /// How many people.
    pub online: u32,
    /// Who they are, by name: the first of them where they are many, nobody as long as the server has not said it.
    pub people: Vec<Person>,
}

impl PresenceTracker {
    pub(super) fn new(online: u32) -> Self {
        Self { shown: Presence { online, people: Vec::new() }, next: None }
    }

    /// The server said who is here.
    pub(super) fn update(&mut self, online: u32, people: Vec<Person>, now: u64) {
        if let Some((_, next)) = self.next.take_if(|(due, _)| now >= *due) {
            self.shown = next;
        }
        let heard = Presence { online, people };
        if online < self.shown.online {
            // The first who goes decides when, or a busy room would never show it.
            let due = self.next.as_ref().map_or(now + LEAVE_MS, |(due, _)| *due);
            self.next = Some((due, heard));
        } else {
            self.shown = heard;
            self.next = None;
        }
    }
}

/// These people, each once, by the name under which they come first.
pub fn dedup_people<'a>(people: impl Iterator<Item = &'a Person>) -> Vec<Person> {
    let mut once: Vec<Person> = Vec::new();
    for person in people {
        if once.iter().all(|before| before.id != person.id) {
            once.push(person.clone());
        }
    }
    once
}

/// So much of an id tells one from another beside their names, in characters.
const TAG_CHARS: usize = 4;

/// The end of somebody's id, if they are one of these.
pub fn tag(person: &Person, namesakes: &[Person]) -> Option<String> {
    let id = person.id.as_str();
    let end = || ["·", &id[id.len().saturating_sub(TAG_CHARS)..]].concat();
    namesakes.iter().any(|namesake| namesake.id == person.id).then(end)
}

/// Whoever has the name of somebody else among these people, but for its case. So nobody is taken for another by their name.
fn namesakes<'a>(people: impl Iterator<Item = &'a Person>) -> Vec<Person> {
    let mut names: Vec<(&Person, String)> = Vec::new();
    for person in people.filter(|person| !person.is_erased()) {
        if !names.iter().any(|(before, _)| before.id == person.id && before.name == person.name) {
            names.push((person, case_folded(person.name.as_str())));
        }
    }
    let shared = |(person, name): &&(&Person, String)| {
        names.iter().any(|(other, called)| other.id != person.id && called == name)
    };
    names.iter().filter(shared).map(|(person, _)| (*person).clone()).collect()
}

impl Timeline {
    /// Whoever has the name of somebody else of those who are here or wrote something that is shown.
    pub fn namesakes(&self) -> Vec<Person> {
        let authors = self.shown().messages.iter().map(|confirmed| &confirmed.author);
        let mine = std::iter::once(&self.me);
        namesakes(
            self.presence_tracker.shown.people.iter().chain(authors).chain(mine).filter(|person| !person.is_erased()),
        )
    }

    /// Who is here at `now`.
    pub fn presence(&self, now: u64) -> &Presence {
        match &self.presence_tracker.next {
            Some((due, next)) if now >= *due => next,
            _ => &self.presence_tracker.shown,
        }
    }

    /// Everybody whom a text can call: those who are here, and those who said something that is shown, each once.
    fn known(&self) -> Vec<Person> {
        let presence_tracker =
            self.presence_tracker.next.as_ref().map_or(&self.presence_tracker.shown, |(_, next)| next);
        let authors = self.shown().messages.iter().rev().map(|confirmed| &confirmed.author);
        dedup_people(presence_tracker.people.iter().chain(authors))
    }

    /// Whom a text calls: of those who were called before, and of everybody who is known now.
    pub(super) fn mentioned(&self, text: Option<&MessageText>, before: &[Person]) -> Vec<Person> {
        // Most texts call nobody, and need no list of everybody.
        let Some(text) = text.filter(|text| text.as_str().contains('@')) else { return Vec::new() };
        mentioned(text.as_str(), &dedup_people(before.iter().chain(&self.known())))
    }
}
