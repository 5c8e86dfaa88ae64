//! The visitor's own calendar: their time zone, and times and dates as their browser writes them.

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use shared_types::Timestamp;
use wasm_bindgen::JsValue;

use crate::{browser, clock::Calendar, words};

const DAY_MS: f64 = 24.0 * 60.0 * 60.0 * 1000.0;

/// Days and times where the visitor is.
pub(crate) struct LocalTime {
    time: Function,
    day_of_year: Function,
    date: Function,
}

impl LocalTime {
    pub(crate) fn new() -> Self {
        Self {
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
        let now = Timestamp(browser::now());
        match self.day(now) - self.day(at) {
            0 => words::TODAY.into(),
            1 => words::YESTERDAY.into(),
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

/// A function that writes moments with these parts, in the language of the browser.
fn formatter(parts: &[(&str, &str)]) -> Function {
    let options = Object::new();
    for (part, style) in parts {
        _ = Reflect::set(&options, &JsValue::from_str(part), &JsValue::from_str(style));
    }
    Intl::DateTimeFormat::new(&Array::new(), &options).format()
}

fn write(formatter: &Function, at: Timestamp) -> String {
    let written = formatter.call1(&JsValue::UNDEFINED, &JsValue::from_f64(at.0 as f64));
    written.ok().and_then(|text| text.as_string()).unwrap_or_default()
}
