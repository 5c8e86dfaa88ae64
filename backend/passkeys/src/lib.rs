//! The WebAuthn ceremonies of passkeys, with the crate `webauthn-rs`.
//!
//! It makes the challenges with randomness of its own, 256 bits of the operating system, and reads no clock for what is used here: the age of a
//! challenge is that of its token. Its feature `danger-allow-state-serialisation` is used because a function of AWS keeps nothing between
//! two requests. The danger that it means, a state that a client can replay, does not exist here: the state is stored on the server, and
//! taken out once.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chat::{
    access::origin::Origin,
    ports::{
        passkey_ceremony::{CeremonyError, Challenge, NewCredential, PasskeyCeremony},
        passkeys::PasskeyId,
    },
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use shared_types::{Person, PersonId, limits};
use webauthn_rs::prelude::{
    DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder, WebauthnError,
};

/// [`PasskeyCeremony`] with `webauthn-rs`.
pub struct WebauthnCeremony;

impl PasskeyCeremony for WebauthnCeremony {
    fn start_registration(&self, origin: &Origin, person: &Person, keys: &[&str]) -> Result<Challenge, CeremonyError> {
        let (handle, name) = (handle(&person.id)?, person.name.as_str());
        let started = relying_party(origin)?.start_passkey_registration(handle, name, name, None);
        let (options, state) = started.map_err(invalid)?;
        let mut options = json_value(&options.public_key)?;
        // `webauthn-rs` asks for such a credential in other ceremonies only, which are for one vendor. Without it no browser could offer the
        // passkey to somebody who is not known yet.
        options["authenticatorSelection"]["residentKey"] = json!("required");
        options["authenticatorSelection"]["requireResidentKey"] = json!(true);
        let known = keys.iter().map(|key| {
            let passkey: Passkey = parsed(key)?;
            Ok(json!({ "type": "public-key", "id": BASE64.encode(passkey.cred_id()) }))
        });
        options["excludeCredentials"] = known.collect::<Result<Vec<Value>, CeremonyError>>()?.into();
        Ok(Challenge { options: options.to_string(), state: json_text(&state)? })
    }

    fn finish_registration(&self, origin: &Origin, state: &str, answer: &str) -> Result<NewCredential, CeremonyError> {
        let state: PasskeyRegistration = parsed(state)?;
        let answer: RegisterPublicKeyCredential = parsed(answer)?;
        let is_discoverable = answer.extensions.cred_props.as_ref().is_none_or(|props| props.rk != Some(false));
        let passkey = relying_party(origin)?.finish_passkey_registration(&answer, &state).map_err(invalid)?;
        if !is_discoverable {
            return Err(CeremonyError::Invalid("the credential is not discoverable".into()));
        }
        Ok(NewCredential { id: PasskeyId::of_credential(passkey.cred_id()), key: json_text(&passkey)? })
    }

    fn start_sign_in(&self, origin: &Origin) -> Result<Challenge, CeremonyError> {
        let (options, state) = relying_party(origin)?.start_discoverable_authentication().map_err(invalid)?;
        // Without `mediation`: the visitor clicked a button, so the browser asks at once.
        Ok(Challenge { options: json_text(&options.public_key)?, state: json_text(&state)? })
    }

    fn claimed(&self, answer: &str) -> Result<(PersonId, PasskeyId), CeremonyError> {
        let answer: PublicKeyCredential = parsed(answer)?;
        let handle = answer.get_user_unique_id().and_then(|handle| std::str::from_utf8(handle).ok());
        let person = handle.and_then(|handle| handle.parse().ok());
        let person = person.ok_or_else(|| CeremonyError::Invalid("no id of a person".into()))?;
        Ok((person, PasskeyId::of_credential(answer.get_credential_id())))
    }

    fn finish_sign_in(&self, origin: &Origin, state: &str, answer: &str, key: &str) -> Result<String, CeremonyError> {
        let state: DiscoverableAuthentication = parsed(state)?;
        let answer: PublicKeyCredential = parsed(answer)?;
        let mut passkey: Passkey = parsed(key)?;
        let known = DiscoverableKey::from(&passkey);
        let result = relying_party(origin)?.finish_discoverable_authentication_v2(&answer, state, &known);
        passkey.update_credential(&result.map_err(invalid)?);
        json_text(&passkey)
    }
}

/// Returns the relying party of an origin. Its id is the host, which has to be a name: the specification allows no IP address.
fn relying_party(origin: &Origin) -> Result<Webauthn, CeremonyError> {
    let url = Url::parse(&origin.to_string()).map_err(|_| CeremonyError::Unsupported)?;
    if url.domain().is_none() {
        return Err(CeremonyError::Unsupported);
    }
    let builder = WebauthnBuilder::new(origin.host(), &url).map_err(|_| CeremonyError::Unsupported)?;
    builder.timeout(limits::PASSKEY_CHALLENGE_LIFE).build().map_err(|_| CeremonyError::Unsupported)
}

/// Returns the user handle of a person: the 16 characters of a guest's id.
fn handle(person: &PersonId) -> Result<Uuid, CeremonyError> {
    Uuid::from_slice(person.as_str().as_bytes()).map_err(|_| CeremonyError::Unsupported)
}

fn invalid(error: WebauthnError) -> CeremonyError {
    CeremonyError::Invalid(error.to_string())
}

fn parsed<T: DeserializeOwned>(json: &str) -> Result<T, CeremonyError> {
    serde_json::from_str(json).map_err(|error| CeremonyError::Invalid(error.to_string()))
}

fn json_value(value: &impl Serialize) -> Result<Value, CeremonyError> {
    serde_json::to_value(value).map_err(|error| CeremonyError::Invalid(error.to_string()))
}

fn json_text(value: &impl Serialize) -> Result<String, CeremonyError> {
    serde_json::to_string(value).map_err(|error| CeremonyError::Invalid(error.to_string()))
}
