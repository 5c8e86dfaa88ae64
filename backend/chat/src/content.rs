//! The content of messages: Markdown as HTML, highlighted code, and images.

pub mod emoji;
pub mod folding;
pub mod highlight;
pub mod html_cache;
pub mod image_header;
pub mod images;
pub mod languages;
pub mod markdown;
