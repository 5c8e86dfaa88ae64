//! The titles of the visited rooms, as far as this browser knows them.

use shared_types::{Person, RoomName, RoomTitle, TitledRoom, json, limits::ROOMS};

/// Titles of rooms, the newest first, and the title of a direct message whose others have erased their data. The server has no word for
/// them in the language of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoomTitles(Vec<TitledRoom>, &'static str);

impl RoomTitles {
    /// The stored titles. What cannot be read is empty: the server tells the titles again.
    pub fn from_stored(stored: Option<&str>) -> Self {
        let mut titles: Vec<TitledRoom> = stored.and_then(|stored| json::from_str(stored).ok()).unwrap_or_default();
        titles.truncate(ROOMS);
        Self(titles, "")
    }

    /// The same titles, with the words for a direct message whose others have erased their data.
    #[must_use]
    pub fn with_erased(self, erased: &'static str) -> Self {
        Self(self.0, erased)
    }

    /// The titles to store.
    pub fn to_json(&self) -> String {
        json::to_string(&self.0)
    }

    /// The title of a room.
    pub fn get(&self, room: &RoomName) -> Option<&RoomTitle> {
        self.0.iter().find(|titled| titled.room == *room).map(|titled| &titled.title)
    }

    /// The text that stands for a room: its title, or else its name.
    pub fn label(&self, room: &RoomName) -> String {
        match self.get(room) {
            Some(title) if room.is_direct() && title.as_str() == Person::ERASED_ID => self.1.to_owned(),
            Some(title) => title.to_string(),
            None => room.to_string(),
        }
    }

    /// The label with `#` before it, except for direct messages, whose titles are names of people.
    pub fn marked_label(&self, room: &RoomName) -> String {
        let label = self.label(room);
        if room.is_direct() { label } else { ["#", &label].concat() }
    }

    /// Sets or removes the title of a room. Returns whether something changed.
    pub fn set(&mut self, room: &RoomName, title: Option<&RoomTitle>) -> bool {
        if self.get(room) == title {
            return false;
        }
        self.0.retain(|titled| titled.room != *room);
        if let Some(title) = title {
            self.0.insert(0, TitledRoom { room: room.clone(), title: title.clone() });
            self.0.truncate(ROOMS);
        }
        true
    }

    /// Adds the titles of private rooms that are unknown here, behind the others: the address of such a room tells nothing. Returns whether there
    /// are any.
    pub fn add_unknown(&mut self, others: Self) -> bool {
        let known = self.0.len();
        let unknown =
            others.0.into_iter().filter(|titled| titled.room.is_private() && self.get(&titled.room).is_none());
        let unknown: Vec<TitledRoom> = unknown.collect();
        self.0.extend(unknown);
        self.0.truncate(ROOMS);
        self.0.len() > known
    }

    /// The answer to a request that asked for titles: the titles of all visited rooms but the current one. Returns whether something
    /// changed. An answer without titles changes nothing, because most requests do not ask for them.
    pub fn on_titles(&mut self, current: &RoomName, titles: &[TitledRoom]) -> bool {
        if titles.is_empty() {
            return false;
        }
        let own = self.0.iter().filter(|titled| titled.room == *current);
        let all: Vec<TitledRoom> = own.chain(titles.iter().filter(|titled| titled.room != *current)).cloned().collect();
        let changed = all != self.0;
        self.0 = all;
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titled(room: &str, title: &str) -> TitledRoom {
        TitledRoom { room: room.parse().unwrap(), title: title.parse().unwrap() }
    }

    fn line(titles: &RoomTitles) -> String {
        ["lobby", "cats", "dogs"].map(|room| titles.label(&room.parse().unwrap())).join(", ")
    }

    #[test]
    fn titles_are_set_removed_and_stored() {
        let (mut titles, cats) = (RoomTitles::default(), "cats".parse().unwrap());
        let title: RoomTitle = "猫 Cats".parse().unwrap();
        assert!(titles.set(&cats, Some(&title)) && !titles.set(&cats, Some(&title)));
        assert_eq!(line(&titles), "lobby, 猫 Cats, dogs");
        assert_eq!(RoomTitles::from_stored(Some(&titles.to_json())), titles);
        assert!(titles.set(&cats, None) && !titles.set(&cats, None));
        assert_eq!((line(&titles).as_str(), titles.to_json().as_str()), ("lobby, cats, dogs", "[]"));
    }

    #[test]
    fn rooms_have_a_mark_and_direct_messages_have_none() {
        let (mut titles, direct) = (RoomTitles::default(), RoomName::of_direct_message(&[7; 32]));
        titles.set(&direct, Some(&"Ann, Bea".parse().unwrap()));
        assert_eq!(titles.marked_label(&direct), "Ann, Bea");
        assert_eq!(titles.marked_label(&RoomName::lobby()), "#lobby");
    }

    #[test]
    fn an_answer_replaces_the_titles_of_other_rooms() {
        let mut titles = RoomTitles(vec![titled("lobby", "Hall"), titled("cats", "Cats")], "");
        assert!(!titles.on_titles(&RoomName::lobby(), &[]));
        assert!(titles.on_titles(&RoomName::lobby(), &[titled("dogs", "犬"), titled("lobby", "old")]));
        assert_eq!(line(&titles), "Hall, cats, 犬");
        assert!(!titles.on_titles(&RoomName::lobby(), &[titled("dogs", "犬")]));
    }

    #[test]
    fn titles_of_unknown_private_rooms_are_added() {
        let private = RoomName::of_private_room([7; 20]);
        let mut titles = RoomTitles(vec![titled("cats", "Cats")], "");
        let others =
            RoomTitles(vec![titled("cats", "old"), titled("dogs", "Dogs"), titled(private.as_str(), "Plans")], "");
        assert!(titles.add_unknown(others.clone()) && !titles.add_unknown(others));
        assert_eq!((line(&titles).as_str(), titles.label(&private).as_str()), ("lobby, Cats, dogs", "Plans"));
    }

    #[test]
    fn a_conversation_whose_others_are_gone_has_words_of_the_page() {
        let direct = RoomName::of_direct_message(&[7; 32]);
        let mut titles = RoomTitles::default().with_erased("Somebody who left");
        for room in [&direct, &RoomName::lobby()] {
            titles.set(room, "gone".parse().ok().as_ref());
        }
        assert_eq!(titles.label(&direct), "Somebody who left");
        assert_eq!(titles.label(&RoomName::lobby()), "gone", "an open room may have that title");
    }

    #[test]
    fn damaged_stored_titles_are_forgotten() {
        for stored in [None, Some(""), Some("{}"), Some(r#"[{"room":"cats"}]"#), Some(r#"[{"room":"No","title":"x"}]"#)]
        {
            assert_eq!(RoomTitles::from_stored(stored), RoomTitles::default(), "{stored:?}");
        }
        let many: Vec<_> = (0..ROOMS + 5).map(|number| titled(&format!("r{number}"), "x")).collect();
        assert_eq!(RoomTitles::from_stored(Some(&json::to_string(&many))).0.len(), ROOMS);
    }
}
