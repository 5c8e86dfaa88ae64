//! The workers of large rooms: the function `deliver`, which takes what `send` puts into the queue.

use std::{
    io,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    chat::{Chat, Effect},
    function::{Function, Invocation},
    queue::{Batch, Queue},
};

/// Two workers, as many as `template.yml` allows at the same time.
pub(crate) struct Workers(pub(crate) [Function; 2]);

impl Workers {
    pub(crate) async fn start(chat: &Chat) -> io::Result<Self> {
        Ok(Self([chat.function("deliver").await?, chat.function("deliver").await?]))
    }

    /// Has the workers empty the queue. What a worker did not finish is handed out again, as by SQS. Returns what that caused, with the
    /// time until the last one was done.
    pub(crate) async fn empty_queue(&mut self, chat: &Chat) -> io::Result<Effect> {
        let start = Instant::now();
        let mut cpu = Duration::ZERO;
        let [first, second] = &mut self.0;
        let queue = &chat.store.queue;
        while let Some(batch) = queue.take() {
            let (one, other) = tokio::join!(work(first, queue, Some(batch)), work(second, queue, queue.take()));
            cpu += one? + other?;
        }
        let invocation = Invocation { answer: Value::Null, time: start.elapsed(), cpu };
        Ok(chat.effect(invocation))
    }
}

/// Has a worker take a batch. Returns its processor time.
async fn work(worker: &mut Function, queue: &Queue, batch: Option<Batch>) -> io::Result<Duration> {
    let Some(batch) = batch else { return Ok(Duration::ZERO) };
    let Invocation { answer, cpu, .. } = worker.invoke(&batch.event()).await?;
    let repeated = queue.put_back(batch, &answer)?;
    if repeated > 0 {
        eprintln!("{repeated} shards are posted to again, because a worker could not finish them");
    }
    Ok(cpu)
}
