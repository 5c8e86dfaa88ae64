//! The stacks that the browser tests need, deployed to the AWS emulator.

use std::{env, path::Path, process::Command};

use anyhow::Result;

use crate::{
    backup,
    command::run,
    emulator::AwsEmulator,
    playwright::{MESSAGE_LIMIT, SMALL_CONNECTION_LIMIT},
    ports,
    project::Project,
    stack::{self, Outputs},
};

/// Name of the stack whose functions send to connections through a proxy that fails on purpose.
const FAULTS: &str = "chat-test-faults";

/// Name of the stack that is upgraded under load.
const UPGRADE: &str = "chat-test-upgrade";

/// Number of listeners that a send posts to itself on that stack. Larger rooms go through the queue in shards of two.
const DIRECT_LISTENERS: &str = "8";

/// Name of the stack whose access policy requires a passphrase.
const CLOSED: &str = "chat-test-passphrase";

/// Passphrase of that stack.
const PASSPHRASE: &str = "open-sesame-now";

/// The secret by which the functions recognize requests that came through CloudFront, or through the proxy that stands for it.
const ORIGIN_KEY: &str = "origin-key-of-the-tests";

/// Connection limit of the other stacks: more than the tests open.
const CONNECTION_LIMIT: &str = "1000";

/// Number of workers of the browser tests, as `workers` in e2e/playwright.config.ts.
const WORKERS: usize = 2;

/// The deployed stacks, and the ports of the servers that the browser tests put in front of them.
pub(super) struct TestStacks {
    open: Outputs,
    small: Outputs,
    faults: Outputs,
    passphrase: Outputs,
    oidc: Outputs,
    upgrade: Outputs,
    /// Makes its visitor the owner of the stack with a passphrase.
    owner_link: String,
    /// Flags with which the test deploys that stack again.
    upgrade_flags: Vec<String>,
    ports: Ports,
}

/// Loopback ports that the tests listen on.
struct Ports {
    /// Proxy between the functions and the API Gateway, which fails on purpose.
    faults: u16,
    /// Page of the stack with a passphrase.
    passphrase: u16,
    /// Page of the stack with OpenID Connect.
    oidc: u16,
    /// OpenID Connect provider.
    provider: u16,
    /// Page of the stack that is upgraded.
    upgrade: u16,
    /// Page of the open stack: each worker has its own proxy.
    pages: Vec<u16>,
}

impl TestStacks {
    /// Deploys all stacks.
    pub(super) fn deploy(project: &Project, emulator: &AwsEmulator) -> Result<Self> {
        let ports = Ports::free()?;
        let configure = |command: &mut Command| {
            emulator.configure(command);
        };
        let deploy = |name, limit, gateway: &str, access: &[String]| {
            deploy(project, emulator, &StackSettings { name, limit, gateway, access })
        };
        let gateway = emulator.address();
        let faulty_gateway = format!("127.0.0.1:{}", ports.faults);
        let open = [allowed_origins(&ports.pages)];
        let faults =
            [allowed_origins(&ports.pages), "LargeRooms=on".to_owned(), format!("DirectListeners={DIRECT_LISTENERS}")];
        let passphrase =
            ["Access=passphrase".into(), allowed_origins(&[ports.passphrase]), format!("Passphrase={PASSPHRASE}")];
        let oidc = [
            "Access=oidc".into(),
            allowed_origins(&[ports.oidc]),
            format!("OidcIssuer=http://127.0.0.1:{}", ports.provider),
            "OidcClientId=chat".into(),
        ];
        let upgrade = [allowed_origins(&[ports.upgrade])];
        let upgrade = StackSettings { name: UPGRADE, limit: CONNECTION_LIMIT, gateway: &gateway, access: &upgrade };
        Ok(Self {
            upgrade: self::deploy(project, emulator, &upgrade)?,
            upgrade_flags: upgrade.flags(project),
            open: deploy("chat-test", CONNECTION_LIMIT, &gateway, &open)?,
            small: deploy("chat-test-small", SMALL_CONNECTION_LIMIT, &gateway, &open)?,
            faults: deploy(FAULTS, CONNECTION_LIMIT, &faulty_gateway, &faults)?,
            passphrase: deploy(CLOSED, CONNECTION_LIMIT, &gateway, &passphrase)?,
            oidc: deploy("chat-test-oidc", CONNECTION_LIMIT, &gateway, &oidc)?,
            owner_link: backup::owner_link(project, &configure, CLOSED)?,
            ports,
        })
    }

