//! Tests of the list of visited rooms.

use shared_types::Timestamp;

use super::*;

fn room(name: &str) -> RoomName {
    name.parse().unwrap()
}

fn activity(name: &str, newest: u64, author: &str) -> RoomActivity {
    RoomActivity {
        room: room(name),
        newest: Seq(newest),
        author: author.parse().unwrap(),
        sent_at: Timestamp(1),
        unread: None,
        read: None,
        mentioned: false,
    }
}

/// An activity with a number of unread messages.
fn counted(name: &str, newest: u64, unread: u32, mentioned: bool) -> RoomActivity {
    RoomActivity { unread: Some(unread), mentioned, ..activity(name, newest, "bob") }
}

fn news(name: &str, seq: u64) -> RoomNews {
    RoomNews {
        room: room(name),
        seq: Seq(seq),
        author: "bob".parse().unwrap(),
        sent_at: Timestamp(seq),
        mentioned: false,
        deleted: false,
    }
}

fn me() -> PersonId {
    "me".parse().unwrap()
}

/// The read positions: `cats` is read up to 7.
fn read(room: &RoomName) -> Seq {
    if room.as_str() == "cats" { Seq(7) } else { Seq(0) }
}

/// Formats the list: the current room in brackets, unread rooms with a `!` and their number, mentions with an `@`.
fn entries(rooms: &RoomList) -> String {
    entries_of(rooms.entries(&me(), read))
}

fn entries_of(entries: Vec<RoomEntry>) -> String {
    let entries = entries.into_iter().map(|entry| {
        let name = if entry.is_current { format!("[{}]", entry.room) } else { entry.room.to_string() };
        let number = if entry.count > 0 { entry.count.to_string() } else { String::new() };
        let unread = if entry.unread { format!("!{number}") } else { number };
        name + &unread + if entry.mentioned { "@" } else { "" }
    });
    entries.collect::<Vec<_>>().join(" ")
}

/// A request for these rooms, of which none but `cats` was read.
fn asked(names: &[&str], watch: bool) -> Option<ClientMessage> {
    let rooms: Vec<_> = names.iter().map(|name| room(name)).collect();
    let read = rooms.iter().map(read).collect();
    Some(ClientMessage::Rooms { rooms, titles: false, watch, read })
}

/// Takes the request at this time, whether or not it asks for titles.
fn take(rooms: &mut RoomList, now: u64) -> Option<ClientMessage> {
    let mut request = rooms.take_request(now, read);
    if let Some(ClientMessage::Rooms { titles, .. }) = &mut request {
        *titles = false;
    }
    request
}

