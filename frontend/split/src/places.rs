//! Places in the file of a program: ranges, and what the linker has relocated.

use std::{collections::BTreeMap, ops::Range};

use anyhow::{Result, bail};
use wasm_encoder::{CustomSection, Encode, Section};
use wasmparser::{RelocAddendKind, RelocSectionReader, RelocationEntry, RelocationType};

/// One relocation: a place of the file that holds the address of something.
pub(crate) struct Relocation {
    /// Its place in the file.
    pub(crate) at: usize,
    pub(crate) entry: RelocationEntry,
}

impl Relocation {
    /// Returns the index of the symbol. A type has none.
    pub(crate) fn symbol(&self) -> Option<u32> {
        (self.entry.ty != RelocationType::TypeIndexLeb).then_some(self.entry.index)
    }

    /// Writes the entry of a section of relocations.
    fn encode(&self, section: &mut Vec<u8>) {
        section.push(self.entry.ty as u8);
        self.entry.offset.encode(section);
        self.entry.index.encode(section);
        if self.entry.ty.addend_kind() != RelocAddendKind::None {
            self.entry.addend.encode(section);
        }
    }

    /// Returns how the file has an address at this place: in as many bytes as the linker leaves for any address.
    pub(crate) fn address(&self, address: i64) -> Result<Vec<u8>> {
        let bytes = match self.entry.ty {
            RelocationType::MemoryAddrI32 => i32::try_from(address)?.to_le_bytes().to_vec(),
            RelocationType::MemoryAddrLeb | RelocationType::MemoryAddrSleb => {
                let digits = (0..5).map(|digit| (address >> (7 * digit)) as u8 & 0x7f);
                digits.zip([0x80, 0x80, 0x80, 0x80, 0]).map(|(digit, more)| digit | more).collect()
            }
            other => bail!("an address of the kind {other:?} is not known here"),
        };
        Ok(bytes)
    }
}

/// A section of relocations, in the order of their places.
#[derive(Default)]
pub(crate) struct Relocations<'a> {
    pub(crate) name: &'a str,
    /// The section itself in the file.
    pub(crate) range: Range<usize>,
    /// The index of the section that is relocated.
    pub(crate) of_section: u32,
    pub(crate) entries: Vec<Relocation>,
}

impl Relocations<'_> {
    /// Returns the symbols that are used in a range of the file.
    pub(crate) fn symbols_in(&self, range: Range<usize>) -> impl Iterator<Item = u32> {
        self.entries_in(range).filter_map(Relocation::symbol)
    }

    /// Returns the relocations in a range of the file.
    pub(crate) fn entries_in(&self, range: Range<usize>) -> impl Iterator<Item = &Relocation> {
        let first = self.entries.partition_point(|entry| entry.at < range.start);
        self.entries[first..].iter().take_while(move |entry| entry.at < range.end)
    }
}

impl<'a> Relocations<'a> {
    /// Parses a section. `base` is where the section starts that is relocated.
    pub(crate) fn parse(
        reader: &RelocSectionReader<'a>,
        name: &'a str,
        range: Range<usize>,
        base: usize,
    ) -> Result<Self> {
        let mut entries = Vec::new();
        for entry in reader.entries() {
            let entry = entry?;
            entries.push(Relocation { at: base + entry.offset as usize, entry });
        }
        entries.sort_by_key(|entry| entry.at);
        Ok(Self { name, range, of_section: reader.section_index(), entries })
    }

    /// Writes the section.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut content = Vec::new();
        self.of_section.encode(&mut content);
        self.entries.len().encode(&mut content);
        for entry in &self.entries {
            entry.encode(&mut content);
        }
        let mut section = Vec::new();
        CustomSection { name: self.name.into(), data: content.into() }.append_to(&mut section);
        section
    }
}

/// Ranges of the file, which may overlap: the end of each by its start, where no earlier one reaches further.
pub(crate) struct Ranges(BTreeMap<usize, usize>);

impl Ranges {
    pub(crate) fn new(ranges: impl IntoIterator<Item = Range<usize>>) -> Self {
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

    pub(crate) fn contain(&self, at: usize) -> bool {
        self.0.range(..=at).next_back().is_some_and(|(_, end)| at < *end)
    }
}

/// Returns what of a range is in none of the others, which are sorted by their start.
pub(crate) fn outside(range: Range<usize>, others: &[Range<usize>]) -> Vec<Range<usize>> {
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
