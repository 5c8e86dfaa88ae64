//! Places in the file of a program: ranges, and what the linker has relocated.

use std::{collections::BTreeMap, ops::Range};

use anyhow::{Context, Result};
use wasmparser::{RelocSectionReader, RelocationType};

/// One relocation: a place of the file that holds the address of something.
pub(super) struct Relocation<'a> {
    /// Its place in the file.
    pub(super) at: usize,
    pub(super) encoded: &'a [u8],
    /// The index of the symbol. A type has none.
    symbol: Option<u32>,
}

/// A section of relocations, in the order of their places.
#[derive(Default)]
pub(super) struct Relocations<'a> {
    pub(super) name: &'a str,
    /// The section itself in the file.
    pub(super) range: Range<usize>,
    /// The index of the section that is relocated.
    pub(super) of_section: u32,
    pub(super) entries: Vec<Relocation<'a>>,
}

impl Relocations<'_> {
    /// Returns the symbols that are used in a range of the file.
    pub(super) fn symbols_in(&self, range: Range<usize>) -> impl Iterator<Item = u32> {
        let first = self.entries.partition_point(|entry| entry.at < range.start);
        self.entries[first..].iter().take_while(move |entry| entry.at < range.end).filter_map(|entry| entry.symbol)
    }
}

impl<'a> Relocations<'a> {
    /// Parses a section. `base` is where the section starts that is relocated.
    pub(super) fn parse(
        bytes: &'a [u8],
        reader: &RelocSectionReader<'a>,
        name: &'a str,
        range: Range<usize>,
        base: usize,
    ) -> Result<Self> {
        let read: Vec<_> = reader.entries().into_iter_with_offsets().collect::<Result<_, _>>()?;
        let starts = read.iter().map(|(start, _)| *start as usize);
        let ends = starts.skip(1).chain([range.end]);
        let mut entries = Vec::with_capacity(read.len());
        for ((start, entry), end) in read.iter().zip(ends) {
            let encoded = bytes.get(*start as usize..end).context("a relocation is outside of the file")?;
            let symbol = (entry.ty != RelocationType::TypeIndexLeb).then_some(entry.index);
            entries.push(Relocation { at: base + entry.offset as usize, encoded, symbol });
        }
        entries.sort_by_key(|entry| entry.at);
        Ok(Self { name, range, of_section: reader.section_index(), entries })
    }
}

/// Ranges of the file, which may overlap: the end of each by its start, where no earlier one reaches further.
pub(super) struct Ranges(BTreeMap<usize, usize>);

impl Ranges {
    pub(super) fn new(ranges: impl IntoIterator<Item = Range<usize>>) -> Self {
        let mut ranges: Vec<Range<usize>> = ranges.into_iter().collect();
        ranges.sort_by_key(|range| (range.start, range.end));
        let mut reached = 0;
        let reaching = ranges.into_iter().filter(|range| {
            let is_further = range.end > reached;
            reached = reached.max(range.end);
            is_further
        });
        Self(reaching.map(|range| (range.start, range.end)).collect())
    }

    pub(super) fn contain(&self, at: usize) -> bool {
        self.0.range(..=at).next_back().is_some_and(|(_, end)| at < *end)
    }
}

/// Returns what of a range is in none of the others, which are sorted by their start.
pub(super) fn outside(range: Range<usize>, others: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut rest = Vec::new();
    let mut start = range.start;
    for other in others.iter().filter(|other| other.start < range.end && range.start < other.end) {
        rest.push(start..other.start.max(start));
        start = start.max(other.end);
    }
    rest.push(start.min(range.end)..range.end);
    rest.retain(|range| !range.is_empty());
    rest
}
