//! What the kernel knows about the measured process.

use std::{fs, io, time::Duration};

/// Length of a tick of `/proc/PID/stat`, in seconds: Linux reports 100 a second on all its platforms.
const TICK: f64 = 0.01;

/// Returns the processor time of a process and its threads, in seconds.
///
/// # Errors
///
/// If there is no such process, or no `/proc`.
pub fn cpu_seconds(pid: u32) -> io::Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name of the program is in parentheses and may contain spaces.
    let (_, fields) = stat.rsplit_once(')').ok_or(io::ErrorKind::InvalidData)?;
    let ticks = fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u32>().ok());
    Ok(ticks.map(f64::from).sum::<f64>() * TICK)
}

/// Returns the processor time of the threads of a process that is idle, in nanoseconds where the kernel counts them.
///
/// Threads that have ended are missing, and a running thread's last milliseconds.
///
/// # Errors
///
/// If there is no such process, or no `/proc`.
pub fn cpu_of_threads(pid: u32) -> io::Result<Duration> {
    let mut nanoseconds = 0;
    for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
        let Ok(times) = fs::read_to_string(thread?.path().join("schedstat")) else {
            return cpu_seconds(pid).map(Duration::from_secs_f64);
        };
        let running = times.split_whitespace().next().and_then(|time| time.parse::<u64>().ok());
        nanoseconds += running.ok_or(io::ErrorKind::InvalidData)?;
    }
    Ok(Duration::from_nanos(nanoseconds))
}

/// Returns the resident memory of a process, in bytes.
///
/// # Errors
///
/// If there is no such process, or no `/proc`.
pub fn memory(pid: u32) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes: Option<u64> = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    Ok(kilobytes.ok_or(io::ErrorKind::InvalidData)? * 1024)
}
