//! Limits of the chat, each with its arithmetic. The page shows them, the server enforces them.

use std::time::Duration;

/// Maximum size of a frame from a client, in bytes. Above this size API Gateway closes the socket with [`CLOSE_TOO_BIG`], and so does the
/// local server. A larger message in several frames is answered with an error.
///
/// A text of [`TEXT_CHARS`] characters needs at most 4,000 × 6 = 24,000 bytes: each character may be a control character
/// that is escaped as `\u0000`. The description of an image needs at most 1,000 × 6 = 6,000 bytes. The name of a mentioned
/// person is also part of the text. Such a name has at most 64 × 4 bytes instead of the 64 × 6 already counted, and its
/// mention adds 64 × 4 + 64 + 22 bytes: 214 more. [`MENTIONS`] of them add 2,140 bytes. So the longest allowed message always
/// fits, and 32,768 − 24,000 − 6,000 − 2,140 = 628 bytes are left for its envelope.
pub const FRAME_BYTES: usize = 32 * 1024;

/// Maximum size of a client's message in several frames, in bytes. Above this size API Gateway and the local server close the socket
/// with [`CLOSE_TOO_BIG`].
pub const FRAGMENTS_BYTES: usize = 128 * 1024;

/// Close code for a binary frame (RFC 6455 §7.4.1, "unacceptable data").
pub const CLOSE_BINARY: u16 = 1003;

/// Close code for a frame above [`FRAME_BYTES`], or frames of one message above [`FRAGMENTS_BYTES`] (RFC 6455 §7.4.1, "message too big").
pub const CLOSE_TOO_BIG: u16 = 1009;

/// Close code for a banned person, from the range for private use (RFC 6455 §7.4.2). The page does not reconnect by itself.
/// API Gateway cannot send a code of our choice; there the next handshake is rejected with 403.
pub const CLOSE_BANNED: u16 = 4403;

/// Maximum length of a message's text, in Unicode scalar values. Each takes up to 4 bytes in UTF-8: 16,000 bytes stored.
pub const TEXT_CHARS: usize = 4_000;

/// Maximum size of an image, in bytes. The page compresses a picture of 2,048 pixels to about 300 KB; it sends an animated
/// GIF unchanged.
pub const IMAGE_BYTES: u32 = 2 * 1024 * 1024;

/// Maximum width and height of an image, in pixels: the largest side of a WebP. A screenshot of a whole page is that long.
pub const IMAGE_SIDE: u32 = 16_383;

/// Maximum number of pixels of an image. At 4 bytes a pixel the image takes 12 × 1,024² × 4 = 50 MB in a reader's browser,
/// however well it was compressed. A screenshot of 1,080 × 20,000 pixels keeps three quarters of its width. The page makes
/// photos smaller: 2,048 × 1,536 pixels, 13 MB.
pub const IMAGE_PIXELS: u32 = 12 * 1024 * 1024;

/// Maximum size of a file from which the page makes an image, in bytes. A phone's photo has 2 to 8 MB, one of 108 megapixels
/// up to 40 MB. The page reads the first [`IMAGE_BYTES`] × 2 of them itself; the browser reads the file to decode it.
pub const FILE_BYTES: u32 = 50 * 1024 * 1024;

/// Number of colours along one side of an image's preview: 4 × 4 × 3 = 48 bytes.
pub const PREVIEW_SIDE: usize = 4;

/// Maximum length of an image's description, in Unicode scalar values.
pub const ALT_CHARS: usize = 1_000;

/// Maximum number of images of one message. At 2 MB each that is 20 MB, which the bounds of waiting uploads leave to one address.
pub const MESSAGE_IMAGES: usize = 10;

/// Maximum length of the text and the descriptions of a message with several images together, in Unicode scalar values. Each of the nine
/// images after the first takes up to 160 bytes besides its description: 1,440 bytes of a frame, as many as 240 characters of
/// [`FRAME_BYTES`]' 6 bytes. So they come off the 4,000 + 1,000 of a message with one image, and 10 more for the list around them.
pub const ALBUM_CHARS: usize = TEXT_CHARS + ALT_CHARS - 250;

