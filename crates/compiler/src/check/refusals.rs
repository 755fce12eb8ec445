//! What is Rust and can't be compiled: the reason, and what to write instead.

use syn::{Expr, Item, Lit, Signature};

use crate::diagnostics::Diagnostic;
use crate::source::{Span, span_of};

/// An item that is no struct, constant or function; none if it is nothing to the program.
pub(super) fn item(item: &Item) -> Option<Diagnostic> {
    let span = span_of(item);
    let refusal = |what: &str, help: &str| {
        Some(Diagnostic::error(span, format!("{what} can't be compiled")).help(help))
    };
    match item {
        Item::Use(used) => {
            let first = match &used.tree {
                syn::UseTree::Path(path) => path.ident.to_string(),
                _ => String::new(),
            };
            if first == "sheaf_guest" {
                return renames(&used.tree).then(|| {
                    Diagnostic::error(span, "the prelude's names can't be changed")
                        .help("write `use sheaf_guest::*;`")
                });
            }
            Some(
                Diagnostic::error(span, "a program uses `sheaf_guest` and nothing else")
                    .label("this is not compiled with it")
                    .help("write the function here, in the part of Rust that is compiled"),
            )
        }
        Item::Mod(module) => {
            let tests = |a: &syn::Attribute| {
                a.path().is_ident("cfg")
                    && a.parse_args::<syn::Ident>().is_ok_and(|of| of == "test")
            };
            if module.attrs.iter().any(tests) {
                return None;
            }
            refusal("modules", "put all functions into one file")
        }
        Item::Enum(_) => refusal("enums", "write a struct with a number, and `match` on it"),
        Item::Trait(_) => refusal("traits", "write a function for each type"),
        Item::Impl(_) => refusal("methods", "write a function: `fn name(value: Type, ..)`"),
        Item::Static(_) => refusal("statics", "write `const`"),
        Item::Type(_) => refusal("other names of types", "write the type"),
        Item::Macro(_) => refusal("macros of your own", "write a function"),
        _ => refusal(
            "such an item",
            "there are `fn`, `struct`, `const` and `use sheaf_guest::*`",
        ),
    }
}

/// Whether something gets another name.
fn renames(tree: &syn::UseTree) -> bool {
    match tree {
        syn::UseTree::Path(path) => renames(&path.tree),
        syn::UseTree::Rename(_) => true,
        syn::UseTree::Group(group) => group.items.iter().any(renames),
        syn::UseTree::Name(_) | syn::UseTree::Glob(_) => false,
    }
}

/// What a function's head has that can't be compiled.
pub(super) fn signature(signature: &Signature) -> Vec<Diagnostic> {
    let mut refusals = Vec::new();
    for parameter in &signature.generics.params {
        if let syn::GenericParam::Type(parameter) = parameter {
            refusals.push(
                Diagnostic::error(span_of(parameter), "types can't be parameters")
                    .note("a kind of rows has cells of known types")
                    .help("write a function for each type; lengths can be parameters: `const N: usize`"),
            );
        }
    }
    if let Some(token) = &signature.asyncness {
        let span = Span::from(token.span);
        refusals.push(Diagnostic::error(span, "nothing waits here").help("leave `async` out"));
    }
    if let syn::Safety::Unsafe(token) = &signature.safety {
        let span = Span::from(token.span);
        refusals
            .push(Diagnostic::error(span, "there is no unsafe code").help("leave `unsafe` out"));
    }
    refusals
}

/// An expression that is never compiled.
pub(super) fn expression(expr: &Expr, span: Span) -> Diagnostic {
    let (message, note, help) = match expr {
        Expr::Return(_) => (
            "`return` can't be compiled",
            "a kind of rows runs to its end",
            "write `if .. { .. } else { .. }` with the result as last expression",
        ),
        Expr::Break(_) | Expr::Continue(_) => (
            "loops end at their head only",
            "what a step makes is the state of the next one",
            "write `while`, with a `bool` that says whether to go on",
        ),
        Expr::Loop(_) => (
            "`loop` can't be compiled",
            "a loop ends at its head",
            "write `while` with a condition",
        ),
        Expr::Closure(_) => (
            "closures are no values here",
            "what is called is known while the program is compiled",
            "write a function; `from_fn(n, |i| ..)` takes a closure",
        ),
        Expr::Try(_) => (
            "`?` can't be compiled",
            "what fails has no proof",
            "write `assert!`",
        ),
        Expr::Unsafe(_) => (
            "there is no unsafe code",
            "memory is written once, and read where it has been written",
            "leave `unsafe` out",
        ),
        Expr::Range(_) => (
            "ranges are no values here",
            "a range says how often a loop runs",
            "write it into `for i in a..b`",
        ),
        Expr::Let(_) => (
            "`let` is no condition here",
            "there are no enums to match",
            "compare with `==`",
        ),
        _ => (
            "this can't be compiled",
            "it is not in the part of Rust that becomes rows",
            "see docs/language.md for what is",
        ),
    };
    Diagnostic::error(span, message).note(note).help(help)
}

