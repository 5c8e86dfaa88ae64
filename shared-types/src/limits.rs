//! Every limit of the chat, each with its arithmetic. The page shows them, the server enforces them.

use std::time::Duration;

/// The longest frame a client may send, in bytes: the size at which API Gateway starts to count a second message.
///
/// A message of [`TEXT_CHARS`] characters needs at most 4,000 × 6 = 24,000 bytes when every character is a control
/// character escaped as `\u0000`, and the description of its image at most 1,000 × 6 = 6,000. Each of its [`MENTIONS`] has
/// its name in the text, 64 × 6 bytes that are 64 × 4 then, and 64 × 4 + 64 + 22 of its own: 214 more. So the longest
/// allowed message always fits with 32,768 − 24,000 − 6,000 − 2,140 = 628 bytes for its envelope.
pub const FRAME_BYTES: usize = 32 * 1024;

/// The size of a frame, in bytes, that closes the socket with [`CLOSE_TOO_BIG`]: API Gateway's hard limit.
pub const FRAME_BYTES_HARD: usize = 128 * 1024;

/// The close code for a binary frame (RFC 6455 §7.4.1, "unacceptable data").
pub const CLOSE_BINARY: u16 = 1003;

/// The close code for a frame above [`FRAME_BYTES_HARD`] (RFC 6455 §7.4.1, "message too big").
pub const CLOSE_TOO_BIG: u16 = 1009;

/// The close code for somebody whom a moderator sent away, of those that are everybody's own (RFC 6455 §7.4.2): the page does
/// not come back by itself. API Gateway can't be told a code; there the next handshake is refused with 403.
pub const CLOSE_BANNED: u16 = 4403;

/// The longest text of a message, in Unicode scalar values. Up to 4 bytes each in UTF-8: 16,000 bytes stored.
pub const TEXT_CHARS: usize = 4_000;

/// The largest image, in bytes. The page makes a picture of 2,048 pixels about 300 KB; an animated GIF stays as it is.
pub const IMAGE_BYTES: u32 = 2 * 1024 * 1024;

/// The widest and highest an image may be, in pixels: what a large screen shows of it. As 4 bytes a pixel it takes a
/// reader's browser 2,048² × 4 = 16 MB, however well it was compressed.
pub const IMAGE_SIDE: u32 = 2_048;

/// The largest file that the page takes to make an image of, in bytes: a phone's photo has 2 to 8 MB.
pub const FILE_BYTES: u32 = 10 * 1024 * 1024;

/// The colours on a side of an image's preview: 4 × 4 × 3 = 48 bytes.
pub const PREVIEW_SIDE: usize = 4;

/// The longest description of an image, in Unicode scalar values.
pub const ALT_CHARS: usize = 1_000;

/// The longest emoji, in bytes. The longest of Unicode 16 has 35: two people with their colours of skin, a heart and a kiss.
pub const EMOJI_BYTES: usize = 48;

/// The most reactions on one message, over all emoji. A person among them is at most 64 + 256 bytes, some 40 as a rule:
/// 100 of them with a text of 24,000 bytes still fit an answer ([`ANSWER_BYTES`]).
pub const REACTIONS: usize = 100;

/// The most connections in a room in which it is told who is typing. It is told to all of them every [`TYPING_PAUSE`]:
/// somebody who writes for a minute says it 15 times, which is 15 × 25 = 375 posts, as much as 15 messages cost in that room,
/// $0.0004. In larger rooms somebody is always typing, and it costs nothing.
pub const TYPING_CONNECTIONS: usize = 25;

/// How often a page says that its visitor is typing, while they are.
pub const TYPING_PAUSE: Duration = Duration::from_secs(4);

/// How long the address for an upload is good: 2 MB take 9 minutes at 32 kbit/s.
pub const UPLOAD_LIFE: Duration = Duration::from_secs(10 * 60);

/// The most listeners that are told when somebody comes or goes. What is told is the whole truth each time, so whoever is
/// left out is right again with the next: in a room of 100 each hears of every fourth change, and a change costs 25 posts
/// there as in a room of 1,000, $0.000025.
pub const PRESENCE_TOLD: usize = 25;

/// The most people that are named in an answer. One is at most 64 × 4 + 64 + 22 = 342 bytes, some 45 as a rule:
/// 34 KB at worst, which is two of the units that API Gateway counts in.
pub const PEOPLE: usize = 100;

/// The most people that one message calls.
pub const MENTIONS: usize = 10;

/// The most rooms that can be asked about at once: each is one read of one message, 50 read units of 4 KB, $0.000006.
pub const ROOMS: usize = 50;

/// The longest text to look for, in Unicode scalar values.
pub const SEARCH_CHARS: usize = 100;

/// The most messages that one search reads. At 300 bytes a message that is 300 KB, 75 read units of 4 KB, $0.000009, and
/// $0.0005 if each is as long as can be; the whole of a room of 1,000,000 messages is 1,000 such searches, each of them asked
/// for by somebody.
pub const SEARCH_READ: usize = 1_000;

/// The most messages that one search answers with.
pub const SEARCH_FOUND: usize = 20;

/// The longest name of a person, in Unicode scalar values.
pub const NAME_CHARS: usize = 64;

