//! What a message costs in larger rooms.

use std::io;

use crate::{
    actions::{Frames, row},
    chat::Chat,
    events,
    report::Row,
    workers::Workers,
};

/// Functions that open sockets at the same time.
const CONNECTING: usize = 4;

/// Messages in each room. The first is not counted.
pub(crate) const REPETITIONS: usize = 6;

/// Opens sockets until the room has each of the sizes, and measures messages there.
pub(crate) async fn measure(chat: &Chat, sizes: &[usize]) -> io::Result<Vec<Row>> {
    let mut frames = Frames::start(chat, ROOM).await?;
    let has_workers = chat.places.functions.join("deliver").exists();
    let mut workers = if has_workers { Some(Workers::start(chat).await?) } else { None };
    let (mut rows, mut connected) = (Vec::new(), 0);
    for size in sizes {
        connect(chat, connected..*size).await?;
        connected = *size;
        chat.count(true);
        let (mut effects, mut delivered) = (Vec::new(), Vec::new());
        for _ in 0..REPETITIONS {
            effects.push(frames.message().await?.0);
            if let Some(workers) = &mut workers {
                delivered.push(workers.empty_queue(chat).await?);
            }
        }
        chat.count(false);
        rows.push(row(chat, &format!("send, {size} listeners"), &effects, &frames.send)?);
        if let Some(workers) = workers.as_ref().filter(|_| delivered.iter().any(|effect| !effect.posts.is_empty())) {
            rows.push(row(chat, &format!("its workers, {size} listeners"), &delivered, &workers.0[0])?);
        }
    }
    Ok(rows)
}

/// The room.
const ROOM: Room = Room { name: "hall", first: 1_000_000 };

/// A room and the number of its first person.
#[derive(Clone, Copy)]
pub(crate) struct Room {
    pub(crate) name: &'static str,
    pub(crate) first: usize,
}

async fn connect(chat: &Chat, people: std::ops::Range<usize>) -> io::Result<()> {
    let mut tasks = Vec::new();
    for part in 0..CONNECTING {
        let mut function = chat.function("connect").await?;
        let numbers: Vec<_> = people.clone().skip(part).step_by(CONNECTING).collect();
        tasks.push(tokio::task::spawn_local(async move {
            for number in numbers {
                let answer = function.invoke(&events::connect(ROOM.first + number, ROOM.name)).await?.answer;
                if answer["statusCode"] != 200 {
                    return Err(io::Error::other(format!("connect answered {answer}")));
                }
            }
            Ok(())
        }));
    }
    for task in tasks {
        task.await.map_err(io::Error::other)??;
    }
    Ok(())
}
