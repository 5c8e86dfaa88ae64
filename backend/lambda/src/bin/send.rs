//! The `send` function: runs the commands of all frames.

use std::{process::ExitCode, sync::Arc};

use chat::{
    access::rate_limit::RateLimiter,
    commands::{FrameHandler, FramePorts, FrameSettings},
    cpu::CpuScheduler,
    messages::renderer::MessageRenderer,
    presence::large_rooms::{LargeRooms, ShardedFanOut},
};
use chat_lambda::{
    Error,
    metrics::{ListenerCounter, Metrics},
    settings::SendSettings,
    start,
};
use platform::system::{SystemClock, SystemEntropy};
use store_aws::clients::Clients;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    start::start(run()).await
}

async fn run() -> Result<(), Error> {
    let config = SendSettings::from_environment()?;
    let aws = Clients::new(config.account);
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    let connections = Arc::new(aws.connections(&config.connection_table, clock.clone()));
    let messages = Arc::new(aws.messages(&config.message_table, config.retention, clock.clone()));
    let images = Arc::new(aws.images(&config.image_bucket, clock.clone()));
    let gateway = Arc::new(ListenerCounter::new(aws.gateway(&config.connections_endpoint)));
    let rate_store = Arc::new(aws.rate_store(&config.connection_table));
    let rate = RateLimiter::new(rate_store.clone(), clock.clone(), config.rates);
    let moderation = Arc::new(aws.moderation(&config.connection_table, &config.message_table, clock.clone()));
    let queue = Arc::new(aws.shard_queue(&config.shard_queue));
    let fan_out = Arc::new(ShardedFanOut { shards: connections.clone(), queue });
    let large_rooms = LargeRooms::new(connections.clone(), fan_out, config.direct_listeners);
    tokio::join!(connections.warm(), gateway.inner().warm());
    let metrics = config.metrics_namespace.map(|namespace| Metrics::new(namespace, gateway.clone(), clock.clone()));
    let renderer = MessageRenderer::new(CpuScheduler::inline());
    let room_directory = Arc::new(aws.room_directory(&config.connection_table));
    let read_positions = Arc::new(aws.read_positions(&config.connection_table));
    let members = Arc::new(aws.room_members(&config.connection_table));
    let devices = Arc::new(aws.devices(&config.connection_table));
    let profiles = Arc::new(aws.profiles(&config.connection_table));
    let passkeys = Arc::new(aws.passkeys(&config.connection_table));
    let saved = messages.clone();
    let usage = Arc::new(aws.usage(&config.connection_table, None));
    let ports = FramePorts {
        connections,
        messages,
        saved,
        images,
        gateway,
        moderation,
        rate_store,
        read_positions,
        room_directory,
        members,
        devices,
        profiles,
        passkeys,
        usage,
        renderer,
        clock,
        entropy,
    };
    let settings = FrameSettings {
        rate,
        access: config.access,
        configured_moderators: config.moderators,
        page_size: config.page_size,
    };
    let handler = FrameHandler::new(ports, settings).with_large_rooms(large_rooms);
    chat_lambda::send::send(handler, metrics).await
}
