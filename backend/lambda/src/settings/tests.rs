//! Tests of the settings, and that the template sets what the functions read.

use std::cell::RefCell;

use super::*;

const GOOD: &[(&str, &str)] = &[
    ("AWS_REGION", "eu-central-1"),
    ("AWS_ACCESS_KEY_ID", "id"),
    ("AWS_SECRET_ACCESS_KEY", "key"),
    ("AWS_SESSION_TOKEN", ""),
    ("CONNECTION_TABLE_NAME", "chat-connections"),
    ("MESSAGE_TABLE_NAME", "chat-messages"),
    ("CONNECTIONS_ENDPOINT", "https://a.execute-api.eu-central-1.amazonaws.com/ws"),
    ("LIMIT_CONNECTION_COUNT", "1000"),
    ("LIMIT_MESSAGE_COUNT", "100"),
    ("LIMIT_PERSON_RATE", "60"),
    ("LIMIT_ADDRESS_RATE", "600"),
    ("PAGE_ORIGINS", "https://d111111abcdef8.cloudfront.net,"),
    ("MESSAGE_RETENTION_DAYS", "30"),
    ("ACCESS", "open"),
    ("ASSET_BUCKET_NAME", "chat-assets"),
    ("IMAGE_BUCKET_NAME", "chat-images"),
    ("WEBSOCKET_URI", "wss://d111111abcdef8.cloudfront.net/ws"),
    ("ORIGIN_KEY", "key"),
    ("SHARD_QUEUE_URL", "https://sqs.eu-central-1.amazonaws.com/123456789012/chat-shards.fifo"),
    ("DIRECT_LISTENERS", "2000"),
    ("LARGE_ROOMS", "off"),
    ("POST_RATE", "8000"),
    ("UPLOAD_ORIGIN", "https://chat-images.s3.eu-central-1.amazonaws.com"),
];

/// Reads all settings from the good variables with one of them changed. Returns the errors.
fn problems(name: &str, value: Option<&str>) -> Vec<String> {
    let lookup = |wanted: &str| {
        let good = GOOD.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
        if wanted == name { value } else { good }.map(str::to_owned)
    };
    let variables = Variables(&lookup);
    let all = [
        ConnectSettings::read(&variables).err(),
        DisconnectSettings::read(&variables).err(),
        CronSettings::read(&variables).err(),
        SendSettings::read(&variables).err(),
        DeliverSettings::read(&variables).err(),
        FrontSettings::read(&variables).err(),
    ];
    all.into_iter().flatten().map(|problem| problem.to_string()).collect()
}

#[test]
fn the_variables_of_the_template_are_accepted() {
    assert_eq!(problems("", None), [""; 0]);
}

/// Returns the names of the variables that settings read, without those that Lambda sets.
fn names<T>(read: fn(&Variables<'_>) -> Result<T, BadVariable>) -> Vec<String> {
    let names = RefCell::new(Vec::new());
    let lookup = |wanted: &str| {
        names.borrow_mut().push(wanted.to_owned());
        GOOD.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_owned())
    };
    assert!(read(&Variables(&lookup)).is_ok());
    names.into_inner().into_iter().filter(|name| !name.starts_with("AWS_")).collect()
}

#[test]
fn the_template_sets_every_variable_that_a_function_reads() {
    let template = include_str!("../../../../template.yml");
    let globals = &template[template.find("\nGlobals:").unwrap()..template.find("\nResources:").unwrap()];
    for (function, names) in [
        ("DeliverFunction", names(DeliverSettings::read)),
        ("ConnectFunction", names(ConnectSettings::read)),
        ("DisconnectFunction", names(DisconnectSettings::read)),
        ("CronFunction", names(CronSettings::read)),
        ("SendFunction", names(SendSettings::read)),
        ("FrontFunction", names(FrontSettings::read)),
    ] {
        let resource = &template[template.find(&format!("\n  {function}:\n")).unwrap()..];
        let resource = &resource[..resource.find("\n\n").unwrap()];
        for name in names {
            let set = format!(" {name}: ");
            assert!(resource.contains(&set) || globals.contains(&set), "{function} reads {name}");
        }
    }
}

#[test]
fn a_missing_variable_is_named() {
    for (name, _) in GOOD.iter().filter(|(name, _)| *name != "AWS_SESSION_TOKEN") {
        let problems = problems(name, None);
        assert!(!problems.is_empty(), "{name} is needed");
        assert!(problems.iter().all(|problem| *problem == format!("the environment variable {name} is not set")));
    }
}

