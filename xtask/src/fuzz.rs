//! `cargo xtask fuzz`: runs the fuzz targets in `fuzz/`, one for each parser of untrusted data.

use std::{
    fs::{self, File},
    iter,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
    thread,
    time::Instant,
};

use anyhow::{Context, Result, bail};

use crate::{command, project::Project, tools};

/// All fuzz targets. `max_len` is the length that a parser needs to take every branch; longer inputs are only slower.
/// `short_runs` takes about ten seconds on one core.
const TARGETS: [Target; 8] = [
    Target { name: "client_message", max_len: 1_024, dictionary: "json", short_runs: 2_000_000 },
    Target { name: "wire_json", max_len: 1_024, dictionary: "json", short_runs: 1_000_000 },
    Target { name: "lambda_event", max_len: 2_048, dictionary: "json", short_runs: 150_000 },
    Target { name: "ticket", max_len: 256, dictionary: "token", short_runs: 2_000_000 },
    Target { name: "cookie", max_len: 256, dictionary: "token", short_runs: 2_000_000 },
    Target { name: "image_header", max_len: 512, dictionary: "image", short_runs: 3_000_000 },
    Target { name: "image_file", max_len: 512, dictionary: "image", short_runs: 2_000_000 },
    Target { name: "rich_text", max_len: 512, dictionary: "markdown", short_runs: 200_000 },
];

/// Inputs of a long run, for each target.
const LONG_RUNS: u32 = 10_000_000;

struct Target {
    /// Name of the file in `fuzz/fuzz_targets/` and of the folder in `fuzz/seeds/`.
    name: &'static str,
    /// Longest input in bytes.
    max_len: u32,
    /// Name of the file in `fuzz/dictionaries/`.
    dictionary: &'static str,
    /// Inputs of a short run.
    short_runs: u32,
}

/// Length of a run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    /// Less than a minute for all targets on two processors. The seed is fixed, so every machine runs the same inputs.
    Short,
    /// [`LONG_RUNS`] inputs for each target, from a random seed and the corpus of earlier long runs.
    Long,
}

/// Builds and runs all targets.
pub(crate) fn fuzz(length: Length) -> Result<()> {
    run(&Project::find()?, length)
}

/// As [`fuzz`], as a step of a larger task.
pub(crate) fn run(project: &Project, length: Length) -> Result<()> {
    let lock =
        |path: &str| fs::read_to_string(project.root.join(path)).with_context(|| format!("{path} cannot be read"));
    check_versions(&lock("Cargo.lock")?, &lock("fuzz/Cargo.lock")?)?;
    tools::install(project, &tools::FUZZ)?;
    let programs = build(project)?;
    let mut table = run_all(project, &programs, length)?;
    table.sort_by_key(|(target, _)| target.name);
    println!("\n{:16} {:>12} {:>10}", "target", "executions", "per second");
    for (target, RunStats { executions, speed }) in table {
        println!("{:16} {executions:>12} {speed:>10.0}", target.name);
    }
    Ok(())
}

/// Runs all targets, as many at the same time as there are processors: each uses one.
fn run_all(project: &Project, programs: &Path, length: Length) -> Result<Vec<(&'static Target, RunStats)>> {
    let waiting = Mutex::new(TARGETS.iter());
    let next = || waiting.lock().ok()?.next();
    let run_some = || iter::from_fn(next).map(|target| Ok((target, target.run(project, programs, length)?))).collect();
    thread::scope(|scope| {
        let runners = (0..thread::available_parallelism()?.get()).map(|_| scope.spawn(run_some));
        let runners: Vec<_> = runners.collect();
        let mut table = Vec::new();
        for runner in runners {
            let part: Result<Vec<_>> = runner.join().unwrap_or_else(|_| bail!("a thread has panicked"));
            table.extend(part?);
        }
        Ok(table)
    })
}

/// Checks that the targets are built with the same dependencies as the chat: packages in both lock files have the same
/// versions.
fn check_versions(chat: &str, fuzz: &str) -> Result<()> {
    let chat = packages(chat);
    let mismatches: Vec<String> = packages(fuzz)
        .into_iter()
        .filter(|package| chat.iter().any(|(name, _)| *name == package.0) && !chat.contains(package))
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    if !mismatches.is_empty() {
        bail!(
            "fuzz/Cargo.lock has other versions than Cargo.lock ({}): run `cp Cargo.lock fuzz/Cargo.lock`",
            mismatches.join(", ")
        );
    }
    Ok(())
}

/// Returns the names and versions of the packages in a lock file.
fn packages(lock: &str) -> Vec<(&str, &str)> {
    lock.split("[[package]]")
        .skip(1)
        .filter_map(|entry| Some((field(entry, "name")?, field(entry, "version")?)))
        .collect()
}

fn field<'a>(entry: &'a str, name: &str) -> Option<&'a str> {
    entry.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \"")?.strip_suffix('"'))
}

/// Builds all targets and returns the folder of the programs.
fn build(project: &Project) -> Result<PathBuf> {
    println!("Building the fuzz targets (about 5 minutes for the first time, half a minute later).");
    let folder = project.target.join("fuzz");
    let mut build = project.command("rustup");
    build.args(["run", "nightly", "cargo", "fuzz", "build", "--fuzz-dir", "fuzz", "--debug-assertions"]);
    // The code has no `unsafe` (the lint `unsafe_code` is "forbid"), so the address sanitizer would find nothing and
    // halve the speed.
    build.args(["--sanitizer", "none", "--target-dir"]).arg(&folder);
    // These variables name the stable compiler that runs xtask; the targets are built by the nightly compiler.
    command::run(build.env_remove("CARGO").env_remove("RUSTC"))?;
    let host = command::read(project.command("rustc").args(["--print", "host-tuple"]))?;
    Ok(folder.join(host.trim()).join("release"))
}

