//! What the rules need of the world, as narrow traits. Each says what an implementer MUST do; `tests/contract.rs`
//! holds every implementation to it.

use std::{fmt, str::FromStr, time::Duration};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use shared_types::{
    AuditEntry, ChatMessage, ImageSize, ImageType, Nonce, Person, PersonId, PersonName, Rev, RoomName, RoomRules, Seq,
    Standing, Timestamp,
};

/// Something outside did not answer. The cause is for the log, never for a client.
#[derive(Debug, thiserror::Error)]
#[error("{doing}: {cause}")]
pub struct Unavailable {
    /// What was being done, as a gerund: "reading the listeners of a room".
    pub doing: &'static str,
    /// What the adapter knows of the cause.
    pub cause: String,
}

impl Unavailable {
    /// Wraps a cause; meant for `map_err`.
    pub fn while_doing<E: fmt::Display>(doing: &'static str) -> impl FnOnce(E) -> Self {
        move |cause| Self { doing, cause: cause.to_string() }
    }
}

/// What every port answers with.
pub type Result<T> = std::result::Result<T, Unavailable>;

/// The name of one open socket, given by API Gateway or by the local server. Opaque.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(pub String);

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One open socket: where it listens and for whom it speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Its name.
    pub id: ConnectionId,
    /// The room it is in, for its whole life.
    pub room: RoomName,
    /// Who speaks through it.
    pub person: Person,
    /// What the address it came from is known by, where that could be seen.
    pub address: Option<AddressKey>,
    /// When it was opened. Where connections outlive their process, one older than `limits::LIFETIME` is gone and MUST
    /// NOT be answered by any read but `all`.
    pub opened_at: Timestamp,
}

/// What an address is known by: a hash of it with the signing secret, so that nothing that is kept says where somebody
/// lives.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AddressKey(pub String);

/// Whether a connection was let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is in.
    Admitted,
    /// Every place is taken, and nothing was kept.
    Full,
    /// All that its address may have are taken, and nothing was kept.
    Crowded,
}

/// How many may be connected at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// From everywhere.
    pub all: u32,
    /// From one address, where that is known; `None` is no limit of its own.
    pub per_address: Option<u32>,
}

/// Who is connected.
#[async_trait]
pub trait Connections: Send + Sync {
    /// Lets a connection in if there is a place for it. MUST NOT let in one too many, however many come at once, neither of all
    /// nor of one address; where both are taken up, it is [`Admission::Full`]. A place of an address that is lost by a crash
    /// MUST be free again once nobody came from there for so long that none of its connections can live.
    async fn admit(&self, connection: &Connection, places: Places) -> Result<Admission>;

    /// The connection of that name, as of now.
    async fn find(&self, id: &ConnectionId) -> Result<Option<Connection>>;

    /// Changes the name of the connection's person from now on, and answers with the connection as it is then.
    async fn rename(&self, id: &ConnectionId, name: &PersonName) -> Result<Option<Connection>>;

    /// Forgets a connection and gives its place back, its address's too. MUST give it back once, however often it is called;
    /// the first call answers with the connection.
    async fn remove(&self, id: &ConnectionId) -> Result<Option<Connection>>;

    /// Every connection in a room. MUST hold each one whose `admit` had ended before the call.
    async fn in_room(&self, room: &RoomName) -> Result<Vec<Connection>>;

    /// Every connection there is, expired ones too. It costs as much as there are connections, so it is for the sweep, and
    /// for a moderator who mutes or sends away somebody that may be in any room; never on anybody else's request.
    async fn all(&self) -> Result<Vec<Connection>>;

    /// The number of places taken, as `admit` counts them.
    async fn count(&self) -> Result<u32>;

    /// Sets the number of places taken to `truth` if it still is `seen`; answers whether it was.
    async fn correct_count(&self, seen: u32, truth: u32) -> Result<bool>;
}

/// The right of a message to a place in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The place.
    pub rev: Rev,
    /// When it was claimed.
    pub at: Timestamp,
}

/// What makes a message the same through every retry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The room it is said in.
    pub room: RoomName,
    /// Who says it.
    pub author: PersonId,
    /// The client's name for it.
    pub nonce: Nonce,
}

/// A message as it is stored: with the changes that were made to it of late, so that none is made twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// The message.
    #[serde(flatten)]
    pub message: ChatMessage,
    /// The changes, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub applied: Vec<Applied>,
}

/// A change that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// Who made it.
    pub by: PersonId,
    /// Their name for it.
    pub nonce: Nonce,
    /// When.
    pub at: Timestamp,
}

/// What a revision was taken for, where it was not for a new message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The revision.
    pub rev: Rev,
    /// When it was taken.
    pub at: Timestamp,
    /// The message it changes; `None` when it changes nothing, and nobody has to wait for it.
    pub seq: Option<Seq>,
}

