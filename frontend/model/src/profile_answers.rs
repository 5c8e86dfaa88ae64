//! What a frame with profiles answers. The frame does not say so, and answers can overtake each other.

use shared_types::{Hue, PersonId, Profile, StatusText, Timestamp};

/// The requests for profiles and the saved profile that the server has not answered.
#[derive(Debug)]
pub struct ProfileAnswers {
    /// The people whose profiles were asked for one by one.
    asked: Vec<PersonId>,
    /// Whether the statuses of everybody in the room were asked for.
    awaits_statuses: bool,
    /// The visitor's profile that was sent to be saved.
    sent: Option<SentProfile>,
}

/// A profile that was sent to be saved.
#[derive(Clone, Debug)]
pub struct SentProfile {
    /// The status.
    pub status: Option<StatusText>,
    /// The chosen colour.
    pub colour: Option<Hue>,
    /// The picture.
    pub picture: SentPicture,
}

/// What becomes of the picture of a profile that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SentPicture {
    /// It stays.
    Kept,
    /// It is removed.
    Removed,
    /// There is a new one. Before, it had this version.
    New(Option<Timestamp>),
}

/// What a frame with profiles is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileAnswer {
    /// The people in the room who have a status. Nobody else in the room has one.
    Statuses,
    /// The current profile of one person.
    Person,
    /// The visitor's profile, as it was sent to be saved.
    Saved,
    /// The visitor's profile after an attempt to save it. Another device changed it at the same time.
    ChangedElsewhere,
}

impl SentProfile {
    /// Whether a stored profile is what was sent.
    fn fits(&self, stored: &Profile) -> bool {
        let picture = stored.appearance.picture;
        let has_picture = match self.picture {
            SentPicture::Kept => true,
            SentPicture::Removed => picture.is_none(),
            SentPicture::New(before) => picture.is_some() && picture != before,
        };
        has_picture && stored.status == self.status && stored.appearance.colour == self.colour
    }
}

impl ProfileAnswers {
    /// Nothing is awaited.
    pub const NONE: Self = Self { asked: Vec::new(), awaits_statuses: false, sent: None };

    /// The profile of a person was asked for. Asking again replaces the last question.
    pub fn on_asked(&mut self, person: &PersonId) {
        self.asked.retain(|asked| asked != person);
        self.asked.push(person.clone());
    }

    /// The statuses of the people in the room were asked for.
    pub fn on_statuses_asked(&mut self) {
        self.awaits_statuses = true;
    }

    /// The server refused a question. It does not say which one.
    pub fn on_refused(&mut self) {
        self.awaits_statuses &= !self.asked.is_empty();
    }

    /// The visitor's profile was sent.
    pub fn on_sent(&mut self, profile: SentProfile) {
        self.sent = Some(profile);
    }

    /// The answer to the profile that was sent is not awaited any more.
    pub fn forget_sent(&mut self) {
        self.sent = None;
    }

    /// Handles a frame with profiles on the page of `me`.
    pub fn on_profiles(&mut self, me: &PersonId, profiles: &[Profile]) -> ProfileAnswer {
        let [profile] = profiles else {
            self.awaits_statuses = false;
            return ProfileAnswer::Statuses;
        };
        let is_me = profile.person == *me;
        if is_me && self.sent.take_if(|sent| sent.fits(profile)).is_some() {
            return ProfileAnswer::Saved;
        }
        if let Some(place) = self.asked.iter().position(|asked| *asked == profile.person) {
            self.asked.remove(place);
            return ProfileAnswer::Person;
        }
        if std::mem::take(&mut self.awaits_statuses) {
            return ProfileAnswer::Statuses;
        }
        if is_me && self.sent.take().is_some() {
            return ProfileAnswer::ChangedElsewhere;
        }
        ProfileAnswer::Person
    }
}

#[cfg(test)]
mod tests {
    use shared_types::Appearance;

    use super::*;

    fn id(id: &str) -> PersonId {
        id.parse().unwrap()
    }

