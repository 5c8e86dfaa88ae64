//! `cargo xtask deploy`: deploys the chat to AWS, with the account and region of the user's AWS settings.

mod failure;
mod preflight;
mod settings;

use std::{collections::BTreeMap, process::Command};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use self::{
    preflight::{Answer, Finding},
    settings::Settings,
};
use crate::{
    command::{self, try_read},
    page,
    project::Project,
    sbom,
    stack::{self, Outputs},
    steps::Steps,
    tools,
};

/// Name of the stack parameter that says for which processors the functions are built.
const ARCHITECTURE: &str = "Architecture";

/// Its default in template.yml.
const DEFAULT_ARCHITECTURE: &str = "arm64";

/// What to do when the stack is not there after a deployment: with `--guided`, the user may have chosen another name.
const UNKNOWN: &str = "if you gave SAM another name, let it save its answers, or use --stack-name, too";

/// Builds everything, runs `sam deploy` with `flags` and prints the address of the chat.
pub(crate) fn deploy(flags: &[String]) -> Result<()> {
    let project = Project::find()?;
    let mut steps = Steps::new();
    let mut settings = Settings::read(flags, &project.root)?;
    steps.step("tools", || {
        tools::install(&project, &tools::STACK)?;
        tools::install(&project, &tools::ACCOUNT)
    })?;
    let deployed = steps.step("check the account", || check(&project, &settings))?;
    let built = architecture(&settings.parameters, deployed.as_ref());
    // The page is part of the function `front`.
    steps.step("build: page", || page::build(&project))?;
    steps.step("build: functions", || build(&project, &settings, &built))?;
    steps.step("SBOM", || sbom::write(&project))?;
    steps.step("deploy the stack", || sam_deploy(&project, &settings, flags))?;
    // `--guided` asks for name, region and parameters, and writes the answers into the configuration file.
    settings = Settings::read(flags, &project.root)?;
    let stack =
        find(&project, &settings)?.with_context(|| format!("there is no stack {}: {UNKNOWN}", settings.stack))?;
    let chosen = architecture(&BTreeMap::new(), Some(&stack));
    if chosen != built {
        println!(
            "The stack is for {chosen}, and the functions were built for {built}: they are built and deployed again."
        );
        steps.step("build: functions, again", || build(&project, &settings, &chosen))?;
        let flags: Vec<String> = flags.iter().filter(|flag| !matches!(&***flag, "--guided" | "-g")).cloned().collect();
        steps.step("deploy the stack, again", || sam_deploy(&project, &settings, &flags))?;
    }
    let aws = |command: &mut Command| settings.configure(command);
    let outputs = steps.step("read the outputs", || Outputs::of(&project, &aws, &settings.stack, None))?;
    steps.table("Deployed:");
    println!("\nThe chat is at {}\nThe socket is {}", outputs.get("FrontPageURI")?, outputs.get("WebSocketURI")?);
    println!("To become its owner, open what `cargo xtask owner-link --stack {}` prints", settings.stack);
    Ok(())
}

fn build(project: &Project, settings: &Settings, architecture: &str) -> Result<()> {
    stack::build(project, architecture, &|sam| settings.configure_sam(sam))
}

/// Runs `sam deploy`. When it fails, the reasons are read from the events of the stack.
fn sam_deploy(project: &Project, settings: &Settings, flags: &[String]) -> Result<()> {
    let events = || {
        let words = ["cloudformation", "describe-stack-events", "--stack-name", &settings.stack];
        Answer::of_aws(project, &|aws| settings.configure(aws), &words).json().unwrap_or_default()
    };
    // What is there before is about an earlier deployment.
    let newest_before = failure::newest(&events());
    command::run(stack::sam(project).arg("deploy").args(flags)).map_err(|error| {
        let reasons = failure::reasons(&events(), newest_before.as_deref());
        if reasons.is_empty() { error } else { error.context(reasons.join("\n")) }
    })
}

/// Checks the account, prints what is worth knowing, and returns the deployed stack.
///
/// # Errors
///
/// The sentences of all problems.
fn check(project: &Project, settings: &Settings) -> Result<Option<Value>> {
    let configure = |command: &mut Command| settings.configure(command);
    let aws = |words: &[&str]| Answer::of_aws(project, &configure, words);
    // Without an account and a region, no other check can succeed.
    let region = Answer::of(project.command("aws").args(["configure", "get", "region"]).args(profile(settings)));
    let environment = ["AWS_REGION", "AWS_DEFAULT_REGION"].into_iter().find_map(|name| std::env::var(name).ok());
    tell(vec![preflight::region(settings.region.as_deref().or(environment.as_deref()), &region)])?;
    tell(vec![preflight::identity(&aws(&["sts", "get-caller-identity"]))])?;

    let stack = find(project, settings)?;
    let mut findings = vec![preflight::concurrency(&aws(&["lambda", "get-account-settings"]))];
    match &stack {
        Some(stack) => {
            let status = stack["StackStatus"].as_str().unwrap_or_default();
            findings.push(preflight::stack_status(&settings.stack, status, &settings.aws_flags()));
        }
        None => findings.extend(before_creation(settings, &aws)),
    }
    if architecture(&settings.parameters, stack.as_ref()) == DEFAULT_ARCHITECTURE {
        findings.push(preflight::zig(try_read(project.command("zig").arg("version")).as_deref()));
    }
    tell(findings)?;
    Ok(stack)
}

