//! The visitor's messages, from posting until the server confirms them.

use shared_types::{ChatImage, ClientMessage, ErrorCode, MessageText, Nonce, Person, Seq, Timestamp};

use super::{
    LimitKind, Timeline,
    retry_state::{CONFIRM_MS, RetryPhase, RetryState},
    send_limits::blocked_until,
};

/// A message to send: a text, an image, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Identifies the message in every retry.
    pub nonce: Nonce,
    /// Its text.
    pub text: Option<MessageText>,
    /// The image that is uploaded under the nonce, with the others of the message, which are uploaded under [`Nonce::of_image`].
    pub image: Option<ChatImage>,
    /// The message that it replies to.
    pub reply_to: Option<Seq>,
    /// Whether it is in the thread of that message, and if so, whether the room shows it, too.
    pub thread: Option<bool>,
}

impl Draft {
    /// Whether the room shows it.
    pub(super) fn is_in_room(&self) -> bool {
        self.thread != Some(false)
    }
}

/// A message that the server has not confirmed.
#[derive(Debug)]
pub(super) struct OutgoingMessage {
    pub(super) draft: Draft,
    pub(super) at: Timestamp,
    pub(super) retry: RetryState,
    pub(super) upload: Upload,
    /// Number of its images that are uploaded.
    pub(super) uploaded: usize,
    /// The people that it mentions, of those known when it was written.
    mentions: Vec<Person>,
}

impl OutgoingMessage {
    /// Waits for a retry after `now`, or fails for `reason` when all attempts are used.
    pub(super) fn retry_later(&mut self, now: u64, reason: &str) {
        if matches!(self.upload, Upload::Requested(_) | Upload::Running(_)) {
            self.upload = Upload::NotStarted;
        }
        self.retry.retry_later(now, reason);
    }

    /// The server answered with an error at `now`. Returns whether the request that failed was the one for an upload
    /// URL.
    pub(super) fn on_error(&mut self, code: ErrorCode, now: u64, reason: &str) -> bool {
        let is_upload_request = matches!(self.upload, Upload::Requested(_));
        match code {
            ErrorCode::TooFast => {
                self.retry.postpone();
                self.requeue();
            }
            ErrorCode::Unavailable => self.retry_later(now, reason),
            // The storage deleted the upload before the message arrived: it is uploaded again.
            ErrorCode::NoImage => {
                self.retry_later(now, reason);
                self.upload = Upload::NotStarted;
                self.uploaded = 0;
            }
            _ => self.retry.on_error(code, now, reason),
        }
        is_upload_request
    }

    /// Whether a frame with this nonce is about it, or about its image that is being uploaded.
    pub(super) fn has_nonce(&self, nonce: &Nonce) -> bool {
        self.draft.nonce == *nonce || self.upload_nonce().as_ref() == Some(nonce)
    }

    /// The nonce under which its next image is uploaded.
    fn upload_nonce(&self) -> Option<Nonce> {
        self.draft.nonce.of_image(self.uploaded)
    }

    /// How much of its images is uploaded, if `percent` of the next one is.
    pub(super) fn percent(&self, percent: u8) -> u8 {
        let count = self.draft.image.as_ref().map_or(1, ChatImage::count);
        ((100 * self.uploaded + usize::from(percent)) / count) as u8
    }

    /// Whether it waits and was certainly not delivered.
    pub(super) fn is_undelivered(&self) -> bool {
        matches!(self.retry.phase, RetryPhase::Waiting(_)) && !self.retry.may_be_delivered()
    }

    /// The frame that carried it, or its upload request, was lost: it is sent again, and that does not count as an
    /// attempt.
    pub(super) fn requeue(&mut self) {
        let asked = matches!(self.upload, Upload::Requested(_));
        if asked {
            self.upload = Upload::NotStarted;
        }
        if asked || self.retry.is_in_flight() {
            self.retry.requeue();
        }
    }
}

/// The state of a message's upload.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Upload {
    /// Not requested.
    NotStarted,
    /// An upload URL was requested at this time.
    Requested(u64),
    /// This percentage is uploaded.
    Running(u8),
    /// All images are uploaded, or there is none.
    Done,
}

impl Timeline {
    /// Posts a message. Its images are uploaded first.
    pub fn post(&mut self, draft: Draft, now: u64) {
        let upload = if draft.image.is_some() { Upload::NotStarted } else { Upload::Done };
        let is_in_room = draft.is_in_room();
        self.push(draft, now, RetryState::new(), upload);
        // Authors want to see their message.
        if is_in_room {
            self.return_to_newest();
        }
    }

    fn push(&mut self, draft: Draft, now: u64, retry: RetryState, upload: Upload) {
        let mentions = self.mentioned(draft.text.as_ref(), &[]);
        self.outgoing.push(OutgoingMessage { draft, at: Timestamp(now), retry, upload, uploaded: 0, mentions });
    }

