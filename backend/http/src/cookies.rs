//! The cookies of the chat: their names, and how they are read and written.

use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use shared_types::{Language, PersonId, PersonName};

/// The name of the visitor, percent-encoded; written by the page, so that the first paint has it.
pub(crate) const NAME: &str = "name";

/// The new guest of a device that was signed out from another one; read by the page.
const SIGNED_OUT: &str = "signed-out";

/// The tag of the language that the visitor chose; written by the page.
const LANGUAGE: &str = "language";

/// Whether the panel with the people is open, `open` or `closed`; written by the page, so that the first paint has its space.
const PEOPLE: &str = "people";

/// The name of the session cookie. With HTTPS it has the prefix `__Host-`, so that browsers accept it from this host only.
pub(crate) fn session_cookie(secure: bool) -> &'static str {
    if secure { "__Host-guest" } else { "guest" }
}

/// The name of the cookie of a sign-in that has begun; with HTTPS as [`session_cookie`].
pub(crate) fn sign_in_cookie(secure: bool) -> &'static str {
    if secure { "__Host-sign-in" } else { "sign-in" }
}

/// The name of the cookie with the invitation to a private room that waits until the visitor has entered; with HTTPS as [`session_cookie`].
pub(crate) fn invitation_cookie(secure: bool) -> &'static str {
    if secure { "__Host-join" } else { "join" }
}

/// Returns the value of a cookie in a `Cookie` header; of several with one name the first.
///
/// The name has to match exactly. A library that trims Unicode white space would take `\u{2000}__Host-guest`, which a sibling host
/// can set, for `__Host-guest`.
pub(crate) fn value<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    header.split(';').find_map(|pair| pair.trim_matches([' ', '\t']).strip_prefix(name)?.strip_prefix('='))
}

/// Returns the name that the visitor chose, if the cookie has a valid one.
pub(crate) fn person_name(header: &str) -> Option<PersonName> {
    value(header, NAME).and_then(percent_decoded)?.parse().ok()
}

/// Returns the language that the visitor chose, if the page has it.
pub(crate) fn language(header: &str) -> Option<Language> {
    value(header, LANGUAGE).and_then(Language::of_tag)
}

/// Returns whether the visitor keeps the panel with the people open.
pub(crate) fn has_people_panel(header: &str) -> bool {
    value(header, PEOPLE) == Some("open")
}

/// Returns a `Set-Cookie` value that no script can read and no form of another site sends. A lifetime of 0 removes the cookie.
pub(crate) fn set(name: &str, value: &str, lifetime: Duration, secure: bool) -> String {
    let (seconds, secure) = (lifetime.as_secs(), if secure { "; Secure" } else { "" });
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

/// Returns a `Set-Cookie` value for the name of the visitor, as the page writes it: its script can read and change it.
pub(crate) fn set_person_name(name: &PersonName, secure: bool) -> String {
    // 400 days, the maximum that browsers allow.
    const SECONDS: u32 = 400 * 24 * 60 * 60;
    let (name, secure) = (utf8_percent_encode(name.as_str(), NON_ALPHANUMERIC), if secure { "; Secure" } else { "" });
    format!("{NAME}={name}; Path=/; Max-Age={SECONDS}; SameSite=Lax{secure}")
}

/// Returns a `Set-Cookie` value that tells the script of the page that the device was signed out from another one, and who the new guest is.
/// It says nothing about any other person, so it need not be removed when the guest becomes one.
pub(crate) fn set_new_guest(guest: &PersonId, secure: bool) -> String {
    // A day: a tab that sleeps finds out when it wakes.
    const SECONDS: u32 = 24 * 60 * 60;
    let secure = if secure { "; Secure" } else { "" };
    format!("{SIGNED_OUT}={guest}; Path=/; Max-Age={SECONDS}; SameSite=Lax{secure}")
}

/// Decodes percent-encoded text. `None` if a `%` is not followed by two hexadecimal digits, or the result is not UTF-8.
pub(crate) fn percent_decoded(text: &str) -> Option<String> {
    let mut rests = text.split('%').skip(1);
    let is_encoded =
        |rest: &str| rest.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    rests.all(is_encoded).then(|| percent_decode_str(text).decode_utf8().ok())?.map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let cookies = "a=1; guest=g.1.mac; name=Ann%20%E7%94%9F; guest2=x";
        assert_eq!(value(cookies, "guest"), Some("g.1.mac"));
        assert_eq!(value(cookies, "name").and_then(percent_decoded).as_deref(), Some("Ann 生"));
        assert_eq!(value(cookies, "gues"), None);
        assert_eq!(value("", "guest"), None);
    }

    #[test]
    fn the_panel_is_open_only_where_its_cookie_says_so() {
        for (header, is_open) in [
            ("people=open", true),
            ("name=a; people=open", true),
            ("people=closed", false),
            ("people=", false),
            ("", false),
        ] {
            assert_eq!(has_people_panel(header), is_open, "{header}");
        }
    }

    #[test]
    fn an_invalid_pair_does_not_hide_other_cookies() {
        for cookies in ["; guest=x", "=; guest=x", "nothing; guest=x", "guest =y; guest=x", "\u{0}; guest=x"] {
            assert_eq!(value(cookies, "guest"), Some("x"), "{cookies:?}");
        }
    }

    #[test]
    fn a_name_with_unicode_white_space_is_another_cookie() {
        for space in ["\u{2000}", "\u{a0}", "\u{3000}", "\u{b}"] {
            let spoofed = format!("{space}__Host-guest=spoofed; __Host-guest{space}=spoofed; __Host-guest=own");
            assert_eq!(value(&spoofed, "__Host-guest"), Some("own"), "{space:?}");
        }
    }

    #[test]
    fn a_cookie_is_http_only_and_same_site() {
        let hour = Duration::from_secs(3600);
        let plain = set("guest", "g.1=", hour, false);
        assert_eq!(plain, "guest=g.1=; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax");
        let secure = set("__Host-guest", "g", Duration::ZERO, true);
        assert_eq!(secure, "__Host-guest=g; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure");
    }

    #[test]
    fn a_name_survives_its_cookie() {
        for name in ["Ann", "生 & \"=;,%20 €", "O'Brien (2nd)"] {
            let name: PersonName = name.parse().unwrap();
            let cookie = set_person_name(&name, true);
            assert!(
                cookie.is_ascii() && cookie.ends_with("; Path=/; Max-Age=34560000; SameSite=Lax; Secure"),
                "{cookie}"
            );
            assert_eq!(person_name(cookie.split("; ").next().unwrap()), Some(name));
        }
    }

    #[test]
    fn an_invalid_percent_encoding_has_no_value() {
        for text in ["%ff", "%4", "%zz", "%+f", "%", "a%", "%é"] {
            assert_eq!(percent_decoded(text), None, "{text}");
        }
    }
}
