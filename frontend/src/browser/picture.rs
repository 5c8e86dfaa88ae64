//! Prepares images for sending with a canvas.
//!
//! All images except GIFs are drawn and encoded again. That makes a phone's photo about ten times smaller and removes
//! its metadata, such as the location: the original bytes never leave the device.

use js_sys::{Promise, Reflect, Uint8Array};
use leptos::prelude::document;
use page_model::rejected_image::RejectedImage;
use shared_types::{
    ChatImage, ImagePreview, ImageSide, ImageSize, ImageType,
    limits::{FILE_BYTES, IMAGE_BYTES, IMAGE_SIDE, PREVIEW_SIDE},
};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, File, HtmlCanvasElement, HtmlImageElement, Url};

/// Maximum number of pixels of the original image: at 4 bytes each, decoding it takes 400 MB.
const MAX_PIXELS: u64 = 100_000_000;

/// Encodings to try until one is small enough: quality, and how often the sides are halved.
const ATTEMPTS: [(f64, u32); 3] = [(0.85, 0), (0.6, 0), (0.6, 1)];

/// Background of transparent parts in the preview: between the backgrounds of the light and the dark theme.
const GREY: u32 = 128;

/// An image that is ready to be sent.
pub(crate) struct Picture {
    /// The image in its message, without the description.
    pub(crate) image: ChatImage,
    /// Its bytes.
    pub(crate) blob: Blob,
    /// Its URL within this page.
    pub(crate) url: LocalUrl,
}

/// An object URL. It is revoked when dropped.
pub(crate) struct LocalUrl(String);

impl LocalUrl {
    fn of(blob: &Blob) -> Option<Self> {
        Url::create_object_url_with_blob(blob).ok().map(Self)
    }

    /// Returns the URL.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Drop for LocalUrl {
    fn drop(&mut self) {
        _ = Url::revoke_object_url(&self.0);
    }
}

impl Picture {
    /// Prepares a file for sending.
    pub(crate) async fn of(file: &File) -> Result<Self, RejectedImage> {
        if file.size() > f64::from(FILE_BYTES) {
            return Err(RejectedImage::TooLarge);
        }
        if file.type_().starts_with("image/svg") {
            return Err(RejectedImage::NotAnImage);
        }
        let url = LocalUrl::of(file).ok_or(RejectedImage::NotAnImage)?;
        let original = load(url.as_str()).await.ok_or(RejectedImage::NotAnImage)?;
        let (width, height) = (original.natural_width(), original.natural_height());
        // An image format without an intrinsic size.
        if width == 0 || height == 0 {
            return Err(RejectedImage::NotAnImage);
        }
        if u64::from(width) * u64::from(height) > MAX_PIXELS {
            return Err(RejectedImage::TooManyPixels);
        }
        let preview = preview(&original);
        if is_gif(file).await {
            let image = describe(ImageType::Gif, file, (width, height), preview).ok_or(RejectedImage::LargeGif)?;
            return Ok(Self { image, blob: file.clone().into(), url });
        }
        for (quality, halvings) in ATTEMPTS {
            let (width, height) = within(IMAGE_SIDE, width, height);
            let size = ((width >> halvings).max(1), (height >> halvings).max(1));
            let (kind, blob) = encode(&original, size, quality).await.ok_or(RejectedImage::NotAnImage)?;
            if let Some(image) = describe(kind, &blob, size, preview.clone()) {
                let url = LocalUrl::of(&blob).ok_or(RejectedImage::NotAnImage)?;
                return Ok(Self { image, blob, url });
            }
        }
        Err(RejectedImage::TooDense)
    }
}

/// Returns the image of a message, or `None` if its file or its sides are too large.
fn describe(kind: ImageType, blob: &Blob, size: (u32, u32), preview: Option<ImagePreview>) -> Option<ChatImage> {
    if blob.size() > f64::from(IMAGE_BYTES) {
        return None;
    }
    Some(ChatImage {
        kind,
        size: ImageSize::try_from(blob.size() as u64).ok()?,
        width: ImageSide::try_from(u64::from(size.0)).ok()?,
        height: ImageSide::try_from(u64::from(size.1)).ok()?,
        preview,
        alt: None,
    })
}