    /// Queues a message of an earlier page, whose images are uploaded. Does nothing if the server already has it, or this page.
    pub fn restore(&mut self, draft: Draft, now: u64) {
        if self.is_unsent(&draft.nonce) {
            return;
        }
        if self
            .newest_range
            .messages
            .iter()
            .any(|confirmed| confirmed.nonce == draft.nonce && confirmed.author.id == self.me.id)
        {
            return;
        }
        self.push(draft, now, RetryState::restored(), Upload::Done);
    }

    /// The next message to send. Only one is in flight at a time: API Gateway may handle the frames of a socket in
    /// parallel, and a person's messages must keep their order. A message whose image is still uploading lets later
    /// ones pass.
    pub fn next_message(&mut self, now: u64) -> Option<ClientMessage> {
        let under_way = self.outgoing.iter().any(|outgoing| outgoing.retry.is_in_flight());
        self.is_waiting_for_slot = !under_way && now < self.next_slot();
        if under_way || self.is_waiting_for_slot {
            return None;
        }
        let ready = |outgoing: &&mut OutgoingMessage| {
            matches!(outgoing.retry.phase, RetryPhase::Waiting(_)) && outgoing.upload == Upload::Done
        };
        let next = self.outgoing.iter_mut().find(ready)?;
        if !next.retry.is_due(now) {
            return None;
        }
        next.retry.start_attempt(now);
        let (draft, before) = (next.draft.clone(), next.mentions.clone());
        let mentions = self.mentioned(draft.text.as_ref(), &before);
        let reply_to = self.reply_target(&draft);
        let Draft { nonce, text, image, reply_to: root, thread } = draft;
        // `thread` stays also if its root was deleted: the server then refuses the reply instead of posting it to the room.
        let (thread, in_room) = (thread.and(root), thread == Some(true));
        Some(ClientMessage::Send { text, nonce: Some(nonce), image, reply_to, mentions, poll: None, thread, in_room })
    }

    /// The message that a draft replies to, unless it was deleted meanwhile.
    pub(super) fn reply_target(&self, draft: &Draft) -> Option<Seq> {
        draft.reply_to.filter(|seq| !self.is_deleted(*seq))
    }

    /// The request for the next upload URL. Only one image is uploaded at a time, so that several images keep their
    /// order.
    pub fn next_upload(&mut self, now: u64) -> Option<ClientMessage> {
        let under_way =
            |outgoing: &OutgoingMessage| matches!(outgoing.upload, Upload::Requested(_) | Upload::Running(_));
        if self.outgoing.iter().any(under_way) || !self.send_limits.allows(LimitKind::Upload, now) {
            return None;
        }
        let waits =
            |outgoing: &&mut OutgoingMessage| outgoing.upload == Upload::NotStarted && outgoing.retry.is_due(now);
        let next = self.outgoing.iter_mut().find(waits)?;
        let nonce = next.upload_nonce()?;
        let image = next.draft.image.as_ref()?.get(next.uploaded)?;
        next.upload = Upload::Requested(now);
        next.retry.count_attempt();
        Some(ClientMessage::Upload { nonce, kind: image.kind, size: image.size })
    }

    /// The server returned an upload URL; `several` tells whether it takes messages with several images. Returns whether the URL was still
    /// awaited.
    pub fn on_upload_url(&mut self, nonce: &Nonce, several: bool) -> bool {
        let is_awaited = |outgoing: &&mut OutgoingMessage| {
            matches!(outgoing.upload, Upload::Requested(_)) && outgoing.upload_nonce().as_ref() == Some(nonce)
        };
        let Some(outgoing) = self.outgoing.iter_mut().find(is_awaited) else { return false };
        outgoing.upload = Upload::Running(0);
        // A server that became older during the uploads: they begin anew, each for a message of its own.
        let is_in_middle = !several && outgoing.uploaded > 0;
        if is_in_middle {
            outgoing.upload = Upload::NotStarted;
            outgoing.uploaded = 0;
        }
        if !several {
            let nonce = outgoing.draft.nonce.clone();
            self.split_images(&nonce);
        }
        !is_in_middle
    }

    /// Makes a message of its own of each image of a message after the first, because the server is older and would drop them, or dropped
    /// them. It takes them under the nonces that they have in the message, so nothing is sent twice.
    pub(super) fn split_images(&mut self, nonce: &Nonce) {
        let Some(first) = self.outgoing.iter_mut().find(|outgoing| outgoing.draft.nonce == *nonce) else { return };
        let Some(image) = &mut first.draft.image else { return };
        let more = std::mem::take(&mut image.more.0);
        let (draft, at, is_uploaded) = (first.draft.clone(), first.at.0, first.upload == Upload::Done);
        for (number, image) in (1..).zip(more) {
            let Some(nonce) = nonce.of_image(number) else { return };
            let upload = if is_uploaded { Upload::Done } else { Upload::NotStarted };
            let draft = Draft { nonce, text: None, image: Some(image), ..draft.clone() };
            self.push(draft, at, RetryState::new(), upload);
        }
    }

    /// The upload has reached this percentage.
    pub fn on_upload_progress(&mut self, nonce: &Nonce, percent: u8) {
        if let Some(outgoing) = self.uploading(nonce) {
            outgoing.upload = Upload::Running(percent);
        }
    }

