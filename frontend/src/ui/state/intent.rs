//! What the visitor can ask the session to do.

use leptos::ev;
use page_model::{composer_mode::ComposerMode, notification_level::NotificationLevel, timeline::Change};
use shared_types::{
    ChatIdentity, DeviceId, InvitationId, Language, MessageText, Nonce, Person, PersonId, PersonName, PollDraft, Role,
    RoomDetails, RoomName, RoomRules, RoomTitle, Seq,
};
use web_sys::File;

use crate::ui::{
    devices_dialog::DevicesDialog,
    profile::{renaming::Renaming, state::ProfileDraft},
    state::{composer::ComposerPlace, invite::ShownLink},
};

/// A command of the visitor.
#[derive(Debug)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser uses it"))]
pub(crate) enum Intent {
    /// Send a text.
    Post(MessageText),
    /// Start a new message, a reply or an edit.
    SetComposerMode(ComposerMode),
    Change(Seq, Change),
    /// Dismiss the errors.
    DismissErrors,
    Retry(Nonce),
    Discard(Nonce),
    /// The visitor is typing.
    Typing,
    LoadOlder,
    LoadNewer,
    /// Go back to the newest messages.
    GoToNewest,
    /// Go to a message and load it if needed.
    GoToMessage(Seq),
    /// The newest message is in view.
    MarkRead,
    /// Ask the server who is online.
    RefreshPeople,
    Reconnect,
    /// Show another room. If the page can, it prevents that the click on the link, if there was one, loads a page.
    EnterRoom(RoomName, Option<ev::MouseEvent>),
    /// Load now what is loaded on demand.
    LoadOnDemand,
    /// Forget the commands that wait for what is loaded on demand.
    DiscardWaiting,
    /// A command for what is loaded on demand. It waits until that is loaded.
    OnDemand(OnDemandIntent),
}

/// A command of the visitor. What performs it is loaded on demand.
#[derive(Debug)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser uses it"))]
pub(crate) enum OnDemandIntent {
    Dialog(DialogIntent),
    /// A command about the images of the composer or of the thread that is shown.
    Image(ComposerPlace, ImageIntent),
}

/// A command about the attached images.
#[derive(Debug)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser uses it"))]
pub(crate) enum ImageIntent {
    /// Attach files.
    Attach(Vec<File>),
    /// Attach the files of a clipboard, or insert its text.
    Paste(Clipboard),
    /// Remove an image.
    Remove(u32),
    /// Set the description of an image.
    Describe(u32, String),
    /// Send the images. The first one has the text.
    Post(Option<MessageText>),
}

/// A clipboard that contains files.
#[derive(Debug)]
pub(crate) struct Clipboard {
    pub(crate) text: String,
    pub(crate) html: String,
    pub(crate) files: Vec<File>,
}

