//! Prepares images for sending.
//!
//! Images are drawn and encoded again. That makes a phone's photo about ten times smaller and removes its metadata, such
//! as the location. Animations, and all images in a browser that falsifies the pixels of canvases, are sent as they are,
//! without their metadata. In both cases the original bytes never leave the device.

mod canvas;

use js_sys::{Promise, Uint8Array};
use page_model::{
    image_file::{self, Format},
    rejected_image::{ImageNote, RejectedImage},
};
use shared_types::{
    ChatImage, ImagePreview, ImageSide, ImageSize, ImageType, MoreImages,
    limits::{FILE_BYTES, IMAGE_BYTES, PICTURE_BYTES, PICTURE_SIDE},
};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, HtmlImageElement, Url};

use crate::browser::picture::canvas::{Canvas, Source};

/// Encodings to try until one is small enough: quality, and by how much the sides are divided.
const ATTEMPTS: [(f64, f64); 4] = [(0.85, 1.0), (0.6, 1.0), (0.6, 1.5), (0.6, 2.0)];

/// How much of a file is read. A file that may be sent as it is can have as much metadata as image.
const READ_BYTES: u32 = 2 * IMAGE_BYTES;

/// An image that is ready to be sent.
pub(crate) struct Picture {
    /// The image in its message, without the description.
    pub(crate) image: ChatImage,
    /// Its bytes.
    pub(crate) blob: Blob,
    /// Its URL within this page.
    pub(crate) url: LocalUrl,
    /// What the visitor should know before it is sent.
    pub(crate) note: Option<ImageNote>,
}

/// The picture of a profile, ready to be uploaded.
pub(crate) struct ProfilePicture {
    pub(crate) kind: ImageType,
    pub(crate) size: ImageSize,
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

/// A file that the browser can decode.
struct Original {
    format: Format,
    /// The beginning of the file, up to [`READ_BYTES`].
    bytes: Vec<u8>,
    image: HtmlImageElement,
    /// Width and height, as shown.
    size: (u32, u32),
}

impl Picture {
    /// Prepares a file for sending.
    pub(crate) async fn of(file: &File) -> Result<Self, RejectedImage> {
        let original = Original::open(file).await?;
        let is_animated = image_file::is_animated(original.format, &original.bytes);
        let is_canvas_truthful = canvas::is_truthful().await;
        if !is_canvas_truthful {
            return original.unchanged(None).ok_or(RejectedImage::FalsePixels);
        }
        if is_animated || original.format == Format::Image(ImageType::Gif) {
            let preview = canvas::preview(&Source::Image(&original.image));
            if let Some(picture) = original.unchanged(preview) {
                return Ok(picture);
            }
        }
        let mut picture = original.redrawn().await?;
        if is_animated {
            picture.note = Some(ImageNote::Still);
        }
        Ok(picture)
    }

