//! The SDK clients, built once for the lifetime of a function.

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
    backup::{DynamoRecords, DynamoRestore, RestoredStores, StackNames},
    call_log::CallLog,
    connections::DynamoConnections,
    devices::DynamoDevices,
    gateway::ApiGatewayConnections,
    images::S3Images,
    messages::DynamoMessages,
    moderation::DynamoModeration,
    passkeys::DynamoPasskeys,
    profiles::DynamoProfiles,
    rate_store::DynamoRateStore,
    read_positions::DynamoReadPositions,
    room_directory::DynamoRoomDirectory,
    room_members::DynamoRoomMembers,
    secrets::DynamoSecrets,
    shard_queue::SqsShardQueue,
    table::Table,
    templates::{PageRelease, PublishedTemplate},
    tokens::DynamoTokens,
    usage_store::DynamoUsage,
};

/// An AWS account and region. A Lambda function finds all of it in its environment; its keys are valid as long as the process lives.
pub struct Account {
    /// The region, such as `eu-central-1`.
    pub region: String,
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
    /// The session token of a role.
    pub session_token: Option<String>,
    /// The endpoint of an AWS emulator.
    pub endpoint: Option<String>,
}

/// Timeout for opening a connection, TLS included.
const CONNECT: Duration = Duration::from_secs(1);

/// Timeout of one attempt of a DynamoDB or S3 call. They answer in milliseconds; the timeout is for a dead connection, as a function finds
/// it after it was frozen between two events.
const ATTEMPT: Duration = Duration::from_millis(1500);

/// Timeout of a DynamoDB or S3 call with all attempts.
///
/// A function has 10 s. A call that fails ends the request, so the worst end is 3 s here + 2 s for the error frame (`gateway::POST`) = 5 s,
/// which leaves 5 s for the calls before it.
pub(crate) const OPERATION: Duration = Duration::from_secs(3);

/// Number of attempts of a call: [`OPERATION`] has room for one that hangs and two that fail at once.
const ATTEMPTS: u32 = 3;

/// Longest pause before the second attempt of a call; before the third it is twice as long. The SDK's default of 1 s is for a client that is
/// alone: with it two failed attempts leave nothing of [`OPERATION`] for a third one. Throttling ends within milliseconds, because DynamoDB
/// refills a partition's units continuously.
const BACKOFF: Duration = Duration::from_millis(50);

/// Makes the ports of one account. They share one connection pool.
pub struct Clients {
    shared: SdkConfig,
    dynamo: aws_sdk_dynamodb::Client,
    calls: Option<Arc<CallLog>>,
}

/// How long calls may take, and how often they are attempted.
struct Patience {
    attempt: Duration,
    operation: Duration,
    attempts: u32,
    /// Longest pause before the second attempt. It doubles with each further one.
    backoff: Duration,
}

/// Of a function: see [`OPERATION`].
const FUNCTION: Patience = Patience { attempt: ATTEMPT, operation: OPERATION, attempts: ATTEMPTS, backoff: BACKOFF };

/// Of an operator's command. 2 MB, the largest image, take 32 s at 0.5 Mbit/s. A throttled table is given time to grow.
const OPERATOR: Patience = Patience {
    attempt: Duration::from_secs(60),
    operation: Duration::from_secs(5 * 60),
    attempts: 10,
    backoff: Duration::from_secs(1),
};

impl Clients {
    /// Prepares the clients of a function without sending anything.
    pub fn new(account: Account) -> Self {
        Self::with_patience(account, &FUNCTION)
    }

    /// Prepares the clients of an operator's command, which may wait longer than a function.
    pub fn for_operator(account: Account) -> Self {
        Self::with_patience(account, &OPERATOR)
    }

