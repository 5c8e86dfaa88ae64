//! Named steps with their seconds, so that a long run says where it is and where the time went.

use std::time::Instant;

use anyhow::{Context, Result};

/// The steps of one task, in the order they ran.
pub(crate) struct Steps {
    started: Instant,
    done: Vec<(&'static str, f64)>,
}

impl Steps {
    /// Starts the clock.
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), done: Vec::new() }
    }

    /// Runs one step under its name; the error of a failed one says which it was.
    pub(crate) fn step<T>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n=== {name}");
        let started = Instant::now();
        let result = work();
        let seconds = started.elapsed().as_secs_f64();
        println!("=== {name}: {} after {seconds:.1} s", if result.is_ok() { "done" } else { "FAILED" });
        self.done.push((name, seconds));
        result.with_context(|| format!("step \"{name}\" failed"))
    }

    /// Prints the table of all steps. Called when all of them passed; a failed one has ended the task before.
    pub(crate) fn table(&self, title: &str) {
        println!("\n{title}");
        for (name, seconds) in &self.done {
            println!("{seconds:8.1} s  {name}");
        }
        println!("{:8.1} s  in all, {} steps passed, 0 failed", self.started.elapsed().as_secs_f64(), self.done.len());
    }
}
