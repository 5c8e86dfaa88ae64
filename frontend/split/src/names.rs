//! Short names of what the program imports from its script and exports to it. The long ones of wasm-bindgen are in both files.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// The module in which wasm-opt puts all imports.
const MODULE: &str = "a";

/// What `wasm-opt --minify-imports-and-exports-and-modules` writes: pairs of the long name and the short one.
#[derive(Deserialize)]
struct Listed {
    /// Each after the name of its module.
    imports: Vec<(String, String, String)>,
    exports: Vec<(String, String)>,
}

/// The short names, by the long ones.
pub(crate) struct ShortNames {
    imports: BTreeMap<String, String>,
    exports: BTreeMap<String, String>,
}

impl ShortNames {
    /// Parses what wasm-opt has written.
    pub(crate) fn parse(listed: &str) -> Result<Self> {
        let Listed { imports, exports } = serde_json::from_str(listed).context("wasm-opt has listed no names")?;
        let imports = imports.into_iter().map(|(_, long, short)| (long, short)).collect();
        Ok(Self { imports, exports: exports.into_iter().collect() })
    }

    /// Returns the long names of the exports that the parts use.
    pub(crate) fn shared(&self) -> impl Iterator<Item = &str> {
        let is_shared =
            |name: &str| matches!(name, "memory" | "__indirect_function_table") || name.starts_with("__wasm_split");
        self.exports.keys().map(String::as_str).filter(move |name| is_shared(name))
    }

    /// Replaces the long names in the script of wasm-bindgen. An import is a key of an object literal there, and an export a property of
    /// `wasm`.
    ///
    /// # Errors
    ///
    /// An import is not in the script: another version of wasm-bindgen may write it in another form, and the program would not start.
    pub(crate) fn replace_in(&self, script: &str) -> Result<String> {
        let mut short = String::with_capacity(script.len());
        let mut missing: BTreeSet<_> = self.imports.keys().map(String::as_str).collect();
        let mut rest = script;
        while let Some(start) = rest.find(is_part_of_name) {
            let end = rest[start..].find(|c| !is_part_of_name(c)).map_or(rest.len(), |length| start + length);
            short.push_str(&rest[..start]);
            let name = &rest[start..end];
            rest = &rest[end..];
            let is_export = short.ends_with("wasm.");
            let names = if is_export { &self.exports } else { &self.imports };
            let is_used = is_export || rest.starts_with(':');
            let found = names.get(name).filter(|_| is_used);
            short.push_str(found.map_or(name, String::as_str));
            if is_used && !is_export {
                missing.remove(name);
            }
        }
        short.push_str(rest);
        ensure!(missing.is_empty(), "the script has these imports of the program in an unknown form: {missing:?}");
        Ok(short)
    }
}

/// Puts the imports of all modules into the one that wasm-opt has made of them.
pub(crate) fn merge_modules(script: &str) -> Result<String> {
    let (before, modules) =
        script.split_once("\"./page_bg.js\": import0,").context("the script has no list of modules")?;
    let (others, after) = modules.split_once('}').context("the list of modules has no end")?;
    let others = others.split_whitespace().filter_map(|word| word.strip_prefix("import")?.strip_suffix(','));
    let others: String = others.map(|number| format!(", ...import{number}")).collect();
    Ok(format!("{before}{MODULE}: {{ ...import0{others} }} }}{after}"))
}

fn is_part_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_$".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTED: &str = r#"{ "imports": [["./page_bg.js", "__wbg_now_1", "b"], ["./loader.js", "load_x", "c"]],
                              "exports": [["memory", "d"], ["__wbindgen_free", "e"]] }"#;

    #[test]
    fn names_are_replaced_where_the_script_uses_them() {
        let names = ShortNames::parse(LISTED).unwrap();
        for (script, expect) in [
            ("wasm.__wbindgen_free(memory)", "wasm.e(memory)"),
            ("__wbindgen_free(a.memory)", "__wbindgen_free(a.memory)"),
            ("wasm.memory_of, __wbg_now_12: 1, 'é'", "wasm.memory_of, __wbg_now_12: 1, 'é'"),
        ] {
            let imports = "{ __wbg_now_1: function() {}, load_x: 1 }";
            let expect = ["{ b: function() {}, c: 1 }", expect].concat();
            assert_eq!(names.replace_in(&[imports, script].concat()).unwrap(), expect);
        }
        assert!(names.replace_in("{ __wbg_now_1() {}, load_x: 1 }").is_err(), "an import in another form");
    }

    #[test]
    fn modules_become_one() {
        let script = "return {\n __proto__: null,\n \"./page_bg.js\": import0,\n \"./loader.js\": import1,\n };";
        assert_eq!(merge_modules(script).unwrap(), "return {\n __proto__: null,\n a: { ...import0, ...import1 } };");
        assert!(merge_modules("return {};").is_err());
    }
}
