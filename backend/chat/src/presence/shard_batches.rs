//! The tasks that one worker gets at once, in the order in which they have to be run.

use std::{borrow::Cow, collections::VecDeque};

use shared_types::RoomName;

use crate::{
    ports::{
        connection_gateway::Frame,
        connections::{Connection, ConnectionId},
        fan_out::{Publication, ShardTask},
        shards::Shard,
    },
    presence::message_batches::combine,
};

/// Tasks of one shard that follow each other.
pub(super) struct Batch {
    pub(super) room: RoomName,
    pub(super) shard: Shard,
    pub(super) publications: Vec<Publication>,
    /// Positions of the tasks.
    pub(super) tasks: Vec<usize>,
}

/// Collects tasks whose shards have the same beginning, in order: the groups that the queue keeps in order. A group whose shards end at
/// different places, because its room was divided or joined meanwhile, has several batches. No group is empty.
pub(super) fn in_groups(tasks: Vec<ShardTask>) -> Vec<VecDeque<Batch>> {
    let mut groups: Vec<VecDeque<Batch>> = Vec::new();
    for (position, ShardTask { shard, publication }) in tasks.into_iter().enumerate() {
        let is_of_group = |batch: &Batch| batch.room == publication.room && batch.shard.after == shard.after;
        let Some(group) = groups.iter_mut().find(|group| group.front().is_some_and(is_of_group)) else {
            groups.push([Batch::new(shard, publication, position)].into());
            continue;
        };
        match group.back_mut() {
            Some(last) if last.shard == shard => {
                last.publications.push(publication);
                last.tasks.push(position);
            }
            _ => group.push_back(Batch::new(shard, publication, position)),
        }
    }
    groups
}

impl Batch {
    fn new(shard: Shard, publication: Publication, position: usize) -> Self {
        Self { room: publication.room.clone(), shard, publications: vec![publication], tasks: vec![position] }
    }

    /// Returns the frames for a listener: all but those that it has already, because it sent them.
    fn frames_except(&self, author: &ConnectionId) -> Vec<Frame> {
        let others = self.publications.iter().filter(|publication| publication.except.as_ref() != Some(author));
        others.map(|publication| publication.frame.clone()).collect()
    }
}

/// The frames of a batch, as each listener gets them.
pub(super) struct BatchFrames<'a> {
    batch: &'a Batch,
    single: Vec<Frame>,
    /// For listeners that accept `messages` frames.
    combined: Vec<Frame>,
}

impl<'a> BatchFrames<'a> {
    pub(super) fn new(batch: &'a Batch) -> Self {
        let single: Vec<_> = batch.publications.iter().map(|publication| publication.frame.clone()).collect();
        Self { batch, combined: combine(&batch.room, &single), single }
    }

    pub(super) fn of(&self, listener: &Connection) -> Cow<'_, [Frame]> {
        let Connection { id, accepts_batches, .. } = listener;
        let is_author = self.batch.publications.iter().any(|publication| publication.except.as_ref() == Some(id));
        match (is_author, accepts_batches) {
            (false, false) => Cow::Borrowed(&self.single),
            (false, true) => Cow::Borrowed(&self.combined),
            (true, false) => Cow::Owned(self.batch.frames_except(id)),
            (true, true) => Cow::Owned(combine(&self.batch.room, &self.batch.frames_except(id))),
        }
    }
}