    /// A profile; a picture of the version 0 is none.
    fn profile(person: &str, status: &str, picture: u64) -> Profile {
        let appearance = Appearance { picture: (picture > 0).then_some(Timestamp(picture)), colour: None };
        Profile { person: id(person), status: status.parse().ok(), appearance }
    }

    fn sent(status: &str, picture: SentPicture) -> SentProfile {
        SentProfile { status: status.parse().ok(), colour: None, picture }
    }

    #[track_caller]
    fn check(answers: &mut ProfileAnswers, profiles: &[Profile], expected: ProfileAnswer) {
        assert_eq!(answers.on_profiles(&id("me"), profiles), expected);
    }

    #[test]
    fn nothing_is_saved_before_it_is_sent() {
        let mut answers = ProfileAnswers::NONE;
        answers.on_statuses_asked();
        check(&mut answers, &[profile("me", "Away", 0)], ProfileAnswer::Statuses);
        check(&mut answers, &[profile("me", "Away", 0)], ProfileAnswer::Person);
    }

    #[test]
    fn a_profile_is_saved_when_status_and_picture_are_as_sent() {
        for (picture, stale, stored) in
            [(SentPicture::New(None), 0, 7), (SentPicture::New(Some(Timestamp(5))), 5, 7), (SentPicture::Removed, 5, 0)]
        {
            let mut answers = ProfileAnswers::NONE;
            answers.on_statuses_asked();
            answers.on_sent(sent("Away", picture));
            check(&mut answers, &[profile("me", "Away", stale)], ProfileAnswer::Statuses);
            check(&mut answers, &[profile("me", "Away", stored)], ProfileAnswer::Saved);
            check(&mut answers, &[profile("me", "Away", stored)], ProfileAnswer::Person);
        }
        let mut answers = ProfileAnswers::NONE;
        answers.on_sent(sent("Away", SentPicture::Kept));
        check(&mut answers, &[profile("me", "Away", 5)], ProfileAnswer::Saved);
    }

    #[test]
    fn statuses_of_a_room_save_nothing() {
        let mut answers = ProfileAnswers::NONE;
        answers.on_sent(sent("Away", SentPicture::Kept));
        check(&mut answers, &[profile("me", "Away", 0), profile("ann", "Here", 0)], ProfileAnswer::Statuses);
        check(&mut answers, &[], ProfileAnswer::Statuses);
        check(&mut answers, &[profile("ann", "Here", 0)], ProfileAnswer::Person);
        check(&mut answers, &[profile("me", "Away", 0)], ProfileAnswer::Saved);
    }

    #[test]
    fn another_profile_than_the_sent_one_is_of_another_device() {
        let mut answers = ProfileAnswers::NONE;
        answers.on_sent(sent("Away", SentPicture::Kept));
        check(&mut answers, &[profile("me", "Here", 0)], ProfileAnswer::ChangedElsewhere);
        check(&mut answers, &[profile("me", "Away", 0)], ProfileAnswer::Person);
    }

    #[test]
    fn questions_have_answers_of_their_own() {
        let mut answers = ProfileAnswers::NONE;
        answers.on_asked(&id("me"));
        answers.on_asked(&id("me"));
        answers.on_asked(&id("ann"));
        answers.on_statuses_asked();
        answers.on_sent(sent("Away", SentPicture::Kept));
        check(&mut answers, &[profile("ann", "Here", 0)], ProfileAnswer::Person);
        check(&mut answers, &[profile("me", "Here", 0)], ProfileAnswer::Person);
        check(&mut answers, &[profile("ann", "Here", 0)], ProfileAnswer::Statuses);
        check(&mut answers, &[profile("me", "Here", 0)], ProfileAnswer::ChangedElsewhere);
        answers.on_statuses_asked();
        answers.on_refused();
        answers.on_sent(sent("Away", SentPicture::Kept));
        check(&mut answers, &[profile("me", "Here", 0)], ProfileAnswer::ChangedElsewhere);
        answers.on_sent(sent("Away", SentPicture::Kept));
        answers.forget_sent();
        check(&mut answers, &[profile("me", "Away", 0)], ProfileAnswer::Person);
    }
}
