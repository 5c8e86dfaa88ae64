//! Usage figures, and what they are made of.

use chat::ports::usage_store::{RoomRevs, UsageLog};
use shared_types::{Rev, StorageSize, Timestamp, UsageDay};

use super::contract;
use crate::contract::{Stores, fixtures::room};

contract! { usage_contract usage {
    the_last_revisions_of_rooms_are_read_together
    figures_are_replaced_and_independent_of_the_name_of_the_chat
    a_store_measures_its_size_without_an_error
} }

pub async fn the_last_revisions_of_rooms_are_read_together(stores: Stores) {
    let rooms: Vec<_> = (0..130).map(|number| room(&format!("room-{number}"))).collect();
    assert_eq!(stores.usage.last_revs(&rooms).await.unwrap(), RoomRevs::new());
    for (number, revs) in [(0, 3), (7, 1), (129, 2)] {
        for _ in 0..revs {
            stores.messages.next_rev(&rooms[number]).await.unwrap();
        }
    }
    stores.messages.next_rev(&room("other")).await.unwrap();
    let expected = [(0, 3), (7, 1), (129, 2)].map(|(number, rev): (usize, _)| (rooms[number].clone(), Rev(rev)));
    assert_eq!(stores.usage.last_revs(&rooms).await.unwrap(), RoomRevs::from(expected));
    assert_eq!(stores.usage.last_revs(&[]).await.unwrap(), RoomRevs::new());
}

pub async fn figures_are_replaced_and_independent_of_the_name_of_the_chat(stores: Stores) {
    assert_eq!(stores.usage.log().await.unwrap(), UsageLog::default());
    assert_eq!(stores.usage.counted_revs().await.unwrap(), RoomRevs::new());
    let storage = StorageSize { messages: Some(5_000_000_000), images: Some(0), more_images: true };
    let days = vec![UsageDay { day: Timestamp(86_400_000), changes: 7, connections: 3 }];
    let log = UsageLog { days, counted_at: Some(Timestamp(86_400_005)), storage };
    for log in [log, UsageLog::default()] {
        let revs = RoomRevs::from([(room("lobby"), Rev(log.days.len() as u64))]);
        stores.usage.store(&log, &revs).await.unwrap();
        assert_eq!(stores.usage.log().await.unwrap(), log);
        assert_eq!(stores.usage.counted_revs().await.unwrap(), revs);
    }
    assert!(stores.moderation.identity().await.unwrap().is_default());
}

pub async fn a_store_measures_its_size_without_an_error(stores: Stores) {
    let size = stores.usage.storage().await.unwrap();
    assert!(!size.more_images && size.images.unwrap_or_default() == 0, "{size:?}");
}
