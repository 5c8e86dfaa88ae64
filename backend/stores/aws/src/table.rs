//! One DynamoDB table: calls by key, and the interpretation of their results.

use std::sync::Arc;

use aws_sdk_dynamodb::{
    Client,
    config::Builder,
    error::SdkError,
    operation::{
        delete_item::{DeleteItemError, builders::DeleteItemFluentBuilder},
        put_item::{PutItemError, builders::PutItemFluentBuilder},
        query::builders::QueryFluentBuilder,
        scan::builders::ScanFluentBuilder,
        transact_write_items::TransactWriteItemsError,
        update_item::{UpdateItemError, UpdateItemOutput, builders::UpdateItemFluentBuilder},
    },
    types::{AttributeValue, KeysAndAttributes, ReturnValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem},
};
use chat::ports::{Result, Unavailable};
use futures::stream::{self, Stream, StreamExt};

use crate::{
    call_log::{CallKind, CallLog},
    clients::{OPERATION, timeouts},
    error_chain::chain,
    item::{Item, item, number, text},
};

/// Maximum number of attempts of a transaction that conflicts with another write.
const CONFLICT_ATTEMPTS: u32 = 3;

/// The key of an item.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// The partition key.
    pub pk: String,
    /// The sort key.
    pub sk: String,
}

impl Key {
    pub(crate) fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }
}

/// The outcome of a conditional update.
pub(crate) enum Update {
    /// The update was made. Holds the requested attributes.
    Made(Item),
    /// The condition is false. Holds the stored item, if there is one.
    Refused(Option<Item>),
}

/// The outcome of a conditional deletion.
pub(crate) enum Removal {
    /// The item was deleted. Holds it.
    Deleted(Item),
    /// There was no item.
    Missing,
    /// The item has another value.
    Refused,
}

/// One table.
#[derive(Clone)]
pub(crate) struct Table {
    client: Client,
    name: String,
    calls: Option<Arc<CallLog>>,
}

impl Table {
    pub(crate) fn new(client: Client, name: &str, calls: Option<Arc<CallLog>>) -> Self {
        Self { client, name: name.to_owned(), calls }
    }

    /// Runs a call of this table that reads. Every query that a caller sends itself goes through here, so that it is counted.
    pub(crate) async fn reading<T>(&self, call: impl Future<Output = T>) -> T {
        self.counted(CallKind::Read, call).await
    }

    async fn writing<T>(&self, call: impl Future<Output = T>) -> T {
        self.counted(CallKind::Write, call).await
    }

    async fn counted<T>(&self, kind: CallKind, call: impl Future<Output = T>) -> T {
        match &self.calls {
            Some(calls) => calls.count(kind, call).await,
            None => call.await,
        }
    }

    /// Opens a connection with one cheap read, so that the first event finds it open. A failure is only logged: the first event reports
    /// it to its client.
    pub(crate) async fn warm(&self) {
        let answer = self.client.get_item().table_name(&self.name).key("pk", text("warm")).key("sk", text("warm"));
        if let Err(error) = answer.send().await {
            tracing::error!(error = %self.failed("opening the connection to DynamoDB")(error), "warm-up failed; the first call opens the connection");
        }
    }

    /// Reads the item of a key, consistently.
    pub(crate) async fn get(&self, key: Key, doing: &'static str) -> Result<Option<Item>> {
        let get = self.client.get_item().table_name(&self.name).consistent_read(true);
        let got = self.reading(get.key("pk", text(key.pk)).key("sk", text(key.sk)).send()).await;
        Ok(got.map_err(self.failed(doing))?.item)
    }

    /// Reads the item of a key for half the price of [`Self::get`]: a change of the last moment may be missing.
    pub(crate) async fn get_eventually(&self, key: Key, doing: &'static str) -> Result<Option<Item>> {
        let get = self.client.get_item().table_name(&self.name);
        let got = self.reading(get.key("pk", text(key.pk)).key("sk", text(key.sk)).send()).await;
        Ok(got.map_err(self.failed(doing))?.item)
    }

    /// Reads the items of at most 100 keys in one call, for half the price of [`Self::get`]: the changes of the last moment may be missing.
    /// Items that DynamoDB could not read in this call are missing, too.
    pub(crate) async fn get_many_eventually(&self, keys: &[Key], doing: &'static str) -> Result<Vec<Item>> {
        let keys = keys.iter().map(|key| item([("pk", text(&key.pk)), ("sk", text(&key.sk))])).collect();
        let keys =
            KeysAndAttributes::builder().set_keys(Some(keys)).build().map_err(Unavailable::while_doing(doing))?;
        let read = self.client.batch_get_item().request_items(&self.name, keys);
        let answer = self.reading(read.send()).await.map_err(self.failed(doing))?;
        Ok(answer.responses.unwrap_or_default().remove(&self.name).unwrap_or_default())
    }

