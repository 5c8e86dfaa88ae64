//! The loader: the lines of the page's script that load parts.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result};

/// The module that the program imports the loader from. There is no such file: [`insert`] writes it into the script.
pub(crate) const MODULE: &str = "./loader.js";

/// Loads parts, each within a minute, then calls the program with the result. `wasm` is what the program exports, and `shared`
/// what the parts use of it. The call only wakes the task that waits; the task itself is called through an export, which the
/// script in `Trunk.toml` guards. The page names the file of each part in its language.
const LOADER: &str = "\
const load = (parts) => async (callback, data) => {
  const start = async (part) => {
    const answer = fetch(document.querySelector(`meta[name=${part}]`).content, { signal: AbortSignal.timeout(60000) });
    await WebAssembly.instantiateStreaming(answer, { __wasm_split: shared() });
  };
  const report = (error) => console.error(error);
  const loaded = await Promise.all(parts.map(start)).then(() => true, report);
  wasm.__indirect_function_table.get(callback)(data, loaded === true);
};
";

/// Returns the name of a part, by which the page has its file.
pub(crate) fn name_of(part: &str) -> &str {
    part.trim_start_matches("split_")
}

/// Replaces the import of the loader in the script that wasm-bindgen has written. `parts` has the name of each split and
/// of the parts that it needs, and `shared` the exports that the parts use.
pub(crate) fn insert<'a>(
    script: &str,
    parts: &HashMap<String, Vec<String>>,
    shared: impl Iterator<Item = &'a str>,
) -> Result<String> {
    let quoted = format!("from \"{MODULE}\"");
    let import = script.lines().find(|line| line.starts_with("import ") && line.contains(&quoted));
    let import = import.context("the script does not import the loader")?;
    let name = import.split_whitespace().nth(3).context("the import of the loader has another form")?;
    let mut loaders = String::new();
    for (split, needed) in parts.iter().collect::<BTreeMap<_, _>>() {
        let names: Vec<&str> = needed.iter().map(|part| name_of(part)).collect();
        loaders.push_str(&format!("  __wasm_split_load_{split}: load({names:?}),\n"));
    }
    let shared: String = shared.map(|name| format!("  {name}: wasm.{name},\n")).collect();
    let lines = format!("const shared = () => ({{\n{shared}}});\n{LOADER}const {name} = {{\n{loaders}}};");
    Ok(script.replacen(import, &lines, 1))
}
