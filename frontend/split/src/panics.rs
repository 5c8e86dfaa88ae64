//! Removes what only the message of a panic needs: the code that formats it, and the data that only this code reads.
//!
//! The program aborts at a panic, and the script in `Trunk.toml` starts another one. The message would cost each visitor
//! several kilobytes, and a debug build prints it. A release build ends with a trap, which the browser's console shows.
//!
//! This is done before the program is split, because the relocations of the linker tell which function uses which data, and are
//! gone afterwards. Nothing is moved: functions are overwritten in place, and data with zeros, which wasm-opt leaves out.

use std::{collections::HashSet, ops::Range};

use anyhow::{Context, Result};

use crate::{
    places::Ranges,
    program::{Function, Program},
};

/// Functions of the standard library that panic, as their paths are written in mangled names. None of them returns, but for a few
/// methods that only the others call.
const PANICS: [&str; 16] = [
    "3std6thread5local18panic_access_error",
    "3std9panicking11begin_panic",
    "3std9panicking13panic_handler",
    "3std9panicking15panic_with_hook",
    "3vec13assert_failed",
    "4core3str16slice_error_fail",
    "4core4cell22panic_already_borrowed",
    "4core4cell30panic_already_mutably_borrowed",
    "4core4cell4lazy14panic_poisoned",
    "4core5slice5index16slice_index_fail",
    "4core6option13expect_failed",
    "4core6option13unwrap_failed",
    "4core6result13unwrap_failed",
    "4core9panicking",
    "copy_from_slice_impl17len_mismatch_fail",
    "smallsort22panic_on_ord_violation",
];

/// Removes the messages of panics from a program that was linked with `--emit-relocs`.
pub(crate) fn remove_messages(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut program = Program::parse(bytes)?;
    let panics: HashSet<u32> =
        program.functions_named(|name| PANICS.iter().any(|panic| name.contains(panic))).collect();
    let (panicking, others): (Vec<&Function>, Vec<&Function>) =
        program.functions.iter().partition(|function| panics.contains(&function.index));
    let bodies: Vec<Range<usize>> = panicking.iter().map(|function| function.body.clone()).collect();
    let calls: Vec<Range<usize>> = others.iter().flat_map(|function| function.ways_to(&panics)).collect();
    // Functions that are told where they were called from tell only those that panic.
    let source_places = source_places(&program, bytes);
    program.forget(&Ranges::new(bodies.iter().chain(&calls).chain(&source_places).cloned()));

    let used = program.used(program.roots());
    let unused_data = program.unused_data(&used);
    program.forget(&Ranges::new(unused_data.iter().cloned()));

    let mut result = bytes.to_vec();
    for body in bodies {
        trap_in_body(&mut result[body]).context("a function is too short")?;
    }
    for call in calls {
        trap(&mut result[call]).context("a call is too short")?;
    }
    for range in unused_data.into_iter().chain(source_places) {
        result[range].fill(0);
    }
    program.write_relocations(&mut result);
    Ok(result)
}

/// Returns where the file has places in the source, as [`std::panic::Location`] has them: address and length of the path, line and
/// column.
fn source_places(program: &Program<'_>, bytes: &[u8]) -> Vec<Range<usize>> {
    let is_source_place = |range: &Range<usize>| {
        let numbers: Option<[[u8; 4]; 4]> = bytes[range.clone()].as_chunks().0.try_into().ok();
        let (Some([_, length, line, column]), Some(path)) = (numbers, program.refers_to(range)) else { return false };
        let [length, line, column] = [length, line, column].map(u32::from_le_bytes);
        let path = bytes.get(path..).and_then(|rest| rest.get(..length as usize));
        range.len() == 16 && line > 0 && column > 0 && path.is_some_and(|path| path.ends_with(b".rs"))
    };
    program.named_data().filter_map(|(_, symbol)| program.data_range(symbol)).filter(is_source_place).collect()
}

/// Overwrites a function by one that traps and has no local variables.
fn trap_in_body(body: &mut [u8]) -> Option<()> {
    const END: u8 = 0x0b;
    let [locals, code @ .., last] = body else { return None };
    *locals = 0;
    *last = END;
    trap(code)
}

/// Overwrites code by one that traps. What follows is never reached.
fn trap(code: &mut [u8]) -> Option<()> {
    const UNREACHABLE: u8 = 0x00;
    const NOP: u8 = 0x01;
    code.fill(NOP);
    *code.first_mut()? = UNREACHABLE;
    Some(())
}

#[cfg(test)]
mod tests;
