//! The visitor's own calendar: their time zone, and times and dates as their browser writes them in the language
//! of the page.

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use page_model::calendar::Calendar;
use shared_types::{Language, Timestamp};
use wasm_bindgen::JsValue;

use leptos::prelude::window;

use crate::{browser::time, i18n::Translations};

const DAY_MS: f64 = 24.0 * 60.0 * 60.0 * 1000.0;

/// Days and times where the visitor is.
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
            _ if date(at).get_full_year() == date(now).get_full_year() => write(&self.day_of_year, at),
            _ => write(&self.date, at),
        }
    }

    fn time(&self, at: Timestamp) -> String {
        write(&self.time, at)
    }
}

fn date(at: Timestamp) -> Date {
    Date::new(&JsValue::from_f64(at.0 as f64))
}

/// A language as the visitor's browser knows it: British English, say, and if it knows none, the language as such.
fn locales(language: Language) -> Array {
    let locales = Array::new();
    for locale in preferred_locales() {
        // Some browsers on Linux name locales that `Intl` does not take, such as "en-US@posix".
        let takes = locale.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if takes && Language::of_tag(&locale) == Some(language) {
            locales.push(&JsValue::from_str(&locale));
        }
    }
    locales.push(&JsValue::from_str(language.tag()));
    locales
}

/// A function that writes moments with these parts.
fn formatter(locales: &Array, parts: &[(&str, &str)]) -> Function {
    let options = Object::new();
    for (part, style) in parts {
        _ = Reflect::set(&options, &JsValue::from_str(part), &JsValue::from_str(style));
    }
    Intl::DateTimeFormat::new(locales, &options).format()
}

fn write(formatter: &Function, at: Timestamp) -> String {
    let written = formatter.call1(&JsValue::UNDEFINED, &JsValue::from_f64(at.0 as f64));
    written.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// The locales that the visitor prefers, best first: language tags.
pub(crate) fn preferred_locales() -> impl Iterator<Item = String> {
    window().navigator().languages().into_iter().filter_map(|tag| tag.as_string())
}