#[test]
fn rooms_are_unique_and_stored_in_the_order_of_the_visits() {
    let rooms = RoomList::new(&room("cats"), Some(r#"["lobby","cats","dogs","lobby"]"#));
    assert_eq!(entries(&rooms), "lobby [cats] dogs");
    assert_eq!(rooms.to_json(), r#"["cats","lobby","dogs"]"#);
}

#[test]
fn a_refused_request_is_repeated_when_the_page_is_visible_or_later() {
    let mut rooms = RoomList::new(&room("cats"), Some(r#"["dogs"]"#));
    assert_eq!(take(&mut rooms, 0), asked(&["dogs"], true));
    rooms.on_error(0, ErrorCode::Unavailable);
    assert_eq!(take(&mut rooms, 1), None);
    rooms.on_page_visible(1);
    assert_eq!(take(&mut rooms, 1), asked(&["dogs"], false));
    assert_eq!(take(&mut rooms, WATCH_RETRY_MS), asked(&["dogs"], true), "the rooms are not watched yet");
}

#[test]
fn a_request_without_an_answer_fails_in_time_and_is_repeated() {
    let mut rooms = RoomList::new(&room("cats"), Some(r#"["dogs"]"#));
    assert!(!rooms.expire(u64::MAX), "nothing was requested");
    assert_eq!(take(&mut rooms, 5), asked(&["dogs"], true));
    assert!(!rooms.expire(5 + ANSWER_MS - 1));
    assert_eq!(rooms.progress(), RefreshProgress::Done);
    assert!(rooms.expire(5 + ANSWER_MS));
    assert_eq!(rooms.progress(), RefreshProgress::Failed);
    assert!(!rooms.expire(u64::MAX), "once");
    assert_eq!(take(&mut rooms, 4 + ANSWER_MS + WATCH_RETRY_MS), None);
    assert_eq!(take(&mut rooms, 5 + ANSWER_MS + WATCH_RETRY_MS), asked(&["dogs"], true), "by itself");
    rooms.on_activity(vec![counted("dogs", 3, 2, false)]);
    assert_eq!((rooms.progress(), entries(&rooms).as_str()), (RefreshProgress::Done, "lobby [cats] dogs!2"));
    assert!(!rooms.expire(u64::MAX), "it is answered");
}

#[test]
fn a_visitor_tries_again_at_once_after_a_failure() {
    let mut rooms = RoomList::new(&RoomName::lobby(), None);
    assert_eq!(take(&mut rooms, 0), asked(&[], true));
    assert!(rooms.expire(ANSWER_MS));
    rooms.retry();
    assert_eq!(rooms.progress(), RefreshProgress::Retrying);
    assert_eq!(take(&mut rooms, ANSWER_MS), asked(&[], true), "direct messages are watched for");
    rooms.retry();
    assert_eq!(take(&mut rooms, ANSWER_MS), None, "once");
    assert!(rooms.expire(2 * ANSWER_MS), "not answered either");
    assert_eq!(rooms.progress(), RefreshProgress::Failed);
    rooms.retry();
    take(&mut rooms, 2 * ANSWER_MS);
    rooms.on_error(2 * ANSWER_MS, ErrorCode::TooFast);
    assert_eq!(rooms.progress(), RefreshProgress::Failed, "the visitor sees the end of the attempt");
    rooms.retry();
    rooms.on_activity(Vec::new());
    assert_eq!(rooms.progress(), RefreshProgress::Done);
    rooms.retry();
    assert_eq!(rooms.progress(), RefreshProgress::Done, "the list is opened");
}

#[test]
fn a_request_that_came_too_early_is_no_failure() {
    let mut rooms = RoomList::new(&RoomName::lobby(), None);
    take(&mut rooms, 0);
    rooms.on_error(0, ErrorCode::TooFast);
    assert_eq!(rooms.progress(), RefreshProgress::Done);
    assert!(!rooms.expire(u64::MAX), "it was answered");
    rooms.on_error(0, ErrorCode::Unavailable);
    assert_eq!(rooms.progress(), RefreshProgress::Failed);
}

#[test]
fn each_of_two_requests_has_an_answer() {
    let mut rooms = RoomList::new(&room("cats"), Some(r#"["dogs"]"#));
    take(&mut rooms, 0);
    rooms.request();
    assert!(take(&mut rooms, 9).is_some());
    rooms.on_activity(Vec::new());
    assert!(!rooms.expire(9 + ANSWER_MS - 1));
    assert!(rooms.expire(9 + ANSWER_MS), "the second answer is missing");
}

#[test]
fn a_request_of_a_lost_socket_does_not_expire_and_its_titles_are_requested_again() {
    let mut rooms = RoomList::new(&room("cats"), Some(r#"["dogs"]"#));
    assert!(matches!(rooms.take_request(0, read), Some(ClientMessage::Rooms { titles: true, .. })));
    rooms.on_welcome(5, false, 0);
    assert!(!rooms.expire(ANSWER_MS));
    assert!(matches!(rooms.take_request(ANSWER_MS, read), Some(ClientMessage::Rooms { titles: true, .. })));
    rooms.on_activity(Vec::new());
    rooms.on_welcome(ANSWER_MS, true, 0);
    assert!(matches!(rooms.take_request(2 * ANSWER_MS, read), Some(ClientMessage::Rooms { titles: false, .. })));
}

#[test]
fn a_page_on_a_new_socket_watches_its_rooms_again() {
    let mut rooms = RoomList::new(&room("cats"), Some(r#"["dogs"]"#));
    rooms.on_welcome(5, false, 7_000);
    assert_eq!(take(&mut rooms, 5), asked(&["dogs"], true), "the first socket watches at once");
    assert_eq!(take(&mut rooms, 6), None);
    rooms.on_welcome(100, false, 7_000);
    assert_eq!(take(&mut rooms, 7_099), None);
    assert_eq!(take(&mut rooms, 7_100), asked(&["dogs"], true));
    rooms.merge_stored(Some(r#"["mice"]"#));
    assert_eq!(take(&mut rooms, 7_101), asked(&["mice"], true), "another page visited a room");
}

#[test]
fn news_are_counted_and_mentions_are_marked() {
    let mut rooms = RoomList::new(&RoomName::lobby(), Some(r#"["cats","dogs"]"#));
    take(&mut rooms, 0);
    rooms.on_activity(vec![counted("cats", 9, 2, false), counted("dogs", 3, 0, false)]);
    assert_eq!(entries(&rooms), "[lobby] cats!2 dogs");
    assert!(!rooms.on_news(&news("cats", 10), &me()));
    assert!(rooms.on_news(&RoomNews { mentioned: true, ..news("dogs", 4) }, &me()));
    assert_eq!(entries(&rooms), "[lobby] cats!3 dogs!1@");
    // What is repeated, what the answer counts, own messages, and rooms that are not in the list.
    for known in [news("cats", 10), news("cats", 9), news("lobby", 1), news("mice", 1)] {
        assert!(!rooms.on_news(&RoomNews { mentioned: true, ..known }, &me()));
    }
    assert!(!rooms.on_news(&RoomNews { author: me(), mentioned: true, ..news("dogs", 5) }, &me()));
    assert_eq!(entries(&rooms), "[lobby] cats!3 dogs!1@");
    assert_eq!(
        entries_of(rooms.entries(&me(), |_| Seq(10))),
        "[lobby] cats dogs",
        "all of it was read in another window"
    );
}

#[test]
fn a_deleted_message_is_no_news_any_more() {
    let mut rooms = RoomList::new(&RoomName::lobby(), Some(r#"["cats"]"#));
    take(&mut rooms, 0);
    rooms.on_activity(vec![counted("cats", 9, 1, true)]);
    rooms.on_news(&RoomNews { mentioned: true, ..news("cats", 10) }, &me());
    assert_eq!(entries(&rooms), "[lobby] cats!2@");
    for (deleted, left) in [(10, "[lobby] cats!1@"), (9, "[lobby] cats")] {
        assert!(!rooms.on_news(&RoomNews { deleted: true, ..news("cats", deleted) }, &me()));
        assert_eq!(entries(&rooms), left);
    }
}

#[test]
fn an_answer_replaces_the_news_before_its_request() {
    let mut rooms = RoomList::new(&RoomName::lobby(), Some(r#"["cats"]"#));
    rooms.on_news(&news("cats", 10), &me());
    take(&mut rooms, 0);
    rooms.on_news(&news("cats", 11), &me());
    rooms.on_activity(vec![counted("cats", 9, 1, false)]);
    assert_eq!(entries(&rooms), "[lobby] cats!2", "10 was deleted, 11 came after the answer");
    rooms.request();
    take(&mut rooms, 1);
    rooms.on_activity(vec![]);
    assert_eq!(entries(&rooms), "[lobby] cats", "all messages were deleted");
}

#[test]
fn the_count_of_unread_messages_ends_at_its_maximum() {
    let mut rooms = RoomList::new(&RoomName::lobby(), Some(r#"["dogs"]"#));
    (1..=300).for_each(|seq| _ = rooms.on_news(&news("dogs", seq), &me()));
    assert_eq!(rooms.entries(&me(), read)[1].count, 100);
}

#[test]
fn the_lobby_is_always_listed_and_rooms_are_sorted_by_name() {
    let list = |current: &str, stored: &str| entries(&RoomList::new(&room(current), Some(stored)));
    assert_eq!(list("mice", r#"["dogs","cats"]"#), "lobby cats dogs [mice]");
    assert_eq!(list("cats", r#"["mice","dogs","lobby"]"#), "lobby [cats] dogs mice", "a visit moves no room");
    assert_eq!(list("lobby", r#"["mice"]"#), "[lobby] mice");
    let removable: Vec<_> = RoomList::new(&room("mice"), Some(r#"["cats"]"#))
        .entries(&me(), read)
        .iter()
        .map(RoomEntry::is_removable)
        .collect();
    assert_eq!(removable, [false, true, false]);
}

#[test]
fn invalid_stored_rooms_are_skipped() {
    for (stored, expected) in [
        (None, "[lobby]"),
        (Some(""), "[lobby]"),
        (Some("{}"), "[lobby]"),
        (Some("[1]"), "[lobby]"),
        (Some(r#"["No Such Room","cats","<b>"]"#), "[lobby] cats"),
    ] {
        assert_eq!(entries(&RoomList::new(&RoomName::lobby(), stored)), expected, "{stored:?}");
    }
}

#[test]
fn the_room_list_has_a_maximum_length() {
    let many: Vec<_> = (0..ROOMS + 5).map(|number| format!("r{number}")).collect();
    let mut rooms = RoomList::new(&RoomName::lobby(), Some(&json::to_string(&many)));
    let Some(ClientMessage::Rooms { rooms: asked, read, .. }) = take(&mut rooms, 0) else { panic!() };
    assert_eq!((asked.len(), asked.last()), (ROOMS - 1, Some(&room("r48"))));
    assert_eq!(read.len(), WATCHED_ROOMS);
}

#[test]
fn a_room_with_unseen_messages_of_others_is_unread() {
    let mut rooms = RoomList::new(&RoomName::lobby(), Some(r#"["cats","dogs","mice"]"#));
    for (activity, expected) in [
        (vec![], "[lobby] cats dogs mice"),
        (vec![activity("cats", 7, "bob"), activity("dogs", 1, "bob")], "[lobby] cats dogs! mice"),
        (vec![activity("cats", 8, "bob"), activity("dogs", 1, "me")], "[lobby] cats! dogs mice"),
        (vec![activity("lobby", 9, "bob"), activity("birds", 9, "bob")], "[lobby] cats dogs mice"),
    ] {
        rooms.request();
        take(&mut rooms, 0);
        rooms.on_activity(activity);
        assert_eq!(entries(&rooms), expected);
    }
}

#[test]
fn a_room_can_be_removed_but_not_the_current_one() {
    let mut rooms = RoomList::new(&RoomName::lobby(), Some(r#"["cats","dogs"]"#));
    rooms.remove(&room("cats"));
    rooms.remove(&RoomName::lobby());
    assert_eq!(entries(&rooms), "[lobby] dogs");
}

#[test]
fn changes_of_another_page_are_merged() {
    let mut rooms = RoomList::new(&RoomName::lobby(), Some(r#"["cats"]"#));
    rooms.merge_stored(Some(r#"["dogs","lobby"]"#));
    assert_eq!(entries(&rooms), "[lobby] dogs");
}

#[test]
fn rooms_are_requested_on_actions_only() {
    let mut rooms = RoomList::new(&RoomName::lobby(), Some(r#"["cats"]"#));
    assert_eq!(take(&mut rooms, 0), asked(&["cats"], true));
    assert_eq!(take(&mut rooms, 1_000_000), None);
    // Within a minute, a page that becomes visible sends no request.
    rooms.on_page_visible(LOOK_MS - 1);
    assert_eq!(take(&mut rooms, LOOK_MS - 1), None);
    rooms.on_page_visible(LOOK_MS);
    assert_eq!(take(&mut rooms, LOOK_MS), asked(&["cats"], false));
    rooms.request();
    assert_eq!(take(&mut rooms, LOOK_MS + 1), asked(&["cats"], false));
    assert_eq!(take(&mut rooms, LOOK_MS + 2), None);
}

#[test]
fn titles_are_requested_once_and_when_the_list_is_opened() {
    let mut rooms = RoomList::new(&room("cats"), Some(r#"["dogs"]"#));
    let titles = |rooms: &mut RoomList, now| match rooms.take_request(now, read) {
        Some(ClientMessage::Rooms { titles, .. }) => Some(titles),
        _ => None,
    };
    assert_eq!(titles(&mut rooms, 0), Some(true));
    rooms.on_page_visible(LOOK_MS);
    assert_eq!(titles(&mut rooms, LOOK_MS), Some(false));
    rooms.request();
    assert_eq!(titles(&mut rooms, LOOK_MS), Some(true));
    rooms.on_error(LOOK_MS, ErrorCode::Unavailable);
    rooms.on_page_visible(LOOK_MS);
    assert_eq!(titles(&mut rooms, LOOK_MS), Some(true), "the answer with titles is missing");
}

#[test]
fn the_room_that_is_entered_is_the_current_one() {
    let mut rooms = RoomList::new(&RoomName::lobby(), Some(r#"["cats","dogs"]"#));
    rooms.enter(&room("dogs"));
    assert_eq!(entries(&rooms), "lobby cats [dogs]");
    rooms.enter(&room("mice"));
    assert_eq!(entries(&rooms), "lobby cats dogs [mice]");
    assert_eq!(rooms.to_json(), r#"["mice","dogs","lobby","cats"]"#);
}

#[test]
fn stored_positions_are_those_of_the_last_answer() {
    let mut rooms = RoomList::new(&RoomName::lobby(), Some(r#"["cats","dogs"]"#));
    take(&mut rooms, 0);
    let cats = RoomActivity { read: Some(Seq(4)), ..counted("cats", 9, 2, false) };
    rooms.on_activity(vec![cats, counted("dogs", 3, 0, false)]);
    let positions: Vec<_> = rooms.stored_positions().map(|(room, read)| (room.to_string(), read)).collect();
    assert_eq!(positions, [("cats".to_owned(), Some(Seq(4))), ("dogs".to_owned(), None)]);
}

#[test]
fn the_newest_message_is_that_of_the_answer_or_of_later_news() {
    let mut rooms = RoomList::new(&RoomName::lobby(), Some(r#"["cats","dogs"]"#));
    take(&mut rooms, 0);
    rooms.on_activity(vec![counted("cats", 9, 2, false)]);
    assert_eq!(rooms.newest_in(&room("cats")), Some(Seq(9)));
    rooms.on_news(&news("cats", 11), &me());
    rooms.on_news(&news("dogs", 4), &me());
    assert_eq!(
        [room("cats"), room("dogs"), room("mice")].map(|room| rooms.newest_in(&room)),
        [Some(Seq(11)), Some(Seq(4)), None]
    );
    assert_eq!(entries_of(rooms.entries(&me(), |_| Seq(11))), "[lobby] cats dogs", "marked as read");
}

#[test]
fn kept_rooms_stay_in_a_full_list_and_are_watched_first() {
    let stored: Vec<String> = (0..ROOMS).map(|number| format!("room-{number}")).collect();
    let current: RoomName = "here".parse().unwrap();
    let mut rooms = RoomList::new(&current, Some(&json::to_string(&stored)));
    let kept: Vec<RoomName> = ["old", "room-40", "here"].map(|name| name.parse().unwrap()).into();
    rooms.keep(&kept);
    let listed: Vec<String> = json::from_str(&rooms.to_json()).unwrap();
    assert_eq!((listed.len(), &listed[..4]), (ROOMS, &["here", "old", "room-40", "room-0"].map(String::from)[..]));
    rooms.keep(&kept);
    assert_eq!(json::from_str::<Vec<String>>(&rooms.to_json()).unwrap(), listed);
}

#[test]
fn private_rooms_that_the_visitor_lost_are_removed() {
    let private = |end: &str| format!("p-{end:0>20}").parse::<RoomName>().unwrap();
    let [here, mine, lost] = ["1", "2", "3"].map(private);
    let mut rooms = RoomList::new(&here, Some(&json::to_string(&vec![mine.clone(), lost.clone(), room("cats")])));
    assert_eq!(rooms.remove_lost(std::slice::from_ref(&mine)), std::slice::from_ref(&lost));
    assert_eq!(rooms.to_json(), json::to_string(&vec![here, mine.clone(), room("cats")]));
    assert_eq!(rooms.remove_lost(&[mine]), []);
}

#[test]
fn a_removed_room_returns_to_its_place() {
    let mut rooms = RoomList::new(&RoomName::lobby(), Some(r#"["cats","dogs","mice"]"#));
    assert_eq!(rooms.remove(&RoomName::lobby()), None, "the current room stays");
    take(&mut rooms, 0);
    rooms.on_activity(vec![counted("dogs", 3, 2, false)]);
    let place = rooms.remove(&room("dogs"));
    assert_eq!((place, entries(&rooms).as_str()), (Some(2), "[lobby] cats mice"));
    rooms.restore(&room("dogs"), 2);
    assert_eq!(rooms.to_json(), r#"["lobby","cats","dogs","mice"]"#);
    assert_eq!(entries(&rooms), "[lobby] cats dogs!2 mice", "what is unread is still known");
    rooms.restore(&room("dogs"), 1);
    assert_eq!(rooms.to_json(), r#"["lobby","cats","dogs","mice"]"#, "another page restored it");
    rooms.restore(&room("owls"), 9);
    rooms.restore(&room("pigs"), 0);
    assert_eq!(rooms.to_json(), r#"["lobby","pigs","cats","dogs","mice","owls"]"#, "other pages changed the list");
}

#[test]
fn a_page_without_other_rooms_watches_for_direct_messages() {
    let mut rooms = RoomList::new(&RoomName::lobby(), None);
    assert_eq!(take(&mut rooms, 0), asked(&[], true));
    assert_eq!(take(&mut rooms, 1), None);
    rooms.request();
    assert_eq!(take(&mut rooms, 2), None, "there is nothing to ask for");
}

#[test]
fn a_direct_message_is_added_behind_the_current_room() {
    let direct = RoomName::of_direct_message(&[7; 32]);
    let mut rooms = RoomList::new(&RoomName::lobby(), Some(r#"["cats"]"#));
    assert!(rooms.add_private(&direct) && !rooms.add_private(&direct));
    assert!(!rooms.add_private(&room("dogs")), "open rooms are added by a visit");
    assert_eq!(rooms.to_json(), format!(r#"["lobby","{direct}","cats"]"#));
    assert!(rooms.on_news(&RoomNews { mentioned: true, ..news(direct.as_str(), 1) }, &me()));
    assert_eq!(entries(&rooms), format!("[lobby] cats {direct}!1@"));
}

#[test]
fn a_room_to_which_somebody_adds_the_visitor_is_unread_until_it_is_opened() {
    let plans = RoomName::of_private_room([7; 20]);
    let added = || {
        let mut rooms = RoomList::new(&RoomName::lobby(), Some(r#"["cats"]"#));
        take(&mut rooms, 0);
        assert!(rooms.add_private(&plans));
        rooms.on_added(&plans);
        rooms
    };
    let mut rooms = added();
    assert_eq!(take(&mut rooms, 1), asked(&[plans.as_str(), "cats"], true), "it is watched at once");
    rooms.on_activity(vec![]);
    assert_eq!(entries(&rooms), format!("[lobby] cats {plans}!"), "without a message");
    rooms.on_news(&news(plans.as_str(), 1), &me());
    assert_eq!(entries(&rooms), format!("[lobby] cats {plans}!1"));
    let shown = entries_of(rooms.entries(&me(), |_| Seq(1)));
    assert_eq!(shown, format!("[lobby] cats {plans}"), "another page opened it");
    let mut rooms = added();
    rooms.enter(&plans);
    rooms.enter(&RoomName::lobby());
    assert_eq!(entries(&rooms), format!("[lobby] cats {plans}"));
}

#[test]
fn a_later_socket_asks_for_the_private_rooms_of_the_time_without_one() {
    let mut rooms = RoomList::new(&RoomName::lobby(), Some(r#"["cats"]"#));
    let mut request = |act: &dyn Fn(&mut RoomList), now| {
        act(&mut rooms);
        let request = rooms.take_request(now, read);
        rooms.on_activity(Vec::new());
        match request {
            Some(ClientMessage::Rooms { titles, watch, .. }) => Some((titles, watch)),
            _ => None,
        }
    };
    assert_eq!(request(&|rooms| rooms.on_welcome(0, false, 0), 0), Some((true, true)));
    assert_eq!(request(&|rooms| rooms.on_welcome(1, true, 0), 1), Some((false, true)), "the socket moved");
    let (woken, later) = (100_000, 103_000);
    let wake = |rooms: &mut RoomList| {
        rooms.on_welcome(woken, false, 3_000);
        rooms.on_page_visible(woken);
    };
    assert_eq!(request(&wake, woken), Some((false, false)));
    assert_eq!(request(&|_| {}, later), Some((true, true)));
    assert_eq!(request(&|rooms| rooms.on_page_visible(later * 2), later * 2), Some((false, false)));
}

#[test]
fn a_room_is_active_when_its_newest_message_was_sent() {
    let mut rooms = RoomList::new(&room("cats"), Some("[\"dogs\",\"birds\"]"));
    assert_eq!(rooms.active_at(&room("dogs")), None);
    rooms.take_request(0, |_| Seq::default());
    rooms.on_activity(vec![RoomActivity { sent_at: Timestamp(5), ..activity("dogs", 3, "bob") }]);
    assert_eq!(rooms.active_at(&room("dogs")), Some(Timestamp(5)));
    rooms.on_news(&RoomNews { sent_at: Timestamp(8), ..news("dogs", 4) }, &me());
    assert_eq!(["dogs", "birds"].map(|name| rooms.active_at(&room(name))), [Some(Timestamp(8)), None]);
}
