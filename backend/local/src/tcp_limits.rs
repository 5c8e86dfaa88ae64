//! Limits of TCP connections: how many are open, over all and from one address, and how much of them the kernel buffers.

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use shared_types::limits;
#[cfg(target_os = "linux")]
use socket2::SockRef;
use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// Number of TCP connections beside those of the sockets: for pages, assets, uploads and handshakes. A browser opens six at most, so 256
/// serve 40 people who load the page at the same moment.
const HTTP_CONNECTIONS: usize = 256;

/// Size of the kernel's send buffer of a connection, in bytes; Linux doubles it. Without this Linux lets it grow to 4 MB, so 1,000 clients
/// that do not read would hold 4 GB. A page of 100 KB leaves at once, and 256 KB in transit are 1.3 MB/s at a round trip of 200 ms.
const SEND_BUFFER_BYTES: u32 = 128 * 1024;

#[cfg(target_os = "linux")]
/// How long sent data may stay unacknowledged before the kernel closes the connection: the peer is gone, or reads nothing.
const UNACKNOWLEDGED: Duration = Duration::from_secs(60);

/// The answer to a connection above the limits.
const REFUSAL: &str = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nConnection: close\r\n\
                       Content-Type: text/plain; charset=utf-8\r\nContent-Length: 56\r\n\r\n\
                       Too many connections are open. Try again in 10 seconds.\n";

/// The limits of TCP connections, and how many are open.
pub struct TcpLimits {
    all: usize,
    per_address: Option<usize>,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    all: usize,
    by_network: HashMap<IpAddr, usize>,
}

/// The right to one TCP connection. Dropping it frees the place.
pub(crate) struct TcpPermit {
    limits: Arc<TcpLimits>,
    network: IpAddr,
}

impl TcpLimits {
    /// Returns the limits for a server with this many sockets. `is_limited_per_address` is false behind a proxy, from whose address all
    /// connections come, and where the limits per address are turned off.
    pub fn new(sockets: u32, is_limited_per_address: bool) -> Self {
        let all = usize::try_from(sockets).unwrap_or(usize::MAX).saturating_add(HTTP_CONNECTIONS);
        let share = limits::ADDRESS_CONNECTION_SHARE as usize;
        Self { all, per_address: is_limited_per_address.then_some(all / share), open: Mutex::default() }
    }

    /// Returns the maximum number of open connections.
    pub fn all(&self) -> u64 {
        self.all as u64
    }

    /// Returns a permit for a connection from this address, or `None` if too many are open.
    pub(crate) fn admit(self: &Arc<Self>, address: IpAddr) -> Option<TcpPermit> {
        let network = network(address);
        let mut open = self.lock();
        let Open { all, by_network } = &mut *open;
        let from_network = by_network.get(&network).copied().unwrap_or_default();
        if *all >= self.all || self.per_address.is_some_and(|most| from_network >= most) {
            return None;
        }
        *all += 1;
        by_network.insert(network, from_network + 1);
        Some(TcpPermit { limits: self.clone(), network })
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for TcpPermit {
    fn drop(&mut self) {
        let mut open = self.limits.lock();
        open.all -= 1;
        if let Some(count) = open.by_network.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                open.by_network.remove(&self.network);
            }
        }
    }
}

/// Returns the address itself for IPv4, and the first half for IPv6, because a client can choose the rest.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            [a, b, c, d, 0, 0, 0, 0].into()
        }
        address => address,
    }
}

/// Number of connections that may wait until they are accepted.
const BACKLOG: u32 = 1024;

/// Listens on an address. The accepted connections have bounded send buffers.
///
/// # Errors
///
/// If the address is in use or not one of this machine.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A restart need not wait for the last packets of the process before. On Windows the option would mean something else.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    // Accepted connections inherit it, so it is set before the first one can arrive.
    socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Sets the options of an accepted connection: small frames leave at once, and a peer that is gone is noticed.
pub(crate) fn set_options(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    #[cfg(target_os = "linux")]
    SockRef::from(stream).set_tcp_user_timeout(Some(UNACKNOWLEDGED))?;
    Ok(())
}

/// Tells a client that there are too many connections, without waiting for it, and closes the connection.
pub(crate) fn refuse(stream: TcpStream) {
    tracing::debug!("connection refused: too many are open");
    // The buffer of a new connection is empty, so this is sent as a whole or the client is gone.
    drop(stream.try_write(REFUSAL.as_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_gets_a_quarter_of_the_connections() {
        let limits = Arc::new(TcpLimits::new(44, true));
        let held: Vec<_> = std::iter::from_fn(|| limits.admit(address("192.0.2.1"))).take(400).collect();
        assert_eq!(held.len(), 75);
        let others: Vec<_> = (0..=255).map_while(|host| limits.admit(IpAddr::from([198, 51, 100, host]))).collect();
        assert_eq!(others.len(), 300 - 75);
        drop(held);
        assert!(limits.admit(address("192.0.2.1")).is_some());
        drop(others);
        assert!(limits.lock().by_network.is_empty() && limits.lock().all == 0);
    }

    #[test]
    fn an_ipv6_network_counts_as_one_address() {
        let limits = Arc::new(TcpLimits::new(0, true));
        let held: Vec<_> =
            (0..100_u16).map_while(|host| limits.admit([0x2001, 0xdb8, 1, 2, 3, 4, 5, host].into())).collect();
        assert_eq!(held.len(), HTTP_CONNECTIONS / 4);
        assert!(limits.admit(address("2001:db8:1:3::1")).is_some());
        assert!(limits.admit(address("::ffff:192.0.2.1")).is_some());
    }

    #[test]
    fn a_proxy_may_use_all_connections() {
        let limits = Arc::new(TcpLimits::new(0, false));
        let held: Vec<_> = std::iter::from_fn(|| limits.admit(address("192.0.2.1"))).take(1000).collect();
        assert_eq!(held.len(), HTTP_CONNECTIONS);
    }

    #[test]
    fn the_length_of_the_refusal_is_right() {
        let (_, body) = REFUSAL.split_once("\r\n\r\n").unwrap();
        assert!(REFUSAL.contains(&format!("Content-Length: {}\r\n", body.len())), "{}", body.len());
    }
}
