//! The profiles of the visitor and of others: loads them and saves that of the visitor. It is loaded on demand.

use std::cell::{Cell, RefCell};

use page_model::{client::Effect, rejected_image::RejectedImage, texts::ClientTexts as _};
use shared_types::{
    Action, ActionName, ClientMessage, ErrorCode, Nonce, PersonId, Profile, ServerMessage, UploadedPicture,
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

/// Minimum time between two requests for the statuses in the panel because people came, went or changed, in milliseconds.
const STATUS_INTERVAL: u64 = 30_000;

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
    /// What was sent and is not confirmed.
    static SENT: RefCell<Option<ProfileDraft>> = const { RefCell::new(None) };
    static QUESTIONS: RefCell<Questions> = const { RefCell::new(Questions { own: false, statuses: false, person: None }) };
    /// The people whose profiles were asked for one by one. Other answers have everybody in the room who has a status.
    static ASKED: RefCell<Vec<PersonId>> = const { RefCell::new(Vec::new()) };
    /// Whether the server does not know profiles.
    static IS_UNKNOWN: Cell<bool> = const { Cell::new(false) };
    /// When the statuses were asked for.
    static STATUSES_AT: Cell<u64> = const { Cell::new(0) };
    /// Number of files that were chosen: only the last one becomes the picture.
    static FILES: Cell<u32> = const { Cell::new(0) };
}

impl Session {
    /// Requests the visitor's own profile, as soon as there is a socket.
    pub(super) fn load_own_profile(&self) {
        CHOSEN.take();
        match ProfileDialog::of_page().filter(|_| IS_UNKNOWN.get()) {
            Some(dialog) => set(dialog.progress, Progress::Failed),
            None => QUESTIONS.with_borrow_mut(|questions| questions.own = true),
        }
    }

    /// Requests the profile of a person.
    pub(super) fn load_profile(&self, person: PersonId) {
        QUESTIONS.with_borrow_mut(|questions| questions.person = Some(person));
    }

    /// Requests the statuses of the people in the room.
    pub(super) fn load_statuses(&self) {
        STATUSES_AT.set(time::now());
        QUESTIONS.with_borrow_mut(|questions| questions.statuses = true);
    }

    /// Returns the requests for profiles. The caller has a socket.
    pub(super) fn profile_queries(&self) -> Vec<ClientMessage> {
        let Questions { own, statuses, person } = QUESTIONS.take();
        if IS_UNKNOWN.get() {
            return Vec::new();
        }
        let people = own.then(|| self.page.you.id.clone()).into_iter().chain(person);
        let mut people: Vec<_> = people.map(Some).collect();
        ASKED.with_borrow_mut(|asked| asked.extend(people.iter().flatten().cloned()));
        people.extend(statuses.then_some(None));
        people.into_iter().map(|person| ClientMessage::Profile { person }).collect()
    }

    /// Prepares a file as the visitor's picture.
    pub(super) fn choose_picture(&self, file: File) {
        let Some(dialog) = ProfileDialog::of_page() else { return };
        let before = dialog.picture.get_untracked();
        set(dialog.picture, PictureChoice::Preparing);
        let (handle, number) = (self.handle, FILES.get() + 1);
        FILES.set(number);
        spawn_local(async move {
            let picture = ProfilePicture::of(&file).await;
            with(handle, |session| {
                if FILES.get() == number && dialog.picture.get_untracked() == PictureChoice::Preparing {
                    session.on_picture_prepared(dialog, before, &file.name(), picture);
                }
            });
        });
    }

    fn on_picture_prepared(
        &self,
        dialog: ProfileDialog,
        before: PictureChoice,
        name: &str,
        picture: Result<ProfilePicture, RejectedImage>,
    ) {
        match (picture, random::unique_token().parse()) {
            (Ok(picture), Ok(nonce)) => {
                set(dialog.picture, PictureChoice::Chosen(picture.url.as_str().to_owned()));
                CHOSEN.set(Some(ChosenPicture { picture, nonce, is_uploaded: false, upload: None }));
            }
            (Err(rejected), _) => {
                set(dialog.picture, before);
                set(dialog.picture_error, self.chat.translations.rejected_image(name, rejected));
            }
            (Ok(_), Err(_)) => set(dialog.picture, before),
        }
    }

