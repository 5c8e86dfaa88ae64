//! The one table from what went wrong to what is said about it.

use shared_types::{ErrorCode, Malformed, Nonce, ServerMessage, limits};

use crate::{
    chat::{ImageFault, Refused},
    ports::Unavailable,
};

/// Why a frame got no other answer than an error.
#[derive(Debug)]
pub(super) enum Fault {
    /// It is not a message of the wire.
    Malformed(Malformed),
    /// It is larger than a frame may be.
    TooLarge,
    /// It came through a socket that is not known.
    NotConnected,
    /// The image of a message may not be shown.
    Image { fault: ImageFault, action: &'static str, nonce: Option<Nonce> },
    /// Something outside did not answer.
    Unavailable { cause: Unavailable, action: &'static str, nonce: Option<Nonce> },
}

/// What the client is told. Says what to do, and nothing about the inside of the server.
pub(super) fn to_error(fault: Fault) -> ServerMessage {
    let (code, message, action, nonce) = match fault {
        Fault::Malformed(Malformed::Json) => {
            (ErrorCode::BadJson, r#"This is not JSON. Say {"action":"send","text":"hi"}."#.into(), None, None)
        }
        Fault::Malformed(Malformed::NoAction) => {
            (ErrorCode::MissingAction, r#"There is no action. Say {"action":"send","text":"hi"}."#.into(), None, None)
        }
        Fault::Malformed(Malformed::UnknownAction { action }) => {
            (ErrorCode::UnknownAction, "This server does not know that action.".into(), Some(action), None)
        }
        Fault::Malformed(Malformed::Field { action, nonce, reason }) => {
            (ErrorCode::BadField, format!("A field is not right: {reason}."), Some(action), nonce)
        }
        Fault::TooLarge => (
            ErrorCode::FrameTooLarge,
            format!("A frame must have at most {} bytes; nothing of it was kept.", limits::FRAME_BYTES),
            None,
            None,
        ),
        Fault::NotConnected => {
            (ErrorCode::NotConnected, "This socket is not in a room any more: connect again.".into(), None, None)
        }
        Fault::Image { fault, action, nonce } => {
            let code = if fault == ImageFault::Missing { ErrorCode::NoImage } else { ErrorCode::BadImage };
            (code, sentence(&fault.to_string()), Some(action.into()), nonce)
        }
        Fault::Unavailable { action, nonce, .. } => (
            ErrorCode::Unavailable,
            "The chat could not do this right now: try again.".into(),
            Some(action.into()),
            nonce,
        ),
    };
    ServerMessage::Error { code, message, action, nonce }
}

/// An error's words as a sentence of their own.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).chain(['.']).collect()).unwrap_or_default()
}

/// The HTTP status with which a knock is refused.
pub(super) fn to_status(refused: &Refused) -> u16 {
    match refused {
        Refused::BadRoom(_) | Refused::BadName(_) => 400,
        Refused::BadTicket => 401,
        Refused::Full { .. } => 429,
        Refused::Unavailable(_) => 503,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fault: Fault, code: ErrorCode, action: Option<&str>, nonce: Option<&str>) {
        let told = to_error(fault);
        let ServerMessage::Error { code: c, message, action: a, nonce: n } = &told else { panic!("{told:?}") };
        assert_eq!((*c, a.as_deref(), n.as_ref().map(Nonce::as_str)), (code, action, nonce));
        assert!(message.ends_with('.'), "{message} is a sentence");
        assert!(!message.contains("dynamodb"), "{message} says nothing about the inside");
    }

    #[test]
    fn every_fault_has_its_answer() {
        let nonce: Option<Nonce> = "n-1".parse().ok();
        let field = Malformed::Field { action: "send".into(), nonce: nonce.clone(), reason: "missing text".into() };
        let image = |fault| Fault::Image { fault, action: "send", nonce: "n-1".parse().ok() };
        check(image(ImageFault::Missing), ErrorCode::NoImage, Some("send"), Some("n-1"));
        for fault in [ImageFault::Size, ImageFault::NoImage, ImageFault::Kind, ImageFault::Sides] {
            check(image(fault), ErrorCode::BadImage, Some("send"), Some("n-1"));
        }
        let cause = Unavailable { doing: "asking dynamodb", cause: "dynamodb timed out".into() };
        check(Fault::Malformed(Malformed::Json), ErrorCode::BadJson, None, None);
        check(Fault::Malformed(Malformed::NoAction), ErrorCode::MissingAction, None, None);
        check(
            Fault::Malformed(Malformed::UnknownAction { action: "x".into() }),
            ErrorCode::UnknownAction,
            Some("x"),
            None,
        );
        check(Fault::Malformed(field), ErrorCode::BadField, Some("send"), Some("n-1"));
        check(Fault::TooLarge, ErrorCode::FrameTooLarge, None, None);
        check(Fault::NotConnected, ErrorCode::NotConnected, None, None);
        check(Fault::Unavailable { cause, action: "send", nonce }, ErrorCode::Unavailable, Some("send"), Some("n-1"));
    }

    #[test]
    fn every_refusal_has_its_status() {
        let name = shared_types::NameError::Empty;
        let outage = Unavailable { doing: "d", cause: "c".into() };
        assert_eq!(to_status(&Refused::BadRoom(name)), 400);
        assert_eq!(to_status(&Refused::BadName(name)), 400);
        assert_eq!(to_status(&Refused::BadTicket), 401);
        assert_eq!(to_status(&Refused::Full { limit: 1 }), 429);
        assert_eq!(to_status(&Refused::Unavailable(outage)), 503);
    }
}
