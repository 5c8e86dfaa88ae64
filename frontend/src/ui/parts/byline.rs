//! Author and time, as search results and audit entries show them.

use page_model::calendar::machine_time;
use page_view::{Element, element};
use shared_types::{Person, Timestamp};

use crate::ui::state::Chat;

/// Draws the author and the time `at`. `when` is the time in the reader's calendar.
pub(crate) fn byline(chat: Chat, author: &Person, at: Timestamp, when: String) -> [Element; 2] {
    let name = element("span")
        .class(chat.coloured("message-author", &chat.as_known(author)))
        .text(chat.translations.name(author).to_owned());
    let time = element("time").with("datetime", machine_time(at)).text(when);
    [name, time]
}
