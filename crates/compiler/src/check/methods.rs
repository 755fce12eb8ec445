//! Methods and associated functions of the prelude's types.

use p3_field::PrimeCharacteristicRing;
use sheaf_poseidon::sponge::initial_capacity;
use sheaf_program::{E, F};

use super::scope::Body;
use super::{refusals, typed, unknown};
use crate::SPONGE_TAG;
use crate::diagnostics::Diagnostic;
use crate::interpret::Value;
use crate::source::{Span, span_of};
use crate::tree::{Builtin, Expr, Kind, Type};

impl Body<'_, '_> {
    /// `F::ZERO`, and its like.
    pub(super) fn associated_constant(&mut self, path: &syn::Path, span: Span) -> Expr {
        let names: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (value, ty) = match names[..] {
            ["F", "ZERO"] => (Value::Field(F::ZERO), Type::Field),
            ["F", "ONE"] => (Value::Field(F::ONE), Type::Field),
            ["E", "ZERO"] => (Value::Extension(E::ZERO), Type::Extension),
            ["E", "ONE"] => (Value::Extension(E::ONE), Type::Extension),
            _ => {
                let diagnostic = Diagnostic::error(span, "there is no such constant here");
                self.report(diagnostic.help("there are `ZERO` and `ONE` of `F` and of `E`"));
                return unknown(span);
            }
        };
        typed(Kind::Constant(value), ty, span)
    }

    /// `F::from(..)`, and its like.
    pub(super) fn associated(
        &mut self,
        ty: &str,
        function: &str,
        path: &syn::Path,
        arguments: &syn::punctuated::Punctuated<syn::Expr, syn::Token![,]>,
        span: Span,
    ) -> Expr {
        let fields = |n| Type::Array(Type::Field.into(), n);
        let (builtin, types, result) = match (ty, function) {
            ("F", "new") => (Builtin::ToField, vec![Type::Number], Type::Field),
            ("F" | "usize", "from") => {
                let Some(argument) = arguments.first().filter(|_| arguments.len() == 1) else {
                    self.error(span, format!("`{ty}::from` takes 1 argument"));
                    return unknown(span);
                };
                let argument = self.expr(argument, None);
                return match (ty, &argument.ty) {
                    ("F", Type::Number | Type::Bool) => typed(
                        Kind::Builtin(Builtin::ToField, vec![argument]),
                        Type::Field,
                        span,
                    ),
                    ("usize", Type::Bool) => self.number_of_bool(argument, span),
                    (_, Type::Unknown) => unknown(span),
                    (_, found) => {
                        let message =
                            format!("`{ty}` is not made from `{}`", self.checker.show(found));
                        self.error(argument.span, message);
                        unknown(span)
                    }
                };
            }
            ("E", "new") => (Builtin::Extension, vec![fields(5)], Type::Extension),
            ("E", "from") => (Builtin::ToExtension, vec![Type::Field], Type::Extension),
            ("Digest", "new") => (Builtin::Digest, vec![fields(9)], Type::Digest),
            ("Digest", "empty") => {
                let capacity = Value::Digest(initial_capacity(SPONGE_TAG));
                return typed(Kind::Constant(capacity), Type::Digest, span);
            }
            ("Vec", _) => {
                self.report(refusals::growing_list(span));
                return unknown(span);
            }
            _ => {
                let diagnostic = Diagnostic::error(span_of(path), "there is no such function here");
                let help = "there are `F::new`, `F::from`, `E::new`, `E::from`, `Digest::new` and `Digest::empty`";
                self.report(diagnostic.help(help));
                return unknown(span);
            }
        };
        match self.arguments(arguments, &types, &format!("{ty}::{function}"), span) {
            Some(arguments) => typed(Kind::Builtin(builtin, arguments), result, span),
            None => unknown(span),
        }
    }

    pub(super) fn method(
        &mut self,
        call: &syn::ExprMethodCall,
        expected: Option<&Type>,
        span: Span,
    ) -> Expr {
        let name = call.method.to_string();
        let copies = [
            "clone",
            "to_vec",
            "to_owned",
            "iter",
            "into_iter",
            "as_slice",
        ];
        let wanted = expected.filter(|_| name == "clone");
        let receiver = self.expr(&call.receiver, wanted);
        let fields = |n| Type::Array(Type::Field.into(), n);
        let (builtin, result) = match (&receiver.ty, name.as_str()) {
            (Type::Unknown, _) => return unknown(span),
            // What is copied here is the same value.
            (_, name) if copies.contains(&name) && call.args.is_empty() => return receiver,
            (Type::Field, "inverse") => (Builtin::Inverse, Type::Field),
            (Type::Extension, "inverse") => (Builtin::Inverse, Type::Extension),
            (Type::Field, "to_usize") => (Builtin::ToNumber, Type::Number),
            (Type::Extension, "coefficients") => (Builtin::Coefficients, fields(5)),
            (Type::Digest, "elements") => (Builtin::DigestElements, fields(9)),
            (Type::List(_) | Type::Array(..), "len") => (Builtin::Length, Type::Number),
            (Type::List(_), "push" | "pop" | "insert" | "extend" | "sort" | "swap") => {
                self.report(refusals::growing_list(span));
                return unknown(span);
            }
            (ty, name) => {
                let ty = self.checker.show(ty);
                self.report(refusals::method(&ty, name, span_of(&call.method)));
                return unknown(span);
            }
        };
        if let Some(argument) = call.args.first() {
            self.error(span_of(argument), format!("`{name}` takes no arguments"));
        }
        typed(Kind::Builtin(builtin, vec![receiver]), result, span)
    }
}
