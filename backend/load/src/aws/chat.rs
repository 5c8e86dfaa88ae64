//! The chat on this machine: the functions, and everything that they call.

use std::{fs, io, net::SocketAddr, path::PathBuf, process::Command, rc::Rc, time::Duration};

use serde_json::{Value, json};

use crate::{
    environment::{self, CONNECTIONS, MESSAGES},
    function::{Function, Invocation},
    http::serve,
    metering::{Peek, Units},
    sockets::{Post, Sockets},
    store::{Call, Cost, Store},
};

/// Where things are, and how long calls take.
pub(crate) struct Places {
    pub(crate) emulator: SocketAddr,
    /// Folder with a folder for each function, in which its program is `bootstrap`.
    pub(crate) functions: PathBuf,
    /// Folder for the logs of the functions.
    pub(crate) logs: PathBuf,
    pub(crate) store_delay: Duration,
    /// Whether each call of an action is printed.
    pub(crate) prints_calls: bool,
    pub(crate) post_delay: Duration,
}

/// The stand-ins, and the addresses that the functions get.
pub(crate) struct Chat {
    pub(crate) store: Rc<Store>,
    sockets: Rc<Sockets>,
    pub(crate) places: Places,
    variables: Vec<(&'static str, String)>,
}

/// What one event caused.
pub(crate) struct Effect {
    pub(crate) invocation: Invocation,
    pub(crate) cost: Cost,
    calls: Vec<Call>,
    pub(crate) posts: Vec<Post>,
}

impl Chat {
    /// Makes the tables and opens the stand-ins.
    pub(crate) async fn open(places: Places) -> io::Result<Self> {
        fs::create_dir_all(&places.logs)?;
        let store = Rc::new(Store::new(places.emulator, places.store_delay));
        let sockets = Rc::new(Sockets::new(places.post_delay));
        let variables = environment::variables(serve(store.clone()).await?, serve(sockets.clone()).await?);
        let chat = Self { store, sockets, places, variables };
        for table in [CONNECTIONS, MESSAGES] {
            chat.create_table(table, &["pk", "sk"]).await?;
        }
        Ok(chat)
    }

    /// Makes a table with one or two keys of text.
    pub(crate) async fn create_table(&self, name: &str, keys: &[&str]) -> io::Result<()> {
        let kinds = ["HASH", "RANGE"];
        let attributes: Vec<_> = keys.iter().map(|key| json!({"AttributeName": key, "AttributeType": "S"})).collect();
        let schema: Vec<_> =
            keys.iter().zip(kinds).map(|(key, kind)| json!({"AttributeName": key, "KeyType": kind})).collect();
        let table = json!({
            "TableName": name,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": attributes,
            "KeySchema": schema,
        });
        self.store.peek("CreateTable", &table).await.map(drop)
    }

    /// Starts one of the chat's functions.
    pub(crate) async fn function(&self, name: &str) -> io::Result<Function> {
        self.process(name, Command::new(self.places.functions.join(name).join("bootstrap")), &[]).await
    }

    /// Starts another function, with variables of its own.
    pub(crate) async fn process(
        &self,
        name: &str,
        command: Command,
        variables: &[(&'static str, String)],
    ) -> io::Result<Function> {
        let variables = [self.variables.as_slice(), variables].concat();
        Function::start(name, command, &variables, &self.places.logs).await
    }

    /// Delays and counts calls and posts from now on, or no longer.
    pub(crate) fn count(&self, counts: bool) {
        self.store.count(counts);
        self.sockets.wait(counts);
    }

    /// Has a function handle an event. Returns what it caused.
    pub(crate) async fn act(&self, function: &mut Function, event: &Value) -> io::Result<Effect> {
        drop(self.store.take());
        drop(self.sockets.take());
        let invocation = function.invoke(event).await?;
        let status = invocation.answer["statusCode"].as_u64();
        if status.is_some_and(|status| status >= 300) {
            return Err(io::Error::other(format!("an event was answered with {}: {event}", invocation.answer)));
        }
        Ok(self.effect(invocation))
    }

    /// Returns an effect with all calls and posts since the last one.
    pub(crate) fn effect(&self, invocation: Invocation) -> Effect {
        let (calls, posts) = (self.store.take(), self.sockets.take());
        Effect { invocation, cost: Cost::of(&calls), calls, posts }
    }
}

impl Effect {
    /// Prints the calls with the milliseconds after which each started.
    pub(crate) fn print_calls(&self) {
        let Some(first) = self.calls.iter().map(|call| call.start).min() else { return };
        for call in &self.calls {
            let (after, Units { reads, writes }) = ((call.start - first).as_millis(), call.units);
            println!("    {after:>3} ms  {:<44} {reads} reads, {writes} writes", call.what);
        }
    }

    /// Returns the last frame of a type that somebody was sent.
    ///
    /// # Errors
    ///
    /// If there is none, with the frames that were sent.
    pub(crate) fn frame(&self, kind: &str) -> io::Result<Value> {
        let frames: Vec<_> = self.posts.iter().map(Post::json).collect();
        let found = frames.iter().rfind(|frame| frame["type"] == kind).cloned();
        found.ok_or_else(|| io::Error::other(format!("no frame of the type {kind}, but: {:?}", frames.first())))
    }
}
