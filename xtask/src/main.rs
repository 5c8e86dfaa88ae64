//! `cargo xtask`: everything a person does with this repository, each in one command.

mod bench;
mod ci;
mod command;
mod deploy;
mod fuzz;
mod gallery;
mod page;
mod project;
mod run;
mod sbom;
mod stack;
mod stand_in;
mod steps;
mod test;
mod tools;

use std::{env, process::ExitCode};

const USAGE: &str = "\
cargo xtask run [FLAGS]     build what is missing and serve the chat at http://localhost:8080
cargo xtask test            run every test, in browsers too, on the local binary and on the deployed stack;
                            with --long those of delivery do much more of the same
cargo xtask bench           weigh the page, and look at it with Lighthouse three times
cargo xtask gallery         draw every state of every component on one page, for work on them
cargo xtask fuzz            make up what a stranger may send, for a minute; with --long 10,000,000 times a target
cargo xtask sbom            write down what the programs and the page are made of, into target/sbom/
cargo xtask ci              format, lints, docs, licences, bill of materials, and then all tests
cargo xtask deploy [FLAGS]  put the chat on AWS, with the account and the region of your AWS settings

FLAGS of run are those of the local binary (try --help); FLAGS of deploy are those of `sam deploy`, such as
--stack-name NAME, --guided or --parameter-overrides LimitConnectionCount=50.";

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let task = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let done = match (task.as_str(), rest.is_empty()) {
        ("run", _) => run::run(&rest),
        ("deploy", _) => deploy::deploy(&rest),
        ("test", true) => test::test(),
        ("test", false) if rest == ["--long"] => test::test_long(),
        ("bench", true) => bench::bench(),
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
            "`cargo xtask {task} {}` is not a command. Try one of these:\n\n{USAGE}",
            rest.join(" ")
        )),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
