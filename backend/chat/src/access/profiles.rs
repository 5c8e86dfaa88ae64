//! The profiles of people: changes of name, picture, colour and status, and their removal.
//!
//! The picture of a person is one file, which is replaced. Only the request that has put [`StoredProfile::changing_until`] into the profile
//! changes it, and it stores the new profile after that. So the profile never names a picture that another request has removed.

use std::sync::Arc;

use futures::{StreamExt, future::ready, stream};
use shared_types::{Appearance, Hue, Nonce, PersonId, PersonName, StatusText, Timestamp, UploadedPicture, limits};

use crate::{
    content::images::{ImageFault, is_animated, picture_fault},
    ports::{
        Unavailable,
        connections::Connection,
        images::{Images, Upload},
        messages::MessageKey,
        profiles::{CHANGE_TIME, Profiles, StoredProfile},
        system::Clock,
    },
};

/// Number of attempts to change a profile, of which changes from other devices of the person may prevent some.
const ATTEMPTS: usize = 5;

/// Number of pictures that the sweep lists at once.
const PAGE: usize = 1_000;

/// Number of pictures that the sweep checks at the same time.
const AT_ONCE: usize = 32;

/// The profiles of people.
#[derive(Clone)]
pub struct ProfileRegistry {
    /// The stored profiles.
    pub profiles: Arc<dyn Profiles>,
    /// The pictures, and the uploads from which they are made.
    pub images: Arc<dyn Images>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

/// A new profile.
#[derive(Clone, Debug)]
pub struct WantedProfile {
    /// The status.
    pub status: Option<StatusText>,
    /// The colour.
    pub colour: Option<Hue>,
    /// The picture.
    pub picture: WantedPicture,
}

/// What becomes of the picture.
#[derive(Clone, Debug)]
pub enum WantedPicture {
    /// It stays as it is.
    Kept,
    /// It is removed.
    None,
    /// It is replaced by an upload.
    New(UploadedPicture),
}

/// Why a profile was not changed. Its `Display` is a sentence for the person.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The uploaded picture cannot be used.
    #[error(transparent)]
    Picture(#[from] PictureFault),
    /// Another device changes the picture at the same time.
    #[error("another device is changing this picture: try again")]
    Changing,
    /// The store did not answer. A retry completes the change.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why a picture was not accepted. Its `Display` is a sentence for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureFault {
    /// No picture was uploaded with this nonce in this room, or the sweep has removed it.
    #[error("the picture is not there: upload it first")]
    Missing,
    /// The file is not as announced, or no image.
    #[error(transparent)]
    Image(ImageFault),
    /// The width or the height is another one.
    #[error("a picture has {0} × {0} pixels", shared_types::limits::PICTURE_SIDE)]
    Sides,
    /// The picture has several frames.
    #[error("a picture must not be animated")]
    Animated,
}

/// What a sweep lists.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Swept {
    Pictures,
    Profiles,
}

/// A picture that was uploaded and checked.
struct CheckedPicture {
    upload: Upload,
    bytes: Vec<u8>,
}

impl ProfileRegistry {
    /// Replaces the profile of the person of a connection. Returns the new one.
    ///
    /// Costs one read and one write of the profile. If the picture changes, there is another write before its file is written or removed.
    ///
    /// # Errors
    ///
    /// [`ProfileError`] gives the reason.
    pub async fn set(
        &self,
        sender: &Connection,
        wanted: WantedProfile,
    ) -> std::result::Result<StoredProfile, ProfileError> {
        let person = &sender.person.id;
        let mut checked = None;
        for _ in 0..ATTEMPTS {
            let stored = self.profiles.profile(person).await?;
            let shown = StoredProfile {
                version: stored.next_version(self.clock.now()),
                status: wanted.status.clone(),
                appearance: Appearance { colour: wanted.colour, ..stored.appearance },
                used: Some(self.clock.now()),
                ..stored.clone()
            };
            let is_there = |nonce: &Nonce| stored.nonce.as_ref() == Some(nonce) && stored.appearance.picture.is_some();
            let has_file = stored.appearance.picture.is_some() || stored.changing_until.is_some();
            let changed = match &wanted.picture {
                // The picture of a retry is there already.
                WantedPicture::New(picture) if !is_there(&picture.nonce) => {
                    if checked.is_none() {
                        checked = Some(self.check(sender, picture).await?);
                    }
                    self.change_file(person, &stored, checked.as_ref(), &wanted).await?
                }
                WantedPicture::None if has_file => self.change_file(person, &stored, None, &wanted).await?,
                _ => self.profiles.set_profile(person, stored.version, &shown).await?.then_some(shown),
            };
            if let Some(changed) = changed {
                self.discard(checked).await;
                return Ok(changed);
            }
        }
        Err(too_many_changes().into())
    }

