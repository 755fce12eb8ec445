//! Macros: assertions and lists.

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Expr as Syntax, Token};

use super::scope::Body;
use super::{refusals, typed, unknown};
use crate::diagnostics::Diagnostic;
use crate::source::{Span, span_of};
use crate::tree::{Builtin, Expr, Kind, Pattern, Statement, Type};

/// What stands in `vec![..]`.
enum List {
    Words(Punctuated<Syntax, Token![,]>),
    Repeat(Box<(Syntax, Syntax)>),
}

impl Parse for List {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.is_empty() {
            return Ok(Self::Words(Punctuated::new()));
        }
        let first: Syntax = input.parse()?;
        if input.parse::<Option<Token![;]>>()?.is_some() {
            return Ok(Self::Repeat(Box::new((first, input.parse()?))));
        }
        let mut words = Punctuated::new();
        words.push_value(first);
        while let Some(comma) = input.parse::<Option<Token![,]>>()? {
            words.push_punct(comma);
            if input.is_empty() {
                break;
            }
            words.push_value(input.parse()?);
        }
        Ok(Self::Words(words))
    }
}

impl Body<'_, '_> {
    pub(super) fn macro_call(
        &mut self,
        call: &syn::Macro,
        span: Span,
        expected: Option<&Type>,
    ) -> Expr {
        let name = call.path.get_ident().map(ToString::to_string);
        let name = name.unwrap_or_default();
        if name == "vec" {
            return match call.parse_body::<List>() {
                Ok(list) => self.list(list, expected, span),
                Err(error) => self.broken(&error),
            };
        }
        let expressions = match name.as_str() {
            "assert" => 1,
            "assert_eq" | "assert_ne" => 2,
            "panic" | "unreachable" | "todo" | "unimplemented" => 0,
            _ => {
                self.report(refusals::macro_call(&name, span_of(&call.path)));
                return unknown(span);
            }
        };
        let parser = Punctuated::<Syntax, Token![,]>::parse_terminated;
        let arguments = match call.parse_body_with(parser) {
            Ok(arguments) => arguments,
            Err(error) => return self.broken(&error),
        };
        if arguments.len() < expressions {
            self.error(span, format!("`{name}!` takes {expressions} expressions"));
            return unknown(span);
        }
        let mut arguments = arguments.iter();
        let operands: Vec<&Syntax> = arguments.by_ref().take(expressions).collect();
        let written = self.text(call, span);
        let message = self.message(arguments, written);
        match operands[..] {
            [condition] => {
                let condition = self.condition(condition);
                typed(Kind::Assert(condition.into(), message), Type::UNIT, span)
            }
            [a, b] => {
                let a = self.expr(a, None);
                let wanted = a.ty.clone();
                let b = self.expr(b, Some(&wanted));
                let b = self.fitting(b, &wanted);
                if self.checker.tree.has_list(&a.ty) {
                    self.report(
                        Diagnostic::error(span, "lists can't be compared")
                            .help("compare their lengths, then their words in a `for` loop"),
                    );
                }
                let equal = name == "assert_eq";
                let kind = Kind::AssertEqual(a.into(), b.into(), equal, message);
                typed(kind, Type::UNIT, span)
            }
            _ => typed(Kind::Panic(message), Type::Never, span),
        }
    }

    fn broken(&mut self, error: &syn::Error) -> Expr {
        let span = Span::from(error.span());
        self.error(span, format!("{error}"));
        unknown(span)
    }

    /// The text of a call, which is its message if it has no other.
    fn text(&self, call: &syn::Macro, span: Span) -> String {
        let name = call.path.get_ident().map(ToString::to_string);
        let text = self.checker.diagnostics.text(span);
        let text: Vec<&str> = text.split_whitespace().collect();
        match text.is_empty() {
            true => name.unwrap_or_default(),
            false => text.join(" "),
        }
    }

    fn message<'s>(
        &mut self,
        mut arguments: impl Iterator<Item = &'s Syntax>,
        written: String,
    ) -> String {
        let message = match arguments.next() {
            None => return written,
            Some(Syntax::Lit(literal)) => match &literal.lit {
                syn::Lit::Str(text) => text.value(),
                other => {
                    self.error(span_of(other), "a message is a text");
                    return written;
                }
            },
            Some(other) => {
                self.error(span_of(other), "a message is a text");
                return written;
            }
        };
        if message.contains('{') {
            let rest = arguments.next();
            let span = rest.map(span_of);
            if let Some(span) = span {
                let diagnostic = Diagnostic::error(span, "a message has no values here");
                self.report(diagnostic.help("say in words what has to be so"));
            }
        }
        message
    }

    /// `vec![a, b]` or `vec![x; n]`.
    fn list(&mut self, list: List, expected: Option<&Type>, span: Span) -> Expr {
        let wanted = match expected {
            Some(Type::List(ty)) => Some((**ty).clone()),
            _ => None,
        };
        match list {
            List::Words(words) => {
                let array = self.array(words.iter(), wanted, span);
                let Type::Array(ty, _) = &array.ty else {
                    return unknown(span);
                };
                if **ty == Type::Unknown {
                    let message = "an empty list says nothing about its words";
                    self.error(span, message);
                }
                let ty = Type::List(ty.clone());
                typed(Kind::Builtin(Builtin::ToList, vec![array]), ty, span)
            }
            List::Repeat(both) => {
                let (word, length) = *both;
                let word = self.expr(&word, wanted.as_ref());
                let length = self.expr(&length, Some(&Type::Number));
                let length = self.fitting(length, &Type::Number);
                let ty = Type::List(word.ty.clone().into());
                let local = self.hidden("word", word.ty.clone(), word.span);
                let index = self.hidden("index", Type::Number, span);
                let same = typed(Kind::Local(local), word.ty.clone(), word.span);
                let kind = Kind::FromFn(length.into(), index, same.into());
                let all = typed(kind, ty.clone(), span);
                let bound = Statement::Let(Pattern::Local(local), word);
                typed(Kind::Block(vec![bound], Some(all.into())), ty, span)
            }
        }
    }
}
