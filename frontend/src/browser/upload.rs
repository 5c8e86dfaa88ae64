//! An upload with XMLHttpRequest, because `fetch` reports no progress. No other module uses XMLHttpRequest.

use shared_types::limits;
use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{Blob, ProgressEvent, XmlHttpRequest};

/// An event of an upload.
pub(crate) enum UploadEvent {
    /// Progress in percent.
    Progress(u8),
    /// The upload ended; `true` if it succeeded. This is the last event.
    Ended(bool),
}

/// A running upload. It is aborted when dropped.
pub(crate) struct Upload {
    request: XmlHttpRequest,
    _progress: Closure<dyn Fn(ProgressEvent)>,
    _end: Closure<dyn Fn()>,
}

impl Upload {
    /// Uploads a blob to a URL with PUT. Calls `report` for events, after this function has returned.
    pub(crate) fn start(
        url: &str,
        media_type: &str,
        blob: &Blob,
        report: impl Fn(UploadEvent) + Clone + 'static,
    ) -> Option<Self> {
        let request = XmlHttpRequest::new().ok()?;
        request.open("PUT", url).ok()?;
        // The URL expires after this time.
        request.set_timeout(limits::UPLOAD_LIFE.as_millis() as u32);
        request.set_request_header("Content-Type", media_type).ok()?;
        let report_progress = report.clone();
        let progress = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| {
            let total = event.total();
            if total > 0.0 {
                report_progress(UploadEvent::Progress((event.loaded() * 100.0 / total) as u8));
            }
        });
        let ended = request.clone();
        let end = Closure::<dyn Fn()>::new(move || {
            // The status is 0 if the request failed without a response.
            report(UploadEvent::Ended(ended.status().is_ok_and(|status| (200..300).contains(&status))));
        });
        request.upload().ok()?.set_onprogress(Some(progress.as_ref().unchecked_ref()));
        request.set_onloadend(Some(end.as_ref().unchecked_ref()));
        request.send_with_opt_blob(Some(blob)).ok()?;
        Some(Self { request, _progress: progress, _end: end })
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        // `abort` would report the end.
        self.request.set_onloadend(None);
        if let Ok(upload) = self.request.upload() {
            upload.set_onprogress(None);
        }
        _ = self.request.abort();
    }
}
