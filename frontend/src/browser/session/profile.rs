//! The profiles of the visitor and of others: loads them and saves that of the visitor. It is loaded on demand.

use std::cell::{Cell, RefCell};

use page_model::{
    client::Effect,
    profile_answers::{ProfileAnswer, ProfileAnswers, SentPicture, SentProfile},
    profile_times::ProfileTimes,
    rejected_image::RejectedImage,
    texts::ClientTexts as _,
};
use shared_types::{
    Action, ActionName, ChatMessage, ClientMessage, ErrorCode, Nonce, PersonId, Profile, ServerMessage, Timestamp,
    UploadedPicture, limits,
};
use wasm_bindgen_futures::spawn_local;
use web_sys::File;

use crate::{
    browser::{
        picture::ProfilePicture,
        random,
        session::{Session, with},
        time,
        upload::{Upload, UploadEvent},
    },
    ui::{
        profile::{
            state::{PictureChoice, ProfileDialog, ProfileDraft, Progress},
            statuses,
        },
        state::set,
    },
};

/// The picture that the visitor chose.
struct ChosenPicture {
    picture: ProfilePicture,
    /// The nonce under which it is uploaded. A repeated command has the same one.
    nonce: Nonce,
    is_uploaded: bool,
    upload: Option<Upload>,
}

/// What the page wants to know, until it is sent.
#[derive(Default)]
struct Questions {
    own: bool,
    statuses: bool,
    /// The person whose card is open.
    person: Option<PersonId>,
}

thread_local! {
    // These are not in [`Session`], which is loaded first.
    static CHOSEN: RefCell<Option<ChosenPicture>> = const { RefCell::new(None) };
    /// What is being saved: the picture may still be uploaded.
    static DRAFT: RefCell<Option<ProfileDraft>> = const { RefCell::new(None) };
    /// Whether the profile is sent once the server has answered the change of the name. Otherwise that answer could come last, with the
    /// appearance of before.
    static AWAITS_NAME: Cell<bool> = const { Cell::new(false) };
    /// What the visitor had chosen as their picture before they chose the file that is being prepared.
    static CHOICE_BEFORE: RefCell<PictureChoice> = const { RefCell::new(PictureChoice::Kept) };
    /// The version of the visitor's picture when the dialog was loaded.
    static PICTURE_BEFORE: Cell<Option<Timestamp>> = const { Cell::new(None) };
    static TIMES: Cell<ProfileTimes> = const { Cell::new(ProfileTimes::NONE) };
    /// The person whose card was opened last.
    static CARD: RefCell<Option<PersonId>> = const { RefCell::new(None) };
    static QUESTIONS: RefCell<Questions> = const { RefCell::new(Questions { own: false, statuses: false, person: None }) };
    /// What the server has not answered.
    static ANSWERS: RefCell<ProfileAnswers> = const { RefCell::new(ProfileAnswers::NONE) };
    /// Whether the server does not know profiles.
    static IS_UNKNOWN: Cell<bool> = const { Cell::new(false) };
    /// Number of files that were chosen: only the last one becomes the picture.
    static FILES: Cell<u32> = const { Cell::new(0) };
}

/// Changes the time limits.
fn with_times<R>(change: impl FnOnce(&mut ProfileTimes) -> R) -> R {
    let mut times = TIMES.get();
    let changed = change(&mut times);
    TIMES.set(times);
    changed
}

impl Session {
    /// Requests the visitor's own profile, as soon as there is a socket.
    pub(super) fn load_own_profile(&self) {
        Self::forget_save();
        CHOSEN.take();
        with_times(ProfileTimes::on_opened);
        match ProfileDialog::of_page().filter(|_| IS_UNKNOWN.get()) {
            Some(dialog) => set(dialog.progress, Progress::Failed),
            None => QUESTIONS.with_borrow_mut(|questions| questions.own = true),
        }
    }

    /// Requests the profile of a person.
    pub(super) fn load_profile(&self, person: PersonId) {
        CARD.set(Some(person.clone()));
        QUESTIONS.with_borrow_mut(|questions| questions.person = Some(person));
    }

    /// Requests the statuses of the people in the room.
    pub(super) fn load_statuses(&self) {
        let now = time::now();
        let is_large = self.client.timeline().presence(now).online as usize > limits::TYPING_CONNECTIONS;
        with_times(|times| times.on_statuses_wanted(now, is_large, random::random()));
        QUESTIONS.with_borrow_mut(|questions| questions.statuses = true);
    }

