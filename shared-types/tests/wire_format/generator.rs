//! Generator of JSON for a schema.

use std::borrow::Cow;

use fastrand::Rng;
use shared_types::{
    ChatImage,
    json::{Describe, Entry, Field, Schema, Value},
};

/// Returns a valid value of a type.
pub(crate) fn valid(schema: &Schema, random: &mut Rng) -> Value<'static> {
    match schema {
        Schema::Scalar(name) => scalar(name, random),
        Schema::Optional(_) if random.bool() => Value::Null,
        Schema::Optional(value) => valid(value, random),
        Schema::List(value) => Value::List((0..random.usize(0..4)).map(|_| valid(value, random)).collect()),
        Schema::Enum { tag: None, variants, .. } if variants.iter().all(|variant| variant.fields.is_empty()) => {
            Value::Text(variants[random.usize(..variants.len())].name.into())
        }
        Schema::Struct { .. } | Schema::Enum { .. } => {
            let mut entries = object(schema, random);
            random.shuffle(&mut entries);
            Value::Object(entries)
        }
    }
}

/// Returns the entries of an object; none for an optional flattened field that is absent.
fn object(schema: &Schema, random: &mut Rng) -> Vec<Entry<'static>> {
    match schema {
        Schema::Struct { fields, .. } => entries(fields, random),
        Schema::Enum { tag, variants, .. } => {
            let variant = &variants[random.usize(..variants.len())];
            let tag = tag.map(|tag| (tag.into(), Value::Text(variant.name.into())));
            tag.into_iter().chain(entries(&variant.fields, random)).collect()
        }
        Schema::Optional(value) if random.bool() => object(value, random),
        Schema::Optional(_) | Schema::Scalar(_) | Schema::List(_) => Vec::new(),
    }
}

fn entries(fields: &[Field], random: &mut Rng) -> Vec<Entry<'static>> {
    let mut entries = Vec::new();
    for Field { name, is_optional, schema } in fields {
        match name {
            Some(_) if *is_optional && random.bool() => {}
            Some(name) => entries.push(((*name).into(), valid(schema, random))),
            None => entries.extend(object(schema, random)),
        }
    }
    entries
}

/// Returns a valid value of a type without parts. A new type needs a line here.
fn scalar(name: &str, random: &mut Rng) -> Value<'static> {
    let number = |number: u64| Value::Number(Some(number));
    match name {
        "bool" => Value::Bool(random.bool()),
        "u16" => number(random.u16(..).into()),
        "u32" => number(random.u32(..).into()),
        "u64" | "Rev" | "Seq" | "Timestamp" => number(random.u64(..)),
        "Seconds" => number(random.u64(0..=7_776_000)),
        "ImageSize" => number(random.u64(1..=2_097_152)),
        "Hue" => number(random.u64(0..=11)),
        "ImageSide" => number(random.u64(1..=16_383)),
        "RoomName" => Value::Text(token(random, "abc019-")),
        "PersonId" | "DeviceId" | "Nonce" => Value::Text(token(random, "abzABZ09_=-")),
        "PersonName" | "PollOptionText" | "RoomTitle" | "RoomTopic" | "RoomDescription" | "SearchText" | "AltText"
        | "StatusText" | "MessageText" => Value::Text(format!("x{}", text(random)).into()),
        "String" | "ActionName" => Value::Text(text(random).into()),
        "Emoji" => Value::Text(random.choice(["👍", "❤", "❤\u{fe0f}", "1\u{fe0f}\u{20e3}"]).unwrap().into()),
        "MoreImages" => Value::List((0..random.usize(0..3)).map(|_| image(random)).collect()),
        "ImagePreview" => Value::Text("0af".repeat(16).into()),
        _ => panic!("no values for the type {name}"),
    }
}

/// Returns an image of a message after the first one.
fn image(random: &mut Rng) -> Value<'static> {
    let Schema::Struct { name, mut fields } = ChatImage::schema() else { panic!("an image is an object") };
    fields.retain(|field| field.name != Some("more"));
    valid(&Schema::Struct { name, fields }, random)
}

