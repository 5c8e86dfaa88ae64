//! The monthly bill of the example in `README.md` and `docs/costs.md`, computed from prices, from limits of the code and from what each
//! action reads and writes. A test compares both documents with it.

use std::time::Duration;

use shared_types::limits;

/// List prices of us-east-1, in US dollars.
mod price {
    /// One message of API Gateway's WebSocket API, in either direction, of up to 32 KB.
    pub(super) const MESSAGE: f64 = 1.0 / 1e6;
    /// One minute of an open socket.
    pub(super) const SOCKET_MINUTE: f64 = 0.25 / 1e6;
    /// One write unit of DynamoDB: an item of up to 1 KB.
    pub(super) const WRITE: f64 = 0.625 / 1e6;
    /// One read unit of DynamoDB: a consistent read of up to 4 KB.
    pub(super) const READ: f64 = 0.125 / 1e6;
    /// One request to a function.
    pub(super) const REQUEST: f64 = 0.20 / 1e6;
    /// One second of a function with 1 GB of memory, on arm64.
    pub(super) const GIGABYTE_SECOND: f64 = 0.000_013_333_4;
}

/// Memory of a function in GB.
const MEMORY: f64 = 0.25;

/// Time that a function is billed for one request, in seconds: a message to 100 listeners was measured with 0.06.
const REQUEST_SECONDS: f64 = 0.06;

/// What one request of an action reads and writes, in units of DynamoDB.
#[derive(Clone, Copy)]
struct Units {
    reads: u64,
    writes: u64,
}

impl Units {
    /// Returns the units of an action, from the table in `docs/costs.md` that the tests of `store-aws` compare with the code.
    fn of(action: &str) -> Self {
        let row = COSTS.lines().find_map(|line| line.strip_prefix(&format!("| `{action}` | "))).unwrap();
        let mut numbers = row.split(" | ").map(|number| number.parse().unwrap());
        Self { reads: numbers.next().unwrap(), writes: numbers.next().unwrap() }
    }

    fn plus(self, other: Self) -> Self {
        Self { reads: self.reads + other.reads, writes: self.writes + other.writes }
    }
}

const COSTS: &str = include_str!("../../../docs/costs.md");

/// What `changes` adds when a page reports that it is hidden: a write of its listener.
const HIDE: Units = Units { reads: 0, writes: 1 };

/// What `changes` adds when a page reports that it is visible: also a read of the room, for the presence.
const SHOW: Units = Units { reads: 1, writes: 1 };

/// The example.
const PEOPLE: u64 = 10;
const DAYS: u64 = 30;
const MESSAGES: u64 = 1_000 * DAYS;
/// Hours a day for which each person has the page open.
const OPEN_HOURS: u64 = 8;
/// Hours of these in which nobody writes.
const QUIET_HOURS: u64 = 2;
/// Number of processes of the function `send` that are in use at the same time. Each writes the directory of rooms once an hour.
const PROCESSES: u64 = 2;
/// Time in which a message is written.
const WRITING: Duration = Duration::from_secs(8);
/// How often a page is hidden in an hour, and for how long each time: two thirds of the time.
const HIDDEN_AN_HOUR: u64 = 2;
const HIDDEN_FOR: Duration = Duration::from_secs(20 * 60);

const PAGE_HOURS: u64 = PEOPLE * OPEN_HOURS * DAYS;

/// A line of the table.
struct Row {
    /// What is paid for.
    what: String,
    /// How much of it there is in a month.
    amount: String,
    price: &'static str,
    dollars: f64,
}

/// What the month consists of.
struct Month {
    /// Number of `typing` reports.
    typing: u64,
    /// Number of others who are told of one report, on average.
    told: f64,
    heartbeats: u64,
    /// How often a page reports that it is hidden, and later that it is visible.
    hidden: u64,
    /// How often a page reports where its person has read.
    reads: u64,
    sockets: u64,
    /// How often somebody comes or goes.
    visits: u64,
}

impl Month {
    /// Returns the month of the example, in which each page is hidden this number of times in an hour.
    fn new(hidden_an_hour: u64) -> Self {
        let reports = WRITING.as_secs().div_ceil(limits::TYPING_PAUSE.as_secs());
        // A page reports it with its next heartbeat, which is half an interval away on average.
        let known_hidden = hidden_an_hour as f64 * (HIDDEN_FOR - limits::HEARTBEAT / 2).as_secs_f64() / 3600.0;
        // While people write, a visible page reports after each pause, and when it is being hidden.
        let busy_hours = OPEN_HOURS - QUIET_HOURS;
        let visible = 1.0 - hidden_an_hour as f64 * HIDDEN_FOR.as_secs_f64() / 3600.0;
        let reads_an_hour = visible * 3600.0 / limits::READ_PAUSE.as_secs_f64() + hidden_an_hour as f64;
        // A page replaces its socket 5 to 10 minutes before its end.
        let socket_life = limits::LIFETIME - Duration::from_secs(450);
        Self {
            typing: MESSAGES * reports,
            told: (PEOPLE - 1) as f64 * (1.0 - known_hidden),
            // A message postpones the heartbeat, so there is none while people write.
            heartbeats: PEOPLE * QUIET_HOURS * DAYS * 3600 / limits::HEARTBEAT.as_secs(),
            hidden: PAGE_HOURS * hidden_an_hour,
            reads: (reads_an_hour * (PEOPLE * busy_hours * DAYS) as f64).round() as u64,
            sockets: PEOPLE * DAYS * (OPEN_HOURS * 3600).div_ceil(socket_life.as_secs()),
            visits: 2 * PEOPLE * DAYS,
        }
    }

