//! The order of the functions in a program.
//!
//! Brotli writes what was there before in few bytes, and in the fewest where that is near. So similar functions belong beside
//! each other. The compiler's order depends on names, and a renamed function could make the program a kilobyte larger.

use std::collections::HashMap;

use anyhow::Result;
use wasm_encoder::{Module, NameMap, NameSection};
use wasmparser::{CustomSectionReader, KnownCustom, Name, Parser, Payload};

use crate::sections;

/// Puts a number before the name of each function, so that the order of the names is: by type, and then by code.
pub(crate) fn name_by_similarity(program: &[u8]) -> Result<Vec<u8>> {
    let mut module = Module::new();
    let mut imported = 0;
    let mut types = Vec::new();
    let mut bodies = Vec::new();
    let mut old_names = HashMap::new();
    for payload in Parser::new(0).parse_all(program) {
        let payload = payload?;
        match &payload {
            Payload::ImportSection(imports) => imported = sections::imported_functions(imports.clone())?,
            Payload::FunctionSection(functions) => {
                types = functions.clone().into_iter().collect::<Result<_, _>>()?;
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
            Payload::CustomSection(custom) => old_names.extend(names_in(custom)?),
            _ => {}
        }
        // Custom sections do not change what a program does. The one with the names is written anew.
        if let Some(section) = sections::unchanged(program, &payload)
            && !matches!(payload, Payload::CustomSection(_))
        {
            module.section(&section);
        }
    }
    let mut functions: Vec<_> = types.iter().zip(bodies).zip(imported..).collect();
    functions.sort();
    let mut named: Vec<_> = functions.iter().enumerate().map(|(place, (_, index))| (*index, place)).collect();
    named.sort_unstable();
    let mut names = NameMap::new();
    for (index, place) in named {
        names.append(index, &format!("{place:08} {}", old_names.get(&index).unwrap_or(&"")));
    }
    let mut section = NameSection::new();
    section.functions(&names);
    module.section(&section);
    Ok(module.finish())
}

/// Returns the names of functions, by their indices, if the section has them.
fn names_in<'a>(custom: &CustomSectionReader<'a>) -> Result<HashMap<u32, &'a str>> {
    let KnownCustom::Name(parts) = custom.as_known() else { return Ok(HashMap::new()) };
    let mut found = HashMap::new();
    for part in parts {
        if let Name::Function(names) = part? {
            for name in names {
                let name = name?;
                found.insert(name.index, name.name);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{CodeSection, EntityType, Function, FunctionSection, ImportSection, TypeSection, ValType};

    use super::*;

    /// Returns a program that imports a function and has functions of these types, each with a constant.
    fn program(functions: &[(u32, i32)]) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], [ValType::I32]);
        types.ty().function([ValType::I32], [ValType::I32]);
        let mut imports = ImportSection::new();
        imports.import("page", "imported", EntityType::Function(0));
        let (mut declared, mut code) = (FunctionSection::new(), CodeSection::new());
        for (of_type, constant) in functions {
            declared.function(*of_type);
            let mut body = Function::new([]);
            body.instructions().i32_const(*constant).end();
            code.function(&body);
        }
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&declared).section(&code);
        module.finish()
    }

    /// Returns the indices and names of functions.
    fn names(program: &[u8]) -> Vec<(u32, String)> {
        let mut names = Vec::new();
        for payload in Parser::new(0).parse_all(program) {
            if let Payload::CustomSection(custom) = payload.unwrap() {
                names.extend(names_in(&custom).unwrap().into_iter().map(|(index, name)| (index, name.to_owned())));
            }
        }
        names.sort();
        names
    }

    #[test]
    fn functions_of_a_type_are_in_the_order_of_their_code() {
        let named = name_by_similarity(&program(&[(1, 4), (0, 5), (1, 3)])).unwrap();
        let expected = [(1, "00000002 "), (2, "00000000 "), (3, "00000001 ")];
        assert_eq!(names(&named), expected.map(|(index, name)| (index, name.to_owned())));
    }

    #[test]
    fn the_old_name_follows_the_number() {
        let once = name_by_similarity(&program(&[(0, 2), (0, 1)])).unwrap();
        let twice = name_by_similarity(&once).unwrap();
        let expected = [(1, "00000001 00000001 "), (2, "00000000 00000000 ")];
        assert_eq!(names(&twice), expected.map(|(index, name)| (index, name.to_owned())));
        assert!(name_by_similarity(b"no program").is_err());
    }
}