/// A command of the visitor in a dialog.
#[derive(Debug)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser uses it"))]
pub(crate) enum DialogIntent {
    Rename(PersonName, Renaming),
    /// Load the visitor's own profile.
    LoadOwnProfile,
    /// Load the profile of a person.
    LoadProfile(PersonId),
    /// Load the statuses of the people in the room.
    LoadStatuses,
    /// Prepare a file as the visitor's picture.
    ChoosePicture(File),
    /// Save status, colour and picture of the visitor.
    SaveProfile(ProfileDraft),
    /// Switch the language of the page.
    SetLanguage(Language),
    /// Search for messages with these words.
    Search(String),
    /// Search further back.
    SearchMore,
    /// Ask the server which rooms have unread messages.
    RefreshRooms,
    /// Give a room a title when it is opened, if it is new.
    TitleNewRoom(RoomName, Option<RoomTitle>),
    /// Remove a room from the list.
    RemoveRoom(RoomName),
    /// Put the room that was removed last into the list again.
    RestoreRoom,
    SetNotifications(NotificationLevel),
    /// Load the restrictions of the person in the restriction dialog.
    LoadRestrictions,
    /// Mute or ban a person for so many seconds; 0 lifts it.
    Restrict {
        person: Person,
        ban: bool,
        seconds: u32,
    },
    /// Delete all messages of a person.
    PurgeUser(Person),
    /// Set the rules of the room.
    SetRules(RoomRules),
    /// Set the details of the room.
    SetDetails(RoomDetails),
    /// Send a message with a poll.
    SendPoll(MessageText, PollDraft),
    /// Load the pinned messages of the room.
    LoadPins,
    /// Unpin a message, which need not be loaded.
    Unpin(Seq),
    /// Load the messages that the visitor saved.
    LoadSaved,
    /// Load more of them.
    LoadMoreSaved,
    /// Load the threads in which the visitor takes part.
    LoadThreads,
    /// Load more of them.
    LoadMoreThreads,
    /// Save a message of the room that is shown or of another one, or remove it from the list.
    Save {
        room: Option<RoomName>,
        seq: Seq,
        saved: bool,
    },
    /// Show who has seen a message.
    ShowSeenBy(Seq),
    /// Show the thread of a message or of a reply in it.
    OpenThread(Seq),
    CloseThread,
    /// Load the newest replies of the thread again.
    ReloadThread,
    /// Load older replies of the thread.
    LoadOlderReplies,
    /// Send a reply with the attached images in the thread that is shown. The flag also sends it to the room.
    Reply(Option<MessageText>, bool),
    /// Keep what is written in the thread that is shown.
    StoreReplyDraft(String),
    /// Show what was written in the thread that is shown before a reply was edited.
    RestoreReplyDraft,
    /// Load the people with a role.
    LoadRoles,
    /// Changes name and icon of the chat.
    SetIdentity(ChatIdentity),
    LoadUsage,
    /// The administration was closed.
    LeaveAdministration,
    /// Give a person a role, or take it.
    SetRole(PersonId, Role),
    /// Load the audit log.
    Audit,
    /// Load older entries of the audit log.
    AuditMore,
    /// Download everything that the visitor wrote.
    Export,
    /// Delete everything that the visitor wrote.
    EraseMyData,
    /// Stop deleting.
    StopErasing,
    /// Copy the visitor's id.
    CopyId,
    /// Copy the address of a message.
    CopyMessageLink(Seq),
    /// Copy a text of the message: all of it, or its code.
    CopyText(Seq, String),
    /// Remember whether the buttons that format a text are shown.
    ShowFormatBar(bool),
    /// Sign out and remove everything that is stored on this device.
    SignOut,
    /// Load the invitations.
    LoadInvitations,
    /// Make an invitation that is valid for so many seconds and lets so many people in.
    MakeInvitation {
        seconds: u32,
        uses: u32,
    },
    /// Revoke an invitation.
    RevokeInvitation(InvitationId),
    /// Make a link to another device.
    LinkDevice,
    /// Load the devices of the visitor.
    LoadDevices(DevicesDialog),
    /// Sign out a device of the visitor, or all but this one.
    SignOutDevice(Option<DeviceId>),
    /// Make a private room with this title.
    CreatePrivateRoom(RoomTitle),
    /// Load the open rooms that the visitor looks for.
    LoadDirectory,
    /// Load the next page of the directory.
    LoadMoreDirectory,
    /// Repeat the failed request for the directory.
    RetryDirectory,
    /// Load the private rooms of the visitor.
    LoadMyRooms,
    /// Open the direct message with these people.
    OpenDirect(Vec<Person>),
    /// Load the members of the private room.
    LoadMembers,
    /// Add a person to a private room.
    AddMember(RoomName, Person),
    /// Remove a member from the private room.
    RemoveMember(PersonId),
    /// Leave the private room.
    LeaveRoom,
    /// Make an invitation to the private room.
    InviteToRoom,
    /// Copy a link.
    CopyLink(ShownLink),
    /// Hand a link to another app of the device.
    ShareLink(ShownLink),
    /// Add a room to the favourites, or remove it.
    ToggleFavourite(RoomName),
    /// Mute or unmute the room.
    ToggleMuted,
    /// List the rooms by activity, or by name again.
    ToggleRoomOrder,
    /// Mark everything in another room as read.
    MarkRoomRead(RoomName),
    /// Open or close the panel with the people, and remember it.
    ShowPeoplePanel(bool),
}
