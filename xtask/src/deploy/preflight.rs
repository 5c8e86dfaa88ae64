//! Checks before the long build: what would make the deployment fail, or surprise later, as sentences.
//!
//! Each check judges the output of one command. It changes nothing in the account.

use std::process::Command;

use serde_json::Value;

use crate::project::Project;

/// What a command printed.
pub(super) struct Answer {
    /// Whether it ended without an error.
    pub(super) succeeded: bool,
    /// Standard output.
    pub(super) output: String,
    /// Standard error.
    pub(super) error: String,
}

/// What a check found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// Nothing to say.
    Fine,
    /// A sentence to read. The deployment can go on.
    Note(String),
    /// A sentence that says why the deployment would fail, and what to do.
    Problem(String),
}

use Finding::{Fine, Note, Problem};

impl Answer {
    /// Runs a command and keeps what it prints. A program that is missing is an error of the command.
    pub(super) fn of(command: &mut Command) -> Self {
        match command.output() {
            Ok(output) => Self {
                succeeded: output.status.success(),
                output: String::from_utf8_lossy(&output.stdout).trim().to_owned(),
                error: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            },
            Err(error) => Self { succeeded: false, output: String::new(), error: error.to_string() },
        }
    }

    /// Runs `aws` with these words.
    pub(super) fn of_aws(project: &Project, configure: &dyn Fn(&mut Command), words: &[&str]) -> Self {
        let mut aws = project.command("aws");
        aws.args(words).args(["--output", "json"]);
        configure(&mut aws);
        Self::of(&mut aws)
    }

    /// Returns the JSON of a successful answer.
    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_str(&self.output).ok().filter(|_| self.succeeded)
    }
}

/// Judges `aws sts get-caller-identity`.
pub(super) fn identity(answer: &Answer) -> Finding {
    if let Some(account) = answer.json().as_ref().and_then(|json| json["Account"].as_str()) {
        return Note(format!("The chat is deployed to the AWS account {account}."));
    }
    const CAUSES: [(&str, &str); 9] = [
        ("Unable to locate credentials", "there are no AWS credentials. Run `aws configure` or `aws sso login`"),
        ("could not be found", "the profile does not exist. `aws configure list-profiles` lists yours; use --profile"),
        ("SSO", "the session of AWS SSO has ended. Run `aws sso login` with the same profile"),
        ("ExpiredToken", "the AWS credentials have expired. Sign in again"),
        ("has expired", "the AWS credentials have expired. Sign in again"),
        ("InvalidClientTokenId", "AWS does not know the access key. Run `aws configure`, or use another --profile"),
        ("SignatureDoesNotMatch", "the secret access key is wrong. Run `aws configure`"),
        ("must specify a region", "no region is set. Use --region, or run `aws configure set region REGION`"),
        ("Could not connect", "AWS cannot be reached. Check the network and the spelling of the region"),
    ];
    let cause = CAUSES.iter().find(|(text, _)| answer.error.contains(text)).map(|(_, sentence)| *sentence);
    let cause = cause.unwrap_or("AWS does not say which account this is. Run `aws sts get-caller-identity`");
    Problem(format!("{cause}. AWS says: {}", answer.error))
}

/// Judges the region: that of the settings, or else the answer of `aws configure get region`.
pub(super) fn region(setting: Option<&str>, answer: &Answer) -> Finding {
    match setting.unwrap_or(&answer.output) {
        "" => Problem("no region is set. Use --region, or run `aws configure set region REGION`".into()),
        region => Note(format!("The region is {region}.")),
    }
}

/// Executions at the same time that a new account has, all functions together.
const NEW_ACCOUNT: u64 = 10;

/// Judges `aws lambda get-account-settings`.
pub(super) fn concurrency(answer: &Answer) -> Finding {
    let limit = answer.json().and_then(|json| json["AccountLimit"]["ConcurrentExecutions"].as_u64());
    match limit {
        None => Note(format!("The limit of Lambda could not be read: {}", answer.error)),
        // 10 executions / 60 ms for each message = 166 messages a second.
        Some(limit) if limit <= NEW_ACCOUNT => Note(format!(
            "This account can run {limit} Lambda functions at the same time, as a new account. That is enough for some \
             150 messages a second; above that, visitors see errors and pages retry. Ask for 1,000 in Service Quotas, \
             \"Lambda, Concurrent executions\"; it costs nothing."
        )),
        Some(_) => Fine,
    }
}

/// Judges the state of the stack, as in `aws cloudformation describe-stacks`. `flags` are those of each AWS command that the user runs.
pub(super) fn stack_status(stack: &str, status: &str, flags: &str) -> Finding {
    let problem = |what: &str| Problem(format!("the stack {stack} is in the state {status}: {what}"));
    match status {
        "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "CREATE_FAILED" | "DELETE_FAILED" => problem(&format!(
            "its creation or removal failed. Run `sam delete --stack-name {stack}{flags}` first; if a bucket with files \
                 stops that, empty it as docs/configuration.md says under \"Undoing a deployment\""
        )),
        "UPDATE_ROLLBACK_FAILED" => {
            problem(&format!("run `aws cloudformation continue-update-rollback --stack-name {stack}{flags}` first"))
        }
        _ if status.ends_with("_IN_PROGRESS") => problem("another deployment is running. Wait for its end"),
        _ => Fine,
    }
}

