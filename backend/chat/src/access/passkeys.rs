//! Passkeys: they bring a guest back who has lost every device.
//!
//! A passkey ends in a session like that of a link to another device. It is found by the id of its person, which the authenticator keeps and
//! returns with its answer, so nobody types a name. A challenge is a one-use [token](crate::ports::tokens): what the check of the answer
//! needs is stored, and a second answer to it is refused.

use std::{net::IpAddr, sync::Arc, time::Duration};

use futures::future::try_join;
use serde::{Deserialize, Serialize};
use shared_types::{AccessMode, DeviceId, Person, PersonId, Timestamp, limits};

use crate::{
    access::{
        device_names::browser_and_system,
        links::{AccessLinks, LinkError, NewToken},
        origin::Origin,
        sessions::{Session, SessionDevice, signing::Purpose},
    },
    ports::{
        Result, Unavailable,
        connections::AddressKey,
        devices::SignOuts,
        passkey_ceremony::{CeremonyError, Challenge, PasskeyCeremony},
        passkeys::{PasskeyId, Passkeys, StoredPasskey},
        tokens::TokenKind,
    },
};

/// Maximum number of passkeys that are read. People have at most [`limits::PASSKEYS`]; some that are added at the same time may exceed them.
const READ: usize = 2 * limits::PASSKEYS;

/// How long the token of a challenge is valid: the browser ends its dialog after [`limits::PASSKEY_CHALLENGE_LIFE`], and its last answer has a
/// minute to arrive.
const TOKEN_LIFE: Duration = limits::PASSKEY_CHALLENGE_LIFE.saturating_add(Duration::from_secs(60));

/// Maximum size of what is stored of a credential, in bytes. One with an RSA key of 4,096 bits has about 1,500.
const KEY_BYTES: usize = 4 * 1024;

/// Adds passkeys and signs people in with them.
#[derive(Clone)]
pub struct PasskeyAccess {
    /// The challenges, the sessions, the bans and the rate limits.
    pub links: AccessLinks,
    /// The stored passkeys.
    pub passkeys: Arc<dyn Passkeys>,
    /// Makes challenges and checks answers.
    pub ceremony: Arc<dyn PasskeyCeremony>,
}

/// Who asks for something that concerns their own passkeys.
#[derive(Clone, Copy)]
pub struct PasskeyOwner<'a> {
    /// The person of the session cookie.
    pub person: &'a Person,
    /// The device of the session cookie, if it names one.
    pub device: Option<&'a SessionDevice>,
    /// The keys of the address.
    pub addresses: &'a [AddressKey],
}

/// A browser's answer to a challenge.
#[derive(Clone, Copy)]
pub struct ChallengeAnswer<'a> {
    /// The origin of the page that sent it.
    pub origin: &'a Origin,
    /// The token of the challenge.
    pub token: &'a str,
    /// The answer, as JSON.
    pub answer: &'a str,
}

/// A challenge with the token that its answer has to bring.
#[derive(Clone, Debug)]
pub struct OpenChallenge {
    /// The token.
    pub token: String,
    /// The options for the browser, as JSON.
    pub options: String,
}

/// A passkey in the list of its person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPasskey {
    /// The passkey.
    pub stored: StoredPasskey,
    /// The device that added it.
    pub added_on: AddedOn,
}

/// The device that added a passkey, as its person sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddedOn {
    /// The device of the request.
    ThisDevice,
    /// A device that is signed out. This is known until the cookies of that time have expired.
    SignedOutDevice,
    /// Another device, or it is not known which one.
    OtherDevice,
}

impl AddedOn {
    /// Returns the device that added a passkey. `current` is the device of the request.
    fn of(passkey: &StoredPasskey, current: Option<&DeviceId>, sign_outs: &SignOuts, now: Timestamp) -> Self {
        // The device was signed in when it added the passkey, so it counts as signed in since then.
        let device = passkey.device.as_ref().map(|device| (device, passkey.created));
        match device {
            Some((device, _)) if current == Some(device) => Self::ThisDevice,
            Some(device) if sign_outs.concern(Some(device), now) => Self::SignedOutDevice,
            _ => Self::OtherDevice,
        }
    }
}

