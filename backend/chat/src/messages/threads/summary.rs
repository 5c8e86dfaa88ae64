//! The rules of the summary of a thread: what a reply, and a deletion of one, change in it.

use shared_types::{ChatMessage, Person, Rev, Seq, ThreadSummary, limits};

/// Brings a summary up to date with a reply as it is stored, unless the summary is:
///
/// - A reply that is not counted is counted. If it is deleted, it is only marked as counted, so that nobody counts it later.
/// - A deleted reply that is counted is subtracted, if it is noted as being deleted.
///
/// In both cases no note of a deleted reply is left, so the same reply changes nothing a second time.
pub(super) fn include(summary: &mut ThreadSummary, reply: &ChatMessage) {
    let is_counted = summary.counts(reply.seq);
    if !reply.deleted {
        if !is_counted {
            count(summary, reply);
        }
        return;
    }
    let is_noted = remove_note(summary, reply.seq);
    if !is_counted {
        push_recent(&mut summary.recent, reply.seq);
    } else if is_noted {
        summary.count = summary.count.saturating_sub(1);
    } else {
        return;
    }
    summary.rev = summary.rev.max(reply.rev);
    if summary.count == 0 {
        summary.people.clear();
    }
}

fn count(summary: &mut ThreadSummary, reply: &ChatMessage) {
    let is_last = summary.last().is_none_or(|last| last < reply.seq);
    summary.count += 1;
    summary.rev = summary.rev.max(Rev(reply.seq.0));
    if is_last {
        summary.last_at = reply.sent_at;
    }
    push_recent(&mut summary.recent, reply.seq);
    let is_known = summary.people.iter().any(|person| person.id == reply.author.id);
    if is_last || !is_known {
        summary.people.retain(|person| person.id != reply.author.id);
        let place = if is_last { 0 } else { summary.people.len() };
        summary.people.insert(place, Person { moderator: false, ..reply.author.clone() });
        summary.people.truncate(limits::THREAD_PEOPLE);
    }
}

/// Notes that a reply is about to be deleted. Of too many notes, the oldest are dropped: their deletions failed, or run at this moment.
pub(super) fn note_deletion(summary: &mut ThreadSummary, reply: Seq) {
    if !summary.deleting.contains(&reply) {
        let surplus = (summary.deleting.len() + 1).saturating_sub(limits::THREAD_DELETIONS);
        summary.deleting.drain(..surplus);
        summary.deleting.push(reply);
    }
}

/// Returns whether there was one.
fn remove_note(summary: &mut ThreadSummary, reply: Seq) -> bool {
    let noted = summary.deleting.len();
    summary.deleting.retain(|seq| *seq != reply);
    summary.deleting.len() < noted
}

/// Returns the summary of a thread of which all replies are known, in ascending order. It is the stored one if that counts the same.
pub(super) fn of_whole(stored: ThreadSummary, replies: &[ChatMessage]) -> ThreadSummary {
    let mut exact = ThreadSummary::default();
    replies.iter().for_each(|reply| include(&mut exact, reply));
    exact.rev = exact.rev.max(stored.rev);
    // The others may be deleted at this moment.
    let is_deleted = |seq: Seq| !replies.iter().any(|reply| reply.seq == seq && !reply.deleted);
    exact.deleting = stored.deleting.iter().copied().filter(|seq| !is_deleted(*seq)).collect();
    exact.version = stored.version;
    let is_same = (exact.count, &exact.people, exact.last()) == (stored.count, &stored.people, stored.last());
    if is_same && exact.rev == stored.rev && exact.deleting == stored.deleting { stored } else { exact }
}

fn push_recent(recent: &mut Vec<Seq>, reply: Seq) {
    recent.push(reply);
    recent.sort_unstable();
    recent.dedup();
    let surplus = recent.len().saturating_sub(limits::THREAD_RECENT);
    recent.drain(..surplus);
}

#[cfg(test)]
mod tests {
    use shared_types::Timestamp;

    use super::*;

    fn reply(seq: u64, author: &str) -> ChatMessage {
        serde_json::from_value(serde_json::json!({
            "seq": seq, "rev": seq, "author": { "id": author, "name": author }, "nonce": "n", "text": "x", "sentAt": seq,
            "thread": 1,
        }))
        .unwrap()
    }