    /// Stores the name that a person chose. `stored` is their profile as it was read before. A profile that cannot be read stays as it is:
    /// its picture would be lost.
    ///
    /// Costs one write, and nothing if the name is stored already.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer. The name may be stored nevertheless.
    pub async fn set_name(
        &self,
        person: &PersonId,
        mut stored: StoredProfile,
        name: &PersonName,
    ) -> Result<(), Unavailable> {
        for _ in 0..ATTEMPTS {
            if stored.name.as_ref() == Some(name) || stored.is_unreadable() {
                return Ok(());
            }
            let now = self.clock.now();
            let (version, name) = (stored.next_version(now), Some(name.clone()));
            let named = StoredProfile { version, name, used: Some(now), ..stored.clone() };
            if self.profiles.set_profile(person, stored.version, &named).await? {
                return Ok(());
            }
            stored = self.profiles.profile(person).await?;
        }
        Err(too_many_changes())
    }

    /// Removes the profile of a person with its picture and the stored name. The picture is removed without a profile, too, because the profile may have been lost.
    ///
    /// # Errors
    ///
    /// [`ProfileError`] gives the reason.
    pub async fn remove(&self, person: &PersonId) -> std::result::Result<(), ProfileError> {
        let nothing = WantedProfile { status: None, colour: None, picture: WantedPicture::None };
        for _ in 0..ATTEMPTS {
            let stored = StoredProfile { name: None, ..self.profiles.profile(person).await? };
            if self.change_file(person, &stored, None, &nothing).await?.is_some() {
                return Ok(());
            }
        }
        Err(too_many_changes().into())
    }

    /// Writes or removes the file of a picture, and stores the wanted profile. Returns `None` if the stored profile is another one now.
    async fn change_file(
        &self,
        person: &PersonId,
        stored: &StoredProfile,
        picture: Option<&CheckedPicture>,
        wanted: &WantedProfile,
    ) -> std::result::Result<Option<StoredProfile>, ProfileError> {
        let now = self.clock.now();
        if stored.is_changing(now) {
            return Err(ProfileError::Changing);
        }
        let changing_until = Some(now + CHANGE_TIME);
        let (version, used) = (stored.next_version(now), Some(now));
        let begun = StoredProfile { version, changing_until, used, ..stored.clone() };
        if !self.profiles.set_profile(person, stored.version, &begun).await? {
            return Ok(None);
        }
        let changed = self.finish_change(person, stored, begun, picture, wanted).await;
        if changed.is_err() {
            self.release(person, changing_until).await;
        }
        changed.map(Some)
    }

    /// Writes or removes the file of a picture, and stores the wanted profile. The stored profile says that this request does it.
    async fn finish_change(
        &self,
        person: &PersonId,
        stored: &StoredProfile,
        mut begun: StoredProfile,
        picture: Option<&CheckedPicture>,
        wanted: &WantedProfile,
    ) -> std::result::Result<StoredProfile, ProfileError> {
        let (changing_until, used) = (begun.changing_until, begun.used);
        match picture {
            Some(CheckedPicture { upload, bytes }) => self.images.put_picture(person, upload.kind, bytes).await?,
            None => self.images.remove_picture(person).await?,
        }
        // A new version, also if the clock stood still.
        let before = stored.appearance.picture.map_or(0, |before| before.0 + 1);
        let at = Timestamp(self.clock.now().0.max(before));
        for _ in 0..ATTEMPTS {
            let done = StoredProfile {
                version: begun.version.saturating_add(1),
                name: begun.name.clone(),
                status: wanted.status.clone(),
                appearance: Appearance { picture: picture.map(|_| at), colour: wanted.colour },
                nonce: picture.map(|picture| picture.upload.message_key.nonce.clone()),
                changing_until: None,
                used,
            };
            if self.profiles.set_profile(person, begun.version, &done).await? {
                return Ok(done);
            }
            // Another device changed colour or status meanwhile, or an earlier attempt of the store arrived.
            begun = self.profiles.profile(person).await?;
            if begun.changing_until != changing_until {
                return Ok(begun);
            }
        }
        Err(too_many_changes().into())
    }

    /// Lets the next request change the file at once, after a failure. If this fails, too, that one waits for [`CHANGE_TIME`].
    async fn release(&self, person: &PersonId, changing_until: Option<Timestamp>) {
        let released = async {
            let stored = self.profiles.profile(person).await?;
            if stored.changing_until != changing_until {
                return Ok(true);
            }
            let (before, now) = (stored.version, self.clock.now());
            let released = StoredProfile { version: stored.next_version(now), changing_until: Some(now), ..stored };
            self.profiles.set_profile(person, before, &released).await
        };
        if let Err(error) = released.await {
            tracing::warn!(%error, "change of a picture not released; the next one waits for some seconds");
        }
    }