/// The log of every room.
///
/// The cost of each call MUST NOT depend on how many messages are stored.
#[async_trait]
pub trait Messages: Send + Sync {
    /// Takes the room's next revision. MUST never give one out twice, not even after a crash, unless nothing was ever
    /// `put` under it or above it.
    async fn next_rev(&self, room: &RoomName) -> Result<Rev>;

    /// Claims a place for an identity if it has none. Answers with the claim that holds, this one or an earlier one.
    async fn claim(&self, identity: &Identity, claim: Claim) -> Result<Claim>;

    /// Replaces the claim `held` by `fresh` if it still holds. Answers with the claim that holds then.
    async fn reclaim(&self, identity: &Identity, held: Claim, fresh: Claim) -> Result<Claim>;

    /// Up to `limit` of an author's claims that were not given up, above that identity (`None`: from the first), by room and
    /// nonce. MUST see every `claim`, `reclaim` and `give_up` that has ended.
    async fn claims_of(
        &self,
        author: &PersonId,
        after: Option<&Identity>,
        limit: usize,
    ) -> Result<Vec<(Identity, Claim)>>;

    /// Leaves a claim out of `claims_of` from now on. It MUST go on to hold until then, so that a retry that is still on its
    /// way finds it; after that nothing is left of it.
    async fn give_up(&self, identity: &Identity, until: Timestamp) -> Result<()>;

    /// Stores a message at its `seq` if nothing is there. Answers with the message that is there then. When this has
    /// ended well the message MUST survive a crash and a power cut.
    async fn put(&self, room: &RoomName, message: &ChatMessage) -> Result<ChatMessage>;

    /// The message at a place. MUST see every `put` and `replace` that has ended.
    async fn at(&self, room: &RoomName, seq: Seq) -> Result<Option<Stored>>;

    /// Up to `limit` messages with a `seq` below `before` (`None`: the newest), oldest first. MUST see every `put`
    /// that has ended.
    async fn before(&self, room: &RoomName, before: Option<Seq>, limit: usize) -> Result<Vec<ChatMessage>>;

    /// Up to `limit` messages with a `seq` above `rev`, oldest first. MUST see every `put` that has ended.
    async fn born_after(&self, room: &RoomName, rev: Rev, limit: usize) -> Result<Vec<ChatMessage>>;

    /// Puts the message in the place of the one with its `seq`, if that still has the revision `seen`; answers whether it
    /// had. When this has ended well the message MUST survive a crash and a power cut.
    async fn replace(&self, room: &RoomName, seen: Rev, changed: &Stored) -> Result<bool>;

    /// Notes what a revision is for. It MUST be there when a `replace` after it is.
    async fn mark(&self, room: &RoomName, mark: Mark) -> Result<()>;

    /// Up to `limit` marks above `rev`, lowest first. MUST see every `mark` that has ended.
    async fn marks_after(&self, room: &RoomName, rev: Rev, limit: usize) -> Result<Vec<Mark>>;

    /// The newest `limit` marks, lowest first. MUST see every `mark` that has ended.
    async fn newest_marks(&self, room: &RoomName, limit: usize) -> Result<Vec<Mark>>;
}

/// An image on its way: what its client announced. An image has no name but its message's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// The message it belongs to.
    pub identity: Identity,
    /// What its bytes are said to be.
    pub kind: ImageType,
    /// How many they are said to be.
    pub size: ImageSize,
}

/// What is found where an [`Upload`] was to be put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// How many bytes there are.
    pub size: u64,
    /// The first of them, [`Uploaded::HEAD`] at most.
    pub head: Vec<u8>,
    /// What tells these bytes from any others that were put there.
    pub version: String,
}

impl Uploaded {
    /// As many bytes are enough to know an image by. The size of a JPEG stands behind its colour profile, which is up to
    /// 64 KB in one piece.
    pub const HEAD: usize = 128 * 1024;
}

/// Images, in two places: where browsers put them, which nobody can read, and where they are shown from.
#[async_trait]
pub trait Images: Send + Sync {
    /// An address for one browser to put these bytes to, for `limits::UPLOAD_LIFE`. It MUST be of no use for more or
    /// fewer bytes, another type or another message.
    async fn address(&self, upload: &Upload) -> Result<String>;

    /// What was put there.
    async fn uploaded(&self, upload: &Upload) -> Result<Option<Uploaded>>;

    /// Makes what was put there the image of its message, shown from `image_path`, if it still is that version; answers
    /// whether it was. When this has ended well the image MUST survive a crash and a power cut.
    async fn keep(&self, upload: &Upload, version: &str) -> Result<bool>;

