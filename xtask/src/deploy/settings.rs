//! Where and how the stack is deployed: the flags of `cargo xtask deploy`, and samconfig.toml for what they leave out.
//!
//! `sam deploy` reads both by itself. They are read here, too, so that every other step uses the same stack, account and
//! region.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use anyhow::{Context, Result, bail};
use toml::{Table, Value};

/// Settings of one deployment.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Settings {
    /// Name of the stack.
    pub(super) stack: String,
    /// `--region`; without it, the region of the AWS settings applies.
    pub(super) region: Option<String>,
    /// `--profile`; without it, the profile of the AWS settings applies.
    pub(super) profile: Option<String>,
    /// Stack parameters that this deployment sets.
    pub(super) parameters: BTreeMap<String, String>,
    /// `--config-file` and `--config-env` with their values, for other commands of SAM.
    config: Vec<String>,
}

impl Settings {
    /// Reads the settings in `flags`, and the others in the configuration file of SAM.
    ///
    /// # Errors
    ///
    /// A sentence, if the file cannot be read or names no stack.
    pub(super) fn read(flags: &[String], root: &Path) -> Result<Self> {
        let name = value(flags, "--config-file").unwrap_or("samconfig.toml");
        let file = fs::read_to_string(root.join(name)).with_context(|| format!("{name} cannot be read"))?;
        Self::of(flags, &file).with_context(|| format!("{name} does not fit"))
    }

    /// Reads the settings in `flags`, and the others in `file`, the text of the configuration file.
    fn of(flags: &[String], file: &str) -> Result<Self> {
        let environment = value(flags, "--config-env").unwrap_or("default");
        let file: Table = toml::from_str(file).context("it is not valid TOML")?;
        let Some(environment) = file.get(environment).and_then(Value::as_table) else {
            bail!(
                "it has no environment \"{environment}\": add [{environment}.deploy.parameters], or use --config-env"
            );
        };
        let setting = |flag: &str, key| {
            let flag = value(flags, flag).map(str::to_owned);
            flag.or_else(|| configured(environment, key)?.as_str().map(str::to_owned))
        };
        let config = ["--config-file", "--config-env"].into_iter();
        let config = config.filter_map(|flag| Some([flag.to_owned(), value(flags, flag)?.to_owned()]));
        Ok(Self {
            stack: setting("--stack-name", "stack_name")
                .context("it has no stack_name: name the stack with --stack-name")?,
            region: setting("--region", "region"),
            profile: setting("--profile", "profile"),
            parameters: parameters(flags, environment),
            config: config.flatten().collect(),
        })
    }

    /// Adds profile and region to a command of the AWS CLI or of SAM.
    pub(super) fn configure(&self, command: &mut Command) {
        for (flag, value) in self.account() {
            command.args([flag, value]);
        }
    }

    /// Returns profile and region as a user adds them to a command, each with a space before it.
    pub(super) fn aws_flags(&self) -> String {
        self.account().map(|(flag, value)| format!(" {flag} {value}")).collect()
    }

    fn account(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let flags = [("--profile", &self.profile), ("--region", &self.region)];
        flags.into_iter().filter_map(|(flag, value)| Some((flag, value.as_deref()?)))
    }

    /// Adds profile, region and configuration file to a command of SAM.
    pub(super) fn configure_sam(&self, command: &mut Command) {
        self.configure(command);
        command.args(&self.config);
    }
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

/// Returns a setting of `sam deploy` in an environment of the configuration file. The command wins over `global`.
fn configured<'a>(environment: &'a Table, key: &str) -> Option<&'a Value> {
    ["deploy", "global"].into_iter().find_map(|command| environment.get(command)?.get("parameters")?.get(key))
}

