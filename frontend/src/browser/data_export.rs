//! Downloads everything that the visitor wrote as one file. The server returns it in parts and limits the rate.

use std::{cmp::Ordering, time::Duration};

use gloo_net::http::Request;
use js_sys::{Array, JSON, Reflect};
use leptos::prelude::document;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Blob, HtmlElement, Url};

use crate::browser::{js::property, time};

/// Path of the first part. Each part contains the path of the next one.
const FIRST_PART: &str = "/me/data";

/// Fetches all parts and lets the browser save them as one file. Calls `report_wait` with the seconds until the next
/// request while the server limits the rate, and with `None` while a request runs. Returns `None` if a request fails.
pub(crate) async fn save(report_wait: impl Fn(Option<u32>)) -> Option<()> {
    let mut messages = Array::new();
    let mut path = FIRST_PART.to_owned();
    report_wait(None);
    let last_part = loop {
        let response = Request::get(&path).send().await.ok()?;
        if response.status() == 429 {
            let seconds = response.headers().get("retry-after")?.parse().ok()?;
            report_wait(Some(seconds));
            time::sleep(Duration::from_secs(seconds.into())).await;
            report_wait(None);
            continue;
        }
        if !response.ok() {
            return None;
        }
        let part = JSON::parse(&response.text().await.ok()?).ok()?;
        messages = messages.concat::<JsValue>(property(&part, "messages").dyn_ref()?);
        match property(&part, "next").as_string() {
            Some(next) => path = next,
            None => break part,
        }
    };
    // The parts are not in chronological order.
    messages.sort_by(&mut |one, other| match compare_messages(&one, &other) {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    });
    Reflect::set(&last_part, &"messages".into(), &messages).ok()?;
    let text = JSON::stringify(&last_part).ok()?;
    let file = Blob::new_with_str_sequence(&Array::of1(&text)).ok()?;
    // Never revoked: no event reports that the browser has read the file. The address ends with the page.
    let address = Url::create_object_url_with_blob(&file).ok()?;
    let link = document().create_element("a").ok()?;
    link.set_attribute("href", &address).ok()?;
    link.set_attribute("download", "my-messages.json").ok()?;
    link.unchecked_into::<HtmlElement>().click();
    Some(())
}

/// Orders messages by room, then oldest first.
fn compare_messages(one: &JsValue, other: &JsValue) -> Ordering {
    let room = |message| property(message, "room").as_string();
    let seq = |message| property(message, "seq").as_f64();
    room(one).cmp(&room(other)).then(seq(one).partial_cmp(&seq(other)).unwrap_or(Ordering::Equal))
}