/// The longest name of a room, in bytes of `[a-z0-9-]`. A label of a host name has 63; one more does no harm.
pub const ROOM_CHARS: usize = 64;

/// The longest nonce, in bytes of `[A-Za-z0-9_=-]`. A UUID has 36, an API Gateway request id 16.
pub const NONCE_CHARS: usize = 64;

/// The most messages in one `page` or `changes` answer, whatever a deployment sets as its own number.
///
/// An answer is one frame to the client, and API Gateway carries 128 KB: [`ANSWER_BYTES`] cuts it shorter still when
/// the messages are long.
pub const PAGE_MESSAGES: usize = 100;

/// The most bytes of messages, as JSON, in one answer: API Gateway's 128 KB less 4 KB for the envelope.
pub const ANSWER_BYTES: usize = 124 * 1024;

/// How long a socket may be silent before it is closed. API Gateway's fixed idle limit.
pub const IDLE: Duration = Duration::from_secs(10 * 60);

/// How long a socket may live at most. API Gateway's fixed connection duration.
pub const LIFETIME: Duration = Duration::from_secs(2 * 60 * 60);

/// How often the page says `ping`: two may be lost within [`IDLE`] and the socket still lives.
pub const HEARTBEAT: Duration = Duration::from_secs(3 * 60);

/// How often one person may say something in [`RATE_WINDOW`], as a deployment has it where it sets nothing else: once a second
/// for a whole minute is more than anybody types. Edits and deletions, reactions, uploads, connects, first words with typing and
/// renames, and each kind of question are each counted apart, with the same allowance; of uploads there may be less
/// ([`RATE_UPLOADS`]).
pub const RATE_PERSON: u32 = 60;

/// How often everybody behind one address may, together: a household or an office is ten people who all type at once.
pub const RATE_ADDRESS: u32 = 10 * RATE_PERSON;

/// The highest rate that can be set: more than a thousand a second is none.
pub const RATE_MOST: u32 = 100_000;

/// The time in which a rate is counted.
pub const RATE_WINDOW: Duration = Duration::from_secs(60);

/// The time in which only a [`RATE_BURST`] of a rate is allowed; a sixth of [`RATE_WINDOW`], so that what a person has left
/// of their 60 after a burst of 20 is not gone in three seconds.
pub const RATE_BURST_WINDOW: Duration = Duration::from_secs(10);

/// Which part of a rate may come in a burst: a third, 20 messages in 10 s of one person, 200 of one address. Stretches are
/// counted from the beginning of time, so at the border of two of them twice as much gets through. What a flood of one person
/// costs is 60 messages a minute, as 60 people who each say one.
pub const RATE_BURST: u32 = 3;

/// Which part of a rate uploads have: a third, 20 a minute of one person and six in a burst. Of 2 MB each that is 40 MB a
/// minute, and 400 MB of one address.
pub const RATE_UPLOADS: u32 = 3;

/// Which part of all places the sockets from one address may hold at once: a quarter. One machine can open all that a chat
/// of 1,000 places has in two minutes ([`RATE_ADDRESS`]) and hold them for [`LIFETIME`]; like this it takes four addresses. An
/// office of 100 people with two windows each still fits into its 250. A chat whose people all share one address has no
/// limit for addresses: a rate of 0 switches this one off, too.
pub const PLACES_ADDRESS: u32 = 4;

/// How often a passphrase may be tried from one address in [`RATE_WINDOW`].
pub const ATTEMPTS_ADDRESS: u32 = 10;

/// How often somebody at one address may be sent to their provider or come back from it in [`RATE_WINDOW`]: an office of 60
/// people who all sign in within one minute. Each return asks the provider, who has limits of its own for the whole chat.
pub const SIGN_INS_ADDRESS: u32 = 120;

/// How often a passphrase may be tried by everybody together in [`RATE_WINDOW`]: 144,000 a day, so one of four words out of
/// 7,776 (3.7 × 10^15) is found after 35 million years on average.
pub const ATTEMPTS: u32 = 100;

/// How often in [`RATE_WINDOW`] a person may take a part of what they wrote: each is up to 1,500 reads of one message, $0.0002.
pub const EXPORTS: u32 = 6;

/// The longest time for which a moderator mutes or bans somebody. Addresses are known by a hash whose secret changes; this
/// is half the life of one, so that no ban ends before its time.
pub const SANCTION: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// How long what moderators did is remembered: long enough to ask about all that still holds, a year after the longest ban
/// ([`SANCTION`]) began included.
pub const AUDIT_KEPT: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// How long it is remembered from which addresses somebody came, so that they can be sent away with them although they are
/// not here any more: a moderator who looks once a day finds it.
pub const ADDRESSES_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// The most addresses of one person that are sent away with them.
pub const ADDRESSES: usize = 20;

/// The most entries in one answer about what moderators did: of some 300 bytes each, 30 KB, one unit of API Gateway's.
pub const AUDIT_ENTRIES: usize = 100;

/// The most messages that one `forget` takes away. Each is some 20 ms of reads and writes in a function that has 10 s, and
/// one post to each listener of its room.
pub const FORGET_MESSAGES: usize = 25;