    /// Sets the environment variables with which the browser tests find the stacks. `versions` is the folder of the two versions that
    /// the upgrade test deploys.
    pub(super) fn configure(&self, playwright: &mut Command, emulator: &AwsEmulator, versions: &Path) -> Result<()> {
        // The upgrade test runs `sam deploy`.
        emulator.configure(playwright).env("SAM_CLI_TELEMETRY", "0");
        playwright.env("STACK_UPGRADE_VERSIONS", versions).env("STACK_UPGRADE_FLAGS", self.upgrade_flags.join("\n"));
        playwright.env("STACK_UPGRADE_ASSETS", self.upgrade.get("DistributionDomainName")?);
        playwright.env("STACK_GATEWAY", emulator.address()).env("STACK_SOCKET", self.open.get("WebSocketURI")?);
        playwright.env("STACK_FRONT", self.open.get("FrontApiEndpoint")?);
        playwright.env("STACK_ASSETS", self.open.get("DistributionDomainName")?);
        playwright.env("STACK_ORIGIN_KEY", ORIGIN_KEY);
        let pages: Vec<_> = self.ports.pages.iter().map(u16::to_string).collect();
        playwright.env("STACK_PAGE_PORTS", pages.join(","));
        playwright.env("STACK_SMALL_SOCKET", self.small.get("WebSocketURI")?);
        // Clients connect to the emulator directly; only what the functions send goes through the faulty proxy.
        let (proxy, direct) = (self.ports.faults.to_string(), emulator.port().to_string());
        playwright.env("STACK_FAULTS_SOCKET", self.faults.get("WebSocketURI")?.replace(&proxy, &direct));
        playwright.env("STACK_FAULTS_NAME", FAULTS).env("STACK_FAULTS_PORT", proxy);
        playwright.env("STACK_PASSPHRASE", PASSPHRASE).env("STACK_OWNER_LINK", &self.owner_link);
        playwright.env("STACK_PROVIDER_PORT", self.ports.provider.to_string());
        let (passphrase, oidc) = (&self.passphrase, &self.oidc);
        for (access, stack, port) in [
            ("PASSPHRASE", passphrase, self.ports.passphrase),
            ("OIDC", oidc, self.ports.oidc),
            ("UPGRADE", &self.upgrade, self.ports.upgrade),
        ] {
            playwright.env(format!("STACK_{access}_FRONT"), stack.get("FrontApiEndpoint")?);
            playwright.env(format!("STACK_{access}_ASSETS"), stack.get("DistributionDomainName")?);
            playwright.env(format!("STACK_{access}_SOCKET"), stack.get("WebSocketURI")?);
            playwright.env(format!("STACK_{access}_PORT"), port.to_string());
        }
        Ok(())
    }
}

impl Ports {
    /// Chooses free ports. The tests listen on them minutes later.
    fn free() -> Result<Self> {
        let ports = ports::free(5 + WORKERS)?;
        let [faults, passphrase, oidc, provider, upgrade] = [0, 1, 2, 3, 4].map(|at| ports[at]);
        Ok(Self { faults, passphrase, oidc, provider, upgrade, pages: ports[5..].to_vec() })
    }
}

/// Returns the parameter that lists the origins from which scripts may open a socket. Passkeys need a host with a name.
fn allowed_origins(ports: &[u16]) -> String {
    let of_port = |port: &u16| ["127.0.0.1", "localhost"].map(|host| format!("http://{host}:{port}"));
    let origins: Vec<_> = ports.iter().flat_map(of_port).collect();
    format!("AllowedOrigins={}", origins.join(","))
}

struct StackSettings<'a> {
    name: &'a str,
    /// Connection limit.
    limit: &'a str,
    /// Address of the API Gateway for the functions.
    gateway: &'a str,
    /// Parameters of the access policy, the allowed origins, and others of this stack alone.
    access: &'a [String],
}

impl StackSettings<'_> {
    /// Returns the flags of `sam deploy`.
    fn flags(&self, project: &Project) -> Vec<String> {
        let Self { name, limit, gateway, access } = self;
        // The test deploys templates in other folders, where SAM does not find this file by itself.
        let config = project.root.join("samconfig.toml").display().to_string();
        let fixed = ["--config-file".into(), config, "--stack-name".into(), (*name).into()];
        let parameters = [
            "--parameter-overrides".into(),
            format!("Architecture={}", architecture()),
            format!("ExecuteApiBase={gateway}/_aws/execute-api"),
            format!("LimitConnectionCount={limit}"),
            format!("LimitMessageCount={MESSAGE_LIMIT}"),
            format!("OriginKey={ORIGIN_KEY}"),
            "LimitPersonRate=0".into(),
            "LimitAddressRate=0".into(),
        ];
        fixed.into_iter().chain(parameters).chain(access.iter().cloned()).collect()
    }
}

/// Deploys one stack. Rate limits are off, because tests send faster than people.
fn deploy(project: &Project, emulator: &AwsEmulator, settings: &StackSettings) -> Result<Outputs> {
    let aws = |command: &mut Command| {
        emulator.configure(command);
    };
    let mut sam = stack::sam(project);
    run(emulator.configure(sam.arg("deploy").args(settings.flags(project))))?;
    Outputs::of(project, &aws, settings.name, None)
}

/// Returns the architecture of this machine, as template.yml names it. The emulator runs the functions as local
/// processes.
pub(super) fn architecture() -> &'static str {
    if env::consts::ARCH == "aarch64" { "arm64" } else { "x86_64" }
}
