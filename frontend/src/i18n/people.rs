//! People: names, typing, reactions, notifications.

use page_model::composer_command::COMMANDS;
use shared_types::Person;

use crate::i18n::Translations;

impl Translations {
    /// Returns the name of a person. A person whose data was erased has no name any more.
    pub(crate) fn name<'a>(&self, person: &'a Person) -> &'a str {
        if person.is_erased() { self.erased_person } else { person.name.as_str() }
    }

    /// Returns the names of people, separated by commas.
    pub(crate) fn names(&self, people: &[Person]) -> String {
        people.iter().map(|person| self.name(person)).collect::<Vec<_>>().join(self.comma)
    }

    /// Returns who is typing. The order of `people` is kept.
    pub(crate) fn typing(&self, people: &[&Person]) -> String {
        match people {
            [] => String::new(),
            [one] => self.typing_one.with(one.name.as_str()),
            [one, two] => self.typing_two.with(&[one.name.as_str(), self.and, two.name.as_str()].concat()),
            _ => self.typing_many.into(),
        }
    }

    /// Joins two texts with a comma.
    pub(crate) fn with_comma(&self, first: &str, second: &str) -> String {
        [first, self.comma, second].concat()
    }

    /// Prefixes a text with a colon.
    pub(crate) fn after_colon(&self, text: &str) -> String {
        [self.colon, text].concat()
    }

    /// Returns the body of a notification: author and text. Systems show about four lines.
    #[cfg(feature = "hydrate")]
    pub(crate) fn notification_body(&self, author: &str, text: Option<&str>) -> String {
        [author, self.colon, &super::message::cut(text.unwrap_or(self.image), 200)].concat()
    }

    /// Returns the label of a reaction for screen readers: "👍 2: Ann, Ben".
    pub(crate) fn reaction(&self, emoji: &str, people: &[Person]) -> String {
        [emoji, " ", &people.len().to_string(), self.colon, &self.names(people)].concat()
    }

    /// Returns what a command of the composer does.
    pub(crate) fn command_hint(&self, name: &str) -> &'static str {
        let hints = COMMANDS.into_iter().zip(self.dialogs().command_hints);
        hints.into_iter().find(|(command, _)| *command == name).map_or("", |(_, hint)| hint)
    }
}