/// Maximum size of an emoji, in bytes. The longest of Unicode 16 has 35: two people with skin tones, a heart and a kiss.
pub const EMOJI_BYTES: usize = 48;

/// Maximum number of reactions to one message, over all emoji. A person in a reaction takes at most 64 + 256 bytes, usually
/// about 40. 100 of them and a text of 24,000 bytes still fit an answer ([`ANSWER_BYTES`]).
pub const REACTIONS: usize = 100;

/// Maximum number of connections in a room whose members see who is typing. The server sends it to all of them every
/// [`TYPING_PAUSE`]. Somebody who types for a minute sends 8 frames, which are 8 × 25 = 200 posts. That costs as much as 8
/// messages in that room: $0.0002. In larger rooms somebody is always typing; there the page and the server send nothing.
pub const TYPING_CONNECTIONS: usize = 25;

/// Interval at which a page reports that its user is typing. Most messages are written within one interval, so they cost one
/// report. A page shows a person as typing for two intervals and a second: one report may be lost.
pub const TYPING_PAUSE: Duration = Duration::from_secs(8);

/// Time for which an upload address is valid. 2 MB take 9 minutes at 32 kbit/s.
pub const UPLOAD_LIFE: Duration = Duration::from_secs(10 * 60);

/// Maximum number of listeners that the server notifies when somebody joins or leaves a room. Each notification holds the
/// complete presence, so a listener that misses one is up to date again after the next. In a room of 100 each listener gets
/// every fourth change. A change costs 25 posts in a room of 100 as in a room of 1,000: $0.000025.
pub const PRESENCE_TOLD: usize = 25;

/// Maximum number of people in an answer. One takes at most 64 × 4 + 64 + 22 = 342 bytes and 51 of an
/// appearance, usually about 45 and 51. That makes 39 KB at most. Of `profiles` one takes at most 64 + 80 × 4 + 22 + 51 = 457 bytes, 46 KB.
/// Both are two billing units of API Gateway, 32 KB each.
pub const PEOPLE: usize = 100;

/// Maximum number of people that one message mentions.
pub const MENTIONS: usize = 10;

/// Maximum number of rooms in one `rooms` request. Each room takes one read of one message: 50 read units of 4 KB, $0.000006. With
/// titles, it takes one more.
pub const ROOMS: usize = 50;

/// Maximum number of rooms that one socket watches, beside the inbox of its person. To watch them takes at most 21 writes of 1 KB, to end
/// it 21 more: $0.000026.
/// The page names the rooms that were visited last.
pub const WATCHED_ROOMS: usize = 20;

/// Maximum number of connections that a deployment can allow. `LimitConnectionCount` in `template.yml` has the arithmetic.
pub const CONNECTIONS: usize = 40_000;

/// Maximum number of unread messages that the server counts in one room; the page shows "99+". At 300 bytes a message a count reads
/// 30 KB: 8 read units of 4 KB, $0.000001.
pub const UNREAD_COUNT: usize = 100;

/// Maximum number of read positions of one person that are read at once. One is about 70 bytes: 14 KB, 2 read units. Of a person who reads
/// in more rooms within [`READ_POSITION_LIFE`], some positions may be missing; their devices know them.
pub const READ_POSITIONS: usize = 200;

/// Maximum number of threads of one room whose read positions are read at once: those that began last. One is about 90 bytes: 5 KB,
/// 1 eventually consistent read unit. Of older threads the devices know the positions.
pub const THREAD_POSITIONS: usize = 50;

/// How long a read position is kept after it advanced for the last time.
pub const READ_POSITION_LIFE: Duration = Duration::from_secs(180 * 24 * 60 * 60);

/// Maximum number of people in a `receipts` answer: those who have read furthest. In the answer one
/// takes at most 64 × 4 + 64 + 50 = 370 bytes: 37 KB at most, which one frame carries.
pub const RECEIPTS: usize = 100;

