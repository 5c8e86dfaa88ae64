//! Addresses for load balancers and supervisors.

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    middleware,
    response::{IntoResponse, Response},
    routing,
};
use store_redb::store::Store;

use super::http;

/// Returns the routes. They are outside the check of the host, because a load balancer asks for an IP address, and outside the log of
/// requests, because it asks every few seconds.
pub(crate) fn routes(store: Store) -> Router {
    Router::new()
        .route("/healthz", routing::get(async || "alive\n"))
        .route("/readyz", routing::get(ready).with_state(store))
        .layer(middleware::from_fn(http::guard))
}

/// `GET /readyz`: answers 200 if messages can be read and stored, else 503 with the reason.
async fn ready(State(store): State<Store>) -> Response {
    match store.check_ready() {
        Ok(()) => "ready\n".into_response(),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {reason}\n")).into_response(),
    }
}
