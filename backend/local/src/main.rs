//! The local server: reads the settings, connects the ports and runs.

use std::{
    error::Error,
    io::{self, Write},
    path::Path,
    process::ExitCode,
    sync::Arc,
};

use chat::{
    access::{
        origin::{Origin, Origins},
        rate_limit::{RateLimiter, RateLimits},
        room_membership::RoomMembership,
        sessions::Sessions,
    },
    cleanup::{CleanupHandler, CleanupPorts},
    commands::{FrameHandler, FramePorts, FrameSettings},
    messages::{expire::MessageExpiry, renderer::MessageRenderer},
    moderation::restrictions::RestrictionStore,
    presence::{connect::ConnectRule, connect_handler::ConnectHandler, disconnect::DisconnectHandler},
};
use chat_backup::Summary;
use chat_http::front::{FrontHandler, FrontPorts, FrontSettings};
#[cfg(unix)]
use chat_local::control::ControlSocket;
use chat_local::{
    backup,
    built_page::BuiltPage,
    log, open_files, owner_link,
    page_loads::PageLoads,
    server::{Server, Timeouts},
    settings::{Command, LocalSettings},
    sockets::Sockets,
    tcp_limits::{self, TcpLimits},
};
use embedded_page::EmbeddedPage;
use passkeys::WebauthnCeremony;
use platform::{
    cpu_pool,
    identity_provider::HttpProvider,
    system::{SystemClock, SystemEntropy},
};
use store_redb::{
    connections::InProcessConnections,
    devices::RedbDevices,
    images::FileImages,
    messages::RedbMessages,
    moderation::RedbModeration,
    passkeys::RedbPasskeys,
    profiles::RedbProfiles,
    rate_store::InProcessRateStore,
    read_positions::RedbReadPositions,
    room_directory::RedbRoomDirectory,
    room_members::RedbRoomMembers,
    store::{Store, StoreState},
    tokens::RedbTokens,
    usage_store::RedbUsage,
};
use tokio::sync::watch;

