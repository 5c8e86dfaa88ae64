//! What the components draw from, and what they may ask for.

use leptos::{html, prelude::*};
use page_model::{
    calendar::Calendar,
    composer_mode::Writing,
    connection::{Over, Status},
    erasure::Forgetting,
    notification_level::Notify,
    room_list::Entry,
    search::{Piece, Progress},
    timeline::{Change, News, Row, Speech, Timeline, each_once, tag},
};
use shared_types::{
    AccessMode, Language, MessageText, Nonce, PageState, Person, PersonName, RoomName, RoomRules, Seq, Timestamp,
};
use web_sys::{File, FileList};

use crate::i18n::Words;

/// The state of the page as signals. Only the session writes them; before it runs they show what the server drew.
#[derive(Clone, Copy)]
pub(crate) struct Chat {
    /// What the page says, in the visitor's language.
    pub(crate) words: &'static Words,
    pub(crate) room: StoredValue<String>,
    /// Who may enter.
    pub(crate) access: AccessMode,
    pub(crate) you: RwSignal<Person>,
    pub(crate) online: RwSignal<u32>,
    /// Who is here, as far as the server names them.
    pub(crate) people: RwSignal<Vec<Person>>,
    /// Those whom their names do not tell from others.
    pub(crate) namesakes: RwSignal<Vec<Person>>,
    pub(crate) status: RwSignal<Status>,
    /// Whether the visitor may write.
    pub(crate) leave: RwSignal<Leave>,
    /// Who is writing something, as a sentence; empty while nobody is.
    pub(crate) typing: RwSignal<String>,
    pub(crate) rows: RwSignal<Vec<Shown>>,
    pub(crate) older: RwSignal<Older>,
    /// Whether something arrived below what the reader sees.
    pub(crate) unread: RwSignal<bool>,
    /// Whether the reader is far back, at messages that are apart from the newest ones.
    pub(crate) apart: RwSignal<bool>,
    /// What is new to the visitor, as long as they have not come to where it begins.
    pub(crate) news: RwSignal<Option<News>>,
    pub(crate) tray: RwSignal<Attachments>,
    /// The addresses of this page's own pictures, by the keys of their rows.
    pub(crate) pictures: StoredValue<Vec<(String, String)>>,
    /// The key of the row whose image is looked at.
    pub(crate) viewed: RwSignal<Option<String>>,
    /// The dialog in which it is.
    pub(crate) lightbox: NodeRef<html::Dialog>,
    /// The message that the toolbar is at.
    pub(crate) acting: RwSignal<Option<Seq>>,
    pub(crate) toolbar: NodeRef<html::Div>,
    /// The message that a dialog asks about.
    pub(crate) asked: RwSignal<Option<Seq>>,
    pub(crate) picker: NodeRef<html::Dialog>,
    pub(crate) deletion: NodeRef<html::Dialog>,
    /// The rooms that the visitor has been in.
    pub(crate) rooms: RwSignal<Vec<Entry>>,
    /// The dialog in which they are.
    pub(crate) switcher: NodeRef<html::Dialog>,
    /// What was looked for.
    pub(crate) results: RwSignal<Results>,
    /// The dialog in which that is.
    pub(crate) searcher: NodeRef<html::Dialog>,
    /// The person about whom a moderator decides.
    pub(crate) sanctioned: RwSignal<Person>,
    /// What that person may not do.
    pub(crate) held: RwSignal<Held>,
    /// What is chosen in a moderator's dialog: about a person what and for how long, about a room how slow and whether it is
    /// only read.
    pub(crate) chosen: [RwSignal<u32>; 2],
    /// Whether a moderator's word is on its way, and not answered yet.
    pub(crate) deciding: RwSignal<bool>,
    /// The dialog in which they decide about somebody.
    pub(crate) sanction: NodeRef<html::Dialog>,
    /// The dialog in which they choose what holds in the room.
    pub(crate) ruler: NodeRef<html::Dialog>,
    /// What moderators did: nothing as long as it is not known, partly where there is more before, and failed where the server
    /// could not tell.
    pub(crate) audit: RwSignal<Results>,
    /// The dialog in which that is.
    pub(crate) auditor: NodeRef<html::Dialog>,
    /// What was done, in a sentence that goes by itself; empty as a rule.
    pub(crate) note: RwSignal<String>,
    /// The dialog about the visitor and their data.
    pub(crate) privacy: NodeRef<html::Dialog>,
    /// Whether the visitor's id was copied, where that was wanted.
    pub(crate) id_copied: RwSignal<Option<bool>>,
    pub(crate) exporting: RwSignal<Exporting>,
    pub(crate) forgetting: RwSignal<Forgetting>,
    pub(crate) notify: RwSignal<Notify>,
    /// Why the visitor cannot be told of anything, in a sentence.
    pub(crate) notify_trouble: RwSignal<Option<&'static str>>,
    /// Whether the sheet of shortcuts was ever opened.
    pub(crate) listed: RwSignal<bool>,
    pub(crate) shortcuts: NodeRef<html::Dialog>,
    /// The message whose address was copied last.
    pub(crate) copied: RwSignal<Option<Seq>>,
    /// What is being written.
    pub(crate) writing: RwSignal<Writing>,
    /// What was written before an edit took its place.
    pub(crate) aside: StoredValue<String>,
    /// Where messages are written.
    pub(crate) field: NodeRef<html::Textarea>,
    /// The scrolling element of the log.
    pub(crate) log: NodeRef<html::Div>,
    /// Where the components send what people want.
    pub(crate) intend: Callback<Intent>,
}

