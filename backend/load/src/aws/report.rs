//! The tables.

use std::time::Duration;

use crate::starts::Start;

/// Sizes of functions for which time and price are computed, in MB.
const MEMORY: [f64; 4] = [256.0, 512.0, 1024.0, 1769.0];

/// Memory that comes with one processor, in MB. Less comes with a part of it.
const PROCESSOR: f64 = 1769.0;

/// Price of a gigabyte-second on arm64, in dollars.
const GIGABYTE_SECOND: f64 = 0.000_013_333_4;

/// What an action costs: medians.
pub(crate) struct Row {
    pub(crate) name: String,
    /// Units of DynamoDB.
    pub(crate) reads: f64,
    pub(crate) writes: f64,
    /// Calls of DynamoDB and S3.
    pub(crate) calls: f64,
    /// Calls one after another.
    pub(crate) sequence: f64,
    pub(crate) posts: f64,
    /// Milliseconds of processor time.
    pub(crate) cpu: f64,
    /// Milliseconds from the event to the answer.
    pub(crate) time: f64,
    /// Resident memory of the function afterwards, in MB.
    pub(crate) memory: f64,
}

/// Returns the middle one of some values, 0 if there is none.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Prints a table of rows.
pub(crate) fn print(title: &str, rows: &[Row]) {
    println!("\n{title}\n");
    println!("| | reads | writes | calls | in sequence | posts | CPU ms | ms until answered | RSS MB |");
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
    for row in rows {
        let Row { name, reads, writes, calls, sequence, posts, cpu, time, memory } = row;
        println!(
            "| {name} | {reads} | {writes} | {calls} | {sequence} | {posts} | {cpu:.2} | {time:.0} | {memory:.1} |"
        );
    }
}

/// Prints a table of rooms of many listeners.
pub(crate) fn print_rooms(rows: &[Row]) {
    println!("\nMessages in larger rooms\n");
    println!("| | reads | writes | posts | ms until answered | CPU ms | CPU µs for each post | RSS MB |");
    println!("|---|--:|--:|--:|--:|--:|--:|--:|");
    for row in rows {
        let Row { name, reads, writes, posts, cpu, time, memory, .. } = row;
        let each = cpu * 1000.0 / posts.max(1.0);
        println!("| {name} | {reads} | {writes} | {posts} | {time:.0} | {cpu:.1} | {each:.0} | {memory:.1} |");
    }
}

/// Prints how functions start.
pub(crate) fn print_starts(starts: &[Start]) {
    println!("\nStarts, with calls that are answered at once\n");
    println!("| | exec to ready, ms | CPU ms until then | RSS MB | CPU ms of the first event |");
    println!("|---|--:|--:|--:|--:|");
    for Start { name, ready, cpu, memory, first } in starts {
        println!("| {name} | {ready:.0} | {cpu:.1} | {memory:.1} | {first:.1} |");
    }
}

/// Prints time and price for sizes of the function. The processor time grows as the memory falls, the waiting does not; both are added.
pub(crate) fn print_sizes<'a>(rows: impl Iterator<Item = &'a Row>) {
    println!(
        "\nMilliseconds, and dollars for a million of them, by the function's memory (arm64, without the price of requests)\n"
    );
    println!("| | {} |", MEMORY.map(|memory| format!("{memory} MB | ")).join(" | "));
    println!("|---|{}", "--:|--:|".repeat(MEMORY.len()));
    for row in rows {
        let cells = MEMORY.map(|memory| {
            let (time, price) = at_size(row, memory);
            format!("{time:.0} | {price:.2}")
        });
        println!("| {} | {} |", row.name, cells.join(" | "));
    }
}

/// Returns the milliseconds of an event and the price of a million of them, for a function of this memory in MB.
fn at_size(row: &Row, memory: f64) -> (f64, f64) {
    let waiting = (row.time - row.cpu).max(0.0);
    let time = waiting + row.cpu * (PROCESSOR / memory);
    (time, time / 1000.0 * memory / 1024.0 * GIGABYTE_SECOND * 1e6)
}

/// Returns a time in milliseconds.
pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_the_memory_doubles_the_processor_time_only() {
        let zero = || Row {
            name: String::new(),
            reads: 0.0,
            writes: 0.0,
            calls: 0.0,
            sequence: 0.0,
            posts: 0.0,
            cpu: 0.0,
            time: 0.0,
            memory: 0.0,
        };
        let busy = Row { cpu: 10.0, time: 10.0, ..zero() };
        let (time, price) = at_size(&busy, PROCESSOR / 2.0);
        assert_eq!((time, price), (20.0, at_size(&busy, PROCESSOR).1));
        let waiting = Row { time: 10.0, ..zero() };
        let (time, price) = at_size(&waiting, PROCESSOR / 2.0);
        assert_eq!((time, 2.0 * price), (10.0, at_size(&waiting, PROCESSOR).1));
    }

    #[test]
    fn the_median_is_the_middle_value() {
        for (values, expected) in [(vec![], 0.0), (vec![3.0], 3.0), (vec![9.0, 1.0, 2.0], 2.0)] {
            assert_eq!(median(values.clone()), expected, "{values:?}");
        }
    }
}