/// Why a passkey was not added, or did not sign somebody in. Its `Display` is for the log.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyError {
    /// The challenge is unknown, used or expired, the person or the address is banned, a rate limit is exceeded, the chat has no passkeys in its
    /// access mode, or a store did not answer.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The ceremony failed.
    #[error(transparent)]
    Ceremony(#[from] CeremonyError),
    /// The person has as many passkeys as people can have.
    #[error("the person has {} passkeys", limits::PASSKEYS)]
    TooMany,
    /// The passkey is not stored: it was removed, or is another person's.
    #[error("the passkey is unknown")]
    Unknown,
    /// Somebody else used the same key at the same time, or it was removed meanwhile.
    #[error("the passkey was used or removed at the same time")]
    Changed,
    /// The passphrase has changed since the person entered the chat.
    #[error("the passphrase has changed")]
    EnterFirst,
}

impl From<Unavailable> for PasskeyError {
    fn from(cause: Unavailable) -> Self {
        Self::Link(cause.into())
    }
}

/// What the token of a challenge to add a passkey carries, signed.
#[derive(Serialize, Deserialize)]
struct Registration {
    /// The person who asked.
    id: PersonId,
    /// What the check of the answer needs.
    state: String,
}

/// What the token of a challenge to sign in carries, signed.
#[derive(Serialize, Deserialize)]
struct SignIn {
    /// What the check of the answer needs.
    state: String,
}

impl PasskeyAccess {
    /// Returns the passkeys of a person, those first that were added last. `current` is the device of the request.
    ///
    /// # Errors
    ///
    /// [`PasskeyError`] gives the reason.
    pub async fn list(
        &self,
        person: &PersonId,
        current: Option<&DeviceId>,
    ) -> std::result::Result<Vec<ListedPasskey>, PasskeyError> {
        self.check_mode()?;
        self.links.rate.link_request(person).await.map_err(LinkError::from)?;
        Ok(self.list_after_change(person, current).await?)
    }