    /// Returns the requests for profiles that are due, and the profile to save. The caller has a socket.
    pub(super) fn profile_queries(&self, now: u64) -> Vec<ClientMessage> {
        if self.is_saving() && TIMES.get().is_save_late(now) {
            Self::abort_upload();
            self.stop_saving(self.chat.translations.profile().unanswered);
        }
        if TIMES.get().is_load_due(now) && ProfileDialog::of_page().is_some_and(is_loading) {
            QUESTIONS.with_borrow_mut(|questions| questions.own = true);
        }
        let save = (AWAITS_NAME.get() && self.wants_to_save()).then(|| self.profile_to_save()).flatten();
        let Questions { own, statuses, person } = QUESTIONS.take();
        if IS_UNKNOWN.get() {
            return Vec::from_iter(save);
        }
        if own {
            with_times(|times| times.on_asked(now));
        }
        let people = own.then(|| self.page.you.id.clone()).into_iter().chain(person);
        let mut people: Vec<_> = people.map(Some).collect();
        ANSWERS.with_borrow_mut(|answers| {
            people.iter().flatten().for_each(|person| answers.on_asked(person));
            if statuses {
                answers.on_statuses_asked();
            }
        });
        people.extend(statuses.then_some(None));
        people.into_iter().map(|person| ClientMessage::Profile { person }).chain(save).collect()
    }

    /// Prepares a file as the visitor's picture.
    pub(super) fn choose_picture(&self, file: File) {
        let Some(dialog) = ProfileDialog::of_page() else { return };
        let before = dialog.picture.get_untracked();
        // An earlier file may still be being prepared. This one takes its place.
        if before != PictureChoice::Preparing {
            CHOICE_BEFORE.set(before);
        }
        set(dialog.picture, PictureChoice::Preparing);
        let (handle, number) = (self.handle, FILES.get() + 1);
        FILES.set(number);
        spawn_local(async move {
            let picture = ProfilePicture::of(&file).await;
            with(handle, |session| {
                if FILES.get() == number && dialog.picture.get_untracked() == PictureChoice::Preparing {
                    session.on_picture_prepared(dialog, &file.name(), picture);
                }
            });
        });
    }

    fn on_picture_prepared(&self, dialog: ProfileDialog, name: &str, picture: Result<ProfilePicture, RejectedImage>) {
        match (picture, random::unique_token().parse()) {
            (Ok(picture), Ok(nonce)) => {
                set(dialog.picture, PictureChoice::Chosen(picture.url.as_str().to_owned()));
                CHOSEN.set(Some(ChosenPicture { picture, nonce, is_uploaded: false, upload: None }));
            }
            (Err(rejected), _) => {
                set(dialog.picture, CHOICE_BEFORE.with_borrow(Clone::clone));
                set(dialog.picture_error, self.chat.translations.rejected_image(name, rejected));
            }
            (Ok(_), Err(_)) => set(dialog.picture, CHOICE_BEFORE.with_borrow(Clone::clone)),
        }
    }

    /// Saves the visitor's profile: uploads the picture first, if there is a new one.
    pub(super) fn save_profile(&mut self, draft: ProfileDraft) -> Vec<Effect> {
        let Some(dialog) = ProfileDialog::of_page() else { return Vec::new() };
        DRAFT.set(Some(draft));
        let upload = CHOSEN.with_borrow(|chosen| {
            let chosen = chosen.as_ref().filter(|chosen| !chosen.is_uploaded)?;
            let ProfilePicture { kind, size, .. } = chosen.picture;
            Some(ClientMessage::Upload { nonce: chosen.nonce.clone(), kind, size })
        });
        let is_new = matches!(dialog.picture.get_untracked(), PictureChoice::Chosen(_));
        match upload.filter(|_| is_new) {
            Some(upload) => self.send_for_profile(upload),
            None => self.send_profile(),
        }
    }

    /// Sends the profile, after the answer to a change of the name.
    fn send_profile(&mut self) -> Vec<Effect> {
        AWAITS_NAME.set(true);
        with_times(|times| times.on_save_step(time::now()));
        match self.profile_to_save() {
            Some(command) => self.send_for_profile(command),
            None => Vec::new(),
        }
    }

    /// Returns the command that saves the profile, unless the name has to be answered first.
    fn profile_to_save(&self) -> Option<ClientMessage> {
        let dialog = ProfileDialog::of_page().filter(|dialog| !dialog.renaming.is_pending.get_untracked())?;
        let ProfileDraft { status, colour } = DRAFT.with_borrow(Clone::clone)?;
        AWAITS_NAME.set(false);
        let choice = dialog.picture.get_untracked();
        let picture = CHOSEN.with_borrow(|chosen| {
            let ChosenPicture { picture, nonce, .. } = chosen.as_ref()?;
            Some(UploadedPicture { nonce: nonce.clone(), kind: picture.kind, size: picture.size })
        });
        let picture = picture.filter(|_| matches!(choice, PictureChoice::Chosen(_)));
        let keep_picture = matches!(choice, PictureChoice::Kept | PictureChoice::Preparing);
        let sent = match (&picture, keep_picture) {
            (Some(_), _) => SentPicture::New(PICTURE_BEFORE.get()),
            (None, true) => SentPicture::Kept,
            (None, false) => SentPicture::Removed,
        };
        let sent = SentProfile { status: status.clone(), colour, picture: sent };
        ANSWERS.with_borrow_mut(|answers| answers.on_sent(sent));
        Some(ClientMessage::SetProfile { status, colour, picture, keep_picture })
    }