/// Maximum number of receipts of a room that are read to find those who have read furthest. One is about 110 bytes where it is stored:
/// 110 KB, 14 eventually consistent read units, $0.000002. In a room with more readers within [`READ_POSITION_LIFE`], `receipts` names
/// nobody: those who were read would be any of them.
pub const STORED_RECEIPTS: usize = 1_000;

/// Minimum time between two reports of a page that its user has read on, while no other device of the person is open. A report costs
/// $0.0000029; one each 3 minutes is $0.00006 an hour. With 2 minutes, ten people who write all day would pay more than $0.80 a month. A page
/// that is being hidden reports at once, so that the next device knows.
pub const READ_PAUSE: Duration = Duration::from_secs(180);

/// The same while another device of the person is open, which shows what is unread.
pub const SHARED_READ_PAUSE: Duration = Duration::from_secs(10);

/// Maximum length of the text in `news`, in Unicode scalar values: what a notification shows.
pub const NEWS_CHARS: usize = 200;

/// Maximum number of pinned messages in a room. One takes at most 200 × 4 + 2 × 342 + 100 = 1,600 bytes in an answer, usually about 300:
/// 80 KB at most, and usually one billing unit of API Gateway. To list them takes one read for each: 50 read units, $0.000006.
pub const PINS: usize = 50;

/// Maximum number of open rooms in the directory. An entry takes about 150 bytes, at most 1.4 KB: to read all of them takes about 19
/// eventually consistent read units of 8 KB, $0.0000024, and at most the 1 MB of one Query, 128 units, $0.000016.
pub const DIRECTORY_ROOMS: usize = 1_000;

/// Maximum number of rooms in one `directory` answer: 20 of at most 1.5 KB are 30 KB, one billing unit of API Gateway. It takes one read of
/// a message and one of the people for each.
pub const DIRECTORY_PAGE: usize = 20;

/// How exact the directory knows the last activity of a room. In each process, a room costs one write more in each hour in which something
/// is written: 1,000 rooms that are used all day are 24,000 writes a day, $0.015.
pub const DIRECTORY_HOUR: Duration = Duration::from_secs(60 * 60);

/// Maximum number of rooms that one address, or a person without a known address, gets into the directory in an hour. Rooms above it work
/// as all others, and are listed when something is written in a later hour. 1,000 rooms would take one address 2 days.
pub const DIRECTORY_NEW_ROOMS: u32 = 20;

/// Maximum number of new direct messages that one address, or a person without a known address, begins in an hour. Each makes up to eight
/// people members, who cannot leave: without it one guest would bring a person to [`ADDED_ROOMS`] in two minutes.
pub const NEW_DIRECT_MESSAGES: u32 = 20;

/// Maximum number of people in the summary of a thread. One takes at most 393 bytes: 1,965 together, once for each thread of a page.
pub const THREAD_PEOPLE: usize = 5;

/// Maximum number of latest replies in the summary of a thread: as many as are stored at the same time without one being counted wrongly.
pub const THREAD_RECENT: usize = 8;

/// Maximum number of replies of a thread that are noted as being deleted: as many can be deleted at the same time, or be interrupted before
/// somebody reads the thread, without one being counted wrongly. 8 of 20 digits are 168 bytes of the first message.
pub const THREAD_DELETIONS: usize = 8;

/// Maximum number of replies in one `thread` answer. It takes one read for each, and two more.
pub const THREAD_PAGE: usize = 50;

/// Maximum number of threads in one `threads` request. An entry takes at most 1,600 bytes for the message and 1,965 + 8 × 21 + 100 for the
/// summary: 20 of them are 77 KB, usually about 10 KB. It takes one read for each: 20 read units, $0.0000025.
pub const THREADS_PAGE: usize = 20;

/// Maximum number of messages that a person saved, in all rooms. An entry takes at most 64 + 64 + 64 = 192 bytes, usually about 90: to
/// read all of them takes 12 read units of 4 KB, $0.0000015.
pub const SAVED: usize = 500;