/// Returns the stack parameters that this deployment sets. As for SAM, the flag replaces the setting in the file.
fn parameters(flags: &[String], environment: &Table) -> BTreeMap<String, String> {
    let in_flags = overrides(flags);
    let in_file = || match configured(environment, "parameter_overrides") {
        Some(Value::String(line)) => vec![line.clone()],
        Some(Value::Array(lines)) => lines.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let lines = if in_flags.is_empty() { in_file() } else { in_flags };
    lines.iter().flat_map(|line| words(line)).filter_map(|word| parameter(&word)).collect()
}

/// Returns the values of `--parameter-overrides`: all arguments up to the next flag.
fn overrides(flags: &[String]) -> Vec<String> {
    const FLAG: &str = "--parameter-overrides";
    let mut values = Vec::new();
    let mut inside = false;
    for argument in flags {
        if let Some(value) = argument.strip_prefix(FLAG).and_then(|rest| rest.strip_prefix('=')) {
            values.push(value.to_owned());
            inside = true;
        } else if argument.starts_with('-') {
            inside = argument == FLAG;
        } else if inside {
            values.push(argument.clone());
        }
    }
    values
}

/// Splits a line at white space outside of quotation marks, and removes these.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in line.chars() {
        match quote {
            None if c.is_whitespace() => words.push(String::new()),
            None if c == '"' || c == '\'' => quote = Some(c),
            Some(open) if c == open => quote = None,
            _ => words.last_mut().into_iter().for_each(|word| word.push(c)),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Parses `Key=Value` or `ParameterKey=Key,ParameterValue=Value`.
fn parameter(word: &str) -> Option<(String, String)> {
    let long = word.strip_prefix("ParameterKey=").and_then(|rest| rest.split_once(",ParameterValue="));
    let (key, value) = long.or_else(|| word.split_once('='))?;
    Some((key.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
        [default.global.parameters]
        stack_name = "chat"
        [default.deploy.parameters]
        region = 'eu-central-1' # a comment
        parameter_overrides = "Architecture=x86_64 AlarmTopicArn=\"\""
        [prod.deploy.parameters]
        stack_name = "prod-chat"
        profile = "prod"
        parameter_overrides = ["Architecture=arm64", "Moderators=a,b"]
    "#;

    fn settings(flags: &[&str]) -> Result<Settings> {
        let flags: Vec<String> = flags.iter().map(|&flag| flag.into()).collect();
        Settings::of(&flags, FILE)
    }

    #[test]
    fn a_flag_wins_over_the_configuration_file() {
        for (flags, stack, region, profile) in [
            (&[][..], "chat", Some("eu-central-1"), None),
            (&["--stack-name", "one", "--guided"], "one", Some("eu-central-1"), None),
            (&["--stack-name=two", "--region=us-east-1"], "two", Some("us-east-1"), None),
            (&["--config-env", "prod"], "prod-chat", None, Some("prod")),
            (&["--config-env=prod", "--profile", "me"], "prod-chat", None, Some("me")),
            (&["--stack-names", "three"], "chat", Some("eu-central-1"), None),
        ] {
            let found = settings(flags).unwrap();
            let expected = (stack, region, profile);
            assert_eq!((&*found.stack, found.region.as_deref(), found.profile.as_deref()), expected, "{flags:?}");
        }
    }

    #[test]
    fn parameters_are_read_in_every_notation() {
        for (flags, key, expected) in [
            (&[][..], "Architecture", Some("x86_64")),
            (&["--config-env", "prod"], "Architecture", Some("arm64")),
            (&["--config-env", "prod"], "Moderators", Some("a,b")),
            (&["--parameter-overrides", "A=1", "Architecture=arm64", "--guided"], "Architecture", Some("arm64")),
            (&["--parameter-overrides", "A=1 Architecture=arm64"], "Architecture", Some("arm64")),
            (&["--parameter-overrides=A='b c' B=2"], "A", Some("b c")),
            (&["--parameter-overrides", "ParameterKey=A,ParameterValue=1"], "A", Some("1")),
            (&["--parameter-overrides", "A=1", "--no-confirm-changeset", "B=2"], "B", None),
            (&["--parameter-overrides", "A=1"], "Architecture", None),
        ] {
            assert_eq!(settings(flags).unwrap().parameters.get(key).map(String::as_str), expected, "{flags:?}");
        }
    }

    #[test]
    fn other_commands_get_the_same_account_and_configuration() {
        let flags = [
            "--profile=me",
            "--guided",
            "--config-env",
            "prod",
            "--parameter-overrides",
            "A=1",
            "--region",
            "eu-west-1",
        ];
        let settings = settings(&flags).unwrap();
        let arguments = |configure: &dyn Fn(&mut Command)| {
            let mut command = Command::new("sam");
            configure(&mut command);
            let words: Vec<_> = command.get_args().map(|word| word.to_string_lossy().into_owned()).collect();
            words.join(" ")
        };
        assert_eq!(arguments(&|command| settings.configure(command)), "--profile me --region eu-west-1");
        let sam = arguments(&|command| settings.configure_sam(command));
        assert_eq!(sam, "--profile me --region eu-west-1 --config-env prod");
    }

    #[test]
    fn a_file_that_does_not_fit_is_reported_in_a_sentence() {
        let error = |file: &str, flags: &[String]| Settings::of(flags, file).unwrap_err().to_string();
        assert_eq!(error("stack_name = ", &[]), "it is not valid TOML");
        assert!(error("[default.global.parameters]", &[]).contains("--stack-name"));
        assert!(error(FILE, &["--config-env=test".into()]).contains("no environment \"test\""));
    }

    #[test]
    fn the_configuration_file_of_this_project_can_be_read() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        assert_eq!(Settings::read(&[], root).unwrap().stack, "serverless-chat-page");
    }
}