#[tokio::main]
async fn main() -> ExitCode {
    log::open();
    let settings = LocalSettings::from_arguments();
    let done = match &settings.command {
        None => run(settings).await,
        Some(Command::Backup { to }) => print_copy("backup", to, backup::back_up(&settings.data, to).await),
        Some(Command::OwnerLink) => print_owner_link(owner_link::make(&settings.data).await),
        Some(Command::Restore { from }) => {
            print_copy("restore", &settings.data, backup::restore(from, &settings.data).await)
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(settings: LocalSettings) -> Result<(), Box<dyn Error>> {
    let page = BuiltPage::find(settings.page.clone(), EmbeddedPage::of_this_program())?;
    let store = Store::open(&settings.data)?;
    let listener = tcp_limits::listen((settings.host, settings.port).into()).map_err(|error| {
        format!("{}:{} can't be listened on ({error}): choose another with --port", settings.host, settings.port)
    })?;
    let port = listener.local_addr()?.port();
    let state = store.state();
    #[cfg(unix)]
    let _control = ControlSocket::listen(&settings.data, store.clone(), address(&settings, port));
    let first_link = owner_link::for_first_start(&store).await?;
    let server = build_server(&settings, store, page).await?;
    open_files::raise_limit(server.tcp_limits.all());
    announce(&address(&settings, port), first_link.as_deref())?;
    let stopped = async {
        tokio::select! {
            () = shutdown_signal() => {}
            () = failed(state.clone()) => {}
        }
    };
    server.run(listener, stopped).await;
    match &*state.borrow() {
        StoreState::Failed { cause } => Err(format!(
            "stopped, because the store could not be reopened after an error ({cause}): check the disk of {} and start again",
            settings.data.display()
        )
        .into()),
        _ => Ok(()),
    }
}

/// Waits until the store has failed.
async fn failed(mut state: watch::Receiver<StoreState>) {
    if state.wait_for(|state| matches!(state, StoreState::Failed { .. })).await.is_err() {
        std::future::pending().await
    }
}

/// Prints the result of `backup` or `restore`.
fn print_copy(name: &str, target: &Path, copied: Result<Summary, Box<dyn Error>>) -> Result<(), Box<dyn Error>> {
    let summary = copied.map_err(|error| format!("{name} failed: {error}"))?;
    writeln!(io::stdout(), "{name} complete: {summary} in {}", target.display())?;
    Ok(())
}

async fn build_server(settings: &LocalSettings, store: Store, page: BuiltPage) -> Result<Server, Box<dyn Error>> {
    let entropy = Arc::new(SystemEntropy);
    let clock = Arc::new(SystemClock);
    let policy = settings.access_policy()?;
    let (access, configured_moderators) = (policy.access, policy.moderators().to_vec());
    let sessions = Sessions::load(Arc::new(store.clone()), clock.clone(), entropy.clone(), policy).await?;
    let connections = Arc::new(InProcessConnections::default());
    let messages = Arc::new(RedbMessages::new(store.clone(), settings.retention(), clock.clone()));
    let moderation = Arc::new(RedbModeration::new(store.clone(), clock.clone()));
    let members = Arc::new(RedbRoomMembers::new(store.clone()));
    let devices = Arc::new(RedbDevices::new(store.clone()));
    let profiles = Arc::new(RedbProfiles::new(store.clone()));
    let passkeys = Arc::new(RedbPasskeys::new(store.clone()));
    let tokens = Arc::new(RedbTokens::new(store.clone(), clock.clone()));
    let room_directory = Arc::new(RedbRoomDirectory::load(store.clone()).await);
    let read_positions = Arc::new(RedbReadPositions::new(store.clone()));
    let usage = Arc::new(RedbUsage::new(store.clone(), &settings.data));
    let images = FileImages::open(&settings.data, clock.clone(), entropy.as_ref());
    let images = Arc::new(images.map_err(|error| {
        format!(
            "the images' folders in {} can't be used ({error}): choose another with --data",
            settings.data.display()
        )
    })?);
    let rate_store = Arc::new(InProcessRateStore::new(clock.clone()));
    let limits = RateLimits { person: settings.limit_person_rate, address: settings.limit_address_rate };
    let rate = RateLimiter::new(rate_store.clone(), clock.clone(), limits);
    let origins = origins(settings)?;
    let is_limited_per_address = rate.limits_addresses();
    let tcp_limits = TcpLimits::new(settings.limit_connection_count, is_limited_per_address && !settings.behind_proxy);
    let sockets = Arc::new(Sockets::default());
    let templates = page.templates();
    let page_size = settings.limit_message_count;
    let cpu = cpu_pool::scheduler()?;
    let renderer = MessageRenderer::new(cpu.clone());
    Ok(Server {
        connect: ConnectHandler::new(ConnectRule {
            connections: connections.clone(),
            rate_store: rate_store.clone(),
            clock: clock.clone(),
            sessions: sessions.clone(),
            origins: origins.clone(),
            rate: rate.clone(),
            restriction_store: RestrictionStore {
                moderation: moderation.clone(),
                clock: clock.clone(),
                configured_moderators: configured_moderators.clone(),
            },
            membership: RoomMembership { members: members.clone() },
            profiles: profiles.clone(),
            limit: settings.limit_connection_count,
        }),
        disconnect: DisconnectHandler::new(connections.clone(), sockets.clone(), clock.clone(), entropy.clone()),
        send: FrameHandler::new(
            FramePorts {
                connections: connections.clone(),
                messages: messages.clone(),
                saved: messages.clone(),
                images: images.clone(),
                gateway: sockets.clone(),
                moderation: moderation.clone(),
                members: members.clone(),
                devices: devices.clone(),
                profiles: profiles.clone(),
                passkeys: passkeys.clone(),
                rate_store: rate_store.clone(),
                read_positions: read_positions.clone(),
                room_directory: room_directory.clone(),
                usage: usage.clone(),
                renderer: renderer.clone(),
                clock: clock.clone(),
                entropy: entropy.clone(),
            },
            FrameSettings { rate: rate.clone(), access, configured_moderators, page_size },
        ),
        cron: Arc::new(CleanupHandler::new(
            CleanupPorts {
                connections: connections.clone(),
                gateway: sockets.clone(),
                messages: messages.clone(),
                moderation: moderation.clone(),
                images: images.clone(),
                profiles: profiles.clone(),
                room_directory,
                usage,
                clock: clock.clone(),
            },
            sessions.clone(),
        )),
        expire: Arc::new(MessageExpiry { messages: messages.clone(), images: images.clone() }),
        images,
        is_limited_per_address,
        store,
        front: FrontHandler::new(
            FrontPorts {
                connections,
                gateway: sockets.clone(),
                saved: messages.clone(),
                messages,
                templates,
                moderation,
                members,
                devices,
                profiles,
                passkeys,
                ceremony: Arc::new(WebauthnCeremony),
                rate_store,
                read_positions,
                tokens,
                provider: Arc::<HttpProvider>::default(),
                renderer,
                clock,
                entropy: entropy.clone(),
            },
            FrontSettings {
                sessions: sessions.clone(),
                origins: origins.clone(),
                page_size,
                // A path without a host: the page uses its own host, whatever name or proxy it was reached by.
                socket: "/ws".into(),
                uploads: None,
            },
        ),
        tcp_limits: Arc::new(tcp_limits),
        page_loads: PageLoads::new(rate, sessions),
        cpu,
        sockets,
        entropy,
        timeouts: Timeouts { idle: settings.idle(), behind: settings.behind(), lifetime: settings.lifetime() },
        page,
        origins,
        behind_proxy: settings.behind_proxy,
    })
}

/// Returns the accepted origins. A server on loopback accepts the names of this machine; any other accepts the host of the request.
fn origins(settings: &LocalSettings) -> Result<Origins, Box<dyn Error>> {
    let listed = Origin::all(&settings.allowed_origins).map_err(|error| format!("--allowed-origins: {error}"))?;
    Ok(if settings.host.is_loopback() { Origins::of_this_machine(listed) } else { Origins::of_the_address(listed) })
}

/// Returns the address of the chat on this machine, or on the host that it listens on.
fn address(settings: &LocalSettings, port: u16) -> String {
    let host = if settings.host.is_loopback() || settings.host.is_unspecified() {
        "localhost".into()
    } else {
        settings.host.to_string()
    };
    format!("http://{host}:{port}")
}

/// Prints the address of the chat on standard output, for people and for programs, and the owner link of a chat without an owner.
fn announce(address: &str, owner_link: Option<&str>) -> io::Result<()> {
    let mut lines = format!("Serverless Chat Page is at {address}\n");
    if let Some(path) = owner_link {
        lines += &format!("It has no owner yet. To become the owner, open this link within a day: {address}{path}\n");
    }
    // In one write: a program may read the first line only.
    io::stdout().write_all(lines.as_bytes())
}

/// Prints a new owner link.
fn print_owner_link(made: Result<String, Box<dyn Error>>) -> Result<(), Box<dyn Error>> {
    let link = made.map_err(|error| format!("owner-link failed: {error}"))?;
    match link.starts_with('/') {
        true => writeln!(io::stdout(), "Start the server, and open this path of it within a day: {link}")?,
        false => writeln!(io::stdout(), "Open this link within a day: {link}")?,
    }
    Ok(())
}

/// Waits for an interrupt from the terminal or, on Unix, for SIGTERM.
async fn shutdown_signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
