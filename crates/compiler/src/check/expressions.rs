//! Expressions.

use syn::{Expr as Syntax, Lit, UnOp};

use super::patterns::member;
use super::scope::{Body, number_at};
use super::{refusals, typed, unknown};
use crate::LIMIT;
use crate::diagnostics::Diagnostic;
use crate::interpret::Value;
use crate::source::{Span, span_of};
use crate::tree::{Expr, Kind, Pattern, Place, Statement, Step, Type, Unary};

impl Body<'_, '_> {
    /// An expression. What is expected of its type helps where it says nothing itself; whether it fits is for the caller.
    pub(super) fn expr(&mut self, expr: &Syntax, expected: Option<&Type>) -> Expr {
        let span = span_of(expr);
        match expr {
            Syntax::Paren(inner) => self.expr(&inner.expr, expected),
            Syntax::Group(inner) => self.expr(&inner.expr, expected),
            Syntax::Reference(inner) => {
                if inner.mutability.is_some() {
                    self.report(refusals::mutable_reference(span));
                }
                self.expr(&inner.expr, expected)
            }
            Syntax::Lit(literal) => self.literal(&literal.lit, span),
            Syntax::Path(path) if path.qself.is_none() => self.path(&path.path, span),
            Syntax::Block(block) if block.label.is_none() => self.block(&block.block, expected),
            Syntax::Tuple(tuple) => self.tuple(tuple, expected, span),
            Syntax::Array(array) => {
                let wanted = match expected {
                    Some(Type::Array(ty, _)) => Some((**ty).clone()),
                    _ => None,
                };
                self.array(array.elems.iter(), wanted, span)
            }
            Syntax::Repeat(repeat) => self.repeat(repeat, expected, span),
            Syntax::Struct(literal) => self.structure(literal, span),
            Syntax::Field(field) => self.field(field, span),
            Syntax::Index(index) => self.index(index, span),
            Syntax::Unary(unary) => self.unary(unary, expected, span),
            Syntax::Binary(binary) => self.binary(binary, span),
            Syntax::Assign(assign) => self.assign(assign, span),
            Syntax::If(branch) => self.branch(branch, expected, span),
            Syntax::Match(choice) => self.choice(choice, expected, span),
            Syntax::ForLoop(each) => self.for_loop(each, span),
            Syntax::While(repeat) if repeat.label.is_none() => self.while_loop(repeat, span),
            Syntax::Call(call) => self.call(call, expected, span),
            Syntax::MethodCall(call) => self.method(call, expected, span),
            Syntax::Macro(call) => self.macro_call(&call.mac, span, expected),
            Syntax::Cast(cast) => self.cast(cast, span),
            other => {
                self.report(refusals::expression(other, span));
                unknown(span)
            }
        }
    }

    pub(super) fn literal(&mut self, literal: &Lit, span: Span) -> Expr {
        match literal {
            Lit::Bool(literal) => {
                typed(Kind::Constant(Value::Bool(literal.value)), Type::Bool, span)
            }
            Lit::Int(literal) => {
                if !matches!(literal.suffix(), "" | "usize") {
                    let message = format!("there is no type `{}` here", literal.suffix());
                    let diagnostic = Diagnostic::error(span, message);
                    self.report(diagnostic.help("numbers are of type `usize`"));
                    return unknown(span);
                }
                match literal.base10_parse::<u32>() {
                    Ok(number) if number < LIMIT => number_at(number, span),
                    _ => {
                        self.report(
                            Diagnostic::error(span, "a number is below 2^24")
                                .label("too large")
                                .help("elements of the field can be larger: compute with `F`"),
                        );
                        unknown(span)
                    }
                }
            }
            _ => {
                self.report(refusals::literal(literal, span));
                unknown(span)
            }
        }
    }

    pub(super) fn path(&mut self, path: &syn::Path, span: Span) -> Expr {
        if let Some(ident) = path.get_ident() {
            let name = ident.to_string();
            return self.name(&name, span).unwrap_or_else(|| {
                let mut diagnostic =
                    Diagnostic::error(span, format!("there is no `{name}` here")).label("unknown");
                if self.checker.functions.contains_key(&name) {
                    diagnostic = diagnostic.help("a function is called, and is no value");
                } else if self.constant {
                    diagnostic = diagnostic
                        .note("this has to be known while the program is compiled")
                        .help(
                            "write a literal, a `const`, or a constant parameter: `const N: usize`",
                        );
                }
                self.report(diagnostic);
                unknown(span)
            });
        }
        self.associated_constant(path, span)
    }

