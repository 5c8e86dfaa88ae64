//! The languages of the page. Each has a program of its own, without the texts of the others.
//!
//! This is done before the program is split, because the relocations of the linker tell what refers to the catalogues of a language
//! (`frontend/src/i18n.rs`). They are changed to refer to the catalogues of the kept language. What nothing uses any more is
//! overwritten with zeros, which wasm-opt leaves out.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};

use crate::program::Program;

/// The module of all catalogues, as it is written in mangled names.
const CATALOGUES: &str = "8frontend4i18n";

/// A language of the page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Language {
    /// Its language tag, as in `Language::tag` of `shared-types`.
    pub(crate) tag: &'static str,
    /// What the paths of its catalogues have: its module, or its name.
    names: [&'static str; 2],
}

/// All languages. A page without a server uses the first one.
pub(crate) const LANGUAGES: [Language; 2] =
    [Language { tag: "en", names: ["en", "ENGLISH"] }, Language { tag: "ja", names: ["ja", "JAPANESE"] }];

impl Language {
    /// Returns the path of a catalogue without what tells the language, if the mangled name is that of a catalogue.
    fn catalogue(self, mangled: &str) -> Option<String> {
        let mut path = segments(mangled.split_once(CATALOGUES)?.1);
        let place = path.iter().position(|segment| self.names.contains(segment))?;
        path.remove(place);
        // The hash at the end differs.
        path.retain(|segment| !(segment.len() == 17 && segment.starts_with('h')));
        Some(path.join("::"))
    }

    /// Returns the symbols of the catalogues, by their paths.
    fn catalogues(self, program: &Program<'_>) -> Result<BTreeMap<String, u32>> {
        let mut found = BTreeMap::new();
        for (mangled, symbol) in program.named_data() {
            if let Some(path) = self.catalogue(mangled) {
                ensure!(
                    found.insert(path, symbol).is_none(),
                    "the language {:?} has two catalogues {mangled}",
                    self.tag
                );
            }
        }
        Ok(found)
    }
}

/// Returns the segments of a mangled path: each is written after its length.
fn segments(mut mangled: &str) -> Vec<&str> {
    let mut found = Vec::new();
    while let Some(end) = mangled.find(|digit: char| !digit.is_ascii_digit()).filter(|end| *end > 0) {
        let length = mangled[..end].parse().unwrap_or(usize::MAX);
        let Some(segment) = mangled[end..].get(..length) else { break };
        found.push(segment);
        mangled = &mangled[end + length..];
    }
    found
}

/// Removes the texts of all languages but one from a program that was linked with `--emit-relocs`.
pub(crate) fn keep_only(bytes: &[u8], kept: Language) -> Result<Vec<u8>> {
    let mut program = Program::parse(bytes)?;
    let mut result = bytes.to_vec();
    let catalogues = kept.catalogues(&program)?;
    ensure!(!catalogues.is_empty(), "the program has no catalogues of the language {:?}", kept.tag);
    let mut symbols = BTreeMap::new();
    for language in LANGUAGES.into_iter().filter(|language| *language != kept) {
        for (name, symbol) in language.catalogues(&program)? {
            let same = catalogues.get(&name);
            let missing = || format!("the language {:?} has no catalogue {name}, and {:?} has", kept.tag, language.tag);
            symbols.insert(symbol, *same.with_context(missing)?);
        }
    }
    program.redirect(&symbols, &mut result)?;
    let used = program.used(program.roots());
    for range in program.unused_data(&used) {
        result[range].fill(0);
    }
    program.write_relocations(&mut result);
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_program::{built, has};

    const SOURCE: &str = r#"
        pub mod i18n {
            pub struct Texts { pub send: &'static str, pub chat: &'static str, pub day: fn(usize) -> &'static str }
            pub mod en {
                pub static TEXTS: super::Texts = super::Texts { send: "Send it", chat: "A chat", day };
                static DAYS: [&str; 2] = ["Monday", "Tuesday"];
                fn day(number: usize) -> &'static str { DAYS[number] }
            }
            pub mod ja {
                pub static TEXTS: super::Texts = super::Texts { send: "Okuru", chat: "A chat", day };
                static DAYS: [&str; 2] = ["Getsuyoubi", "Kayoubi"];
                fn day(number: usize) -> &'static str { DAYS[number] }
            }
        }
        static OTHER: [&str; 2] = ["Send it elsewhere", "Kayoubi"];
        static ALL: [&i18n::Texts; 2] = [&i18n::en::TEXTS, &i18n::ja::TEXTS];
        #[unsafe(no_mangle)]
        pub extern "C" fn letter(language: usize, text: usize, at: usize) -> u8 {
            let texts = ALL[language];
            let text = match text { 0 => texts.send, 1 => texts.chat, 2 => (texts.day)(at), more => OTHER[more - 3] };
            text.as_bytes()[at]
        }
    "#;

    #[test]
    fn only_texts_of_other_languages_are_removed() {
        let program = built("languages", "frontend", SOURCE);
        let [english, japanese] = LANGUAGES.map(|language| keep_only(&program, language).unwrap());
        for (text, in_english, in_japanese) in [
            ("Send it", true, true),
            ("Monday", true, false),
            ("Okuru", false, true),
            ("Getsuyoubi", false, true),
            ("A chat", true, true),
            ("Send it elsewhere", true, true),
            ("Kayoubi", true, true),
        ] {
            assert!(has(&program, text), "{text}");
            assert_eq!([has(&english, text), has(&japanese, text)], [in_english, in_japanese], "{text}");
        }
        assert_eq!(english.len(), program.len());
    }

    #[test]
    fn a_catalogue_has_a_path_without_its_language() {
        let [english, japanese] = LANGUAGES;
        for (mangled, expected) in [
            ("_ZN8frontend4i18n2en7dialogs7DIALOGS17h4505d6f5a093a9eeE", Some("dialogs::DIALOGS")),
            ("_ZN8frontend4i18n7threads7ENGLISH17h4505d6f5a093a9eeE", Some("threads")),
            ("_ZN8frontend4i18n2ja12TRANSLATIONS17h4505d6f5a093a9eeE", None),
            ("_ZN8frontend4i18n12en_and_other4LIST17h4505d6f5a093a9eeE", None),
            ("_ZN8frontend2ui2en17h4505d6f5a093a9eeE", None),
        ] {
            assert_eq!(english.catalogue(mangled).as_deref(), expected, "{mangled}");
        }
        assert_eq!(japanese.catalogue("_ZN8frontend4i18n2ja4LIST17h0").as_deref(), Some("LIST"));
    }

    #[test]
    fn a_program_without_catalogues_is_refused() {
        let program = built("no-languages", "frontend", "#[unsafe(no_mangle)] pub extern \"C\" fn one() -> u32 { 1 }");
        assert!(keep_only(&program, LANGUAGES[0]).is_err());
    }
}
