//! The sections of a program, as far as several steps read them.

use std::ops::Range;

use anyhow::Result;
use wasm_encoder::RawSection;
use wasmparser::{ImportSectionReader, Payload, TypeRef};

/// Returns a range of the file.
pub(crate) fn place(range: Range<u64>) -> Range<usize> {
    range.start as usize..range.end as usize
}

/// Returns the section of a payload as it is in the file, if the payload is one.
pub(crate) fn unchanged<'a>(program: &'a [u8], payload: &Payload<'_>) -> Option<RawSection<'a>> {
    let (id, range) = payload.as_section()?;
    Some(RawSection { id, data: &program[place(range)] })
}

/// Returns the number of imported functions. They have the first indices.
pub(crate) fn imported_functions(imports: ImportSectionReader<'_>) -> Result<u32> {
    let mut count = 0;
    for import in imports.into_imports() {
        count += u32::from(matches!(import?.ty, TypeRef::Func(_)));
    }
    Ok(count)
}