/// A row with a place of its own, so that a change redraws this row only.
#[derive(Clone)]
pub(crate) struct Shown {
    pub(crate) key: String,
    pub(crate) row: ArcRwSignal<Row>,
}

/// The images that are chosen and not sent yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attachments {
    pub(crate) images: Vec<Attached>,
    /// Why other files are not among them, in sentences.
    pub(crate) troubles: Vec<String>,
}

impl Attachments {
    /// Whether one of them cannot be sent yet.
    pub(crate) fn preparing(&self) -> bool {
        self.images.iter().any(|image| image.url.is_none())
    }
}

/// An image that is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attached {
    pub(crate) id: u32,
    /// What was typed about it.
    pub(crate) alt: String,
    /// Where this page finds it, once it is ready to be sent.
    pub(crate) url: Option<String>,
}

/// What is shown of a search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Results {
    pub(crate) progress: Progress,
    pub(crate) hits: Vec<Hit>,
}

/// What a person may not do: a sentence where they are muted, and one where they are banned, or else nothing. As long as it is
/// not known, why.
pub(crate) type Held = Result<[String; 2], &'static str>;

/// Whether the visitor may write, in words, and what holds in the room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Leave {
    pub(crate) rules: RoomRules,
    /// Whether there is nothing to write with.
    pub(crate) silent: bool,
    /// Whether it will be otherwise in a moment.
    pub(crate) passing: bool,
    /// Why they take no part at all.
    pub(crate) over: Option<Over>,
    /// Whether it is being asked whether they may again.
    pub(crate) asking: bool,
    /// What they are told; empty where there is nothing special.
    pub(crate) sentence: String,
    /// When something goes on by itself. It changes every second, and is not read out.
    pub(crate) countdown: String,
}

/// How far it is with getting everything that the visitor wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "on the server nobody wants it"))]
pub(crate) enum Exporting {
    /// Nobody wants it, or it is here.
    #[default]
    No,
    Running,
    /// The server wants to be asked later: after so many seconds.
    Waiting(u32),
    Failed,
}

/// A message that was found, or something that a moderator did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) seq: Seq,
    pub(crate) author: Person,
    pub(crate) at: Timestamp,
    /// The same, day and time, as the reader's calendar has it.
    pub(crate) when: String,
    pub(crate) pieces: Vec<Piece>,
    /// To whom a moderator did it.
    pub(crate) whom: Option<Person>,
}