    fn send_for_profile(&mut self, command: ClientMessage) -> Vec<Effect> {
        with_times(|times| times.on_save_step(time::now()));
        let effects = self.client.send_query(command);
        if effects.is_empty() {
            self.stop_saving(self.chat.translations.profile().unconfirmed);
        }
        effects
    }

    /// Nothing is being saved any more.
    fn forget_save() {
        DRAFT.take();
        AWAITS_NAME.set(false);
        with_times(ProfileTimes::on_save_end);
        ANSWERS.with_borrow_mut(ProfileAnswers::forget_sent);
    }

    fn abort_upload() {
        CHOSEN.with_borrow_mut(|chosen| {
            if let Some(chosen) = chosen {
                chosen.upload = None;
            }
        });
    }

    /// Returns whether the visitor still wants to save. A visitor who closed the dialog before the profile was sent does not.
    fn wants_to_save(&self) -> bool {
        let is_open = |dialog: ProfileDialog| dialog.dialog.get_untracked().is_some_and(|dialog| dialog.open());
        let wants = self.is_saving() && ProfileDialog::of_page().is_some_and(is_open);
        if self.is_saving() && !wants {
            self.stop_saving("");
            CHOSEN.take();
        }
        wants
    }

    /// Says why the profile is not saved. The visitor can try again.
    fn stop_saving(&self, why: &str) {
        Self::forget_save();
        if let Some(dialog) = ProfileDialog::of_page() {
            set(dialog.progress, Progress::Ready(why.to_owned()));
        }
    }

    fn is_saving(&self) -> bool {
        ProfileDialog::of_page().is_some_and(|dialog| dialog.progress.get_untracked() == Progress::Saving)
    }

    /// Uploads the chosen picture to a URL.
    fn upload_picture(&mut self, url: &str) {
        if !self.wants_to_save() {
            return;
        }
        with_times(|times| times.on_save_step(time::now()));
        let handle = self.handle;
        let report = move |event| with(handle, |session| session.on_picture_upload(&event));
        let is_started = CHOSEN.with_borrow_mut(|chosen| {
            let Some(ChosenPicture { picture, upload, .. }) = chosen else { return false };
            *upload = Upload::start(url, picture.kind.media_type(), &picture.blob, report);
            upload.is_some()
        });
        if !is_started {
            self.stop_saving(self.chat.translations.profile().picture_lost);
        }
    }

    fn on_picture_upload(&mut self, event: &UploadEvent) {
        let UploadEvent::Ended(is_uploaded) = *event else { return };
        CHOSEN.with_borrow_mut(|chosen| {
            if let Some(chosen) = chosen {
                chosen.is_uploaded = is_uploaded;
                chosen.upload = None;
            }
        });
        if !self.wants_to_save() {
            return;
        }
        if !is_uploaded {
            return self.stop_saving(self.chat.translations.profile().picture_lost);
        }
        let effects = self.send_profile();
        self.perform(effects);
    }

    /// Handles an answer about profiles. Returns whether it is one.
    pub(super) fn on_profile_answer(&mut self, message: &ServerMessage) -> bool {
        let is_chosen =
            |nonce: &Nonce| CHOSEN.with_borrow(|chosen| chosen.as_ref().is_some_and(|chosen| chosen.nonce == *nonce));
        match message {
            ServerMessage::Presence { .. } => {
                // A new status is announced like a new picture, but not told.
                if self.shows_people() && TIMES.get().are_statuses_due(time::now()) {
                    self.load_statuses();
                }
                return false;
            }
            ServerMessage::Message(message) => {
                self.learn_appearances(std::slice::from_ref(message));
                return false;
            }
            ServerMessage::Messages { messages } => {
                self.learn_appearances(messages);
                return false;
            }
            ServerMessage::Profiles { profiles } => self.on_profiles(profiles),
            ServerMessage::Upload { nonce, url, .. } if is_chosen(nonce) => self.upload_picture(url),
            ServerMessage::Error { action: Some(ActionName::Known(Action::Profile)), code, retry_after, .. } => {
                ANSWERS.with_borrow_mut(ProfileAnswers::on_refused);
                IS_UNKNOWN.set(IS_UNKNOWN.get() || *code == ErrorCode::UnknownAction);
                let Some(dialog) = ProfileDialog::of_page().filter(|dialog| is_loading(*dialog)) else { return true };
                let asks_again = with_times(|times| times.on_refused(time::now(), *retry_after));
                if IS_UNKNOWN.get() || !asks_again {
                    set(dialog.progress, Progress::Failed);
                }
            }
            ServerMessage::Error { action: Some(ActionName::Known(Action::SetProfile)), code, .. } => {
                self.on_profile_refused(*code);
            }
            ServerMessage::Error {
                action: Some(ActionName::Known(Action::Upload)), code, nonce: Some(nonce), ..
            } if is_chosen(nonce) => {
                self.on_profile_refused(*code);
            }
            _ => return false,
        }
        true
    }

