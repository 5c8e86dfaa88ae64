//! An authenticator in software, with the browser around it: it answers challenges for passkeys as a telephone does.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The user was present and was verified (WebAuthn §6.1).
pub const PRESENT_AND_VERIFIED: u8 = 0b101;

/// The user was present.
pub const PRESENT: u8 = 0b1;

/// The credential may be copied to other devices (backup eligibility, WebAuthn §6.1.3). An authenticator decides it once.
pub const SYNCHRONISED: u8 = 0x08;

/// The credential is copied now (backup state).
pub const BACKED_UP: u8 = 0x10;

/// Attested credential data follow.
const ATTESTED: u8 = 0x40;

/// An authenticator with one passkey. A test changes a field to make a wrong answer.
pub struct Authenticator {
    key: EcdsaKeyPair,
    /// The id of the credential.
    pub credential: Vec<u8>,
    /// The user handle of the last registration.
    pub handle: Vec<u8>,
    /// The origin of the page that asks.
    pub origin: String,
    /// The id of the relying party; `None` is that of the challenge.
    pub rp_id: Option<String>,
    /// The flags of the authenticator data.
    pub flags: u8,
    /// The signature counter; 0 for one that does not count.
    pub counter: u32,
}

impl Authenticator {
    /// Makes an authenticator with a new key, for pages of an origin.
    pub fn new(origin: &str, credential: &str) -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).unwrap();
        Self {
            key,
            credential: credential.into(),
            handle: Vec::new(),
            origin: origin.into(),
            rp_id: None,
            flags: PRESENT_AND_VERIFIED,
            counter: 0,
        }
    }

    /// Answers the options of a challenge to add a passkey, as JSON.
    pub fn register(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        self.handle = BASE64.decode(options["user"]["id"].as_str().unwrap()).unwrap();
        let (rp_id, client_data) =
            (options["rp"]["id"].as_str().unwrap(), self.client_data("webauthn.create", &options));
        let mut data = self.authenticator_data(rp_id, ATTESTED);
        data.extend([0; 16]);
        data.extend((self.credential.len() as u16).to_be_bytes());
        data.extend(&self.credential);
        data.extend(self.cose_key());
        // {"fmt": "none", "attStmt": {}, "authData": data} as CBOR.
        let mut attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        attestation.extend((data.len() as u16).to_be_bytes());
        attestation.extend(data);
        let response = json!({
            "clientDataJSON": BASE64.encode(client_data), "attestationObject": BASE64.encode(attestation),
        });
        self.answer(response)
    }

    /// Answers the options of a challenge to sign in, as JSON.
    pub fn sign_in(&self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        let (rp_id, client_data) = (options["rpId"].as_str().unwrap(), self.client_data("webauthn.get", &options));
        let data = self.authenticator_data(rp_id, 0);
        let signed = [data.as_slice(), &Sha256::digest(&client_data)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        let response = json!({
            "clientDataJSON": BASE64.encode(client_data), "authenticatorData": BASE64.encode(data),
            "signature": BASE64.encode(signature), "userHandle": BASE64.encode(&self.handle),
        });
        self.answer(response)
    }

    fn answer(&self, response: Value) -> String {
        let id = BASE64.encode(&self.credential);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response }).to_string()
    }

    fn client_data(&self, kind: &str, options: &Value) -> String {
        json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false })
            .to_string()
    }

    fn authenticator_data(&self, rp_id: &str, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(self.rp_id.as_deref().unwrap_or(rp_id)).to_vec();
        data.push(self.flags | flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// Returns the public key as COSE (RFC 9053): an elliptic curve key for ES256 on P-256.
    fn cose_key(&self) -> Vec<u8> {
        let (x, y) = self.key.public_key().as_ref()[1..].split_at(32);
        [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", x, b"\x22\x58\x20", y].concat()
    }
}
