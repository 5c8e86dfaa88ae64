//! `cargo xtask`: builds, runs, tests and deploys the project. Each task is one command.

mod backup;
mod bench;
mod budget;
mod ci;
mod command;
mod deploy;
mod emulator;
mod fuzz;
mod gallery;
mod page;
mod playwright;
mod ports;
mod project;
mod run;
mod sbom;
mod stack;
mod steps;
mod test;
mod tools;

use std::{env, process::ExitCode};

const USAGE: &str = "\
cargo xtask run [FLAGS]     build what is missing and serve the chat at http://localhost:8080
cargo xtask test            run every test, including browser tests of the local binary and of the deployed stack;
                            with --long, run the delivery tests again with many more repetitions
cargo xtask bench           print the size of the page and run Lighthouse three times
cargo xtask bench page      measure visits, history and sending in Chromium
cargo xtask bench local     measure the local binary beside chat rooms on Bun and Node.js; with --short, in about a minute
cargo xtask bench aws [FLAGS] measure the Lambda functions as local processes, beside AWS's sample on Node.js
cargo xtask gallery         write a page with every state of every component, and take screenshots for review
cargo xtask fuzz            run the fuzz targets for a minute; with --long, 10,000,000 inputs for each target
cargo xtask sbom            write a software bill of materials (SBOM) of the programs and the page to target/sbom/
cargo xtask ci              check format, lints, docs, licences, SBOM and template, then run all tests
cargo xtask deploy [FLAGS]  deploy the chat to AWS, with the account and region of your AWS settings
cargo xtask owner-link --data DIR
                            print a link that makes its visitor an owner of the chat, once; with --stack NAME on AWS
cargo xtask backup --data DIR --to COPY
cargo xtask restore --from COPY --data DIR
                            copy a chat to a new directory, and make a chat of such a copy. On AWS, --stack NAME takes
                            the place of --data DIR, with --region, --profile, --read-units N and --write-units N

FLAGS of run are passed to the local binary (try --help). FLAGS of deploy are passed to `sam deploy`, such as
--stack-name NAME, --guided or --parameter-overrides LimitConnectionCount=50. FLAGS of bench aws are passed to the load, such as
--calls or --rooms 100,1000 (try --help).";

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let task = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let result = match (task.as_str(), rest.is_empty()) {
        ("run", _) => run::run(&rest),
        ("deploy", _) => deploy::deploy(&rest),
        ("backup", false) => backup::backup(backup::Task::Backup, &rest),
        ("owner-link", false) => backup::backup(backup::Task::OwnerLink, &rest),
        ("restore", false) => backup::backup(backup::Task::Restore, &rest),
        ("test", true) => test::test(),
        ("test", false) if rest == ["--long"] => test::test_long(),
        ("bench", true) => bench::bench(),
        ("bench", false) if rest == ["page"] => bench::bench_page(),
        ("bench", false) if rest == ["local"] => bench::bench_local(bench::Extent::FULL),
        ("bench", false) if rest == ["local", "--short"] => bench::bench_local(bench::Extent::SHORT),
        ("bench", false) if rest[0] == "aws" => bench::bench_aws(&rest[1..]),
        ("fuzz", true) => fuzz::fuzz(fuzz::Length::Short),
        ("fuzz", false) if rest == ["--long"] => fuzz::fuzz(fuzz::Length::Long),
        ("sbom", true) => sbom::sbom(),
        ("gallery", true) => gallery::gallery(),
        ("ci", true) => ci::ci(),
        ("" | "help" | "-h" | "--help", _) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => Err(anyhow::anyhow!(
            "`cargo xtask {task} {}` is not a command; use one of these:\n\n{USAGE}",
            rest.join(" ")
        )),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
