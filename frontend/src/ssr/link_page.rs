//! The pages that invitations and links to another device lead to.
//!
//! The token of a link is after its `#`, so no browser sends it with the request for the page, and no log has it. The script `token.js`
//! puts it into the form. Without scripts, people copy it themselves.

use page_view::{Element, element};
use shared_types::{Language, PersonName, RoomName};

use crate::{
    i18n::Translations,
    ssr::{html, index_template::IndexTemplate, main_link, notice},
};

/// Address of the script that puts the token of a link into the form.
const SCRIPT: &str = "/assets/app/token.js";

/// The settings of the page that an invitation leads to.
#[derive(Clone, Copy, Debug)]
pub struct InvitationPage<'a> {
    /// The room that the visitor enters.
    pub room: &'a RoomName,
    /// Names the visitor, so that a form that is sent twice takes one use.
    pub pass: &'a str,
    /// The token, if it was sent already.
    pub token: &'a str,
    /// Why the last attempt failed.
    pub problem: Option<LinkProblem>,
}

/// The settings of the page that an invitation to a private room leads to.
#[derive(Clone, Copy, Debug)]
pub struct JoinPage<'a> {
    /// Names the visitor, so that a form that is sent twice takes one use.
    pub pass: &'a str,
    /// The token, if it was sent already, also before the visitor entered the chat.
    pub token: &'a str,
    /// Why the last attempt failed.
    pub problem: Option<LinkProblem>,
}

/// The settings of the page that a link to another device leads to.
#[derive(Clone, Copy, Debug)]
pub struct DevicePage<'a> {
    /// The token, if it was sent already.
    pub token: &'a str,
    /// Why the last attempt failed.
    pub problem: Option<LinkProblem>,
}

/// The settings of the page that asks whether to continue as a person.
#[derive(Clone, Debug)]
pub struct ConfirmDevicePage<'a> {
    /// The token.
    pub token: &'a str,
    /// Names the visitor, so that a form that is sent twice is the same visitor's.
    pub pass: &'a str,
    /// The name of the person.
    pub name: &'a PersonName,
    /// The name of the person that the browser has a session of, if that is another one.
    pub current: Option<PersonName>,
}

/// Why a link could not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkProblem {
    /// It is not known.
    Unknown,
    /// All uses are taken.
    UsedUp,
    /// Its time is over.
    Expired,
    /// It was revoked.
    Revoked,
    /// The private room, or the visitor's list of private rooms, is full.
    RoomFull,
    /// There were too many attempts.
    TooManyAttempts {
        /// How long to wait before the next attempt.
        seconds: u64,
    },
}

/// Renders the page that an invitation leads to.
pub fn invitation_page(template: &IndexTemplate, language: Language, page: InvitationPage<'_>) -> String {
    let translations = Translations::of(language);
    let problem = page.problem.map(|problem| problem_line(translations, problem, &translations.invitation_problems));
    let enter = element("button").class("button primary").text(translations.enter);
    let form = can_try_again(page.problem).then(|| {
        token_form(translations, "/invite", page.token)
            .child(hidden("to", page.room.path()))
            .child(hidden("visitor", page.pass.to_owned()))
            .child(enter)
    });
    // Somebody without a valid invitation may know the passphrase.
    let other_way = page.problem.map(|_| main_link(page.room.path(), translations.to_passphrase));
    let why = page.problem.is_none().then(|| element("p").text(translations.invited_why));
    let parts = [why, problem, form, other_way, page.problem.is_none().then(script)];
    let body = html(|| notice(translations.invited, parts.into_iter().flatten()));
    template.fill(translations, translations.invited, "", &body)
}

/// Renders the page that an invitation to a private room leads to. It does not say which room it is.
pub fn join_page(template: &IndexTemplate, language: Language, page: JoinPage<'_>) -> String {
    let translations = Translations::of(language);
    let problem = page.problem.map(|problem| problem_line(translations, problem, &translations.invitation_problems));
    let join = element("button").class("button primary").text(translations.join);
    let form = can_try_again(page.problem).then(|| {
        token_form(translations, "/join", page.token).child(hidden("visitor", page.pass.to_owned())).child(join)
    });
    let home = (!can_try_again(page.problem)).then(|| main_link("/", translations.to_lobby));
    let why = page.problem.is_none().then(|| element("p").text(translations.join_why));
    let parts = [why, problem, form, home, page.problem.is_none().then(script)];
    let body = html(|| notice(translations.join_title, parts.into_iter().flatten()));
    template.fill(translations, translations.join_title, "", &body)
}

