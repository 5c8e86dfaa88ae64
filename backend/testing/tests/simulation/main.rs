//! Simulation of the delivery guarantee in one process: the real rules and the real page, with faults of the network, the
//! store and the clocks. People write, answer, change and read messages, and vote, some in two windows and some in two rooms, and a moderator deletes,
//! pins, mutes and bans.
//!
//! Every schedule has a seed and is deterministic. `SCHEDULES` is their number (default 150), `SEED` the first one. A failure
//! prints the seed that repeats it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test panics")]

mod account;
mod changes;
mod device;
mod long_threads;
mod observations;
mod server;
mod verify;
mod window;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use chat_testing::number::number;
use device::Device;
use server::{Faults, Server};
use tokio::time::{Instant, sleep};
use verify::verify;
use window::{Habit, Window};

/// Messages on a page. The number is small, so that a client often misses more than a page.
const PAGE_SIZE: usize = 20;

/// Duration of the faults.
const FAULTS_DURATION: Duration = Duration::from_secs(90);

/// Maximum time after the faults until everybody has every message: the life of the last gap, with clocks that are wrong in
/// opposite directions, and two heartbeats.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(45 * 60);

/// Number of schedules. A build without optimization takes a quarter of a second for one.
const SCHEDULES: u64 = 150;

/// The latest time at which a second window is opened, in milliseconds.
const SECOND_WINDOW: u64 = 60_000;

#[test]
fn every_message_arrives_once_and_in_one_order() {
    let (first, schedules) = (number("SEED", 0), number("SCHEDULES", SCHEDULES));
    let (next, totals) = (AtomicU64::new(first), Mutex::new(BTreeMap::<&str, usize>::new()));
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + schedules {
                return;
            }
            let counts = std::panic::catch_unwind(|| run(seed));
            let counts = counts.unwrap_or_else(|_| panic!("repeat it with SEED={seed} SCHEDULES=1"));
            let mut totals = totals.lock().unwrap();
            counts.into_iter().for_each(|(what, count)| *totals.entry(what).or_default() += count);
        }
    };
    // Schedules are independent of each other.
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    println!("{schedules} schedules, {:?}: none lost, none twice, one order", totals.into_inner().unwrap());
}

/// Runs and verifies one schedule. Returns how often the things happened that it is about.
fn run(seed: u64) -> BTreeMap<&'static str, usize> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let server = Server::new(seed, faults(seed)).await;
        server.post_poll().await;
        let faults_end = Instant::now() + FAULTS_DURATION;
        let end = faults_end + SETTLE_TIMEOUT;
        let (mut devices, mut tasks) = (Vec::new(), Vec::new());
        // Every second schedule has a moderator, and in every second one somebody has two windows.
        let (has_moderator, has_second_window) = (seed & 1 == 0, seed & 2 == 0);
        // In half of them people go from one room to another.
        let moves = seed & 4 == 0;
        if has_moderator {
            let device = Arc::new(Device::with_cookie(Some(server.moderator_cookie())));
            let window = Window::open(&server, &device, 0, moves).await;
            tasks.push(tokio::spawn(window.run(faults_end, end, Habit::Stays)));
            devices.push(device);
        }
        for number in 0..2 + seed % 3 {
            let device = Arc::new(Device::default());
            let window = Window::open(&server, &device, 0, moves && number % 2 == 0).await;
            // In every third schedule one person closes the page for a long time and another one loses the network.
            let habit = match (seed % 3, number) {
                (0, 0) => Habit::ClosesPage,
                (0, 1) => Habit::LosesNetwork,
                _ => Habit::Stays,
            };
            tasks.push(tokio::spawn(window.run(faults_end, end, habit)));
            if number == 0 && has_second_window {
                let (server, device) = (server.clone(), device.clone());
                tasks.push(tokio::spawn(async move {
                    sleep(Duration::from_millis(server.pick(0..SECOND_WINDOW))).await;
                    Window::open(&server, &device, 1, moves).await.run(faults_end, end, Habit::Stays).await;
                }));
            }
            devices.push(device);
        }
        // In every second one, sockets in another room watch this one.
        let watchers = (seed & 4 == 0).then(|| {
            let server = server.clone();
            tokio::spawn(async move { server.run_watchers(faults_end).await })
        });
        tokio::time::sleep_until(faults_end).await;
        server.set_faults(server::NO_FAULTS);
        for task in tasks {
            task.await.unwrap();
        }
        let mut counts = verify(&server, &devices).await;
        if let Some(watchers) = watchers {
            counts.insert("news", watchers.await.unwrap());
        }
        counts
    })
}

/// Returns the faults of a schedule. A third of the schedules has all kinds at once, the others have one or two kinds.
fn faults(seed: u64) -> Faults {
    let all_kinds = Faults {
        crash: 15,
        outage: 15,
        stall: 5,
        busy: 100,
        loss: 20,
        throttled: 20,
        twice: 50,
        cut: 10,
        behind: 10,
        half_open: 2,
    };
    match seed / 3 % 10 {
        0..3 => all_kinds,
        3 => Faults { crash: 60, ..server::NO_FAULTS },
        4 => Faults { outage: 80, ..server::NO_FAULTS },
        5 => Faults { stall: 60, twice: 100, ..server::NO_FAULTS },
        6 => Faults { busy: 400, loss: 30, ..server::NO_FAULTS },
        7 => Faults { behind: 40, half_open: 10, ..server::NO_FAULTS },
        8 => Faults { loss: 100, twice: 200, ..server::NO_FAULTS },
        9 if seed.is_multiple_of(2) => Faults { throttled: 200, ..server::NO_FAULTS },
        _ => Faults { cut: 80, crash: 10, ..server::NO_FAULTS },
    }
}
