//! What the checker needs of an ELF file: where its segments are loaded, where its code is, and what the code is called.

use std::cmp::Reverse;
use std::ops::Range;

use object::Endianness;
use object::elf::{
    EM_X86_64, ET_DYN, ET_EXEC, FileHeader64, PF_X, PT_LOAD, SHF_ALLOC, SHF_EXECINSTR, SHT_DYNSYM,
    SHT_NOBITS, SHT_SYMTAB, STB_GLOBAL, STB_LOCAL, STT_FUNC, STT_GNU_IFUNC, STT_NOTYPE, STT_OBJECT,
    SectionType,
};
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader, SectionTable, Sym};

use crate::Error;

type Header = FileHeader64<Endianness>;

/// A linked file, as far as the checker reads it.
#[derive(Debug)]
pub(crate) struct Image<'data> {
    /// Whether the loader may choose the base address: a shared library or a position-independent executable.
    pub(crate) relocatable: bool,
    /// Loaded segments, by ascending address.
    segments: Vec<Segment>,
    /// Stretches of code, by ascending address.
    pub(crate) code: Vec<Code<'data>>,
    /// Named places in the code: one per address, ascending.
    labels: Vec<Label<'data>>,
    /// Addresses at which decoding begins anew, ascending: where something with a name begins, or data in the code ends.
    starts: Vec<u64>,
}

/// A `PT_LOAD` segment.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    addresses: Range<u64>,
    /// The alignment that the file asks the loader for, in bytes.
    pub(crate) alignment: u64,
}

/// Instructions in memory.
#[derive(Clone, Debug)]
pub(crate) struct Code<'data> {
    /// Address of the first byte.
    pub(crate) address: u64,
    pub(crate) bytes: &'data [u8],
}

impl Code<'_> {
    pub(crate) fn end(&self) -> u64 {
        self.address + self.bytes.len() as u64
    }
}

#[derive(Clone, Debug)]
struct Label<'data> {
    address: u64,
    size: u64,
    /// A function by its type, rather than any name in the code.
    function: bool,
    /// How widely the name is known: 0 if global, 1 if weak, 2 if local.
    scope: u8,
    name: &'data [u8],
}

impl<'data> Image<'data> {
    /// Reads a linked x86-64 ELF file.
    pub(crate) fn parse(data: &'data [u8]) -> Result<Self, Error> {
        if !data.starts_with(&object::elf::ELFMAG) {
            return Err(Error::NotElf);
        }
        if data.get(4) != Some(&object::elf::ELFCLASS64.0) {
            return Err(Error::NotX86_64);
        }
        let header = Header::parse(data)?;
        let endian = header.endian()?;
        if endian != Endianness::Little || header.e_machine(endian) != EM_X86_64 {
            return Err(Error::NotX86_64);
        }
        let relocatable = match header.e_type(endian) {
            ET_EXEC => false,
            ET_DYN => true,
            _ => return Err(Error::NotLinked),
        };
        let sections = header.sections(endian, data)?;
        let code = if sections.is_empty() {
            executable_segments(header, endian, data)?
        } else {
            executable_sections(&sections, endian, data)?
        };
        let total: u64 = code.iter().map(|code| code.bytes.len() as u64).sum();
        if total > data.len() as u64 {
            return Err(Error::OverlappingCode);
        }
        if total == 0 {
            return Err(Error::NoCode);
        }
        let mut image = Self {
            relocatable,
            segments: segments(header, endian, data)?,
            code,
            labels: Vec::new(),
            starts: Vec::new(),
        };
        image.read_symbols(&sections, endian, data, SHT_SYMTAB)?;
        image.read_symbols(&sections, endian, data, SHT_DYNSYM)?;
        image.sort_symbols();
        Ok(image)
    }

    /// The loaded segment that the address lies in.
    pub(crate) fn segment(&self, address: u64) -> Option<&Segment> {
        let after = self
            .segments
            .partition_point(|segment| segment.addresses.start <= address);
        self.segments[..after]
            .last()
            .filter(|segment| segment.addresses.contains(&address))
    }

    /// Cuts a stretch of code into the pieces to decode, by ascending address.
    pub(crate) fn pieces(&self, code: &Code<'_>) -> Vec<Range<u64>> {
        let first = self.starts.partition_point(|&start| start <= code.address);
        let inner = self.starts[first..]
            .iter()
            .copied()
            .take_while(|&start| start < code.end());
        let mut cuts = vec![code.address];
        cuts.extend(inner);
        cuts.push(code.end());
        cuts.windows(2).map(|pair| pair[0]..pair[1]).collect()
    }

