//! The visitor's own messages, from the moment they are written until the server confirms them.

use shared_types::{ChatImage, ClientMessage, MessageText, Nonce, Person, Seq, Timestamp};

use super::{
    LimitKind, Timeline,
    retry_state::{CONFIRM_MS, RetryPhase, RetryState},
};

/// A message as it was written: a text, an image, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What makes it the same through every retry.
    pub nonce: Nonce,
    /// What it says.
    pub text: Option<MessageText>,
    /// The image that is uploaded under the nonce.
    pub image: Option<ChatImage>,
    /// The message it answers.
    pub reply_to: Option<Seq>,
}

/// A message of the visitor that the server has not confirmed.
#[derive(Debug)]
pub(super) struct OutgoingMessage {
    pub(super) draft: Draft,
    pub(super) at: Timestamp,
    pub(super) retry: RetryState,
    pub(super) upload: Upload,
    /// Whom it calls of those who were known when it was written.
    mentions: Vec<Person>,
}

impl OutgoingMessage {
    /// Lets it wait for another try at `now`, or fail for `reason` when there were enough.
    pub(super) fn retry_later(&mut self, now: u64, reason: &str) {
        if matches!(self.upload, Upload::Requested(_) | Upload::Running(_)) {
            self.upload = Upload::NotStarted;
        }
        self.retry.retry_later(now, reason);
    }

    /// The server wants it later. Says whether that was the question where to put its image.
    pub(super) fn postpone(&mut self) -> bool {
        self.retry.postpone();
        self.requeue()
    }

    /// Whether it waits, and the server cannot have it.
    pub(super) fn is_undelivered(&self) -> bool {
        matches!(self.retry.phase, RetryPhase::Waiting(_)) && !self.retry.may_be_delivered()
    }

    /// What a frame carried of it is open again, and that was no try. Says whether it was the question where to put its image.
    pub(super) fn requeue(&mut self) -> bool {
        let asked = matches!(self.upload, Upload::Requested(_));
        if asked {
            self.upload = Upload::NotStarted;
        }
        if asked || self.retry.is_in_flight() {
            self.retry.requeue();
        }
        asked
    }
}

/// How far the image of a message is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Upload {
    /// It is still here.
    NotStarted,
    /// The server was asked at this time where to put it.
    Requested(u64),
    /// So many hundredths of it are there.
    Running(u8),
    /// It is there; or there is none.
    Done,
}

impl Timeline {
    /// Notes a message that the visitor just wrote, with an image that is still to be uploaded.
    pub fn post(&mut self, draft: Draft, now: u64) {
        let upload = if draft.image.is_some() { Upload::NotStarted } else { Upload::Done };
        let mentions = self.mentioned(draft.text.as_ref(), &[]);
        self.outgoing.push(OutgoingMessage { draft, at: Timestamp(now), retry: RetryState::new(), upload, mentions });
        // Whoever writes wants to see it.
        self.return_to_newest();
    }

    /// Notes a message that the visitor wrote on an earlier page, whose image is uploaded. One that the server has by now
    /// is on this page already.
    pub fn restore(&mut self, draft: Draft, now: u64) {
        if self
            .newest_range
            .messages
            .iter()
            .any(|confirmed| confirmed.nonce == draft.nonce && confirmed.author.id == self.me.id)
        {
            return;
        }
        let mentions = self.mentioned(draft.text.as_ref(), &[]);
        self.outgoing.push(OutgoingMessage {
            draft,
            at: Timestamp(now),
            retry: RetryState::restored(),
            upload: Upload::Done,
            mentions,
        });
    }