/// Whether the content of a file is a GIF, whatever its name.
async fn is_gif(file: &File) -> bool {
    let Ok(start) = file.slice_with_i32_and_i32(0, 4) else { return false };
    let bytes = JsFuture::from(start.array_buffer()).await;
    bytes.is_ok_and(|bytes| Uint8Array::new(&bytes).to_vec() == b"GIF8")
}

/// Shrinks a size, so that the longer side is at most `side`.
fn within(side: u32, width: u32, height: u32) -> (u32, u32) {
    let longer = width.max(height);
    if longer <= side {
        return (width, height);
    }
    let shrunk = |length: u32| (u64::from(length) * u64::from(side) / u64::from(longer)).max(1) as u32;
    (shrunk(width), shrunk(height))
}

/// Loads an image until its size is known. Its pixels are decoded when it is drawn.
async fn load(url: &str) -> Option<HtmlImageElement> {
    let image = HtmlImageElement::new().ok()?;
    let loaded = Promise::new(&mut |resolve, reject| {
        image.set_onload(Some(&resolve));
        image.set_onerror(Some(&reject));
    });
    image.set_src(url);
    JsFuture::from(loaded).await.ok()?;
    Some(image)
}

/// Draws an image in a size. The browser applies the orientation of the camera.
fn draw(
    image: &HtmlImageElement,
    (width, height): (u32, u32),
) -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.unchecked_into();
    canvas.set_width(width);
    canvas.set_height(height);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.unchecked_into();
    // Without this, some browsers sample only a few of the pixels that become one.
    _ = Reflect::set(&context, &"imageSmoothingQuality".into(), &"high".into());
    let (width, height) = (f64::from(width), f64::from(height));
    context.draw_image_with_html_image_element_and_dw_and_dh(image, 0.0, 0.0, width, height).ok()?;
    Some((canvas, context))
}

/// Encodes an image as WebP, or as JPEG if the browser cannot encode WebP.
async fn encode(image: &HtmlImageElement, size: (u32, u32), quality: f64) -> Option<(ImageType, Blob)> {
    let (canvas, context) = draw(image, size)?;
    let webp = to_blob(&canvas, ImageType::Webp, quality).await;
    if let Some(webp) = webp {
        return Some((ImageType::Webp, webp));
    }
    // A JPEG has no transparency: without a white background, transparent parts would be black.
    _ = context.set_global_composite_operation("destination-over");
    context.set_fill_style_str("#fff");
    context.fill_rect(0.0, 0.0, f64::from(size.0), f64::from(size.1));
    Some((ImageType::Jpeg, to_blob(&canvas, ImageType::Jpeg, quality).await?))
}

/// Encodes a canvas as a type of image. Returns `None` if the browser cannot encode this type and uses another one.
async fn to_blob(canvas: &HtmlCanvasElement, kind: ImageType, quality: f64) -> Option<Blob> {
    let encoded = Promise::new(&mut |resolve, _| {
        let quality = JsValue::from_f64(quality);
        _ = canvas.to_blob_with_type_and_encoder_options(&resolve, kind.media_type(), &quality);
    });
    let blob: Blob = JsFuture::from(encoded).await.ok()?.dyn_into().ok()?;
    (blob.type_() == kind.media_type()).then_some(blob)
}

/// Returns the preview of an image: a few coarse colours.
fn preview(image: &HtmlImageElement) -> Option<ImagePreview> {
    let side = PREVIEW_SIDE as u32;
    let (_, context) = draw(image, (side, side))?;
    let side = f64::from(side);
    let pixels = context.get_image_data(0.0, 0.0, side, side).ok()?.data();
    let mut text = String::new();
    for pixel in pixels.chunks_exact(4) {
        let alpha = u32::from(pixel[3]);
        for &colour in &pixel[..3] {
            let mixed = (u32::from(colour) * alpha + GREY * (255 - alpha)) / 255;
            text.push(char::from_digit(mixed >> 4, 16)?);
        }
    }
    text.parse().ok()
}
