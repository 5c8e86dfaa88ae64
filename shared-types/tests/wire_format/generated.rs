//! Both forms read and write generated values in the same way, for every type of the wire.

use std::{collections::BTreeSet, fmt::Debug};

use fastrand::Rng;
use serde::{Serialize, de::DeserializeOwned};
use shared_types::{
    AccessMode, ActionName, AltText, Appearance, AuditEntry, ChatIdentity, ChatImage, ChatMessage, ClientMessage,
    DeviceId, DirectoryPosition, DirectoryRoom, Emoji, ErrorCode, Hue, ImagePreview, ImageSide, ImageSize, ImageType,
    Language, LastRead, ListedThread, MessageExcerpt, MessageText, ModerationAction, MoreImages, NamedPerson, Nonce,
    PageState, Person, PersonId, PersonName, Pin, Poll, PollDraft, PollOption, PollOptionText, PrivateRoom, Profile,
    Reaction, ReadReceipt, ReplyRef, Restrictions, Rev, Role, RoleEntry, RoomActivity, RoomDescription, RoomDetails,
    RoomDetailsChange, RoomMember, RoomName, RoomRules, RoomTitle, RoomTopic, SavedMessage, SavedPosition, SearchText,
    Seconds, Seq, ServerMessage, StatusText, StorageSize, ThreadSummary, Timestamp, TitledRoom, UploadedPicture, Usage,
    UsageDay,
    json::{
        Describe, Field, FromJson, Schema, ToJson,
        compare::{read_both, write_both},
    },
};

use crate::generator::{print, spoil, valid};

/// Number of values of each type.
const VALUES: usize = 1_000;

/// Checks every type in the list, and that the list has every type.
macro_rules! check_types {
    ($($name:ident),* $(,)?) => {
        #[test]
        fn both_forms_agree_on_generated_values() {
            $(check::<$name>();)*
        }

        #[test]
        fn every_type_of_the_wire_is_generated() {
            let mut types = BTreeSet::new();
            for schema in [ClientMessage::schema(), ServerMessage::schema(), PageState::schema()] {
                add_types(&schema, &mut types);
            }
            // A range has no JSON of its own: it is always part of a frame.
            for other in ["HistoryRange", "bool", "u16", "u32", "u64", "String"] {
                types.remove(other);
            }
            let checked: BTreeSet<_> = [$(stringify!($name)),*].into();
            assert_eq!(types, checked);
        }
    };
}

check_types! {
    AccessMode, ActionName, AltText, AuditEntry, ChatIdentity, ChatImage, ChatMessage, ClientMessage, Emoji, ErrorCode, ImagePreview,
    ImageSide,
    ImageSize,
    ImageType,
    Language, LastRead, ListedThread,
    MessageText,
    ModerationAction,
    MoreImages,
    NamedPerson,
    Nonce,
    PageState,
    Person,
    PersonId,
    PersonName,
    PrivateRoom,
    Reaction,
    ReadReceipt,
    ReplyRef,
    Restrictions,
    Rev,
    Role,
    RoleEntry,
    RoomActivity,
    RoomDescription,
    RoomDetails,
    RoomDetailsChange,
    RoomMember,
    RoomName,
    RoomRules,
    RoomTitle,
    RoomTopic,
    SearchText,
    Seconds,
    Seq,
    ServerMessage,
    StorageSize, ThreadSummary,
    Timestamp,
    TitledRoom, Usage, UsageDay,
    MessageExcerpt,
    Pin,
    Poll,
    PollDraft,
    PollOption,
    PollOptionText,
    SavedMessage,
    SavedPosition,
    Appearance,
    Hue,
    Profile,
    StatusText,
    UploadedPicture,
    DeviceId,
    DirectoryPosition,
    DirectoryRoom,
}

fn check<T: Describe + FromJson + ToJson + Serialize + DeserializeOwned + PartialEq + Debug>() {
    let mut random = Rng::with_seed(1);
    let schema = T::schema();
    for _ in 0..VALUES {
        let mut json = valid(&schema, &mut random);
        let document = print(&json, &mut random);
        let value = read_both::<T>(&document).unwrap_or_else(|| panic!("{document}"));
        assert_eq!(read_both(&write_both(&value)), Some(value));
        for _ in 0..random.u8(1..3) {
            spoil(&mut json, &mut random);
        }
        if let Some(value) = read_both::<T>(&print(&json, &mut random)) {
            write_both(&value);
        }
    }
}

fn add_types(schema: &Schema, types: &mut BTreeSet<&'static str>) {
    let mut add_fields = |fields: &[Field]| fields.iter().for_each(|field| add_types(&field.schema, types));
    match schema {
        Schema::Scalar(name) => _ = types.insert(name),
        Schema::Optional(value) | Schema::List(value) => add_types(value, types),
        Schema::Struct { name, fields } => {
            add_fields(fields);
            types.insert(name);
        }
        Schema::Enum { name, variants, .. } => {
            variants.iter().for_each(|variant| add_fields(&variant.fields));
            types.insert(name);
        }
    }
}
