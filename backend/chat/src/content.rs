//! What a message contains: text as HTML, code in colours, images.

pub mod highlight;
pub mod image_header;
pub mod images;
pub mod languages;
pub mod markdown;
