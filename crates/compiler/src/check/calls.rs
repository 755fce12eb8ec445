//! Calls: of the prelude, of functions, of structs.

use syn::punctuated::Punctuated;
use syn::{Expr as Syntax, GenericArgument, GenericParam, PathArguments, Token};

use super::scope::Body;
use super::{refusals, typed, unknown};
use crate::diagnostics::Diagnostic;
use crate::source::{Span, span_of};
use crate::tree::{Builtin, Expr, Kind, Pattern, Type};

type Arguments = Punctuated<Syntax, Token![,]>;

impl Body<'_, '_> {
    pub(super) fn call(
        &mut self,
        call: &syn::ExprCall,
        expected: Option<&Type>,
        span: Span,
    ) -> Expr {
        let Syntax::Path(function) = &*call.func else {
            self.error(span_of(&call.func), "only functions can be called");
            return unknown(span);
        };
        let path = &function.path;
        let names: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let Some(last) = path.segments.last() else {
            return unknown(span);
        };
        match names[..] {
            [ty, function] => self.associated(ty, function, path, &call.args, span),
            [name] if self.checker.functions.contains_key(name) => {
                self.own(name, &last.arguments, &call.args, span)
            }
            [name] if self.checker.structs.contains_key(name) => {
                let number = self.checker.structs[name];
                let fields = self.checker.tree.structs[number].fields.clone();
                let types: Vec<Type> = fields.into_iter().map(|(_, ty)| ty).collect();
                match self.arguments(&call.args, &types, name, span) {
                    Some(parts) => typed(Kind::Parts(parts), Type::Struct(number), span),
                    None => unknown(span),
                }
            }
            [name] => self.prelude(name, &last.arguments, &call.args, expected, span),
            _ => {
                self.error(span_of(path), "there is no such function here");
                unknown(span)
            }
        }
    }

    /// Arguments for parameters of these types.
    pub(super) fn arguments(
        &mut self,
        arguments: &Arguments,
        types: &[Type],
        name: &str,
        span: Span,
    ) -> Option<Vec<Expr>> {
        if arguments.len() != types.len() {
            let message = format!(
                "`{name}` takes {} argument{}, not {}",
                types.len(),
                if types.len() == 1 { "" } else { "s" },
                arguments.len()
            );
            self.error(span, message);
            return None;
        }
        let both = arguments.iter().zip(types);
        Some(
            both.map(|(argument, ty)| {
                let value = self.expr(argument, Some(ty));
                let value = self.as_slice(value, ty);
                self.fitting(value, ty)
            })
            .collect(),
        )
    }

    /// An array where a slice is expected is put into memory.
    fn as_slice(&mut self, value: Expr, expected: &Type) -> Expr {
        match (&value.ty, expected) {
            (Type::Array(a, _), Type::List(b)) if a.fits(b) => {
                let span = value.span;
                typed(
                    Kind::Builtin(Builtin::ToList, vec![value]),
                    expected.clone(),
                    span,
                )
            }
            _ => value,
        }
    }

