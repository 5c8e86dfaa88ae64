//! JSON documents at the edges of the format: both forms accept and refuse the same ones.

use shared_types::{
    AccessMode, AuditEntry, ChatMessage, ClientMessage, ErrorCode, ModerationAction, Person, Rev, RoomRules, Seconds,
    ServerMessage,
    json::{MAX_DEPTH, Value, compare::read_both, from_str},
};

/// Returns a list of texts as both forms read it.
fn texts(document: &str) -> Option<Vec<String>> {
    read_both(document)
}

fn person(document: &str) -> Option<Person> {
    read_both(document)
}

#[test]
fn white_space_is_allowed_between_tokens_only() {
    assert_eq!(texts(" \t\r\n[ \"a\" , \"b\" ] \n"), Some(vec!["a".into(), "b".into()]));
    for bad in ["\u{feff}[]", "[]\u{feff}", "[]\u{a0}", "\u{b}[]", "[]\0", "\0[]", "", " "] {
        assert_eq!(texts(bad), None, "{bad:?}");
    }
}

#[test]
fn a_document_is_one_complete_value() {
    for bad in [
        "[",
        "]",
        "[,]",
        "[\"a\",]",
        "[\"a\" \"b\"]",
        "[\"a\"",
        "[]]",
        "[] []",
        "[]x",
        "['a']",
        "[a]",
        "[\"a]",
        "[\"a\\",
    ] {
        assert_eq!(texts(bad), None, "{bad}");
    }
    for bad in ["{", "{}}", "{\"id\"}", "{\"id\":}", "{\"id\":1,}", "{,}", "{1:2}", "{\"id\" \"p\"}", "{id:1}"] {
        assert_eq!(person(bad), None, "{bad}");
    }
    for bad in ["nul", "nulL", "True", "tru", "falsee", "NaN", "Infinity", "undefined"] {
        assert_eq!(read_both::<bool>(bad), None, "{bad}");
        assert_eq!(read_both::<Option<bool>>(bad), None, "{bad}");
    }
    assert_eq!(read_both::<Option<bool>>("null"), Some(None));
}

