//! What a page or a handshake is answered with that is not to be had: its status, and what is shown.

use frontend::ssr::sign_in_page::SignInProblem;
use shared_types::Timestamp;

use crate::{
    chat::{NotLetIn, NotNow, NotSignedIn, Refused},
    ports::Result,
    routes::NotRead,
};

/// The HTTP status with which a knock is refused.
pub(in crate::routes) fn to_status(refused: &Refused) -> u16 {
    match refused {
        Refused::BadRoom(_) | Refused::BadName(_) | Refused::Disguised(_) => 400,
        Refused::NoTicket | Refused::BadTicket => 401,
        Refused::Foreign | Refused::Banned { .. } => 403,
        Refused::TooFast(_) | Refused::Full { .. } | Refused::Crowded => 429,
        Refused::Unavailable(_) => 503,
    }
}

/// After how many seconds to knock again, where that is known.
pub(in crate::routes) fn retry_after(refused: &Refused) -> Option<u32> {
    match refused {
        Refused::TooFast(too_fast) => Some(too_fast.seconds()),
        _ => None,
    }
}

/// What is shown to whoever is not let in.
pub(in crate::routes) enum InsteadOfEntering {
    /// The door again, and what is wrong.
    Door(SignInProblem),
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
pub(in crate::routes) fn not_let_in(why: NotLetIn) -> Result<(u16, InsteadOfEntering)> {
    Ok(match why {
        NotLetIn::Wrong => (403, InsteadOfEntering::Door(SignInProblem::WrongPassphrase)),
        NotLetIn::TooOften(wait) => {
            (429, InsteadOfEntering::Door(SignInProblem::TooManyAttempts { seconds: wait.seconds().into() }))
        }
        NotLetIn::Banned { until } => (403, InsteadOfEntering::Banned { until }),
        NotLetIn::Unavailable(cause) => return Err(cause),
    })
}

/// The HTTP status with which somebody is not signed in, and what their door says of it. From 500 on it is not their doing.
pub(in crate::routes) fn not_signed_in(why: &NotSignedIn) -> (u16, SignInProblem) {
    match why {
        NotSignedIn::NotBegun => (403, SignInProblem::Expired),
        NotSignedIn::Refused => (403, SignInProblem::ProviderRefused),
        NotSignedIn::NotProven(_) | NotSignedIn::Unavailable(_) => (502, SignInProblem::ProviderFailed),
    }
}

/// What the door says to whoever came to it too often; its HTTP status is 429.
///
/// # Errors
///
/// `Unavailable` when there is nothing to say but that.
pub(in crate::routes) fn too_often(why: NotNow) -> Result<SignInProblem> {
    match why {
        NotNow::TooFast(wait) => Ok(SignInProblem::TooManyAttempts { seconds: wait.seconds().into() }),
        NotNow::Unavailable(cause) => Err(cause),
    }
}

/// The HTTP status with which something is not given out now, a sentence, and after how many seconds to ask again.
///
/// # Errors
///
/// `Unavailable` when there is nothing to say but that.
pub(in crate::routes) fn not_now(why: NotNow) -> Result<(u16, String, u32)> {
    match why {
        NotNow::TooFast(why) => Ok((429, format!("You asked for it often: {why}.\n"), why.seconds())),
        NotNow::Unavailable(cause) => Err(cause),
    }
}

/// The HTTP status of a request that is not read, and a sentence.
pub(in crate::routes) fn not_read(why: NotRead) -> (u16, &'static str) {
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

    use super::*;
    use crate::{
        chat::{TooFast, undisguised},
        ports::Unavailable,
    };

    fn too_fast(milliseconds: u64) -> TooFast {
        TooFast::after(Duration::from_millis(milliseconds))
    }

    fn outage() -> Unavailable {
        Unavailable { doing: "asking dynamodb", cause: "dynamodb timed out".into() }
    }

    #[test]
    fn every_refusal_has_its_status() {
        let name = shared_types::NameError::Empty;
        let disguised = undisguised(&"\u{410}nn".parse().unwrap()).unwrap_err();
        assert_eq!(to_status(&Refused::BadRoom(name)), 400);
        assert_eq!(to_status(&Refused::BadName(name)), 400);
        assert_eq!(to_status(&Refused::Disguised(disguised)), 400);
        assert_eq!(to_status(&Refused::NoTicket), 401);
        assert_eq!(to_status(&Refused::BadTicket), 401);
        assert_eq!(to_status(&Refused::Foreign), 403);
        assert_eq!(to_status(&Refused::TooFast(too_fast(1))), 429);
        assert_eq!(to_status(&Refused::Banned { seconds: 9 }), 403);
        assert_eq!(to_status(&Refused::Full { limit: 1 }), 429);
        assert_eq!(to_status(&Refused::Crowded), 429);
        assert_eq!(to_status(&Refused::Unavailable(outage())), 503);
    }

    #[test]
    fn whoever_knocked_too_often_is_told_for_how_long_and_never_too_early() {
        for (milliseconds, seconds) in [(1, 1), (1_000, 1), (1_001, 2)] {
            assert_eq!(retry_after(&Refused::TooFast(too_fast(milliseconds))), Some(seconds));
        }
        assert_eq!(retry_after(&Refused::Full { limit: 1 }), None);
    }

    #[test]
    fn whoever_is_not_let_in_sees_the_door_or_until_when_they_were_sent_away() {
        use InsteadOfEntering::{Banned, Door};
        assert!(matches!(not_let_in(NotLetIn::Wrong), Ok((403, Door(SignInProblem::WrongPassphrase)))));
        let often = not_let_in(NotLetIn::TooOften(too_fast(40_001)));
        assert!(matches!(often, Ok((429, Door(SignInProblem::TooManyAttempts { seconds: 41 })))));
        let until = Timestamp(7);
        assert!(matches!(not_let_in(NotLetIn::Banned { until }), Ok((403, Banned { until: Timestamp(7) }))));
        assert!(not_let_in(NotLetIn::Unavailable(outage())).is_err());
    }

    #[test]
    fn whoever_is_not_signed_in_is_told_whether_to_try_again() {
        assert!(matches!(not_signed_in(&NotSignedIn::NotBegun), (403, SignInProblem::Expired)));
        assert!(matches!(not_signed_in(&NotSignedIn::Refused), (403, SignInProblem::ProviderRefused)));
        assert!(matches!(
            not_signed_in(&NotSignedIn::NotProven("no key".into())),
            (502, SignInProblem::ProviderFailed)
        ));
        assert!(matches!(not_signed_in(&NotSignedIn::Unavailable(outage())), (502, SignInProblem::ProviderFailed)));
    }

    #[test]
    fn whoever_comes_to_the_door_too_often_is_told_when_to_come_again() {
        assert!(matches!(
            too_often(NotNow::TooFast(too_fast(1_001))),
            Ok(SignInProblem::TooManyAttempts { seconds: 2 })
        ));
        assert!(too_often(NotNow::Unavailable(outage())).is_err());
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
        let (status, sentence, seconds) = not_now(NotNow::TooFast(too_fast(1_500))).unwrap();
        assert_eq!((status, seconds), (429, 2));
        assert!(sentence.contains("in 2 s") && sentence.ends_with(".\n"), "{sentence}");
        assert!(not_now(NotNow::Unavailable(outage())).is_err());
    }
}