    /// An upload is complete. After the last one the message can be sent.
    pub fn on_upload_finished(&mut self, nonce: &Nonce) {
        if let Some(outgoing) = self.uploading(nonce) {
            outgoing.uploaded += 1;
            let is_last = outgoing.draft.image.as_ref().is_none_or(|image| outgoing.uploaded >= image.count());
            outgoing.upload = if is_last { Upload::Done } else { Upload::NotStarted };
            outgoing.retry.reset_tries();
        }
    }

    /// The upload failed for `reason`.
    pub fn on_upload_failed(&mut self, nonce: &Nonce, now: u64, reason: &str) {
        if let Some(outgoing) = self.uploading(nonce) {
            outgoing.retry_later(now, reason);
        }
    }

    /// The image cannot be uploaded any more: its bytes are gone.
    pub fn on_image_lost(&mut self, nonce: &Nonce, reason: &str) {
        if let Some(outgoing) = self.uploading(nonce) {
            outgoing.upload = Upload::NotStarted;
            outgoing.retry.phase = RetryPhase::Failed(reason.into());
        }
    }

    fn uploading(&mut self, nonce: &Nonce) -> Option<&mut OutgoingMessage> {
        self.outgoing.iter_mut().find(|outgoing| {
            matches!(outgoing.upload, Upload::Running(_)) && outgoing.upload_nonce().as_ref() == Some(nonce)
        })
    }

    /// One of the requests in flight was refused: all of them are sent again after a pause. That does not count as an attempt.
    pub fn on_throttled(&mut self, now: u64, seconds: u32) {
        self.requeue_all();
        self.send_limits.block_all(now, seconds);
        let then = blocked_until(now, Some(seconds));
        self.retry_history_at = self.history_request.map(|_| then);
        if self.changes_asked_at.take().is_some() {
            self.ask_changes_at = Some(then);
        }
    }

    /// The socket is lost: requests in flight are sent again on the next one.
    pub fn on_disconnect(&mut self) {
        self.requeue_all();
        self.changes_asked_at = None;
        self.history_request = None;
        self.retry_history_at = None;
    }

    fn requeue_all(&mut self) {
        for outgoing in &mut self.outgoing {
            // An upload does not use the socket.
            outgoing.requeue();
        }
        self.requeue_changes();
    }

    /// Retries a request that was not confirmed in time, or fails it for `reason` after the last attempt. Returns whether
    /// there was one: the socket may be dead then.
    pub fn expire(&mut self, now: u64, reason: &str) -> bool {
        let late = |at: u64| now >= at + CONFIRM_MS;
        let overdue = |outgoing: &&mut OutgoingMessage| {
            outgoing.retry.is_overdue(now) || matches!(outgoing.upload, Upload::Requested(at) if late(at))
        };
        let changes = self.expire_change(now, reason);
        match self.outgoing.iter_mut().find(overdue) {
            Some(outgoing) => {
                outgoing.retry_later(now, reason);
                true
            }
            None => changes,
        }
    }

    /// The unconfirmed messages, oldest first, to be stored across a reload. Messages whose image is not uploaded are
    /// left out, because the image would be missing.
    pub fn unsent(&self) -> Vec<Draft> {
        self.outgoing
            .iter()
            .filter(|outgoing| outgoing.upload == Upload::Done)
            .map(|outgoing| outgoing.draft.clone())
            .collect()
    }

    /// Whether a message is on its way or waits to be sent. A message that failed waits for its author.
    pub fn has_waiting_messages(&self) -> bool {
        self.outgoing.iter().any(|outgoing| !matches!(outgoing.retry.phase, RetryPhase::Failed(_)))
    }

    /// Whether a message is unconfirmed.
    pub fn is_unsent(&self, nonce: &Nonce) -> bool {
        self.outgoing.iter().any(|outgoing| outgoing.draft.nonce == *nonce)
    }

    /// Whether a reload would lose an image.
    pub fn has_unfinished_uploads(&self) -> bool {
        self.outgoing.iter().any(|outgoing| outgoing.upload != Upload::Done)
    }

    /// Retries a failed message under the same nonce, so that it is not duplicated if it did arrive.
    pub fn retry(&mut self, nonce: &Nonce) {
        if let Some(outgoing) = self.outgoing.iter_mut().find(|outgoing| outgoing.draft.nonce == *nonce) {
            outgoing.retry.reset();
        }
    }

    /// Discards a message that failed, that waits for slow mode, or whose image is not uploaded.
    pub fn discard(&mut self, nonce: &Nonce) {
        let is_waiting_for_slot = self.is_waiting_for_slot;
        self.outgoing.retain(|outgoing| {
            let waits = is_waiting_for_slot && outgoing.is_undelivered();
            let is_kept =
                !matches!(outgoing.retry.phase, RetryPhase::Failed(_)) && outgoing.upload == Upload::Done && !waits;
            outgoing.draft.nonce != *nonce || is_kept
        });
    }
}