    /// Whether a message has its image.
    async fn is_kept(&self, identity: &Identity) -> Result<bool>;

    /// Removes the image of a message.
    async fn remove(&self, identity: &Identity) -> Result<()>;

    /// Removes what was put there.
    async fn discard(&self, upload: &Upload) -> Result<()>;

    /// Removes everything that was put before that time and not discarded since; answers how many there were. What is
    /// kept stays.
    async fn sweep(&self, before: Timestamp) -> Result<usize>;
}

/// What storage does by itself on AWS, and a server of our own does for it elsewhere: takes in what browsers put, and
/// gives out what is kept.
#[async_trait]
pub trait Storage: Send + Sync {
    /// The upload that an address was given out for, if it was, is still good, and is for that type and number of bytes.
    fn admit(&self, address: &str, media_type: &str, size: u64) -> Option<Upload>;

    /// Takes in the bytes of an upload that was admitted, in the place of any that were there.
    async fn put(&self, upload: &Upload, bytes: Vec<u8>) -> Result<()>;

    /// The image of a message.
    async fn get(&self, identity: &Identity) -> Result<Option<Vec<u8>>>;
}

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The socket has it.
    Delivered,
    /// There is no such socket any more.
    Gone,
    /// Not now: the other side is overloaded or failed (429, 5xx, a full buffer). Trying again may help.
    Busy,
}

/// The way to the open sockets.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Sends a frame to one socket, once. MUST NOT retry by itself and MUST NOT wait for a slow reader: that is
    /// [`Delivery::Busy`].
    async fn post(&self, to: &ConnectionId, frame: &str) -> Delivery;

    /// Whether the socket is open. [`Delivery::Busy`] means that nobody could say.
    async fn probe(&self, id: &ConnectionId) -> Delivery;

    /// Closes the socket, once, whatever its other end does. [`Delivery::Delivered`] means that it is closed by this.
    async fn close(&self, id: &ConnectionId) -> Delivery;
}

/// The secrets that sign cookies and tickets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Keys {
    /// The one that signs.
    pub current: [u8; 32],
    /// The one before it: what it signed is still good.
    pub previous: Option<[u8; 32]>,
    /// When the current one was made.
    pub made_at: Timestamp,
}

/// A secret never shows in a log, not even by mistake.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("made_at", &self.made_at).finish_non_exhaustive()
    }
}

/// Where the secrets are kept.
#[async_trait]
pub trait Secrets: Send + Sync {
    /// Keeps `proposed` if there is no secret yet. Answers with what is kept. MUST be the same for all callers from the
    /// first answer on, until it is replaced.
    async fn keep_first(&self, proposed: [u8; 32], now: Timestamp) -> Result<Keys>;

    /// Makes `fresh` the current secret and the current one the previous, if what is kept still is `seen`; answers whether
    /// it was.
    async fn replace(&self, seen: &Keys, fresh: [u8; 32], now: Timestamp) -> Result<bool>;
}

/// How much is allowed: `burst` times in a stretch of `burst_window`, and `sustained` times in one of `window`. Stretches
/// are counted from the beginning of time, so at the border of two of them twice as much gets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// So often in a short stretch.
    pub burst: u32,
    /// The short stretch; a part of `window` without a rest.
    pub burst_window: Duration,
    /// So often in a long one.
    pub sustained: u32,
    /// The long stretch.
    pub window: Duration,
}

/// Where a time lies: in which long stretch since the beginning of time, in which short one of that, and how many milliseconds
/// are left of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretches {
    /// The number of the long one.
    pub long: u64,
    /// The number of the short one in it.
    pub short: u64,
    /// What is left of the long one, in milliseconds.
    pub until_long: u64,
    /// What is left of the short one, in milliseconds.
    pub until_short: u64,
}

impl Allowance {
    /// The stretches that a time lies in.
    pub fn stretches(&self, now: Timestamp) -> Stretches {
        let milliseconds = |window: Duration| u64::try_from(window.as_millis()).unwrap_or(u64::MAX).max(1);
        let (window, burst_window) = (milliseconds(self.window), milliseconds(self.burst_window));
        let into = now.0 % window;
        Stretches {
            long: now.0 / window,
            short: into / burst_window,
            until_long: window - into,
            until_short: burst_window - into % burst_window,
        }
    }
}

/// Whether something is still allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was, and counts from now on.
    Yes,
    /// It was not, and does not count; it will be after so long.
    No(Duration),
}

/// How often things were done.
#[async_trait]
pub trait Limiter: Send + Sync {
    /// Counts that something was done under `key`, if that is allowed. MUST be exact however many come at once.
    async fn take(&self, key: &str, allowance: Allowance, now: Timestamp) -> Result<Taken>;

