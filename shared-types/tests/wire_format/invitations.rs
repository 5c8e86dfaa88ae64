//! Golden JSON of the answers about invitations and links to other devices.

use serde_json::{Value, json};
use shared_types::{
    DeviceLink, InvitationList,
    json::compare::{read_both, write_both},
};

#[test]
fn answers_about_links_match_their_golden_json() {
    let by = json!({ "id": "p1", "name": "Ann", "moderator": true });
    let invitation = json!({
        "id": "0f".repeat(32), "by": by, "createdAt": 1, "expiresAt": 2, "uses": 10, "usesLeft": 3,
    });
    let mut revoked = invitation.clone();
    revoked["revoked"] = true.into();
    for golden in [
        json!({ "invitations": [] }),
        json!({ "invitations": [invitation, revoked], "token": "AQIDBAUGBwgJCgsMDQ4PEBES" }),
    ] {
        let read = read_both::<InvitationList>(&golden.to_string()).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&write_both(&read)).unwrap(), golden);
    }
    let golden = json!({ "token": "AQIDBAUGBwgJCgsMDQ4PEBES", "seconds": 600 });
    let read = read_both::<DeviceLink>(&golden.to_string()).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&write_both(&read)).unwrap(), golden);
}