#[test]
fn escapes_are_decoded() {
    for (escaped, text) in [
        (r#"\" \\ \/ \b \f \n \r \t"#, "\" \\ / \u{8} \u{c} \n \r \t"),
        (r"\u0041\u00e9\u3042\uFFFF\ufeff\u0000", "Aé\u{3042}\u{ffff}\u{feff}\0"),
        (r"\ud83d\ude00 \uD83D\uDE00", "😀 😀"),
        (r"\udbff\udfff", "\u{10ffff}"),
        ("a\u{7f}é😀\u{2028}", "a\u{7f}é😀\u{2028}"),
    ] {
        assert_eq!(texts(&format!("[\"{escaped}\"]")), Some(vec![text.into()]), "{escaped}");
    }
}

#[test]
fn bad_escapes_are_refused() {
    for bad in [
        r"\",
        r"\x41",
        r"\'",
        r"\u",
        r"\u004",
        r"\u00g0",
        r"\u+041",
        r"\U0041",
        "\\u00é",
        "\\é",
        "\n",
        "\0",
        "\u{1f}",
        r"\ud83d",
        r"\ud83d x",
        r"\ud83dx\ude00",
        r"\ud83d\n",
        r"\ud83d\u0041",
        r"\ud83d\ud83d",
        r"\ude00",
        r"\ude00\ud83d",
    ] {
        assert_eq!(texts(&format!("[\"{bad}\"]")), None, "{bad:?}");
        assert_eq!(person(&format!(r#"{{"id":"p","name":"Ann","{bad}":1}}"#)), None, "{bad:?}");
    }
}

#[test]
fn a_whole_number_has_every_value_of_its_type() {
    for (number, expected) in [
        ("0", Some(0)),
        ("9007199254740993", Some(9_007_199_254_740_993)),
        ("18446744073709551615", Some(u64::MAX)),
        ("18446744073709551616", None),
        ("100000000000000000000000000000", None),
        ("-0", None),
        ("-1", None),
        ("1.0", None),
        ("1e0", None),
        ("1E+2", None),
        ("0.5e-7", None),
    ] {
        assert_eq!(read_both(number), expected.map(Rev), "{number}");
        // Syntax that no type reads is ignored in an unknown field.
        assert!(person(&format!(r#"{{"id":"p","name":"Ann","age":{number}}}"#)).is_some(), "{number}");
    }
    for bad in ["00", "01", "-", "-01", "+1", ".5", "5.", "1.e2", "1e", "1e+", "0x1", "1_000", "1 0", "١"] {
        assert!(Value::parse(bad).is_err(), "{bad}");
        assert_eq!(read_both::<Rev>(bad), None, "{bad}");
    }
}

#[test]
fn a_number_above_the_limit_of_its_type_is_refused() {
    for (seconds, good) in [("7776000", true), ("7776001", false), ("4294967296", false)] {
        assert_eq!(read_both::<Seconds>(seconds).is_some(), good, "{seconds}");
    }
    for (slow, good) in [("65535", true), ("65536", false)] {
        assert_eq!(read_both::<RoomRules>(&format!(r#"{{"slow":{slow}}}"#)).is_some(), good, "{slow}");
    }
    for (days, expected) in [
        ("0", Some(Some(0))),
        ("65535", Some(Some(65_535))),
        ("null", Some(None)),
        ("65536", None),
        ("-1", None),
        ("1.5", None),
        (r#""30""#, None),
    ] {
        let read = read_both::<RoomRules>(&format!(r#"{{"keepDays":{days}}}"#));
        assert_eq!(read.map(|rules| rules.keep_days), expected, "{days}");
    }
}

#[test]
fn rules_without_a_retention_keep_the_stored_one() {
    let rules = |keep_days| RoomRules { slow: 5, keep_days, ..RoomRules::default() };
    for (wanted, stored, expected) in [
        (None, None, Some(None)),
        (None, Some(30), Some(Some(30))),
        (Some(0), Some(30), Some(None)),
        (Some(1), Some(30), Some(Some(1))),
        (Some(3_650), None, Some(Some(3_650))),
        (Some(3_651), Some(30), None),
    ] {
        assert_eq!(rules(wanted).replacing(rules(stored)), expected.map(rules), "{wanted:?} {stored:?}");
    }
}

#[test]
fn rules_of_an_older_page_do_not_switch_off_what_it_does_not_know() {
    let rules =
        |archived, member_pins, keep_days| RoomRules { archived, member_pins, keep_days, slow: 5, read_only: true };
    let stored = RoomRules { slow: 9, read_only: false, ..rules(true, true, Some(30)) };
    assert_eq!(rules(false, false, None).replacing(stored), Some(rules(true, true, Some(30))));
    assert_eq!(rules(false, false, Some(0)).replacing(stored), Some(rules(false, false, None)));
    let stored = rules(false, true, None);
    assert_eq!(rules(true, false, None).replacing(stored), Some(rules(true, true, None)));
    assert_eq!(rules(true, false, Some(7)).replacing(stored), Some(rules(true, false, Some(7))));
}

#[test]
fn a_number_that_no_type_holds_is_ignored_in_an_unknown_field() {
    let page = |number: &str| format!(r#"{{"type":"typing","person":{{"id":"p","name":"Ann"}},"age":{number}}}"#);
    assert!(from_str::<ServerMessage>(&page("1e999")).is_ok());
    assert!(read_both::<ServerMessage>(&page("1e308")).is_some());
}

#[test]
fn a_field_that_is_there_twice_is_refused() {
    assert_eq!(person(r#"{"id":"p","name":"Ann","name":"Bob"}"#), None);
    assert_eq!(person(r#"{"id":"p","name":"Ann","na\u006de":"Ann"}"#), None);
    assert!(person(r#"{"id":"p","name":"Ann","x":1,"x":2}"#).is_some(), "unknown fields are ignored");
    assert_eq!(read_both::<ServerMessage>(r#"{"type":"pong","type":"pong"}"#), None);
    assert_eq!(read_both::<ClientMessage>(r#"{"action":"hello","since":1,"since":1}"#), None);
    // The first entry of a flattened field counts.
    let range = |entries: &str| read_both::<ClientMessage>(&format!(r#"{{"action":"history",{entries}}}"#));
    assert_eq!(range(r#""after":1,"before":2,"after":3"#), range(r#""after":1"#));
    assert!(range(r#""after":1"#).is_some());
    assert_eq!(range(r#""after":"x","before":2"#), None);
}

#[test]
fn an_optional_flattened_field_is_absent_if_it_cannot_be_read() {
    let page = |entry: &str| format!(r#"{{"type":"page",{entry}"messages":[],"more":false}}"#);
    let newest = read_both::<ServerMessage>(&page(""));
    assert!(newest.is_some());
    assert_eq!(read_both(&page(r#""before":"x","#)), newest);
    assert_ne!(read_both(&page(r#""before":7,"#)), newest);
}

#[test]
fn a_default_is_for_absent_fields_only() {
    assert_eq!(person(r#"{"id":"p","name":"Ann","moderator":null}"#), None);
    let message = |field: &str| {
        let author = r#"{"id":"p","name":"Ann"}"#;
        let message = format!(r#"{{"seq":1,"rev":1,"author":{author},"nonce":"n","sentAt":1{field}}}"#);
        read_both::<ChatMessage>(&message)
    };
    assert!(message("").is_some());
    assert_eq!(message(r#","text":null,"html":null,"image":null"#), message(""));
    for bad in [r#","mentions":null"#, r#","reactions":null"#, r#","deleted":0"#, r#","text":"""#, r#","sentAt":1"#] {
        assert_eq!(message(bad), None, "{bad}");
    }
}

#[test]
fn unknown_names_of_variants_are_refused() {
    for bad in
        [r#""closed""#, r#""Open""#, r#"{"closed":null}"#, r#"{"open":1}"#, r#"{"open":null,"x":1}"#, "{}", "0", "null"]
    {
        assert_eq!(read_both::<AccessMode>(bad), None, "{bad}");
    }
    for good in [r#""open""#, r#"{"open":null}"#] {
        assert_eq!(read_both(good), Some(AccessMode::Open), "{good}");
    }
    for bad in [r#"{"type":"newer"}"#, r#"{"type":1}"#, r#"{"type":null}"#, "{}", "[]", r#""pong""#] {
        assert_eq!(read_both::<ServerMessage>(bad), None, "{bad}");
    }
}

#[test]
fn an_error_and_an_audit_entry_of_a_newer_server_are_read() {
    let error = r#"{"type":"error","code":"tooSoon","message":"Wait a day.","action":"send","nonce":"n-1"}"#;
    let read = read_both::<ServerMessage>(error);
    assert!(
        matches!(&read, Some(ServerMessage::Error { code: ErrorCode::Other, message, .. }) if message == "Wait a day.")
    );
    let entry = r#"{"at":1,"by":{"id":"p","name":"Ann"},"act":"promote","person":"q","grade":{"of":3}}"#;
    assert_eq!(read_both::<AuditEntry>(entry).map(|entry| entry.action), Some(ModerationAction::Other));
    for bad in [r#"{"at":1,"by":{"id":"p","name":"Ann"}}"#, r#"{"at":1,"by":{"id":"p","name":"Ann"},"act":null}"#] {
        assert_eq!(read_both::<AuditEntry>(bad), None, "{bad}");
    }
}

#[test]
fn an_array_in_the_order_of_the_fields_is_a_struct() {
    for (array, good) in
        [(r#"["p","Ann"]"#, true), (r#"["p","Ann",true]"#, true), (r#"["p"]"#, false), (r#"["p","Ann",true,1]"#, false)]
    {
        assert_eq!(person(array).is_some(), good, "{array}");
    }
    for (array, good) in [
        (r#"["pong"]"#, true),
        (r#"["pong",1]"#, false),
        (r#"["typing",["p","Ann"]]"#, true),
        (r#"["page",[],false]"#, false),
        (r#"[["pong"]]"#, false),
    ] {
        assert_eq!(read_both::<ServerMessage>(array).is_some(), good, "{array}");
    }
}

#[test]
fn the_depth_of_a_document_is_limited() {
    let frame = |open: &str, close: &str, depth: usize| {
        let nested = open.repeat(depth) + "0" + &close.repeat(depth);
        format!(r#"{{"type":"pong","x":{nested}}}"#)
    };
    for (open, close) in [("[", "]"), (r#"{"x":"#, "}")] {
        assert!(read_both::<ServerMessage>(&frame(open, close, MAX_DEPTH - 1)).is_some());
        assert!(read_both::<ServerMessage>(&frame(open, close, MAX_DEPTH)).is_none());
        assert!(read_both::<ServerMessage>(&frame(open, close, 1_000_000)).is_none(), "the stack does not overflow");
    }
    assert!(Value::parse(&"[".repeat(1_000_000)).is_err());
}

#[test]
fn a_whole_document_is_checked() {
    // serde_json does not look at the values of fields that a struct does not know.
    for unknown in [r#""\ud83d""#.to_owned(), "[".repeat(MAX_DEPTH) + &"]".repeat(MAX_DEPTH)] {
        let document = format!(r#"{{"id":"p","name":"Ann","x":{unknown}}}"#);
        assert!(serde_json::from_str::<Person>(&document).is_ok());
        assert_eq!(person(&document), None);
    }
}
