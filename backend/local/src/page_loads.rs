//! Bounds the page loads of one address: how many in a minute, and how many at the same time. CloudFront and API Gateway have their
//! own throttles.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chat::{
    access::{
        rate_limit::{RateError, RateLimiter, TooFast},
        sessions::Sessions,
    },
    cpu::CpuClient,
    ports::connections::AddressKey,
};
use shared_types::limits;

/// Time after which a client may try again when too many of its page loads are in progress. A page takes about 30 ms.
const RETRY: Duration = Duration::from_secs(1);

/// Counts page loads.
pub struct PageLoads {
    rate: RateLimiter,
    sessions: Sessions,
    /// Number of page loads in progress, by address. Without a limit of addresses it is empty.
    in_progress: Mutex<HashMap<AddressKey, usize>>,
}

/// A page load in progress. Dropping it ends it.
pub(crate) struct PageLoad<'a> {
    loads: &'a PageLoads,
    address: AddressKey,
}

impl PageLoads {
    /// Creates the counters. They are empty.
    pub fn new(rate: RateLimiter, sessions: Sessions) -> Self {
        Self { rate, sessions, in_progress: Mutex::default() }
    }

    /// Begins a page load, if the limits of the address allow it. `None` means that addresses have no limits.
    ///
    /// # Errors
    ///
    /// [`RateError`] gives the time to wait.
    pub(crate) async fn begin(&self, address: IpAddr) -> Result<Option<PageLoad<'_>>, RateError> {
        let address = self.sessions.address_keys(address).into_iter().next();
        let Some(address) = address.filter(|_| self.rate.limits_addresses()) else { return Ok(None) };
        self.rate.page_load(&address).await?;
        let mut in_progress = self.in_progress();
        let count = in_progress.entry(address.clone()).or_default();
        if *count >= limits::PAGE_LOADS_AT_ONCE {
            return Err(TooFast::after(RETRY).into());
        }
        *count += 1;
        drop(in_progress);
        Ok(Some(PageLoad { loads: self, address }))
    }

    /// Returns the client that takes turns at the processors.
    pub(crate) fn client(&self, address: IpAddr) -> CpuClient {
        CpuClient::from(self.sessions.address_keys(address).as_slice())
    }

    fn in_progress(&self) -> MutexGuard<'_, HashMap<AddressKey, usize>> {
        self.in_progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for PageLoad<'_> {
    fn drop(&mut self) {
        let mut in_progress = self.loads.in_progress();
        match in_progress.get_mut(&self.address) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(in_progress.remove(&self.address)),
        }
    }
}

#[cfg(test)]
mod tests {
    use chat_testing::test_chat::TestChat;

    use super::*;

    #[tokio::test]
    async fn page_loads_in_progress_are_bounded_for_each_address() {
        let chat = TestChat::with_rates(0, 600).await;
        let loads = PageLoads::new(chat.rate.clone(), chat.sessions.clone());
        let [here, elsewhere] = ["203.0.113.7", "198.51.100.1"].map(|address| address.parse().unwrap());
        let mut in_progress = Vec::new();
        for _ in 0..limits::PAGE_LOADS_AT_ONCE {
            in_progress.push(loads.begin(here).await.unwrap());
        }
        assert!(matches!(loads.begin(here).await, Err(RateError::TooFast(wait)) if wait.seconds() == 1));
        assert!(loads.begin(elsewhere).await.is_ok());
        in_progress.pop();
        assert!(loads.begin(here).await.is_ok());
        drop(in_progress);
        assert!(loads.in_progress().is_empty());
    }

    #[tokio::test]
    async fn without_address_limits_page_loads_are_not_counted() {
        let chat = TestChat::with_rates(60, 0).await;
        let loads = PageLoads::new(chat.rate.clone(), chat.sessions.clone());
        for _ in 0..1_000 {
            assert!(matches!(loads.begin("203.0.113.7".parse().unwrap()).await, Ok(None)));
        }
    }
}
