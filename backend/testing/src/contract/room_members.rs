//! Members of private rooms.

use futures::future::join_all;
use shared_types::{Appearance, PersonId, PersonName, RoomMember, RoomName, Seq, Timestamp, limits};

use super::contract;
use crate::contract::Stores;

contract! { room_members_contract room_members {
    a_member_is_known_until_they_are_removed
    both_lists_have_at_most_the_limit
    members_of_one_room_are_in_no_other
    members_who_come_and_go_at_once_leave_both_lists_alike
    people_become_members_together
    calls_at_once_for_the_same_people_leave_all_of_them_members
    a_name_changes_for_members_only
    a_member_who_has_left_stays_one_and_returns
} }

fn room(number: u32) -> RoomName {
    format!("p-{number:020}").parse().unwrap()
}

fn person(id: &str) -> PersonId {
    id.parse().unwrap()
}

fn member(id: &str) -> RoomMember {
    RoomMember {
        person: person(id),
        name: "Ann \"生\"".parse().ok(),
        host: true,
        since: Timestamp(1_764_000_000),
        appearance: Appearance::NONE,
    }
}

async fn members(stores: &Stores, of: u32) -> Vec<RoomMember> {
    let mut members = stores.members.members(&room(of), 99).await.unwrap();
    members.sort_by_key(|member| member.person.to_string());
    members
}

async fn rooms_of(stores: &Stores, id: &str) -> Vec<RoomName> {
    stores.members.rooms_of(&person(id), 99).await.unwrap()
}

pub async fn a_member_is_known_until_they_are_removed(stores: Stores) {
    assert!(!stores.members.is_member(&room(1), &person("ann")).await.unwrap());
    assert_eq!((members(&stores, 1).await, rooms_of(&stores, "ann").await), (vec![], vec![]));
    let unnamed = RoomMember { name: None, host: false, ..member("bea=") };
    for added in [&member("ann"), &unnamed] {
        stores.members.add(&room(1), added).await.unwrap();
    }
    assert_eq!(members(&stores, 1).await, [member("ann"), unnamed.clone()]);
    assert!(stores.members.is_member(&room(1), &person("bea=")).await.unwrap());
    assert_eq!(rooms_of(&stores, "bea=").await, [room(1)]);
    let replaced = RoomMember { host: true, since: Timestamp(7), ..unnamed };
    stores.members.add(&room(1), &replaced).await.unwrap();
    assert_eq!(members(&stores, 1).await, [member("ann"), replaced]);
    for _ in 0..2 {
        stores.members.remove(&room(1), &person("ann")).await.unwrap();
        assert!(!stores.members.is_member(&room(1), &person("ann")).await.unwrap());
        assert_eq!((members(&stores, 1).await.len(), rooms_of(&stores, "ann").await), (1, vec![]));
    }
}

pub async fn both_lists_have_at_most_the_limit(stores: Stores) {
    for number in [3, 1, 2] {
        stores.members.add(&room(number), &member("ann")).await.unwrap();
        stores.members.add(&room(9), &member(&format!("p{number}"))).await.unwrap();
    }
    assert_eq!(rooms_of(&stores, "ann").await, [room(1), room(2), room(3)], "by address");
    assert_eq!(stores.members.rooms_of(&person("ann"), 2).await.unwrap(), [room(1), room(2)]);
    assert_eq!(stores.members.members(&room(9), 2).await.unwrap().len(), 2);
}

pub async fn members_of_one_room_are_in_no_other(stores: Stores) {
    // Ids of which one is the beginning of another.
    for (number, id) in [(1, "ann"), (2, "ann0"), (10, "an")] {
        stores.members.add(&room(number), &member(id)).await.unwrap();
    }
    for (number, id) in [(1, "ann"), (2, "ann0"), (10, "an")] {
        assert_eq!(
            (members(&stores, number).await, rooms_of(&stores, id).await),
            (vec![member(id)], vec![room(number)])
        );
        for other in [1, 2, 10] {
            let is_member = stores.members.is_member(&room(other), &person(id)).await.unwrap();
            assert_eq!(is_member, other == number, "{id} {other}");
        }
    }
}

pub async fn members_who_come_and_go_at_once_leave_both_lists_alike(stores: Stores) {
    let ids: Vec<String> = (0..8).map(|number| format!("p{number}")).collect();
    let changes = ids.iter().flat_map(|id| [true, false, true].map(|comes| (id, comes)));
    let changes = changes.map(|(id, comes)| {
        let stores = &stores;
        async move {
            match comes {
                true => stores.members.add(&room(1), &member(id)).await.unwrap(),
                false => stores.members.remove(&room(1), &person(id)).await.unwrap(),
            }
        }
    });
    join_all(changes).await;
    let listed: Vec<PersonId> = members(&stores, 1).await.into_iter().map(|member| member.person).collect();
    for id in &ids {
        let is_listed = listed.contains(&person(id));
        assert_eq!(rooms_of(&stores, id).await.len(), usize::from(is_listed), "{id}");
        assert_eq!(stores.members.is_member(&room(1), &person(id)).await.unwrap(), is_listed, "{id}");
    }
}

