//! Everything that the visitor wrote, as one file: the server gives it out in parts, and now and then it wants to be asked later.

use std::{cmp::Ordering, time::Duration};

use gloo_net::http::Request;
use js_sys::{Array, JSON, Reflect};
use leptos::prelude::document;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Blob, HtmlElement, Url};

use crate::browser::{js::property, time};

/// Where the first part is. Each says where the next one is.
const FIRST: &str = "/me/data";

/// Gets all parts and hands them to the browser as one file. `waits` is told for how many seconds the server is not asked, and
/// when it is again. Nothing is given back where the server did not tell.
pub(crate) async fn save(waits: impl Fn(Option<u32>)) -> Option<()> {
    let mut messages = Array::new();
    let mut path = FIRST.to_owned();
    waits(None);
    let whole = loop {
        let answer = Request::get(&path).send().await.ok()?;
        if answer.status() == 429 {
            let seconds = answer.headers().get("retry-after")?.parse().ok()?;
            waits(Some(seconds));
            time::pause(Duration::from_secs(seconds.into())).await;
            waits(None);
            continue;
        }
        if !answer.ok() {
            return None;
        }
        let part = JSON::parse(&answer.text().await.ok()?).ok()?;
        messages = messages.concat::<JsValue>(property(&part, "messages").dyn_ref()?);
        match property(&part, "next").as_string() {
            Some(next) => path = next,
            None => break part,
        }
    };
    // The parts are not cut by time.
    messages.sort_by(&mut |one, other| match in_order(&one, &other) {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    });
    Reflect::set(&whole, &"messages".into(), &messages).ok()?;
    let text = JSON::stringify(&whole).ok()?;
    let file = Blob::new_with_str_sequence(&Array::of1(&text)).ok()?;
    // It ends with the page: nobody says when the browser has read it.
    let address = Url::create_object_url_with_blob(&file).ok()?;
    let link = document().create_element("a").ok()?;
    link.set_attribute("href", &address).ok()?;
    link.set_attribute("download", "my-messages.json").ok()?;
    link.unchecked_into::<HtmlElement>().click();
    Some(())
}

/// By room, and in it oldest first.
fn in_order(one: &JsValue, other: &JsValue) -> Ordering {
    let room = |message| property(message, "room").as_string();
    let seq = |message| property(message, "seq").as_f64();
    room(one).cmp(&room(other)).then(seq(one).partial_cmp(&seq(other)).unwrap_or(Ordering::Equal))
}