    fn tuple(&mut self, tuple: &syn::ExprTuple, expected: Option<&Type>, span: Span) -> Expr {
        let wanted: Vec<Option<Type>> = match expected {
            Some(Type::Tuple(types)) if types.len() == tuple.elems.len() => {
                types.iter().cloned().map(Some).collect()
            }
            _ => vec![None; tuple.elems.len()],
        };
        let parts: Vec<Expr> = (tuple.elems.iter().zip(&wanted))
            .map(|(part, ty)| self.expr(part, ty.as_ref()))
            .collect();
        let types = parts.iter().map(|part| part.ty.clone()).collect();
        typed(Kind::Parts(parts), Type::Tuple(types), span)
    }

    /// An array; its first part says what the others are.
    pub(super) fn array<'s>(
        &mut self,
        all: impl Iterator<Item = &'s Syntax>,
        wanted: Option<Type>,
        span: Span,
    ) -> Expr {
        let mut ty = wanted;
        let mut parts = Vec::new();
        for part in all {
            let part = self.expr(part, ty.as_ref());
            let known = ty.get_or_insert_with(|| part.ty.clone()).clone();
            parts.push(self.fitting(part, &known));
        }
        let ty = Type::Array(ty.unwrap_or(Type::Unknown).into(), parts.len());
        typed(Kind::Parts(parts), ty, span)
    }

    fn repeat(&mut self, repeat: &syn::ExprRepeat, expected: Option<&Type>, span: Span) -> Expr {
        let wanted = match expected {
            Some(Type::Array(ty, _)) => Some((**ty).clone()),
            _ => None,
        };
        let part = self.expr(&repeat.expr, wanted.as_ref());
        let constants = self.constants.clone();
        let Some(n) = self.checker.known_number(&repeat.len, &constants) else {
            return unknown(span);
        };
        let ty = Type::Array(part.ty.clone().into(), n as usize);
        typed(Kind::Repeat(Box::new(part)), ty, span)
    }

    fn structure(&mut self, literal: &syn::ExprStruct, span: Span) -> Expr {
        let named = literal.path.get_ident().map(ToString::to_string);
        let found = named.and_then(|name| self.checker.structs.get(&name).copied());
        let Some(number) = found else {
            self.error(span_of(&literal.path), "there is no such struct here");
            return unknown(span);
        };
        if let Some(rest) = &literal.rest {
            let message = "all fields are written here";
            self.error(span_of(rest), message);
        }
        let fields = self.checker.tree.structs[number].fields.clone();
        let mut parts: Vec<Option<Expr>> = vec![None; fields.len()];
        // Fields are evaluated in the order in which they are written.
        let mut values = Vec::new();
        for field in &literal.fields {
            let name = member(&field.member);
            match fields.iter().position(|(known, _)| *known == name) {
                Some(index) => {
                    let ty = fields[index].1.clone();
                    let value = self.expr(&field.expr, Some(&ty));
                    let value = self.fitting(value, &ty);
                    let at = value.span;
                    let local = self.hidden(&name, ty.clone(), at);
                    values.push(Statement::Let(Pattern::Local(local), value));
                    parts[index] = Some(typed(Kind::Local(local), ty, at));
                }
                None => self.error(
                    span_of(&field.member),
                    format!("there is no field `{name}`"),
                ),
            }
        }
        if let Some(index) = parts.iter().position(Option::is_none) {
            self.error(span, format!("the field `{}` is missing", fields[index].0));
        }
        let parts = parts.into_iter().map(|part| part.unwrap_or(unknown(span)));
        let whole = typed(Kind::Parts(parts.collect()), Type::Struct(number), span);
        let kind = Kind::Block(values, Some(Box::new(whole)));
        typed(kind, Type::Struct(number), span)
    }

    /// The place of a field in a type.
    fn field_of(&mut self, ty: &Type, name: &syn::Member) -> Option<(usize, Type)> {
        let span = span_of(name);
        let name = member(name);
        let found = match ty {
            Type::Tuple(types) => {
                let index = name.parse::<usize>().ok();
                index.and_then(|index| Some((index, types.get(index)?.clone())))
            }
            Type::Struct(number) => {
                let fields = &self.checker.tree.structs[*number].fields;
                let index = fields.iter().position(|(known, _)| *known == name);
                index.map(|index| (index, fields[index].1.clone()))
            }
            _ => None,
        };
        if found.is_none() && !ty.is_vague() {
            let message = format!("`{}` has no field `{name}`", self.checker.show(ty));
            self.error(span, message);
        }
        found
    }

    fn field(&mut self, field: &syn::ExprField, span: Span) -> Expr {
        let whole = self.expr(&field.base, None);
        match self.field_of(&whole.ty, &field.member) {
            Some((index, ty)) => typed(Kind::Part(Box::new(whole), index), ty, span),
            None => unknown(span),
        }
    }

    fn index(&mut self, index: &syn::ExprIndex, span: Span) -> Expr {
        let whole = self.expr(&index.expr, None);
        if let Syntax::Range(range) = &*index.index {
            self.report(refusals::slice(span_of(range)));
            return unknown(span);
        }
        let position = self.expr(&index.index, Some(&Type::Number));
        let position = self.fitting(position, &Type::Number);
        let ty = match &whole.ty {
            Type::Array(ty, _) | Type::List(ty) => (**ty).clone(),
            ty => {
                if !ty.is_vague() {
                    let message = format!("`{}` has no index", self.checker.show(ty));
                    self.error(span, message);
                }
                return unknown(span);
            }
        };
        typed(Kind::Index(Box::new(whole), Box::new(position)), ty, span)
    }

    fn unary(&mut self, unary: &syn::ExprUnary, expected: Option<&Type>, span: Span) -> Expr {
        let inner = self.expr(&unary.expr, expected);
        if inner.ty.is_vague() {
            return inner;
        }
        let op = match (&unary.op, &inner.ty) {
            // References are values here.
            (UnOp::Deref(_), _) => return Expr { span, ..inner },
            (UnOp::Neg(_), Type::Field | Type::Extension) => Unary::Negate,
            (UnOp::Not(_), Type::Bool) => Unary::Not,
            (UnOp::Neg(_), Type::Number) => {
                self.report(
                    Diagnostic::error(span, "a number has no sign here")
                        .help("subtract it from another, or compute with `F`"),
                );
                return unknown(span);
            }
            (_, ty) => {
                let message = format!("`{}` has no such operator", self.checker.show(ty));
                self.error(span, message);
                return unknown(span);
            }
        };
        let ty = inner.ty.clone();
        typed(Kind::Unary(op, Box::new(inner)), ty, span)
    }

    /// Where an assignment goes, with the type of what is there.
    pub(super) fn place(&mut self, expr: &Syntax) -> Option<(Place, Type)> {
        let span = span_of(expr);
        match expr {
            Syntax::Paren(inner) => self.place(&inner.expr),
            Syntax::Path(path) => {
                let name = path.path.get_ident()?.to_string();
                let Some(local) = self.find(&name) else {
                    self.error(span, format!("there is no variable `{name}` here"));
                    return None;
                };
                let known = self.locals[local].clone();
                if !known.mutable {
                    self.report(
                        Diagnostic::error(span, format!("`{name}` is assigned twice"))
                            .other(known.span, "it is not `mut`")
                            .help(format!("write `let mut {name}`")),
                    );
                    self.locals[local].mutable = true;
                }
                let path = Vec::new();
                Some((Place { local, path, span }, known.ty))
            }
            Syntax::Field(field) => {
                let (mut place, ty) = self.place(&field.base)?;
                let (index, ty) = self.field_of(&ty, &field.member)?;
                place.path.push(Step::Part(index));
                Some((Place { span, ..place }, ty))
            }
            Syntax::Index(index) => {
                let (mut place, ty) = self.place(&index.expr)?;
                match ty {
                    Type::Array(ty, _) => {
                        let position = self.expr(&index.index, Some(&Type::Number));
                        let position = self.fitting(position, &Type::Number);
                        place.path.push(Step::Index(position));
                        Some((Place { span, ..place }, (*ty).clone()))
                    }
                    Type::List(_) => {
                        self.report(refusals::assigned_list(span));
                        None
                    }
                    _ => {
                        self.error(span, "this has no index");
                        None
                    }
                }
            }
            _ => {
                self.error(span, "nothing can be assigned to this");
                None
            }
        }
    }

    fn assign(&mut self, assign: &syn::ExprAssign, span: Span) -> Expr {
        if let Syntax::Tuple(tuple) = &*assign.left {
            let mut places = Vec::new();
            let mut types = Vec::new();
            for part in &tuple.elems {
                if matches!(part, Syntax::Infer(_)) {
                    places.push(None);
                    types.push(Type::Unknown);
                } else if let Some((place, ty)) = self.place(part) {
                    places.push(Some(place));
                    types.push(ty);
                } else {
                    return unknown(span);
                }
            }
            let ty = Type::Tuple(types);
            let value = self.expr(&assign.right, Some(&ty));
            let value = self.fitting(value, &ty);
            return typed(Kind::AssignAll(places, Box::new(value)), Type::UNIT, span);
        }
        let place = self.place(&assign.left);
        let value = self.expr(&assign.right, place.as_ref().map(|(_, ty)| ty));
        let Some((place, ty)) = place else {
            return unknown(span);
        };
        let value = self.fitting(value, &ty);
        typed(Kind::Assign(place, Box::new(value)), Type::UNIT, span)
    }
}
