//! Sockets that are open and silent: how much memory each takes.

use std::{io, time::Duration};

use crate::{Target, process, socket::Socket};

/// Time without anything to do, after which the memory is read.
const SETTLE: Duration = Duration::from_secs(2);

/// Opens the sockets, `per_room` in each room, and prints how much memory the server needs for one.
///
/// Each reads everything that comes until it has opened. What comes later, such as who else has come, it reads at the end.
pub(crate) async fn measure(target: Target, connections: usize, per_room: usize) -> io::Result<()> {
    let before = process::memory(target.pid)?;
    let mut sockets = Vec::with_capacity(connections);
    for number in 0..connections {
        let socket = Socket::open(target.address, &format!("idle{}", number / per_room), number).await?;
        sockets.push(tokio::spawn(read_for_ever(socket)));
    }
    tokio::time::sleep(SETTLE).await;
    let after = process::memory(target.pid)?;
    if let Some(closed) = sockets.iter().position(tokio::task::JoinHandle::is_finished) {
        return Err(io::Error::other(format!("the server closed socket {closed}")));
    }
    let bytes = after.saturating_sub(before) as f64 / connections as f64;
    println!(
        "{{\"connections\":{connections},\"bytes_per_connection\":{bytes:.0},\"before_mb\":{:.1},\"after_mb\":{:.1}}}",
        before as f64 / 1e6,
        after as f64 / 1e6
    );
    Ok(())
}

async fn read_for_ever(mut socket: Socket) {
    while socket.read(|_| {}).await.is_ok() {}
}
