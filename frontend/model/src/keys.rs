//! What keys do, which depends on the platform and on the pointer.

/// A platform, by the modifier key of its shortcuts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// macOS and iOS: shortcuts use Command, and Control belongs to the editing keys of text fields.
    Apple,
    /// All others: shortcuts use Control.
    Other,
}

impl Platform {
    /// Returns the platform with this name, such as `MacIntel`, `macOS`, `iPad` or `Win32`.
    pub fn of(name: &str) -> Self {
        let is_apple = ["mac", "ip"]
            .iter()
            .any(|start| name.get(..start.len()).is_some_and(|name| name.eq_ignore_ascii_case(start)));
        if is_apple { Self::Apple } else { Self::Other }
    }
}

/// A key that was pressed, with its modifier keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyPress<'a> {
    /// What the key types, or its name, such as `Enter`.
    pub key: &'a str,
    /// Its place on the keyboard, such as `KeyK`, whatever it types.
    pub code: &'a str,
    /// Whether Control is held.
    pub ctrl: bool,
    /// Whether Command (on other keyboards the Windows key) is held.
    pub meta: bool,
    /// Whether Shift is held.
    pub shift: bool,
    /// Whether Alt (Option) is held.
    pub alt: bool,
    /// Whether the key belongs to an input method that composes a character.
    pub is_composing: bool,
}

/// A shortcut that works anywhere on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortcut {
    /// Open the room dialog.
    Rooms,
    /// Open the search dialog.
    Search,
    /// Open the list of shortcuts.
    Shortcuts,
}

impl KeyPress<'_> {
    /// Whether the key sends the text of a field. On-screen keyboards have no Shift + Enter, so with a coarse pointer Enter
    /// makes a new line in a field of several lines.
    pub fn sends(&self, has_several_lines: bool, has_coarse_pointer: bool) -> bool {
        if self.key != "Enter" || self.is_composing || self.shift {
            return false;
        }
        !(has_several_lines && has_coarse_pointer) || self.ctrl || self.meta
    }

    /// Returns the shortcut of the key. `is_typed` says whether it is typed into a form field.
    pub fn shortcut(&self, platform: Platform, is_typed: bool) -> Option<Shortcut> {
        if self.is_composing {
            return None;
        }
        if self.is_command(platform) {
            return (self.is_letter("k", "KeyK") && !self.shift && !self.alt).then_some(Shortcut::Rooms);
        }
        match self.key {
            _ if is_typed || self.ctrl || self.meta => None,
            "/" => Some(Shortcut::Search),
            "?" => Some(Shortcut::Shortcuts),
            _ => None,
        }
    }

    /// Whether the modifier key of shortcuts is held. The Windows key never reaches a page, so on other platforms Command
    /// is that of a Mac's keyboard.
    pub(crate) fn is_command(&self, platform: Platform) -> bool {
        match platform {
            Platform::Apple => self.meta && !self.ctrl,
            Platform::Other => self.ctrl || self.meta,
        }
    }

    /// Whether the key types a letter. Keyboards of other scripts type none: there its place counts.
    pub(crate) fn is_letter(&self, letter: &str, code: &str) -> bool {
        if self.key.is_ascii() { self.key.eq_ignore_ascii_case(letter) } else { self.code == code }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key press, written as the names of its modifier keys and its key: `ctrl+k`.
    fn press(keys: &str) -> KeyPress<'_> {
        let held = |name| keys.split('+').any(|key| key == name);
        let key = keys.rsplit('+').next().unwrap_or_default();
        let [ctrl, meta, shift, alt, is_composing] = ["ctrl", "meta", "shift", "alt", "composing"].map(held);
        KeyPress { key, code: "", ctrl, meta, shift, alt, is_composing }
    }

    #[test]
    fn enter_sends_except_with_shift_or_a_coarse_pointer() {
        for (keys, fine, coarse, one_line) in [
            ("Enter", true, false, true),
            ("shift+Enter", false, false, false),
            ("ctrl+Enter", true, true, true),
            ("meta+Enter", true, true, true),
            ("ctrl+shift+Enter", false, false, false),
            ("composing+Enter", false, false, false),
            ("ctrl+composing+Enter", false, false, false),
            ("a", false, false, false),
            ("ctrl+a", false, false, false),
        ] {
            let press = press(keys);
            assert_eq!(press.sends(true, false), fine, "{keys}, fine pointer");
            assert_eq!(press.sends(true, true), coarse, "{keys}, coarse pointer");
            assert_eq!(press.sends(false, true), one_line, "{keys}, field of one line");
        }
    }

    #[test]
    fn platforms_are_told_apart_by_their_name() {
        for (name, platform) in [
            ("MacIntel", Platform::Apple),
            ("macOS", Platform::Apple),
            ("iPhone", Platform::Apple),
            ("iPad", Platform::Apple),
            ("Win32", Platform::Other),
            ("Linux x86_64", Platform::Other),
            ("Linux armv8l", Platform::Other),
            ("", Platform::Other),
        ] {
            assert_eq!(Platform::of(name), platform, "{name}");
        }
    }

    #[test]
    fn each_platform_has_its_own_shortcut_key() {
        use Shortcut::{Rooms, Search, Shortcuts};
        for (keys, apple, other) in [
            ("meta+k", Some(Rooms), Some(Rooms)),
            ("meta+K", Some(Rooms), Some(Rooms)),
            ("ctrl+k", None, Some(Rooms)),
            ("ctrl+meta+k", None, Some(Rooms)),
            ("shift+meta+k", None, None),
            ("alt+ctrl+k", None, None),
            ("alt+meta+k", None, None),
            ("k", None, None),
            ("meta+l", None, None),
            ("ctrl+/", None, None),
            ("meta+/", None, None),
            ("ctrl+?", None, None),
            ("/", Some(Search), Some(Search)),
            ("shift+?", Some(Shortcuts), Some(Shortcuts)),
            ("composing+/", None, None),
            ("composing+ctrl+k", None, None),
        ] {
            assert_eq!(press(keys).shortcut(Platform::Apple, false), apple, "{keys}, Apple");
            assert_eq!(press(keys).shortcut(Platform::Other, false), other, "{keys}, other");
        }
    }

    #[test]
    fn a_typed_character_is_no_shortcut() {
        for keys in ["/", "shift+?", "k"] {
            assert_eq!(press(keys).shortcut(Platform::Other, true), None, "{keys}");
        }
        assert_eq!(press("ctrl+k").shortcut(Platform::Other, true), Some(Shortcut::Rooms));
        assert_eq!(press("ctrl+k").shortcut(Platform::Apple, true), None);
    }

    #[test]
    fn the_place_of_a_key_counts_where_it_types_no_latin_letter() {
        let korean = KeyPress { key: "ㅏ", code: "KeyK", meta: true, ..KeyPress::default() };
        assert_eq!(korean.shortcut(Platform::Apple, true), Some(Shortcut::Rooms));
        // On a Dvorak keyboard, this place types another letter.
        let dvorak = KeyPress { key: "t", code: "KeyK", ctrl: true, ..KeyPress::default() };
        assert_eq!(dvorak.shortcut(Platform::Other, true), None);
    }
}
