//! The visitor's calendar: times and dates in their time zone, formatted by the browser in the language of the page.

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use page_model::calendar::Calendar;
use shared_types::{Language, Timestamp};
use wasm_bindgen::JsValue;

use leptos::prelude::window;

use crate::{browser::time, i18n::Translations};

const DAY_MS: f64 = 24.0 * 60.0 * 60.0 * 1000.0;

/// Days and times in the visitor's time zone.
pub(crate) struct LocalTime {
    translations: &'static Translations,
    time: Function,
    day_of_year: Function,
    date: Function,
}

impl LocalTime {
    pub(crate) fn new(translations: &'static Translations) -> Self {
        let locales = locales(translations.language);
        let formatter = |parts| formatter(&locales, parts);
        Self {
            translations,
            time: formatter(&[("timeStyle", "short")]),
            day_of_year: formatter(&[("weekday", "long"), ("day", "numeric"), ("month", "long")]),
            date: formatter(&[("weekday", "long"), ("day", "numeric"), ("month", "long"), ("year", "numeric")]),
        }
    }
}

impl Calendar for LocalTime {
    fn day(&self, at: Timestamp) -> i64 {
        let date = date(at);
        let local = date.get_time() - date.get_timezone_offset() * 60_000.0;
        (local / DAY_MS).floor() as i64
    }

    fn day_name(&self, at: Timestamp) -> String {
        let now = Timestamp(time::now());
        match self.day(now) - self.day(at) {
            0 => self.translations.today.into(),
            1 => self.translations.yesterday.into(),
            _ if date(at).get_full_year() == date(now).get_full_year() => format(&self.day_of_year, at),
            _ => format(&self.date, at),
        }
    }

    fn time(&self, at: Timestamp) -> String {
        format(&self.time, at)
    }
}

fn date(at: Timestamp) -> Date {
    Date::new(&JsValue::from_f64(at.0 as f64))
}

/// Returns the locales of a language: the visitor's preferred ones, such as British English, then the language itself.
fn locales(language: Language) -> Array {
    let locales = Array::new();
    for locale in preferred_locales() {
        // Some browsers on Linux report locales that `Intl` rejects, such as "en-US@posix".
        let is_valid = locale.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if is_valid && Language::of_tag(&locale) == Some(language) {
            locales.push(&JsValue::from_str(&locale));
        }
    }
    locales.push(&JsValue::from_str(language.tag()));
    locales
}

/// Returns a function that formats a timestamp with these parts.
fn formatter(locales: &Array, parts: &[(&str, &str)]) -> Function {
    let options = Object::new();
    for (part, style) in parts {
        _ = Reflect::set(&options, &JsValue::from_str(part), &JsValue::from_str(style));
    }
    Intl::DateTimeFormat::new(locales, &options).format()
}

fn format(formatter: &Function, at: Timestamp) -> String {
    let formatted = formatter.call1(&JsValue::UNDEFINED, &JsValue::from_f64(at.0 as f64));
    formatted.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// Returns the language tags that the visitor prefers, best first.
pub(crate) fn preferred_locales() -> impl Iterator<Item = String> {
    window().navigator().languages().into_iter().filter_map(|tag| tag.as_string())
}
