//! Messages of a room with many listeners: how many deliveries a second of the server's processor makes, and how long they take.

use std::{
    cell::{Cell, RefCell},
    fs, io,
    path::Path,
    rc::Rc,
    time::Duration,
};

use tokio::{task::LocalSet, time::Instant};

use crate::{Target, process, socket::Socket};

/// The room of the messages.
const ROOM: &str = "bench";

/// Time for which messages flow before the measurement.
const WARM_UP: Duration = Duration::from_secs(1);

/// One listener in this many notes how long its deliveries take.
const SAMPLE: usize = 8;

/// What follows the time in the text of a message: with it, a text has about 100 characters.
const FILLER: &str = "Line of a conversation about boats, ropes and what to bring to eat.";

/// How many people talk, and how fast.
#[derive(Clone, Copy)]
pub(crate) struct Talk {
    /// People who only listen.
    pub(crate) listeners: usize,
    /// People who send, and listen as well.
    pub(crate) senders: usize,
    /// Messages of one sender that have not come back yet.
    pub(crate) in_flight: usize,
    /// Length of the measurement.
    pub(crate) time: Duration,
}

/// What the sockets have received.
struct Tally {
    start: Instant,
    deliveries: Cell<u64>,
    /// In microseconds.
    delays: RefCell<Vec<u64>>,
}

/// What is compared at both ends of the measurement.
struct Reading {
    at: Instant,
    cpu: f64,
    deliveries: u64,
    syncs: u64,
}

/// Measures, and prints the result.
pub(crate) async fn measure(target: Target, talk: Talk, syncs: Option<&Path>) -> io::Result<()> {
    let tally = Rc::new(Tally { start: Instant::now(), deliveries: Cell::default(), delays: RefCell::default() });
    let mut sockets = Vec::new();
    for number in 0..talk.listeners + talk.senders {
        sockets.push(Socket::open(target.address, ROOM, number).await?);
    }
    let tasks = LocalSet::new();
    for (number, socket) in sockets.into_iter().enumerate() {
        let in_flight = if number < talk.senders { talk.in_flight } else { 0 };
        tasks.spawn_local(attend(socket, number, in_flight, tally.clone()));
    }
    let (first, last) = tasks
        .run_until(async {
            tokio::time::sleep(WARM_UP).await;
            tally.delays.borrow_mut().clear();
            let first = tally.read(target, syncs)?;
            tokio::time::sleep(talk.time).await;
            Ok::<_, io::Error>((first, tally.read(target, syncs)?))
        })
        .await?;
    print(talk, &tally, &first, &last)
}

fn print(talk: Talk, tally: &Tally, first: &Reading, last: &Reading) -> io::Result<()> {
    let deliveries = (last.deliveries - first.deliveries) as f64;
    if deliveries == 0.0 {
        return Err(io::Error::other("no message was delivered"));
    }
    let messages = deliveries / (talk.listeners + talk.senders) as f64;
    let seconds = (last.at - first.at).as_secs_f64();
    let cpu = last.cpu - first.cpu;
    let mut delays = tally.delays.take();
    delays.sort_unstable();
    let quantile =
        |part: f64| delays.get((delays.len() as f64 * part) as usize).map_or(f64::NAN, |us| *us as f64 / 1e3);
    println!(
        "{{\"deliveries_per_cpu_second\":{:.0},\"deliveries_per_second\":{:.0},\"messages_per_second\":{:.0},\
         \"cpu_share\":{:.2},\"p50_ms\":{:.2},\"p99_ms\":{:.2},\"syncs_per_message\":{:.3}}}",
        deliveries / cpu,
        deliveries / seconds,
        messages / seconds,
        cpu / seconds,
        quantile(0.5),
        quantile(0.99),
        (last.syncs - first.syncs) as f64 / messages,
    );
    Ok(())
}

impl Tally {
    fn read(&self, target: Target, syncs: Option<&Path>) -> io::Result<Reading> {
        let syncs = syncs.map(fs::metadata).transpose()?.map_or(0, |file| file.len());
        let cpu = process::cpu_seconds(target.pid)?;
        Ok(Reading { at: Instant::now(), cpu, deliveries: self.deliveries.get(), syncs })
    }

    /// Returns the time since the start, in microseconds.
    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

/// Reads what comes for one person, and keeps `in_flight` messages of theirs on their way.
async fn attend(mut socket: Socket, number: usize, in_flight: usize, tally: Rc<Tally>) {
    let mut to_send = in_flight;
    loop {
        for _ in 0..std::mem::take(&mut to_send) {
            let frame = format!(r#"{{"action":"send","text":"time={} sender={number} {FILLER}"}}"#, tally.now());
            if let Err(error) = socket.send(&frame).await {
                return eprintln!("sending failed: {error}");
            }
        }
        let read = socket.read(|payload| {
            let Some((sent_at, sender)) = message(payload) else { return };
            tally.deliveries.set(tally.deliveries.get() + 1);
            if number.is_multiple_of(SAMPLE) {
                tally.delays.borrow_mut().push(tally.now().saturating_sub(sent_at));
            }
            to_send += usize::from(in_flight > 0 && sender == number as u64);
        });
        if let Err(error) = read.await {
            return eprintln!("reading failed: {error}");
        }
    }
}

/// Returns the time and the sender of a message. Other frames have none: `None`.
fn message(payload: &[u8]) -> Option<(u64, u64)> {
    // Nothing else in a frame has an equals sign.
    let mut numbers = payload.split(|byte| *byte == b'=').skip(1).map(|after| {
        let digits = after.iter().take_while(|byte| byte.is_ascii_digit());
        digits.fold(0, |number, digit| number * 10 + u64::from(digit - b'0'))
    });
    // A page of earlier messages has more than one; it is not a delivery.
    match (numbers.next(), numbers.next(), numbers.next()) {
        (Some(sent_at), Some(sender), None) => Some((sent_at, sender)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_messages_are_deliveries() {
        let text = |time: u64| format!(r#"{{"type":"message","text":"time={time} sender=3 {FILLER}"}}"#);
        assert_eq!(message(text(125).as_bytes()), Some((125, 3)));
        assert_eq!(message([text(1), text(2)].concat().as_bytes()), None);
        assert_eq!(message(br#"{"type":"presence","online":504}"#), None);
    }
}