/// Maximum number of messages in one `saved` answer: 20 of 1,600 bytes are 32 KB, one billing unit of API Gateway. It takes one read for
/// each.
pub const SAVED_PAGE: usize = 20;

/// Maximum number of options of a poll.
pub const POLL_OPTIONS: usize = 20;

/// Maximum length of an option, in Unicode scalar values. 20 options of 70 × 4 bytes are 5,700 bytes: less than the description of an
/// image, which a message with a poll does not have, so the longest message still fits [`FRAME_BYTES`].
pub const POLL_OPTION_CHARS: usize = 70;

/// Maximum number of votes in a poll, for all options. A vote takes at most 64 + 3 bytes, usually about 20: 13 KB at most in the message,
/// which is broadcast after each vote.
pub const POLL_VOTES: usize = 200;

/// Maximum length of a search text, in Unicode scalar values.
pub const SEARCH_CHARS: usize = 100;

/// Maximum number of messages that one search reads. At 300 bytes a message that is 300 KB: 75 read units of 4 KB, $0.000009.
/// It is $0.0005 if each message has the maximum length. To search a whole room of 1,000,000 messages takes 1,000 such
/// searches, and a client requests each of them.
pub const SEARCH_READ: usize = 1_000;

/// Maximum number of messages in the answer to one search.
pub const SEARCH_FOUND: usize = 20;

/// Maximum length of a person's name, in Unicode scalar values.
pub const NAME_CHARS: usize = 64;

/// Maximum length of a person's status, in Unicode scalar values: one line of the profile card. It takes up to 320 bytes in the item of a
/// connection, which stays below 1 KB, one write unit of DynamoDB.
pub const STATUS_CHARS: usize = 80;

/// Number of hues that people can choose from: as many as differ clearly in both colour schemes.
pub const HUES: u8 = 12;

/// How long a profile outlives its last use: as long as a stored device, 400 days. A guest who clears their cookies cannot remove theirs.
pub const PROFILE_LIFE: Duration = DEVICE_LIFE;

/// Maximum number of pictures whose profiles the daily clean-up reads: 20 requests to S3 of 1,000 each, $0.0001, and 20,000 read units,
/// $0.0025. Of more, it begins each day with others.
pub const CHECKED_PICTURES: usize = 20_000;

/// Width and height of a person's picture, in pixels: twice the 48 pixels of the largest place where it is shown.
pub const PICTURE_SIDE: u32 = 96;

/// Maximum size of a person's picture, in bytes. A photo of 96 × 96 pixels takes about 4 KB as WebP and 6 KB as JPEG; a PNG without any
/// compression takes 96 × 96 × 3 = 27 KB. The pictures of the [`PEOPLE`] in a room take 1.2 MB at most, usually 200 KB.
pub const PICTURE_BYTES: u32 = 24 * 1024;

/// Maximum length of a room's name, in bytes of `[a-z0-9-]`. A label of a host name has 63; one more does no harm.
pub const ROOM_CHARS: usize = 64;

/// Maximum number of members of a private room. One takes at most 64 × 4 + 64 + 70 = 390 bytes in an answer, usually about 90: 117 KB at
/// most, which one frame carries. A read of all of them takes 9 read units of 4 KB where they have usual lengths.
pub const ROOM_MEMBERS: usize = 300;

/// Maximum number of private rooms of a person. One takes at most 80 × 4 + 50 = 370 bytes in an answer: 74 KB at most. A read of all of
/// them takes 4 read units of 4 KB.
pub const PRIVATE_ROOMS: usize = 200;

/// Maximum number of private rooms of a person to which others can add them: so nobody can use up the rooms that they could make
/// themselves.
pub const ADDED_ROOMS: usize = PRIVATE_ROOMS / 2;

/// Maximum number of people in a direct message. Its title, made of names, has space for about that many, and all of them become members
/// in one transaction: 16 items of at most 100, $0.00004.
pub const DIRECT_PEOPLE: usize = 8;

/// Maximum number of direct messages in which a new name is stored when a person takes it: 20 writes, $0.000025. In the others it is stored
/// when the person enters them.
pub const RENAMED_ROOMS: usize = 20;

