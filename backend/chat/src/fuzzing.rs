//! Entry points for the fuzz targets in `fuzz/`; compiled for fuzzing only.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::executor::block_on;
use shared_types::{ChatImage, Timestamp};

use crate::{
    access::{
        policy::AccessPolicy,
        sessions::{InvalidToken, Session, Sessions},
    },
    content::{
        images::{ImageFault, fault_of},
        markdown,
    },
    ports::{
        Result,
        images::Uploaded,
        secrets::{Keys, Secrets},
        system::{Clock, Entropy},
    },
};

/// Returns the fault of an image that has these first bytes and is announced as `image`.
pub fn image_fault(head: &[u8], image: &ChatImage) -> Option<ImageFault> {
    let size = u64::from(image.size.get());
    fault_of(&Uploaded { size, head: head.to_vec(), version: String::new() }, image)
}

/// Checks that the HTML of a message contains only the elements and attributes that [`markdown`] writes.
///
/// # Errors
///
/// A sentence that names the element or attribute that is not allowed.
pub fn check_html(html: &str) -> std::result::Result<(), String> {
    markdown::check_html(html)
}

/// Checks that the HTML of a message shows everything that was typed, except for the delimiters of marks.
///
/// # Errors
///
/// A sentence that names the place in the HTML.
pub fn check_shown(text: &str, html: &str) -> std::result::Result<(), String> {
    markdown::check_shown(text, html)
}

/// Returns sessions that are signed with a secret that no input contains.
///
/// # Errors
///
/// Never: the secret is in memory.
pub fn sessions() -> Result<Sessions> {
    let fixed = Arc::new(Fixed);
    block_on(Sessions::load(fixed.clone(), fixed.clone(), fixed, AccessPolicy::open(Vec::new())))
}

/// Calls [`Sessions::read_ticket`] and blocks.
///
/// # Errors
///
/// See [`Sessions::read_ticket`].
pub fn read_ticket(sessions: &Sessions, ticket: &str) -> std::result::Result<Session, InvalidToken> {
    block_on(sessions.read_ticket(ticket))
}

/// Calls [`Sessions::read_cookie`] and blocks.
///
/// # Errors
///
/// See [`Sessions::read_cookie`].
pub fn read_cookie(sessions: &Sessions, cookie: &str) -> std::result::Result<Session, InvalidToken> {
    block_on(sessions.read_cookie(cookie))
}

/// A clock, randomness and secrets that never change.
struct Fixed;

impl Entropy for Fixed {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

#[async_trait]
impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        Timestamp(1_700_000_000_000)
    }

    async fn sleep(&self, _: Duration) {}
}

#[async_trait]
impl Secrets for Fixed {
    async fn keep_first(&self, proposed: [u8; 32], now: Timestamp) -> Result<Keys> {
        Ok(Keys { current: proposed, previous: None, made_at: now })
    }

    async fn replace(&self, _: &Keys, _: [u8; 32], _: Timestamp) -> Result<bool> {
        Ok(false)
    }
}