/// Longest name of a stack: CloudFront's origin access control is named after stack and region, with at most 64 characters, and the longest
/// name of a region has 14.
const STACK_NAME: usize = 64 - "-ap-southeast-1-buckets".len();

/// Judges the name of a stack before it is created.
pub(super) fn stack_name(stack: &str) -> Finding {
    if stack.len() <= STACK_NAME {
        return Fine;
    }
    Problem(format!(
        "the name of the stack has more than {STACK_NAME} characters: choose a shorter one with --stack-name"
    ))
}

/// Judges `aws dynamodb describe-table` before a stack is created: a table of its name was kept by an earlier stack.
pub(super) fn left_table(table: &str, flags: &str, answer: &Answer) -> Finding {
    if answer.succeeded {
        return Problem(format!(
            "the table {table} is there already: an earlier stack with this name has left its messages. Choose another \
             name with --stack-name; or copy the table, delete it with `aws dynamodb delete-table --table-name {table}{flags}` \
             and deploy again"
        ));
    }
    if answer.error.contains("ResourceNotFound") {
        return Fine;
    }
    Note(format!("Whether there is a table {table} could not be read: {}", answer.error))
}

/// The functions, as in the names of their log groups.
const FUNCTIONS: [&str; 6] = ["connect", "disconnect", "send", "deliver", "cron", "front"];

/// Judges `aws logs describe-log-groups` before a stack is created: log groups of its functions would make it fail. Those of another stack
/// whose name begins with the same words do not.
pub(super) fn left_logs(stack: &str, flags: &str, answer: &Answer) -> Finding {
    let json = answer.json().unwrap_or_default();
    let groups: Vec<_> = json["logGroups"].as_array().into_iter().flatten().collect();
    let own = FUNCTIONS.map(|function| format!("/aws/lambda/{stack}-{function}"));
    let names = groups.iter().filter_map(|group| group["logGroupName"].as_str());
    let names: Vec<_> = names.filter(|name| own.iter().any(|own| own == name)).collect();
    let Some(first) = names.first() else { return Fine };
    Problem(format!(
        "an earlier stack with this name has left log groups: {}. Delete each with \
         `aws logs delete-log-group --log-group-name {first}{flags}`, or choose another name with --stack-name",
        names.join(", ")
    ))
}

/// Judges `aws s3api list-buckets` before a stack is created: images that an earlier stack has left cost storage.
pub(super) fn left_images(stack: &str, answer: &Answer) -> Finding {
    let start = format!("{}-imagebucket-", stack.to_lowercase());
    let json = answer.json().unwrap_or_default();
    let buckets = json["Buckets"].as_array().into_iter().flatten().filter_map(|bucket| bucket["Name"].as_str());
    let left: Vec<_> = buckets.filter(|name| name.starts_with(&start)).collect();
    if left.is_empty() {
        return Fine;
    }
    Note(format!(
        "An earlier stack with this name has left images in {}. The new stack gets a bucket of its own. When you do \
         not need them any more, delete the old one as docs/configuration.md says under \"Undoing a deployment\".",
        left.join(", ")
    ))
}

/// Judges `aws cloudfront list-distributions` before a stack is created. No command says whether an account may create
/// a distribution. One that has a distribution may.
pub(super) fn cloudfront(answer: &Answer) -> Finding {
    match answer.json() {
        Some(json) if json["DistributionList"]["Items"].as_array().is_some_and(|items| !items.is_empty()) => Fine,
        // The CLI prints nothing, instead of an empty list.
        Some(_) => Note(UNVERIFIED_LATER.into()),
        None if answer.succeeded => Note(UNVERIFIED_LATER.into()),
        None => Note(format!("The distributions of CloudFront could not be listed: {}", answer.error)),
    }
}

const UNVERIFIED_LATER: &str = "This account has no CloudFront distribution yet. AWS verifies some new accounts before \
                                it lets them create one, and says so only then. If that happens, this command tells \
                                what to do.";

/// The oldest version of zig with which the functions are linked for arm64.
const ZIG: [u32; 2] = [0, 13];

/// Judges `zig version`. cargo-lambda takes the `zig` on the PATH before the one that pip has installed; `None` is no
/// `zig` on the PATH.
pub(super) fn zig(answer: Option<&str>) -> Finding {
    let Some(version) = answer else { return Fine };
    let mut numbers = version.split(['.', '-', '+']).map_while(|number| number.parse().ok());
    if [numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default()] >= ZIG {
        return Fine;
    }
    Problem(format!(
        "zig {version} on the PATH is too old to build for arm64. Install {}.{} or newer, or remove it from the PATH: \
         the one that pip has installed is used then",
        ZIG[0], ZIG[1]
    ))
}

#[cfg(test)]
mod tests;
