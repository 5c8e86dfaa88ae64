//! `/passkeys`: the passkeys of the visitor. `/passkeys/…`: adds and removes them, and signs a browser in with one.

use chat::{
    access::{
        links::LinkError,
        passkeys::{AddedOn, ChallengeAnswer, ListedPasskey, OpenChallenge, PasskeyError, PasskeyOwner},
    },
    ports::{
        Result, Unavailable,
        passkey_ceremony::CeremonyError,
        passkeys::{PasskeyId, StoredPasskey},
    },
};
use frontend::ssr;
use serde::Serialize;
use serde_json::value::RawValue;
use shared_types::{Language, Timestamp};

use crate::{
    answers::FrontAnswer,
    cookies,
    form::field,
    front::{FrontHandler, FrontRequest, links::Asker},
    routes::PasskeyStep,
};

/// The passkeys of a person.
#[derive(Serialize)]
struct PasskeyList {
    passkeys: Vec<PasskeyRow>,
}

/// A passkey in the list.
#[derive(Serialize)]
struct PasskeyRow {
    passkey: PasskeyId,
    /// The browser and the system that added it, in the language of the page.
    name: String,
    /// When it was added.
    created: Timestamp,
    /// When it was used to sign in, if it ever was.
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<Timestamp>,
    /// The host where it works, if it is known. The script of the page compares it with that of the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    /// Whether it was added on the device of the request.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    current: bool,
    /// Whether it was added on a device that is signed out.
    #[serde(rename = "signedOut", skip_serializing_if = "std::ops::Not::not")]
    signed_out: bool,
}

/// A challenge for `navigator.credentials`.
#[derive(Serialize)]
struct ChallengeOptions {
    token: String,
    options: Box<RawValue>,
}

impl FrontHandler {
    /// Answers with the passkeys of the visitor.
    pub(crate) async fn list_passkeys(&self, request: &FrontRequest, language: Language) -> Result<FrontAnswer> {
        let Some(session) = self.session(request).await? else { return Ok(FrontAnswer::no_session(request.secure)) };
        let device = session.device.as_ref().map(|device| &device.id);
        let listed = match self.passkeys.list(&session.id, device).await {
            Ok(listed) => listed,
            Err(error) => return FrontAnswer::passkey_refused(error, request.secure),
        };
        shown(listed, request, language)
    }

    /// Takes a step of adding a passkey, of removing one, or of signing in with one.
    pub(crate) async fn passkey_step(
        &self,
        step: PasskeyStep,
        form: &str,
        request: &FrontRequest,
        language: Language,
    ) -> Result<FrontAnswer> {
        let origin = self.origins.of_request(request.origin.as_deref(), request.host.as_deref());
        let Some(origin) = origin else {
            tracing::warn!("form of a passkey, sent by another site; rejected");
            return Ok(FrontAnswer::foreign_form(request.secure));
        };
        let (token, answer) = (field(form, "token").unwrap_or_default(), field(form, "answer").unwrap_or_default());
        let answered = ChallengeAnswer { origin: &origin, token: &token, answer: &answer };
        match step {
            PasskeyStep::SignIn => challenge(self.passkeys.start_sign_in(&origin, request.address).await, request),
            PasskeyStep::SignedIn => self.sign_in_with_passkey(answered, request).await,
            PasskeyStep::Register | PasskeyStep::Registered | PasskeyStep::Remove => {
                let Some(asker) = self.asker(request).await? else {
                    return Ok(FrontAnswer::no_session(request.secure));
                };
                self.change_passkeys(step, &asker, answered, form, request, language).await
            }
        }
    }

    /// Takes a step that concerns the passkeys of the visitor. Answers with their list when they have changed.
    async fn change_passkeys(
        &self,
        step: PasskeyStep,
        Asker { person, device, addresses }: &Asker,
        answered: ChallengeAnswer<'_>,
        form: &str,
        request: &FrontRequest,
        language: Language,
    ) -> Result<FrontAnswer> {
        let by = PasskeyOwner { person, device: device.as_ref(), addresses };
        let changed = match step {
            PasskeyStep::Remove if field(form, "signedOut").is_some() => {
                self.passkeys.remove_of_signed_out_devices(&person.id).await
            }
            PasskeyStep::Remove => {
                let Some(id) = field(form, "passkey").and_then(|id| id.parse().ok()) else {
                    return Ok(FrontAnswer::bad_form(request.secure));
                };
                self.passkeys.remove(&person.id, &id).await
            }
            PasskeyStep::Registered => {
                self.passkeys.finish_registration(by, answered, request.user_agent.as_deref()).await
            }
            PasskeyStep::Register | PasskeyStep::SignIn | PasskeyStep::SignedIn => {
                return challenge(self.passkeys.start_registration(by, answered.origin).await, request);
            }
        };
        match changed {
            Ok(()) => {
                let device = device.as_ref().map(|device| &device.id);
                shown(self.passkeys.list_after_change(&person.id, device).await?, request, language)
            }
            Err(error) => {
                tracing::info!(%error, "the passkeys of a person were not changed");
                FrontAnswer::passkey_refused(error, request.secure)
            }
        }
    }

