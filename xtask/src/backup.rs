//! `cargo xtask backup` and `cargo xtask restore`: one format for the local deployment and for AWS. `cargo xtask owner-link` makes an
//! owner link of the same chats.

use std::{env, process::Command};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::{
    command::{read, run, try_read},
    project::Project,
    run::{Output, build_local},
    stack::Aws,
    tools,
};

/// The crate of the program that reads and writes a stack, and the program.
const PROGRAM: (&str, &str) = ("chat-aws-backup", "aws-backup");

/// What to do with a backup.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// Makes one.
    Backup,
    /// Makes a chat of one.
    Restore,
    /// Makes no backup but an owner link, of the same chats.
    OwnerLink,
}

impl Task {
    fn name(self) -> &'static str {
        match self {
            Self::Backup => "backup",
            Self::Restore => "restore",
            Self::OwnerLink => "owner-link",
        }
    }

    /// Returns the flag that names the directory of the backup.
    fn directory(self) -> Option<&'static str> {
        match self {
            Self::Backup => Some("--to"),
            Self::Restore => Some("--from"),
            Self::OwnerLink => None,
        }
    }

    /// Returns the flag that bounds the units a second on AWS.
    fn units(self) -> Option<&'static str> {
        match self {
            Self::Backup => Some("--read-units"),
            Self::Restore => Some("--write-units"),
            Self::OwnerLink => None,
        }
    }
}

/// The flags of a task.
#[derive(Debug, Default, PartialEq, Eq)]
struct Flags {
    backup: Option<String>,
    data: Option<String>,
    stack: Option<String>,
    region: Option<String>,
    profile: Option<String>,
    units: Option<String>,
}

impl Flags {
    fn parse(task: Task, flags: &[String]) -> Result<Self> {
        let mut parsed = Self::default();
        let mut words = flags.iter().flat_map(|word| match word.split_once('=') {
            Some((flag, value)) if flag.starts_with("--") => vec![flag, value],
            _ => vec![word.as_str()],
        });
        while let Some(flag) = words.next() {
            let place = match flag {
                _ if Some(flag) == task.directory() => &mut parsed.backup,
                _ if Some(flag) == task.units() => &mut parsed.units,
                "--data" => &mut parsed.data,
                "--stack" => &mut parsed.stack,
                "--region" => &mut parsed.region,
                "--profile" => &mut parsed.profile,
                _ => bail!("`cargo xtask {}` has no flag {flag}", task.name()),
            };
            *place = Some(words.next().with_context(|| format!("{flag} needs a value"))?.to_owned());
        }
        ensure!(
            parsed.data.is_some() != parsed.stack.is_some(),
            "name the chat: --data DIR for a local one, or --stack NAME for one on AWS"
        );
        ensure!(
            parsed.stack.is_some() || (parsed.region.is_none() && parsed.profile.is_none() && parsed.units.is_none()),
            "--region, --profile and the units belong to --stack"
        );
        Ok(parsed)
    }
}

/// Makes a backup, restores one, or makes an owner link.
pub(crate) fn backup(task: Task, flags: &[String]) -> Result<()> {
    let flags = Flags::parse(task, flags)?;
    let directory = task.directory().zip(flags.backup.as_deref());
    if task != Task::OwnerLink {
        let flag = task.directory().unwrap_or_default();
        directory.with_context(|| format!("name the backup with {flag} DIR"))?;
    }
    let directory: Vec<&str> = directory.into_iter().flat_map(|(flag, directory)| [flag, directory]).collect();
    let project = Project::find()?;
    // Programs run in the user's working directory, so that relative paths work.
    match (&flags.data, &flags.stack) {
        (Some(data), _) => {
            let local = build_local(&project, Output::Progress)?;
            run(Command::new(local).args([task.name(), "--data", data]).args(directory))
        }
        (None, Some(stack)) => {
            tools::install(&project, &tools::ACCOUNT)?;
            let aws = AwsSettings { project: &project, flags: &flags };
            let stack = Stack::find(&|words| aws.cli(words), stack)?;
            let mut program = aws.program()?;
            stack.configure(&mut program);
            program.arg(task.name()).args(directory);
            if let Some((flag, units)) = task.units().zip(flags.units.as_deref()) {
                program.args([flag, units]);
            }
            if task == Task::OwnerLink {
                program.args(["--address", &stack.address]);
            }
            run(&mut program)
        }
        (None, None) => bail!("no chat is named"),
    }
}

