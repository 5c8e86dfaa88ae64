//! Free ports for servers that are started later, by another process.
//!
//! A port from the system's ephemeral range would not stay free: any outgoing connection can take it until then.

use std::{
    hash::{BuildHasher, RandomState},
    net::TcpListener,
    ops::Range,
};

use anyhow::{Result, bail};

/// Below the ephemeral ranges of Linux (from 32768) and of macOS (from 49152). The browser tests choose theirs from 15000 to 20000
/// (`e2e/support/ports.ts`).
const RANGE: Range<u16> = 20_000..30_000;

/// Returns `count` different loopback ports on which nothing listens, from a random start, so that two runs at the same time choose
/// different ones.
pub(crate) fn free(count: usize) -> Result<Vec<u16>> {
    free_from(RandomState::new().hash_one(()) as usize, count)
}

fn free_from(start: usize, count: usize) -> Result<Vec<u16>> {
    let mut ports = RANGE.cycle().skip(start % RANGE.len()).take(RANGE.len());
    let free: Vec<u16> =
        ports.by_ref().filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).take(count).collect();
    if free.len() < count {
        bail!("no {count} ports are free from {} to {}: close programs that listen there", RANGE.start, RANGE.end);
    }
    Ok(free)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_ports_are_different_and_outside_of_the_ephemeral_range() {
        let mut ports = free(20).unwrap();
        assert!(ports.iter().all(|port| RANGE.contains(port)), "{ports:?}");
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), 20);
    }

    #[test]
    fn a_port_in_use_is_skipped() {
        let taken = TcpListener::bind(("127.0.0.1", free(1).unwrap()[0])).unwrap();
        let port = taken.local_addr().unwrap().port();
        let chosen = free_from(usize::from(port - RANGE.start), 1).unwrap();
        assert!(chosen[0] != port && RANGE.contains(&chosen[0]), "{chosen:?}");
    }

    #[test]
    fn the_last_port_is_followed_by_the_first() {
        let chosen = free_from(RANGE.len() - 1, 5).unwrap();
        assert!(chosen.iter().all(|port| RANGE.contains(port)), "{chosen:?}");
    }
}
