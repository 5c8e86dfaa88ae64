//! Load generator of `cargo xtask bench local`. It measures a server on this machine and prints one line of JSON.
//!
//! It has one thread and its own minimum of the WebSocket protocol, so that it takes less of a processor than the server that it
//! measures.

mod deliveries;
mod frames;
mod idle;
mod pages;
mod socket;

use std::{io, net::SocketAddr, path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};
use load::process;

use crate::{deliveries::Talk, pages::Loads};

/// Measures a chat server on this machine.
#[derive(Parser)]
struct Settings {
    #[command(subcommand)]
    load: Load,
}

/// The server.
#[derive(Args, Clone, Copy)]
struct Target {
    /// Address that it listens on.
    #[arg(long)]
    address: SocketAddr,
    /// Id of its process.
    #[arg(long)]
    pid: u32,
}

#[derive(Subcommand)]
enum Load {
    /// Messages of a room with many listeners.
    Deliveries {
        #[command(flatten)]
        target: Target,
        #[arg(long)]
        listeners: usize,
        #[arg(long)]
        senders: usize,
        /// Messages of one sender that have not come back yet.
        #[arg(long)]
        in_flight: usize,
        #[arg(long)]
        seconds: f64,
        /// File that is one byte longer after each fsync of the server.
        #[arg(long)]
        syncs: Option<PathBuf>,
    },
    /// Sockets that are open and silent.
    Idle {
        #[command(flatten)]
        target: Target,
        #[arg(long)]
        connections: usize,
        /// Sockets in each room.
        #[arg(long)]
        per_room: usize,
    },
    /// Loads of the page of one room.
    Pages {
        #[command(flatten)]
        target: Target,
        /// Messages that the room gets before the measurement.
        #[arg(long)]
        messages: usize,
        /// Requests at the same time.
        #[arg(long)]
        clients: usize,
        #[arg(long)]
        seconds: f64,
        /// The `Accept-Encoding` header.
        #[arg(long, default_value = "identity")]
        encoding: String,
    },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    match Settings::parse().load {
        Load::Deliveries { target, listeners, senders, in_flight, seconds, syncs } => {
            let talk = Talk { listeners, senders, in_flight, time: Duration::from_secs_f64(seconds) };
            deliveries::measure(target, talk, syncs.as_deref()).await
        }
        Load::Idle { target, connections, per_room } => idle::measure(target, connections, per_room).await,
        Load::Pages { target, messages, clients, seconds, encoding } => {
            pages::measure(target, Loads { messages, clients, time: Duration::from_secs_f64(seconds), encoding }).await
        }
    }
}
