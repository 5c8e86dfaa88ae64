//! The `deliver` function: posts the frames of large rooms, a shard of listeners at a time.

use std::{process::ExitCode, sync::Arc};

use chat::presence::shard_worker::{ShardWorker, WorkerPorts, WorkerSettings};
use chat_lambda::{
    Error,
    metrics::{ListenerCounter, Metrics},
    settings::DeliverSettings,
    start,
};
use platform::system::{SystemClock, SystemEntropy};
use store_aws::clients::Clients;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    start::start(run()).await
}

async fn run() -> Result<(), Error> {
    let config = DeliverSettings::from_environment()?;
    let aws = Clients::new(config.account);
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    let connections = Arc::new(aws.connections(&config.connection_table, clock.clone()));
    let gateway = Arc::new(ListenerCounter::new(aws.gateway(&config.connections_endpoint)));
    let queue = Arc::new(aws.shard_queue(&config.shard_queue));
    tokio::join!(connections.warm(), gateway.inner().warm());
    let metrics = config.metrics_namespace.map(|namespace| Metrics::new(namespace, gateway.clone(), clock.clone()));
    let shards = connections.clone();
    let ports = WorkerPorts { connections, shards, queue, gateway, clock, entropy };
    let DeliverSettings { direct_listeners, posts_per_second, .. } = config;
    let worker = ShardWorker::new(ports, WorkerSettings { direct_listeners, posts_per_second });
    chat_lambda::deliver::deliver(worker, metrics).await
}
