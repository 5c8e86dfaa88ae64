//! The thread that writes to the database.

use redb::{Database, Durability};
use tokio::sync::mpsc;

use crate::store::{Answer, Write, WriteDurability};

/// Maximum number of writes in one commit; further ones wait for the next.
const BATCH: usize = 256;

pub(super) fn write_until_closed(database: &Database, mut queue: mpsc::Receiver<Write>) {
    let mut batch = Vec::with_capacity(BATCH);
    while queue.blocking_recv_many(&mut batch, BATCH) > 0 {
        let mut answers = Vec::with_capacity(batch.len());
        let committed = commit(database, &mut batch, &mut answers).map_err(|error| {
            tracing::error!(%error, writes = answers.len(), "commit failed; its writes are answered with an error");
            error.to_string()
        });
        // Work that a failed batch did not reach is dropped here; its callers learn it from the closed channel.
        batch.clear();
        for answer in answers {
            answer(committed.as_ref().map(|&()| ()).map_err(String::as_str));
        }
    }
}

fn commit(
    database: &Database,
    batch: &mut Vec<Write>,
    answers: &mut Vec<Answer>,
) -> std::result::Result<(), redb::Error> {
    let mut transaction = database.begin_write()?;
    let durability = batch.iter().any(|write| write.durability == WriteDurability::Now);
    transaction.set_durability(if durability { Durability::Immediate } else { Durability::None })?;
    for write in batch.drain(..) {
        let (outcome, answer) = (write.work)(&transaction);
        answers.push(answer);
        // One failed write means that the file is damaged: the whole batch is rolled back, and every caller gets the error.
        outcome?;
    }
    transaction.commit()?;
    Ok(())
}
