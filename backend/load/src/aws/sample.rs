//! The AWS Node sample: it reads the ids of all connections and posts to each.

use std::{io, path::PathBuf, process::Command};

use serde_json::{Value, json};

use crate::{
    actions::{row, text},
    chat::Chat,
    events,
    function::Function,
    metering::Peek,
    report::Row,
    rooms,
    starts::{self, Start},
};

/// The table of the sample.
const TABLE: &str = "bench-sample";

/// Items that one call of BatchWriteItem takes.
const BATCH: usize = 25;

/// Where the sample is.
pub(crate) struct Sample {
    /// The script.
    pub(crate) script: PathBuf,
    /// Folder in which Node.js finds the AWS SDK.
    pub(crate) modules: PathBuf,
}

impl Sample {
    /// Measures its start, and messages to each number of listeners.
    pub(crate) async fn measure(&self, chat: &Chat, sizes: &[usize]) -> io::Result<(Start, Vec<Row>)> {
        chat.create_table(TABLE, &["connectionId"]).await?;
        let start = starts::measure("the Node sample", async || self.start(chat).await, |_| message(0)).await?;
        let mut function = self.start(chat).await?;
        let (mut rows, mut connected) = (Vec::new(), 0);
        for size in sizes {
            connect(chat, connected..*size).await?;
            connected = *size;
            chat.count(true);
            let mut effects = Vec::new();
            for number in 0..rooms::REPETITIONS {
                effects.push(chat.act(&mut function, &message(number)).await?);
            }
            chat.count(false);
            rows.push(row(chat, &format!("the Node sample, {size} listeners"), &effects, &function)?);
        }
        Ok((start, rows))
    }

    async fn start(&self, chat: &Chat) -> io::Result<Function> {
        let mut node = Command::new("node");
        node.arg(&self.script);
        let modules = self.modules.display().to_string();
        chat.process("sample", node, &[("TABLE_NAME", TABLE.to_owned()), ("NODE_PATH", modules)]).await
    }
}

fn message(number: usize) -> Value {
    events::frame(0, number, &json!({"action": "sendmessage", "data": text(number)}))
}

/// Writes the connections as its function for `$connect` does.
async fn connect(chat: &Chat, people: std::ops::Range<usize>) -> io::Result<()> {
    let people: Vec<_> = people.collect();
    for batch in people.chunks(BATCH) {
        let puts = batch
            .iter()
            .map(|number| json!({"PutRequest": {"Item": {"connectionId": {"S": events::connection(*number)}}}}));
        let request = json!({"RequestItems": {TABLE: puts.collect::<Vec<_>>()}});
        chat.store.peek("BatchWriteItem", &request).await?;
    }
    Ok(())
}