/// Looks for what would be in the way of a new stack.
fn before_creation(settings: &Settings, aws: &dyn Fn(&[&str]) -> Answer) -> Vec<Finding> {
    let name = &settings.stack;
    let flags = &settings.aws_flags();
    let mut findings = vec![preflight::stack_name(name)];
    for (parameter, default) in [("ConnectionTableName", "connections"), ("MessageTableName", "messages")] {
        let suffix = settings.parameters.get(parameter).map_or(default, String::as_str);
        let table = format!("{name}-{suffix}");
        findings.push(preflight::left_table(
            &table,
            flags,
            &aws(&["dynamodb", "describe-table", "--table-name", &table]),
        ));
    }
    let logs = format!("/aws/lambda/{name}-");
    let logs = aws(&["logs", "describe-log-groups", "--log-group-name-prefix", &logs]);
    findings.push(preflight::left_logs(name, flags, &logs));
    findings.push(preflight::left_images(name, &aws(&["s3api", "list-buckets"])));
    findings.push(preflight::cloudfront(&aws(&["cloudfront", "list-distributions"])));
    findings
}

/// Prints the notes.
///
/// # Errors
///
/// The sentences of all problems.
fn tell(findings: Vec<Finding>) -> Result<()> {
    let mut problems = Vec::new();
    for finding in findings {
        match finding {
            Finding::Fine => (),
            Finding::Note(sentence) => println!("{sentence}"),
            Finding::Problem(sentence) => problems.push(sentence),
        }
    }
    if problems.is_empty() { Ok(()) } else { bail!("the chat cannot be deployed:\n- {}", problems.join("\n- ")) }
}

fn profile(settings: &Settings) -> Vec<&str> {
    settings.profile.as_ref().map_or_else(Vec::new, |profile| vec!["--profile", profile])
}

/// Returns the deployed stack as `aws cloudformation describe-stacks` prints it; `None` if there is none.
fn find(project: &Project, settings: &Settings) -> Result<Option<Value>> {
    let words = ["cloudformation", "describe-stacks", "--stack-name", &settings.stack];
    stack_of(&Answer::of_aws(project, &|aws| settings.configure(aws), &words))
}

fn stack_of(answer: &Answer) -> Result<Option<Value>> {
    if !answer.succeeded && answer.error.contains("does not exist") {
        return Ok(None);
    }
    let stacks = answer.json().with_context(|| format!("the stack cannot be read: {}", answer.error))?;
    // A change set of the first deployment that nobody has executed leaves a stack without resources.
    Ok(Some(stacks["Stacks"][0].clone()).filter(|stack| stack["StackStatus"] != "REVIEW_IN_PROGRESS"))
}

/// Returns the architecture that the stack has after a deployment with these parameters. `sam deploy` keeps the deployed
/// value of each parameter that it is not given.
fn architecture(parameters: &BTreeMap<String, String>, deployed: Option<&Value>) -> String {
    let deployed = deployed.and_then(|stack| stack["Parameters"].as_array()).into_iter().flatten();
    let mut deployed = deployed.filter(|parameter| parameter["ParameterKey"] == ARCHITECTURE);
    let deployed = deployed.find_map(|parameter| parameter["ParameterValue"].as_str());
    parameters.get(ARCHITECTURE).map(String::as_str).or(deployed).unwrap_or(DEFAULT_ARCHITECTURE).to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn functions_are_built_for_the_architecture_that_the_stack_will_have() {
        let deployed = |value: &str| {
            json!({ "Parameters": [
                { "ParameterKey": "Access", "ParameterValue": "open" },
                { "ParameterKey": "Architecture", "ParameterValue": value },
            ] })
        };
        let given = |value: &str| BTreeMap::from([("Architecture".to_owned(), value.to_owned())]);
        let none = BTreeMap::new();
        assert_eq!(architecture(&none, None), "arm64", "the default of the template");
        assert_eq!(architecture(&none, Some(&deployed("x86_64"))), "x86_64", "a deployed value stays");
        assert_eq!(architecture(&none, Some(&json!({ "Parameters": [] }))), "arm64");
        assert_eq!(architecture(&given("arm64"), Some(&deployed("x86_64"))), "arm64", "a given value wins");
        assert_eq!(architecture(&given("x86_64"), None), "x86_64");
    }

    #[test]
    fn the_default_architecture_is_that_of_the_template() {
        let template = include_str!("../../template.yml");
        assert!(
            template.contains(&format!("  Architecture:\n    Type: String\n    Default: {DEFAULT_ARCHITECTURE}\n"))
        );
    }

    #[test]
    fn a_stack_that_does_not_exist_is_no_error() {
        let answer =
            |succeeded, output: &str, error: &str| Answer { succeeded, output: output.into(), error: error.into() };
        assert_eq!(stack_of(&answer(false, "", "Stack with id chat does not exist")).unwrap(), None);
        assert!(stack_of(&answer(false, "", "AccessDenied")).unwrap_err().to_string().contains("AccessDenied"));
        let review = r#"{ "Stacks": [{ "StackStatus": "REVIEW_IN_PROGRESS" }] }"#;
        assert_eq!(stack_of(&answer(true, review, "")).unwrap(), None);
        let complete = r#"{ "Stacks": [{ "StackStatus": "UPDATE_COMPLETE" }] }"#;
        assert_eq!(stack_of(&answer(true, complete, "")).unwrap(), Some(json!({ "StackStatus": "UPDATE_COMPLETE" })));
    }
}
