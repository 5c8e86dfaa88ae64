//! `cargo xtask fuzz`: what a stranger may send, made up by the million and held against a rule for each kind of it.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Context, Result, bail};

use crate::{command, project::Project, tools};

/// Each target, the most bytes of one input, its dictionary, and the inputs of a short run.
///
/// The bytes are what a parser has to see to take every branch; longer inputs are only slower. The inputs are as many as
/// take some ten seconds on one core.
const TARGETS: [Target; 6] = [
    Target { name: "client_message", bytes: 1_024, dictionary: "json", short: 2_000_000 },
    Target { name: "lambda_event", bytes: 2_048, dictionary: "json", short: 150_000 },
    Target { name: "ticket", bytes: 256, dictionary: "token", short: 2_000_000 },
    Target { name: "cookie", bytes: 256, dictionary: "token", short: 2_000_000 },
    Target { name: "image_header", bytes: 512, dictionary: "image", short: 3_000_000 },
    Target { name: "rich_text", bytes: 512, dictionary: "markdown", short: 200_000 },
];

/// The inputs of a long run, for each target.
const LONG: u32 = 10_000_000;

struct Target {
    name: &'static str,
    bytes: u32,
    dictionary: &'static str,
    short: u32,
}

/// How much is made up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    /// A minute: the same inputs each time, so that what is red is red for everybody.
    Short,
    /// [`LONG`] inputs a target, others each time, going on from what an earlier long run found.
    Long,
}

/// Builds the fuzzer and runs every target.
pub(crate) fn fuzz(length: Length) -> Result<()> {
    run(&Project::find()?, length)
}

/// As [`fuzz`], as a step of a larger task.
pub(crate) fn run(project: &Project, length: Length) -> Result<()> {
    let lock =
        |path: &str| fs::read_to_string(project.root.join(path)).with_context(|| format!("{path} cannot be read"));
    same_versions(&lock("Cargo.lock")?, &lock("fuzz/Cargo.lock")?)?;
    tools::for_the_fuzzer(project)?;
    let programs = build(project)?;
    let mut table = Vec::new();
    for target in &TARGETS {
        table.push(target.run(project, &programs, length)?);
    }
    println!("\n{:16} {:>12} {:>10}", "target", "executions", "a second");
    for (target, Figures { executions, speed }) in TARGETS.iter().zip(table) {
        println!("{:16} {executions:>12} {speed:>10.0}", target.name);
    }
    Ok(())
}

/// What is fuzzed has to be what is built: of each package that both locks name, one that the chat is built of.
fn same_versions(ours: &str, fuzzers: &str) -> Result<()> {
    let ours = packages(ours);
    let others: Vec<String> = packages(fuzzers)
        .into_iter()
        .filter(|package| ours.iter().any(|(name, _)| *name == package.0) && !ours.contains(package))
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    if !others.is_empty() {
        bail!(
            "fuzz/Cargo.lock has other versions than Cargo.lock ({}): `cp Cargo.lock fuzz/Cargo.lock`",
            others.join(", ")
        );
    }
    Ok(())
}

/// The names and versions in a lock file.
fn packages(lock: &str) -> Vec<(&str, &str)> {
    lock.split("[[package]]")
        .skip(1)
        .filter_map(|entry| Some((field(entry, "name")?, field(entry, "version")?)))
        .collect()
}

fn field<'a>(entry: &'a str, name: &str) -> Option<&'a str> {
    entry.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \"")?.strip_suffix('"'))
}

/// Builds all targets, and gives back the folder they are in.
fn build(project: &Project) -> Result<PathBuf> {
    println!("Building the fuzzer (about 5 minutes for the first time, half a minute later).");
    let folder = project.target.join("fuzz");
    let mut build = project.command("rustup");
    build.args(["run", "nightly", "cargo", "fuzz", "build", "--fuzz-dir", "fuzz", "--debug-assertions"]);
    // No code here may step outside the checker (`unsafe_code = "forbid"`), so the address sanitizer would look for what
    // can't be written, at half the speed.
    build.args(["--sanitizer", "none", "--target-dir"]).arg(&folder);
    // The flags of the stable compiler that runs this are none of the nightly's.
    command::run(build.env_remove("CARGO").env_remove("RUSTC"))?;
    let host = command::read(project.command("rustc").args(["--print", "host-tuple"]))?;
    Ok(folder.join(host.trim()).join("release"))
}

struct Figures {
    executions: u32,
    speed: f64,
}