fn token(random: &mut Rng, letters: &str) -> Cow<'static, str> {
    let letters: Vec<char> = letters.chars().collect();
    (0..random.usize(1..12)).map(|_| letters[random.usize(..letters.len())]).collect::<String>().into()
}

/// Returns a text of letters that names may have, too.
fn text(random: &mut Rng) -> String {
    const LETTERS: [char; 12] = ['a', ' ', '"', '\\', '/', '<', 'é', '語', '😀', '\u{2028}', '\n', '\t'];
    (0..random.usize(0..12)).map(|_| LETTERS[random.usize(..LETTERS.len())]).collect()
}

/// Changes a value at one place. The result is JSON, but may not be valid for its type.
pub(crate) fn spoil(value: &mut Value<'static>, random: &mut Rng) {
    match value {
        Value::List(values) if !values.is_empty() && random.u8(..4) > 0 => {
            let index = random.usize(..values.len());
            spoil(&mut values[index], random);
        }
        Value::Object(entries) if !entries.is_empty() && random.u8(..4) > 0 => {
            let index = random.usize(..entries.len());
            match random.u8(..8) {
                0 => _ = entries.remove(index),
                1 => entries.push(entries[index].clone()),
                2 => entries.push(("unknown".into(), any(random))),
                3 => entries[index].0 = "unknown".into(),
                _ => spoil(&mut entries[index].1, random),
            }
        }
        Value::Object(entries) if random.bool() => {
            *value = Value::List(std::mem::take(entries).into_iter().map(|(_, value)| value).collect());
        }
        _ => *value = any(random),
    }
}

fn any(random: &mut Rng) -> Value<'static> {
    let texts = ["", " ", "x", "open", "delete", "\0", "\u{202e}"];
    match random.u8(..9) {
        0 => Value::Null,
        1 => Value::Bool(random.bool()),
        2 => Value::Number(None),
        3 => Value::Number(Some(*random.choice(&[0, 1, 65_536, 7_776_001, 1 << 32, u64::MAX]).unwrap())),
        4 => Value::Text((*random.choice(&texts).unwrap()).into()),
        5 => Value::Text("x".repeat(4_001).into()),
        6 => Value::List(vec![Value::Null]),
        7 => Value::Object(Vec::new()),
        _ => Value::Object(vec![((*random.choice(&texts).unwrap()).into(), Value::Null)]),
    }
}

/// Writes a document with arbitrary white space and escapes.
pub(crate) fn print(value: &Value<'_>, random: &mut Rng) -> String {
    let space = *random.choice(&["", "", " ", "\n", "\t\r "]).unwrap();
    let content = match value {
        Value::Null => "null".into(),
        Value::Bool(value) => value.to_string(),
        Value::Number(Some(number)) => number.to_string(),
        Value::Number(None) => (*random.choice(&["-1", "-0", "1.5", "1e3", "18446744073709551616"]).unwrap()).into(),
        Value::Text(text) => print_text(text, random),
        Value::List(values) => {
            let values: Vec<_> = values.iter().map(|value| print(value, random)).collect();
            format!("[{space}{}]", values.join(","))
        }
        Value::Object(entries) => {
            let entries = entries
                .iter()
                .map(|(name, value)| [&print_text(name, random), space, ":", &print(value, random)].concat());
            format!("{{{space}{}}}", entries.collect::<Vec<_>>().join(","))
        }
    };
    [space, &content, space].concat()
}

fn print_text(text: &str, random: &mut Rng) -> String {
    let mut printed = String::from("\"");
    for letter in text.chars() {
        match letter {
            _ if random.u8(..8) == 0 => {
                letter.encode_utf16(&mut [0; 2]).iter().for_each(|unit| printed += &format!("\\u{unit:04x}"));
            }
            '"' | '\\' => printed.extend(['\\', letter]),
            '\0'..' ' => printed += &format!("\\u{:04X}", u32::from(letter)),
            _ => printed.push(letter),
        }
    }
    printed + "\""
}
