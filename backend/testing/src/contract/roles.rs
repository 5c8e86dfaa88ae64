//! Roles of people, and whether the person of an open connection is a moderator.

use futures::future::join_all;
use shared_types::{Role, RoleEntry};

use super::contract;
use crate::contract::{
    Stores,
    fixtures::{connection, limit, room},
};

contract! { roles_contract roles {
    a_role_is_known_until_it_is_taken
    the_last_owner_stays_an_owner
    one_of_several_owners_who_leave_at_once_stays
    an_open_connection_follows_the_role_of_its_person
} }

fn entry(person: &str, role: Role) -> RoleEntry {
    RoleEntry { person: person.parse().unwrap(), name: "Ann 生".parse().ok(), role, configured: false }
}

async fn role(stores: &Stores, person: &str) -> Role {
    stores.moderation.role(&person.parse().unwrap()).await.unwrap()
}

async fn set(stores: &Stores, person: &str, role: Role) -> bool {
    stores.moderation.set_role(&entry(person, role)).await.unwrap()
}

async fn roles(stores: &Stores) -> Vec<RoleEntry> {
    let mut entries = stores.moderation.roles(9).await.unwrap();
    entries.sort_by_key(|entry| entry.person.to_string());
    entries
}

pub async fn a_role_is_known_until_it_is_taken(stores: Stores) {
    assert_eq!((role(&stores, "ann").await, roles(&stores).await), (Role::Member, Vec::new()));
    assert!(set(&stores, "ann", Role::Owner).await);
    assert!(set(&stores, "bea=", Role::Moderator).await);
    assert!(set(&stores, "cy", Role::Member).await);
    assert_eq!(roles(&stores).await, [entry("ann", Role::Owner), entry("bea=", Role::Moderator)]);
    assert_eq!(stores.moderation.roles(1).await.unwrap().len(), 1);
    let unnamed = RoleEntry { name: None, configured: true, ..entry("bea=", Role::Moderator) };
    assert!(stores.moderation.set_role(&unnamed).await.unwrap());
    assert_eq!(roles(&stores).await[1], RoleEntry { configured: false, ..unnamed }, "the configuration is not stored");
    for (next, expected) in [(Role::Owner, 2), (Role::Moderator, 2), (Role::Member, 1), (Role::Member, 1)] {
        assert!(set(&stores, "bea=", next).await);
        assert_eq!((role(&stores, "bea=").await, roles(&stores).await.len()), (next, expected));
    }
    assert_eq!((role(&stores, "ann").await, role(&stores, "cy").await), (Role::Owner, Role::Member));
}

pub async fn the_last_owner_stays_an_owner(stores: Stores) {
    set(&stores, "ann", Role::Owner).await;
    for lower in [Role::Moderator, Role::Member] {
        assert!(!set(&stores, "ann", lower).await, "{lower:?}");
    }
    assert_eq!(role(&stores, "ann").await, Role::Owner);
    assert!(set(&stores, "ann", Role::Owner).await, "nothing changes");
    set(&stores, "bea", Role::Owner).await;
    assert!(set(&stores, "ann", Role::Moderator).await);
    assert!(!set(&stores, "bea", Role::Member).await);
    assert_eq!(roles(&stores).await, [entry("ann", Role::Moderator), entry("bea", Role::Owner)]);
}

pub async fn one_of_several_owners_who_leave_at_once_stays(stores: Stores) {
    let owners = ["a", "b", "c", "d", "e"];
    for owner in owners {
        set(&stores, owner, Role::Owner).await;
    }
    let left = join_all(owners.map(|owner| set(&stores, owner, Role::Member))).await;
    assert_eq!(left.iter().filter(|left| **left).count(), 4, "{left:?}");
    assert_eq!(roles(&stores).await.len(), 1);
}

pub async fn an_open_connection_follows_the_role_of_its_person(stores: Stores) {
    let member = connection("c1", "lobby");
    stores.connections.admit(&member, limit(9)).await.unwrap();
    for moderator in [true, true, false] {
        let changed = stores.connections.set_moderator(&member.id, moderator).await.unwrap().unwrap();
        assert_eq!(changed.person.moderator, moderator);
        let found = stores.connections.find(&member.id).await.unwrap().unwrap();
        let listed = stores.connections.in_room(&room("lobby")).await.unwrap();
        let of_room = listed.iter().find(|listed| listed.id == member.id).unwrap();
        assert_eq!((found.person.moderator, of_room.person.moderator), (moderator, moderator));
        assert_eq!((&found.person.name, found.opened_at), (&member.person.name, member.opened_at));
    }
    let unknown = connection("c9", "lobby").id;
    assert_eq!(stores.connections.set_moderator(&unknown, true).await.unwrap(), None);
    assert_eq!(stores.connections.find(&unknown).await.unwrap(), None);
}
