//! The counters of connections: one of all, and one for each address.

use aws_sdk_dynamodb::{operation::update_item::builders::UpdateItemFluentBuilder, types::ReturnValue};
use chat::ports::{
    Result, Unavailable,
    connections::{AddressKey, Admission, Connection, ConnectionLimits},
};
use futures::future::join;
use shared_types::{Timestamp, limits::LIFETIME};

use super::{DynamoConnections, end_of};
use crate::{
    item::{Item, number, read_number},
    table::{Key, Update},
};

/// Attribute of an address's counter: its connections were opened at this time or later, in seconds since 1970.
const SINCE: &str = "since";

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
            (_, Ok(Some(_))) => self.uncount_for_address(of_address.map(AddressLimit::counted)).await,
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
    /// undeleted or an answer was lost, expires with it. A counter that begins stores from when on its connections were opened, so that
    /// the pointers of the one before it, which may be deleted days later, do not decrement it.
    async fn count_for_address(&self, address_limit: AddressLimit<'_>) -> Result<Option<u32>> {
        let doing = "counting a connection of an address";
        // As below: the condition is true for the first one.
        if address_limit.most == 0 {
            return Ok(None);
        }
        let taken = |counter: &Item| read_number(counter, "taken").map_err(Unavailable::while_doing(doing));
        let (now, expires) = (self.clock.now().0 / 1000, end_of(address_limit.opened_at));
        let since = number(since(address_limit.opened_at));
        let update = self
            .table
            .updating(address_key(address_limit.address))
            .update_expression("ADD taken :one SET expires = :expires, #since = if_not_exists(#since, :since)")
            .expression_attribute_names("#since", SINCE)
            .expression_attribute_values(":since", since.clone())
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
            .update_expression("SET taken = :one, expires = :expires, #since = :since")
            .expression_attribute_names("#since", SINCE)
            .expression_attribute_values(":since", since)
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
    pub(super) async fn uncount_both(&self, of_address: Option<Counted<'_>>) -> Result<()> {
        let (place, of_address) = join(self.uncount_one(), self.uncount_for_address(of_address)).await;
        place.and(of_address)
    }

    async fn uncount_one(&self) -> Result<()> {
        let update = self.counting_down(count_key()).condition_expression("taken > :none");
        match self.table.try_update_once(update, "uncounting a connection").await? {
            Update::Made(_) => {}
            Update::Refused(_) => tracing::warn!("counter of connections was already 0; the sweep corrects it"),
        }
        Ok(())
    }

    /// Decrements the counter of an address, if it counted this connection. A counter that expired meanwhile stays as it is, and so does
    /// one that began after that.
    async fn uncount_for_address(&self, counted: Option<Counted<'_>>) -> Result<()> {
        let Some(Counted { address, opened_at }) = counted else { return Ok(()) };
        let update = self
            .counting_down(address_key(address))
            // Counters of older versions have no beginning.
            .condition_expression("taken > :none AND (attribute_not_exists(#since) OR #since <= :opened)")
            .expression_attribute_names("#since", SINCE)
            .expression_attribute_values(":opened", number(opened_at.0 / 1000));
        self.table.try_update_once(update, "uncounting a connection of an address").await.map(drop)
    }

    /// Returns an update that decrements a counter. The caller adds the condition that it is above `:none`.
    fn counting_down(&self, counter: Key) -> UpdateItemFluentBuilder {
        self.table
            .updating(counter)
            .update_expression("SET taken = taken - :one")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":none", number(0))
    }
}

/// A connection that its address's counter counted.
#[derive(Clone, Copy)]
pub(super) struct Counted<'a> {
    address: &'a AddressKey,
    opened_at: Timestamp,
}

impl<'a> Counted<'a> {
    /// Returns the connection, if its address is known.
    pub(super) fn of(connection: &'a Connection) -> Option<Self> {
        Some(Self { address: connection.address.as_ref()?, opened_at: connection.opened_at })
    }
}

/// The connection limit of an address, and the time of the connection to count.
#[derive(Clone, Copy)]
pub(super) struct AddressLimit<'a> {
    address: &'a AddressKey,
    most: u32,
    opened_at: Timestamp,
}

impl<'a> AddressLimit<'a> {
    /// Returns the limit if the address is known and has one.
    pub(super) fn of(connection: &'a Connection, limits: ConnectionLimits) -> Option<Self> {
        let (address, most) = connection.address.as_ref().zip(limits.per_address)?;
        Some(Self { address, most, opened_at: connection.opened_at })
    }

    /// Returns the connection as the counter counts it.
    pub(super) fn counted(self) -> Counted<'a> {
        Counted { address: self.address, opened_at: self.opened_at }
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

/// Returns the beginning of a counter whose first connection was opened then. A connection that the counter before it counted was opened
/// at least [`LIFETIME`] and `GRACE_SECONDS` earlier, because that counter had expired. The connections of a counter without a beginning, from an
/// older version, were opened later than the result if they are alive.
fn since(opened_at: Timestamp) -> u64 {
    (opened_at.0 / 1000).saturating_sub(LIFETIME.as_secs())
}
