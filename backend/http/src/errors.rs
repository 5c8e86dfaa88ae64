//! What a page or a handshake is answered with that is not to be had: its status, and what is shown.

use chat::{
    access::{oidc::SignInError, passphrase::PassphraseError, rate_limit::RateError},
    ports::Result,
};
use frontend::ssr::sign_in_page::SignInProblem;
use shared_types::Timestamp;

use crate::front::form::NotRead;

/// What is shown to whoever is not let in.
pub(crate) enum PassphraseFailurePage {
    /// The door again, and what is wrong.
    Form(SignInProblem),
    /// That they were sent away.
    Banned {
        /// Until then.
        until: Timestamp,
    },
}

/// The HTTP status with which somebody is not let in, and what they see.
///
/// # Errors
///
/// `Unavailable` when there is nothing to show but that.
pub(crate) fn not_let_in(why: PassphraseError) -> Result<(u16, PassphraseFailurePage)> {
    Ok(match why {
        PassphraseError::Wrong => (403, PassphraseFailurePage::Form(SignInProblem::WrongPassphrase)),
        PassphraseError::TooOften(wait) => {
            (429, PassphraseFailurePage::Form(SignInProblem::TooManyAttempts { seconds: wait.seconds().into() }))
        }
        PassphraseError::Banned { until } => (403, PassphraseFailurePage::Banned { until }),
        PassphraseError::Unavailable(cause) => return Err(cause),
    })
}

/// The HTTP status with which somebody is not signed in, and what their door says of it. From 500 on it is not their doing.
pub(crate) fn not_signed_in(why: &SignInError) -> (u16, SignInProblem) {
    match why {
        SignInError::NotBegun => (403, SignInProblem::Expired),
        SignInError::Refused => (403, SignInProblem::ProviderRefused),
        SignInError::IdToken(_) | SignInError::Unavailable(_) => (502, SignInProblem::ProviderFailed),
    }
}

/// What the door says to whoever came to it too often; its HTTP status is 429.
///
/// # Errors
///
/// `Unavailable` when there is nothing to say but that.
pub(crate) fn too_often(why: RateError) -> Result<SignInProblem> {
    match why {
        RateError::TooFast(wait) => Ok(SignInProblem::TooManyAttempts { seconds: wait.seconds().into() }),
        RateError::Unavailable(cause) => Err(cause),
    }
}

/// The HTTP status with which something is not given out now, a sentence, and after how many seconds to ask again.
///
/// # Errors
///
/// `Unavailable` when there is nothing to say but that.
pub(crate) fn not_now(why: RateError) -> Result<(u16, String, u32)> {
    match why {
        RateError::TooFast(why) => Ok((429, format!("You asked for it often: {why}.\n"), why.seconds())),
        RateError::Unavailable(cause) => Err(cause),
    }
}

/// The HTTP status of a request that is not read, and a sentence.
pub(crate) fn not_read(why: NotRead) -> (u16, &'static str) {
    match why {
        NotRead::Unknown => (400, "This is no request that is known here.\n"),
        NotRead::Method => (405, "This address can only be looked at, or be posted a small form.\n"),
        NotRead::NoForm => (415, "Post a form here.\n"),
        NotRead::TooLarge => (413, "This form is too large.\n"),
        NotRead::NoText => (400, "This form is not text.\n"),
        NotRead::Broken => (400, "This form did not arrive whole. Try again.\n"),
        NotRead::Late => (408, "This form did not arrive in time. Try again.\n"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chat::{access::rate_limit::TooFast, ports::Unavailable};

    use super::*;

    fn too_fast(milliseconds: u64) -> TooFast {
        TooFast::after(Duration::from_millis(milliseconds))
    }

    fn outage() -> Unavailable {
        Unavailable { doing: "asking dynamodb", cause: "dynamodb timed out".into() }
    }

    #[test]
    fn whoever_is_not_let_in_sees_the_door_or_until_when_they_were_sent_away() {
        use PassphraseFailurePage::{Banned, Form};
        assert!(matches!(not_let_in(PassphraseError::Wrong), Ok((403, Form(SignInProblem::WrongPassphrase)))));
        let often = not_let_in(PassphraseError::TooOften(too_fast(40_001)));
        assert!(matches!(often, Ok((429, Form(SignInProblem::TooManyAttempts { seconds: 41 })))));
        let until = Timestamp(7);
        assert!(matches!(not_let_in(PassphraseError::Banned { until }), Ok((403, Banned { until: Timestamp(7) }))));
        assert!(not_let_in(PassphraseError::Unavailable(outage())).is_err());
    }

    #[test]
    fn whoever_is_not_signed_in_is_told_whether_to_try_again() {
        assert!(matches!(not_signed_in(&SignInError::NotBegun), (403, SignInProblem::Expired)));
        assert!(matches!(not_signed_in(&SignInError::Refused), (403, SignInProblem::ProviderRefused)));
        assert!(matches!(not_signed_in(&SignInError::IdToken("no key".into())), (502, SignInProblem::ProviderFailed)));
        assert!(matches!(not_signed_in(&SignInError::Unavailable(outage())), (502, SignInProblem::ProviderFailed)));
    }

    #[test]
    fn whoever_comes_to_the_door_too_often_is_told_when_to_come_again() {
        assert!(matches!(
            too_often(RateError::TooFast(too_fast(1_001))),
            Ok(SignInProblem::TooManyAttempts { seconds: 2 })
        ));
        assert!(too_often(RateError::Unavailable(outage())).is_err());
    }

    #[test]
    fn what_is_not_read_has_its_status_and_a_sentence() {
        for (why, status) in [
            (NotRead::Unknown, 400),
            (NotRead::Method, 405),
            (NotRead::NoForm, 415),
            (NotRead::TooLarge, 413),
            (NotRead::NoText, 400),
            (NotRead::Broken, 400),
            (NotRead::Late, 408),
        ] {
            assert_eq!(not_read(why).0, status, "{why:?}");
            assert!(not_read(why).1.ends_with(".\n"), "{why:?}");
        }
    }

    #[test]
    fn whoever_asks_for_their_data_too_often_is_told_when_to_come_again() {
        let (status, sentence, seconds) = not_now(RateError::TooFast(too_fast(1_500))).unwrap();
        assert_eq!((status, seconds), (429, 2));
        assert!(sentence.contains("in 2 s") && sentence.ends_with(".\n"), "{sentence}");
        assert!(not_now(RateError::Unavailable(outage())).is_err());
    }
}