/// Makes an owner link of a stack in a test. `emulator` sets the endpoint, the region and the credentials of a command.
pub(crate) fn owner_link(project: &Project, emulator: Aws, stack: &str) -> Result<String> {
    let aws = AwsSettings { project, flags: &Flags::default() };
    let cli = |words: &str| {
        let mut command = aws.cli(words);
        emulator(&mut command);
        command
    };
    let stack = Stack::find(&cli, stack)?;
    let (package, name) = PROGRAM;
    // Without optimization: the tests of the AWS adapters have compiled the dependencies.
    run(&mut project.cargo(&format!("build --package {package}")))?;
    let mut program = Command::new(project.target.join("debug").join(name));
    emulator(&mut program);
    stack.configure(&mut program);
    let printed = read(program.args([Task::OwnerLink.name(), "--address", &stack.address]))?;
    let link = printed.split_whitespace().find(|word| word.contains("/claim#"));
    Ok(link.with_context(|| format!("no owner link was printed: {printed}"))?.to_owned())
}

/// The user's AWS settings.
struct AwsSettings<'a> {
    project: &'a Project,
    flags: &'a Flags,
}

impl AwsSettings<'_> {
    /// Returns a command of the AWS CLI.
    fn cli(&self, words: &str) -> Command {
        let mut aws = self.project.command("aws");
        aws.args(words.split(' ')).args(["--output", "json"]);
        for (flag, value) in [("--region", &self.flags.region), ("--profile", &self.flags.profile)] {
            if let Some(value) = value {
                aws.args([flag, value]);
            }
        }
        aws
    }

    /// Builds the program that reads and writes a stack, and returns it with region and credentials in its environment.
    fn program(&self) -> Result<Command> {
        let (package, name) = PROGRAM;
        run(&mut self.project.cargo(&format!("build --release --package {package}")))?;
        let name = format!("{name}{}", env::consts::EXE_SUFFIX);
        let mut program = Command::new(self.project.target.join("release").join(name));
        program.env("AWS_REGION", self.region()?).env_remove("AWS_SESSION_TOKEN");
        for (name, value) in self.credentials()? {
            program.env(name, value);
        }
        Ok(program)
    }

    fn region(&self) -> Result<String> {
        let from_environment = || ["AWS_REGION", "AWS_DEFAULT_REGION"].into_iter().find_map(|name| env::var(name).ok());
        let region = self.flags.region.clone().or_else(from_environment).or_else(|| self.setting("region"));
        region.context("no region is set: name it with --region")
    }

    /// Returns a setting of the profile.
    fn setting(&self, name: &str) -> Option<String> {
        try_read(&mut self.cli(&format!("configure get {name}"))).filter(|value| !value.is_empty())
    }

    /// Returns the keys as variables of the environment. The AWS CLI knows roles, SSO and files; version 1 of it does not pass on what it
    /// finds, so the keys in its files are read one by one.
    fn credentials(&self) -> Result<Vec<(&'static str, String)>> {
        let exported = try_read(&mut self.cli("configure export-credentials --format process"));
        if let Some(exported) = exported.as_deref().and_then(exported_credentials) {
            return Ok(exported);
        }
        let from_environment = |name: &str| env::var(name).ok().filter(|_| self.flags.profile.is_none());
        let key = |variable: &'static str, setting| {
            Some((variable, from_environment(variable).or_else(|| self.setting(setting))?))
        };
        let id = key("AWS_ACCESS_KEY_ID", "aws_access_key_id");
        let secret = key("AWS_SECRET_ACCESS_KEY", "aws_secret_access_key");
        let token = key("AWS_SESSION_TOKEN", "aws_session_token");
        let (id, secret) = id.zip(secret).context(
            "no AWS credentials were found: version 2 of the AWS CLI passes on those of roles and SSO; version 1 only keys in its files",
        )?;
        Ok([Some(id), Some(secret), token].into_iter().flatten().collect())
    }
}

/// Reads what `aws configure export-credentials --format process` prints.
fn exported_credentials(json: &str) -> Option<Vec<(&'static str, String)>> {
    let json: Value = serde_json::from_str(json).ok()?;
    let key = |variable, field| Some((variable, json[field].as_str()?.to_owned()));
    let id = key("AWS_ACCESS_KEY_ID", "AccessKeyId")?;
    let secret = key("AWS_SECRET_ACCESS_KEY", "SecretAccessKey")?;
    Some([Some(id), Some(secret), key("AWS_SESSION_TOKEN", "SessionToken")].into_iter().flatten().collect())
}

/// What a task needs to know about a stack.
#[derive(Debug, PartialEq, Eq)]
struct Stack {
    connections: String,
    messages: String,
    images: String,
    retention_days: String,
    /// The address of the chat.
    address: String,
}

