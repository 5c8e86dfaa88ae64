//! Lists with keys in the document.

use std::{cell::RefCell, rc::Rc};

use leptos::{
    prelude::untrack,
    reactive::{effect::RenderEffect, owner::Owner},
};
use web_sys::Node;

use crate::{
    View,
    dom::{
        part::{Part, first_node, last_node},
        place::Place,
        reactive::Placeholder,
    },
    keyed::Keyed,
};

/// A list in the document.
pub(super) struct DrawnList {
    rows: Rc<RefCell<Rows>>,
    #[expect(dead_code, reason = "it runs until it is dropped")]
    effect: RenderEffect<()>,
}

struct Rows {
    drawn: Vec<Row>,
    placeholder: Placeholder,
}

struct Row {
    key: String,
    part: [Part; 1],
    /// The row's effects belong to it, and live as long as the row. It has no parent: an owner keeps a reference to every child that
    /// it ever had, with the child's memory.
    owner: Owner,
}

impl DrawnList {
    pub(super) fn draw(list: Keyed, place: &Place) -> Self {
        let rows = Rows { drawn: Vec::new(), placeholder: Placeholder::new(place) };
        let rows = Rc::new(RefCell::new(rows));
        let shared = rows.clone();
        let mut place = Some(place.clone());
        let effect = RenderEffect::new(move |_| {
            let keys = list.keys();
            untrack(|| shared.borrow_mut().update(keys, &list.row, place.take()));
        });
        Self { rows, effect }
    }

    pub(super) fn for_each_node(&self, visit: &mut dyn FnMut(&Node)) {
        let rows = self.rows.borrow();
        rows.drawn.iter().for_each(|row| row.part[0].for_each_node(visit));
        rows.placeholder.node().into_iter().for_each(visit);
    }
}

impl Rows {
    /// Makes the rows those of `keys`. They are drawn at `place` first, unless they are drawn already.
    fn update(&mut self, keys: Vec<(usize, String)>, view: &dyn Fn(usize) -> View, place: Option<Place>) {
        let place = match place {
            Some(place) => {
                let rows = keys.into_iter().map(|(index, key)| Row::draw(key, || view(index), &place));
                self.drawn = rows.collect();
                place
            }
            None => {
                let last = self.drawn.iter().rev().find_map(|row| last_node(&row.part));
                let place = self.placeholder.place_after(last).unwrap_or_else(|| {
                    let home = self.placeholder.home();
                    self.drawn.iter().for_each(|row| row.part[0].for_each_node(&mut |node| home.insert(node)));
                    home
                });
                self.replace(keys, view, &place);
                place
            }
        };
        self.placeholder.update(self.drawn.is_empty(), &place);
    }

    /// Removes, draws and moves rows between the first and the last change. `list_end` is the position after the list.
    fn replace(&mut self, keys: Vec<(usize, String)>, view: &dyn Fn(usize) -> View, list_end: &Place) {
        let is_same = |(row, (_, key)): &(&Row, &(usize, String))| row.key == *key;
        let start = self.drawn.iter().zip(&keys).take_while(is_same).count();
        let at_most = self.drawn.len().min(keys.len()) - start;
        let kept = self.drawn.iter().rev().zip(keys.iter().rev()).take(at_most).take_while(is_same).count();
        let end = self.drawn.split_off(self.drawn.len() - kept);
        let mut replaced: Vec<Option<Row>> = self.drawn.drain(start..).map(Some).collect();

        let mut place = list_end.or_before(end.iter().find_map(|row| first_node(&row.part)));
        // Rows that were in this order before stay where they are; the others move.
        let mut lowest = usize::MAX;
        let mut rows = Vec::new();
        let count = keys.len() - kept;
        for (index, key) in keys.into_iter().take(count).skip(start).rev() {
            // As with the keys, comparing all is less code than a map.
            let position = replaced.iter().rposition(|row| row.as_ref().is_some_and(|row| row.key == key));
            let row = match position.and_then(|position| Some((position, replaced[position].take()?))) {
                Some((position, row)) if position < lowest => {
                    lowest = position;
                    row
                }
                Some((_, row)) => {
                    row.part[0].for_each_node(&mut |node| place.insert(node));
                    row
                }
                None => Row::draw(key, || view(index), &place),
            };
            place = place.or_before(first_node(&row.part));
            rows.push(row);
        }
        replaced.into_iter().flatten().for_each(Row::remove);
        self.drawn.extend(rows.into_iter().rev());
        self.drawn.extend(end);
    }
}

impl Row {
    /// Draws a row. What `view` creates lives as long as the row.
    fn draw(key: String, view: impl FnOnce() -> View, place: &Place) -> Self {
        let owner = Owner::default();
        let part = [owner.with(|| Part::draw(view(), place))];
        Row { key, part, owner }
    }

    /// Removes the row from the document, and ends its effects.
    fn remove(self) {
        let [part] = self.part;
        part.remove();
        self.owner.cleanup();
    }
}
