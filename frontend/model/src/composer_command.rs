//! Commands in the composer: a text that starts with a slash and a name.

/// The commands, in the order in which they are offered.
pub const COMMANDS: [&str; 9] = ["me", "shrug", "poll", "topic", "invite", "pins", "saved", "threads", "mute"];

/// What `/shrug` adds. Its marks are no Markdown: the backslash and the brackets are shown as they are.
const SHRUG: &str = "¯\\_(\u{30c4})_/¯";

/// What a text in the composer asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ComposerCommand<'a> {
    /// Send this text.
    Send(String),
    /// Mute the person with this name. Only moderators can.
    Mute(&'a str),
    /// Set the topic of the room; `None` shows its details.
    Topic(Option<&'a str>),
    /// Invite people.
    Invite,
    /// Show the pinned messages.
    Pins,
    /// Show the saved messages.
    Saved,
    /// Show the threads in which the visitor takes part.
    Threads,
    /// Make a poll with this question and these options, as far as they are typed.
    Poll(&'a str, Vec<&'a str>),
    /// There is no command with this name.
    Unknown(&'a str),
    /// The command needs a text.
    Incomplete,
}

impl<'a> ComposerCommand<'a> {
    /// Reads the text of the composer. Paths such as `/etc/hosts` are no commands. A second slash before the name of a
    /// command sends the text with one slash.
    pub fn of(text: &'a str) -> Self {
        let Some(name) = command_name(text) else {
            let is_escaped = text.starts_with("//") && command_name(&text[1..]).is_some_and(is_command);
            return Self::Send(text[usize::from(is_escaped)..].into());
        };
        let rest = text[1 + name.len()..].trim();
        match name {
            "me" if rest.is_empty() => Self::Incomplete,
            "me" => Self::Send(action(rest)),
            "shrug" => Self::Send([rest, if rest.is_empty() { "" } else { " " }, SHRUG].concat()),
            "mute" if rest.is_empty() => Self::Incomplete,
            "mute" => Self::Mute(rest.trim_start_matches('@')),
            "topic" => Self::Topic((!rest.is_empty()).then_some(rest)),
            "invite" => Self::Invite,
            "pins" => Self::Pins,
            "saved" => Self::Saved,
            "threads" => Self::Threads,
            "poll" => {
                let mut parts = rest.split(['|', '\n']).map(str::trim).filter(|part| !part.is_empty());
                Self::Poll(parts.next().unwrap_or_default(), parts.collect())
            }
            _ => Self::Unknown(name),
        }
    }
}

/// Returns the commands whose name starts with what is typed. Nothing is offered in the middle of a text, and for a complete
/// name, so that Enter sends it.
pub fn matching_commands(before_caret: &str) -> impl Iterator<Item = &'static str> {
    let typed = before_caret.strip_prefix('/').filter(|name| name.bytes().all(|byte| byte.is_ascii_lowercase()));
    COMMANDS.into_iter().filter(move |name| typed.is_some_and(|typed| name.starts_with(typed) && *name != typed))
}

fn is_command(name: &str) -> bool {
    COMMANDS.contains(&name)
}

/// Returns the name of the command at the start of a text.
fn command_name(text: &str) -> Option<&str> {
    let name = text.strip_prefix('/')?.split(char::is_whitespace).next()?;
    (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase())).then_some(name)
}

/// Returns a text as an action: each of its lines in italics, so that every page of the chat can show it.
fn action(text: &str) -> String {
    let mark = if text.contains('*') { "_" } else { "*" };
    let line = |line: &str| if line.trim().is_empty() { String::new() } else { [mark, line.trim(), mark].concat() };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_sent_as_it_is_typed_unless_it_is_a_command() {
        let send = |text: &str| ComposerCommand::Send(text.into());
        for (text, expected) in [
            ("hi", send("hi")),
            ("/", send("/")),
            ("/ me", send("/ me")),
            ("/etc/hosts is it", send("/etc/hosts is it")),
            ("/r/cats", send("/r/cats")),
            ("/2", send("/2")),
            ("// a comment", send("// a comment")),
            ("//todo", send("//todo")),
            ("//me waves", send("/me waves")),
            ("/me waves", send("*waves*")),
            ("/me  waves\n\ntwice ", send("*waves*\n\n*twice*")),
            ("/me waves *twice*", send("_waves *twice*_")),
            ("/me", ComposerCommand::Incomplete),
            ("/shrug", send(r"¯\_(ツ)_/¯")),
            ("/shrug who knows", send(r"who knows ¯\_(ツ)_/¯")),
            ("/mute @Ann B", ComposerCommand::Mute("Ann B")),
            ("/mute ", ComposerCommand::Incomplete),
            ("/meme", ComposerCommand::Unknown("meme")),
            ("/toppic boats", ComposerCommand::Unknown("toppic")),
            ("/topic boats | ships ", ComposerCommand::Topic(Some("boats | ships"))),
            ("/topic", ComposerCommand::Topic(None)),
            ("/invite Ann", ComposerCommand::Invite),
            ("/pins", ComposerCommand::Pins),
            ("/saved", ComposerCommand::Saved),
            ("/poll", ComposerCommand::Poll("", vec![])),
            ("/poll When? | Today|明日 | ", ComposerCommand::Poll("When?", vec!["Today", "明日"])),
            ("/poll When?\nToday\nTomorrow", ComposerCommand::Poll("When?", vec!["Today", "Tomorrow"])),
            ("//poll a", send("/poll a")),
        ] {
            assert_eq!(ComposerCommand::of(text), expected, "{text}");
        }
    }

    #[test]
    fn commands_are_offered_at_the_start_of_a_text() {
        let matching = |text| matching_commands(text).collect::<Vec<_>>();
        assert_eq!(matching("/"), COMMANDS);
        assert_eq!(matching("/m"), ["me", "mute"]);
        assert_eq!(matching("/sh"), ["shrug"]);
        assert_eq!(matching("/p"), ["poll", "pins"]);
        for text in ["", "/x", "/me", "/me ", "a /m", "//", "/M"] {
            assert!(matching(text).is_empty(), "{text}");
        }
    }
}