struct RunStats {
    executions: u32,
    /// Executions per second.
    speed: f64,
}

impl Target {
    /// Runs the target and prints its speed. The error of a failed run contains the command that repeats it.
    fn run(&self, project: &Project, programs: &Path, length: Length) -> Result<RunStats> {
        let log = project.scratch()?.join(format!("fuzz-{}.log", self.name));
        let mut program = self.command(project, programs, length)?;
        program.stderr(File::create(&log)?);
        let started = Instant::now();
        let result = command::run(&mut program);
        let seconds = started.elapsed().as_secs_f64();
        let output = fs::read(&log).map(|output| String::from_utf8_lossy(&output).into_owned())?;
        if let Err(error) = result {
            bail!("{}\n{error}\n{}", tail(&output, 40), self.repeat_command(&output));
        }
        let executions =
            executions(&output).with_context(|| format!("{} has no number of executions", log.display()))?;
        let stats = RunStats { executions, speed: f64::from(executions) / seconds };
        println!("{}: {executions} executions, {:.0} per second", self.name, stats.speed);
        Ok(stats)
    }

    fn command(&self, project: &Project, programs: &Path, length: Length) -> Result<Command> {
        let fuzz = project.root.join("fuzz");
        let corpus = project.target.join("fuzz/corpus").join(format!("{}-{}", self.name, length.name()));
        let artifacts = fuzz.join("artifacts").join(self.name);
        let dictionary = fuzz.join("dictionaries").join(self.dictionary).with_extension("dict");
        if length == Length::Short && corpus.exists() {
            fs::remove_dir_all(&corpus)?;
        }
        for folder in [&corpus, &artifacts] {
            fs::create_dir_all(folder).with_context(|| format!("{} cannot be created", folder.display()))?;
        }
        let mut program = Command::new(programs.join(self.name));
        program.current_dir(&project.root).arg(&corpus).arg(fuzz.join("seeds").join(self.name));
        program.arg(format!("-dict={}", dictionary.display()));
        program.arg(format!("-artifact_prefix={}/", artifacts.display()));
        program.args([format!("-max_len={}", self.max_len), "-print_final_stats=1".into(), "-timeout=5".into()]);
        match length {
            Length::Short => program.args([format!("-runs={}", self.short_runs), "-seed=1".into()]),
            Length::Long => program.arg(format!("-runs={LONG_RUNS}")),
        };
        Ok(program)
    }

    /// Returns the command that repeats a failure, from libFuzzer's output.
    fn repeat_command(&self, output: &str) -> String {
        let input = output.lines().find_map(|line| line.split_once("Test unit written to ").map(|(_, input)| input));
        let input = input.map_or("<no input was written>", |input| input.trim_start_matches("./"));
        format!(
            "to repeat it: rustup run nightly cargo fuzz run --fuzz-dir fuzz --sanitizer none --target-dir target/fuzz \
             --debug-assertions {} {input}",
            self.name
        )
    }
}

impl Length {
    fn name(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Long => "long",
        }
    }
}

/// Reads the number of executions from libFuzzer's final statistics.
fn executions(output: &str) -> Option<u32> {
    output.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:")?.trim().parse().ok())
}

/// Returns the last `count` lines.
fn tail(output: &str, count: usize) -> String {
    let lines: Vec<&str> = output.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn executions_are_read_from_the_final_statistics() {
        let output = "INFO: Seed: 1\nstat::number_of_executed_units: 300000\nstat::average_exec_per_sec:     42857\n";
        assert_eq!(executions(output), Some(300_000));
        assert_eq!(executions("==7== ERROR: libFuzzer: deadly signal"), None);
    }

    #[test]
    fn fuzz_targets_must_use_the_versions_of_the_chat() {
        let lock = |packages: &[(&str, &str)]| {
            let entry =
                |(name, version): &(&str, &str)| format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n");
            packages.iter().map(entry).collect::<String>()
        };
        let chat = lock(&[("serde", "1.0.1"), ("syn", "2.0.0"), ("syn", "3.0.0")]);
        assert!(
            check_versions(&chat, &lock(&[("serde", "1.0.1"), ("syn", "3.0.0"), ("libfuzzer-sys", "0.4.0")])).is_ok()
        );
        let error = check_versions(&chat, &lock(&[("serde", "1.0.2"), ("syn", "2.0.0")])).unwrap_err().to_string();
        assert!(error.contains("serde 1.0.2") && !error.contains("syn"), "{error}");
    }

    #[test]
    fn a_failure_prints_the_command_that_repeats_it() {
        let output = "x\nartifact_prefix='a/'; Test unit written to /x/fuzz/artifacts/ticket/crash-1\nBase64: AA==\n";
        assert!(TARGETS[3].repeat_command(output).ends_with(" ticket /x/fuzz/artifacts/ticket/crash-1"));
    }

    #[test]
    fn every_target_runs_and_has_seeds_and_a_dictionary() {
        let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
        let files = fs::read_dir(fuzz.join("fuzz_targets")).unwrap();
        let mut files: Vec<String> =
            files.map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect();
        let mut run: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        files.sort();
        run.sort_unstable();
        assert_eq!(files, run);
        for Target { name, dictionary, .. } in TARGETS {
            assert!(fs::read_dir(fuzz.join("seeds").join(name)).unwrap().count() >= 5, "{name}");
            assert!(fuzz.join("dictionaries").join(dictionary).with_extension("dict").exists(), "{name}");
        }
    }
}
