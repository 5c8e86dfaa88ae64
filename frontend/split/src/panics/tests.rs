use wasmparser::Validator;

use super::*;
use crate::{
    places::outside,
    test_program::{built, has},
};

const SOURCE: &str = r#"
    static KEPT: [&str; 2] = ["a text that is kept", "kept.rs"];
    #[unsafe(no_mangle)]
    pub extern "C" fn letter(text: usize, at: usize) -> u8 { KEPT[text].as_bytes()[at] }
    #[unsafe(no_mangle)]
    pub extern "C" fn refuse(number: u32) { panic!("a text of a panic: {number}") }
    #[unsafe(no_mangle)]
    pub extern "C" fn check(number: u32) -> u32 { checked(number) + 1 }
    #[unsafe(no_mangle)]
    pub extern "C" fn check_other(number: u32) -> u32 { checked(number) + 2 }
    #[inline(never)]
    #[track_caller]
    fn checked(number: u32) -> u32 { if number == 7 { panic!("seven") } else { number / 3 } }
"#;

#[test]
fn data_that_only_panics_read_is_removed() {
    let bytes = built("data", "program", SOURCE);
    let result = remove_messages(&bytes).unwrap();
    for (text, is_kept) in
        [("a text that is kept", true), ("kept.rs", true), ("a text of a panic", false), ("program.rs", false)]
    {
        assert!(has(&bytes, text), "{text}");
        assert_eq!(has(&result, text), is_kept, "{text}");
    }
}

#[test]
fn panics_trap_and_the_program_is_valid() {
    let bytes = built("code", "program", SOURCE);
    let result = remove_messages(&bytes).unwrap();
    Validator::new().validate_all(&result).unwrap();
    let program = Program::parse(&result).unwrap();
    let panic = program.functions_named(|name| name.contains("4core9panicking9panic_fmt")).next().unwrap();
    let body = &program.functions.iter().find(|function| function.index == panic).unwrap().body;
    assert_eq!(result[body.clone()][..2], [0, 0]);
    assert_eq!(program.code.symbols_in(body.clone()).count(), 0);
    // The relocations of the text stay, those of the places of the panics do not.
    let of = |program: &Program<'_>, name: &str| {
        let function = program.functions.iter().find(|function| function.index == program.exports[name]).unwrap();
        program.code.symbols_in(function.body.clone()).count()
    };
    let (before, after) = (of(&Program::parse(&bytes).unwrap(), "letter"), of(&program, "letter"));
    assert!(0 < after && after < before, "{before} before, {after} after");
}

#[test]
fn a_program_without_relocations_is_refused() {
    assert!(remove_messages(b"\0asm\x01\0\0\0").is_err());
}

#[test]
fn used_bytes_are_cut_out_of_a_range() {
    for (range, others, expect) in [
        ((0, 10), vec![], vec![(0, 10)]),
        ((0, 10), vec![(2, 4), (3, 6)], vec![(0, 2), (6, 10)]),
        ((5, 10), vec![(0, 20)], vec![]),
        ((5, 10), vec![(0, 6), (9, 20), (30, 40)], vec![(6, 9)]),
    ] {
        let others: Vec<Range<usize>> = others.into_iter().map(|(start, end)| start..end).collect();
        let rest = outside(range.0..range.1, &others);
        let rest: Vec<(usize, usize)> = rest.into_iter().map(|range| (range.start, range.end)).collect();
        assert_eq!(rest, expect, "{range:?} without {others:?}");
    }
}

#[test]
fn places_in_overlapping_ranges_are_found() {
    let ranges = Ranges::new([(40, 50), (0, 100), (0, 10), (90, 120), (200, 210)].map(|(start, end)| start..end));
    for (at, expect) in
        [(0, true), (45, true), (70, true), (110, true), (120, false), (199, false), (209, true), (210, false)]
    {
        assert_eq!(ranges.contain(at), expect, "{at}");
    }
}
