//! The signature verification for `jsonwebtoken`, with ring, which TLS uses already. The library's own choices are aws-lc, and
//! a second set of cryptography in Rust whose RSA has an open advisory.

use jsonwebtoken::{
    Algorithm, DecodingKey, DecodingKeyKind, EncodingKey,
    crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils},
    errors::{ErrorKind, Result},
    signature::{Error, Verifier},
};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaParameters,
    RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};

static PROVIDER: CryptoProvider =
    CryptoProvider { signer_factory: signer, verifier_factory: verifier, key_utils: KeyUtils::new_unimplemented() };

/// Makes this process verify tokens with ring. Further calls have no effect.
pub(crate) fn install() {
    let _ = PROVIDER.install_default();
}

/// Returns the verifier of an algorithm. Other algorithms have none; in particular, no symmetric one is supported.
fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    let key = match algorithm {
        Algorithm::RS256 => Key::Rsa(&RSA_PKCS1_2048_8192_SHA256, rsa(key)?),
        Algorithm::PS256 => Key::Rsa(&RSA_PSS_2048_8192_SHA256, rsa(key)?),
        Algorithm::ES256 => Key::Curve(&ECDSA_P256_SHA256_FIXED, key.try_get_as_bytes()?.to_vec()),
        Algorithm::EdDSA => Key::Curve(&ED25519, key.try_get_as_bytes()?.to_vec()),
        _ => return Err(ErrorKind::UnsupportedAlgorithm.into()),
    };
    Ok(Box::new(RingVerifier { algorithm: *algorithm, key }))
}

/// Fails: the chat signs no JWTs.
fn signer(_: &Algorithm, _: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    Err(ErrorKind::UnsupportedAlgorithm.into())
}

fn rsa(key: &DecodingKey) -> Result<RsaPublicKeyComponents<Vec<u8>>> {
    match key.kind() {
        DecodingKeyKind::RsaModulusExponent { n, e } => Ok(RsaPublicKeyComponents { n: n.clone(), e: e.clone() }),
        DecodingKeyKind::SecretOrDer(_) => Err(ErrorKind::InvalidKeyFormat.into()),
    }
}

struct RingVerifier {
    algorithm: Algorithm,
    key: Key,
}

enum Key {
    Rsa(&'static RsaParameters, RsaPublicKeyComponents<Vec<u8>>),
    Curve(&'static dyn VerificationAlgorithm, Vec<u8>),
}

impl Verifier<Vec<u8>> for RingVerifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), Error> {
        let verified = match &self.key {
            Key::Rsa(parameters, key) => key.verify(parameters, message, signature),
            Key::Curve(curve, key) => UnparsedPublicKey::new(*curve, key).verify(message, signature),
        };
        verified.map_err(|_| Error::new())
    }
}

impl JwtVerifier for RingVerifier {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}