    /// A call of a function of this file.
    fn own(
        &mut self,
        name: &str,
        generics: &PathArguments,
        arguments: &Arguments,
        span: Span,
    ) -> Expr {
        let item = self.checker.functions[name];
        let parameters: Vec<String> = (item.sig.generics.params.iter())
            .filter_map(|parameter| match parameter {
                GenericParam::Const(parameter) => Some(parameter.ident.to_string()),
                _ => None,
            })
            .collect();
        let mut known: Vec<Option<u32>> = vec![None; parameters.len()];
        if let PathArguments::AngleBracketed(given) = generics {
            for (slot, argument) in known.iter_mut().zip(&given.args) {
                let constants = self.constants.clone();
                *slot = match argument {
                    GenericArgument::Const(value) => self.checker.known_number(value, &constants),
                    GenericArgument::Type(syn::Type::Path(path)) => {
                        let value = self.path(&path.path, span);
                        self.number_of(&value, span)
                    }
                    _ => None,
                };
            }
        }
        let typed_inputs: Vec<&syn::Type> = (item.sig.inputs.iter())
            .filter_map(|input| match input {
                syn::FnArg::Typed(input) => Some(&*input.ty),
                syn::FnArg::Receiver(_) => None,
            })
            .collect();
        if known.iter().any(Option::is_none) {
            // What arrays have as lengths says what the constants are.
            for (argument, written) in arguments.iter().zip(&typed_inputs) {
                let reports = self.checker.diagnostics.clone();
                let locals = self.locals.len();
                let ty = self.expr(argument, None).ty;
                self.locals.truncate(locals);
                self.checker.diagnostics = reports;
                infer(written, &ty, &parameters, &mut known);
            }
        }
        let mut constants = Vec::new();
        for (parameter, value) in parameters.iter().zip(known) {
            match value {
                Some(value) => constants.push((parameter.clone(), value)),
                None => {
                    let message = format!("what is `{parameter}`?");
                    let help = format!("write `{name}::<..>(..)`");
                    self.report(Diagnostic::error(span, message).help(help));
                    return unknown(span);
                }
            }
        }
        let instance = self.checker.instance(item, &constants);
        let function = &self.checker.tree.functions[instance];
        let types: Vec<Type> = (function.parameters.iter())
            .map(|(_, ty)| ty.clone())
            .collect();
        let result = function.result.clone();
        match self.arguments(arguments, &types, name, span) {
            Some(arguments) => typed(Kind::Call(instance, arguments), result, span),
            None => unknown(span),
        }
    }

    /// A call of a function of the prelude.
    fn prelude(
        &mut self,
        name: &str,
        generics: &PathArguments,
        arguments: &Arguments,
        expected: Option<&Type>,
        span: Span,
    ) -> Expr {
        let state = |n| Type::Array(Type::Field.into(), n);
        let (builtin, types, result) = match name {
            "advice" => return self.advice(generics, expected, span),
            "hint" => {
                let Some(value) = arguments.first() else {
                    self.error(span, "`hint` takes 1 argument, not 0");
                    return unknown(span);
                };
                let value = self.expr(value, expected);
                if self.checker.tree.has_list(&value.ty) {
                    self.error(span, "a list can't be hinted: hint its words in `from_fn`");
                }
                let ty = value.ty.clone();
                return typed(Kind::Hint(value.into()), ty, span);
            }
            "from_fn" => return self.made_list(arguments, expected, span),
            "compress" => (
                Builtin::Compress,
                vec![Type::Digest, Type::Digest],
                Type::Digest,
            ),
            "absorb" => return self.absorb(arguments, span),
            "poseidon24" => (Builtin::Poseidon24, vec![state(24)], state(24)),
            "poseidon16" => (Builtin::Poseidon16, vec![state(16)], state(16)),
            "bits" => {
                let bits = Type::Array(Type::Bool.into(), 31);
                (Builtin::Bits, vec![Type::Field], bits)
            }
            _ => {
                self.report(refusals::function(name, span));
                return unknown(span);
            }
        };
        match self.arguments(arguments, &types, name, span) {
            Some(arguments) => typed(Kind::Builtin(builtin, arguments), result, span),
            None => unknown(span),
        }
    }

    fn advice(&mut self, generics: &PathArguments, expected: Option<&Type>, span: Span) -> Expr {
        let written = match generics {
            PathArguments::AngleBracketed(given) => match given.args.first() {
                Some(GenericArgument::Type(ty)) => {
                    let constants = self.constants.clone();
                    Some(self.checker.ty(ty, &constants))
                }
                _ => None,
            },
            _ => expected.filter(|ty| !ty.is_vague()).cloned(),
        };
        match written {
            Some(ty) if self.checker.tree.has_list(&ty) => {
                self.report(
                    Diagnostic::error(span, "the tape has no lists")
                        .help("write `from_fn(n, |_| advice())`"),
                );
                unknown(span)
            }
            Some(ty) => typed(Kind::Advice, ty, span),
            None => {
                self.report(
                    Diagnostic::error(span, "of what type is this advice?")
                        .help("write `advice::<F>()`, or `let x: F = advice();`"),
                );
                unknown(span)
            }
        }
    }