    /// Saves the visitor's profile: uploads the picture first, if there is a new one.
    pub(super) fn save_profile(&mut self, draft: ProfileDraft) -> Vec<Effect> {
        let Some(dialog) = ProfileDialog::of_page() else { return Vec::new() };
        SENT.set(Some(draft));
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

    fn send_profile(&mut self) -> Vec<Effect> {
        let (Some(dialog), Some(draft)) = (ProfileDialog::of_page(), SENT.with_borrow(Clone::clone)) else {
            return Vec::new();
        };
        let choice = dialog.picture.get_untracked();
        let picture = CHOSEN.with_borrow(|chosen| {
            let ChosenPicture { picture, nonce, .. } = chosen.as_ref()?;
            Some(UploadedPicture { nonce: nonce.clone(), kind: picture.kind, size: picture.size })
        });
        let picture = picture.filter(|_| matches!(choice, PictureChoice::Chosen(_)));
        let keep_picture = matches!(choice, PictureChoice::Kept | PictureChoice::Preparing);
        let ProfileDraft { status, colour } = draft;
        self.send_for_profile(ClientMessage::SetProfile { status, colour, picture, keep_picture })
    }

    fn send_for_profile(&mut self, command: ClientMessage) -> Vec<Effect> {
        let effects = self.client.send_query(command);
        if effects.is_empty() {
            self.stop_saving(self.chat.translations.profile().unconfirmed);
        }
        effects
    }

    /// Says why the profile is not saved. The visitor can try again.
    fn stop_saving(&self, why: &str) {
        if let Some(dialog) = ProfileDialog::of_page() {
            set(dialog.progress, Progress::Ready(why.to_owned()));
        }
    }

    fn is_saving(&self) -> bool {
        ProfileDialog::of_page().is_some_and(|dialog| dialog.progress.get_untracked() == Progress::Saving)
    }

    /// Uploads the chosen picture to a URL.
    fn upload_picture(&mut self, url: &str) {
        let handle = self.handle;
        let report = move |event| with(handle, |session| session.on_picture_upload(&event));
        let is_started = CHOSEN.with_borrow_mut(|chosen| {
            let Some(ChosenPicture { picture, upload, .. }) = chosen else { return false };
            *upload = Upload::start(url, picture.kind.media_type(), &picture.blob, report);
            upload.is_some()
        });
        if !is_started {
            self.stop_saving(self.chat.translations.upload_broken);
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
        if !self.is_saving() {
            return;
        }
        if !is_uploaded {
            return self.stop_saving(self.chat.translations.upload_broken);
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
                if self.shows_people() && time::now() >= STATUSES_AT.get() + STATUS_INTERVAL {
                    self.load_statuses();
                }
                return false;
            }
            ServerMessage::Profiles { profiles } => self.on_profiles(profiles),
            ServerMessage::Upload { nonce, url, .. } if is_chosen(nonce) => self.upload_picture(url),
            ServerMessage::Error { action: Some(ActionName::Known(Action::Profile)), code, .. } => {
                ASKED.take();
                IS_UNKNOWN.set(IS_UNKNOWN.get() || *code == ErrorCode::UnknownAction);
                if let Some(dialog) = ProfileDialog::of_page().filter(|dialog| is_loading(*dialog)) {
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
            let why = translations.server_error(code).filter(|_| code != ErrorCode::BadField);
            self.stop_saving(why.unwrap_or(translations.profile().not_saved));
        }
    }

    fn on_profiles(&mut self, profiles: &[Profile]) {
        let me = self.page.you.id.clone();
        let asked = ASKED.with_borrow_mut(|asked| {
            let place = match profiles {
                [one] => asked.iter().position(|asked| *asked == one.person)?,
                [] => asked.iter().position(|asked| *asked == me)?,
                _ => return None,
            };
            Some(asked.remove(place))
        });
        let is_own_change = profiles.len() == 1 && profiles[0].person == me && asked.is_none() && self.is_saving();
        statuses::update(|statuses| {
            match &asked {
                Some(person) => statuses.retain(|(known, _)| known != person),
                None if is_own_change => statuses.retain(|(known, _)| *known != me),
                None => statuses.clear(),
            }
            let known = profiles.iter().filter_map(|profile| Some((profile.person.clone(), profile.status.clone()?)));
            statuses.extend(known);
        });
        let own = profiles.iter().find(|profile| profile.person == me);
        let Some(dialog) = ProfileDialog::of_page() else { return };
        match own {
            Some(own) if self.is_saving() && SENT.with_borrow(|sent| *sent == Some(ProfileDraft::of(own))) => {
                self.client.set_appearance(own.appearance);
                self.rows_changed = true;
                SENT.take();
                CHOSEN.take();
                dialog.on_saved(ProfileDraft::of(own));
            }
            _ if asked == Some(me) && is_loading(dialog) => {
                dialog.on_loaded(own.map(ProfileDraft::of).unwrap_or_default());
            }
            _ => {}
        }
    }

    /// What is not answered may be lost.
    pub(super) fn on_profile_disconnect(&self) {
        ASKED.take();
        CHOSEN.with_borrow_mut(|chosen| {
            if let Some(chosen) = chosen {
                chosen.upload = None;
            }
        });
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