    /// Removes the pictures that no profile names: those of profiles that are over, and those that an interrupted request left. Then it removes
    /// the other profiles that are over, where the store does not do that. Returns the number of both. At most
    /// [`limits::CHECKED_PICTURES`] of each are checked; of more, each day begins with others.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the pictures or the profiles could not be listed.
    pub async fn sweep(&self) -> Result<usize, Unavailable> {
        Ok(self.sweep_each(Swept::Pictures).await? + self.sweep_each(Swept::Profiles).await?)
    }

    async fn sweep_each(&self, what: Swept) -> Result<usize, Unavailable> {
        let start = start_of_day(self.clock.now());
        let (mut after, mut checked, mut removed, mut is_second_part) = (start.clone(), 0, 0, start.is_none());
        while checked < limits::CHECKED_PICTURES {
            let most = PAGE.min(limits::CHECKED_PICTURES - checked);
            let mut people = match what {
                Swept::Pictures => self.images.pictures(after.as_ref(), most).await?,
                Swept::Profiles => self.profiles.people(after.as_ref(), most).await?,
            };
            after = people.last().cloned();
            if is_second_part && start.is_some() {
                people.retain(|person| Some(person) <= start.as_ref());
            }
            checked += people.len();
            let swept = stream::iter(&people).map(|person| self.sweep_one(person, what)).buffer_unordered(AT_ONCE);
            removed += swept.filter(|swept| ready(*swept)).count().await;
            let is_end = after.is_none() || is_second_part && start.is_some() && after > start;
            match (is_end, is_second_part) {
                (false, _) => {}
                (true, true) => break,
                (true, false) => (after, is_second_part) = (None, true),
            }
        }
        Ok(removed)
    }

    /// Removes the profile of a person if it is over, and the picture if no profile names it. Returns whether it did. After a failure the next
    /// sweep tries again.
    async fn sweep_one(&self, person: &PersonId, what: Swept) -> bool {
        let swept = async {
            let (stored, now) = (self.profiles.profile(person).await?, self.clock.now());
            if stored.is_over(now) || stored.version == 0 {
                return self.remove(person).await.map(|()| true);
            }
            let is_named = stored.appearance.picture.is_some();
            if is_named || stored.is_changing(now) || stored.is_unreadable() || what == Swept::Profiles {
                return Ok(false);
            }
            let (status, colour) = (stored.status.clone(), stored.appearance.colour);
            let without = WantedProfile { status, colour, picture: WantedPicture::None };
            Ok(self.change_file(person, &stored, None, &without).await?.is_some())
        };
        swept.await.unwrap_or_else(|error| {
            tracing::warn!(%person, %error, "profile or picture not checked; the next clean-up checks it");
            false
        })
    }

    /// Checks an uploaded picture. One that cannot be used is removed.
    async fn check(
        &self,
        sender: &Connection,
        picture: &UploadedPicture,
    ) -> std::result::Result<CheckedPicture, ProfileError> {
        let (room, author) = (sender.room.clone(), sender.person.id.clone());
        let message_key = MessageKey { room, author, nonce: picture.nonce.clone() };
        let upload = Upload { message_key, kind: picture.kind, size: picture.size };
        let Some(found) = self.images.uploaded(&upload).await? else {
            return Err(PictureFault::Missing.into());
        };
        let fault = match picture_fault(&found, picture) {
            Some(ImageFault::Sides) => Some(PictureFault::Sides),
            Some(fault) => Some(PictureFault::Image(fault)),
            None => is_animated(picture.kind, &found.head).then_some(PictureFault::Animated),
        };
        if let Some(fault) = fault {
            self.images.discard(&upload).await?;
            return Err(fault.into());
        }
        // The head of an upload is longer than a picture may be.
        Ok(CheckedPicture { upload, bytes: found.head })
    }

    /// Removes an upload that is a picture now. If that fails, the sweep does it.
    async fn discard(&self, checked: Option<CheckedPicture>) {
        if let Some(CheckedPicture { upload, .. }) = checked
            && let Err(error) = self.images.discard(&upload).await
        {
            tracing::warn!(%error, "upload of a picture not removed; the sweep removes it");
        }
    }
}

/// Returns the id after which the sweep of a day begins: an id of one character, another one each day.
fn start_of_day(now: Timestamp) -> Option<PersonId> {
    const CHARACTERS: &[u8; 64] = b"-0123456789=ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxy";
    let day = usize::try_from(now.0 / 86_400_000).unwrap_or_default();
    char::from(CHARACTERS[day % CHARACTERS.len()]).to_string().parse().ok()
}

fn too_many_changes() -> Unavailable {
    Unavailable { doing: "changing a profile", cause: "other requests change it at the same time".into() }
}