impl Target {
    fn run(&self, project: &Project, programs: &Path, length: Length) -> Result<Figures> {
        let fuzz = project.root.join("fuzz");
        let found = project.target.join("fuzz/corpus").join(format!("{}-{}", self.name, length.word()));
        if length == Length::Short && found.exists() {
            fs::remove_dir_all(&found)?;
        }
        fs::create_dir_all(&found).with_context(|| format!("{} cannot be made", found.display()))?;
        let artifacts = fuzz.join("artifacts").join(self.name);
        fs::create_dir_all(&artifacts).with_context(|| format!("{} cannot be made", artifacts.display()))?;
        let log = project.scratch()?.join(format!("fuzz-{}.log", self.name));
        let mut program = Command::new(programs.join(self.name));
        program.current_dir(&project.root).stderr(File::create(&log)?);
        program.arg(&found).arg(fuzz.join("seeds").join(self.name));
        program
            .arg(format!("-dict={}", fuzz.join("dictionaries").join(self.dictionary).with_extension("dict").display()));
        program.arg(format!("-artifact_prefix={}/", artifacts.display()));
        program.args([format!("-max_len={}", self.bytes), "-print_final_stats=1".into(), "-timeout=5".into()]);
        match length {
            Length::Short => program.args([format!("-runs={}", self.short), "-seed=1".into()]),
            Length::Long => program.arg(format!("-runs={LONG}")),
        };
        let started = Instant::now();
        let done = command::run(&mut program);
        let seconds = started.elapsed().as_secs_f64();
        let words = fs::read(&log).map(|words| String::from_utf8_lossy(&words).into_owned())?;
        if let Err(error) = done {
            bail!("{}\n{error}\n{}", tail(&words, 40), self.repeat(&words));
        }
        let executions = executions(&words).with_context(|| format!("{} says nothing of its runs", log.display()))?;
        let figures = Figures { executions, speed: f64::from(executions) / seconds };
        println!("{executions} executions, {:.0} a second", figures.speed);
        Ok(figures)
    }

    /// How to see a failure once more.
    fn repeat(&self, words: &str) -> String {
        let file = words.lines().find_map(|line| line.split_once("Test unit written to ").map(|(_, file)| file));
        let file = file
            .map(|file| file.trim_start_matches("./").to_owned())
            .unwrap_or_else(|| "<no input was written>".into());
        format!(
            "to repeat it: rustup run nightly cargo fuzz run --fuzz-dir fuzz --sanitizer none --target-dir target/fuzz \
             --debug-assertions {} {file}",
            self.name
        )
    }
}

impl Length {
    fn word(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Long => "long",
        }
    }
}

/// What libFuzzer says at its end.
fn executions(words: &str) -> Option<u32> {
    words.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:")?.trim().parse().ok())
}

fn tail(words: &str, count: usize) -> String {
    let lines: Vec<&str> = words.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_executions_are_read_from_the_end_of_a_run() {
        let words = "INFO: Seed: 1\nstat::number_of_executed_units: 300000\nstat::average_exec_per_sec:     42857\n";
        assert_eq!(executions(words), Some(300_000));
        assert_eq!(executions("==7== ERROR: libFuzzer: deadly signal"), None);
    }

    #[test]
    fn the_fuzzer_is_built_of_the_same_versions() {
        let lock = |packages: &[(&str, &str)]| {
            let entry =
                |(name, version): &(&str, &str)| format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n");
            packages.iter().map(entry).collect::<String>()
        };
        let ours = lock(&[("serde", "1.0.1"), ("syn", "2.0.0"), ("syn", "3.0.0")]);
        assert!(
            same_versions(&ours, &lock(&[("serde", "1.0.1"), ("syn", "3.0.0"), ("libfuzzer-sys", "0.4.0")])).is_ok()
        );
        let error = same_versions(&ours, &lock(&[("serde", "1.0.2"), ("syn", "2.0.0")])).unwrap_err().to_string();
        assert!(error.contains("serde 1.0.2") && !error.contains("syn"), "{error}");
    }

    #[test]
    fn a_failure_names_the_input_that_repeats_it() {
        let words = "x\nartifact_prefix='a/'; Test unit written to /x/fuzz/artifacts/ticket/crash-1\nBase64: AA==\n";
        assert!(TARGETS[2].repeat(words).ends_with(" ticket /x/fuzz/artifacts/ticket/crash-1"));
    }

    #[test]
    fn every_target_is_run_and_has_seeds() {
        let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
        let files = fs::read_dir(fuzz.join("fuzz_targets")).unwrap();
        let mut there: Vec<String> =
            files.map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect();
        let mut run: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        there.sort();
        run.sort_unstable();
        assert_eq!(there, run);
        for Target { name, dictionary, .. } in TARGETS {
            assert!(fs::read_dir(fuzz.join("seeds").join(name)).unwrap().count() >= 5, "{name}");
            assert!(fuzz.join("dictionaries").join(dictionary).with_extension("dict").exists(), "{name}");
        }
    }
}