/// Maximum length of a room's title, in Unicode scalar values. The header of a wide page has space for about 60.
pub const TITLE_CHARS: usize = 80;

/// Maximum length of a room's topic, in Unicode scalar values: two lines of a wide page.
pub const TOPIC_CHARS: usize = 250;

/// Maximum length of a room's description, in Unicode scalar values. Title, topic and description take at most
/// (80 + 250 + 1,000) × 4 = 5,320 bytes in UTF-8: two read units of DynamoDB, and one where they have usual lengths. With [`PEOPLE`]
/// people, `welcome` takes 40 KB at most.
pub const DESCRIPTION_CHARS: usize = 1_000;

/// Maximum length of a nonce, in bytes of `[A-Za-z0-9_=-]`. A UUID has 36, an API Gateway request id 16.
pub const NONCE_CHARS: usize = 64;

/// Maximum number of messages in one `page` or `changes` answer. The setting of a deployment cannot exceed it.
///
/// An answer is one frame to the client, and API Gateway carries 128 KB. [`ANSWER_BYTES`] makes the answer shorter when the
/// messages are long.
pub const PAGE_MESSAGES: usize = 100;

/// Maximum size of the messages in one answer, in bytes of JSON: API Gateway's 128 KB less 4 KB for the envelope.
pub const ANSWER_BYTES: usize = 124 * 1024;

/// Time without a frame after which a socket is closed. API Gateway's fixed idle limit.
pub const IDLE: Duration = Duration::from_secs(10 * 60);

/// Maximum lifetime of a socket. API Gateway's fixed connection duration.
pub const LIFETIME: Duration = Duration::from_secs(2 * 60 * 60);

/// Interval at which the page asks what it missed, which also keeps the socket open: half of [`IDLE`]. Browsers run the timers of
/// hidden pages once a minute, so a heartbeat may be a minute late. A page replaces a socket on which a heartbeat is not
/// answered within seconds, so a lost one costs a reconnect.
pub const HEARTBEAT: Duration = Duration::from_secs(5 * 60);

/// Default number of messages of one person in [`RATE_WINDOW`]. One a second for a whole minute is more than anybody types.
///
/// Each of these has a separate rate bucket with the same limit: edits with deletions, reactions, uploads, connects,
/// `hello` with typing and renames, and each kind of request. Uploads have a lower limit ([`RATE_UPLOADS`]).
pub const RATE_PERSON: u32 = 60;

/// Default number of messages of all people at one address in [`RATE_WINDOW`]: a household or an office is ten people who
/// all type at once.
pub const RATE_ADDRESS: u32 = 10 * RATE_PERSON;

/// Maximum rate that a deployment can set, in messages per [`RATE_WINDOW`]. More than a thousand a second is no limit.
pub const MAX_RATE: u32 = 100_000;

/// Window over which a rate is counted.
pub const RATE_WINDOW: Duration = Duration::from_secs(60);

/// Window in which only one part of [`RATE_BURST`] parts of a rate is allowed. It is a sixth of [`RATE_WINDOW`]. So the rest
/// of a person's 60 after a burst of 20 is not used up in three seconds.
pub const RATE_BURST_WINDOW: Duration = Duration::from_secs(10);

/// Divisor of a rate for a burst: a third, which is 20 messages in 10 s for one person and 200 for one address.
///
/// Windows have fixed borders, counted from the epoch, so up to twice as many messages pass around a border. A flood by one
/// person costs 60 messages a minute, as much as 60 people who each send one.
pub const RATE_BURST: u32 = 3;

/// Divisor of a rate for uploads: a third, which is 20 a minute for one person. At 2 MB each that is 40 MB a minute for one person and
/// 400 MB for one address. The images of one message ([`MESSAGE_IMAGES`]) may be in one burst, if the rate allows as many.
pub const RATE_UPLOADS: u32 = 3;