#[test]
fn an_invalid_variable_is_named_with_the_expected_value() {
    let check = |name, value, says| assert_eq!(problems(name, Some(value)).first().map(String::as_str), Some(says));
    check(
        "LIMIT_MESSAGE_COUNT",
        "101",
        "the environment variable LIMIT_MESSAGE_COUNT must be a number from 1 to 100 and is \"101\"",
    );
    check(
        "LIMIT_CONNECTION_COUNT",
        "many",
        "the environment variable LIMIT_CONNECTION_COUNT must be a number from 1 to 40000 and is \"many\"",
    );
    check(
        "WEBSOCKET_URI",
        "https://a",
        "the environment variable WEBSOCKET_URI must begin with wss:// and is \"https://a\"",
    );
    check(
        "UPLOAD_ORIGIN",
        "chat-images",
        "the environment variable UPLOAD_ORIGIN must begin with https:// and is \"chat-images\"",
    );
    check("ACCESS", "closed", "the environment variable ACCESS must be open, passphrase or oidc");
    check("ACCESS", "passphrase", "the environment variable PASSPHRASE is not set");
    check("ACCESS", "oidc", "the environment variable OIDC_ISSUER is not set");
    check(
        "PASSPHRASE",
        "open sesame",
        "the environment variable PASSPHRASE is set, but has no use where access is open",
    );
    check("CONNECTION_TABLE_NAME", " ", "the environment variable CONNECTION_TABLE_NAME is not set");
}

#[test]
fn uploads_go_to_the_bucket_or_to_the_emulator() {
    let uploads = |endpoint: Option<&str>| {
        let lookup = |wanted: &str| {
            let good = GOOD.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
            if wanted == "AWS_ENDPOINT_URL" { endpoint } else { good }.map(str::to_owned)
        };
        FrontSettings::read(&Variables(&lookup)).map(|front| front.uploads)
    };
    assert_eq!(uploads(None).as_deref(), Ok("https://chat-images.s3.eu-central-1.amazonaws.com"));
    assert_eq!(uploads(Some("http://127.0.0.1:4566")).as_deref(), Ok("http://127.0.0.1:4566"));
}

#[test]
fn a_passphrase_of_the_parameter_store_replaces_the_variable() {
    let variables = |name: &str| with_passphrase(name, Some("open sesame 1")).or_else(|| good(name));
    let variables = |name: &str| if name == "ACCESS" { Some("passphrase".into()) } else { variables(name) };
    let settings = ConnectSettings::read(&Variables(&variables)).unwrap();
    assert_eq!(settings.access_policy.access, AccessMode::Passphrase);
    assert!(StoredPassphrase::read(&Variables(&good)).unwrap().is_none());
    let named =
        |name: &str| if name == "PASSPHRASE_PARAMETER" { Some("/chat/passphrase:3".into()) } else { good(name) };
    let stored = StoredPassphrase::read(&Variables(&named)).unwrap().unwrap();
    assert_eq!((stored.parameter.as_str(), stored.account.region.as_str()), ("/chat/passphrase:3", "eu-central-1"));
}

/// Returns a good variable.
fn good(wanted: &str) -> Option<String> {
    GOOD.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_owned())
}

#[test]
fn only_an_emulator_has_no_origin_key() {
    let key = |value: &'static str| Variables(&|_| Some(value.to_owned())).origin_key().ok().unwrap();
    assert!(key("none") == OriginKey::NoCloudFront);
    assert!(key("b6a7f1d0") == OriginKey::Required(vec!["b6a7f1d0".into()]));
    assert!(key("b6a7f1d0,next") == OriginKey::Required(vec!["b6a7f1d0".into(), "next".into()]));
    assert!(Variables(&|_| Some(",".into())).origin_key().is_err());
}

#[test]
fn a_list_is_split_at_commas_without_empty_items() {
    let list = Variables(&|_| Some("https://a.example, http://localhost:8081,".into())).list("PAGE_ORIGINS");
    assert_eq!(list.unwrap(), ["https://a.example", "http://localhost:8081"]);
}

#[test]
fn zero_days_keep_messages_for_ever() {
    let days = |days: &'static str| Variables(&|_| Some(days.to_owned())).retention();
    assert_eq!(days("0"), Ok(None));
    assert_eq!(days("1"), Ok(Some(Duration::from_secs(86_400))));
}
