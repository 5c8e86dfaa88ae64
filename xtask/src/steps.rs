//! Named steps with their durations: a long task prints its progress, and a table of the durations at the end.

use std::time::Instant;

use anyhow::{Context, Result};

/// Steps of one task, in the order in which they ran.
pub(crate) struct Steps {
    started: Instant,
    /// Name and duration in seconds.
    done: Vec<(&'static str, f64)>,
}

impl Steps {
    /// Starts the clock of the whole task.
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), done: Vec::new() }
    }

    /// Runs one step and prints its duration. The error of a failed step names the step.
    pub(crate) fn step<T>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n=== {name}");
        let started = Instant::now();
        let result = work();
        let seconds = started.elapsed().as_secs_f64();
        println!("=== {name}: {} after {seconds:.1} s", if result.is_ok() { "done" } else { "FAILED" });
        self.done.push((name, seconds));
        result.with_context(|| format!("step \"{name}\" failed"))
    }

    /// Prints the durations of all steps. A failed step ends the task, so all steps in the table passed.
    pub(crate) fn table(&self, title: &str) {
        println!("\n{title}");
        for (name, seconds) in &self.done {
            println!("{seconds:8.1} s  {name}");
        }
        println!("{:8.1} s  total, {} steps passed, 0 failed", self.started.elapsed().as_secs_f64(), self.done.len());
    }
}
