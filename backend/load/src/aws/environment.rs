//! The variables that `template.yml` gives to the functions, with its default parameters.

use std::net::SocketAddr;

/// Names of the tables.
pub(crate) const CONNECTIONS: &str = "bench-connections";
pub(crate) const MESSAGES: &str = "bench-messages";

/// The header by which CloudFront is known.
pub(crate) const ORIGIN_KEY: &str = "key";

/// Returns the variables of all functions. Each reads those that it knows.
pub(crate) fn variables(store: SocketAddr, sockets: SocketAddr) -> Vec<(&'static str, String)> {
    let fixed = [
        // The rates of people and addresses are counted as on AWS and never reached.
        ("LIMIT_PERSON_RATE", "100000"),
        ("LIMIT_ADDRESS_RATE", "100000"),
        ("LIMIT_CONNECTION_COUNT", "20000"),
        ("DIRECT_LISTENERS", "2000"),
        ("LARGE_ROOMS", "on"),
        ("POST_RATE", "8000"),
        ("LIMIT_MESSAGE_COUNT", "100"),
        ("MESSAGE_RETENTION_DAYS", "365"),
        ("METRICS_NAMESPACE", "bench"),
        ("ACCESS", "open"),
        ("PASSPHRASE", ""),
        ("PASSPHRASE_PARAMETER", ""),
        ("OIDC_ISSUER", ""),
        ("OIDC_CLIENT_ID", ""),
        ("OIDC_MODERATOR_CLAIM", ""),
        ("MODERATORS", ""),
        ("CONNECTION_TABLE_NAME", CONNECTIONS),
        ("MESSAGE_TABLE_NAME", MESSAGES),
        ("ASSET_BUCKET_NAME", "bench-assets"),
        ("IMAGE_BUCKET_NAME", "bench-images"),
        ("ORIGIN_KEY", ORIGIN_KEY),
        ("PAGE_ORIGINS", "https://chat.example"),
        ("UPLOAD_ORIGIN", "https://bench-images.s3.us-east-1.amazonaws.com"),
        ("WEBSOCKET_URI", "wss://chat.example/ws"),
        ("RUST_LOG", "info"),
        // Lambda sets these.
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "bench"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ];
    let mut variables: Vec<_> = fixed.map(|(name, value)| (name, value.to_owned())).into();
    variables.push(("AWS_ENDPOINT_URL", format!("http://{store}")));
    variables.push(("SHARD_QUEUE_URL", format!("http://{store}/000000000000/bench.fifo")));
    variables.push(("CONNECTIONS_ENDPOINT", format!("http://{sockets}/ws")));
    variables
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the names below each `Variables:` of the template.
    fn names_in_the_template() -> Vec<String> {
        let template = include_str!("../../../../template.yml");
        let (mut names, mut indent) = (Vec::new(), None);
        for line in template.lines() {
            let depth = line.len() - line.trim_start().len();
            if line.trim() == "Variables:" {
                indent = Some(depth);
            } else if indent.is_some_and(|indent| depth <= indent) {
                indent = None;
            } else if indent.is_some_and(|indent| depth == indent + 2)
                && let Some((name, _)) = line.trim().split_once(':')
            {
                names.push(name.to_owned());
            }
        }
        names
    }

    #[test]
    fn each_variable_of_the_template_has_a_value() {
        let names = names_in_the_template();
        assert!(names.contains(&"MESSAGE_TABLE_NAME".to_owned()), "{names:?}");
        let address = SocketAddr::from(([127, 0, 0, 1], 1));
        let known = variables(address, address);
        for name in names {
            assert!(known.iter().any(|(known, _)| *known == name), "{name} of template.yml is missing here");
        }
    }
}
