//! The profile of a person: what they look like beside their name, and their status.

use std::{fmt, str::FromStr};

use light_json::Json;
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::{
    ImageSize, ImageType, NameError, Nonce, PersonId, Timestamp,
    checked::{json_of_number, json_of_text},
    limits::{HUES, STATUS_CHARS},
    names::{parse_line, text_newtype},
};

/// How a person is drawn: their picture and their colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct Appearance {
    /// When the picture was set, which is its version. The picture is at [`picture_path`]. Without it the page shows the initial of the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<Timestamp>,
    /// The colour that the person chose; without it the page chooses one. A number of a newer server reads as absent.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::profile::known_hue::deserialize"
    )]
    pub colour: Option<Hue>,
}

impl Appearance {
    /// A person without a picture and without a chosen colour.
    pub const NONE: Self = Self { picture: None, colour: None };

    /// Returns whether the person has neither a picture nor a colour.
    pub fn is_default(&self) -> bool {
        *self == Self::NONE
    }
}

/// Reading of a hue that a newer server may have written.
pub(crate) mod known_hue {
    use light_json::{JsonError, Value};

    use super::Hue;

    /// Reads a hue with serde.
    #[cfg(feature = "serde")]
    pub(crate) fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Hue>, D::Error> {
        let number: Option<u64> = serde::Deserialize::deserialize(deserializer)?;
        Ok(number.and_then(|number| number.try_into().ok()))
    }

    /// Reads a hue with light-json.
    pub(crate) fn from_json(value: &Value<'_>) -> Result<Option<Hue>, JsonError> {
        match value {
            Value::Null => Ok(None),
            value => Ok(value.number()?.try_into().ok()),
        }
    }
}

/// One of the hues of the page's palette: 0 to [`HUES`] less one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hue(u8);

impl Hue {
    /// Returns the number.
    pub fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u64> for Hue {
    type Error = HueError;

    fn try_from(number: u64) -> Result<Self, HueError> {
        let number = u8::try_from(number).ok().filter(|number| *number < HUES);
        number.map(Self).ok_or(HueError)
    }
}

/// Error: a number is no [`Hue`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HueError;

impl fmt::Display for HueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "must be from 0 to {}", HUES - 1)
    }
}

impl std::error::Error for HueError {}

/// Status of a person, such as "On holiday until Monday": one line of 1 to [`STATUS_CHARS`] characters without invisible ones, with the
/// check of a room's title.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StatusText(String);

impl FromStr for StatusText {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        parse_line(text, STATUS_CHARS).map(Self)
    }
}

text_newtype!(StatusText);
json_of_text!(StatusText);
json_of_number!(Hue);

/// The profile of a person, as everybody sees it. The name is not part of it: presence and messages tell it.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// The person.
    pub person: PersonId,
    /// The status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusText>,
    /// Picture and colour.
    #[serde(default, skip_serializing_if = "Appearance::is_default")]
    pub appearance: Appearance,
}

/// A picture in `setProfile`, which was uploaded with this nonce: a PNG, JPEG or WebP of exactly [`crate::limits::PICTURE_SIDE`]² pixels.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct UploadedPicture {
    /// The nonce of the upload.
    pub nonce: Nonce,
    /// The type of the picture.
    #[serde(rename = "type")]
    pub kind: ImageType,
    /// The size of the picture, at most [`crate::limits::PICTURE_BYTES`].
    pub size: ImageSize,
}

/// Returns the path of a person's current picture on the page's own host: `/pictures/{id}`. A page adds `?v=` and [`Appearance::picture`], so
/// that a new picture is not taken from a cache.
pub fn picture_path(person: &PersonId) -> String {
    ["/pictures/", person.as_str()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::FRAME_BYTES;

    #[test]
    fn a_hue_is_a_number_of_the_palette() {
        for (number, good) in [(0, true), (11, true), (12, false), (256, false), (u64::MAX, false)] {
            assert_eq!(Hue::try_from(number).map(Hue::get).ok(), good.then_some(number as u8), "{number}");
        }
    }

    #[test]
    fn a_status_is_one_short_line() {
        let check = |text: &str, expected: Result<&str, NameError>| {
            let parsed = text.parse::<StatusText>();
            assert_eq!(
                parsed.as_ref().map(StatusText::as_str),
                expected.as_ref().copied(),
                "{}",
                text.escape_unicode()
            );
        };
        check("  On holiday\n until Monday ", Ok("On holiday until Monday"));
        check("👩🏽\u{200d}🚀 月曜まで休み", Ok("👩🏽\u{200d}🚀 月曜まで休み"));
        check(&"語".repeat(STATUS_CHARS), Ok(&"語".repeat(STATUS_CHARS)));
        check(&"x".repeat(STATUS_CHARS + 1), Err(NameError::TooLong { limit: STATUS_CHARS }));
        check(&" ".repeat(1 << 20), Err(NameError::TooLong { limit: STATUS_CHARS }));
        for blank in ["", " ", "\u{3000}\n\t"] {
            check(blank, Err(NameError::Empty));
        }
        for bad in ["a\u{202e}b", "\u{200b}", "a\0", "a\u{1b}[31m", "\u{3164}", "a\u{2066}b", "a\u{200d}b", "a\u{7f}"] {
            check(bad, Err(NameError::Character));
        }
    }

    #[test]
    fn a_hue_of_a_newer_server_reads_as_absent() {
        for (json, colour) in [(r#"{"colour":11}"#, Hue::try_from(11).ok()), (r#"{"colour":12}"#, None), ("{}", None)] {
            let appearance = Appearance { picture: None, colour };
            assert_eq!(light_json::compare::read_both(json), Some(appearance), "{json}");
        }
        for bad in [r#"{"colour":-1}"#, r#"{"colour":"red"}"#, r#"{"picture":-1}"#] {
            assert_eq!(light_json::compare::read_both::<Appearance>(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_picture_path_is_the_id_of_its_person() {
        assert_eq!(picture_path(&"ann".parse().unwrap()), "/pictures/ann");
    }

    #[test]
    fn the_longest_profile_fits_a_frame() {
        let picture = serde_json::json!({ "nonce": "n".repeat(64), "type": "image/webp", "size": 24_576 });
        let worst =
            serde_json::json!({ "action": "setProfile", "status": "🏴".repeat(STATUS_CHARS), "picture": picture });
        assert!(worst.to_string().len() < FRAME_BYTES);
    }
}
