//! The contract of the ports on AWS. Each test has its own tables in the AWS emulator at `CONTRACT_AWS_ENDPOINT`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test panics when it fails")]

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::SystemTime,
};

use async_trait::async_trait;
use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Credentials, Region},
    types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType},
};
use chat_testing::contract::{Browser, Stores};
use platform::system::SystemClock;
use store_aws::clients::{Account, Clients};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

chat_testing::contract_tests!(crate::stores);

mod aws_only;
mod backup;
mod costs;

async fn stores() -> Stores {
    let Tables { clients, connections, messages } = Tables::create().await;
    let clock = Arc::new(SystemClock);
    let bucket = fresh_name("images");
    s3().create_bucket().bucket(&bucket).send().await.unwrap();
    let log = Arc::new(clients.messages(&messages, None, clock.clone()));
    let all = Arc::new(clients.connections(&connections, clock));
    Stores {
        connections: all.clone(),
        shards: all,
        messages: log.clone(),
        saved: log,
        moderation: Arc::new(clients.moderation(&connections, &messages, Arc::new(SystemClock))),
        members: Arc::new(clients.room_members(&connections)),
        devices: Arc::new(clients.devices(&connections)),
        profiles: Arc::new(clients.profiles(&connections)),
        passkeys: Arc::new(clients.passkeys(&connections)),
        usage: Arc::new(clients.usage(&connections, Some((&messages, &bucket)))),
        secrets: Arc::new(clients.secrets(&connections)),
        rate_store: Arc::new(clients.rate_store(&connections)),
        tokens: Arc::new(clients.tokens(&connections)),
        room_directory: Arc::new(clients.room_directory(&connections)),
        read_positions: Arc::new(clients.read_positions(&connections)),
        images: Arc::new(clients.images(&bucket, Arc::new(SystemClock))),
        browser: Arc::new(PresignedUploads),
        _keep: Box::new(()),
    }
}

/// Uploads to a presigned address. It checks the signed headers, which S3 enforces and the AWS emulator does not.
struct PresignedUploads;

#[async_trait]
impl Browser for PresignedUploads {
    async fn put(&self, address: &str, media_type: &str, bytes: &[u8]) -> bool {
        let signed = address.contains("X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost");
        assert!(signed && address.contains("X-Amz-Expires=600"), "{address}");
        let Some((authority, path)) = address.strip_prefix("http://").and_then(|rest| rest.split_once('/')) else {
            panic!("{address} is not an address of the AWS emulator")
        };
        let mut stream = TcpStream::connect(authority).await.unwrap();
        let head = format!(
            "PUT /{path} HTTP/1.1\r\nHost: {authority}\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            bytes.len()
        );
        stream.write_all(&[head.as_bytes(), bytes].concat()).await.unwrap();
        let mut response = Vec::new();
        stream.read_to_end(&mut response).await.unwrap();
        response.starts_with(b"HTTP/1.1 200")
    }
}

/// Returns a client that can create buckets, which the stores cannot.
fn s3() -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(aws_sdk_s3::config::BehaviorVersion::v2026_01_12())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .force_path_style(true)
        .endpoint_url(endpoint());
    aws_sdk_s3::Client::from_conf(config.build())
}

/// Two empty tables, as `template.yml` creates them.
struct Tables {
    clients: Clients,
    connections: String,
    messages: String,
}

impl Tables {
    async fn create() -> Self {
        let (connections, messages) = (fresh_name("connections"), fresh_name("messages"));
        let client = dynamodb();
        create(&client, &connections).await;
        create(&client, &messages).await;
        Self { clients: clients(endpoint()), connections, messages }
    }
}

fn endpoint() -> String {
    env::var("CONTRACT_AWS_ENDPOINT").expect(
        "CONTRACT_AWS_ENDPOINT must be the address of an AWS emulator; `cargo xtask test` starts one and sets it",
    )
}

/// Returns the clients of the stores for an endpoint.
fn clients(endpoint: String) -> Clients {
    Clients::new(Account {
        region: "us-east-1".into(),
        access_key_id: "test".into(),
        secret_access_key: "test".into(),
        session_token: None,
        endpoint: Some(endpoint),
    })
}

/// Returns a client that can create tables, which the stores cannot.
fn dynamodb() -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(endpoint());
    Client::from_conf(config.build())
}

async fn create(client: &Client, table: &str) {
    let attribute = |name| {
        let definition = AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S);
        definition.build().unwrap()
    };
    let key = |name, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap();
    let table = client
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute("pk"))
        .attribute_definitions(attribute("sk"))
        .key_schema(key("pk", KeyType::Hash))
        .key_schema(key("sk", KeyType::Range));
    table.send().await.unwrap();
}

/// Returns a unique name: all tests and all runs share one AWS emulator.
fn fresh_name(what: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
    format!("contract-{what}-{now:x}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}
