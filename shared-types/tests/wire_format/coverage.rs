//! The golden JSON has every variant and field of the wire, and every optional field both present and absent.

use std::collections::BTreeSet;

use serde_json::Value;
use shared_types::{
    ClientMessage, PageState, ServerMessage,
    json::{Describe, Field, Schema, Variant},
};

use crate::{client_messages, page_state, server_messages};

/// Names of variants and fields: `Person.name`, `ServerMessage.error.retryAfter`, `Person.moderator absent`.
type Names = BTreeSet<String>;

#[test]
fn the_golden_json_covers_every_variant_and_field() {
    let (mut expected, mut covered) = (Names::new(), Names::new());
    let server = server_messages::golden().into_iter().chain(server_messages::golden_errors());
    let page_states = page_state::golden().into_iter().chain([page_state::with_open_access()]);
    let files: [(Schema, Vec<Value>); 3] = [
        (ClientMessage::schema(), client_messages::golden()),
        (ServerMessage::schema(), server.map(|(_, json)| json).collect()),
        (PageState::schema(), page_states.map(|(_, json)| json).collect()),
    ];
    for (schema, golden) in &files {
        add_all(schema, &mut expected);
        golden.iter().for_each(|json| add_covered(schema, json, &mut covered));
    }
    let missing: Vec<_> = expected.difference(&covered).collect();
    assert!(missing.is_empty(), "the golden JSON does not have {missing:?}");
    assert!(expected.len() > 150, "{}", expected.len());
}

/// Adds the names of everything that a type can have.
fn add_all(schema: &Schema, names: &mut Names) {
    match schema {
        Schema::Scalar(_) => {}
        Schema::Optional(value) | Schema::List(value) => add_all(value, names),
        Schema::Struct { name, fields } => add_all_fields(name, fields, names),
        Schema::Enum { name, variants, .. } => {
            for variant in variants {
                names.insert(format!("{name}.{}", variant.name));
                add_all_fields(&format!("{name}.{}", variant.name), &variant.fields, names);
            }
        }
    }
}

fn add_all_fields(owner: &str, fields: &[Field], names: &mut Names) {
    for field in fields {
        if let Some(name) = field.name {
            names.insert(format!("{owner}.{name}"));
            if field.is_optional {
                names.insert(format!("{owner}.{name} absent"));
            }
        }
        add_all(&field.schema, names);
    }
}

/// Adds the names of everything that a golden JSON has.
fn add_covered(schema: &Schema, json: &Value, names: &mut Names) {
    match schema {
        Schema::Scalar(_) => {}
        Schema::Optional(value) => add_covered(value, json, names),
        Schema::List(value) => json.as_array().unwrap().iter().for_each(|json| add_covered(value, json, names)),
        Schema::Struct { name, fields } => add_covered_fields(name, fields, json, names),
        Schema::Enum { name, tag, variants } => {
            let is_this = |variant: &&Variant| match tag {
                Some(tag) => json[tag] == variant.name,
                None => json == variant.name || json.get(variant.name).is_some(),
            };
            // An optional flattened enum can be absent.
            let Some(variant) = variants.iter().find(is_this) else { return };
            names.insert(format!("{name}.{}", variant.name));
            add_covered_fields(&format!("{name}.{}", variant.name), &variant.fields, json, names);
        }
    }
}

fn add_covered_fields(owner: &str, fields: &[Field], json: &Value, names: &mut Names) {
    for Field { name, is_optional, schema } in fields {
        match name {
            // The fields of a flattened field are beside the others.
            None => add_covered(schema, json, names),
            Some(name) => match json.get(name) {
                Some(value) => {
                    names.insert(format!("{owner}.{name}"));
                    add_covered(schema, value, names);
                }
                None => {
                    assert!(is_optional, "{owner}.{name}");
                    names.insert(format!("{owner}.{name} absent"));
                }
            },
        }
    }
}
