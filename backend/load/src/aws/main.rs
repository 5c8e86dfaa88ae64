//! `cargo xtask bench aws`: the Lambda functions as processes of this machine. It starts them, gives them events, answers their calls and
//! counts what they cost.
//!
//! It has one thread, so that the functions have the other processors.

mod actions;
mod chain;
mod chat;
mod environment;
mod events;
mod function;
mod http;
mod metering;
mod queue;
mod report;
mod rooms;
mod sample;
mod sockets;
mod starts;
mod store;
mod units;
mod workers;

use std::{io, net::SocketAddr, path::PathBuf, time::Duration};

use clap::Parser;
use tokio::task::LocalSet;

use crate::{
    chat::{Chat, Places},
    sample::Sample,
};

/// Measures the Lambda functions on this machine.
#[derive(Parser)]
struct Settings {
    /// Address of an AWS emulator that has nothing stored.
    #[arg(long)]
    emulator: SocketAddr,
    /// Folder with the built functions, such as target/lambda.
    #[arg(long)]
    functions: PathBuf,
    /// Folder for the logs of the functions.
    #[arg(long)]
    logs: PathBuf,
    /// Milliseconds that a call of DynamoDB or S3 takes.
    #[arg(long, default_value_t = 5)]
    store_delay: u64,
    /// Milliseconds that a post to a listener takes.
    #[arg(long, default_value_t = 10)]
    post_delay: u64,
    /// Numbers of listeners of the larger rooms, in ascending order.
    #[arg(long, value_delimiter = ',', default_value = "100,1000,2000,10000")]
    rooms: Vec<usize>,
    /// Prints each call of the actions.
    #[arg(long)]
    calls: bool,
    /// The script of the Node sample. Without it only the chat is measured.
    #[arg(long, requires = "modules")]
    sample: Option<PathBuf>,
    /// Folder in which Node.js finds the AWS SDK.
    #[arg(long)]
    modules: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    LocalSet::new().run_until(measure(Settings::parse())).await
}

async fn measure(settings: Settings) -> io::Result<()> {
    let (store_delay, post_delay) =
        (Duration::from_millis(settings.store_delay), Duration::from_millis(settings.post_delay));
    println!("A call of DynamoDB takes {store_delay:?}, a post to a listener {post_delay:?}.");
    let chat = Chat::open(Places {
        emulator: settings.emulator,
        functions: settings.functions,
        logs: settings.logs,
        store_delay,
        post_delay,
        prints_calls: settings.calls,
    })
    .await?;
    let mut actions = actions::measure(&chat).await?;
    actions.extend(starts::front_page(&chat).await?);
    report::print(&format!("Actions in a room of {} people", actions::PEOPLE), &actions);
    let mut starts = starts::of_functions(&chat).await?;
    let mut rooms = rooms::measure(&chat, &settings.rooms).await?;
    let sample = settings.sample.zip(settings.modules).map(|(script, modules)| Sample { script, modules });
    if let Some(sample) = sample {
        let (start, rows) = sample.measure(&chat, &settings.rooms).await?;
        starts.push(start);
        rooms.extend(rows);
    }
    report::print_starts(&starts);
    report::print_rooms(&rooms);
    report::print_sizes(actions.iter().chain(&rooms));
    Ok(())
}
