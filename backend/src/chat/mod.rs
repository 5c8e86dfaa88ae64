//! The rules of the chat: joining, posting, catching up, searching, leaving, moderating, forgetting, sweeping, and what the
//! front page knows.
//!
//! No SDK, no web framework, no environment, no clock of its own: everything comes through [`crate::ports`], so that
//! the rules are the same in both homes and a test can run them in any order of events.

use std::time::Duration;

mod amend;
mod broadcast;
mod catch_up;
mod disguise;
mod door;
#[cfg(test)]
mod doubles;
mod enter;
mod expire;
mod export;
mod floor;
mod forget;
mod front;
#[cfg(fuzzing)]
pub mod fuzzing;
mod guest_name;
mod highlight;
mod identity;
mod image_head;
mod images;
mod join;
mod languages;
mod leave;
mod moderate;
mod oidc;
mod origin;
mod page;
mod post;
mod presence;
mod rate;
mod restrictions;
mod rich_text;
mod rooms;
mod search;
mod sweep;

pub use amend::{Amend, Amendment, NotAmended};
pub use broadcast::Broadcast;
pub use catch_up::CatchUp;
pub use disguise::{Disguised, undisguised};
pub use door::{Client, Door, ModeratorClaim};
pub use enter::{Enter, NotLetIn};
pub use expire::Expire;
pub use export::{Export, Exported};
pub use floor::{Floor, Pace, Silenced};
pub use forget::{Forget, Forgotten};
pub use front::{FrontPage, Visit};
use guest_name::guest_name;
pub use identity::{Identities, Rejected, Visitor};
pub use images::ImageFault;
pub(crate) use images::image_type;
pub use join::{Join, Knock, Refused};
pub use leave::Leave;
pub use moderate::{Moderate, NotModerated, Sanctioned};
pub use oidc::{Begun, NotSignedIn, Oidc, Returned, SIGN_IN_SECONDS};
pub use origin::{BadOrigin, Origin, Origins};
pub use post::{Draft, NotPosted, Post};
pub use presence::Present;
pub use rate::{NotNow, Paid, Rate, RateLimits, TooFast};
pub use restrictions::RestrictionStore;
pub use rich_text::with_html;
pub use rooms::Rooms;
pub use search::Search;
pub use sweep::{Sweep, Swept};

/// The longest a send can live: the `send` function's timeout of 10 s, three times over.
pub const LONGEST_SEND: Duration = Duration::from_secs(30);

/// The most by which two servers' clocks may differ from the true time, each.
pub const CLOCK_SKEW: Duration = Duration::from_secs(5 * 60);

/// From this age on, a claim with no message at its place is claimed anew. Whoever made it has ended by then, even if
/// their clock and ours are wrong in opposite directions: 30 s + 2 × 5 min.
pub const CLAIM_LIFE: Duration = LONGEST_SEND.saturating_add(CLOCK_SKEW).saturating_add(CLOCK_SKEW);

/// From this age on, a hole in the order stays one: its claim is no longer written to ([`CLAIM_LIFE`]), and the last
/// send that still meant to has ended (30 s), again with both clocks wrong: 630 s + 30 s + 2 × 5 min.
pub const HOLE_LIFE: Duration =
    CLAIM_LIFE.saturating_add(LONGEST_SEND).saturating_add(CLOCK_SKEW).saturating_add(CLOCK_SKEW);
