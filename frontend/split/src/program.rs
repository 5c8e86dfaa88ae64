//! A program with the relocations of its linker: which function and which data use which others.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashSet},
    ops::Range,
};

use anyhow::{Context, Result, bail, ensure};
use wasmparser::{
    CustomSectionReader, DataKind, DataSectionReader, ExternalKind, FunctionBody, KnownCustom, Linking, Operator,
    Parser, Payload, SymbolFlags, SymbolInfo,
};

use crate::{
    places::{Ranges, Relocations, outside},
    sections::{imported_functions, place},
};

/// What a program consists of.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Item {
    /// The index of a function.
    Function(u32),
    /// The index of a symbol that is data.
    Data(u32),
}

/// What the file says about the program.
#[derive(Default)]
pub(crate) struct Program<'a> {
    /// The index of each exported function, by its name.
    pub(crate) exports: BTreeMap<&'a str, u32>,
    pub(crate) code: Relocations<'a>,
    pub(crate) data: Relocations<'a>,
    /// Number of imported functions, which have the first indices.
    imported: u32,
    /// The other functions.
    pub(crate) functions: Vec<Function>,
    symbols: Vec<SymbolInfo<'a>>,
    /// The places of the segments of data in the file.
    pub(crate) segments: Vec<Range<usize>>,
    /// Where the segments are in the memory of the program.
    addresses: Vec<i64>,
    /// Where the sections of code and data start in the file.
    code_start: usize,
    data_start: usize,
}

/// A function that is no import.
pub(crate) struct Function {
    pub(crate) index: u32,
    /// Its place in the file.
    pub(crate) body: Range<usize>,
    operators: Vec<(usize, Kind)>,
}

/// What matters of an operator.
enum Kind {
    /// Calls a function. Functions that the linker has made do so without a relocation.
    Call(u32),
    /// Others may continue before or after it.
    Branch,
    Plain,
}

