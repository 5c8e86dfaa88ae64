//! The visitor's own messages, from the moment they are written until the server confirms them.

use shared_types::{ChatImage, ClientMessage, MessageText, Nonce, Person, Seq, Timestamp};

use super::{
    Kind, Timeline,
    trial::{CONFIRM_MS, Fate, Trial},
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
pub(super) struct Own {
    pub(super) draft: Draft,
    pub(super) at: Timestamp,
    pub(super) trial: Trial,
    pub(super) upload: Upload,
    /// Whom it calls of those who were known when it was written.
    mentions: Vec<Person>,
}

impl Own {
    /// Lets it wait for another try at `now`, or fail for `reason` when there were enough.
    pub(super) fn try_again(&mut self, now: u64, reason: &str) {
        if matches!(self.upload, Upload::Asked(_) | Upload::Running(_)) {
            self.upload = Upload::Wanted;
        }
        self.trial.try_again(now, reason);
    }

    /// The server wants it later. Says whether that was the question where to put its image.
    pub(super) fn put_off(&mut self) -> bool {
        self.trial.put_off();
        self.give_back()
    }

    /// Whether it waits, and the server cannot have it.
    pub(super) fn is_here_only(&self) -> bool {
        matches!(self.trial.fate, Fate::Waiting(_)) && !self.trial.has_begun()
    }

    /// What a frame carried of it is open again, and that was no try. Says whether it was the question where to put its image.
    pub(super) fn give_back(&mut self) -> bool {
        let asked = matches!(self.upload, Upload::Asked(_));
        if asked {
            self.upload = Upload::Wanted;
        }
        if asked || self.trial.is_handed() {
            self.trial.give_back();
        }
        asked
    }
}

/// How far the image of a message is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Upload {
    /// It is still here.
    Wanted,
    /// The server was asked at this time where to put it.
    Asked(u64),
    /// So many hundredths of it are there.
    Running(u8),
    /// It is there; or there is none.
    Done,
}

impl Timeline {
    /// Notes a message that the visitor just wrote, with an image that is still to be uploaded.
    pub fn post(&mut self, draft: Draft, now: u64) {
        let upload = if draft.image.is_some() { Upload::Wanted } else { Upload::Done };
        let mentions = self.mentioned(draft.text.as_ref(), &[]);
        self.own.push(Own { draft, at: Timestamp(now), trial: Trial::new(), upload, mentions });
        // Whoever writes wants to see it.
        self.return_to_newest();
    }

    /// Notes a message that the visitor wrote on an earlier page, whose image is uploaded. One that the server has by now
    /// is on this page already.
    pub fn restore(&mut self, draft: Draft, now: u64) {
        if self.said.messages.iter().any(|said| said.nonce == draft.nonce && said.author.id == self.me.id) {
            return;
        }
        let mentions = self.mentioned(draft.text.as_ref(), &[]);
        self.own.push(Own { draft, at: Timestamp(now), trial: Trial::old(), upload: Upload::Done, mentions });
    }

    /// The next message for the socket, now that there is one.
    ///
    /// The next one goes only when the last is confirmed, and when it is its turn: API Gateway may handle the frames of a socket at once, and a
    /// person's messages are to stand in the order in which they were written. One whose image is still on its way lets
    /// the others pass: nobody should wait with a word until two megabytes are through.
    pub fn hand_over(&mut self, now: u64) -> Option<ClientMessage> {
        let under_way = self.own.iter().any(|own| own.trial.is_handed());
        self.held = !under_way && now < self.next_turn();
        if under_way || self.held {
            return None;
        }
        let ready = |own: &&mut Own| matches!(own.trial.fate, Fate::Waiting(_)) && own.upload == Upload::Done;
        let next = self.own.iter_mut().find(ready)?;
        if !next.trial.is_due(now) {
            return None;
        }
        next.trial.hand(now);
        let Draft { nonce, text, image, reply_to } = next.draft.clone();
        let before = next.mentions.clone();
        let mentions = self.mentioned(text.as_ref(), &before);
        Some(ClientMessage::Send { text, nonce: Some(nonce), image, reply_to, mentions })
    }