/// Renders the page that a link to another device leads to. Its script sends the form at once: that signs nobody in.
pub fn device_page(template: &IndexTemplate, language: Language, page: DevicePage<'_>) -> String {
    let translations = Translations::of(language);
    let problem = page.problem.map(|problem| problem_line(translations, problem, &translations.device_problems));
    let go_on = element("button").class("button primary").text(translations.go_on);
    let form = can_try_again(page.problem).then(|| {
        let sends_itself = page.problem.is_none().then_some("");
        token_form(translations, "/device", page.token).optional_attribute("data-send", sends_itself).child(go_on)
    });
    let home = (!can_try_again(page.problem)).then(|| main_link("/", translations.to_lobby));
    let why = page.problem.is_none().then(|| element("p").text(translations.device_why));
    let parts = [why, problem, form, home, page.problem.is_none().then(script)];
    let body = html(|| notice(translations.device, parts.into_iter().flatten()));
    template.fill(translations, translations.device, "", &body)
}

/// Renders the page that asks whether to continue as a person. It needs no script.
pub fn confirm_device_page(template: &IndexTemplate, language: Language, page: &ConfirmDevicePage<'_>) -> String {
    let translations = Translations::of(language);
    let title = translations.continue_as.with(page.name.as_str());
    let cancel = element("a").class("button").with("href", "/").text(translations.cancel);
    let form = element("form")
        .class("entry-form")
        .with("method", "post")
        .with("action", "/device")
        .child(hidden("token", page.token.to_owned()))
        .child(hidden("visitor", page.pass.to_owned()))
        .child(element("button").class("button primary").text(title.clone()))
        .child(cancel);
    let confirm = element("p").text(translations.device_confirm.with(page.name.as_str()));
    let replaces = page.current.as_ref().map(|name| translations.device_replaces.with(name.as_str()));
    let replaces = replaces.map(|sentence| element("p").text(sentence));
    let parts = [Some(confirm), replaces, Some(form)];
    let heading = element("h1").text(title);
    let body = html(|| element("main").class("notice").child(heading).children(parts.into_iter().flatten()));
    template.fill(translations, translations.device, "", &body)
}

/// Whether another attempt with the same token can succeed.
fn can_try_again(problem: Option<LinkProblem>) -> bool {
    matches!(problem, None | Some(LinkProblem::TooManyAttempts { .. }))
}

/// Returns a form with the token. Without scripts and without a token yet, it has a field for it: of two fields with one name the server
/// reads the first.
fn token_form(translations: &'static Translations, action: &'static str, token: &str) -> Element {
    let field = element("input")
        .with("name", "token")
        .with("required", "")
        .with("autocomplete", "off")
        .with("autocapitalize", "none")
        .with("spellcheck", "false");
    let label = element("label").class("name-label").child(element("span").text(translations.link_code)).child(field);
    let by_hand = element("noscript").child(element("p").text(translations.link_code_hint)).child(label);
    element("form")
        .class("entry-form")
        .with("method", "post")
        .with("action", action)
        .child(token.is_empty().then_some(by_hand))
        .child(hidden("token", token.to_owned()))
}

fn hidden(name: &'static str, value: String) -> Element {
    element("input").with("type", "hidden").with("name", name).with("value", value)
}

fn script() -> Element {
    element("script").with("src", SCRIPT)
}

fn problem_line(translations: &Translations, problem: LinkProblem, sentences: &[&'static str; 4]) -> Element {
    let [unknown, used_up, expired, revoked] = *sentences;
    let sentence = match problem {
        LinkProblem::Unknown => unknown.into(),
        LinkProblem::UsedUp => used_up.into(),
        LinkProblem::Expired => expired.into(),
        LinkProblem::Revoked => revoked.into(),
        LinkProblem::RoomFull => translations.room_full.into(),
        LinkProblem::TooManyAttempts { seconds } => {
            translations.too_many_attempts.of(usize::try_from(seconds).unwrap_or(usize::MAX))
        }
    };
    element("p").class("trouble").with("role", "alert").text(sentence)
}