/// Divisor of the connection limit for one address: the sockets of one address are at most a quarter of all.
///
/// Without it one machine could open all 1,000 connections of a chat in two minutes ([`RATE_ADDRESS`]) and hold them for
/// [`LIFETIME`]. With it that takes four addresses. An office of 100 people with two windows each fits into its 250. A chat
/// whose people all share one address has no limits per address: a rate of 0 turns this one off, too.
pub const ADDRESS_CONNECTION_SHARE: u32 = 4;

/// Maximum number of pages of one address that the local server makes at the same time; their number in [`RATE_WINDOW`] is that
/// of an address ([`RATE_ADDRESS`]). A browser that restores its windows loads a dozen at once. At 1 MB a page they take 16 MB.
pub const PAGE_LOADS_AT_ONCE: usize = 16;

/// Maximum number of passphrase attempts from one address in [`RATE_WINDOW`].
pub const PASSPHRASE_ATTEMPTS_PER_ADDRESS: u32 = 10;

/// Maximum number of redirects to the identity provider plus returns from it, for one address in [`RATE_WINDOW`]: an office
/// of 60 people who all sign in within one minute. Each return sends a request to the provider, which has limits of its own
/// for the whole chat.
pub const SIGN_INS_PER_ADDRESS: u32 = 120;

/// Maximum number of passphrase attempts from all addresses together in [`RATE_WINDOW`]: 144,000 a day. So it takes 35 million
/// years on average to find a passphrase of four words out of 7,776 (3.7 × 10^15).
pub const PASSPHRASE_ATTEMPTS: u32 = 100;

/// Maximum number of export parts that a person may download in [`RATE_WINDOW`]. Each takes up to 1,500 reads of one message:
/// $0.0002.
pub const EXPORTS: u32 = 6;

/// Maximum duration of a mute or a ban. Addresses are stored as a hash whose secret rotates. The duration is half the life of
/// a secret, so that no ban ends early.
pub const SANCTION: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Maximum retention of the messages of one room, in days: ten years.
pub const KEEP_DAYS: u16 = 3_650;

/// Retention of audit entries. It covers everything that is still in force, and the year after the longest ban
/// ([`SANCTION`]) began.
pub const AUDIT_RETENTION: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// Retention of the addresses from which a person connected. A moderator can ban a person who has left together with these
/// addresses; a moderator who looks once a day is in time.
pub const ADDRESS_RETENTION: Duration = Duration::from_secs(24 * 60 * 60);

/// Maximum number of a person's addresses that a ban covers.
pub const BANNED_ADDRESSES: usize = 20;

/// Maximum number of entries in one `audit` answer. At about 300 bytes each that is 30 KB: one billing unit of API Gateway.
pub const AUDIT_ENTRIES: usize = 100;

/// Maximum lifetime of an invitation. A link that was forgotten in some mailbox lets people in for a month at most.
pub const INVITATION_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Maximum number of people that one invitation lets in: a course or a department. A link that got to the wrong people is found before
/// it has let in more.
pub const INVITATION_USES: u32 = 50;

/// Maximum number of invitations in one `invitations` answer, the newest. At about 300 bytes each that is 30 KB: one billing unit of API
/// Gateway.
pub const INVITATIONS: usize = 100;

/// Lifetime of an invitation to a private room, which lets one person in.
pub const ROOM_INVITATION_LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// Lifetime of a link to another device: time to find the other device and to scan a QR code.
pub const DEVICE_LINK_LIFE: Duration = Duration::from_secs(10 * 60);

/// Maximum number of tokens that clients of one address can try to redeem in [`RATE_WINDOW`]: invitations and links to another device
/// together, as many as passphrases. A token has 144 random bits, so no number of tries finds one; this bounds the reads of a store.
pub const TOKEN_ATTEMPTS_PER_ADDRESS: u32 = PASSPHRASE_ATTEMPTS_PER_ADDRESS;

/// Maximum number of requests of one person in [`RATE_WINDOW`] for invitations, for their list and for links to another device: a link
/// every two seconds.
pub const LINK_REQUESTS: u32 = 30;