/// What is known of the messages before the first one shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Older {
    None,
    Some,
    Loading,
}

/// What somebody wants.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "on the server nobody asks for anything"))]
pub(crate) enum Intent {
    /// Send a text, the images in the tray, or both.
    Post(Option<MessageText>),
    /// Write something new, an answer, or another text for a message.
    Write(Writing),
    Change(Seq, Change),
    Attach(Vec<File>),
    Detach(u32),
    /// Read the troubles and be done with them.
    Dismiss,
    /// Say what is to be seen on an image in the tray.
    Describe(u32, String),
    Retry(Nonce),
    Discard(Nonce),
    Rename(PersonName),
    /// Have the page in another language.
    Speak(Language),
    /// Something is being written.
    Type,
    LoadOlder,
    LoadNewer,
    /// Go back to the newest messages.
    ToNewest,
    /// See a message, wherever it is.
    Seek(Seq),
    /// Copy a message's address.
    Copy(Seq),
    /// The newest message came into view.
    Look,
    /// Ask who is here.
    LookAround,
    Reconnect,
    /// See where else something new was said.
    Rooms,
    /// Take a room off the list.
    Forget(RoomName),
    /// Look for messages with these words.
    Search(String),
    /// Look further back.
    SearchFurther,
    Notify(Notify),
    /// Know what the person may not do about whom a moderator decides.
    Inquire,
    /// Keep somebody quiet or away for so many seconds; 0 takes it back.
    Sanction {
        person: Person,
        ban: bool,
        seconds: u32,
    },
    /// Have everything deleted that somebody wrote.
    Clear(Person),
    /// Let this hold in the room.
    Rule(RoomRules),
    /// See what moderators did.
    Audit,
    /// See what they did before that.
    AuditFurther,
    /// Get everything that the visitor wrote.
    Export,
    /// Have everything deleted that the visitor wrote.
    ForgetMe,
    /// Have no more of it deleted.
    KeepMe,
    /// Copy the visitor's id.
    CopyId,
    /// The visitor leaves by the door: nothing of theirs is to stay on this device.
    SignOut,
}

impl Chat {
    pub(crate) fn new(page: &PageState, intend: Callback<Intent>) -> Self {
        let timeline = Timeline::new(page);
        let chat = Self {
            words: Words::of(page.language),
            room: StoredValue::new(page.room.to_string()),
            access: page.access,
            you: RwSignal::new(page.you.clone()),
            online: RwSignal::new(page.online),
            people: RwSignal::new(Vec::new()),
            namesakes: RwSignal::new(Vec::new()),
            typing: RwSignal::new(Words::of(page.language).typing(&[])),
            status: RwSignal::new(Status::Connecting),
            leave: RwSignal::new(Leave::default()),
            rows: RwSignal::new(Vec::new()),
            older: RwSignal::new(Older::None),
            unread: RwSignal::new(false),
            apart: RwSignal::new(false),
            news: RwSignal::new(None),
            tray: RwSignal::new(Attachments::default()),
            pictures: StoredValue::new(Vec::new()),
            viewed: RwSignal::new(None),
            lightbox: NodeRef::new(),
            acting: RwSignal::new(None),
            toolbar: NodeRef::new(),
            asked: RwSignal::new(None),
            picker: NodeRef::new(),
            deletion: NodeRef::new(),
            rooms: RwSignal::new(vec![Entry::here(&page.room)]),
            switcher: NodeRef::new(),
            results: RwSignal::new(Results::default()),
            searcher: NodeRef::new(),
            sanctioned: RwSignal::new(page.you.clone()),
            held: RwSignal::new(Err(Words::of(page.language).audit_loading)),
            chosen: [RwSignal::new(0), RwSignal::new(0)],
            deciding: RwSignal::new(false),
            sanction: NodeRef::new(),
            ruler: NodeRef::new(),
            audit: RwSignal::new(Results::default()),
            auditor: NodeRef::new(),
            note: RwSignal::new(String::new()),
            privacy: NodeRef::new(),
            id_copied: RwSignal::new(None),
            exporting: RwSignal::new(Exporting::No),
            forgetting: RwSignal::new(Forgetting::No),
            notify: RwSignal::new(Notify::Never),
            notify_trouble: RwSignal::new(None),
            listed: RwSignal::new(false),
            shortcuts: NodeRef::new(),
            copied: RwSignal::new(None),
            writing: RwSignal::new(Writing::New),
            aside: StoredValue::new(String::new()),
            field: NodeRef::new(),
            log: NodeRef::new(),
            intend,
        };
        let calendar = Words::utc(page.language);
        chat.show(&timeline, &calendar, None);
        // The server has no clock here: whatever it says holds.
        chat.show_leave(&timeline, Status::Connecting, false, &calendar, 0);
        chat
    }

