//! Why a deployment failed: the reasons in the events of the stack, as sentences that say what to do.

use serde_json::Value;

/// Known reasons: a part of what AWS says, and what to do.
const KNOWN: [(&str, &str); 6] = [
    (
        "account must be verified",
        "AWS has to verify this account before it can have a CloudFront distribution. Open a case in the Support Center \
         (\"Account and billing\", free of charge), ask to enable CloudFront, and deploy again when it is answered. \
         Before that, remove the failed stack with `sam delete`",
    ),
    ("is not authorized to perform", "this user or role has no permission for it. Deploy with one that has"),
    (
        "decreases account's UnreservedConcurrentExecution",
        "the account can run too few functions at the same time. Ask for more in Service Quotas",
    ),
    ("LimitExceeded", "a limit of the account is reached. Service Quotas shows and raises it"),
    ("already exists", "an earlier stack or another region has a resource of this name. Use another --stack-name"),
    ("TooManyDistributions", "the account has as many CloudFront distributions as it may. Service Quotas raises it"),
];

/// Returns a line for each resource that failed, from `aws cloudformation describe-stack-events`. A resource that was
/// only cancelled because another one failed is left out, and so are `newest_before` and the events before it.
pub(super) fn reasons(events: &Value, newest_before: Option<&str>) -> Vec<String> {
    let events = events["StackEvents"].as_array().into_iter().flatten();
    let mut lines: Vec<String> = Vec::new();
    for event in events {
        let text = |key| event[key].as_str().unwrap_or_default();
        if newest_before.is_some_and(|newest| newest == text("EventId")) {
            break;
        }
        let (status, reason) = (text("ResourceStatus"), text("ResourceStatusReason"));
        // The newest event is first. The events of the last deployment begin with those of the stack itself.
        let starts = matches!(status, "CREATE_IN_PROGRESS" | "UPDATE_IN_PROGRESS" | "REVIEW_IN_PROGRESS");
        if starts && text("ResourceType") == "AWS::CloudFormation::Stack" {
            break;
        }
        if status.ends_with("_FAILED") && !reason.is_empty() && !reason.contains("cancelled") {
            let what_to_do = KNOWN.iter().find(|(part, _)| reason.contains(part)).map(|(_, sentence)| *sentence);
            let what_to_do = what_to_do.map(|sentence| format!("\n  {sentence}.")).unwrap_or_default();
            lines.push(format!("{}: {reason}{what_to_do}", text("LogicalResourceId")));
        }
    }
    lines
}

/// Returns the id of the newest event.
pub(super) fn newest(events: &Value) -> Option<String> {
    events["StackEvents"][0]["EventId"].as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(resource: &str, status: &str, reason: &str) -> Value {
        let kind = if resource == "chat" { "AWS::CloudFormation::Stack" } else { "AWS::S3::Bucket" };
        json!({ "LogicalResourceId": resource, "ResourceType": kind, "ResourceStatus": status, "ResourceStatusReason": reason })
    }

    #[test]
    fn the_reasons_of_the_last_deployment_are_explained() {
        for (reason, part) in [
            (
                "Your account must be verified before you can add new CloudFront resources. To verify your account, please \
                 contact AWS Support (https://console.aws.amazon.com/support/home#/).",
                "Support Center",
            ),
            (
                "User: arn:aws:iam::1:user/a is not authorized to perform: cloudfront:CreateDistribution",
                "no permission",
            ),
            ("chat-messages already exists in stack arn:aws:…", "--stack-name"),
        ] {
            let events = json!({ "StackEvents": [
                event("chat", "ROLLBACK_IN_PROGRESS", ""),
                event("Bucket", "CREATE_FAILED", "Resource creation cancelled"),
                event("Table", "UPDATE_FAILED", "Resource update cancelled"),
                event("Distribution", "CREATE_FAILED", reason),
                event("chat", "CREATE_IN_PROGRESS", "User Initiated"),
                event("Old", "CREATE_FAILED", "of an earlier deployment"),
            ] });
            let lines = reasons(&events, None);
            assert_eq!(lines.len(), 1, "{lines:?}");
            assert!(lines[0].starts_with("Distribution: ") && lines[0].contains(part), "{lines:?}");
        }
    }

    #[test]
    fn an_unknown_reason_is_passed_on() {
        let events = json!({ "StackEvents": [event("Queue", "UPDATE_FAILED", "no idea")] });
        assert_eq!(reasons(&events, None), ["Queue: no idea"]);
        assert!(reasons(&Value::Null, None).is_empty());
    }

    #[test]
    fn the_events_of_an_earlier_deployment_are_left_out() {
        let mut before = event("Queue", "UPDATE_FAILED", "of an earlier deployment");
        before["EventId"] = "Queue-1".into();
        let earlier = json!({ "StackEvents": [before] });
        let newest = newest(&earlier);
        assert_eq!(newest.as_deref(), Some("Queue-1"));
        assert!(reasons(&earlier, newest.as_deref()).is_empty());
    }
}
