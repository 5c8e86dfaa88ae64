//! Golden JSON of the list of devices.

use serde_json::{Value, json};
use shared_types::{
    DeviceList,
    json::compare::{read_both, write_both},
};

#[test]
fn the_list_of_devices_matches_its_golden_json() {
    for golden in [
        json!({ "devices": [] }),
        json!({ "devices": [
            { "device": "d-1", "browser": "Firefox", "system": "Linux", "since": 1, "last": 2, "current": true },
            { "device": "d-2", "last": 3 },
        ] }),
    ] {
        let read = read_both::<DeviceList>(&golden.to_string()).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&write_both(&read)).unwrap(), golden);
    }
    assert_eq!(read_both::<DeviceList>(r#"{"devices":[{"device":"no id","last":3}]}"#), None);
}