/// Maximum number of devices of one person. One is about 150 bytes: 3 KB, one read unit. A further one signs out the one that was used
/// longest ago. A household has a dozen, and somebody who clears their cookies every week has one more each week.
pub const DEVICES: usize = 20;

/// How long a stored device and a sign-out are kept: as long as a cookie can live, 400 days.
pub const DEVICE_LIFE: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// Maximum number of passkeys of one person. One is about 700 bytes: 7 KB, two read units. A telephone, a computer, a password manager and
/// some security keys are fewer.
pub const PASSKEYS: usize = 10;

/// How long a passkey is kept after it was used: five years. Somebody comes back after a long time, but not those who tried a chat once.
pub const PASSKEY_LIFE: Duration = Duration::from_secs(5 * 365 * 24 * 60 * 60);

/// How long a browser can answer a challenge for a passkey: time to find the telephone and to scan a QR code, as the WebAuthn
/// specification recommends (§15.1).
pub const PASSKEY_CHALLENGE_LIFE: Duration = Duration::from_secs(5 * 60);

/// Maximum number of challenges to add a passkey for one address in [`RATE_WINDOW`]: anybody can become a new guest, who has a limit of their
/// own, and what is added stays for years. Ten people of one office can add one in the same minute.
pub const PASSKEY_REGISTRATIONS_PER_ADDRESS: u32 = 10;

/// Maximum number of answers to challenges to sign in with a passkey from one address in [`RATE_WINDOW`]: those to the challenges of this
/// minute and of one before.
pub const PASSKEY_ANSWERS_PER_ADDRESS: u32 = 2 * TOKEN_ATTEMPTS_PER_ADDRESS;

/// Maximum number of requests of one person in [`RATE_WINDOW`] to sign out devices. Each reads all connections, as a ban does: five are as
/// many as anybody clicks, and 1,000 connections of 150 bytes are 19 read units.
pub const SIGN_OUTS: u32 = 5;

/// Maximum number of such requests from one address in [`RATE_WINDOW`]: anybody can become a new guest, who has a limit of their own. Four
/// people of one office can sign out devices in the same minute.
pub const SIGN_OUTS_PER_ADDRESS: u32 = 4 * SIGN_OUTS;

/// Maximum number of changes of a profile of one person in [`RATE_WINDOW`]. Each reads all connections, as [`SIGN_OUTS`] say, and tells each
/// room in which the person is: ten are as many as somebody saves who tries out colours.
pub const PROFILE_CHANGES: u32 = 10;

/// Maximum number of such changes from one address in [`RATE_WINDOW`]: four people of one office. At most 40 pictures of [`PICTURE_BYTES`],
/// 1 MB a minute, are stored from one address.
pub const PROFILE_CHANGES_PER_ADDRESS: u32 = 4 * PROFILE_CHANGES;

/// Maximum number of changes of names from one address in [`RATE_WINDOW`]: a hundred people of one office choose their first names in the
/// same minute. Each reads all connections, as [`PROFILE_CHANGES`] say.
pub const NAME_CHANGES_PER_ADDRESS: u32 = 10 * PROFILE_CHANGES;

/// Maximum number of people with a role. One takes at most 64 × 4 + 64 + 70 = 390 bytes in an answer, usually about 90: 39 KB at most,
/// two billing units of API Gateway. A read of all of them takes 5 read units of 4 KB.
pub const ROLES: usize = 100;

/// Time for which an owner link is valid. It is in a terminal or a log, so it should not be valid for long.
pub const OWNER_LINK_LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// Maximum number of messages that one `forget` erases. Each takes about 20 ms of reads and writes in a function that has
/// 10 s, and one post to each listener of its room.
pub const FORGET_MESSAGES: usize = 25;

/// Number of days that the usage figures have: two weeks, so that a week can be compared with the one before. A day takes some 60 bytes.
pub const USAGE_DAYS: usize = 14;

/// Maximum number of images whose sizes are added up once a day: 20 requests to S3 of 1,000 each, $0.0001, and 20,000 calls of a local file
/// system, some 50 ms.
pub const MEASURED_IMAGES: usize = 20_000;
