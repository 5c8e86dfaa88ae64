//! `GET /manifest.webmanifest` and `GET /chat-icon.svg`: name and icon of the chat for browsers and installed apps.
//!
//! The icon is an emoji that the server draws as SVG. It follows from its address alone, so nothing is read, and browsers keep it.

use chat::{content::emoji::canonical, ports::Result};
use frontend::ssr;
use serde_json::json;
use shared_types::ChatIdentity;

use crate::{
    answers::FrontAnswer,
    form::field,
    front::{FrontHandler, FrontRequest},
};

/// Browsers request the manifest with each page. A new name is in it after an hour.
const MANIFEST_CACHE: &str = "max-age=3600";

/// The address says what the icon shows.
const ICON_CACHE: &str = "public, max-age=31536000, immutable";

impl FrontHandler {
    /// Answers with the web app manifest. Everybody can read it, also before signing in: browsers request it without a session.
    pub(crate) async fn manifest(&self, request: &FrontRequest) -> Result<FrontAnswer> {
        let ChatIdentity { name, icon, unique_names: _ } =
            self.front_page.restriction_store.moderation.identity().await?;
        let icons = match icon {
            Some(icon) => json!([{ "src": ssr::icon_address(&icon), "sizes": "any", "type": "image/svg+xml" }]),
            None => json!([
                { "src": "/assets/app/icon-192.png", "sizes": "192x192", "type": "image/png" },
                { "src": "/assets/app/icon-512.png", "sizes": "512x512", "type": "image/png" },
                { "src": "/assets/app/icon-maskable-512.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable" },
            ]),
        };
        let names = name.map_or(["Serverless Chat Page".to_owned(), "Chat".to_owned()], |name| {
            [name.to_string(), name.to_string()]
        });
        let manifest = json!({
            "id": "/",
            "name": names[0],
            "short_name": names[1],
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#4b53c6",
            "icons": icons,
        });
        let answer = FrontAnswer::json(200, &manifest, request.secure)?;
        Ok(cached(FrontAnswer { content_type: "application/manifest+json", ..answer }, MANIFEST_CACHE))
    }
}

/// Answers with an emoji as an image, or with 404.
pub(super) fn icon(request: &FrontRequest) -> FrontAnswer {
    let emoji = field(&request.query, "emoji").and_then(|emoji| emoji.parse().ok());
    match emoji.and_then(|emoji| canonical(&emoji).ok()) {
        Some(emoji) => {
            let answer = FrontAnswer::plain(200, ssr::icon_drawing(&emoji), request.secure);
            cached(FrontAnswer { content_type: "image/svg+xml", ..answer }, ICON_CACHE)
        }
        None => FrontAnswer::plain(404, "An icon is one emoji.\n".into(), request.secure),
    }
}

/// Lets browsers keep an answer, which belongs to no visitor.
fn cached(mut answer: FrontAnswer, how: &'static str) -> FrontAnswer {
    answer.headers.retain(|(name, _)| *name != "cache-control");
    answer.headers.push(("cache-control", how.into()));
    answer
}