    fn new(kind: ImageType, blob: Blob, size: (u32, u32), preview: Option<ImagePreview>) -> Option<Self> {
        if blob.size() > f64::from(IMAGE_BYTES) {
            return None;
        }
        let image = ChatImage {
            kind,
            size: ImageSize::try_from(blob.size() as u64).ok()?,
            width: ImageSide::try_from(u64::from(size.0)).ok()?,
            height: ImageSide::try_from(u64::from(size.1)).ok()?,
            preview,
            alt: None,
            more: MoreImages::default(),
        };
        image.has_allowed_area().then_some(())?;
        Some(Self { image, url: LocalUrl::of(&blob)?, blob, note: None })
    }
}

impl ProfilePicture {
    /// Draws the middle of a file as a square of [`PICTURE_SIDE`] pixels, without transparency: the initial is behind it.
    pub(crate) async fn of(file: &File) -> Result<Self, RejectedImage> {
        let original = Original::open(file).await?;
        if !canvas::is_truthful().await {
            return Err(RejectedImage::FalsePixels);
        }
        let drawn =
            Canvas::draw_square(&original.image, original.size, PICTURE_SIDE).ok_or(RejectedImage::NotAnImage)?;
        drawn.fill_background();
        for (quality, _) in ATTEMPTS {
            let (kind, blob) = drawn.encode(quality).await.ok_or(RejectedImage::NotAnImage)?;
            if blob.size() <= f64::from(PICTURE_BYTES) {
                let size = ImageSize::try_from(blob.size() as u64).map_err(|_| RejectedImage::TooDense)?;
                let url = LocalUrl::of(&blob).ok_or(RejectedImage::NotAnImage)?;
                return Ok(Self { kind, size, blob, url });
            }
        }
        Err(RejectedImage::TooDense)
    }
}

impl Original {
    /// Opens a file. Its pixels are decoded when it is drawn.
    async fn open(file: &File) -> Result<Self, RejectedImage> {
        if file.size() > f64::from(FILE_BYTES) {
            return Err(RejectedImage::TooLarge);
        }
        let bytes = read(file).await.ok_or(RejectedImage::NotAnImage)?;
        let format = Format::of(&bytes);
        if file.type_().starts_with("image/svg") {
            return Err(RejectedImage::NotAnImage);
        }
        let image = load_typed(file, format).await.ok_or(match format {
            Format::Heic => RejectedImage::Heic,
            Format::Avif => RejectedImage::Foreign("AVIF"),
            Format::Foreign(name) => RejectedImage::Foreign(name),
            Format::Video => RejectedImage::Video,
            Format::Image(_) | Format::Unknown => RejectedImage::NotAnImage,
        })?;
        let size = (image.natural_width(), image.natural_height());
        // An image format without an intrinsic size.
        if size.0 == 0 || size.1 == 0 {
            return Err(RejectedImage::NotAnImage);
        }
        let limit = format.max_megapixels();
        if u64::from(size.0) * u64::from(size.1) > u64::from(limit) * 1_000_000 {
            return Err(RejectedImage::TooManyPixels(limit));
        }
        Ok(Self { format, bytes, image, size })
    }

    /// Returns the file without its metadata, if it can be sent as it is.
    fn unchanged(&self, preview: Option<ImagePreview>) -> Option<Picture> {
        let Format::Image(kind) = self.format else { return None };
        let clean = image_file::without_metadata(kind, &self.bytes)?;
        let size = image_file::stored_size(kind, &clean, self.size);
        let parts = js_sys::Array::of1(&Uint8Array::from(&*clean));
        Picture::new(kind, Blob::new_with_u8_array_sequence(&parts).ok()?, size, preview)
    }

    /// Returns the image drawn and encoded again, small enough to be sent.
    async fn redrawn(&self) -> Result<Picture, RejectedImage> {
        // The file is decoded once: each further try is drawn from the one before.
        let mut canvas = None::<Canvas>;
        for (quality, divisor) in ATTEMPTS {
            let size = image_file::scaled_size(self.size, divisor);
            let drawn = match canvas.take() {
                Some(canvas) if canvas.size() == size => Some(canvas),
                Some(canvas) => Canvas::draw(&canvas.source(), size),
                None => Canvas::draw(&Source::Image(&self.image), size),
            };
            let drawn = drawn.ok_or(RejectedImage::NotAnImage)?;
            let preview = canvas::preview(&drawn.source());
            let (kind, blob) = drawn.encode(quality).await.ok_or(RejectedImage::NotAnImage)?;
            if let Some(mut picture) = Picture::new(kind, blob, size, preview) {
                picture.note = image_file::is_hard_to_read(self.size, size).then_some(ImageNote::Small);
                return Ok(picture);
            }
            canvas = Some(drawn);
        }
        Err(RejectedImage::TooDense)
    }
}

/// Reads the beginning of a file.
async fn read(file: &File) -> Option<Vec<u8>> {
    let start = file.slice_with_f64_and_f64(0.0, f64::from(READ_BYTES)).ok()?;
    Some(Uint8Array::new(&JsFuture::from(start.array_buffer()).await.ok()?).to_vec())
}

/// Loads a file as an image. Browsers decode some formats only if the type is right, and files may have none.
async fn load_typed(file: &File, format: Format) -> Option<HtmlImageElement> {
    let typed = format.media_type().filter(|media_type| file.type_() != *media_type);
    let typed =
        typed.and_then(|media_type| file.slice_with_f64_and_f64_and_content_type(0.0, file.size(), media_type).ok());
    load(LocalUrl::of(typed.as_ref().unwrap_or(file))?.as_str()).await
}

/// Loads an image until its size is known.
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