    /// The next message for the socket, now that there is one.
    ///
    /// The next one goes only when the last is confirmed, and when it is its turn: API Gateway may handle the frames of a socket at once, and a
    /// person's messages are to stand in the order in which they were written. One whose image is still on its way lets
    /// the others pass: nobody should wait with a word until two megabytes are through.
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
        let Draft { nonce, text, image, reply_to } = next.draft.clone();
        let before = next.mentions.clone();
        let mentions = self.mentioned(text.as_ref(), &before);
        Some(ClientMessage::Send { text, nonce: Some(nonce), image, reply_to, mentions })
    }

    /// The question where to put the next image, now that there is a socket. One image at a time, so that several of them
    /// stand in the order in which they were chosen.
    pub fn next_upload(&mut self, now: u64) -> Option<ClientMessage> {
        let under_way =
            |outgoing: &OutgoingMessage| matches!(outgoing.upload, Upload::Requested(_) | Upload::Running(_));
        if self.outgoing.iter().any(under_way) || !self.send_limits.allows(LimitKind::Upload, now) {
            return None;
        }
        let waits =
            |outgoing: &&mut OutgoingMessage| outgoing.upload == Upload::NotStarted && outgoing.retry.is_due(now);
        let next = self.outgoing.iter_mut().find(waits)?;
        let image = next.draft.image.as_ref()?;
        next.upload = Upload::Requested(now);
        next.retry.count_attempt();
        Some(ClientMessage::Upload { nonce: next.draft.nonce.clone(), kind: image.kind, size: image.size })
    }

    /// The server said where to put an image. Says whether that was still awaited.
    pub fn on_upload_url(&mut self, nonce: &Nonce) -> bool {
        let history_awaited = |outgoing: &&mut OutgoingMessage| {
            outgoing.draft.nonce == *nonce && matches!(outgoing.upload, Upload::Requested(_))
        };
        let found = self.outgoing.iter_mut().find(history_awaited);
        found.map(|outgoing| outgoing.upload = Upload::Running(0)).is_some()
    }

    /// So many hundredths of an image are there.
    pub fn on_upload_progress(&mut self, nonce: &Nonce, percent: u8) {
        if let Some(outgoing) = self.uploading(nonce) {
            outgoing.upload = Upload::Running(percent);
        }
    }

    /// An image is there, and its message can go.
    pub fn on_upload_finished(&mut self, nonce: &Nonce) {
        if let Some(outgoing) = self.uploading(nonce) {
            outgoing.upload = Upload::Done;
            outgoing.retry.reset_tries();
        }
    }

    /// An image did not get through, for `reason`.
    pub fn on_upload_failed(&mut self, nonce: &Nonce, now: u64, reason: &str) {
        if let Some(outgoing) = self.uploading(nonce) {
            outgoing.retry_later(now, reason);
        }
    }

    /// An image cannot be uploaded any more: its bytes are gone from here, too.
    pub fn on_image_lost(&mut self, nonce: &Nonce, reason: &str) {
        if let Some(outgoing) = self.uploading(nonce) {
            outgoing.upload = Upload::NotStarted;
            outgoing.retry.phase = RetryPhase::Failed(reason.into());
        }
    }

    fn uploading(&mut self, nonce: &Nonce) -> Option<&mut OutgoingMessage> {
        self.outgoing
            .iter_mut()
            .find(|outgoing| outgoing.draft.nonce == *nonce && matches!(outgoing.upload, Upload::Running(_)))
    }

    /// The socket is gone: what it carried waits for the next one, and its questions are open again.
    pub fn on_disconnect(&mut self) {
        for outgoing in &mut self.outgoing {
            // What is on its way to the storage does not go through the socket.
            outgoing.requeue();
        }
        self.requeue_changes();
        self.changes_asked_at = None;
        self.history_request = None;
        self.retry_history_at = None;
    }

    /// Takes back what was handed over and not confirmed in time, and gives it up for `reason` when that was once too
    /// often. Says whether there was any: the socket is not to be trusted then.
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

    /// What was written and is not confirmed, oldest first, to be kept where a reload does not reach it. A message whose
    /// image is still here is not among it: the image would be missing.
    pub fn unsent(&self) -> Vec<Draft> {
        self.outgoing
            .iter()
            .filter(|outgoing| outgoing.upload == Upload::Done)
            .map(|outgoing| outgoing.draft.clone())
            .collect()
    }

    /// Whether a message of the visitor is not confirmed yet.
    pub fn is_unsent(&self, nonce: &Nonce) -> bool {
        self.outgoing.iter().any(|outgoing| outgoing.draft.nonce == *nonce)
    }

    /// Whether an image would be lost if the page went now.
    pub fn has_unfinished_uploads(&self) -> bool {
        self.outgoing.iter().any(|outgoing| outgoing.upload != Upload::Done)
    }

    /// Lets a failed message wait for a socket again: the same message, so that it is not shown twice if it did arrive.
    pub fn retry(&mut self, nonce: &Nonce) {
        if let Some(outgoing) = self.outgoing.iter_mut().find(|outgoing| outgoing.draft.nonce == *nonce) {
            outgoing.retry.reset();
        }
    }

    /// Forgets a message that failed, that waits for its turn, or whose image is not there yet.
    pub fn discard(&mut self, nonce: &Nonce) {
        let is_waiting_for_slot = self.is_waiting_for_slot;
        self.outgoing.retain(|outgoing| {
            let waits = is_waiting_for_slot && outgoing.is_undelivered();
            let stands =
                !matches!(outgoing.retry.phase, RetryPhase::Failed(_)) && outgoing.upload == Upload::Done && !waits;
            outgoing.draft.nonce != *nonce || stands
        });
    }
}