    /// Returns the passkeys of a person as [`list`](Self::list) does, and does not count: their change was counted.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    pub async fn list_after_change(&self, person: &PersonId, current: Option<&DeviceId>) -> Result<Vec<ListedPasskey>> {
        let (store, now) = (&self.links.restriction_store, self.links.restriction_store.clock.now());
        let reads = try_join(self.stored(person), store.moderation.sign_outs(person));
        let (stored, sign_outs) = reads.await?;
        let with_device = |stored| ListedPasskey { added_on: AddedOn::of(&stored, current, &sign_outs, now), stored };
        Ok(stored.into_iter().map(with_device).collect())
    }

    /// Removes a passkey of a person.
    ///
    /// # Errors
    ///
    /// [`PasskeyError`] gives the reason.
    pub async fn remove(&self, person: &PersonId, id: &PasskeyId) -> std::result::Result<(), PasskeyError> {
        self.check_mode()?;
        self.links.rate.link_request(person).await.map_err(LinkError::from)?;
        self.passkeys.remove(person, id).await?;
        tracing::info!(%person, "passkey removed");
        Ok(())
    }

    /// Removes the passkeys of a person that were added on devices that are signed out.
    ///
    /// # Errors
    ///
    /// [`PasskeyError`] gives the reason.
    pub async fn remove_of_signed_out_devices(&self, person: &PersonId) -> std::result::Result<(), PasskeyError> {
        for ListedPasskey { stored, added_on } in self.list(person, None).await? {
            if added_on == AddedOn::SignedOutDevice {
                self.passkeys.remove(person, &stored.id).await?;
                tracing::info!(%person, "passkey of a signed-out device removed");
            }
        }
        Ok(())
    }

    /// Makes a challenge to add a passkey.
    ///
    /// # Errors
    ///
    /// [`PasskeyError`] gives the reason.
    pub async fn start_registration(
        &self,
        by: PasskeyOwner<'_>,
        origin: &Origin,
    ) -> std::result::Result<OpenChallenge, PasskeyError> {
        self.check_mode()?;
        // The address is counted, too: everybody can become a new guest, and a passkey stays for years.
        let counted = self.links.rate.passkey_registration(&by.person.id, by.addresses.first()).await;
        counted.map_err(LinkError::from)?;
        self.links.check_not_banned(by.person, by.addresses).await?;
        let stored = self.room_for_another(&by.person.id, origin).await?;
        let keys: Vec<&str> = stored.iter().map(|passkey| passkey.key.as_str()).collect();
        let Challenge { options, state } = self.ceremony.start_registration(origin, by.person, &keys)?;
        let (kind, purpose) = (TokenKind::PasskeyRegistration, Purpose::PasskeyRegistration);
        let content = Registration { id: by.person.id.clone(), state };
        let token = self.create(kind, purpose, &content, &by.person.id).await?;
        Ok(OpenChallenge { token, options })
    }

    /// Adds the passkey of an answer. `user_agent` names the browser.
    ///
    /// # Errors
    ///
    /// [`PasskeyError`] gives the reason.
    pub async fn finish_registration(
        &self,
        by: PasskeyOwner<'_>,
        answered: ChallengeAnswer<'_>,
        user_agent: Option<&str>,
    ) -> std::result::Result<(), PasskeyError> {
        self.check_mode()?;
        let person = &by.person.id;
        self.links.check_request(by.person, by.addresses).await?;
        let (kind, purpose) = (TokenKind::PasskeyRegistration, Purpose::PasskeyRegistration);
        let Registration { id, state } = self.redeem(kind, purpose, answered.token).await?;
        if id != *person {
            return Err(LinkError::Unknown.into());
        }
        let new = self.ceremony.finish_registration(answered.origin, &state, answered.answer)?;
        if new.key.len() > KEY_BYTES {
            return Err(CeremonyError::Invalid(format!("{} bytes to store", new.key.len())).into());
        }
        self.room_for_another(person, answered.origin).await?;
        let (browser, system) = user_agent.map(browser_and_system).unwrap_or_default();
        let [browser, system] = [browser, system].map(|name| name.map(str::to_owned));
        let (now, policy) =
            (self.links.restriction_store.clock.now(), self.links.sessions.access_policy().mark(new.id.as_str()));
        let name = by.person.name.clone();
        let (host, device) = (Some(answered.origin.host().to_owned()), by.device.map(|device| device.id.clone()));
        let (created, last, key) = (now, now, new.key);
        let passkey = StoredPasskey { id: new.id, name, browser, system, created, last, policy, host, device, key };
        if !self.passkeys.add(person, &passkey).await? {
            return Err(CeremonyError::Invalid("the person has this passkey".into()).into());
        }
        // The device may have been signed out since the session was read. A later sign-out finds the passkey in the list.
        let sign_outs = self.links.restriction_store.moderation.sign_outs(person).await?;
        if sign_outs.concern(by.device.map(|device| (&device.id, device.since)), now) {
            self.passkeys.remove(person, &passkey.id).await?;
            return Err(LinkError::Revoked.into());
        }
        tracing::info!(%person, "passkey added");
        Ok(())
    }

    /// Makes a challenge to sign in. It counts against the rate limit of attempts.
    ///
    /// # Errors
    ///
    /// [`PasskeyError`] gives the reason.
    pub async fn start_sign_in(
        &self,
        origin: &Origin,
        address: Option<IpAddr>,
    ) -> std::result::Result<OpenChallenge, PasskeyError> {
        self.check_mode()?;
        self.links.check_attempt(address).await?;
        let Challenge { options, state } = self.ceremony.start_sign_in(origin)?;
        let (kind, purpose) = (TokenKind::PasskeySignIn, Purpose::PasskeySignIn);
        let token = self.create(kind, purpose, &SignIn { state }, &self.links.sessions.new_guest().id).await?;
        Ok(OpenChallenge { token, options })
    }

    /// Checks an answer and returns the session of the passkey's person on a new device, and the person. `has_entered` says whether the browser
    /// has a session under the present access policy: then a passkey of an earlier passphrase is accepted.
    ///
    /// # Errors
    ///
    /// [`PasskeyError`] gives the reason.
    pub async fn finish_sign_in(
        &self,
        answered: ChallengeAnswer<'_>,
        address: Option<IpAddr>,
        has_entered: bool,
    ) -> std::result::Result<(Session, Person), PasskeyError> {
        self.check_mode()?;
        self.check_answer(address).await?;
        let (kind, purpose) = (TokenKind::PasskeySignIn, Purpose::PasskeySignIn);
        let SignIn { state } = self.redeem(kind, purpose, answered.token).await?;
        let (id, passkey) = self.ceremony.claimed(answered.answer)?;
        let (store, now) = (&self.links.restriction_store, self.links.restriction_store.clock.now());
        let stored = self.passkeys.passkey(&id, &passkey).await?.filter(|stored| !stored.is_over(now));
        let stored = stored.ok_or(PasskeyError::Unknown)?;
        let key = self.ceremony.finish_sign_in(answered.origin, &state, answered.answer, &stored.key)?;
        let access_policy = self.links.sessions.access_policy();
        let policy = access_policy.mark(passkey.as_str());
        if access_policy.access != AccessMode::Open && policy != stored.policy && !has_entered {
            return Err(PasskeyError::EnterFirst);
        }
        let session = self.links.sessions.guest(id);
        let person = session.person(Some(stored.name.clone()));
        // A ban of the address was checked before.
        let reads = try_join(store.banned_until(&person, &[]), store.moderation.sign_outs(&person.id));
        let (banned, sign_outs) = reads.await?;
        if let Some(until) = banned {
            return Err(LinkError::Banned { until }.into());
        }
        if session.is_signed_out(&sign_outs, now) {
            return Err(LinkError::Revoked.into());
        }
        let used = StoredPasskey { last: now, policy, key, ..stored.clone() };
        if !self.passkeys.replace(&person.id, &stored, &used).await? {
            return Err(PasskeyError::Changed);
        }
        tracing::info!(person = %person.id, "signed in with a passkey");
        Ok((session, person))
    }

    /// Refuses where the chat has no passkeys: a provider brings its people back itself.
    fn check_mode(&self) -> std::result::Result<(), LinkError> {
        if self.links.has_device_links() { Ok(()) } else { Err(LinkError::NotAllowed) }
    }

    /// Counts an answer to a challenge to sign in, and checks that the address is not banned. Answers have a limit of their own, which is higher
    /// than that of challenges: a visitor who got a challenge is not refused for the attempts of others at the same address.
    async fn check_answer(&self, address: Option<IpAddr>) -> std::result::Result<(), LinkError> {
        let addresses = address.map(|address| self.links.sessions.address_keys(address)).unwrap_or_default();
        self.links.rate.passkey_answer(addresses.first()).await?;
        match self.links.restriction_store.banned_from(&addresses).await? {
            Some(until) => Err(LinkError::Banned { until }),
            None => Ok(()),
        }
    }

    /// Returns the passkeys of a person for the host of an origin, if they can have another one. Those of other hosts do not count, up to the
    /// number that is read.
    async fn room_for_another(
        &self,
        person: &PersonId,
        origin: &Origin,
    ) -> std::result::Result<Vec<StoredPasskey>, PasskeyError> {
        let mut stored = self.stored(person).await?;
        let has_room = stored.len() < READ;
        stored.retain(|passkey| passkey.is_of(origin.host()));
        if has_room && stored.len() < limits::PASSKEYS { Ok(stored) } else { Err(PasskeyError::TooMany) }
    }

    /// Returns the passkeys of a person that are not over, those first that were added last.
    async fn stored(&self, person: &PersonId) -> Result<Vec<StoredPasskey>> {
        listed(self.passkeys.as_ref(), person, self.links.restriction_store.clock.now()).await
    }

    async fn create<T: Serialize>(
        &self,
        kind: TokenKind,
        purpose: Purpose,
        content: &T,
        by: &PersonId,
    ) -> std::result::Result<String, LinkError> {
        self.links.create(NewToken { kind, purpose, content, by, life: TOKEN_LIFE, uses: 1, room: None }).await
    }

    /// Takes the one use of a challenge. Unlike a link it is used by nobody twice, so each attempt is another visitor's.
    async fn redeem<T: for<'de> Deserialize<'de>>(
        &self,
        kind: TokenKind,
        purpose: Purpose,
        token: &str,
    ) -> std::result::Result<T, LinkError> {
        let sessions = &self.links.sessions;
        let stored = self.links.redeem(kind, token, &sessions.new_guest().id).await?;
        // Signed under another access policy.
        sessions.read(purpose, stored.payload.as_str()).await.map_err(|_| LinkError::Revoked)
    }
}

/// Returns the passkeys of a person that are not over, those first that were added last.
///
/// # Errors
///
/// `Unavailable` when the store did not answer.
pub(crate) async fn listed(passkeys: &dyn Passkeys, person: &PersonId, now: Timestamp) -> Result<Vec<StoredPasskey>> {
    let mut stored = passkeys.passkeys(person, READ).await?;
    stored.retain(|passkey| !passkey.is_over(now));
    stored.sort_by(|one, other| (other.created, &other.id).cmp(&(one.created, &one.id)));
    Ok(stored)
}

/// Removes all passkeys of a person, up to a number. Returns whether others may be left.
///
/// # Errors
///
/// `Unavailable` when the store did not answer.
pub(crate) async fn erase(passkeys: &dyn Passkeys, person: &PersonId) -> Result<bool> {
    let stored = passkeys.passkeys(person, READ).await?;
    for passkey in &stored {
        passkeys.remove(person, &passkey.id).await?;
    }
    Ok(stored.len() == READ)
}
