//! What the visitor can ask the session to do.

use page_model::{composer_mode::Writing, notification_level::Notify, timeline::Change};
use shared_types::{Language, MessageText, Nonce, Person, PersonName, RoomName, RoomRules, Seq};
use web_sys::File;

/// What somebody wants.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "on the server nobody asks for anything"))]
pub(crate) enum Intent {
    /// Send a text, the images in the tray, or both.
    Post(Option<MessageText>),
    /// Write something new, an answer, or another text for a message.
    Write(Writing),
    Change(Seq, Change),
    Attach(Vec<File>),
    Detach(u32),
    /// Read the troubles and be done with them.
    Dismiss,
    /// Say what is to be seen on an image in the tray.
    Describe(u32, String),
    Retry(Nonce),
    Discard(Nonce),
    Rename(PersonName),
    /// Have the page in another language.
    Speak(Language),
    /// Something is being written.
    Type,
    LoadOlder,
    LoadNewer,
    /// Go back to the newest messages.
    ToNewest,
    /// See a message, wherever it is.
    Seek(Seq),
    /// Copy a message's address.
    Copy(Seq),
    /// The newest message came into view.
    Look,
    /// Ask who is here.
    LookAround,
    Reconnect,
    /// See where else something new was said.
    Rooms,
    /// Take a room off the list.
    Forget(RoomName),
    /// Look for messages with these words.
    Search(String),
    /// Look further back.
    SearchFurther,
    Notify(Notify),
    /// Know what the person may not do about whom a moderator decides.
    Inquire,
    /// Keep somebody quiet or away for so many seconds; 0 takes it back.
    Sanction {
        person: Person,
        ban: bool,
        seconds: u32,
    },
    /// Have everything deleted that somebody wrote.
    Clear(Person),
    /// Let this hold in the room.
    Rule(RoomRules),
    /// See what moderators did.
    Audit,
    /// See what they did before that.
    AuditFurther,
    /// Get everything that the visitor wrote.
    Export,
    /// Have everything deleted that the visitor wrote.
    ForgetMe,
    /// Have no more of it deleted.
    KeepMe,
    /// Copy the visitor's id.
    CopyId,
    /// The visitor leaves by the door: nothing of theirs is to stay on this device.
    SignOut,
}