    /// Returns the requests of the month: how many, and the units of one.
    fn requests(&self) -> [(u64, Units); 8] {
        let changes = Units::of("changes");
        let socket = Units::of("connect").plus(Units::of("hello")).plus(Units::of("disconnect"));
        let first_of_hour = PROCESSES * (OPEN_HOURS - QUIET_HOURS) * DAYS;
        [
            (MESSAGES - first_of_hour, Units::of("send")),
            (first_of_hour, Units::of("send, the first message of a room in an hour")),
            (self.typing, Units::of("typing")),
            (self.heartbeats, changes),
            (self.hidden, changes.plus(HIDE)),
            (self.hidden, changes.plus(SHOW)),
            (self.reads, Units::of("read")),
            (self.sockets, socket),
        ]
    }

    fn rows(&self) -> Vec<Row> {
        let message = |what: &str, amount: f64| row(what, amount, price::MESSAGE, "$1.00 a million");
        let sum = |count: fn(Units) -> u64| -> u64 { self.requests().iter().map(|(n, units)| n * count(*units)).sum() };
        let requests: u64 = self.requests().iter().map(|(number, _)| number).sum();
        // Connect and disconnect are requests of their own.
        let requests = (requests + 2 * self.sockets) as f64;
        let lambda = requests * (price::REQUEST + REQUEST_SECONDS * MEMORY * price::GIGABYTE_SECOND);
        let typing = format!(
            "while each is written, in {} s, the others whose pages are visible are told {} that somebody is typing",
            WRITING.as_secs(),
            if self.typing == MESSAGES { "once" } else { "several times" },
        );
        let sent = format!("{} messages come in and go out to {PEOPLE} pages each", thousands(MESSAGES as f64));
        let interval = limits::HEARTBEAT.as_secs() / 60;
        let heartbeats =
            format!("in {QUIET_HOURS} quiet hours a day, each page asks every {interval} minutes what it missed");
        let pause = limits::READ_PAUSE.as_secs() / 60;
        let reads = format!(
            "visible pages report every {pause} minutes where their people have read, while others write, and when they are hidden"
        );
        let presence = (self.visits * (PEOPLE - 1)) as f64;
        let socket_minutes = (PAGE_HOURS * 60) as f64;
        vec![
            message(&sent, (MESSAGES * (1 + PEOPLE)) as f64),
            message(&typing, self.typing as f64 * (1.0 + self.told)),
            message(&heartbeats, (2 * self.heartbeats) as f64),
            message("pages report that they are hidden, and later that they are visible", (5 * self.hidden) as f64),
            message(&reads, self.reads as f64),
            message("sockets are opened, and the others see who comes and goes", (3 * self.sockets) as f64 + presence),
            row("writes", sum(|units| units.writes) as f64, price::WRITE, "$0.625 a million"),
            row("reads", sum(|units| units.reads) as f64, price::READ, "$0.125 a million"),
            Row { dollars: lambda, ..row("Lambda requests of 60 ms with 256 MB", requests, 0.0, "$0.40 a million") },
            row(&format!("minutes of {PEOPLE} sockets"), socket_minutes, price::SOCKET_MINUTE, "$0.25 a million"),
        ]
    }

    fn total(&self) -> f64 {
        self.rows().iter().map(|row| row.dollars).sum()
    }
}

fn row(what: &str, amount: f64, each: f64, price: &'static str) -> Row {
    Row { what: what.into(), amount: thousands(amount), price, dollars: amount * each }
}

/// Writes a number with commas between the thousands.
fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Returns the bill of a month in dollars.
pub fn total() -> f64 {
    Month::new(HIDDEN_AN_HOUR).total()
}

/// Returns the same if every page is visible for the whole day.
pub fn total_without_hidden_pages() -> f64 {
    Month::new(0).total()
}

/// Returns what it costs in a month that pages report that they are hidden, and what is saved by it.
pub fn cost_and_saving_of_reports() -> (f64, f64) {
    let (with, without) = (Month::new(HIDDEN_AN_HOUR), Month::new(0));
    let cost = with.total() - Month { hidden: 0, ..Month::new(HIDDEN_AN_HOUR) }.total();
    (cost, without.total() - with.total() + cost)
}

/// Returns the table of `docs/costs.md`.
pub fn table() -> String {
    let mut table = String::from("| | a month | price | |\n|---|--:|---|--:|\n");
    for Row { what, amount, price, dollars } in Month::new(HIDDEN_AN_HOUR).rows() {
        table += &format!("| {what} | {amount} | {price} | ${dollars:.2} |\n");
    }
    table + &format!("| **together** | | | **${:.2}** |\n", total())
}
