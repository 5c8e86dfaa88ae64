//! The size budget of the page, `frontend/size_budget.json`: the most bytes that the page may download of each kind of file,
//! compressed with brotli, first and on demand, in each language. Sizes hardly depend on the machine (the program has paths of dependencies in
//! it), so exceeding the budget is an error.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, bail};

use crate::{page, project::Project};

/// Name of the file.
const FILE: &str = "frontend/size_budget.json";

/// How the names of the files start that a visit needs at first. Other programs are loaded on demand.
const FIRST: &str = "page-";

/// The most bytes of each kind of file, by when they are loaded.
type Budget = BTreeMap<When, BTreeMap<String, u64>>;

/// When a file is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum When {
    First,
    OnDemand,
}

impl When {
    const ALL: [Self; 2] = [Self::First, Self::OnDemand];

    fn of(file: &str) -> Self {
        if file.starts_with(FIRST) { Self::First } else { Self::OnDemand }
    }

    /// Returns its name in the budget.
    fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::OnDemand => "on demand",
        }
    }
}

/// A file of the page.
struct Size {
    when: When,
    /// The language of a file of the program.
    language: Option<String>,
    kind: String,
    bytes: u64,
}

/// Returns the language in the name of a file, as in `page-en-8f0de36b871b6636_bg.wasm` (`frontend/split/src/page.rs`).
fn language_of(file: &str) -> Option<String> {
    let second = file.split('-').nth(1).filter(|_| file.matches('-').count() > 1)?;
    Some(second.to_owned())
}

/// Prints the size of each file that the page downloads beside the HTML, and returns the sum of a first visit, in the language whose files are the
/// largest.
///
/// # Errors
///
/// If a kind of file is larger than its budget.
pub(crate) fn check(project: &Project, dist: &Path) -> Result<u64> {
    let budget = read(&project.root.join(FILE))?;
    let mut sizes = Vec::new();
    for file in page::assets(dist)?.iter().filter(|file| file.parent() == Some(dist)) {
        let name = file.strip_prefix(dist)?.display().to_string();
        let (when, kind) = (When::of(&name), page::extension(file).to_owned());
        if budget[&when].contains_key(&kind) {
            let bytes = fs::metadata(page::compressed(file))?.len();
            println!("{bytes:>8} bytes  {name}  {}", when.name());
            sizes.push(Size { when, language: language_of(&name), kind, bytes });
        }
    }
    let exceeded = exceeded(&budget, &sizes);
    if !exceeded.is_empty() {
        bail!("{}. Make the page smaller, or change {FILE} and give the reason.", exceeded.join(", "));
    }
    Ok(largest(&sizes.iter().filter(|size| size.when == When::First).collect::<Vec<_>>()))
}

fn read(file: &Path) -> Result<Budget> {
    let text = fs::read_to_string(file).with_context(|| format!("{FILE} cannot be read"))?;
    let mut budget: BTreeMap<String, BTreeMap<String, u64>> =
        serde_json::from_str(&text).with_context(|| format!("{FILE} is invalid"))?;
    let part = |when: When| {
        let part = budget.remove(when.name());
        part.map(|part| (when, part)).with_context(|| format!("{FILE} has no part {:?}", when.name()))
    };
    When::ALL.into_iter().map(part).collect()
}

/// Returns the sum of the files of a visit, in the language in which it is the largest. Files without a language are part of each visit.
fn largest(sizes: &[&Size]) -> u64 {
    let visit = |language: &Option<String>| -> u64 {
        sizes.iter().filter(|size| size.language.is_none() || size.language == *language).map(|size| size.bytes).sum()
    };
    sizes.iter().map(|size| visit(&size.language)).max().unwrap_or_default()
}

/// Returns a sentence for each kind of file that is larger than its budget.
fn exceeded(budget: &Budget, sizes: &[Size]) -> Vec<String> {
    let limits = budget.iter().flat_map(|(when, kinds)| kinds.iter().map(move |(kind, limit)| (when, kind, limit)));
    let over = limits.filter_map(|(when, kind, limit)| {
        let fits = |size: &&Size| size.when == *when && size.kind == *kind;
        let bytes = largest(&sizes.iter().filter(fits).collect::<Vec<_>>());
        (bytes > *limit).then(|| format!("{kind} ({}) has {bytes} bytes, and its budget is {limit}", when.name()))
    });
    over.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_a_kind_share_the_budget_of_when_they_are_loaded() {
        let kinds = |kinds: &[(&str, u64)]| kinds.iter().map(|(kind, limit)| ((*kind).to_owned(), *limit)).collect();
        let budget = Budget::from([
            (When::First, kinds(&[("css", 10), ("wasm", 100)])),
            (When::OnDemand, kinds(&[("wasm", 50)])),
        ]);
        let check = |files: &[(&str, u64)]| {
            let size = |(file, bytes): &(&str, u64)| Size {
                when: When::of(file),
                language: language_of(file),
                kind: page::extension(Path::new(file)).to_owned(),
                bytes: *bytes,
            };
            exceeded(&budget, &files.iter().map(size).collect::<Vec<_>>())
        };
        assert_eq!(check(&[("page-1.css", 10), ("page-2.wasm", 100), ("a-3.wasm", 30), ("b-4.wasm", 20)]), [""; 0]);
        let languages =
            [("page-en-2.wasm", 99), ("page-ja-3.wasm", 100), ("on_demand-en-4.wasm", 50), ("on_demand-ja-5.wasm", 49)];
        assert_eq!(check(&languages), [""; 0]);
        assert_eq!(
            check(&[("page-en-2.wasm", 99), ("page-ja-3.wasm", 102), ("on_demand-en-4.wasm", 50)]),
            ["wasm (first) has 102 bytes, and its budget is 100"]
        );
        assert_eq!(
            check(&[("page-1.css", 11), ("page-2.wasm", 101), ("a-3.wasm", 30), ("b-4.wasm", 21)]),
            [
                "css (first) has 11 bytes, and its budget is 10",
                "wasm (first) has 101 bytes, and its budget is 100",
                "wasm (on demand) has 51 bytes, and its budget is 50",
            ]
        );
    }
}
