//! What the checker needs of an ELF file: where its segments are loaded, where its code is, and what the code is called.

use std::cmp::Reverse;
use std::ops::Range;

use object::Endianness;
use object::elf::{
    EM_X86_64, ET_DYN, ET_EXEC, FileHeader64, PF_X, PT_GNU_EH_FRAME, PT_LOAD, SHF_ALLOC,
    SHF_EXECINSTR, SHT_DYNSYM, SHT_NOBITS, SHT_SYMTAB, STB_GLOBAL, STB_LOCAL, STT_FUNC,
    STT_GNU_IFUNC, STT_NOTYPE, STT_OBJECT, SectionType,
};
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader, SectionTable, Sym};

use crate::Error;

type Header = FileHeader64<Endianness>;

/// Bytes in a page of memory.
const PAGE: u64 = 4096;

/// A linked file, as far as the checker reads it.
#[derive(Debug)]
pub(crate) struct Image<'data> {
    /// Whether the loader may choose the base address: a shared library or a position-independent executable.
    pub(crate) relocatable: bool,
    /// Memory that is mapped from the file, by ascending address. No two overlap.
    segments: Vec<Segment>,
    /// Stretches of code, by ascending address.
    pub(crate) code: Vec<Code<'data>>,
    /// Bytes of executable segments that a section calls data.
    pub(crate) executable_data: u64,
    /// Named places in the code: one per address, ascending.
    labels: Vec<Label<'data>>,
    /// Those of them that are functions by their type.
    functions: Vec<Label<'data>>,
    /// Addresses at which an instruction begins, ascending: where something with a name or an entry in the unwinding
    /// table begins, or data in the code ends.
    starts: Vec<u64>,
}

/// One `PT_LOAD` segment, or several that share pages. Memory is mapped in whole pages, so it reaches further than the
/// segment says.
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
        let mut code = executable_sections(header, &sections, endian, data)?;
        let mut executable_data = 0;
        // A file for debuggers only has segments, but not their bytes.
        if sections.is_empty() || !code.is_empty() {
            executable_data = add_code_without_section(&mut code, header, &sections, endian, data)?;
        }
        let code = sorted(code)?;
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
            executable_data,
            labels: Vec::new(),
            functions: Vec::new(),
            starts: Vec::new(),
        };
        image.read_symbols(&sections, endian, data, SHT_SYMTAB)?;
        image.read_symbols(&sections, endian, data, SHT_DYNSYM)?;
        image.sort_symbols();
        image
            .starts
            .extend(unwinding_starts(header, endian, data).unwrap_or_default());
        image.starts.push(header.e_entry(endian));
        image.starts.sort_unstable();
        image.starts.dedup();
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

    /// Addresses within a stretch of code at which an instruction begins, ascending; its own beginning first.
    pub(crate) fn starts(&self, code: &Code<'_>) -> impl Iterator<Item = u64> {
        let (address, end) = (code.address, code.end());
        let first = self.starts.partition_point(|&start| start <= address);
        let inner = self.starts[first..].iter().copied();
        std::iter::once(address).chain(inner.take_while(move |&start| start < end))
    }

    /// Name of the function that an address of the code belongs to, and the distance from its beginning: the function
    /// whose size covers it, or else the nearest symbol before it.
    pub(crate) fn function(&self, code: &Code<'_>, address: u64) -> Option<(String, u64)> {
        let last = |labels: &'_ [Label<'data>]| {
            let after = labels.partition_point(|label| label.address <= address);
            labels[..after]
                .last()
                .filter(|label| label.address >= code.address)
                .cloned()
        };
        let label = last(&self.functions)
            .filter(|label| address - label.address < label.size)
            .or_else(|| last(&self.labels))?;
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
        let functions = self.labels.iter().filter(|label| label.function);
        self.functions = functions.cloned().collect();
    }
}

fn segments(header: &Header, endian: Endianness, data: &[u8]) -> Result<Vec<Segment>, Error> {
    let mut segments = Vec::new();
    for segment in header.program_headers(endian, data)? {
        if segment.p_type(endian) == PT_LOAD {
            let start = segment.p_vaddr(endian);
            let end = start
                .checked_add(segment.p_memsz(endian))
                .and_then(|end| end.checked_next_multiple_of(PAGE))
                .ok_or(Error::AddressOverflow)?;
            segments.push(Segment {
                addresses: start - start % PAGE..end,
                alignment: segment.p_align(endian),
            });
        }
    }
    segments.sort_by_key(|segment| segment.addresses.start);
    segments.dedup_by(|next, previous| {
        let shared = next.addresses.start < previous.addresses.end;
        if shared {
            previous.addresses.end = previous.addresses.end.max(next.addresses.end);
            previous.alignment = previous.alignment.min(next.alignment);
        }
        shared
    });
    Ok(segments)
}

