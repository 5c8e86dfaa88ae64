//! `cargo xtask deploy`: deploys the chat to AWS, with the account and region of the user's AWS settings.

use std::fs;

use anyhow::{Context, Result};

use crate::{
    command, page,
    project::Project,
    sbom,
    stack::{self, Outputs},
    steps::Steps,
    tools,
};

/// Builds everything, runs `sam deploy` with `flags`, uploads the page and prints the address of the chat.
pub(crate) fn deploy(flags: &[String]) -> Result<()> {
    let project = Project::find()?;
    let mut steps = Steps::new();
    // The user's own AWS settings apply, so nothing is added to the commands.
    let aws = |_: &mut std::process::Command| ();
    steps.step("tools", || {
        tools::install(&project, &tools::STACK)?;
        tools::install(&project, &tools::UPLOAD)
    })?;
    let dist = steps.step("build: page", || page::build(&project))?;
    steps.step("build: functions", || stack::build(&project, architecture(flags)))?;
    steps.step("SBOM", || sbom::write(&project))?;
    steps.step("deploy the stack", || command::run(stack::sam(&project).arg("deploy").args(flags)))?;
    let outputs = steps.step("read the outputs", || {
        let stack =
            value(flags, "--stack-name").map_or_else(|| default_stack(&project), |stack| Ok(stack.to_owned()))?;
        Outputs::of(&project, &aws, &stack, value(flags, "--region"))
    })?;
    steps.step("upload the page", || stack::upload(&project, &aws, &dist, outputs.get("AssetBucketName")?))?;
    steps.table("Deployed:");
    println!("\nThe chat is at {}\nThe socket is {}", outputs.get("FrontPageURI")?, outputs.get("WebSocketURI")?);
    Ok(())
}

/// Returns the value of a flag, written as `--flag value` or `--flag=value`.
fn value<'a>(flags: &'a [String], flag: &str) -> Option<&'a str> {
    let at = flags.iter().position(|argument| {
        argument == flag || argument.strip_prefix(flag).is_some_and(|rest| rest.starts_with('='))
    })?;
    match flags[at].split_once('=') {
        Some((_, value)) => Some(value),
        None => flags.get(at + 1).map(String::as_str),
    }
}

/// Returns the architecture in the flags, for which the functions are built. The default is that of template.yml.
fn architecture(flags: &[String]) -> &str {
    flags.iter().find_map(|argument| argument.rsplit_once("Architecture=")).map_or("arm64", |(_, value)| {
        value.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
    })
}

fn default_stack(project: &Project) -> Result<String> {
    let config = fs::read_to_string(project.root.join("samconfig.toml")).context("samconfig.toml cannot be read")?;
    let line = config.lines().find_map(|line| line.strip_prefix("stack_name = "));
    line.map(|name| name.trim_matches('"').to_owned())
        .context("samconfig.toml has no stack_name: name the stack with --stack-name")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn flag_values_are_read_in_both_notations() {
        assert_eq!(value(&flags("--guided --stack-name one"), "--stack-name"), Some("one"));
        assert_eq!(value(&flags("--stack-name=two --guided"), "--stack-name"), Some("two"));
        assert_eq!(value(&flags("--stack-names three"), "--stack-name"), None);
    }

    #[test]
    fn functions_are_built_for_the_deployed_architecture() {
        assert_eq!(architecture(&flags("--guided")), "arm64");
        assert_eq!(architecture(&flags("--parameter-overrides Architecture=x86_64 LimitMessageCount=9")), "x86_64");
        assert_eq!(architecture(&["LimitMessageCount=9 Architecture=x86_64".into()]), "x86_64");
    }
}
