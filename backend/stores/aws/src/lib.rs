//! The ports on AWS: DynamoDB, `@connections` and S3. No SDK type leaves this module.
//!
//! Two tables hold everything, each with a text key `pk` and a text sort key `sk`, and no index. Whatever is read is
//! read by its key or by one range of one partition; there is no Scan.
//!
//! | table | `pk` | `sk` | is |
//! |---|---|---|---|
//! | connections | `room#{room}` | connection id | a listener of a room |
//! | connections | `conn#{shard}` | connection id | the way from an id to its connection |
//! | connections | `count` | `count` | the number of places taken |
//! | connections | `open#{address}` | `open` | the number of places taken from an address |
//! | connections | `secret` | `secret` | what signs cookies and tickets |
//! | connections | `limit#{key}` | number of the stretch | how often something was done in it |
//! | connections | `turn#{key}` | `turn` | whose turn it is, and since when |
//! | connections | `used#{key}` | `used` | that something was used which may be used once |
//! | connections | `person#{id}` | `standing` | what a person may not do, and until when |
//! | connections | `person#{id}` | `addresses` | which addresses were sent away together with them |
//! | connections | `person#{id}` | `seen#{address}` | that a person came from an address of late |
//! | connections | `address#{key}` | `standing` | until when an address stays away |
//! | connections | `rules#{room}` | `rules` | what holds in a room |
//! | messages | `room#{room}` | `m#{seq}` | a message, `seq` in 20 digits |
//! | messages | `room#{room}` | `c#{rev}` | what a revision changed, `rev` in 20 digits |
//! | messages | `room#{room}` | `rev` | the room's last revision |
//! | messages | `n#{author}` | `{room}#{nonce}` | the claim of a message to its place |
//! | messages | `given-up#{author}` | `{room}#{nonce}` | a claim that holds for a while yet, and is nobody's |
//! | messages | `audit` | `{time}#{moderator}#{number}` | what a moderator did, the time in 20 digits |

pub mod clients;
pub mod connections;
mod error_chain;
pub mod gateway;
pub mod images;
mod item;
pub mod messages;
pub mod moderation;
pub mod rate_store;
pub mod secrets;
mod table;
pub mod templates;