    /// Name of the function that an address of the code belongs to, and the distance from its beginning: the function
    /// whose size covers it, or else the nearest symbol before it.
    pub(crate) fn function(&self, code: &Code<'_>, address: u64) -> Option<(String, u64)> {
        let first = self
            .labels
            .partition_point(|label| label.address < code.address);
        let after = self
            .labels
            .partition_point(|label| label.address <= address);
        let before = &self.labels[first..after];
        let nearest = before.last()?;
        let label = before
            .iter()
            .rev()
            .find(|label| label.function)
            .filter(|label| address - label.address < label.size)
            .unwrap_or(nearest);
        let name = String::from_utf8_lossy(label.name);
        Some((
            format!("{:#}", rustc_demangle::demangle(&name)),
            address - label.address,
        ))
    }

    /// Takes the symbols of one table that lie in the code.
    fn read_symbols(
        &mut self,
        sections: &SectionTable<'data, Header>,
        endian: Endianness,
        data: &'data [u8],
        table: SectionType,
    ) -> Result<(), Error> {
        let symbols = sections.symbols(endian, data, table)?;
        for symbol in symbols.iter() {
            if symbol.is_undefined(endian) || symbol.is_absolute(endian) {
                continue;
            }
            let address = symbol.st_value(endian);
            let after = self.code.partition_point(|code| code.address <= address);
            if self.code[..after]
                .last()
                .is_none_or(|code| address >= code.end())
            {
                continue;
            }
            let size = symbol.st_size(endian);
            let kind = symbol.st_type();
            if ![STT_FUNC, STT_GNU_IFUNC, STT_NOTYPE, STT_OBJECT].contains(&kind) {
                continue;
            }
            self.starts.push(address);
            if kind == STT_OBJECT {
                self.starts.push(address.saturating_add(size));
            }
            self.labels.push(Label {
                address,
                size,
                function: [STT_FUNC, STT_GNU_IFUNC].contains(&kind),
                scope: match symbol.st_bind() {
                    STB_LOCAL => 2,
                    STB_GLOBAL => 0,
                    _ => 1,
                },
                name: symbols.symbol_name(endian, symbol)?,
            });
        }
        Ok(())
    }

    /// Sorts symbols, and keeps the one with the most to say of those at the same address.
    fn sort_symbols(&mut self) {
        self.labels.sort_by_key(|label| {
            (
                label.address,
                Reverse(label.function),
                Reverse(label.size),
                label.scope,
                label.name,
            )
        });
        self.labels.dedup_by_key(|label| label.address);
        self.starts.sort_unstable();
        self.starts.dedup();
    }
}

fn segments(header: &Header, endian: Endianness, data: &[u8]) -> Result<Vec<Segment>, Error> {
    let mut segments = Vec::new();
    for segment in header.program_headers(endian, data)? {
        if segment.p_type(endian) == PT_LOAD {
            let start = segment.p_vaddr(endian);
            let end = start
                .checked_add(segment.p_memsz(endian))
                .ok_or(Error::AddressOverflow)?;
            segments.push(Segment {
                addresses: start..end,
                alignment: segment.p_align(endian),
            });
        }
    }
    segments.sort_by_key(|segment| segment.addresses.start);
    Ok(segments)
}

fn executable_sections<'data>(
    sections: &SectionTable<'data, Header>,
    endian: Endianness,
    data: &'data [u8],
) -> Result<Vec<Code<'data>>, Error> {
    let mut code = Vec::new();
    for section in sections.iter() {
        let executable = section.sh_flags(endian).contains(SHF_ALLOC | SHF_EXECINSTR);
        if executable && section.sh_type(endian) != SHT_NOBITS {
            code.push((section.sh_addr(endian), section.data(endian, data)?));
        }
    }
    sorted(code)
}

fn executable_segments<'data>(
    header: &Header,
    endian: Endianness,
    data: &'data [u8],
) -> Result<Vec<Code<'data>>, Error> {
    let mut code = Vec::new();
    for segment in header.program_headers(endian, data)? {
        if segment.p_type(endian) == PT_LOAD && segment.p_flags(endian).contains(PF_X) {
            let bytes = segment
                .data(endian, data)
                .map_err(|()| Error::SegmentOutside)?;
            code.push((segment.p_vaddr(endian), bytes));
        }
    }
    sorted(code)
}

/// Stretches of code by ascending address, none of which wraps around the address space or overlaps another.
fn sorted(code: Vec<(u64, &[u8])>) -> Result<Vec<Code<'_>>, Error> {
    let mut code: Vec<_> = code
        .into_iter()
        .filter(|(_, bytes)| !bytes.is_empty())
        .map(|(address, bytes)| Code { address, bytes })
        .collect();
    code.sort_by_key(|code| code.address);
    if code
        .iter()
        .any(|code| code.address.checked_add(code.bytes.len() as u64).is_none())
    {
        return Err(Error::AddressOverflow);
    }
    if code.windows(2).any(|pair| pair[0].end() > pair[1].address) {
        return Err(Error::OverlappingCode);
    }
    Ok(code)
}
