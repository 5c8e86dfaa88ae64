//! The loader: the lines of the page's script that load parts.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result};

use crate::page::StagedPage;

/// The module that the program imports the loader from. There is no such file: [`insert`] writes it into the script.
pub(crate) const MODULE: &str = "./loader.js";

/// Loads parts, each within a minute, then calls the program with the result. `wasm` is what the program exports, and `shared`
/// what the parts use of it. The call only wakes the task that waits; the task itself is called through an export, which the
/// script in `Trunk.toml` guards.
const LOADER: &str = "\
const load = (files) => async (callback, data) => {
  const start = async (file) => {
    const answer = fetch(new URL(file, import.meta.url), { signal: AbortSignal.timeout(60000) });
    await WebAssembly.instantiateStreaming(answer, { __wasm_split: shared() });
  };
  const report = (error) => console.error(error);
  const loaded = await Promise.all(files.map(start)).then(() => true, report);
  wasm.__indirect_function_table.get(callback)(data, loaded === true);
};
";

/// Replaces the import of the loader in the script that wasm-bindgen has written. `parts` has the name of each split and
/// of the files that it needs, and `shared` the exports that the parts use.
pub(crate) fn insert<'a>(
    script: &str,
    parts: &HashMap<String, Vec<String>>,
    page: &StagedPage,
    shared: impl Iterator<Item = &'a str>,
) -> Result<String> {
    let quoted = format!("from \"{MODULE}\"");
    let import = script.lines().find(|line| line.starts_with("import ") && line.contains(&quoted));
    let import = import.context("the script does not import the loader")?;
    let name = import.split_whitespace().nth(3).context("the import of the loader has another form")?;
    let mut loaders = String::new();
    for (split, files) in parts.iter().collect::<BTreeMap<_, _>>() {
        let files = files.iter().map(|file| Ok(format!("{:?}", page.file_of(file)?))).collect::<Result<Vec<_>>>()?;
        loaders.push_str(&format!("  __wasm_split_load_{split}: load([{}]),\n", files.join(", ")));
    }
    let shared: String = shared.map(|name| format!("  {name}: wasm.{name},\n")).collect();
    let lines = format!("const shared = () => ({{\n{shared}}});\n{LOADER}const {name} = {{\n{loaders}}};");
    Ok(script.replacen(import, &lines, 1))
}
