//! People, and what they say and do.

use shared_types::Person;

use crate::i18n::Translations;

impl Translations {
    /// Returns the name of a person. A person whose data was erased has no name any more.
    pub(crate) fn name<'a>(&self, person: &'a Person) -> &'a str {
        if person.is_erased() { self.erased_person } else { person.name.as_str() }
    }

    /// The names of people, one after the other.
    pub(crate) fn names(&self, people: &[Person]) -> String {
        people.iter().map(|person| self.name(person)).collect::<Vec<_>>().join(self.comma)
    }

    /// Who is writing something, in the order in which they began.
    pub(crate) fn typing(&self, people: &[&Person]) -> String {
        match people {
            [] => String::new(),
            [one] => self.typing_one.with(one.name.as_str()),
            [one, two] => self.typing_two.with(&[one.name.as_str(), self.and, two.name.as_str()].concat()),
            _ => self.typing_many.into(),
        }
    }

    /// Who said a message and when, for those who cannot see that it belongs to a group.
    pub(crate) fn with_comma(&self, author: &str, time: &str) -> String {
        [author, self.comma, time].concat()
    }

    /// What somebody said, behind their name.
    pub(crate) fn after_colon(&self, text: &str) -> String {
        [self.colon, text].concat()
    }

    /// What somebody said, as it is told to who does not look at the page.
    #[cfg(feature = "hydrate")]
    pub(crate) fn notification_body(&self, author: &str, text: Option<&str>) -> String {
        [author, self.colon, text.unwrap_or(self.image)].concat()
    }

    /// Who means an emoji, for those who see no button with a number: "👍 2: Ann, Ben".
    pub(crate) fn reaction(&self, emoji: &str, people: &[Person]) -> String {
        [emoji, " ", &people.len().to_string(), self.colon, &self.names(people)].concat()
    }
}
