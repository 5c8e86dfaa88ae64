//! Read receipts of the room that is shown: who has seen its messages. They are asked for when the room or the list is shown, and then follow
//! what the server announces.

use shared_types::{ClientMessage, Person, PersonId, PersonName, ReadReceipt, RoomName, Seq};

/// The receipts of a room, as far as they are known.
#[derive(Debug, Default)]
pub struct ReadReceipts {
    /// The room, if it shows who has read.
    room: Option<RoomName>,
    people: Vec<ReadReceipt>,
    /// If the server has more people than it named: up to which message they may have read. It names those who have read furthest.
    unnamed: Option<Seq>,
    progress: ReceiptsProgress,
}

/// How far the request is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReceiptsProgress {
    /// The request is due.
    #[default]
    Due,
    /// The request was sent.
    Asked,
    /// The answer is here.
    Known,
    /// The server refused the request. What is known before stays.
    Failed,
}

/// The people who have seen a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenBy {
    /// Them, without the visitor and the author.
    pub people: Vec<(PersonId, PersonName)>,
    /// Whether there may be more.
    pub more: bool,
}

impl ReadReceipts {
    /// The page shows this room. `shows` says whether the room shows who has read.
    pub fn show(&mut self, room: &RoomName, shows: bool) {
        if self.room.as_ref() != Some(room).filter(|_| shows) {
            *self = Self { room: shows.then(|| room.clone()), ..Self::default() };
        }
    }

    /// Requests the receipts again: the room or the list is shown, or announcements may have been missed.
    pub fn request(&mut self) {
        self.progress = ReceiptsProgress::Due;
    }

    /// Returns the request that is due. The caller has a socket in the room.
    pub fn take_request(&mut self) -> Option<ClientMessage> {
        let is_due = self.room.is_some() && self.progress == ReceiptsProgress::Due;
        is_due.then(|| {
            self.progress = ReceiptsProgress::Asked;
            ClientMessage::Receipts
        })
    }

    /// Takes an answer.
    pub fn on_answer(&mut self, people: Vec<ReadReceipt>, more: bool) {
        let lowest = people.iter().map(|receipt| receipt.seq).min();
        // If it names nobody, they may have read everything.
        self.unnamed = more.then(|| lowest.unwrap_or(Seq(u64::MAX)));
        // What was announced since the answer was read stays.
        let known = std::mem::replace(&mut self.people, people);
        known.into_iter().for_each(|receipt| self.advance(receipt));
        self.progress = ReceiptsProgress::Known;
    }

    /// A person has read further.
    pub fn on_seen(&mut self, person: &Person, seq: Seq) {
        self.advance(ReadReceipt { person: person.id.clone(), name: person.name.clone(), seq });
    }

    /// The server refused the request.
    pub fn on_error(&mut self) {
        self.progress = ReceiptsProgress::Failed;
    }

    /// Returns how far the request is.
    pub fn progress(&self) -> ReceiptsProgress {
        self.progress
    }

    /// Returns who has seen a message.
    pub fn seen_by(&self, message: Seq, author: &PersonId, me: &PersonId) -> SeenBy {
        let has_seen =
            |receipt: &&ReadReceipt| receipt.seq >= message && receipt.person != *author && receipt.person != *me;
        let mut people: Vec<(PersonId, PersonName)> = Vec::new();
        // Insertion is less code than sorting.
        for receipt in self.people.iter().filter(has_seen) {
            let is_behind = |(_, name): &(PersonId, PersonName)| name.as_str() > receipt.name.as_str();
            let place = people.iter().position(is_behind).unwrap_or(people.len());
            people.insert(place, (receipt.person.clone(), receipt.name.clone()));
        }
        SeenBy { people, more: self.unnamed.is_some_and(|furthest| furthest >= message) }
    }