    /// The question where to put the next image, now that there is a socket. One image at a time, so that several of them
    /// stand in the order in which they were chosen.
    pub fn ask_upload(&mut self, now: u64) -> Option<ClientMessage> {
        let under_way = |own: &Own| matches!(own.upload, Upload::Asked(_) | Upload::Running(_));
        if self.own.iter().any(under_way) || !self.pace.allows(Kind::Upload, now) {
            return None;
        }
        let waits = |own: &&mut Own| own.upload == Upload::Wanted && own.trial.is_due(now);
        let next = self.own.iter_mut().find(waits)?;
        let image = next.draft.image.as_ref()?;
        next.upload = Upload::Asked(now);
        next.trial.count();
        Some(ClientMessage::Upload { nonce: next.draft.nonce.clone(), kind: image.kind, size: image.size })
    }

    /// The server said where to put an image. Says whether that was still awaited.
    pub fn upload_begins(&mut self, nonce: &Nonce) -> bool {
        let awaited = |own: &&mut Own| own.draft.nonce == *nonce && matches!(own.upload, Upload::Asked(_));
        let found = self.own.iter_mut().find(awaited);
        found.map(|own| own.upload = Upload::Running(0)).is_some()
    }

    /// So many hundredths of an image are there.
    pub fn upload_runs(&mut self, nonce: &Nonce, percent: u8) {
        if let Some(own) = self.uploading(nonce) {
            own.upload = Upload::Running(percent);
        }
    }

    /// An image is there, and its message can go.
    pub fn upload_ends(&mut self, nonce: &Nonce) {
        if let Some(own) = self.uploading(nonce) {
            own.upload = Upload::Done;
            own.trial.renew_tries();
        }
    }

    /// An image did not get through, for `reason`.
    pub fn upload_breaks(&mut self, nonce: &Nonce, now: u64, reason: &str) {
        if let Some(own) = self.uploading(nonce) {
            own.try_again(now, reason);
        }
    }

    /// An image cannot be uploaded any more: its bytes are gone from here, too.
    pub fn upload_lost(&mut self, nonce: &Nonce, reason: &str) {
        if let Some(own) = self.uploading(nonce) {
            own.upload = Upload::Wanted;
            own.trial.fate = Fate::Failed(reason.into());
        }
    }

    fn uploading(&mut self, nonce: &Nonce) -> Option<&mut Own> {
        self.own.iter_mut().find(|own| own.draft.nonce == *nonce && matches!(own.upload, Upload::Running(_)))
    }

    /// The socket is gone: what it carried waits for the next one, and its questions are open again.
    pub fn disconnected(&mut self) {
        for own in &mut self.own {
            // What is on its way to the storage does not go through the socket.
            own.give_back();
        }
        self.changes_given_back();
        self.asked = None;
        self.asked_about = None;
        self.asked_again_at = None;
    }

    /// Takes back what was handed over and not confirmed in time, and gives it up for `reason` when that was once too
    /// often. Says whether there was any: the socket is not to be trusted then.
    pub fn expire(&mut self, now: u64, reason: &str) -> bool {
        let late = |at: u64| now >= at + CONFIRM_MS;
        let overdue = |own: &&mut Own| own.trial.is_late(now) || matches!(own.upload, Upload::Asked(at) if late(at));
        let changes = self.expire_change(now, reason);
        match self.own.iter_mut().find(overdue) {
            Some(own) => {
                own.try_again(now, reason);
                true
            }
            None => changes,
        }
    }

    /// What was written and is not confirmed, oldest first, to be kept where a reload does not reach it. A message whose
    /// image is still here is not among it: the image would be missing.
    pub fn unsent(&self) -> Vec<Draft> {
        self.own.iter().filter(|own| own.upload == Upload::Done).map(|own| own.draft.clone()).collect()
    }

    /// Whether a message of the visitor is not confirmed yet.
    pub fn is_unsent(&self, nonce: &Nonce) -> bool {
        self.own.iter().any(|own| own.draft.nonce == *nonce)
    }

    /// Whether an image would be lost if the page went now.
    pub fn uploads(&self) -> bool {
        self.own.iter().any(|own| own.upload != Upload::Done)
    }

    /// Lets a failed message wait for a socket again: the same message, so that it is not shown twice if it did arrive.
    pub fn retry(&mut self, nonce: &Nonce) {
        if let Some(own) = self.own.iter_mut().find(|own| own.draft.nonce == *nonce) {
            own.trial.renew();
        }
    }

    /// Forgets a message that failed, that waits for its turn, or whose image is not there yet.
    pub fn discard(&mut self, nonce: &Nonce) {
        let held = self.held;
        self.own.retain(|own| {
            let waits = held && own.is_here_only();
            let stands = !matches!(own.trial.fate, Fate::Failed(_)) && own.upload == Upload::Done && !waits;
            own.draft.nonce != *nonce || stands
        });
    }
}