    pub(crate) fn room(&self) -> String {
        self.room.get_value()
    }

    /// What is written as a new message, even while another one is edited.
    #[cfg(feature = "hydrate")]
    pub(crate) fn draft(&self) -> Option<String> {
        let editing = self.writing.with_untracked(|writing| matches!(writing, Writing::Edit(_)));
        if editing { Some(self.aside.get_value()) } else { Some(self.field.get_untracked()?.value()) }
    }

    /// The message of that place, if it is shown. Whoever draws it is told of its changes.
    pub(crate) fn row(&self, seq: Seq) -> Option<Row> {
        let of = |shown: &&Shown| shown.row.with_untracked(|row| row.seq == Some(seq));
        let found = self.rows.with_untracked(|rows| rows.iter().rev().find(of).cloned());
        Some(found?.row.get())
    }

    /// Everybody whom a text can call.
    pub(crate) fn known(&self) -> Vec<Person> {
        let author = |shown: &Shown| shown.row.with_untracked(|row| row.author.clone());
        let authors: Vec<Person> = self.rows.with_untracked(|rows| rows.iter().rev().map(author).collect());
        each_once(self.people.get_untracked().iter().chain(&authors))
    }

    /// Brings the focus back to where messages are written.
    pub(crate) fn focus(&self) {
        if let Some(field) = self.field.get_untracked() {
            _ = field.focus();
        }
    }

    /// Sends files to the tray. Says whether there were any.
    pub(crate) fn attach(&self, files: Option<FileList>) -> bool {
        let Some(files) = files.filter(|files| files.length() > 0) else { return false };
        self.intend.run(Intent::Attach((0..files.length()).filter_map(|index| files.get(index)).collect()));
        self.focus();
        true
    }

    /// Where the image of a row is: here, if it comes from this page.
    pub(crate) fn image_source(&self, row: &Row) -> String {
        let key = row.key();
        let own = self.pictures.with_value(|pictures| Some(pictures.iter().find(|(of, _)| *of == key)?.1.clone()));
        own.unwrap_or_else(|| row.image_path.clone())
    }

    /// Brings the signals up to date with the timeline, of which everything up to `line` is not new to the visitor; those
    /// that did not change stay silent. Answers with what is new.
    pub(crate) fn show(&self, timeline: &Timeline, calendar: &dyn Calendar, line: Option<Seq>) -> Option<News> {
        set(self.you, timeline.me().clone());
        let older = match (timeline.more(), timeline.loading()) {
            (false, _) => Older::None,
            (true, false) => Older::Some,
            (true, true) => Older::Loading,
        };
        set(self.older, older);
        set(self.apart, timeline.is_apart());
        let namesakes = timeline.namesakes();
        let mut rows = timeline.rows(calendar, &namesakes);
        set(self.namesakes, namesakes);
        let news = line.and_then(|line| News::mark(&mut rows, line, timeline.more()));
        self.show_rows(rows);
        news
    }