    /// Returns the bytes of the table. DynamoDB counts them some times a day, and the call costs nothing.
    pub(crate) async fn size(&self) -> Result<Option<u64>> {
        let described = self.reading(self.client.describe_table().table_name(&self.name).send()).await;
        let table = described.map_err(self.failed("reading the size of a table"))?.table;
        Ok(table.and_then(|table| u64::try_from(table.table_size_bytes?).ok()))
    }

    /// Puts an item and overwrites an existing one.
    pub(crate) async fn put(&self, item: Item, doing: &'static str) -> Result<()> {
        self.writing(self.putting(item).send()).await.map_err(self.failed(doing)).map(drop)
    }

    /// Puts an item if its key is free. Returns `None` if it did, or the stored item.
    pub(crate) async fn put_if_absent(&self, item: Item, doing: &'static str) -> Result<Option<Item>> {
        let put = self.putting(item).condition_expression("attribute_not_exists(pk)");
        let missing = || Unavailable { doing, cause: "the rejection does not contain the stored item".into() };
        self.try_put(put, doing).await?.map(|stored| stored.ok_or_else(missing)).transpose()
    }

    /// Puts an item if its condition is true. Returns `None` if it did, or the stored item, if the rejection contains it.
    pub(crate) async fn try_put(&self, put: PutItemFluentBuilder, doing: &'static str) -> Result<Option<Option<Item>>> {
        let put = put.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match self.writing(put.send()).await {
            Ok(_) => Ok(None),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(rejection)) => Ok(Some(rejection.item.clone())),
                _ => Err(self.failed(doing)(error)),
            },
        }
    }

    /// Returns an update of the item of a key. The caller completes it and passes it to [`Self::try_update`].
    pub(crate) fn updating(&self, key: Key) -> UpdateItemFluentBuilder {
        self.client.update_item().table_name(&self.name).key("pk", text(key.pk)).key("sk", text(key.sk))
    }

    /// Makes an update if its condition is true.
    pub(crate) async fn try_update(&self, update: UpdateItemFluentBuilder, doing: &'static str) -> Result<Update> {
        let update = update.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        self.outcome(self.writing(update.send()).await, doing)
    }

    /// Like [`Self::try_update`], for an update that should not be made twice. An attempt that timed out is not repeated, because it may
    /// have been made. An attempt whose connection breaks is repeated: a function that was frozen finds its connection closed, and then
    /// nothing was made.
    pub(crate) async fn try_update_once(&self, update: UpdateItemFluentBuilder, doing: &'static str) -> Result<Update> {
        let update = update.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let one_attempt = timeouts().operation_attempt_timeout(OPERATION).operation_timeout(OPERATION).build();
        let update = update.customize().config_override(Builder::new().timeout_config(one_attempt));
        self.outcome(self.writing(update.send()).await, doing)
    }

    /// Deletes the item of a key. Returns the deleted item.
    pub(crate) async fn delete(&self, key: Key, doing: &'static str) -> Result<Option<Item>> {
        let deleted = self.writing(self.deleting(key).return_values(ReturnValue::AllOld).send()).await;
        Ok(deleted.map_err(self.failed(doing))?.attributes)
    }

    /// Deletes the item of a key if it has the revision `rev`. Does nothing otherwise.
    pub(crate) async fn delete_if_at(&self, key: Key, rev: u64, doing: &'static str) -> Result<()> {
        self.delete_by_rev(key, "#rev = :rev", rev, doing).await
    }

    /// Deletes the item of a key if its revision is below `rev`. Does nothing otherwise.
    pub(crate) async fn delete_if_below(&self, key: Key, rev: u64, doing: &'static str) -> Result<()> {
        self.delete_by_rev(key, "#rev < :rev", rev, doing).await
    }

    async fn delete_by_rev(&self, key: Key, condition: &str, rev: u64, doing: &'static str) -> Result<()> {
        let delete = self
            .deleting(key)
            .condition_expression(condition)
            .expression_attribute_names("#rev", "rev")
            .expression_attribute_values(":rev", number(rev));
        match self.writing(delete.send()).await {
            Ok(_) => Ok(()),
            Err(error)
                if error.as_service_error().is_some_and(DeleteItemError::is_conditional_check_failed_exception) =>
            {
                Ok(())
            }
            Err(error) => Err(self.failed(doing)(error)),
        }
    }

    /// Deletes the item of a key if an attribute of it has this value; without a value it deletes it in any case.
    pub(crate) async fn delete_if(
        &self,
        key: Key,
        value: Option<(&str, AttributeValue)>,
        doing: &'static str,
    ) -> Result<Removal> {
        let mut delete = self.deleting(key).return_values(ReturnValue::AllOld);
        if let Some((attribute, value)) = value {
            delete = delete
                .condition_expression("attribute_not_exists(pk) OR #attribute = :value")
                .expression_attribute_names("#attribute", attribute)
                .expression_attribute_values(":value", value);
        }
        match self.writing(delete.send()).await {
            Ok(deleted) => Ok(deleted.attributes.map_or(Removal::Missing, Removal::Deleted)),
            Err(error)
                if error.as_service_error().is_some_and(DeleteItemError::is_conditional_check_failed_exception) =>
            {
                Ok(Removal::Refused)
            }
            Err(error) => Err(self.failed(doing)(error)),
        }
    }

    /// Makes all of these writes or none of them. Returns `false` if a condition of one of them is false. Each write is two units.
    pub(crate) async fn write_together(&self, writes: Vec<TransactWriteItem>, doing: &'static str) -> Result<bool> {
        let units = 2 * u32::try_from(writes.len()).unwrap_or(u32::MAX / 2);
        for attempt in 1.. {
            let transaction = self.client.transact_write_items().set_transact_items(Some(writes.clone()));
            let call = transaction.send();
            let answer = match &self.calls {
                Some(calls) => calls.count_units(CallKind::Write, units, call).await,
                None => call.await,
            };
            let Err(error) = answer else { break };
            let has = |code: &str| match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
                    canceled.cancellation_reasons().iter().any(|reason| reason.code() == Some(code))
                }
                _ => false,
            };
            if has("ConditionalCheckFailed") {
                return Ok(false);
            }
            // Another request writes one of the items at the same time.
            if !has("TransactionConflict") || attempt == CONFLICT_ATTEMPTS {
                return Err(self.failed(doing)(error));
            }
        }
        Ok(true)
    }

    /// The name of the table.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns a consistent query of one partition. The caller completes it.
    pub(crate) fn querying(&self, pk: &str) -> QueryFluentBuilder {
        let query = self.client.query().table_name(&self.name).consistent_read(true);
        query.key_condition_expression("pk = :pk").expression_attribute_values(":pk", text(pk))
    }

    /// Reads all items of one partition. Holds one page of them, 1 MB.
    pub(crate) fn partition_stream(
        &self,
        pk: &str,
        doing: &'static str,
    ) -> impl Stream<Item = Result<Item>> + Send + use<'_> {
        let items = self.querying(pk).into_paginator().items().send();
        let items = stream::unfold((items, true), move |(mut items, is_first)| async move {
            // Further pages are not counted.
            let item = if is_first { self.reading(items.next()).await } else { items.next().await };
            Some((item?, (items, false)))
        });
        items.map(move |item| item.map_err(self.failed(doing)))
    }

    /// Reads all items of a query, in as many pages as needed.
    pub(crate) async fn all_items(&self, query: QueryFluentBuilder, doing: &'static str) -> Result<Vec<Item>> {
        let items = query.into_paginator().items().send();
        self.reading(items.collect::<std::result::Result<_, _>>()).await.map_err(self.failed(doing))
    }

    /// Reads the first `count` items of a query.
    pub(crate) async fn first_items(
        &self,
        query: QueryFluentBuilder,
        count: usize,
        doing: &'static str,
    ) -> Result<Vec<Item>> {
        let limit = i32::try_from(count).unwrap_or(i32::MAX);
        let answer = self.reading(query.limit(limit).send()).await.map_err(self.failed(doing))?;
        Ok(answer.items.unwrap_or_default())
    }

    /// Returns a consistent Scan of the whole table. Only an operator's command may use it, never a function.
    pub(crate) fn scanning(&self) -> ScanFluentBuilder {
        self.client.scan().table_name(&self.name).consistent_read(true)
    }

    /// Converts an error of the SDK into [`Unavailable`], for `map_err`. The error names the table, because a missing table is a possible
    /// cause.
    pub(crate) fn failed<E>(&self, doing: &'static str) -> impl FnOnce(SdkError<E>) -> Unavailable
    where
        E: std::error::Error + 'static,
    {
        move |error| Unavailable { doing, cause: format!("table {}: {}", self.name, chain(&error)) }
    }

    /// Returns the outcome of an update.
    fn outcome(
        &self,
        answer: std::result::Result<UpdateItemOutput, SdkError<UpdateItemError>>,
        doing: &'static str,
    ) -> Result<Update> {
        match answer {
            Ok(output) => Ok(Update::Made(output.attributes.unwrap_or_default())),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(rejection)) => {
                    Ok(Update::Refused(rejection.item.clone()))
                }
                _ => Err(self.failed(doing)(error)),
            },
        }
    }

    pub(crate) fn putting(&self, item: Item) -> PutItemFluentBuilder {
        self.client.put_item().table_name(&self.name).set_item(Some(item))
    }

    fn deleting(&self, key: Key) -> DeleteItemFluentBuilder {
        self.client.delete_item().table_name(&self.name).key("pk", text(key.pk)).key("sk", text(key.sk))
    }
}
