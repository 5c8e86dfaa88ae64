//! The one place that knows XMLHttpRequest, for `fetch` cannot say how far an upload is: puts bytes to an address, reports
//! how far they are, and stops when it is dropped.

use shared_types::limits;
use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{Blob, ProgressEvent, XmlHttpRequest};

/// What happens to an upload.
pub(crate) enum UploadEvent {
    /// So many hundredths are there.
    Runs(u8),
    /// It came to an end, and the bytes are there or are not. Nothing follows.
    Ended(bool),
}

/// An upload under way.
pub(crate) struct Upload {
    request: XmlHttpRequest,
    _progress: Closure<dyn Fn(ProgressEvent)>,
    _end: Closure<dyn Fn()>,
}

impl Upload {
    /// Puts bytes of a media type to an address. Events go to `report`, none of them before this function has returned.
    pub(crate) fn start(
        url: &str,
        media_type: &str,
        blob: &Blob,
        report: impl Fn(UploadEvent) + Clone + 'static,
    ) -> Option<Self> {
        let request = XmlHttpRequest::new().ok()?;
        request.open("PUT", url).ok()?;
        // After that the address is not good any more.
        request.set_timeout(limits::UPLOAD_LIFE.as_millis() as u32);
        request.set_request_header("Content-Type", media_type).ok()?;
        let runs = report.clone();
        let progress = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| {
            let whole = event.total();
            if whole > 0.0 {
                runs(UploadEvent::Runs((event.loaded() * 100.0 / whole) as u8));
            }
        });
        let asked = request.clone();
        let end = Closure::<dyn Fn()>::new(move || {
            // A request that found no answer has the status 0.
            report(UploadEvent::Ended(asked.status().is_ok_and(|status| (200..300).contains(&status))));
        });
        request.upload().ok()?.set_onprogress(Some(progress.as_ref().unchecked_ref()));
        request.set_onloadend(Some(end.as_ref().unchecked_ref()));
        request.send_with_opt_blob(Some(blob)).ok()?;
        Some(Self { request, _progress: progress, _end: end })
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        // Nobody waits for the end any more, and it would be reported at once.
        self.request.set_onloadend(None);
        if let Ok(upload) = self.request.upload() {
            upload.set_onprogress(None);
        }
        _ = self.request.abort();
    }
}
