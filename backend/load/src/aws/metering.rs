//! Counts what one DynamoDB call costs, from its request, its answer and the items that it touches.

use std::io;

use serde_json::{Value, json};

use crate::units;

/// Names of the attributes that are keys in one of the tables.
const KEYS: [&str; 3] = ["pk", "sk", "connectionId"];

/// Read and write units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Units {
    pub(crate) reads: f64,
    pub(crate) writes: f64,
}

/// The items that a call writes, with their sizes before it.
pub(crate) struct Written {
    items: Vec<(String, Value, usize)>,
    /// A transaction takes twice the units.
    factor: f64,
}

/// Sends a call to the store that is not counted.
pub(crate) trait Peek {
    async fn peek(&self, operation: &str, request: &Value) -> io::Result<Value>;
}

/// Returns what a call is about to write.
pub(crate) async fn before(store: &impl Peek, operation: &str, request: &Value) -> io::Result<Written> {
    let factor = if operation.starts_with("Transact") { 2.0 } else { 1.0 };
    let mut items = Vec::new();
    for (table, key) in written_keys(operation, request) {
        let size = size_of(store, &table, &key).await?;
        items.push((table, key, size));
    }
    Ok(Written { items, factor })
}

/// Returns the units of a call that was answered with `answer`.
pub(crate) async fn after(
    store: &impl Peek,
    operation: &str,
    request: &Value,
    answer: &Value,
    written: &Written,
) -> io::Result<Units> {
    let mut units = Units::default();
    for (table, key, before) in &written.items {
        let after = match operation {
            "PutItem" => units::size(&request["Item"]),
            "DeleteItem" => 0,
            _ => size_of(store, table, key).await?,
        };
        // A refused write costs what its item takes.
        let refused = answer["__type"].is_string();
        units.writes += written.factor * units::writes(*before, if refused { 0 } else { after });
    }
    let consistent = request["ConsistentRead"] == true;
    match operation {
        "GetItem" if is_reduced(request) => {
            let size = size_of(store, text(&request["TableName"]), &request["Key"]).await?;
            units.reads = units::reads(size, consistent);
        }
        "GetItem" => units.reads = units::reads(units::size(&answer["Item"]), consistent),
        "Query" | "Scan" => {
            // What a filter or a projection leaves out is read too.
            let whole = match is_reduced(request) {
                true => Some(store.peek(operation, &without_reduction(request)).await?),
                false => None,
            };
            units.reads = units::reads(sum(&whole.as_ref().unwrap_or(answer)["Items"]), consistent);
        }
        "BatchGetItem" => {
            for (table, keys) in request["RequestItems"].as_object().into_iter().flatten() {
                for key in list(&keys["Keys"]) {
                    units.reads += units::reads(size_of(store, table, key).await?, keys["ConsistentRead"] == true);
                }
            }
        }
        "TransactGetItems" => {
            for get in list(&request["TransactItems"]) {
                let get = &get["Get"];
                units.reads += 2.0 * units::reads(size_of(store, text(&get["TableName"]), &get["Key"]).await?, true);
            }
        }
        _ => {}
    }
    Ok(units)
}

/// Returns the tables and partitions that a call writes to.
pub(crate) fn written_partitions(operation: &str, request: &Value) -> Vec<(String, String)> {
    let keys = written_keys(operation, request).into_iter();
    keys.map(|(table, key)| (table, text(&key["pk"]["S"]).to_owned())).collect()
}

/// Returns a name for what a call touches: its partition, or the sort key with it.
pub(crate) fn partition(request: &[u8]) -> String {
    let request: Value = serde_json::from_slice(request).unwrap_or_default();
    let key = if request["Item"].is_object() { &request["Item"] } else { &request["Key"] };
    match (key["pk"]["S"].as_str(), key["sk"]["S"].as_str()) {
        (Some(pk), Some(sk)) => format!("{pk} {sk}"),
        _ => text(&request["ExpressionAttributeValues"][":pk"]["S"]).to_owned(),
    }
}

/// Returns the table and the key of each item that a call writes.
fn written_keys(operation: &str, request: &Value) -> Vec<(String, Value)> {
    let of = |write: &Value| {
        let key = if write["Key"].is_object() { write["Key"].clone() } else { key_of(&write["Item"]) };
        (text(&write["TableName"]).to_owned(), key)
    };
    match operation {
        "PutItem" | "UpdateItem" | "DeleteItem" => vec![of(request)],
        "TransactWriteItems" => {
            let writes = list(&request["TransactItems"]).iter().filter_map(|write| write.as_object()?.values().next());
            writes.map(of).collect()
        }
        "BatchWriteItem" => {
            let tables = request["RequestItems"].as_object().into_iter().flatten();
            let writes = tables.flat_map(|(table, writes)| list(writes).iter().map(move |write| (table, write)));
            let write = |write: &Value| match write["DeleteRequest"]["Key"].clone() {
                Value::Null => key_of(&write["PutRequest"]["Item"]),
                key => key,
            };
            writes.map(|(table, one)| (table.clone(), write(one))).collect()
        }
        _ => Vec::new(),
    }
}

fn key_of(item: &Value) -> Value {
    let attributes = KEYS.into_iter().filter_map(|name| Some((name.to_owned(), item.get(name)?.clone())));
    Value::Object(attributes.collect())
}

async fn size_of(store: &impl Peek, table: &str, key: &Value) -> io::Result<usize> {
    let get = json!({"TableName": table, "Key": key, "ConsistentRead": true});
    Ok(units::size(&store.peek("GetItem", &get).await?["Item"]))
}

fn is_reduced(request: &Value) -> bool {
    ["ProjectionExpression", "FilterExpression", "Select"].iter().any(|name| request.get(name).is_some())
}

fn without_reduction(request: &Value) -> Value {
    let mut whole = request.clone();
    if let Some(fields) = whole.as_object_mut() {
        fields.retain(|name, _| !["ProjectionExpression", "FilterExpression", "Select"].contains(&name.as_str()));
    }
    whole
}

fn sum(items: &Value) -> usize {
    list(items).iter().map(units::size).sum()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