fn executable_sections<'data>(
    header: &Header,
    sections: &SectionTable<'data, Header>,
    endian: Endianness,
    data: &'data [u8],
) -> Result<Vec<(u64, &'data [u8])>, Error> {
    let mut loaded = Vec::new();
    for segment in header.program_headers(endian, data)? {
        if segment.p_type(endian) == PT_LOAD {
            let start = segment.p_vaddr(endian);
            let end = start.saturating_add(segment.p_filesz(endian));
            loaded.push((start..end, segment.p_offset(endian)));
        }
    }
    let mut code = Vec::new();
    for section in sections.iter() {
        let executable = section.sh_flags(endian).contains(SHF_ALLOC | SHF_EXECINSTR);
        if executable && section.sh_type(endian) != SHT_NOBITS {
            let address = section.sh_addr(endian);
            let offset = section.sh_offset(endian);
            // The loader goes by segments and never looks at sections.
            let elsewhere = |(addresses, start): &(Range<u64>, u64)| {
                addresses.contains(&address)
                    && offset.wrapping_sub(*start) != address - addresses.start
            };
            if loaded.iter().any(elsewhere) {
                return Err(Error::SectionElsewhere);
            }
            code.push((address, section.data(endian, data)?));
        }
    }
    Ok(code)
}

/// Adds what lies in executable segments and in no section: the processor executes it just as well. Returns the number of
/// bytes there that lie in sections of data.
fn add_code_without_section<'data>(
    code: &mut Vec<(u64, &'data [u8])>,
    header: &Header,
    sections: &SectionTable<'data, Header>,
    endian: Endianness,
    data: &'data [u8],
) -> Result<u64, Error> {
    let mut known = Vec::new();
    for section in sections.iter() {
        let flags = section.sh_flags(endian);
        if flags.contains(SHF_ALLOC) && section.sh_type(endian) != SHT_NOBITS {
            let start = section.sh_addr(endian);
            let end = start.saturating_add(section.sh_size(endian));
            known.push((start, end, flags.contains(SHF_EXECINSTR)));
        }
    }
    known.sort_unstable();
    let mut executable_data = 0u64;
    for segment in header.program_headers(endian, data)? {
        if segment.p_type(endian) != PT_LOAD || !segment.p_flags(endian).contains(PF_X) {
            continue;
        }
        let bytes = segment
            .data(endian, data)
            .map_err(|()| Error::SegmentOutside)?;
        let start = segment.p_vaddr(endian);
        let end = start
            .checked_add(bytes.len() as u64)
            .ok_or(Error::AddressOverflow)?;
        let mut add = |from: u64, to: u64| {
            let gap = &bytes[(from - start) as usize..(to - start) as usize];
            // Padding. No aligned instruction begins with a zero.
            let zeros = gap.iter().take_while(|&&byte| byte == 0).count();
            code.push((from + zeros as u64, &gap[zeros..]));
        };
        let mut position = start;
        for &(from, to, executable) in &known {
            let (from, to) = (from.clamp(position, end), to.clamp(position, end));
            if position < from {
                add(position, from);
            }
            position = to;
            if !executable {
                executable_data = executable_data.saturating_add(to - from);
            }
        }
        add(position, end);
    }
    Ok(executable_data)
}

/// The beginnings of functions according to `.eh_frame_hdr`, which stripping leaves in place. `None` if there is none in
/// the one form that linkers write: a sorted table with 32-bit distances from itself.
fn unwinding_starts(header: &Header, endian: Endianness, data: &[u8]) -> Option<Vec<u64>> {
    const FORM: [u8; 4] = [1, 0x1b, 0x03, 0x3b];
    let segment = header
        .program_headers(endian, data)
        .ok()?
        .iter()
        .find(|segment| segment.p_type(endian) == PT_GNU_EH_FRAME)?;
    let table = segment.data(endian, data).ok()?;
    let count = u32::from_le_bytes(table.get(8..12)?.try_into().ok()?);
    let entries = table.strip_prefix(&FORM)?.get(8..)?.chunks_exact(8);
    let address = |entry: &[u8]| {
        let distance = i32::from_le_bytes([entry[0], entry[1], entry[2], entry[3]]);
        let table = segment.p_vaddr(endian);
        table.wrapping_add_signed(distance.into())
    };
    Some(entries.take(count as usize).map(address).collect())
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