pub(super) fn literal(literal: &Lit, span: Span) -> Diagnostic {
    match literal {
        Lit::Float(_) => Diagnostic::error(span, "there are no floating-point numbers")
            .help("compute with `F`, or scale by a power of two"),
        Lit::Str(_) | Lit::Char(_) | Lit::ByteStr(_) | Lit::Byte(_) | Lit::CStr(_) => {
            Diagnostic::error(span, "there is no text here")
                .note("text is for the messages of assertions")
                .help("write numbers")
        }
        _ => Diagnostic::error(span, "there is no such literal here"),
    }
}

pub(super) fn mutable_reference(span: Span) -> Diagnostic {
    Diagnostic::error(span, "there are no mutable references")
        .note("a function changes nothing of its caller's: its kind of rows has arguments and results")
        .help("take the value, and return what it has become")
}

pub(super) fn pattern(span: Span) -> Diagnostic {
    Diagnostic::error(span, "there is no such pattern here")
        .help("patterns are names, `_`, tuples, arrays and structs")
}

pub(super) fn let_else(span: Span) -> Diagnostic {
    Diagnostic::error(span, "`let .. else` can't be compiled").help("write `assert!` before")
}

pub(super) fn if_let(span: Span) -> Diagnostic {
    Diagnostic::error(span, "`if let` can't be compiled")
        .note("there are no enums to match")
        .help("compare with `==`")
}

pub(super) fn label(span: Span) -> Diagnostic {
    Diagnostic::error(span, "loops have no labels")
        .note("nothing breaks out of a loop")
        .help("leave the label out")
}

pub(super) fn slice(span: Span) -> Diagnostic {
    Diagnostic::error(span, "a part of a list is no list here")
        .help("pass the list, where the part begins, and its length")
}

pub(super) fn assigned_list(span: Span) -> Diagnostic {
    Diagnostic::error(span, "the words of a list can't be assigned")
        .note("memory is written once")
        .help("make a new list: `from_fn(old.len(), |i| if i == k { x } else { old[i] })`")
}

pub(super) fn growing_list(span: Span) -> Diagnostic {
    Diagnostic::error(span, "a list does not grow or change")
        .note("its length is known when it is made, and memory is written once")
        .help("write `from_fn(n, |i| ..)` or `vec![x; n]`")
}

pub(super) fn bitwise(span: Span) -> Diagnostic {
    Diagnostic::error(span, "there is no such operator on bits")
        .note("numbers are elements of a field, and bits cost a cell each")
        .help("for bools write `&&`, `||` and `!=`; bits of an element are `bits(x)`")
}

pub(super) fn cast(span: Span) -> Diagnostic {
    Diagnostic::error(span, "there is no such cast")
        .help("write `F::from(..)`, `.to_usize()` or `usize::from(bool)`")
}

pub(super) fn macro_call(name: &str, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::error(span, format!("there is no macro `{name}!` here"));
    match name {
        "println" | "print" | "eprintln" | "dbg" => {
            diagnostic.help("print in a native test; a proof has no output but main's results")
        }
        "debug_assert" | "debug_assert_eq" | "debug_assert_ne" => {
            diagnostic.help("write the assertion without `debug_`: it is a part of the proof")
        }
        _ => diagnostic.help(
            "there are `assert!`, `assert_eq!`, `assert_ne!`, `panic!`, `unreachable!` and `vec!`",
        ),
    }
}

pub(super) fn function(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error(span, format!("there is no function `{name}` here"))
        .label("unknown")
        .help("functions stand in this file, or in `sheaf_guest`")
}

pub(super) fn method(ty: &str, name: &str, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::error(span, format!("`{ty}` has no method `{name}` here"));
    match name {
        "map" | "fold" | "sum" | "zip" | "enumerate" | "filter" | "collect" | "rev" | "any"
        | "all" => diagnostic.help("write a `for` loop, or `from_fn`"),
        "pow" => diagnostic.help("multiply in a `for` loop"),
        "wrapping_add" | "wrapping_sub" | "wrapping_mul" => {
            diagnostic.help("numbers do not wrap; elements of `F` do, at p")
        }
        _ => diagnostic,
    }
}
