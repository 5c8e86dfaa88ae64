//! How functions start, and what the front page takes.

use std::io;

use serde_json::{Value, json};

use crate::{
    actions::{REPETITIONS, ROOM, row},
    chat::Chat,
    events,
    function::Function,
    report::{Row, median, milliseconds},
};

/// Starts of each function.
const STARTS: usize = 9;

/// What a start takes: medians.
pub(crate) struct Start {
    pub(crate) name: String,
    /// Milliseconds from exec until the function asks for its first event.
    pub(crate) ready: f64,
    /// Milliseconds of processor time until then.
    pub(crate) cpu: f64,
    /// Resident memory then, in MB.
    pub(crate) memory: f64,
    /// Milliseconds of processor time of the first event.
    pub(crate) first: f64,
}

/// Starts a function several times and gives it its first event.
pub(crate) async fn measure(
    name: &str,
    start: impl AsyncFn() -> io::Result<Function>,
    event: impl Fn(usize) -> Value,
) -> io::Result<Start> {
    let [mut ready, mut cpu, mut memory, mut first] = [const { Vec::new() }; 4];
    for number in 0..STARTS {
        let mut function = start().await?;
        ready.push(milliseconds(function.ready));
        cpu.push(milliseconds(function.cpu()?));
        memory.push(function.memory()? as f64 / 1e6);
        first.push(milliseconds(function.invoke(&event(number)).await?.cpu));
    }
    let [ready, cpu, memory, first] = [ready, cpu, memory, first].map(median);
    Ok(Start { name: name.to_owned(), ready, cpu, memory, first })
}

/// Measures the starts of the functions that people wait for.
pub(crate) async fn of_functions(chat: &Chat) -> io::Result<Vec<Start>> {
    type Event = fn(usize) -> Value;
    let functions: [(&str, Event); 4] = [
        ("connect", |number| events::connect(2_000_000 + number, "starts")),
        ("disconnect", |number| events::disconnect(2_000_000 + number)),
        ("send", |number| events::frame(events::FIRST, 2_000_000 + number, &json!({"action": "ping"}))),
        ("front", |_| events::page(ROOM.name, "br")),
    ];
    let mut starts = Vec::new();
    for (name, event) in functions {
        starts.push(measure(name, async || chat.function(name).await, event).await?);
    }
    Ok(starts)
}

/// Measures the front page, which the messages of the actions have filled.
pub(crate) async fn front_page(chat: &Chat) -> io::Result<Vec<Row>> {
    let mut front = chat.function("front").await?;
    let mut rows = Vec::new();
    chat.count(true);
    for (name, encoding) in [("front page", "identity"), ("front page, brotli", "br")] {
        let mut effects = Vec::new();
        for _ in 0..REPETITIONS {
            effects.push(chat.act(&mut front, &events::page(ROOM.name, encoding)).await?);
        }
        let bytes = effects[0].invocation.answer["body"].as_str().map_or(0, str::len);
        rows.push(row(chat, &format!("{name}, {} KB", bytes / 1000), &effects, &front)?);
    }
    chat.count(false);
    Ok(rows)
}