    fn with_patience(account: Account, patience: &Patience) -> Self {
        let Account { region, access_key_id, secret_access_key, session_token, endpoint } = account;
        let credentials = Credentials::new(access_key_id, secret_access_key, session_token, None, "environment");
        // ring and not aws-lc: it needs no C toolchain for the cross build, is smaller and starts faster.
        let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
        let mut shared = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(region))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(http)
            .retry_config(
                RetryConfig::standard().with_max_attempts(patience.attempts).with_initial_backoff(patience.backoff),
            )
            .timeout_config(
                timeouts().operation_attempt_timeout(patience.attempt).operation_timeout(patience.operation).build(),
            );
        shared.set_endpoint_url(endpoint);
        let shared = shared.build();
        let dynamo = aws_sdk_dynamodb::Client::new(&shared);
        Self { shared, dynamo, calls: None }
    }

    /// Counts the DynamoDB calls of the ports that are made after this.
    #[must_use]
    pub fn with_call_log(self, calls: Arc<CallLog>) -> Self {
        Self { calls: Some(calls), ..self }
    }

    /// Returns the connections in the table of that name.
    pub fn connections(&self, table: &str, clock: Arc<dyn Clock>) -> DynamoConnections {
        DynamoConnections::new(self.table(table), clock)
    }

    /// Returns the log of all rooms in the table of that name. Messages are kept for `retention`, or for ever.
    pub fn messages(&self, table: &str, retention: Option<Duration>, clock: Arc<dyn Clock>) -> DynamoMessages {
        DynamoMessages::new(self.table(table), retention, clock)
    }

    /// Returns the signing secret in the connection table.
    pub fn secrets(&self, table: &str) -> DynamoSecrets {
        DynamoSecrets::new(self.table(table))
    }

    /// Returns the one-use tokens in the connection table.
    pub fn tokens(&self, table: &str) -> DynamoTokens {
        DynamoTokens::new(self.table(table))
    }

    /// Returns the directory of open rooms.
    pub fn room_directory(&self, table: &str) -> DynamoRoomDirectory {
        DynamoRoomDirectory::new(self.table(table))
    }

    /// Returns the devices in the connection table.
    pub fn devices(&self, table: &str) -> DynamoDevices {
        DynamoDevices::new(self.table(table))
    }

    /// Returns the profiles in the connection table.
    pub fn profiles(&self, table: &str) -> DynamoProfiles {
        DynamoProfiles::new(self.table(table))
    }

    /// Returns the passkeys in the connection table.
    pub fn passkeys(&self, table: &str) -> DynamoPasskeys {
        DynamoPasskeys::new(self.table(table))
    }

    /// Returns the read positions in the connection table.
    pub fn read_positions(&self, table: &str) -> DynamoReadPositions {
        DynamoReadPositions::new(self.table(table))
    }

    /// Returns the members of private rooms in the connection table.
    pub fn room_members(&self, table: &str) -> DynamoRoomMembers {
        DynamoRoomMembers::new(self.table(table))
    }

    /// Returns the usage figures in the connection table. `measured` are the message table and the bucket of images, for the function that
    /// counts them; the others only read the figures.
    pub fn usage(&self, connections: &str, measured: Option<(&str, &str)>) -> DynamoUsage {
        let measured = measured.map(|(messages, images)| (self.table(messages), self.s3(), images.to_owned()));
        DynamoUsage::new(self.table(connections), measured)
    }

    /// Returns the rate counters in the connection table.
    pub fn rate_store(&self, table: &str) -> DynamoRateStore {
        DynamoRateStore::new(self.table(table))
    }

    /// Returns restrictions and room rules in the connection table, and the audit log in the message table. A function that only reads
    /// restrictions writes no log and may pass the connection table for both.
    pub fn moderation(&self, connections: &str, messages: &str, clock: Arc<dyn Clock>) -> DynamoModeration {
        DynamoModeration::new(self.table(connections), self.table(messages), clock)
    }

    /// Returns the gateway to the sockets of the WebSocket API whose stage is at `endpoint`, `https://…/ws`.
    pub fn gateway(&self, endpoint: &str) -> ApiGatewayConnections {
        ApiGatewayConnections::new(&self.shared, endpoint)
    }

    /// Returns the queue of the workers at `url`.
    pub fn shard_queue(&self, url: &str) -> SqsShardQueue {
        SqsShardQueue::new(&self.shared, url)
    }

    /// Returns the index template of `page`, whose assets are uploaded to the bucket of that name.
    pub fn templates(&self, bucket: &str, page: PageRelease, clock: Arc<dyn Clock>) -> PublishedTemplate {
        PublishedTemplate::new(self.s3(), bucket, page, clock)
    }

    /// Returns the images in the bucket of that name.
    pub fn images(&self, bucket: &str, clock: Arc<dyn Clock>) -> S3Images {
        S3Images::new(self.s3(), bucket, clock)
    }

    /// Returns the records of a stack for a backup, read with at most this many units of 4 KB a second.
    pub fn records(
        &self,
        names: &StackNames,
        retention: Option<Duration>,
        clock: Arc<dyn Clock>,
        units: u32,
    ) -> DynamoRecords {
        let (connections, log) = (self.table(&names.connections), self.table(&names.messages));
        let messages = self.messages(&names.messages, retention, clock.clone());
        DynamoRecords::new(connections, log, messages, clock, units)
    }

    /// Returns a stack as the target of a restore, written with at most this many units of 1 KB a second.
    pub fn restore(
        &self,
        names: &StackNames,
        retention: Option<Duration>,
        clock: Arc<dyn Clock>,
        units: u32,
    ) -> DynamoRestore {
        let stores = RestoredStores {
            messages: self.messages(&names.messages, retention, clock.clone()),
            moderation: self.moderation(&names.connections, &names.messages, clock.clone()),
            members: self.room_members(&names.connections),
            secrets: self.secrets(&names.connections),
            read_positions: self.read_positions(&names.connections),
            devices: self.devices(&names.connections),
            profiles: self.profiles(&names.connections),
            passkeys: self.passkeys(&names.connections),
            room_directory: self.room_directory(&names.connections),
            images: self.images(&names.images, clock.clone()),
        };
        DynamoRestore::new(self.table(&names.messages), stores, clock, units)
    }

    fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.shared)
            // A bucket is a host name on AWS. An emulator on loopback has no such names.
            .force_path_style(self.shared.endpoint_url().is_some())
            // A browser that uploads an image sends no checksum.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        aws_sdk_s3::Client::from_conf(config)
    }

    fn table(&self, name: &str) -> Table {
        Table::new(self.dynamo.clone(), name, self.calls.clone())
    }
}

/// Returns the timeouts that all clients share. With different ones they would not share their connections.
pub(crate) fn timeouts() -> TimeoutConfigBuilder {
    TimeoutConfig::builder().connect_timeout(CONNECT)
}