    /// Says whether the visitor may write at `now`; `asking` tells whether the server is being asked for it.
    pub(crate) fn show_leave(
        &self,
        timeline: &Timeline,
        status: Status,
        asking: bool,
        calendar: &dyn Calendar,
        now: u64,
    ) {
        let words = self.words;
        let at = |then: Timestamp| words.moment(calendar, then, Timestamp(now));
        let speech = timeline.speech(now);
        let out = timeline.goes_out_in(now).filter(|_| status == Status::Live);
        let out = out.map(|next| words.goes_out_in.with(&words.span(next)));
        let (sentence, countdown) = match (status, speech) {
            (Status::Over(Over::Banned(until)), _) => (words.banned_until.with(&at(until)), String::new()),
            (Status::Over(Over::SignedOut), _) if self.access == AccessMode::Passphrase => {
                (words.passphrase_again.into(), String::new())
            }
            (Status::Over(Over::SignedOut), _) => (words.signed_out.into(), String::new()),
            (_, Speech::Muted(until)) => (words.muted_until.with(&at(until)), String::new()),
            (_, Speech::ReadOnly) => (words.read_only.into(), String::new()),
            (_, Speech::Reserved) => (words.reserved.into(), String::new()),
            (_, Speech::Spared(seconds)) => {
                (words.slow_for_others.with(&words.span(seconds.into())), out.unwrap_or_default())
            }
            (_, Speech::Slow(seconds)) => {
                let again = || timeline.may_speak_in(now).map(|next| words.again_in.with(&words.span(next)));
                (words.slow.with(&words.span(seconds.into())), out.or_else(again).unwrap_or_default())
            }
            (_, Speech::Free) => {
                (out.as_ref().map(|_| words.held.to_owned()).unwrap_or_default(), out.unwrap_or_default())
            }
        };
        let over = if let Status::Over(over) = status { Some(over) } else { None };
        let passing = speech == Speech::Free;
        let silent = speech.is_silent() || over.is_some();
        // What cannot be written in lets go of the focus; it is not to be lost.
        let field = self.field.get_untracked().filter(|_| silent);
        if let (Some(field), Some(log)) = (field, self.log.get_untracked())
            && field.matches(":focus").unwrap_or(false)
        {
            _ = log.focus();
        }
        let rules = timeline.rules();
        set(self.leave, Leave { rules, silent, passing, over, asking, sentence, countdown });
    }

    /// What tells somebody from another one of the same name, where there is one.
    pub(crate) fn tag(&self, person: &Person) -> Option<String> {
        self.namesakes.with(|namesakes| tag(person, namesakes))
    }

    /// Whether the visitor keeps order here.
    pub(crate) fn moderates(&self) -> bool {
        self.you.with(|you| you.moderator)
    }

    /// Whether a moderator's word would be heard: there is a socket, and no other word on its way.
    pub(crate) fn decides(&self) -> bool {
        self.status.get() == Status::Live && !self.deciding.get()
    }

    fn show_rows(&self, rows: Vec<Row>) {
        let before = self.rows.get_untracked();
        let mut moved = before.len() != rows.len();
        // Rows keep their order but for a few, so the next row is nearly always found where the last one was.
        let mut place = 0;
        let shown = rows.into_iter().enumerate().map(|(index, row)| {
            let key = row.key();
            let found = before.iter().skip(place).chain(before.iter().take(place)).position(|shown| shown.key == key);
            let Some(found) = found.map(|steps| (place + steps) % before.len()) else {
                moved = true;
                return Shown { key, row: ArcRwSignal::new(row) };
            };
            place = found + 1;
            moved |= found != index;
            let shown = before[found].clone();
            if shown.row.with_untracked(|old| *old != row) {
                shown.row.set(row);
            }
            shown
        });
        let shown = shown.collect();
        if moved {
            self.rows.set(shown);
        }
    }
}

/// Sets a signal whose value changed.
pub(crate) fn set<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}
