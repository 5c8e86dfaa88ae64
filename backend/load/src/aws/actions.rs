//! What each action costs, in a room of ten people.

use std::io;

use serde_json::{Value, json};

use crate::{
    chat::{Chat, Effect},
    events,
    function::Function,
    report::{Row, median, milliseconds},
    rooms::Room,
};

/// People in the room.
pub(crate) const PEOPLE: usize = 10;

/// Messages in the room before the actions: a full page, and those that are deleted.
const STORED: usize = 130;

/// Times that each action is repeated. The first is not counted: a function opens connections and fills caches then.
pub(crate) const REPETITIONS: usize = 21;

/// The room.
pub(crate) const ROOM: Room = Room { name: "bench", first: 0 };

/// The text of a message, of about 100 characters.
pub(crate) fn text(number: usize) -> String {
    format!("Line {number} of a **conversation** about boats, ropes and what to bring to eat. See you at nine.")
}

/// The frames of the first person of a room.
pub(crate) struct Frames<'a> {
    chat: &'a Chat,
    pub(crate) send: Function,
    room: Room,
    /// Number of frames so far, for ids and nonces.
    sent: usize,
}

impl<'a> Frames<'a> {
    /// Starts `send`.
    pub(crate) async fn start(chat: &'a Chat, room: Room) -> io::Result<Self> {
        Ok(Self { chat, send: chat.function("send").await?, room, sent: 0 })
    }

    /// Sends a frame.
    pub(crate) async fn frame(&mut self, frame: Value) -> io::Result<Effect> {
        self.sent += 1;
        self.chat.act(&mut self.send, &events::frame(self.room.first, self.sent, &frame)).await
    }

    /// Sends a message. Returns also its number in the room.
    pub(crate) async fn message(&mut self) -> io::Result<(Effect, u64)> {
        let number = self.sent;
        let frame = json!({"action": "send", "text": text(number), "nonce": format!("n-{number:08}-{number:08}")});
        let effect = self.frame(frame).await?;
        let seq = effect.frame("message")?["seq"].as_u64();
        Ok((effect, seq.ok_or_else(|| io::Error::other("a message without a number"))?))
    }
}

/// Fills the room and measures each action. Returns the rows of the table.
pub(crate) async fn measure(chat: &Chat) -> io::Result<Vec<Row>> {
    let mut connect = chat.function("connect").await?;
    for number in 0..PEOPLE {
        chat.act(&mut connect, &events::connect(ROOM.first + number, ROOM.name)).await?;
    }
    let mut frames = Frames::start(chat, ROOM).await?;
    let mut seq = 0;
    for _ in 0..STORED {
        seq = frames.message().await?.1;
    }
    chat.count(true);
    let mut rows = of_frames(&mut frames, seq).await?;
    rows.extend(of_sockets(chat, connect).await?);
    chat.count(false);
    Ok(rows)
}

/// Measures the actions of `send`. The room's last message is `seq`.
async fn of_frames(frames: &mut Frames<'_>, seq: u64) -> io::Result<Vec<Row>> {
    let mut effects = Vec::new();
    for _ in 0..REPETITIONS {
        effects.push(frames.message().await?.0);
    }
    let mut rows = vec![row(frames.chat, "send", &effects, &frames.send)?];
    for (name, answer, frame) in ACTIONS {
        effects.clear();
        for number in 0..REPETITIONS {
            let effect = frames.frame(frame(seq, number)).await?;
            effect.frame(answer)?;
            effects.push(effect);
        }
        rows.push(row(frames.chat, name, &effects, &frames.send)?);
    }
    Ok(rows)
}

/// An action: its name, the type of the answer, and the frame of a repetition in a room whose last message was `seq` before the messages
/// of `send`.
type Action = (&'static str, &'static str, fn(seq: u64, number: usize) -> Value);

/// All actions but `send`. Those that ask what they missed come first, because the others change the room.
const ACTIONS: [Action; 14] = [
    ("changes (21 messages)", "changes", |seq, _| json!({"action": "changes", "after": seq})),
    ("changes (none)", "changes", |seq, _| json!({"action": "changes", "after": seq + REPETITIONS as u64})),
    ("hello again (none missed)", "changes", |seq, _| json!({"action": "hello", "since": seq + REPETITIONS as u64})),
    ("hello (100 messages)", "page", |_, _| json!({"action": "hello"})),
    ("edit", "message", |seq, number| {
        let nonce = format!("e-{number:08}-{number:08}");
        json!({"action": "edit", "seq": seq - number as u64, "text": text(number), "nonce": nonce})
    }),
    ("react", "message", |seq, number| {
        let nonce = format!("r-{number:08}-{number:08}");
        json!({"action": "react", "seq": seq - number as u64, "emoji": "👍", "on": true, "nonce": nonce})
    }),
    (
        "delete",
        "message",
        |_, number| json!({"action": "delete", "seq": number + 1, "nonce": format!("d-{number:08}-{number:08}")}),
    ),
    ("history (100 messages)", "page", |seq, _| json!({"action": "history", "before": seq})),
    ("search (130 messages)", "found", |_, _| json!({"action": "search", "text": "boats"})),
    ("people", "presence", |_, _| json!({"action": "people"})),
    ("rooms (1)", "rooms", |_, _| json!({"action": "rooms", "rooms": [ROOM.name]})),
    ("rooms (5)", "rooms", |_, _| json!({"action": "rooms", "rooms": [ROOM.name, "a", "b", "c", "d"]})),
    ("typing", "typing", |_, _| json!({"action": "typing"})),
    ("ping", "pong", |_, _| json!({"action": "ping"})),
];

/// Measures what opens and closes a socket.
async fn of_sockets(chat: &Chat, mut connect: Function) -> io::Result<Vec<Row>> {
    let mut disconnect = chat.function("disconnect").await?;
    let (mut opened, mut closed) = (Vec::new(), Vec::new());
    for number in PEOPLE..PEOPLE + REPETITIONS {
        opened.push(chat.act(&mut connect, &events::connect(ROOM.first + number, ROOM.name)).await?);
        closed.push(chat.act(&mut disconnect, &events::disconnect(ROOM.first + number)).await?);
    }
    Ok(vec![row(chat, "connect", &opened, &connect)?, row(chat, "disconnect", &closed, &disconnect)?])
}

/// Makes the row of an action from all effects but the first.
pub(crate) fn row(chat: &Chat, name: &str, effects: &[Effect], function: &Function) -> io::Result<Row> {
    let effects = effects.get(1..).unwrap_or_default();
    if let Some(last) = effects.last().filter(|_| chat.places.prints_calls) {
        println!("{name}");
        last.print_calls();
    }
    let of = |value: &dyn Fn(&Effect) -> f64| median(effects.iter().map(value).collect());
    Ok(Row {
        name: name.to_owned(),
        reads: of(&|effect| effect.cost.units.reads),
        writes: of(&|effect| effect.cost.units.writes),
        calls: of(&|effect| effect.cost.calls as f64),
        sequence: of(&|effect| effect.cost.sequence as f64),
        posts: of(&|effect| effect.posts.len() as f64),
        cpu: of(&|effect| milliseconds(effect.invocation.cpu)),
        time: of(&|effect| milliseconds(effect.invocation.time)),
        memory: function.memory()? as f64 / 1e6,
    })
}