    /// Sets the cookies of the person of a passkey. A browser that is signed in as this person stays the device that it is.
    async fn sign_in_with_passkey(&self, answered: ChallengeAnswer<'_>, request: &FrontRequest) -> Result<FrontAnswer> {
        let current = self.session(request).await?;
        let (session, person) = match self.passkeys.finish_sign_in(answered, request.address, current.is_some()).await {
            Ok(signed_in) => signed_in,
            Err(error) => {
                tracing::info!(%error, "a passkey did not sign somebody in");
                return FrontAnswer::passkey_refused(error, request.secure);
            }
        };
        let is_other = current.is_none_or(|current| current.id != session.id);
        let mut answer = FrontAnswer::json(200, &serde_json::json!({ "isOther": is_other }), request.secure)?;
        if is_other {
            let session = self.set_session_cookie(&self.front_page.sessions.cookie(&session), request);
            answer.set_cookies = vec![session, cookies::set_person_name(&person.name, request.secure)];
        }
        Ok(answer)
    }
}

/// Answers with the passkeys of the visitor.
fn shown(listed: Vec<ListedPasskey>, request: &FrontRequest, language: Language) -> Result<FrontAnswer> {
    let row = |ListedPasskey { stored, added_on }| {
        let StoredPasskey { id, browser, system, created, last, host, .. } = stored;
        PasskeyRow {
            passkey: id,
            name: ssr::device_name(language, browser.as_deref(), system.as_deref()),
            created,
            last: Some(last).filter(|last| *last != created),
            host,
            current: added_on == AddedOn::ThisDevice,
            signed_out: added_on == AddedOn::SignedOutDevice,
        }
    };
    FrontAnswer::json(200, &PasskeyList { passkeys: listed.into_iter().map(row).collect() }, request.secure)
}

/// Answers with a challenge.
fn challenge(made: std::result::Result<OpenChallenge, PasskeyError>, request: &FrontRequest) -> Result<FrontAnswer> {
    match made {
        Ok(OpenChallenge { token, options }) => {
            let options = RawValue::from_string(options).map_err(Unavailable::while_doing("writing a challenge"))?;
            FrontAnswer::json(200, &ChallengeOptions { token, options }, request.secure)
        }
        Err(error) => FrontAnswer::passkey_refused(error, request.secure),
    }
}

impl FrontAnswer {
    /// Creates the answer to a step of a passkey that was refused. The script of the page has a sentence for each status.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer.
    fn passkey_refused(error: PasskeyError, secure: bool) -> Result<Self> {
        let (status, sentence) = match error {
            PasskeyError::Link(
                LinkError::Unknown
                | LinkError::UsedUp
                | LinkError::Expired
                | LinkError::Revoked
                | LinkError::Direct
                | LinkError::RoomFull,
            ) => (410, "This challenge is not valid any more. Start again.\n"),
            PasskeyError::Link(error) => return Self::link_refused(error, secure),
            PasskeyError::Ceremony(CeremonyError::Unsupported) => (422, "There are no passkeys at this address.\n"),
            PasskeyError::Ceremony(CeremonyError::Invalid(_)) => (400, "This answer is not valid.\n"),
            PasskeyError::TooMany => (409, "You have too many passkeys. Remove one first.\n"),
            PasskeyError::Unknown => (404, "There is no such passkey any more.\n"),
            PasskeyError::Changed => (410, "This passkey was used at the same time. Start again.\n"),
            PasskeyError::EnterFirst => (401, "The passphrase has changed. Enter the new one first.\n"),
        };
        Ok(Self::plain(status, sentence.into(), secure))
    }
}
