//! The canvas on which images are drawn, scaled and encoded.

use js_sys::{Promise, Reflect};
use leptos::prelude::document;
use shared_types::{ImagePreview, ImageType, limits::PREVIEW_SIDE};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement};

use crate::browser::picture::{LocalUrl, load};

/// Background of transparent parts in the preview: `--backdrop` of the style sheet.
const GREY: u32 = 0x76;

/// Side of the probe of [`is_truthful`], in pixels.
const PROBE_SIDE: u32 = 16;

/// Maximum difference between a drawn and a read colour in the probe. Some browsers change colours by a little, which
/// nobody sees.
const PROBE_TOLERANCE: u8 = 16;

/// What is drawn on a canvas.
pub(super) enum Source<'a> {
    Image(&'a HtmlImageElement),
    Canvas(&'a HtmlCanvasElement),
}

/// A canvas with an image.
pub(super) struct Canvas {
    element: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
}

impl Canvas {
    fn new((width, height): (u32, u32)) -> Option<Self> {
        let element: HtmlCanvasElement = document().create_element("canvas").ok()?.unchecked_into();
        element.set_width(width);
        element.set_height(height);
        let context: CanvasRenderingContext2d = element.get_context("2d").ok()??.unchecked_into();
        // Without this, some browsers sample only a few of the pixels that become one.
        _ = Reflect::set(&context, &"imageSmoothingQuality".into(), &"high".into());
        Some(Self { element, context })
    }

    /// Draws an image in a size. The browser applies the orientation of the camera.
    pub(super) fn draw(source: &Source<'_>, size: (u32, u32)) -> Option<Self> {
        let canvas = Self::new(size)?;
        let (width, height) = (f64::from(size.0), f64::from(size.1));
        let context = &canvas.context;
        match source {
            Source::Image(image) => {
                context.draw_image_with_html_image_element_and_dw_and_dh(image, 0.0, 0.0, width, height).ok()?;
            }
            Source::Canvas(drawn) => {
                context.draw_image_with_html_canvas_element_and_dw_and_dh(drawn, 0.0, 0.0, width, height).ok()?;
            }
        }
        Some(canvas)
    }

    /// Draws the middle of an image of this size as a square with this side. The browser applies the orientation of the camera.
    pub(super) fn draw_square(image: &HtmlImageElement, (width, height): (u32, u32), side: u32) -> Option<Self> {
        let canvas = Self::new((side, side))?;
        let (cut, side) = (f64::from(width.min(height)), f64::from(side));
        let (left, top) = ((f64::from(width) - cut) / 2.0, (f64::from(height) - cut) / 2.0);
        let context = &canvas.context;
        context
            .draw_image_with_html_image_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
                image, left, top, cut, cut, 0.0, 0.0, side, side,
            )
            .ok()?;
        Some(canvas)
    }

    /// Draws white behind what is drawn.
    pub(super) fn fill_background(&self) {
        let (width, height) = self.size();
        _ = self.context.set_global_composite_operation("destination-over");
        self.context.set_fill_style_str("#fff");
        self.context.fill_rect(0.0, 0.0, f64::from(width), f64::from(height));
    }

    /// Returns width and height.
    pub(super) fn size(&self) -> (u32, u32) {
        (self.element.width(), self.element.height())
    }

    /// Returns the canvas as something to be drawn.
    pub(super) fn source(&self) -> Source<'_> {
        Source::Canvas(&self.element)
    }

    /// Encodes the image as WebP, or as JPEG if the browser cannot encode WebP.
    pub(super) async fn encode(&self, quality: f64) -> Option<(ImageType, Blob)> {
        if let Some(webp) = self.to_blob(ImageType::Webp, quality).await {
            return Some((ImageType::Webp, webp));
        }
        // A JPEG has no transparency: without a white background, transparent parts would be black.
        self.fill_background();
        Some((ImageType::Jpeg, self.to_blob(ImageType::Jpeg, quality).await?))
    }

    /// Encodes the image as a type. Returns `None` if the browser cannot encode this type and uses another one.
    async fn to_blob(&self, kind: ImageType, quality: f64) -> Option<Blob> {
        let encoded = Promise::new(&mut |resolve, _| {
            let quality = JsValue::from_f64(quality);
            _ = self.element.to_blob_with_type_and_encoder_options(&resolve, kind.media_type(), &quality);
        });
        let blob: Blob = JsFuture::from(encoded).await.ok()?.dyn_into().ok()?;
        (blob.type_() == kind.media_type()).then_some(blob)
    }

    /// Returns the colours of all pixels: red, green, blue and alpha of each.
    fn pixels(&self) -> Option<Vec<u8>> {
        let (width, height) = self.size();
        Some(self.context.get_image_data(0.0, 0.0, f64::from(width), f64::from(height)).ok()?.data().0)
    }
}

/// Returns the preview of an image: a few coarse colours.
pub(super) fn preview(source: &Source<'_>) -> Option<ImagePreview> {
    let side = PREVIEW_SIDE as u32;
    let pixels = Canvas::draw(source, (side, side))?.pixels()?;
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

/// Whether what is drawn on a canvas can be read from it. Browsers and extensions that protect from fingerprinting return
/// white, or noise. Known colours are drawn, encoded, decoded and read.
pub(super) async fn is_truthful() -> bool {
    probe().await.is_some_and(|(drawn, read)| {
        drawn.len() == read.len()
            && drawn.iter().zip(&read).all(|(drawn, read)| drawn.abs_diff(*read) <= PROBE_TOLERANCE)
    })
}

/// Returns the colours of a probe as they were drawn and as they were read.
async fn probe() -> Option<(Vec<u8>, Vec<u8>)> {
    let canvas = Canvas::new((PROBE_SIDE, PROBE_SIDE))?;
    let mut drawn = Vec::new();
    for index in 0..PROBE_SIDE * PROBE_SIDE {
        // Neighbours differ, so that an even colour is noticed as well as a shift.
        let [red, green, blue] = [37, 91, 153].map(|step| (index * step % 256) as u8);
        let [red_text, green_text, blue_text] = [red, green, blue].map(|colour| colour.to_string());
        canvas.context.set_fill_style_str(&["rgb(", &red_text, ",", &green_text, ",", &blue_text, ")"].concat());
        canvas.context.fill_rect(f64::from(index % PROBE_SIDE), f64::from(index / PROBE_SIDE), 1.0, 1.0);
        drawn.extend([red, green, blue, 255]);
    }
    let encoded = canvas.to_blob(ImageType::Png, 1.0).await?;
    let decoded = load(LocalUrl::of(&encoded)?.as_str()).await?;
    Some((drawn, Canvas::draw(&Source::Image(&decoded), (PROBE_SIDE, PROBE_SIDE))?.pixels()?))
}
