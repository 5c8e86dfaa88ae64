//! Exports of the program that nothing calls.

use anyhow::Result;
use wasm_encoder::{ExportSection, Module};
use wasmparser::{Parser, Payload};

use crate::sections;

/// Part of the names of exports that the page does not call: streams of Leptos' server functions.
const UNUSED: &str = "intounderlying";

/// Removes the exports that nothing calls. The split then leaves out what only they need, which `wasm-opt` could not: what they refer to
/// is in the table of functions.
pub(crate) fn remove_unused(program: &[u8]) -> Result<Vec<u8>> {
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(program) {
        let payload = payload?;
        if let Payload::ExportSection(exports) = payload {
            let mut used = ExportSection::new();
            for export in exports {
                let export = export?;
                if !export.name.contains(UNUSED) {
                    used.export(export.name, export.kind.into(), export.index);
                }
            }
            module.section(&used);
        } else if let Some(section) = sections::unchanged(program, &payload) {
            module.section(&section);
        }
    }
    Ok(module.finish())
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{CodeSection, CustomSection, ExportKind, Function, FunctionSection, TypeSection};

    use super::*;

    /// Returns a program of one function that has these exports.
    fn program(names: &[&str]) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut functions = FunctionSection::new();
        functions.function(0);
        let mut exports = ExportSection::new();
        for name in names {
            exports.export(name, ExportKind::Func, 0);
        }
        let mut body = Function::new([]);
        body.instructions().end();
        let mut code = CodeSection::new();
        code.function(&body);
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&exports).section(&code);
        module.section(&CustomSection { name: "linking".into(), data: b"relocations"[..].into() });
        module.finish()
    }

    #[test]
    fn only_unused_exports_are_removed() {
        let stream = ["intounderlyingsink_write_1", "__wbindgen_describe_intounderlyingsink_write_1"];
        let all = program(&["main", stream[0], "memory", stream[1]]);
        assert_eq!(remove_unused(&all).unwrap(), program(&["main", "memory"]));
        assert!(remove_unused(b"no program").is_err());
    }
}
