//! From syntax to the typed tree: names, types, constants.
//!
//! A program need not have passed `rustc`: everything that the tree relies on is checked here. Types flow from `let`s, parameters and
//! fields into expressions, never back from a later use. A function with constant parameters is checked for each value that it is called with.

mod attributes;
mod calls;
mod constants;
mod expressions;
mod items;
mod loops;
mod macros;
mod methods;
mod operators;
mod patterns;
mod refusals;
mod scope;
mod statements;
mod types;

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::{Source, Span};
use crate::tree::{Expr, Function, Kind, Tree, Type};

/// What a file declares, and what is known of it so far.
struct Checker<'a> {
    diagnostics: Diagnostics,
    structs: HashMap<String, usize>,
    constants: HashMap<String, Constant<'a>>,
    functions: HashMap<String, &'a syn::ItemFn>,
    /// Functions by name and values of constant parameters; numbers of the tree.
    instances: HashMap<(String, Vec<u32>), usize>,
    /// Functions whose bodies are to be checked.
    pending: Vec<(usize, &'a syn::ItemFn, HashMap<String, u32>)>,
    tree: Tree,
}

/// A constant item.
#[derive(Clone)]
enum Constant<'a> {
    Unevaluated(&'a syn::ItemConst),
    /// For finding constants that depend on themselves.
    Evaluating,
    Evaluated(Expr),
}

/// The typed tree of a file, and warnings.
pub(crate) fn check(source: &Source) -> Result<(Tree, Diagnostics), Diagnostics> {
    let mut diagnostics = Diagnostics::new(source.clone());
    if let Ok(tokens) = source.text.parse() {
        attributes::check(tokens, &mut diagnostics);
    }
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    let file = match syn::parse_file(&source.text) {
        Ok(file) => file,
        Err(error) => {
            let span = Span::from(error.span());
            diagnostics.push(Diagnostic::error(span, format!("{error}")).label("not Rust"));
            return Err(diagnostics);
        }
    };
    let mut checker = Checker {
        diagnostics,
        structs: HashMap::new(),
        constants: HashMap::new(),
        functions: HashMap::new(),
        instances: HashMap::new(),
        pending: Vec::new(),
        tree: Tree {
            structs: Vec::new(),
            functions: Vec::new(),
            main: 0,
        },
    };
    checker.items(&file);
    if !checker.diagnostics.has_errors() {
        // Nothing is compiled whose meaning is not known.
        for function in &checker.tree.functions {
            if let Some(span) = function.body.vague() {
                let message = "what this is can't be told";
                checker.diagnostics.push(Diagnostic::error(span, message));
            }
        }
    }
    checker.diagnostics.sort();
    if checker.diagnostics.has_errors() {
        Err(checker.diagnostics)
    } else {
        Ok((checker.tree, checker.diagnostics))
    }
}

impl<'a> Checker<'a> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn error(&mut self, span: Span, message: impl Into<String>) {
        self.report(Diagnostic::error(span, message));
    }

    /// The type as it is written.
    fn show(&self, ty: &Type) -> String {
        let list = |types: &[Type]| -> String {
            let all: Vec<String> = types.iter().map(|ty| self.show(ty)).collect();
            all.join(", ")
        };
        match ty {
            Type::Unknown => "_".into(),
            Type::Never => "!".into(),
            Type::Bool => "bool".into(),
            Type::Number => "usize".into(),
            Type::Field => "F".into(),
            Type::Extension => "E".into(),
            Type::Digest => "Digest".into(),
            Type::Tuple(types) if types.len() == 1 => format!("({},)", list(types)),
            Type::Tuple(types) => format!("({})", list(types)),
            Type::Array(ty, n) => format!("[{}; {n}]", self.show(ty)),
            Type::List(ty) => format!("Vec<{}>", self.show(ty)),
            Type::Struct(id) => self.tree.structs[*id].name.clone(),
        }
    }

    /// The function for these values of its constant parameters. Its body is checked later, if it is new.
    fn instance(&mut self, item: &'a syn::ItemFn, constants: &[(String, u32)]) -> usize {
        let name = item.sig.ident.to_string();
        let key = (name.clone(), constants.iter().map(|&(_, n)| n).collect());
        if let Some(&known) = self.instances.get(&key) {
            return known;
        }
        let known: HashMap<String, u32> = constants.iter().cloned().collect();
        let (parameters, result) = self.signature(item, &known);
        let span = Span::from(item.sig.ident.span());
        let number = self.tree.functions.len();
        let list: Vec<String> = constants.iter().map(|(_, n)| n.to_string()).collect();
        self.tree.functions.push(Function {
            name: match list.is_empty() {
                true => name,
                false => format!("{name}::<{}>", list.join(", ")),
            },
            span,
            inline: item.attrs.iter().any(|a| a.path().is_ident("inline")),
            parameters,
            result,
            locals: Vec::new(),
            body: unknown(span),
        });
        self.instances.insert(key, number);
        self.pending.push((number, item, known));
        number
    }
}

/// What stands where an error has been reported.
fn unknown(span: Span) -> Expr {
    Expr {
        kind: Kind::Unknown,
        ty: Type::Unknown,
        span,
    }
}

/// An expression.
fn typed(kind: Kind, ty: Type, span: Span) -> Expr {
    Expr { kind, ty, span }
}