impl<'a> Program<'a> {
    /// Parses the file.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self> {
        let mut program = Self::default();
        // Where the section before ends.
        let mut end = 8;
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload?;
            let section = payload.as_section().map(|(_, range)| place(range));
            match payload {
                Payload::ImportSection(imports) => program.imported = imported_functions(imports)?,
                Payload::ExportSection(exports) => {
                    for export in exports {
                        let export = export?;
                        if export.kind == ExternalKind::Func {
                            program.exports.insert(export.name, export.index);
                        }
                    }
                }
                Payload::CodeSectionStart { range, .. } => program.code_start = place(range).start,
                Payload::CodeSectionEntry(body) => {
                    let index = program.imported + u32::try_from(program.functions.len())?;
                    program.functions.push(Function::parse(index, &body)?);
                }
                Payload::DataSection(data) => program.add_segments(data)?,
                Payload::CustomSection(custom) => program.add_custom(&custom, end)?,
                _ => {}
            }
            end = section.map_or(end, |range| range.end);
        }
        let is_complete =
            !program.symbols.is_empty() && [&program.code, &program.data].iter().all(|part| !part.range.is_empty());
        ensure!(is_complete, "the program has no relocations: it was linked without --emit-relocs");
        Ok(program)
    }

    fn add_segments(&mut self, data: DataSectionReader<'a>) -> Result<()> {
        self.data_start = place(data.range()).start;
        for segment in data {
            let segment = segment?;
            let DataKind::Active { offset_expr, .. } = &segment.kind else { bail!("data without an address") };
            let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? else {
                bail!("the address of data is not constant");
            };
            self.addresses.push(i64::from(value));
            let end = place(segment.range).end;
            self.segments.push(end - segment.data.len()..end);
        }
        Ok(())
    }

    /// Adds a custom section. `start` is its place in the file.
    fn add_custom(&mut self, custom: &CustomSectionReader<'a>, start: usize) -> Result<()> {
        match custom.as_known() {
            KnownCustom::Linking(linking) => {
                for part in linking.subsections() {
                    if let Linking::SymbolTable(symbols) = part? {
                        self.symbols = symbols.into_iter().collect::<Result<_, _>>()?;
                    }
                }
            }
            KnownCustom::Reloc(reader) => {
                let (relocations, base) = match custom.name() {
                    "reloc.CODE" => (&mut self.code, self.code_start),
                    "reloc.DATA" => (&mut self.data, self.data_start),
                    _ => return Ok(()),
                };
                let range = start..place(custom.range()).end;
                *relocations = Relocations::parse(&reader, custom.name(), range, base)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Returns the functions whose mangled name fits.
    pub(crate) fn functions_named(&self, fits: impl Fn(&str) -> bool) -> impl Iterator<Item = u32> {
        self.symbols.iter().filter_map(move |symbol| match symbol {
            SymbolInfo::Func { index, name: Some(name), .. } if fits(name) => Some(*index),
            _ => None,
        })
    }

    /// Returns the symbols that are data, with their mangled names.
    pub(crate) fn named_data(&self) -> impl Iterator<Item = (&'a str, u32)> {
        (0..).zip(&self.symbols).filter_map(|(index, symbol)| match symbol {
            SymbolInfo::Data { name, symbol: Some(_), .. } => Some((*name, index)),
            _ => None,
        })
    }

    /// Lets everything that refers to certain data refer to other data: the keys and values are symbols. Writes the addresses into
    /// a copy of the file.
    pub(crate) fn redirect(&mut self, symbols: &BTreeMap<u32, u32>, file: &mut [u8]) -> Result<()> {
        let addresses: BTreeMap<u32, i64> =
            symbols.values().map(|symbol| Ok((*symbol, self.address(*symbol)?))).collect::<Result<_>>()?;
        for relocation in self.code.entries.iter_mut().chain(&mut self.data.entries) {
            let Some(other) = relocation.symbol().and_then(|symbol| symbols.get(&symbol)) else { continue };
            relocation.entry.index = *other;
            let address = relocation.address(addresses[other] + relocation.entry.addend)?;
            let place = file.get_mut(relocation.at..relocation.at + address.len());
            place.context("a relocation is outside of the file")?.copy_from_slice(&address);
        }
        Ok(())
    }

    /// Writes the relocations into a copy of the file.
    pub(crate) fn write_relocations(&self, file: &mut Vec<u8>) {
        // The later section is replaced first, so that the place of the other one stays.
        let mut replaced = [&self.code, &self.data];
        replaced.sort_by_key(|relocations| Reverse(relocations.range.start));
        for relocations in replaced {
            file.splice(relocations.range.clone(), relocations.encode());
        }
    }

    /// Returns the address of data in the memory of the program.
    fn address(&self, symbol: u32) -> Result<i64> {
        let Some(SymbolInfo::Data { symbol: Some(data), .. }) = self.symbols.get(symbol as usize) else {
            bail!("the symbol {symbol} is no data");
        };
        let start = self.addresses.get(data.index as usize).context("a symbol is outside of the data")?;
        Ok(start + i64::from(data.offset))
    }

    /// Returns what stays in the program in any case.
    pub(crate) fn roots(&self) -> impl Iterator<Item = Item> {
        self.exports.values().map(|function| Item::Function(*function)).chain(self.kept_data())
    }

    /// Forgets what is done in ranges of the file.
    pub(crate) fn forget(&mut self, ranges: &Ranges) {
        for function in &mut self.functions {
            function.operators.retain(|(at, _)| !ranges.contain(*at));
        }
        for relocations in [&mut self.code, &mut self.data] {
            relocations.entries.retain(|entry| !ranges.contain(entry.at));
        }
    }

    fn function(&self, index: u32) -> Option<&Function> {
        self.functions.get(index.checked_sub(self.imported)? as usize)
    }

    /// Returns the data that stays although nothing may use it.
    fn kept_data(&self) -> impl Iterator<Item = Item> {
        let kept = SymbolFlags::EXPORTED | SymbolFlags::NO_STRIP;
        let data = (0..).zip(&self.symbols).filter_map(move |(index, symbol)| match symbol {
            SymbolInfo::Data { flags, .. } if flags.intersects(kept) => Some(index),
            _ => None,
        });
        data.map(Item::Data)
    }

    /// Returns the roots and everything that they use.
    pub(crate) fn used(&self, roots: impl Iterator<Item = Item>) -> HashSet<Item> {
        let mut used: HashSet<Item> = roots.collect();
        let mut open: Vec<Item> = used.iter().copied().collect();
        while let Some(item) = open.pop() {
            open.extend(self.uses_of(item).into_iter().filter(|next| used.insert(*next)));
        }
        used
    }

    /// Returns what a function or data uses directly.
    fn uses_of(&self, item: Item) -> Vec<Item> {
        let (relocations, range) = match item {
            Item::Function(index) => (&self.code, self.function(index).map(|function| function.body.clone())),
            Item::Data(symbol) => (&self.data, self.data_range(symbol)),
        };
        let symbols = range.into_iter().flat_map(|range| relocations.symbols_in(range));
        let mut uses: Vec<Item> = symbols.filter_map(|symbol| self.item(symbol)).collect();
        if let Item::Function(index) = item {
            uses.extend(self.function(index).into_iter().flat_map(Function::calls).map(Item::Function));
        }
        uses
    }

    /// Returns the function or the data of a symbol.
    fn item(&self, symbol: u32) -> Option<Item> {
        match self.symbols.get(symbol as usize)? {
            SymbolInfo::Func { index, .. } => Some(Item::Function(*index)),
            SymbolInfo::Data { .. } => Some(Item::Data(symbol)),
            _ => None,
        }
    }

    /// Returns the place in the file of the data of a symbol.
    pub(crate) fn data_range(&self, symbol: u32) -> Option<Range<usize>> {
        let SymbolInfo::Data { symbol: Some(place), .. } = self.symbols.get(symbol as usize)? else { return None };
        let segment = self.segments.get(place.index as usize)?;
        let start = segment.start + place.offset as usize;
        let range = start..start + place.size as usize;
        (range.end <= segment.end).then_some(range)
    }

    /// Returns to which place in the file the only address in a range of data refers, if it is the first thing in that range.
    pub(crate) fn refers_to(&self, range: &Range<usize>) -> Option<usize> {
        let mut inside = self.data.entries_in(range.clone());
        let (Some(only), None) = (inside.next(), inside.next()) else { return None };
        let target = self.data_range(only.symbol()?).filter(|_| only.at == range.start)?;
        target.start.checked_add_signed(isize::try_from(only.entry.addend).ok()?)
    }

    /// Returns the places in the file of data that has a symbol, but no used one.
    pub(crate) fn unused_data(&self, used: &HashSet<Item>) -> Vec<Range<usize>> {
        let all = (0..).zip(&self.symbols).filter_map(|(index, _)| Some((index, self.data_range(index)?)));
        let (kept, unused): (Vec<_>, Vec<_>) = all.partition(|(symbol, _)| used.contains(&Item::Data(*symbol)));
        let mut kept: Vec<Range<usize>> = kept.into_iter().map(|(_, range)| range).collect();
        kept.sort_by_key(|range| range.start);
        unused.into_iter().flat_map(|(_, range)| outside(range, &kept)).collect()
    }
}

impl Function {
    fn parse(index: u32, body: &FunctionBody<'_>) -> Result<Self> {
        let mut operators = Vec::new();
        for operator in body.get_operators_reader()?.into_iter_with_offsets() {
            let (operator, at) = operator?;
            operators.push((usize::try_from(at)?, Kind::of(&operator)));
        }
        Ok(Self { index, body: place(body.range()), operators })
    }

    fn calls(&self) -> impl Iterator<Item = u32> {
        self.operators
            .iter()
            .filter_map(|(_, kind)| if let Kind::Call(function) = kind { Some(*function) } else { None })
    }

    /// Returns the ranges that do nothing but to prepare and make a call of one of these functions, which do not return.
    pub(crate) fn ways_to(&self, ends: &HashSet<u32>) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut start = None;
        for pair in self.operators.windows(2) {
            let [(at, kind), (next, _)] = pair else { continue };
            if let Kind::Plain = kind {
                start.get_or_insert(*at);
                continue;
            }
            let first = start.take().unwrap_or(*at);
            if matches!(kind, Kind::Call(function) if ends.contains(function)) {
                found.push(first..*next);
            }
        }
        found
    }
}

impl Kind {
    fn of(operator: &Operator<'_>) -> Self {
        match operator {
            Operator::Call { function_index } | Operator::ReturnCall { function_index } => Self::Call(*function_index),
            Operator::Block { .. }
            | Operator::Loop { .. }
            | Operator::If { .. }
            | Operator::Else
            | Operator::End
            | Operator::Br { .. }
            | Operator::BrIf { .. }
            | Operator::BrTable { .. }
            | Operator::Return
            | Operator::Unreachable
            | Operator::CallIndirect { .. }
            | Operator::CallRef { .. }
            | Operator::ReturnCallRef { .. }
            | Operator::TryTable { .. }
            | Operator::Throw { .. }
            | Operator::ThrowRef
            | Operator::BrOnNull { .. }
            | Operator::BrOnNonNull { .. }
            | Operator::BrOnCast { .. }
            | Operator::BrOnCastFail { .. }
            | Operator::ReturnCallIndirect { .. } => Self::Branch,
            _ => Self::Plain,
        }
    }
}
