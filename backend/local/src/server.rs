//! The local server: what API Gateway, CloudFront and S3 are to the other home.

use std::{convert::Infallible, future::Future, net::SocketAddr, path::PathBuf, pin::pin, sync::Arc, time::Duration};

use axum::{Extension, Router, extract::ConnectInfo, middleware, routing};
use chat::{
    access::origin::Origins,
    cleanup::CleanupHandler,
    commands::FrameHandler,
    messages::expire::MessageExpiry,
    ports::system::Entropy,
    presence::{connect_handler::ConnectHandler, disconnect_handler::DisconnectHandler},
};
use chat_http::front::FrontHandler;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tower_http::compression::CompressionLayer;

use super::{http, images, socket, visitor};
use crate::{image_route::Images, sockets::Sockets};

/// How long open sockets get to say goodbye after a shutdown was asked for.
const GOODBYE: Duration = Duration::from_secs(5);

/// How long a client gets to say what it wants, with a form as long again: who says it letter by letter keeps a place from
/// others.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Everything the server passes requests to.
pub struct Server {
    /// A socket wants to open.
    pub connect: ConnectHandler,
    /// A socket has closed.
    pub disconnect: DisconnectHandler,
    /// A frame has arrived.
    pub send: FrameHandler,
    /// A page is wanted.
    pub front: FrontHandler,
    /// An hour has passed.
    pub cron: Arc<CleanupHandler>,
    /// So has that of some messages.
    pub expire: Arc<MessageExpiry>,
    /// An image is put or wanted.
    pub images: Images,
    /// The sockets' queues.
    pub sockets: Arc<Sockets>,
    /// The randomness of connection ids.
    pub entropy: Arc<dyn Entropy>,
    /// When a socket is closed.
    pub timeouts: Timeouts,
    /// The directory of the built page.
    pub page: PathBuf,
    /// By which names it is asked, and by whose pages.
    pub origins: Origins,
    /// Whether what `X-Forwarded-For` and `X-Forwarded-Proto` say is said by a proxy of ours. Without one, anybody says it.
    pub behind_proxy: bool,
}

/// How often what was left lying about is cleared up, beginning with the start.
const SWEEP: Duration = Duration::from_secs(60 * 60);

/// When a socket is closed by the server, as API Gateway does it.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// After so long without a frame in either direction.
    pub idle: Duration,
    /// After so long in any case.
    pub lifetime: Duration,
}

/// What every request can reach.
pub(crate) struct Shared {
    pub(crate) server: Server,
    pub(crate) stopping: watch::Receiver<bool>,
}

impl Server {
    /// Serves until `shutdown` is done, then lets open sockets close in order.
    pub async fn run(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        let (stop, stopping) = watch::channel(false);
        let (page, cron, expire) = (self.page.clone(), self.cron.clone(), self.expire.clone());
        let shared = Arc::new(Shared { server: self, stopping });
        let app = Router::new()
            .route("/ws", routing::get(socket::open))
            .route("/sw.js", http::worker(&page))
            .nest("/assets/app", http::named_assets(&page))
            .nest("/assets", http::assets(&page))
            .route("/uploads/{*address}", routing::put(images::put))
            .route("/images/{*path}", routing::get(images::get))
            // The page itself is a visitor's own, so it is compressed as it is made.
            .fallback_service(
                routing::get(http::front).post(http::front).with_state(shared.clone()).layer(CompressionLayer::new()),
            )
            .layer(middleware::from_fn(http::guard))
            .layer(middleware::from_fn_with_state(shared.clone(), visitor::ask_us))
            .layer(middleware::from_fn(http::log))
            .with_state(shared);
        tokio::select! {
            never = accept(&listener, &app, &stop) => match never {},
            never = sweep_hourly(&cron, &expire) => match never {},
            () = shutdown => {}
        }
        // Nobody else comes in, and this lets go of the server's own receiver.
        drop((listener, app));
        tracing::info!("stopping: sockets are asked to close");
        stop.send_replace(true);
        // Every connection holds a receiver, so this is when the last one has said goodbye.
        if tokio::time::timeout(GOODBYE, stop.closed()).await.is_err() {
            tracing::warn!("some sockets did not close in time");
        }
    }
}

/// Lets connections in.
async fn accept(listener: &TcpListener, app: &Router, stop: &watch::Sender<bool>) -> Infallible {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => drop(tokio::spawn(serve(stream, peer, app.clone(), stop.subscribe()))),
            Err(error) => {
                // As a rule there are too many open files, and some are closed in a moment.
                tracing::error!(%error, "nobody can be let in for a second");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// Serves one connection until it or the server ends.
async fn serve(stream: TcpStream, peer: SocketAddr, app: Router, mut stopping: watch::Receiver<bool>) {
    let app = TowerToHyperService::new(app.layer(Extension(ConnectInfo(peer))));
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
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
        tracing::debug!(%error, "a connection broke");
    }
}

async fn sweep_hourly(cron: &CleanupHandler, expire: &MessageExpiry) -> Infallible {
    let mut hours = tokio::time::interval(SWEEP);
    loop {
        hours.tick().await;
        if let Err(cause) = cron.handle().await {
            tracing::error!(%cause, "the clean-up broke off; the next one makes up for it");
        }
        match expire.expire().await {
            Ok(messages) => tracing::info!(messages, "what was kept long enough is gone"),
            Err(cause) => tracing::error!(%cause, "some messages are kept too long; the next clean-up makes up for it"),
        }
    }
}