    fn deleted(seq: u64, rev: u64) -> ChatMessage {
        ChatMessage { rev: Rev(rev), deleted: true, ..reply(seq, "ann") }
    }

    fn with(mut summary: ThreadSummary, reply: &ChatMessage) -> ThreadSummary {
        include(&mut summary, reply);
        summary
    }

    fn counted(replies: &[ChatMessage]) -> ThreadSummary {
        replies.iter().fold(ThreadSummary::default(), with)
    }

    fn noted(mut summary: ThreadSummary, reply: u64) -> ThreadSummary {
        note_deletion(&mut summary, Seq(reply));
        summary
    }

    fn people(summary: &ThreadSummary) -> Vec<&str> {
        summary.people.iter().map(|person| person.id.as_str()).collect()
    }

    #[test]
    fn a_reply_is_counted_once_in_any_order() {
        let (two, three, four) = (reply(2, "ann"), reply(3, "bea"), reply(4, "ann"));
        for order in [[&two, &three, &four, &two], [&four, &two, &three, &four], [&three, &four, &three, &two]] {
            let summary = counted(&order.map(Clone::clone));
            assert_eq!((summary.count, summary.last_at, summary.rev), (3, Timestamp(4), Rev(4)));
            assert_eq!(summary.recent, [Seq(2), Seq(3), Seq(4)]);
            assert_eq!(people(&summary)[0], "ann", "the last one first");
            assert_eq!(summary.people.len(), 2);
        }
    }

    #[test]
    fn a_retry_of_a_reply_older_than_the_recent_ones_is_not_counted_again() {
        let replies: Vec<_> = (2..=20).map(|seq| reply(seq, &format!("p{seq}"))).collect();
        let summary = counted(&replies);
        assert_eq!((summary.count, summary.recent.len()), (19, limits::THREAD_RECENT));
        assert_eq!(people(&summary), ["p20", "p19", "p18", "p17", "p16"]);
        assert_eq!(with(summary.clone(), &replies[0]), summary);
    }

    #[test]
    fn a_noted_deletion_is_subtracted_once() {
        let (two, three) = (reply(2, "ann"), reply(3, "bea"));
        // Counted before its deletion, or not.
        for stored in [counted(&[two.clone(), three.clone()]), counted(&[three])] {
            let ended = with(noted(stored, 2), &deleted(2, 9));
            assert_eq!((ended.count, ended.rev, &ended.deleting), (1, Rev(9), &vec![]));
            assert_eq!(with(ended.clone(), &deleted(2, 9)), ended);
            assert_eq!(with(ended.clone(), &two), ended, "a late update by its own request");
        }
    }

    #[test]
    fn a_note_of_a_reply_that_is_not_deleted_stays() {
        let stored = noted(counted(&[reply(2, "ann"), reply(3, "bea")]), 2);
        let replies = [reply(2, "ann"), reply(3, "bea")];
        assert_eq!(with(stored.clone(), &replies[0]), stored);
        assert_eq!(of_whole(stored.clone(), &replies), stored);
        assert_eq!(noted(stored.clone(), 2), stored, "a second deletion shares it");
    }

    #[test]
    fn the_oldest_of_too_many_notes_is_dropped() {
        let most = limits::THREAD_DELETIONS as u64;
        let summary = (1..=most + 1).fold(ThreadSummary::default(), noted);
        assert_eq!(summary.deleting, (2..=most + 1).map(Seq).collect::<Vec<_>>());
    }

    #[test]
    fn a_thread_without_replies_that_are_left_names_nobody() {
        let ended = with(noted(counted(&[reply(2, "ann")]), 2), &deleted(2, 9));
        assert_eq!((ended.count, people(&ended)), (0, vec![]));
    }

    #[test]
    fn the_summary_of_a_whole_thread_subtracts_a_deletion_that_has_not_ended() {
        let stored = noted(counted(&[reply(2, "ann"), reply(3, "bea")]), 2);
        let exact = of_whole(stored, &[deleted(2, 9), reply(3, "bea")]);
        assert_eq!((exact.count, people(&exact), &exact.deleting), (1, vec!["bea"], &vec![]));
        assert_eq!(with(exact.clone(), &deleted(2, 9)), exact, "the end of the deletion changes nothing");
    }
}