    fn advance(&mut self, receipt: ReadReceipt) {
        match self.people.iter_mut().find(|known| known.person == receipt.person) {
            Some(known) if known.seq < receipt.seq => *known = receipt,
            Some(_) => {}
            None => self.people.push(receipt),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room() -> RoomName {
        "cats".parse().unwrap()
    }

    fn receipt(id: &str, seq: u64) -> ReadReceipt {
        ReadReceipt { person: id.parse().unwrap(), name: format!("{id} name").parse().unwrap(), seq: Seq(seq) }
    }

    fn shown() -> ReadReceipts {
        let mut receipts = ReadReceipts::default();
        receipts.show(&room(), true);
        receipts
    }

    fn seen_by(receipts: &ReadReceipts, seq: u64) -> Vec<String> {
        let [author, me] = ["author", "me"].map(|id| id.parse().unwrap());
        receipts.seen_by(Seq(seq), &author, &me).people.into_iter().map(|(id, _)| id.to_string()).collect()
    }

    #[test]
    fn a_room_without_receipts_is_not_asked() {
        let mut receipts = ReadReceipts::default();
        receipts.show(&room(), false);
        receipts.request();
        assert_eq!(receipts.take_request(), None);
    }

    #[test]
    fn a_room_is_asked_once_until_it_is_shown_again() {
        let mut receipts = shown();
        assert_eq!(receipts.take_request(), Some(ClientMessage::Receipts));
        receipts.on_answer(vec![receipt("ann", 7)], false);
        receipts.show(&room(), true);
        assert_eq!((receipts.take_request(), receipts.progress()), (None, ReceiptsProgress::Known));
        receipts.request();
        assert_eq!(receipts.take_request(), Some(ClientMessage::Receipts));
        receipts.on_error();
        assert_eq!((receipts.take_request(), seen_by(&receipts, 7)), (None, vec!["ann".to_owned()]));
    }

    #[test]
    fn another_room_has_receipts_of_its_own() {
        let mut receipts = shown();
        receipts.on_answer(vec![receipt("ann", 7)], true);
        receipts.show(&"dogs".parse().unwrap(), true);
        assert_eq!((seen_by(&receipts, 1), receipts.take_request().is_some()), (vec![], true));
        receipts.on_answer(vec![receipt("ann", 7)], true);
        receipts.show(&"dogs".parse().unwrap(), false);
        assert_eq!((seen_by(&receipts, 1), receipts.take_request().is_some()), (vec![], false));
    }

    #[test]
    fn author_and_visitor_are_left_out_and_names_are_sorted() {
        let mut receipts = shown();
        let people = [("cy", 7), ("author", 9), ("bea", 9), ("me", 9), ("ann", 6)];
        receipts.on_answer(people.map(|(id, seq)| receipt(id, seq)).into(), false);
        assert_eq!(seen_by(&receipts, 7), ["bea", "cy"]);
        assert_eq!(seen_by(&receipts, 6), ["ann", "bea", "cy"]);
        assert_eq!(seen_by(&receipts, 10), [] as [&str; 0]);
    }

    #[test]
    fn people_whom_the_server_did_not_name_may_have_seen_what_the_last_named_one_has() {
        let mut receipts = shown();
        let more = |receipts: &ReadReceipts, seq| {
            let [author, me] = ["author", "me"].map(|id| id.parse().unwrap());
            receipts.seen_by(Seq(seq), &author, &me).more
        };
        receipts.on_answer(vec![receipt("ann", 9), receipt("bea", 7)], true);
        assert_eq!([6, 7, 8].map(|seq| more(&receipts, seq)), [true, true, false]);
        receipts.on_answer(vec![], true);
        assert!(more(&receipts, 9), "nobody is named");
        receipts.on_answer(vec![receipt("ann", 9)], false);
        assert!(!more(&receipts, 1), "all are named");
    }

    #[test]
    fn an_announcement_advances_a_person_and_an_older_answer_does_not_take_it_back() {
        let mut receipts = shown();
        receipts.take_request();
        let ann = Person {
            id: "ann".parse().unwrap(),
            name: "Ann".parse().unwrap(),
            moderator: false,
            appearance: Default::default(),
        };
        receipts.on_seen(&ann, Seq(9));
        receipts.on_seen(&ann, Seq(8));
        receipts.on_answer(vec![receipt("ann", 7), receipt("bea", 7)], false);
        assert_eq!(
            (seen_by(&receipts, 9), seen_by(&receipts, 7)),
            (vec!["ann".into()], vec!["ann".into(), "bea".into()])
        );
    }
}
