mod dates;
mod untranslated;

use page_model::texts::ClientTexts as _;
use shared_types::{ErrorCode, ModerationAction, Person, RoomRules, Timestamp, limits};

use super::*;

/// Returns the texts of all catalogues by field name, parsed from their `Debug` output.
fn sentences(language: Language) -> Vec<(String, String)> {
    let mut sentences: Vec<(String, String)> = Vec::new();
    let translations = Translations::of(language);
    let catalogues = format!("{translations:#?}\n{:#?}\n{:#?}", translations.dialogs(), translations.images());
    for line in catalogues.lines() {
        // Fields are indented by four spaces, parts of their values by more.
        if line.starts_with("    ") && line.as_bytes().get(4).is_some_and(u8::is_ascii_lowercase) {
            let name = line.split(':').next().unwrap_or_default().trim();
            sentences.push((name.to_owned(), String::new()));
        }
        if let Some((_, sentence)) = sentences.last_mut()
            && let (Some(from), Some(to)) = (line.find('"'), line.rfind('"'))
        {
            sentence.push_str(&line[from + 1..to]);
        }
    }
    sentences.retain(|(name, _)| name != "language" && name != "date");
    sentences
}

fn is_japanese(letter: char) -> bool {
    // Punctuation and kana, kanji, full-width forms.
    matches!(letter, '\u{3000}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

#[test]
fn no_text_is_empty_or_in_another_language() {
    let [english, japanese] = [Language::English, Language::Japanese].map(sentences);
    assert!(english.len() > 200, "{english:?}");
    assert_eq!(english.len(), japanese.len());
    for ((name, english), (_, japanese)) in english.iter().zip(&japanese) {
        assert!(!english.trim().is_empty() && !japanese.trim().is_empty(), "{name} is empty");
        assert!(japanese.contains(is_japanese), "{name} is not Japanese: {japanese}");
        assert!(!english.contains(is_japanese) || name == "choose_language", "{name} is not English: {english}");
    }
}

#[test]
fn numbers_use_the_plural_forms_of_each_language() {
    let [english, japanese] = [Language::English, Language::Japanese].map(Translations::of);
    let limit = limits::TEXT_CHARS;
    for (actual, expected) in [
        (english.counter(limit - 2), "2 characters left"),
        (english.counter(limit - 1), "1 character left"),
        (english.counter(limit), "0 characters left"),
        (english.counter(limit + 1), "1 character too long"),
        (english.counter(limit + 2), "2 characters too long"),
        (japanese.counter(limit - 1), "残り1文字"),
        (japanese.counter(limit + 2), "2文字超過しています"),
        (english.online.of(1), "1 online"),
        (japanese.online.of(2), "2人がオンライン"),
        (english.retrying(0), "Trying again…"),
        (english.retrying(3), "Trying again in 3 s"),
        (japanese.retrying(3), "3秒後に再接続"),
    ] {
        assert_eq!(actual, expected);
    }
}

#[test]
fn a_duration_has_the_largest_fitting_unit() {
    let [english, japanese] = [Language::English, Language::Japanese].map(Translations::of);
    for (seconds, expected, in_japanese) in [
        (1, "1 s", "1秒"),
        (60, "1 min", "1分"),
        (90, "90 s", "90秒"),
        (91, "2 min", "2分"),
        (600, "10 min", "10分"),
        (3_600, "1 h", "1時間"),
        (86_400, "1 day", "1日"),
        (604_800, "7 days", "7日"),
        (7_776_000, "90 days", "90日"),
    ] {
        assert_eq!((english.span(seconds).as_str(), japanese.span(seconds).as_str()), (expected, in_japanese));
    }
}

#[test]
fn an_audit_sentence_has_name_and_id() {
    let [english, japanese] = [Language::English, Language::Japanese].map(Translations::of);
    let (person, name) = ("p1".parse().unwrap(), "Ann".parse().ok());
    let mute = ModerationAction::Mute { person, name, until: Some(Timestamp(0)) };
    let unban = ModerationAction::Ban { person: "p2".parse().unwrap(), name: None, until: None };
    let rules = RoomRules { slow: 30, read_only: true, archived: false, member_pins: false, keep_days: None };
    let rules = ModerationAction::Rules { room: "cats".parse().unwrap(), rules };
    let no_rules = ModerationAction::Rules { room: "cats".parse().unwrap(), rules: RoomRules::default() };
    let audit = |translations: &Translations, action: &ModerationAction| {
        translations.audit_sentence(action, |_| "14:05".into())
    };
    assert_eq!(audit(english, &mute), "muted Ann (p1) until 14:05");
    assert_eq!(audit(japanese, &mute), "Ann (p1)さんの発言を14:05まで停止しました");
    assert_eq!(audit(english, &unban), "let p2 come back");
    let purge = ModerationAction::PurgeUser { person: "p2".parse().unwrap(), name: None };
    assert_eq!(audit(english, &purge), "deleted everything that p2 wrote");
    let read_only = "This room can only be read at the moment.";
    assert_eq!(audit(english, &rules), format!("changed the rules of #cats: One message every 30 s. {read_only}"));
    assert_eq!(audit(english, &no_rules), "changed the rules of #cats: Nothing special.");
    let kept = |keep_days| RoomRules { keep_days, ..RoomRules::default() };
    assert_eq!(english.rules(kept(Some(30))), "Messages are deleted after 30 days.");
    assert_eq!(english.rules(kept(Some(1))), "Messages are deleted after 1 day.");
    assert_eq!(english.rules(kept(Some(365))), "Messages are deleted after 1 year.");
    assert_eq!(japanese.rules(kept(Some(3_650))), "メッセージは3650日後に削除されます。");
    for rules in [kept(None), kept(Some(0))] {
        assert_eq!((english.rules(rules).as_str(), english.retention(rules)), ("Nothing special.", None));
    }
    let describe = |title: &str, receipts| {
        let (room, title) = ("cats".parse().unwrap(), title.parse().ok());
        ModerationAction::Describe { room, title, receipts }
    };
    assert_eq!(audit(english, &describe("猫", None)), "changed title and topic of #cats: 猫");
    // The room may never have had a title.
    assert_eq!(audit(japanese, &describe("", None)), "#cats のタイトルとトピックを変更しました");
    let shown = "switched read receipts on in #cats";
    assert_eq!(audit(english, &describe("猫", Some(true))), [shown, ": 猫"].concat());
    assert_eq!(audit(english, &describe("", Some(true))), shown);
    assert_eq!(audit(japanese, &describe("", Some(false))), "#cats で既読の人の表示をオフにしました");
}

#[test]
fn an_erased_person_has_a_translated_name() {
    let person = |id: &str| Person {
        id: id.parse().unwrap(),
        name: "Ann".parse().unwrap(),
        moderator: false,
        appearance: Default::default(),
    };
    for (language, erased) in [(Language::English, "Somebody who left"), (Language::Japanese, "退会したユーザー")]
    {
        let translations = Translations::of(language);
        assert_eq!((translations.name(&person("gone")), translations.name(&person("p1"))), (erased, "Ann"));
    }
}

#[test]
fn every_error_that_a_visitor_can_cause_has_a_sentence() {
    for code in [ErrorCode::TooFast, ErrorCode::ReadOnly, ErrorCode::Muted, ErrorCode::NotAllowed] {
        for language in Language::ALL {
            assert!(Translations::of(language).server_error(code).is_some(), "{code:?} in {language:?}");
        }
    }
}

#[test]
fn a_time_on_another_day_includes_the_day() {
    let translations = Translations::of(Language::English);
    let moment = |at| translations.moment(&Translations::utc(Language::English), Timestamp(at), Timestamp(0));
    assert_eq!(moment(60_000), "00:01");
    assert_eq!(moment(86_400_000), "Friday, 2 January 1970, 00:00");
}
