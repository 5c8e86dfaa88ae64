//! The signing secret, in the connection table.

use async_trait::async_trait;
use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};

use super::{
    item::{Item, item, text},
    table::{Key, Table},
};
use crate::ports::{Result, Secrets, Unavailable};

const DOING: &str = "loading the signing secret";

/// [`Secrets`] as one item of a DynamoDB table.
pub struct DynamoSecrets {
    table: Table,
}

#[async_trait]
impl Secrets for DynamoSecrets {
    async fn keep_first(&self, proposed: [u8; 32]) -> Result<[u8; 32]> {
        // Only the first function of a stack finds nothing; all others are spared a write that is refused.
        if let Some(kept) = self.table.get(Key::new("secret", "secret"), DOING).await? {
            return secret_of(&kept);
        }
        let value = AttributeValue::B(Blob::new(proposed));
        let proposal = item([("pk", text("secret")), ("sk", text("secret")), ("value", value)]);
        match self.table.put_if_absent(proposal, DOING).await? {
            None => Ok(proposed),
            Some(earlier) => secret_of(&earlier),
        }
    }
}

impl DynamoSecrets {
    pub(super) fn new(table: Table) -> Self {
        Self { table }
    }
}

fn secret_of(item: &Item) -> Result<[u8; 32]> {
    let bytes = item.get("value").and_then(|value| value.as_b().ok());
    let secret = bytes.and_then(|bytes| bytes.as_ref().try_into().ok());
    secret.ok_or_else(|| Unavailable { doing: DOING, cause: "the item secret has no value of 32 bytes".into() })
}
