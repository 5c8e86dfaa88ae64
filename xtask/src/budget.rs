//! The size budget of the page, `frontend/size_budget.json`: the most bytes that a first visit may download of each kind of
//! file, compressed with brotli. Sizes do not depend on the machine, so exceeding the budget is an error.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, bail};

use crate::{page, project::Project};

/// Name of the file.
const FILE: &str = "frontend/size_budget.json";

/// Prints the size of each file that a first visit downloads beside the HTML, and returns their sum.
///
/// # Errors
///
/// If a kind of file is larger than its budget.
pub(crate) fn check(project: &Project, dist: &Path) -> Result<u64> {
    let budget = fs::read_to_string(project.root.join(FILE)).with_context(|| format!("{FILE} cannot be read"))?;
    let budget: BTreeMap<String, u64> = serde_json::from_str(&budget).with_context(|| format!("{FILE} is invalid"))?;
    let mut sizes = Vec::new();
    for file in page::assets(dist)?.iter().filter(|file| file.parent() == Some(dist)) {
        let kind = page::extension(file);
        if budget.contains_key(kind) {
            let bytes = fs::metadata(page::compressed(file))?.len();
            println!("{bytes:>8} bytes  {}", file.strip_prefix(dist)?.display());
            sizes.push((kind.to_owned(), bytes));
        }
    }
    let exceeded = exceeded(&budget, &sizes);
    if !exceeded.is_empty() {
        bail!("{}. Make the page smaller, or change {FILE} and give the reason.", exceeded.join(", "));
    }
    Ok(sizes.iter().map(|(_, bytes)| bytes).sum())
}

/// Returns a sentence for each kind of file that is larger than its budget.
fn exceeded(budget: &BTreeMap<String, u64>, sizes: &[(String, u64)]) -> Vec<String> {
    let over = budget.iter().filter_map(|(kind, limit)| {
        let bytes: u64 = sizes.iter().filter(|(of, _)| of == kind).map(|(_, bytes)| bytes).sum();
        (bytes > *limit).then(|| format!("{kind} has {bytes} bytes, and its budget is {limit}"))
    });
    over.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_a_kind_share_their_budget() {
        let budget = BTreeMap::from([("css".to_owned(), 10), ("wasm".to_owned(), 100)]);
        let sizes = |css, wasm, other| {
            [("css", css), ("wasm", wasm), ("wasm", other)].map(|(kind, bytes)| (kind.to_owned(), bytes))
        };
        assert_eq!(exceeded(&budget, &sizes(10, 60, 40)), [""; 0]);
        assert_eq!(
            exceeded(&budget, &sizes(11, 60, 41)),
            ["css has 11 bytes, and its budget is 10", "wasm has 101 bytes, and its budget is 100",]
        );
    }
}