    fn absorb(&mut self, arguments: &Arguments, span: Span) -> Expr {
        if arguments.len() != 2 {
            let message = format!("`absorb` takes 2 arguments, not {}", arguments.len());
            self.error(span, message);
            return unknown(span);
        }
        let digest = self.expr(&arguments[0], Some(&Type::Digest));
        let digest = self.fitting(digest, &Type::Digest);
        let block = self.expr(&arguments[1], None);
        match &block.ty {
            Type::Array(ty, n) if **ty == Type::Field && *n <= 15 => {}
            ty => {
                if !ty.is_vague() {
                    let found = self.checker.show(ty);
                    let message = format!("a block has at most 15 elements, and is no `{found}`");
                    self.error(block.span, message);
                }
                return unknown(span);
            }
        }
        let kind = Kind::Builtin(Builtin::Absorb, vec![digest, block]);
        typed(kind, Type::Digest, span)
    }

    fn made_list(&mut self, arguments: &Arguments, expected: Option<&Type>, span: Span) -> Expr {
        let mut arguments = arguments.iter();
        let (Some(length), Some(Syntax::Closure(word)), None) =
            (arguments.next(), arguments.next(), arguments.next())
        else {
            self.report(
                Diagnostic::error(span, "`from_fn` takes a length and a closure")
                    .help("write `from_fn(n, |i| ..)`"),
            );
            return unknown(span);
        };
        let length = self.expr(length, Some(&Type::Number));
        let length = self.fitting(length, &Type::Number);
        if word.inputs.len() != 1 {
            self.error(span_of(word), "the closure takes the place of a word");
            return unknown(span);
        }
        let wanted = match expected {
            Some(Type::List(ty)) => Some((**ty).clone()),
            _ => None,
        };
        let (index, word) = self.scoped(|body| {
            let index = match body.pattern(&word.inputs[0], &Type::Number) {
                Pattern::Local(local) => local,
                _ => body.hidden("index", Type::Number, span_of(&word.inputs[0])),
            };
            (index, body.expr(&word.body, wanted.as_ref()))
        });
        if self.checker.tree.has_list(&word.ty) {
            self.report(
                Diagnostic::error(word.span, "the words of a list are no lists")
                    .help("write one list, and compute the index: `list[width * y + x]`"),
            );
        }
        let ty = Type::List(word.ty.clone().into());
        typed(Kind::FromFn(length.into(), index, word.into()), ty, span)
    }
}

/// Finds constant parameters where a parameter's type has one as a length.
fn infer(written: &syn::Type, ty: &Type, names: &[String], known: &mut [Option<u32>]) {
    match (written, ty) {
        (syn::Type::Reference(inner), ty) => infer(&inner.elem, ty, names, known),
        (syn::Type::Paren(inner), ty) => infer(&inner.elem, ty, names, known),
        (syn::Type::Array(array), Type::Array(part, n)) => {
            if let Syntax::Path(path) = &array.len {
                let name = path.path.get_ident().map(ToString::to_string);
                let index = names.iter().position(|known| Some(known) == name.as_ref());
                if let Some(index) = index {
                    known[index].get_or_insert(*n as u32);
                }
            }
            infer(&array.elem, part, names, known);
        }
        (syn::Type::Slice(slice), Type::List(part) | Type::Array(part, _)) => {
            infer(&slice.elem, part, names, known);
        }
        (syn::Type::Tuple(tuple), Type::Tuple(types)) => {
            for (written, ty) in tuple.elems.iter().zip(types) {
                infer(written, ty, names, known);
            }
        }
        _ => {}
    }
}
