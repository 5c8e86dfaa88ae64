//! The workers of large rooms: the function `deliver`, which takes what `send` puts into the queue.

use std::{
    io,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    chat::{Chat, Effect},
    function::{Function, Invocation},
};

/// Two workers, as many as `template.yml` allows at the same time.
pub(crate) struct Workers(pub(crate) [Function; 2]);

impl Workers {
    pub(crate) async fn start(chat: &Chat) -> io::Result<Self> {
        Ok(Self([chat.function("deliver").await?, chat.function("deliver").await?]))
    }

    /// Has the workers empty the queue. Returns what that caused, with the time until the last one was done.
    pub(crate) async fn empty_queue(&mut self, chat: &Chat) -> io::Result<Effect> {
        let start = Instant::now();
        let mut cpu = Duration::ZERO;
        let [first, second] = &mut self.0;
        let queue = &chat.store.queue;
        while let Some(event) = queue.event() {
            let (one, other) = tokio::join!(first.invoke(&event), invoke(second, queue.event()));
            for Invocation { answer, cpu: more, .. } in [Some(one?), other?].into_iter().flatten() {
                let failures = answer["batchItemFailures"].as_array().map_or(1, Vec::len);
                if failures > 0 {
                    return Err(io::Error::other(format!("a worker answered {answer}")));
                }
                cpu += more;
            }
        }
        let invocation = Invocation { answer: Value::Null, time: start.elapsed(), cpu };
        Ok(chat.effect(invocation))
    }
}

async fn invoke(worker: &mut Function, event: Option<Value>) -> io::Result<Option<Invocation>> {
    match event {
        Some(event) => worker.invoke(&event).await.map(Some),
        None => Ok(None),
    }
}
