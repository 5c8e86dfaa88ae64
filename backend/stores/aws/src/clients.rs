//! The SDK's clients, built once for the life of a function.

use std::{sync::Arc, time::Duration};

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_sdk_s3::config::{
    RequestChecksumCalculation, ResponseChecksumValidation,
    retry::RetryConfig,
    timeout::{TimeoutConfig, TimeoutConfigBuilder},
};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_types::SdkConfig;
use chat::ports::system::Clock;

use crate::{
    connections::DynamoConnections, gateway::ApiGatewayConnections, images::S3Images, messages::DynamoMessages,
    moderation::DynamoModeration, rate_store::DynamoRateStore, secrets::DynamoSecrets, table::Table,
    templates::S3Templates,
};

/// Whose AWS, and where. A Lambda finds all of it in its environment; its keys hold as long as the process lives.
pub struct Account {
    /// The region, such as `eu-central-1`.
    pub region: String,
    /// The public half of the key.
    pub access_key_id: String,
    /// The secret half of the key.
    pub secret_access_key: String,
    /// What makes a role's key valid.
    pub session_token: Option<String>,
    /// Where all of AWS is instead, for a stand-in.
    pub endpoint: Option<String>,
}

/// How long an operation may open a connection, TLS included.
const CONNECT: Duration = Duration::from_secs(1);

/// How long one try of a DynamoDB or S3 call may take. They answer in milliseconds; this is for a dead connection, as
/// a function finds it after it was frozen between two events.
const ATTEMPT: Duration = Duration::from_millis(1500);

/// How long a DynamoDB or S3 call may take with all its tries.
///
/// A function has 10 s. A call that fails ends the request, so that the end of the worst one is 3 s here + 2 s for the
/// post that says so (`gateway::POST`) = 5 s, which leaves 5 s to the calls before it.
pub(crate) const OPERATION: Duration = Duration::from_secs(3);

/// The tries of a call: within [`OPERATION`] there is room for one that hangs and two that fail at once.
const ATTEMPTS: u32 = 3;

/// Makes the ports of one account. All of them share one pool of connections.
pub struct Clients {
    shared: SdkConfig,
    dynamo: aws_sdk_dynamodb::Client,
}

impl Clients {
    /// Prepares the clients. Nothing is sent yet.
    pub fn new(account: Account) -> Self {
        let Account { region, access_key_id, secret_access_key, session_token, endpoint } = account;
        let credentials = Credentials::new(access_key_id, secret_access_key, session_token, None, "environment");
        // ring and not aws-lc: it needs no C toolchain for the cross build, is smaller, and is ready sooner.
        let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
        let mut shared = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(region))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(http)
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
            .timeout_config(timeouts().operation_attempt_timeout(ATTEMPT).operation_timeout(OPERATION).build());
        shared.set_endpoint_url(endpoint);
        let shared = shared.build();
        let dynamo = aws_sdk_dynamodb::Client::new(&shared);
        Self { shared, dynamo }
    }

    /// Who is connected, in the table of that name.
    pub fn connections(&self, table: &str, clock: Arc<dyn Clock>) -> DynamoConnections {
        DynamoConnections::new(self.table(table), clock)
    }

    /// The log of every room, in the table of that name. Messages are kept for `retention`, or for ever.
    pub fn messages(&self, table: &str, retention: Option<Duration>, clock: Arc<dyn Clock>) -> DynamoMessages {
        DynamoMessages::new(self.table(table), retention, clock)
    }

    /// The signing secret, in the connection table.
    pub fn secrets(&self, table: &str) -> DynamoSecrets {
        DynamoSecrets::new(self.table(table))
    }

    /// How often things were done, in the connection table.
    pub fn rate_store(&self, table: &str) -> DynamoRateStore {
        DynamoRateStore::new(self.table(table))
    }

    /// What moderators decided, in the connection table, and what they did, in the message table. A function that only asks
    /// for what was decided writes no log, and may name the one table for both.
    pub fn moderation(&self, connections: &str, messages: &str, clock: Arc<dyn Clock>) -> DynamoModeration {
        DynamoModeration::new(self.table(connections), self.table(messages), clock)
    }

    /// The way to the open sockets of the WebSocket API whose stage is at `endpoint`, `https://…/Prod`.
    pub fn gateway(&self, endpoint: &str) -> ApiGatewayConnections {
        ApiGatewayConnections::new(&self.shared, endpoint)
    }

    /// The built page in the bucket of that name.
    pub fn templates(&self, bucket: &str, clock: Arc<dyn Clock>) -> S3Templates {
        S3Templates::new(self.s3(), bucket, clock)
    }

    /// The images in the bucket of that name.
    pub fn images(&self, bucket: &str, clock: Arc<dyn Clock>) -> S3Images {
        S3Images::new(self.s3(), bucket, clock)
    }

    fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.shared)
            // A bucket is a host name on AWS; a stand-in on loopback has no such names.
            .force_path_style(self.shared.endpoint_url().is_some())
            // A browser that puts an image knows nothing of checksums.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        aws_sdk_s3::Client::from_conf(config)
    }

    fn table(&self, name: &str) -> Table {
        Table::new(self.dynamo.clone(), name)
    }
}

/// The timeouts that all calls have in common. The same for all, or they would not share their connections.
pub(crate) fn timeouts() -> TimeoutConfigBuilder {
    TimeoutConfig::builder().connect_timeout(CONNECT)
}
