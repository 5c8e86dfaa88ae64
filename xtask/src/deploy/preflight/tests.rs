use super::*;

fn printed(output: &str) -> Answer {
    Answer { succeeded: true, output: output.into(), error: String::new() }
}

fn failed(error: &str) -> Answer {
    Answer { succeeded: false, output: String::new(), error: error.into() }
}

/// Checks the kind of a finding and a part of its sentence.
#[track_caller]
fn check(finding: &Finding, kind: &str, part: &str) {
    let (found, sentence) = match finding {
        Fine => ("fine", ""),
        Note(sentence) => ("note", sentence.as_str()),
        Problem(sentence) => ("problem", sentence.as_str()),
    };
    assert!(found == kind && sentence.contains(part), "{finding:?}");
}

#[test]
fn missing_and_wrong_credentials_are_told_apart() {
    check(&identity(&printed(r#"{ "UserId": "A", "Account": "123456789012" }"#)), "note", "account 123456789012");
    for (error, part) in [
        (
            "Unable to locate credentials. You can configure credentials by running \"aws configure\".",
            "no AWS credentials",
        ),
        ("The config profile (prod) could not be found", "list-profiles"),
        ("Error when retrieving token from sso: Token has expired and refresh failed", "expired"),
        ("The SSO session associated with this profile has expired or is otherwise invalid.", "aws sso login"),
        ("An error occurred (ExpiredToken) when calling the GetCallerIdentity operation: …", "expired"),
        ("An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: …", "access key"),
        (
            "An error occurred (SignatureDoesNotMatch) when calling the GetCallerIdentity operation: …",
            "secret access key",
        ),
        (
            "Could not connect to the endpoint URL: \"https://sts.eu-nowhere-1.amazonaws.com/\"",
            "spelling of the region",
        ),
        ("something else", "AWS says: something else"),
    ] {
        check(&identity(&failed(error)), "problem", part);
    }
}

#[test]
fn a_region_is_needed() {
    check(&region(Some("eu-west-1"), &failed("")), "note", "eu-west-1");
    check(&region(None, &printed("us-east-1")), "note", "us-east-1");
    check(&region(None, &failed("")), "problem", "--region");
}

#[test]
fn the_concurrency_of_a_new_account_is_explained() {
    let limit = |limit| printed(&format!(r#"{{ "AccountLimit": {{ "ConcurrentExecutions": {limit} }} }}"#));
    check(&concurrency(&limit(10)), "note", "Service Quotas");
    check(&concurrency(&limit(1000)), "fine", "");
    check(&concurrency(&failed("AccessDenied")), "note", "AccessDenied");
}

#[test]
fn a_stack_that_cannot_be_updated_is_a_problem() {
    for (status, kind, part) in [
        ("CREATE_COMPLETE", "fine", ""),
        ("UPDATE_COMPLETE", "fine", ""),
        ("UPDATE_ROLLBACK_COMPLETE", "fine", ""),
        ("ROLLBACK_COMPLETE", "problem", "sam delete --stack-name chat"),
        ("DELETE_FAILED", "problem", "sam delete"),
        ("UPDATE_ROLLBACK_FAILED", "problem", "continue-update-rollback"),
        ("UPDATE_IN_PROGRESS", "problem", "another deployment"),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "problem", "another deployment"),
    ] {
        check(&stack_status("chat", status, " --region eu-west-1"), kind, part);
    }
}

#[test]
fn what_an_earlier_stack_has_left_is_named() {
    check(
        &left_table("chat-messages", " --region eu-west-1", &printed(r#"{ "Table": {} }"#)),
        "problem",
        "delete-table --table-name chat-messages --region eu-west-1",
    );
    check(&left_table("chat-messages", "", &failed("An error occurred (ResourceNotFoundException) …")), "fine", "");
    check(&left_table("chat-messages", "", &failed("AccessDeniedException")), "note", "AccessDenied");

    check(&left_logs("chat", "", &printed(r#"{ "logGroups": [] }"#)), "fine", "");
    let groups = r#"{ "logGroups": [{ "logGroupName": "/aws/lambda/chat-two-send" }, { "logGroupName": "/aws/lambda/chat-send" }] }"#;
    let named = "--log-group-name /aws/lambda/chat-send --profile work";
    check(&left_logs("chat", " --profile work", &printed(groups)), "problem", named);
    check(&left_logs("ch", "", &printed(groups)), "fine", "");
    check(&left_logs("chat", "", &failed("AccessDenied")), "fine", "");
    check(&stack_name(&"x".repeat(41)), "fine", "");
    check(&stack_name(&"x".repeat(42)), "problem", "41 characters");

    let buckets = r#"{ "Buckets": [{ "Name": "my-chat-imagebucket-1x2y" }, { "Name": "other" }] }"#;
    check(&left_images("My-Chat", &printed(buckets)), "note", "my-chat-imagebucket-1x2y");
    check(&left_images("chat", &printed(buckets)), "fine", "");
}

#[test]
fn an_account_without_a_distribution_may_have_to_be_verified() {
    check(&cloudfront(&printed(r#"{ "DistributionList": { "Items": [{ "Id": "E1" }] } }"#)), "fine", "");
    check(&cloudfront(&printed(r#"{ "DistributionList": { "Quantity": 0 } }"#)), "note", "verifies some new accounts");
    check(&cloudfront(&printed("")), "note", "verifies some new accounts");
    check(&cloudfront(&failed("AccessDenied")), "note", "AccessDenied");
}

#[test]
fn an_old_zig_on_the_path_is_a_problem() {
    for (version, kind) in [
        (None, "fine"),
        (Some("0.17.1"), "fine"),
        (Some("0.13.0"), "fine"),
        (Some("0.14.0-dev.3451+d8d2aa9af"), "fine"),
        (Some("1.0.0"), "fine"),
        (Some("0.9.1"), "problem"),
        (Some("not a version"), "problem"),
    ] {
        check(&zig(version), kind, "");
    }
}
