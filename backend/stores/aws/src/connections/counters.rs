//! The counters of connections: one of all, and one for each address.

use aws_sdk_dynamodb::types::ReturnValue;
use chat::ports::{
    Result, Unavailable,
    connections::{AddressKey, Admission, Connection, ConnectionLimits},
};
use futures::future::join;
use shared_types::Timestamp;

use super::{DynamoConnections, end_of};
use crate::{
    item::{Item, number, read_number},
    table::{Key, Update},
};

impl DynamoConnections {
    /// Increments the counter of all connections and the one of the address at the same time. If one is at its limit, the other is
    /// decremented again. Returns the number of connections of the address if it was counted, and why it was not otherwise.
    pub(super) async fn count_both(
        &self,
        all: u32,
        of_address: Option<AddressLimit<'_>>,
    ) -> Result<std::result::Result<Option<u32>, Admission>> {
        let address = async {
            match of_address {
                Some(address_limit) => Ok(self.count_for_address(address_limit).await?.map(Some)),
                None => Ok(Some(None)),
            }
        };
        let (place, address) = join(self.count_one(all), address).await;
        let undone = match (&place, &address) {
            (Ok(true), Ok(Some(number))) => return Ok(Ok(*number)),
            (Ok(true), _) => self.uncount_one().await,
            (_, Ok(Some(_))) => self.uncount_for_address(of_address.map(|address_limit| address_limit.address)).await,
            _ => Ok(()),
        };
        if let Err(error) = undone {
            tracing::warn!(%error, "counter not decremented; the sweep corrects it, or the counter of the address expires");
        }
        match (place?, address?) {
            (false, _) => Ok(Err(Admission::Full)),
            _ => Ok(Err(Admission::AddressLimitReached)),
        }
    }

    /// Increments the counter of an address if it is below its limit. Returns what it then is.
    ///
    /// The counter expires when none of its connections can live any more. What it counts too many by then, because a pointer expired
    /// undeleted or an answer was lost, expires with it.
    async fn count_for_address(&self, address_limit: AddressLimit<'_>) -> Result<Option<u32>> {
        let doing = "counting a connection of an address";
        // As below: the condition is true for the first one.
        if address_limit.most == 0 {
            return Ok(None);
        }
        let taken = |counter: &Item| read_number(counter, "taken").map_err(Unavailable::while_doing(doing));
        let (now, expires) = (self.clock.now().0 / 1000, end_of(address_limit.opened_at));
        let update = self
            .table
            .updating(address_key(address_limit.address))
            .update_expression("ADD taken :one SET expires = :expires")
            .condition_expression("attribute_not_exists(taken) OR (taken < :most AND expires > :now)")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":expires", number(expires))
            .expression_attribute_values(":most", number(address_limit.most.into()))
            .expression_attribute_values(":now", number(now))
            .return_values(ReturnValue::UpdatedNew);
        match self.table.try_update_once(update.clone(), doing).await? {
            Update::Made(counter) => return taken(&counter).map(Some),
            Update::Refused(there) if there.as_ref().is_some_and(|there| has_ended(there, now)) => {}
            Update::Refused(_) => return Ok(None),
        }
        let restart = self
            .table
            .updating(address_key(address_limit.address))
            .update_expression("SET taken = :one, expires = :expires")
            .condition_expression("expires <= :now")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":expires", number(expires))
            .expression_attribute_values(":now", number(now));
        // Of many that find it expired one restarts it, and the others are counted after that.
        match self.table.try_update_once(restart, doing).await? {
            Update::Made(_) => Ok(Some(1)),
            Update::Refused(_) => match self.table.try_update_once(update, doing).await? {
                Update::Made(counter) => taken(&counter).map(Some),
                Update::Refused(_) => Ok(None),
            },
        }
    }

    /// Increments the counter of all connections if it is below `limit`: one conditional write, exact under concurrency.
    ///
    /// The daily sweep finds a count that is too high because an answer was lost or a crash came before the pointer was put.
    async fn count_one(&self, limit: u32) -> Result<bool> {
        // The condition is true for the first one when nothing was counted yet, which is one too many here.
        if limit == 0 {
            return Ok(false);
        }
        let update = self
            .table
            .updating(count_key())
            .update_expression("ADD taken :one")
            .condition_expression("attribute_not_exists(taken) OR taken < :limit")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":limit", number(limit.into()));
        let update = self.table.try_update_once(update, "counting a connection").await?;
        Ok(matches!(update, Update::Made(_)))
    }

    /// Decrements the counter, and the one of the address if it was incremented.
    pub(super) async fn uncount_both(&self, address: Option<&AddressKey>) -> Result<()> {
        let (place, of_address) = join(self.uncount_one(), self.uncount_for_address(address)).await;
        place.and(of_address)
    }

    async fn uncount_one(&self) -> Result<()> {
        if !self.count_down(count_key(), "uncounting a connection").await? {
            tracing::warn!("counter of connections was already 0; the sweep corrects it");
        }
        Ok(())
    }

    /// Decrements the counter of an address. A counter that expired meanwhile stays as it is.
    async fn uncount_for_address(&self, address: Option<&AddressKey>) -> Result<()> {
        let Some(address) = address else { return Ok(()) };
        self.count_down(address_key(address), "uncounting a connection of an address").await.map(drop)
    }

    /// Decrements a counter, never below 0. Returns whether it was above 0.
    async fn count_down(&self, counter: Key, doing: &'static str) -> Result<bool> {
        let update = self
            .table
            .updating(counter)
            .update_expression("SET taken = taken - :one")
            .condition_expression("taken > :none")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":none", number(0));
        Ok(matches!(self.table.try_update_once(update, doing).await?, Update::Made(_)))
    }
}

/// The connection limit of an address, and the time of the connection to count.
#[derive(Clone, Copy)]
pub(super) struct AddressLimit<'a> {
    pub(super) address: &'a AddressKey,
    most: u32,
    opened_at: Timestamp,
}

impl<'a> AddressLimit<'a> {
    /// Returns the limit if the address is known and has one.
    pub(super) fn of(connection: &'a Connection, limits: ConnectionLimits) -> Option<Self> {
        let (address, most) = connection.address.as_ref().zip(limits.per_address)?;
        Some(Self { address, most, opened_at: connection.opened_at })
    }
}

pub(super) fn count_key() -> Key {
    Key::new("count", "count")
}

fn address_key(AddressKey(address): &AddressKey) -> Key {
    Key::new(format!("open#{address}"), "open")
}

fn has_ended(counter: &Item, now: u64) -> bool {
    read_number::<u64>(counter, "expires").is_ok_and(|expires| expires <= now)
}
