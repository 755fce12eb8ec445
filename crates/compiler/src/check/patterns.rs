//! What is bound by `let`, a parameter, a loop.

use syn::Pat;

use super::refusals;
use super::scope::Body;
use crate::diagnostics::Diagnostic;
use crate::source::{Span, span_of};
use crate::tree::{Pattern, Type};

impl Body<'_, '_> {
    /// Binds the names of a pattern to the parts of a value of this type.
    pub(super) fn pattern(&mut self, pattern: &Pat, ty: &Type) -> Pattern {
        match pattern {
            Pat::Wild(_) => Pattern::Wild,
            Pat::Paren(inner) => self.pattern(&inner.pat, ty),
            Pat::Type(inner) => self.pattern(&inner.pat, ty),
            Pat::Reference(inner) if inner.mutability.is_none() => self.pattern(&inner.pat, ty),
            Pat::Ident(ident) if ident.subpat.is_none() && ident.by_ref.is_none() => {
                let name = ident.ident.to_string();
                let span = Span::from(ident.ident.span());
                if self.checker.constants.contains_key(&name) {
                    self.error(
                        span,
                        format!("`{name}` is a constant, and no name for a variable"),
                    );
                }
                Pattern::Local(self.declare(&name, ident.mutability.is_some(), ty.clone(), span))
            }
            Pat::Tuple(tuple) => {
                let parts: Vec<&Pat> = tuple.elems.iter().collect();
                let matches = matches!(ty, Type::Tuple(_));
                self.parts(&parts, ty, matches, span_of(pattern))
            }
            Pat::Slice(slice) => {
                let parts: Vec<&Pat> = slice.elems.iter().collect();
                let matches = matches!(ty, Type::Array(..));
                self.parts(&parts, ty, matches, span_of(pattern))
            }
            Pat::TupleStruct(inner) => {
                let parts: Vec<&Pat> = inner.elems.iter().collect();
                let matches = self.is_struct(&inner.path, ty);
                self.parts(&parts, ty, matches, span_of(pattern))
            }
            Pat::Struct(inner) => self.fields(inner, ty),
            other => {
                self.report(refusals::pattern(span_of(other)));
                Pattern::Wild
            }
        }
    }

    fn is_struct(&self, path: &syn::Path, ty: &Type) -> bool {
        let named = path.get_ident().map(ToString::to_string);
        let number = named.and_then(|name| self.checker.structs.get(&name).copied());
        matches!((number, ty), (Some(a), Type::Struct(b)) if a == *b)
    }

    fn parts(&mut self, patterns: &[&Pat], ty: &Type, matches: bool, span: Span) -> Pattern {
        let mut types = self.checker.tree.parts(ty);
        if !ty.is_vague() && (!matches || types.len() != patterns.len()) {
            let message = format!("this pattern does not match `{}`", self.checker.show(ty));
            self.error(span, message);
        }
        if !matches || types.len() != patterns.len() {
            types = vec![Type::Unknown; patterns.len()];
        }
        let parts = patterns
            .iter()
            .zip(&types)
            .map(|(p, ty)| self.pattern(p, ty));
        Pattern::Parts(parts.collect())
    }

    fn fields(&mut self, pattern: &syn::PatStruct, ty: &Type) -> Pattern {
        let span = span_of(pattern);
        let Type::Struct(number) = ty else {
            let message = format!("this pattern does not match `{}`", self.checker.show(ty));
            self.error(span, message);
            return Pattern::Wild;
        };
        if !self.is_struct(&pattern.path, ty) {
            let message = format!("this pattern does not match `{}`", self.checker.show(ty));
            self.error(span, message);
        }
        let fields = self.checker.tree.structs[*number].fields.clone();
        let mut parts = vec![None; fields.len()];
        for field in &pattern.fields {
            let name = member(&field.member);
            match fields.iter().position(|(known, _)| *known == name) {
                Some(index) => parts[index] = Some(self.pattern(&field.pat, &fields[index].1)),
                None => {
                    let message = format!("there is no field `{name}`");
                    self.error(span_of(&field.member), message);
                }
            }
        }
        let missing = parts.iter().position(Option::is_none);
        if let (Some(index), None) = (missing, &pattern.rest) {
            let message = format!("the pattern lacks the field `{}`", fields[index].0);
            let diagnostic = Diagnostic::error(span, message);
            self.report(diagnostic.help("end the pattern with `..` to leave fields out"));
        }
        let parts = parts.into_iter().map(|p| p.unwrap_or(Pattern::Wild));
        Pattern::Parts(parts.collect())
    }
}

/// A field's name.
pub(super) fn member(member: &syn::Member) -> String {
    match member {
        syn::Member::Named(name) => name.to_string(),
        syn::Member::Unnamed(index) => index.index.to_string(),
    }
}
