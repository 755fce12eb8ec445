//! Items of a file: structs, constants, functions.

use std::collections::HashMap;

use syn::{Fields, GenericParam, Item};

use super::scope::Body;
use super::{Checker, Constant, refusals};
use crate::diagnostics::Diagnostic;
use crate::source::{Span, span_of};
use crate::tree::{Pattern, Struct, Type};

impl<'a> Checker<'a> {
    /// Checks all items.
    pub(super) fn items(&mut self, file: &'a syn::File) {
        let mut structs = Vec::new();
        let mut functions = Vec::new();
        let mut names: HashMap<String, Span> = HashMap::new();
        for item in &file.items {
            let ident = match item {
                Item::Struct(item) => {
                    structs.push(item);
                    &item.ident
                }
                Item::Const(item) => {
                    let name = item.ident.to_string();
                    (self.constants).insert(name, Constant::Unevaluated(item));
                    &item.ident
                }
                Item::Fn(item) => {
                    functions.push(item);
                    self.functions.insert(item.sig.ident.to_string(), item);
                    &item.sig.ident
                }
                other => {
                    if let Some(refusal) = refusals::item(other) {
                        self.report(refusal);
                    }
                    continue;
                }
            };
            let span = Span::from(ident.span());
            if ["F", "E", "Digest", "Vec", "bool", "usize", "advice", "hint"]
                .contains(&ident.to_string().as_str())
            {
                let message = format!("`{ident}` is a name of the prelude");
                self.report(Diagnostic::error(span, message).help("choose another name"));
            }
            if let Some(before) = names.insert(ident.to_string(), span) {
                let message = format!("`{ident}` is declared twice");
                self.report(Diagnostic::error(span, message).other(before, "first here"));
            }
        }
        for (number, item) in structs.iter().enumerate() {
            self.structs.insert(item.ident.to_string(), number);
            self.tree.structs.push(Struct {
                name: item.ident.to_string(),
                fields: Vec::new(),
            });
        }
        for (number, item) in structs.iter().enumerate() {
            self.structure(number, item);
        }
        for item in file.items.iter() {
            if let Item::Const(item) = item {
                let span = item.ident.span().into();
                self.constant(&item.ident.to_string(), span);
            }
        }
        for item in functions {
            let constant = |p: &GenericParam| matches!(p, GenericParam::Const(_));
            if !item.sig.generics.params.iter().any(constant) {
                self.instance(item, &[]);
            }
        }
        while let Some((number, item, constants)) = self.pending.pop() {
            self.body(number, item, constants);
        }
        self.main(file);
    }

    fn main(&mut self, file: &syn::File) {
        match self.instances.get(&("main".to_owned(), Vec::new())) {
            Some(&main) => {
                self.tree.main = main;
                let function = &self.tree.functions[main];
                let types = function.parameters.iter().map(|(_, ty)| ty);
                let list = types
                    .chain([&function.result])
                    .any(|ty| self.tree.has_list(ty));
                let span = function.span;
                if list {
                    self.report(
                        Diagnostic::error(span, "a list can't be public")
                            .label("main's arguments and results are the public tuple")
                            .help(
                                "take an array, or the digest of a list that comes from `advice`",
                            ),
                    );
                }
            }
            None => {
                let end = file.items.last().map_or(Span::default(), span_of);
                self.report(
                    Diagnostic::error(end, "there is no `main`")
                        .note("main's arguments and results are what a proof says")
                        .help("write `pub fn main(..) -> .. { .. }`"),
                );
            }
        }
    }

    fn structure(&mut self, number: usize, item: &syn::ItemStruct) {
        if !item.generics.params.is_empty() {
            let span = span_of(&item.generics);
            self.error(span, "structs have no parameters here");
        }
        let fields = match &item.fields {
            Fields::Named(fields) => &fields.named,
            Fields::Unnamed(fields) => &fields.unnamed,
            Fields::Unit => return,
        };
        for (i, field) in fields.iter().enumerate() {
            let name = field
                .ident
                .as_ref()
                .map_or(i.to_string(), ToString::to_string);
            let span = span_of(&field.ty);
            let mut ty = self.ty(&field.ty, &HashMap::new());
            if self.contains(&ty, number) {
                let message = format!("`{}` contains itself", item.ident);
                self.report(Diagnostic::error(span, message).label("here"));
                ty = Type::Unknown;
            }
            self.tree.structs[number].fields.push((name, ty));
        }
    }

    /// Whether a struct is a part of a type.
    fn contains(&self, ty: &Type, number: usize) -> bool {
        match ty {
            Type::Struct(id) if *id == number => true,
            Type::Array(ty, _) | Type::List(ty) => self.contains(ty, number),
            ty => (self.tree.parts(ty).iter()).any(|ty| self.contains(ty, number)),
        }
    }

    /// The types of a function's parameters and result. Patterns come with the body.
    pub(super) fn signature(
        &mut self,
        item: &syn::ItemFn,
        constants: &HashMap<String, u32>,
    ) -> (Vec<(Pattern, Type)>, Type) {
        let mut parameters = Vec::new();
        for input in &item.sig.inputs {
            if let syn::FnArg::Typed(input) = input {
                parameters.push((Pattern::Wild, self.ty(&input.ty, constants)));
            }
        }
        let result = match &item.sig.output {
            syn::ReturnType::Default => Type::UNIT,
            syn::ReturnType::Type(_, ty) => self.ty(ty, constants),
        };
        (parameters, result)
    }

    fn body(&mut self, number: usize, item: &'a syn::ItemFn, constants: HashMap<String, u32>) {
        for refusal in refusals::signature(&item.sig) {
            self.report(refusal);
        }
        let function = &mut self.tree.functions[number];
        let result = function.result.clone();
        let types: Vec<Type> = function
            .parameters
            .iter()
            .map(|(_, ty)| ty.clone())
            .collect();
        let mut body = Body::new(self, constants);
        let mut parameters = Vec::new();
        let typed = item.sig.inputs.iter().filter_map(|input| match input {
            syn::FnArg::Typed(input) => Some(input),
            syn::FnArg::Receiver(_) => None,
        });
        for (input, ty) in typed.zip(types) {
            parameters.push((body.pattern(&input.pat, &ty), ty));
        }
        let block = body.block(&item.block, Some(&result));
        let block = body.fitting(block, &result);
        let locals = std::mem::take(&mut body.locals);
        let function = &mut self.tree.functions[number];
        function.parameters = parameters;
        function.locals = locals;
        function.body = block;
    }
}