fn eight() -> Vec<RoomMember> {
    (0..limits::DIRECT_PEOPLE).map(|number| RoomMember { host: false, ..member(&format!("p{number}")) }).collect()
}

pub async fn people_become_members_together(stores: Stores) {
    stores.members.add(&room(1), &RoomMember { since: Timestamp(3), ..member("p3") }).await.unwrap();
    stores.members.add_together(&room(1), &eight()).await.unwrap();
    assert_eq!(members(&stores, 1).await, eight());
    for RoomMember { person, .. } in eight() {
        assert!(stores.members.is_member(&room(1), &person).await.unwrap(), "{person}");
        assert_eq!(stores.members.rooms_of(&person, 9).await.unwrap(), [room(1)], "{person}");
    }
}

pub async fn calls_at_once_for_the_same_people_leave_all_of_them_members(stores: Stores) {
    let (of_room, people) = (room(1), eight());
    let calls = (0..4).map(|_| stores.members.add_together(&of_room, &people));
    for call in join_all(calls).await {
        call.unwrap();
    }
    assert_eq!(members(&stores, 1).await, eight());
}

pub async fn a_name_changes_for_members_only(stores: Stores) {
    let name: PersonName = "Bea \"生\"".parse().unwrap();
    stores.members.add(&room(1), &member("ann")).await.unwrap();
    for id in ["ann", "bea"] {
        stores.members.set_name(&room(1), &person(id), &name).await.unwrap();
    }
    assert_eq!(members(&stores, 1).await, [RoomMember { name: Some(name), ..member("ann") }]);
    assert!(!stores.members.is_member(&room(1), &person("bea")).await.unwrap());
    assert_eq!((rooms_of(&stores, "ann").await, rooms_of(&stores, "bea").await), (vec![room(1)], vec![]));
}

pub async fn a_member_who_has_left_stays_one_and_returns(stores: Stores) {
    let direct = RoomName::of_direct_message(&[7; 32]);
    let [ann, bea] = ["ann", "bea"].map(member);
    stores.members.add_together(&direct, &[ann.clone(), bea.clone()]).await.unwrap();
    stores.members.add(&room(1), &ann).await.unwrap();
    let lists = async |stores: &Stores| {
        let left = stores.members.left_rooms(&ann.person, 9).await.unwrap();
        let mut members = stores.members.direct_members(&direct).await.unwrap();
        members.sort_by_key(|one| one.member.person.to_string());
        assert_eq!(members.iter().map(|one| &one.member).collect::<Vec<_>>(), [&ann, &bea]);
        (rooms_of(stores, "ann").await, left, members.iter().map(|one| one.left).collect::<Vec<_>>())
    };
    let here = (vec![room(1), direct.clone()], vec![], vec![None, None]);
    assert_eq!(lists(&stores).await, here);
    for _ in 0..2 {
        stores.members.set_left(&direct, &ann.person, Some(Seq(7))).await.unwrap();
        assert_eq!(lists(&stores).await, (vec![room(1)], vec![direct.clone()], vec![Some(Seq(7)), None]));
        assert!(stores.members.is_member(&direct, &ann.person).await.unwrap());
    }
    let name: PersonName = "Annie".parse().unwrap();
    stores.members.set_name(&direct, &ann.person, &name).await.unwrap();
    stores.members.set_name(&direct, &ann.person, ann.name.as_ref().unwrap()).await.unwrap();
    assert_eq!(lists(&stores).await.2, [Some(Seq(7)), None], "a new name changes nothing else");
    assert_eq!(rooms_of(&stores, "bea").await, std::slice::from_ref(&direct));
    for _ in 0..2 {
        stores.members.set_left(&direct, &ann.person, None).await.unwrap();
        assert_eq!(lists(&stores).await, here);
    }
    for left in [Seq(0), Seq(9)] {
        stores.members.set_left(&direct, &ann.person, Some(left)).await.unwrap();
        assert_eq!(lists(&stores).await.2, [Some(left), None], "of the last time");
    }
    stores.members.set_left(&direct, &ann.person, None).await.unwrap();
    stores.members.set_left(&direct, &person("cy"), Some(Seq(7))).await.unwrap();
    assert!(stores.members.left_rooms(&person("cy"), 9).await.unwrap().is_empty(), "no member");
    stores.members.remove(&direct, &ann.person).await.unwrap();
    assert_eq!(stores.members.left_rooms(&ann.person, 9).await.unwrap(), []);
}
