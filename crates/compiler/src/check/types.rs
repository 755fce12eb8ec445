//! Types as they are written.

use std::collections::HashMap;
use std::sync::Arc;

use super::Checker;
use crate::diagnostics::Diagnostic;
use crate::source::{Span, span_of};
use crate::tree::Type;

impl Checker<'_> {
    /// The type that is written; what has been reported of it fits everywhere.
    pub(super) fn ty(&mut self, ty: &syn::Type, constants: &HashMap<String, u32>) -> Type {
        let span = span_of(ty);
        match ty {
            syn::Type::Paren(inner) => self.ty(&inner.elem, constants),
            syn::Type::Group(inner) => self.ty(&inner.elem, constants),
            syn::Type::Tuple(tuple) => Type::Tuple(
                tuple
                    .elems
                    .iter()
                    .map(|ty| self.ty(ty, constants))
                    .collect(),
            ),
            syn::Type::Array(array) => {
                let part = self.ty(&array.elem, constants);
                match self.known_number(&array.len, constants) {
                    Some(n) => Type::Array(Arc::new(part), n as usize),
                    None => Type::Unknown,
                }
            }
            syn::Type::Slice(slice) => Type::List(Arc::new(self.word(&slice.elem, constants))),
            syn::Type::Reference(reference) => {
                if reference.mutability.is_some() {
                    self.report(
                        Diagnostic::error(span, "there are no mutable references")
                            .note("a function changes nothing of its caller's: its kind of rows has arguments and results")
                            .help("take the value, and return what it has become"),
                    );
                }
                self.ty(&reference.elem, constants)
            }
            syn::Type::Path(path) if path.qself.is_none() => self.named(&path.path, constants),
            _ => {
                self.error(span, "there is no such type here");
                Type::Unknown
            }
        }
    }

    fn named(&mut self, path: &syn::Path, constants: &HashMap<String, u32>) -> Type {
        let span = span_of(path);
        let Some(segment) = path.segments.last() else {
            return Type::Unknown;
        };
        let of_prelude = path.segments.len() == 2 && path.segments[0].ident == "sheaf_guest";
        if path.segments.len() > 1 && !of_prelude {
            self.error(span, "types have short names here");
            return Type::Unknown;
        }
        let name = segment.ident.to_string();
        match name.as_str() {
            "F" => Type::Field,
            "E" => Type::Extension,
            "Digest" => Type::Digest,
            "bool" => Type::Bool,
            "usize" => Type::Number,
            "Vec" => match &segment.arguments {
                syn::PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
                    Some(syn::GenericArgument::Type(ty)) => {
                        Type::List(Arc::new(self.word(ty, constants)))
                    }
                    _ => Type::Unknown,
                },
                _ => {
                    self.error(span, "of what? write `Vec<F>`, for example");
                    Type::Unknown
                }
            },
            name => match self.structs.get(name) {
                Some(&number) => Type::Struct(number),
                None => {
                    self.unknown_type(name, span);
                    Type::Unknown
                }
            },
        }
    }

    /// The type of a list's words, which are no lists themselves.
    fn word(&mut self, ty: &syn::Type, constants: &HashMap<String, u32>) -> Type {
        let word = self.ty(ty, constants);
        if self.tree.elements(&word) > MOST_ELEMENTS {
            let message = format!("a word of a list has at most {MOST_ELEMENTS} elements");
            self.error(span_of(ty), message);
        }
        word
    }

    fn unknown_type(&mut self, name: &str, span: Span) {
        let help = match name {
            "u8" | "u16" | "u32" | "u64" | "u128" => {
                "write `usize`, a number below 2^24, or `F`, an element of the field"
            }
            "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => {
                "numbers have no sign here: write `F`, where `-x` is `p - x`, or `usize`"
            }
            "f32" | "f64" => {
                "there are no floating-point numbers: write `F`, or scale by a power of two"
            }
            "String" | "str" | "char" => "there is no text: write numbers, or arrays of `F`",
            "Option" | "Result" => "write a `bool` beside a value; what fails is an `assert!`",
            "Box" | "Rc" | "Arc" | "HashMap" | "BTreeMap" | "HashSet" => {
                "there are arrays `[T; N]`, `Vec<T>`, tuples and structs"
            }
            "Self" => "write the name of the type",
            _ => {
                "types are `F`, `E`, `Digest`, `bool`, `usize`, arrays, `Vec`, tuples and structs of this file"
            }
        };
        let message = format!("there is no type `{name}` here");
        self.report(
            Diagnostic::error(span, message)
                .label("unknown type")
                .help(help),
        );
    }
}

/// The elements that a word of a list may have: what a tuple of memory has room for.
const MOST_ELEMENTS: usize = 60;