    /// Takes the appearance of the authors of new messages: in a large room, not everybody is told of a new profile. A message that was changed
    /// has the appearance of long ago.
    fn learn_appearances(&mut self, messages: &[ChatMessage]) {
        for ChatMessage { author, .. } in messages.iter().filter(|message| message.rev.0 == message.seq.0) {
            if author.id != self.page.you.id {
                self.rows_changed |= self.client.set_appearance(&author.id, author.appearance);
            }
        }
    }

    fn on_profile_refused(&mut self, code: ErrorCode) {
        // The file of this nonce is gone or wrong: another attempt uploads it again.
        CHOSEN.with_borrow_mut(|chosen| {
            if let (Some(chosen), Ok(nonce)) = (chosen, random::unique_token().parse())
                && matches!(code, ErrorCode::NoImage | ErrorCode::BadImage)
            {
                (chosen.nonce, chosen.is_uploaded) = (nonce, false);
            }
        });
        if self.is_saving() {
            let translations = self.chat.translations;
            // A frame with a wrong field is no message here.
            let why = match code {
                ErrorCode::NoImage => Some(translations.profile().picture_lost),
                code => translations.server_error(code).filter(|_| code != ErrorCode::BadField),
            };
            self.stop_saving(why.unwrap_or(translations.profile().not_saved));
        }
    }

    fn on_profiles(&mut self, profiles: &[Profile]) {
        let me = self.page.you.id.clone();
        let answer = ANSWERS.with_borrow_mut(|answers| answers.on_profiles(&me, profiles));
        if answer == ProfileAnswer::Statuses {
            // Everybody in the room is told. The person of the card may not be there.
            let people = &self.client.timeline().presence(time::now()).people;
            let is_absent = |person: &PersonId| people.iter().all(|present| present.id != *person);
            let card = CARD.with_borrow(Clone::clone).filter(is_absent);
            return statuses::update(|statuses| {
                statuses.retain(|known| {
                    card.as_ref() == Some(&known.person) && profiles.iter().all(|told| told.person != known.person)
                });
                statuses.extend_from_slice(profiles);
            });
        }
        let [profile] = profiles else { return };
        statuses::update(|statuses| {
            statuses.retain(|known| known.person != profile.person);
            statuses.push(profile.clone());
        });
        self.rows_changed |= self.client.set_appearance(&profile.person, profile.appearance);
        let Some(dialog) = ProfileDialog::of_page().filter(|_| profile.person == me) else { return };
        match answer {
            ProfileAnswer::Saved => {
                Self::forget_save();
                CHOSEN.take();
                dialog.on_saved(ProfileDraft::of(profile));
            }
            ProfileAnswer::ChangedElsewhere => {
                Self::forget_save();
                CHOSEN.take();
                set(dialog.picture, PictureChoice::Kept);
                PICTURE_BEFORE.set(profile.appearance.picture);
                dialog.on_loaded(ProfileDraft::of(profile), self.chat.translations.profile().changed_elsewhere);
            }
            ProfileAnswer::Person if is_loading(dialog) => {
                PICTURE_BEFORE.set(profile.appearance.picture);
                dialog.on_loaded(ProfileDraft::of(profile), "");
            }
            ProfileAnswer::Person | ProfileAnswer::Statuses => {}
        }
    }

    /// What is not answered may be lost.
    pub(super) fn on_profile_disconnect(&self) {
        ANSWERS.set(ProfileAnswers::NONE);
        Self::abort_upload();
        if self.is_saving() {
            self.stop_saving(self.chat.translations.profile().unconfirmed);
        }
        if ProfileDialog::of_page().is_some_and(is_loading) {
            QUESTIONS.with_borrow_mut(|questions| questions.own = true);
        }
    }
}

fn is_loading(dialog: ProfileDialog) -> bool {
    let is_open = dialog.dialog.get_untracked().is_some_and(|dialog| dialog.open());
    is_open && dialog.progress.get_untracked() == Progress::Loading
}
