//! One DynamoDB table: calls by key, and what its answers mean.

use aws_sdk_dynamodb::{
    Client,
    config::Builder,
    error::SdkError,
    operation::{
        delete_item::{DeleteItemError, builders::DeleteItemFluentBuilder},
        put_item::{PutItemError, builders::PutItemFluentBuilder},
        query::builders::QueryFluentBuilder,
        update_item::{UpdateItemError, UpdateItemOutput, builders::UpdateItemFluentBuilder},
    },
    types::{ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use chat::ports::{Result, Unavailable};

use crate::{
    clients::{OPERATION, timeouts},
    error_chain::chain,
    item::{Item, number, text},
};

/// The key of an item.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// The partition.
    pub pk: String,
    /// The place in it.
    pub sk: String,
}

impl Key {
    pub(crate) fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }
}

/// What became of a conditional update.
pub(crate) enum Update {
    /// It was made; the attributes that were asked for.
    Made(Item),
    /// The condition does not hold; the item that is there, if there is one.
    Refused(Option<Item>),
}

/// One table.
#[derive(Clone)]
pub(crate) struct Table {
    client: Client,
    name: String,
}

impl Table {
    pub(crate) fn new(client: Client, name: &str) -> Self {
        Self { client, name: name.to_owned() }
    }

    /// Opens a connection with a read that costs next to nothing, so that the first event finds it open. A failure is
    /// logged and no more: the event will meet it and answer properly.
    pub(crate) async fn warm(&self) {
        let answer = self.client.get_item().table_name(&self.name).key("pk", text("warm")).key("sk", text("warm"));
        if let Err(error) = answer.send().await {
            tracing::error!(error = %self.failed("opening the connection to DynamoDB")(error), "not warm");
        }
    }

    /// The item of a key, as of now.
    pub(crate) async fn get(&self, key: Key, doing: &'static str) -> Result<Option<Item>> {
        let get = self.client.get_item().table_name(&self.name).consistent_read(true);
        let got = get.key("pk", text(key.pk)).key("sk", text(key.sk)).send().await;
        Ok(got.map_err(self.failed(doing))?.item)
    }

    /// Puts an item, whatever was there.
    pub(crate) async fn put(&self, item: Item, doing: &'static str) -> Result<()> {
        self.putting(item).send().await.map_err(self.failed(doing)).map(drop)
    }

    /// Puts an item if the one that is there has the revision `rev`. Answers with the one that was there if it had not,
    /// and with one of no attributes if there was none.
    pub(crate) async fn put_if_at(&self, item: Item, rev: u64, doing: &'static str) -> Result<Option<Item>> {
        let put = self
            .putting(item)
            .condition_expression("#rev = :seen")
            .expression_attribute_names("#rev", "rev")
            .expression_attribute_values(":seen", number(rev));
        Ok(self.try_put(put, doing).await?.map(Option::unwrap_or_default))
    }

    /// Puts an item if there is none of its key. Answers with the one that was there.
    pub(crate) async fn put_if_absent(&self, item: Item, doing: &'static str) -> Result<Option<Item>> {
        let put = self.putting(item).condition_expression("attribute_not_exists(pk)");
        let nothing = || Unavailable { doing, cause: "the item that is there was not answered".into() };
        self.try_put(put, doing).await?.map(|there| there.ok_or_else(nothing)).transpose()
    }

    /// Puts an item if its condition holds. Answers, where it does not, with what is there.
    async fn try_put(&self, put: PutItemFluentBuilder, doing: &'static str) -> Result<Option<Option<Item>>> {
        let put = put.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match put.send().await {
            Ok(_) => Ok(None),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(refusal)) => Ok(Some(refusal.item.clone())),
                _ => Err(self.failed(doing)(error)),
            },
        }
    }

    /// An update of the item of a key, to be completed and handed to [`Self::try_update`].
    pub(crate) fn updating(&self, key: Key) -> UpdateItemFluentBuilder {
        self.client.update_item().table_name(&self.name).key("pk", text(key.pk)).key("sk", text(key.sk))
    }

    /// Makes an update if its condition holds.
    pub(crate) async fn try_update(&self, update: UpdateItemFluentBuilder, doing: &'static str) -> Result<Update> {
        let update = update.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        self.made(update.send().await, doing)
    }

    /// Like [`Self::try_update`], for an update that should not be made twice: a try that timed out is not repeated,
    /// since it may have been made. One whose connection breaks still is: that is how a function that was frozen finds
    /// its connection closed, and then nothing was made.
    pub(crate) async fn try_update_once(&self, update: UpdateItemFluentBuilder, doing: &'static str) -> Result<Update> {
        let update = update.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let patient = timeouts().operation_attempt_timeout(OPERATION).operation_timeout(OPERATION).build();
        let update = update.customize().config_override(Builder::new().timeout_config(patient));
        self.made(update.send().await, doing)
    }

    /// Deletes the item of a key. Answers with what was there.
    pub(crate) async fn delete(&self, key: Key, doing: &'static str) -> Result<Option<Item>> {
        let deleted = self.deleting(key).return_values(ReturnValue::AllOld).send().await;
        Ok(deleted.map_err(self.failed(doing))?.attributes)
    }

    /// Deletes the item of a key if it has the revision `rev`.
    pub(crate) async fn delete_if_at(&self, key: Key, rev: u64, doing: &'static str) -> Result<()> {
        let delete = self
            .deleting(key)
            .condition_expression("#rev = :seen")
            .expression_attribute_names("#rev", "rev")
            .expression_attribute_values(":seen", number(rev));
        match delete.send().await {
            Ok(_) => Ok(()),
            Err(error)
                if error.as_service_error().is_some_and(DeleteItemError::is_conditional_check_failed_exception) =>
            {
                Ok(())
            }
            Err(error) => Err(self.failed(doing)(error)),
        }
    }

    /// A consistent query of one partition, to be completed.
    pub(crate) fn querying(&self, pk: &str) -> QueryFluentBuilder {
        let query = self.client.query().table_name(&self.name).consistent_read(true);
        query.key_condition_expression("pk = :pk").expression_attribute_values(":pk", text(pk))
    }

    /// All of one partition, however many pages that takes.
    pub(crate) async fn partition(&self, pk: &str, doing: &'static str) -> Result<Vec<Item>> {
        let items = self.querying(pk).into_paginator().items().send();
        items.collect::<std::result::Result<_, _>>().await.map_err(self.failed(doing))
    }

    /// Turns an error of the SDK into the port's, for `map_err`. It names the table, which may be the one that is
    /// missing.
    pub(crate) fn failed<E>(&self, doing: &'static str) -> impl FnOnce(SdkError<E>) -> Unavailable
    where
        E: std::error::Error + 'static,
    {
        move |error| Unavailable { doing, cause: format!("table {}: {}", self.name, chain(&error)) }
    }

    fn made(
        &self,
        answer: std::result::Result<UpdateItemOutput, SdkError<UpdateItemError>>,
        doing: &'static str,
    ) -> Result<Update> {
        match answer {
            Ok(made) => Ok(Update::Made(made.attributes.unwrap_or_default())),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refusal)) => {
                    Ok(Update::Refused(refusal.item.clone()))
                }
                _ => Err(self.failed(doing)(error)),
            },
        }
    }

    fn putting(&self, item: Item) -> PutItemFluentBuilder {
        self.client.put_item().table_name(&self.name).set_item(Some(item))
    }

    fn deleting(&self, key: Key) -> DeleteItemFluentBuilder {
        self.client.delete_item().table_name(&self.name).key("pk", text(key.pk)).key("sk", text(key.sk))
    }
}