    /// Gives the turn `key` to `holder`, unless another took it less than `window` ago: then the answer is for how long it is
    /// theirs. Whoever took it last has it, and asks again as often as they like without taking it anew. MUST be exact however
    /// many come at once.
    async fn take_turn(&self, key: &str, holder: &str, window: Duration, now: Timestamp) -> Result<Taken>;

    /// Notes that `key` was used, and answers whether it was for the first time. MUST remember it until `until`.
    async fn first_use(&self, key: &str, until: Timestamp) -> Result<bool>;
}

/// Whom or what a [`Standing`] is of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A person.
    Person(PersonId),
    /// Everybody from an address.
    Address(AddressKey),
}

/// What moderators decided.
#[async_trait]
pub trait Moderation: Send + Sync {
    /// What somebody may not do, times that have passed included. MUST see every `set_standing` that has ended.
    async fn standing(&self, of: &Subject) -> Result<Standing>;

    /// Decides what somebody may not do from now on. It may be forgotten once its times have passed.
    async fn set_standing(&self, of: &Subject, standing: Standing) -> Result<()>;

    /// The addresses that were sent away together with a person, those that may come back by now included. Some minutes after
    /// the `until` of `set_banned_with` it MUST be none.
    async fn banned_with(&self, person: &PersonId) -> Result<Vec<AddressKey>>;

    /// Remembers until then which addresses were sent away together with a person, so that they can come back together.
    async fn set_banned_with(&self, person: &PersonId, addresses: &[AddressKey], until: Timestamp) -> Result<()>;

    /// What holds in a room. MUST see every `set_rules` that has ended.
    async fn rules(&self, room: &RoomName) -> Result<RoomRules>;

    /// Decides what holds in a room from now on.
    async fn set_rules(&self, room: &RoomName, rules: RoomRules) -> Result<()>;

    /// Notes what was done. Two entries of the same time and person are both kept. When this has ended well the entry MUST
    /// survive a crash and a power cut; nobody can change or remove it.
    async fn record(&self, entry: &AuditEntry) -> Result<()>;

    /// Up to `limit` entries from before that time (`None`: the newest), newest first, with all others of the time of the
    /// last one.
    async fn audit(&self, before: Option<Timestamp>, limit: usize) -> Result<Vec<AuditEntry>>;
}

/// An address of an OpenID Connect provider: HTTPS, or HTTP on this machine's own loopback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderAddress(String);

impl ProviderAddress {
    /// The address itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ProviderAddress {
    type Err = &'static str;

    fn from_str(address: &str) -> std::result::Result<Self, Self::Err> {
        let bad = Err("must be an address that begins with https://, or with http:// on this machine's loopback");
        if address.len() > 2_000 || !address.bytes().all(|byte| byte.is_ascii_graphic()) {
            return bad;
        }
        let Some((scheme, rest)) = address.split_once("://") else { return bad };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        // `https://` names anybody; a port is not part of a host, but of an IPv6 address colons are.
        let host = match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => authority,
        };
        let is_loopback = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        let is_fit = !host.is_empty() && !authority.contains(['@', '\\']) && !rest.contains('#');
        match scheme {
            "https" if is_fit => Ok(Self(address.into())),
            "http" if is_fit && is_loopback => Ok(Self(address.into())),
            _ => bad,
        }
    }
}

/// What a provider answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// The way to an OpenID Connect provider.
///
/// A call MUST end within 3 s, MUST NOT follow a redirect, and MUST take in no more than 256 KB: that is `Unavailable`.
#[async_trait]
pub trait Provider: Send + Sync {
    /// What is at an address.
    async fn get(&self, from: &ProviderAddress) -> Result<Fetched>;

    /// Posts a form, written as `application/x-www-form-urlencoded`, to an address. What is posted and what is answered
    /// are secrets: they MUST NOT be logged.
    async fn post(&self, to: &ProviderAddress, form: String) -> Result<Fetched>;
}

/// What has been kept long enough, where it does not go by itself.
#[async_trait]
pub trait Expiring: Send + Sync {
    /// Removes up to `limit` messages that have been kept long enough, and what was noted about them; answers with whose
    /// images are to go after them. It answers with less than `limit` when nothing is left to remove.
    async fn expire(&self, limit: usize) -> Result<Vec<Identity>>;
}

/// Time.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The wall clock.
    fn now(&self) -> Timestamp;

    /// Waits.
    async fn sleep(&self, duration: Duration);
}

/// Randomness that nobody can guess.
pub trait Entropy: Send + Sync {
    /// Fills the bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// The page as trunk built it.
#[async_trait]
pub trait Shells: Send + Sync {
    /// The built `index.html`. The same `Arc` is answered until a newer build is there; a newer one MUST be seen
    /// within a minute.
    async fn index_html(&self) -> Result<std::sync::Arc<str>>;
}
