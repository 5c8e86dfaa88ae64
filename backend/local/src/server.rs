//! The local server: what API Gateway, CloudFront and S3 do on AWS.

use std::{convert::Infallible, future::Future, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Extension, Router, extract::ConnectInfo, middleware, routing};
use chat::{
    access::origin::Origins,
    cleanup::CleanupHandler,
    commands::FrameHandler,
    cpu::CpuScheduler,
    messages::expire::MessageExpiry,
    ports::system::Entropy,
    presence::{connect_handler::ConnectHandler, disconnect::DisconnectHandler},
};
use chat_http::front::FrontHandler;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use store_redb::{images::FileImages, store::Store};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};

use super::{assets, health, http, images, socket, visitor};
use crate::{
    built_page::BuiltPage,
    page_loads::PageLoads,
    sockets::Sockets,
    tcp_limits::{self, TcpLimits, TcpPermit},
};

/// How long open sockets may take to close after a shutdown was requested.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

/// Timeout for the head of a request, and again for a form. A client that sends slowly would occupy a connection.
pub(crate) const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// The handlers that the server passes requests to.
pub struct Server {
    /// Handles connect requests.
    pub connect: ConnectHandler,
    /// Handles closed sockets.
    pub disconnect: DisconnectHandler,
    /// Handles frames.
    pub send: FrameHandler,
    /// Answers requests for pages.
    pub front: FrontHandler,
    /// Bounds the page loads of an address.
    pub page_loads: PageLoads,
    /// The turns in which pages are compressed.
    pub cpu: CpuScheduler,
    /// Runs the hourly clean-up.
    pub cron: Arc<CleanupHandler>,
    /// Removes expired messages.
    pub expire: Arc<MessageExpiry>,
    /// Receives uploads and serves images.
    pub images: Arc<FileImages>,
    /// Whether one address may hold only a part of what there is.
    pub is_limited_per_address: bool,
    /// The limits of TCP connections.
    pub tcp_limits: Arc<TcpLimits>,
    /// The store whose state `/readyz` reports.
    pub store: Store,
    /// The queues of the sockets.
    pub sockets: Arc<Sockets>,
    /// The randomness of connection ids.
    pub entropy: Arc<dyn Entropy>,
    /// The timeouts of sockets.
    pub timeouts: Timeouts,
    /// The built page.
    pub page: BuiltPage,
    /// The accepted hosts and origins.
    pub origins: Origins,
    /// Whether `X-Forwarded-For` and `X-Forwarded-Proto` come from a trusted proxy. Without one, any client can send them.
    pub behind_proxy: bool,
}

/// Interval of the clean-up; the first one runs at the start.
const SWEEP: Duration = Duration::from_secs(60 * 60);

/// When the server closes a socket, as API Gateway does.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Time without a frame in either direction.
    pub idle: Duration,
    /// Time for which a client may read too slowly.
    pub behind: Duration,
    /// Time since the socket opened.
    pub lifetime: Duration,
}

/// State that all requests share.
pub(crate) struct Shared {
    pub(crate) server: Server,
    pub(crate) stopping: watch::Receiver<bool>,
}

impl Server {
    /// Serves until `shutdown` completes, then lets open sockets close.
    pub async fn run(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        let (stop, stopping) = watch::channel(false);
        let health = health::routes(self.store.clone());
        let (page, cron, expire) = (self.page.clone(), self.cron.clone(), self.expire.clone());
        let (tcp_limits, sockets) = (self.tcp_limits.clone(), self.sockets.clone());
        // It goes on while the sockets are closed.
        let mut flusher = tokio::spawn(async move { sockets.flusher.run().await });
        let shared = Arc::new(Shared { server: self, stopping });
        let app = Router::new()
            .route("/ws", routing::get(socket::open))
            .route("/sw.js", assets::worker(&page))
            .merge(assets::assets(&page))
            .route("/uploads/{*address}", routing::put(images::put))
            .route("/images/{*path}", routing::get(images::get))
            .route("/pictures/{person}", routing::get(images::get_picture))
            .fallback_service(routing::get(http::front).post(http::front).with_state(shared.clone()))
            .layer(middleware::from_fn(http::guard))
            .layer(middleware::from_fn(http::delay_refusals))
            .layer(middleware::from_fn_with_state(shared.clone(), visitor::require_known_host))
            .layer(middleware::from_fn(http::log))
            .with_state(shared)
            .merge(health);
        tokio::select! {
            never = accept(&listener, &app, &tcp_limits, &stop) => match never {},
            never = sweep_hourly(&cron, &expire) => match never {},
            ended = &mut flusher => tracing::error!(?ended, "frames cannot be written any more; the server stops"),
            () = shutdown => {}
        }
        // No more connections are accepted, and this drops the receiver of the server itself.
        drop((listener, app));
        tracing::info!("stopping: sockets are asked to close");
        stop.send_replace(true);
        // Every connection holds a receiver, so this waits until the last one has ended.
        if tokio::time::timeout(SHUTDOWN_TIMEOUT, stop.closed()).await.is_err() {
            tracing::warn!("some sockets did not close in time");
        }
        flusher.abort();
    }
}

/// Accepts connections, and refuses those above the limits.
async fn accept(
    listener: &TcpListener,
    app: &Router,
    limits: &Arc<TcpLimits>,
    stop: &watch::Sender<bool>,
) -> Infallible {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => match limits.admit(peer.ip()) {
                Some(permit) => drop(tokio::spawn(serve(stream, peer, permit, app.clone(), stop.subscribe()))),
                None => tcp_limits::refuse(stream),
            },
            Err(error) => {
                // Usually there are too many open files, and some close soon.
                tracing::error!(%error, "accept failed; retrying in 1 s");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// Serves one connection until it or the server ends.
async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    permit: TcpPermit,
    app: Router,
    mut stopping: watch::Receiver<bool>,
) {
    if let Err(error) = tcp_limits::set_options(&stream) {
        // The peer has closed the connection already.
        tracing::debug!(%error, "connection broken");
        return;
    }
    // A socket takes the permit over: it outlives this function.
    let permit = SharedPermit(Arc::new(permit));
    let app = TowerToHyperService::new(app.layer(Extension(ConnectInfo(peer))).layer(Extension(permit)));
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(REQUEST_TIMEOUT);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), app).with_upgrades());
    let stopped = async { drop(stopping.wait_for(|stopping| *stopping).await) };
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopped => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "connection broken");
    }
}

/// The permit of the TCP connection that a request came through. The connection and its socket hold it.
#[derive(Clone)]
pub(crate) struct SharedPermit(
    #[expect(dead_code, reason = "holding it is its use: the place is freed when the last clone is dropped")]
    Arc<TcpPermit>,
);

async fn sweep_hourly(cron: &CleanupHandler, expire: &MessageExpiry) -> Infallible {
    let mut hours = tokio::time::interval(SWEEP);
    loop {
        hours.tick().await;
        if let Err(cause) = cron.handle().await {
            tracing::error!(%cause, "clean-up failed; the next one retries");
        }
        match expire.expire().await {
            Ok(messages) => tracing::info!(messages, "expired messages removed"),
            Err(cause) => tracing::error!(%cause, "removing expired messages failed; the next clean-up retries"),
        }
    }
}
