//! The ports on AWS: DynamoDB, the connections of API Gateway, and S3. No SDK type leaves this crate.
//!
//! Two tables hold all data, each with a text key `pk` and a text sort key `sk`, without an index. Every read is by key or by one range of
//! one partition; only a backup, which an operator makes, scans.
//!
//! | table | `pk` | `sk` | item |
//! |---|---|---|---|
//! | connections | `room#{room}` | connection id | a listener of a room |
//! | connections | `shards#{room}` | `borders` | the connection ids at which a large room is divided |
//! | connections | `conn#{shard}` | connection id | pointer from an id to its connection |
//! | connections | `count` | `count` | the number of connections |
//! | connections | `open#{address}` | `open` | the number of connections from an address |
//! | connections | `secret` | `secret` | the secret that signs cookies and tickets |
//! | connections | `limit#{key}` | number of the window | how often something was done in it |
//! | connections | `turn#{key}` | `turn` | who holds a slow mode slot, and since when |
//! | connections | `used#{key}` | `used` | that a ticket was used |
//! | connections | `person#{id}` | `standing` | the restrictions of a person, and counters of what they did in the last minutes |
//! | connections | `person#{id}` | `sign-outs` | which devices of a person are signed out |
//! | connections | `devices#{person}` | device | a device on which a person is signed in |
//! | connections | `passkeys#{person}` | hash of the credential id | a passkey of a person |
//! | connections | `person#{id}` | `addresses` | the addresses that were banned with a person |
//! | connections | `person#{id}` | `seen#{address}` | that a person recently connected from an address |
//! | connections | `address#{key}` | `standing` | until when an address is banned |
//! | connections | `rules#{room}` | `rules` | the rules of a room |
//! | connections | `roles` | person | the role of a person who is no member |
//! | connections | `owners` | `owners` | the ids of the owners |
//! | connections | `chat` | `identity` | name and icon of the chat |
//! | connections | `chat` | `usage` | usage figures |
//! | connections | `chat` | `usageRevs` | the last revisions of the rooms when usage was counted |
//! | connections | `members#{room}` | person | a member of a private room |
//! | connections | `rooms#{person}` | room | that a person is a member of a private room |
//! | connections | `tokens#{kind}#{room}` | hash of the token | the same token in the list of its private room |
//! | connections | `directory` | room | an open room of the directory |
//! | connections | `tokens#{kind}` | hash of the token | a one-use token |
//! | connections | `threads#{person}` | `{room}/{root}` | up to where a person has read a thread |
//! | connections | `read#{person}` | room | up to where a person has read a room |
//! | messages | `room#{room}` | `m#{seq}` | a message, `seq` in 20 digits |
//! | messages | `room#{room}` | `c#{rev}` | a change record, `rev` in 20 digits |
//! | messages | `room#{room}` | `p#{seq}` | an entry of the index of pinned messages |
//! | messages | `room#{room}` | `rev` | the room's last revision, and whether the room may have rules |
//! | messages | `saved#{person}` | `{room}#{seq}` | that a person saved a message, `seq` in 20 digits |
//! | messages | `n#{author}` | `{room}#{nonce}` | the idempotency record of a message |
//! | messages | `given-up#{author}` | `{room}#{nonce}` | a tombstone: an idempotency record of an erased message |
//! | messages | `audit` | `{time}#{moderator}#{number}` | an audit entry, the time in 20 digits |
//! | messages | `restore` | `restore` | while a backup is restored: which one |

pub mod backup;
pub mod call_log;
pub mod clients;
pub mod connections;
pub mod devices;
mod error_chain;
pub mod gateway;
pub mod images;
mod item;
pub mod messages;
pub mod moderation;
pub mod parameters;
pub mod passkeys;
pub mod profiles;
pub mod rate_store;
pub mod read_positions;
pub mod room_directory;
pub mod room_members;
pub mod secrets;
pub mod shard_queue;
mod table;
pub mod templates;
pub mod tokens;
pub mod usage_store;