impl Stack {
    /// Finds a stack by its name. `cli` returns a command of the AWS CLI.
    fn find(cli: &dyn Fn(&str) -> Command, name: &str) -> Result<Self> {
        let answer = |words: &str| -> Result<Value> {
            serde_json::from_str(&read(cli(words).args(["--stack-name", name]))?)
                .with_context(|| format!("`aws {words}` did not print JSON"))
        };
        Self::of(&answer("cloudformation list-stack-resources")?, &answer("cloudformation describe-stacks")?)
    }

    /// Names the stack to the program that reads and writes it.
    fn configure(&self, program: &mut Command) {
        program.args(["--connection-table", &self.connections, "--message-table", &self.messages]);
        program.args(["--image-bucket", &self.images, "--message-retention-days", &self.retention_days]);
    }

    /// Reads the answers of CloudFormation.
    fn of(resources: &Value, stacks: &Value) -> Result<Self> {
        let resource = |id: &str| {
            let resources = resources["StackResourceSummaries"].as_array().into_iter().flatten();
            let mut found = resources.filter(|resource| resource["LogicalResourceId"] == id);
            let name = found.find_map(|resource| resource["PhysicalResourceId"].as_str()).map(str::to_owned);
            name.with_context(|| format!("the stack has no {id}: check that it was deployed from this template.yml"))
        };
        let parameters = stacks["Stacks"][0]["Parameters"].as_array().into_iter().flatten();
        let mut retention = parameters.filter(|parameter| parameter["ParameterKey"] == "MessageRetentionDays");
        let retention = retention.find_map(|parameter| parameter["ParameterValue"].as_str());
        let outputs = stacks["Stacks"][0]["Outputs"].as_array().into_iter().flatten();
        let mut address = outputs.filter(|output| output["OutputKey"] == "FrontPageURI");
        let address = address.find_map(|output| output["OutputValue"].as_str());
        Ok(Self {
            connections: resource("ConnectionTable")?,
            messages: resource("MessageTable")?,
            images: resource("ImageBucket")?,
            retention_days: retention.context("the stack has no parameter MessageRetentionDays")?.to_owned(),
            address: address.context("the stack has no output FrontPageURI")?.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn flags(task: Task, line: &str) -> Result<Flags, String> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Flags::parse(task, &words).map_err(|error| error.to_string())
    }

    #[test]
    fn flags_name_one_chat_and_one_backup() {
        let local = Flags { data: Some("d".into()), backup: Some("b".into()), ..Flags::default() };
        assert_eq!(flags(Task::Backup, "--data d --to=b"), Ok(local));
        let stack = flags(Task::Restore, "--stack s --from b --region r --profile p --write-units 5").unwrap();
        assert_eq!((stack.stack.as_deref(), stack.units.as_deref()), (Some("s"), Some("5")));
        let owner_link = flags(Task::OwnerLink, "--stack s --region r").unwrap();
        assert_eq!((owner_link.stack.as_deref(), owner_link.backup), (Some("s"), None));
        for (task, line, sentence) in [
            (Task::OwnerLink, "", "name the chat"),
            (Task::OwnerLink, "--data d --to b", "has no flag --to"),
            (Task::Backup, "--to b", "name the chat"),
            (Task::Backup, "--data d --stack s --to b", "name the chat"),
            (Task::Backup, "--data d --from b", "has no flag --from"),
            (Task::Restore, "--data d --from b --region r", "belong to --stack"),
            (Task::Restore, "--data", "--data needs a value"),
        ] {
            let error = flags(task, line).unwrap_err();
            assert!(error.contains(sentence), "{line}: {error}");
        }
    }

    #[test]
    fn names_and_retention_are_those_of_the_stack() {
        let resource = |id: &str| json!({ "LogicalResourceId": id, "PhysicalResourceId": format!("my-{id}") });
        let all = ["ConnectionTable", "MessageTable", "ImageBucket"].map(resource);
        let resources = json!({ "StackResourceSummaries": all });
        let parameter = json!({ "ParameterKey": "MessageRetentionDays", "ParameterValue": "30" });
        let output = json!({ "OutputKey": "FrontPageURI", "OutputValue": "https://chat.example/" });
        let stacks = json!({ "Stacks": [{ "Parameters": [parameter], "Outputs": [output] }] });
        let stack = Stack::of(&resources, &stacks).unwrap();
        assert_eq!((stack.messages.as_str(), stack.retention_days.as_str()), ("my-MessageTable", "30"));
        let error = Stack::of(&json!({}), &stacks).unwrap_err().to_string();
        assert!(error.contains("the stack has no ConnectionTable"), "{error}");
    }

    #[test]
    fn exported_credentials_become_variables() {
        let json = r#"{"Version":1,"AccessKeyId":"a","SecretAccessKey":"s","SessionToken":"t"}"#;
        let names: Vec<_> = exported_credentials(json).unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]);
        assert_eq!(exported_credentials(r#"{"AccessKeyId":"a"}"#), None);
    }
}
