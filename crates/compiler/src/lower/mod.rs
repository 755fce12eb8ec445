//! From the typed tree to rows.
//!
//! A function becomes a function of the builder, a loop one of its loops, a branch that can't be evaluated on both sides a function
//! with two bodies. Values are elements: forms over what the body has in cells, so that sums, constants and parts of structs cost
//! nothing. What does not fit into a row is cut by the builder.

mod analysis;
mod body;
mod branches;
mod builtins;
mod comparisons;
mod expressions;
mod hints;
mod lists;
mod loops;
mod numbers;
mod outline;

use std::sync::Arc;

use sheaf_program::builder::open::{OpenFunction, OpenMemory};
use sheaf_program::builder::{BuildError, Builder, Executable, Place, Range};

use self::body::{Element, Writing, bases, most};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::{Source, Span};
use crate::tree::{Expr, Kind, Pattern, Tree, Type};

/// A program that is being compiled.
struct Lowering<'a> {
    tree: Arc<Tree>,
    source: &'a Source,
    diagnostics: &'a mut Diagnostics,
    builder: Builder,
    functions: Vec<Option<OpenFunction>>,
    /// Functions whose bodies are to be written.
    pending: Vec<usize>,
    memory: Option<OpenMemory>,
    bytes: Option<Range>,
    multiplication: Option<OpenFunction>,
}

/// The executable of a tree; none if there were errors, which have been reported.
pub(crate) fn lower(
    tree: &Arc<Tree>,
    source: &Source,
    diagnostics: &mut Diagnostics,
) -> Option<Executable> {
    let functions = vec![None; tree.functions.len()];
    let mut lowering = Lowering {
        tree: Arc::clone(tree),
        source,
        diagnostics,
        builder: Builder::new(),
        functions,
        pending: Vec::new(),
        memory: None,
        bytes: None,
        multiplication: None,
    };
    let main = lowering.function(lowering.tree.main);
    while let Some(function) = lowering.pending.pop() {
        lowering.write(function);
    }
    let place = lowering.place(lowering.tree.functions[lowering.tree.main].span);
    if lowering.diagnostics.has_errors() {
        return None;
    }
    let built = lowering.builder.finish_open(main, place);
    match built {
        Ok(executable) => Some(executable),
        Err(error) => {
            let diagnostic = built_wrong(source, &error);
            diagnostics.push(diagnostic);
            None
        }
    }
}

/// What the builder refuses, at its place.
fn built_wrong(source: &Source, error: &BuildError) -> Diagnostic {
    match error {
        BuildError::Row {
            kind,
            location: Place::Compiled { line, column },
            what,
        } => {
            let start = source.byte(*line as usize, *column as usize);
            let span = Span {
                start,
                end: start + 1,
            };
            Diagnostic::error(span, format!("`{kind}` can't be cut into rows"))
                .note(what.clone())
                .help("pass less from one part to the next: a list in memory, or the digest of values")
        }
        error => Diagnostic::error(Span::default(), error.to_string()),
    }
}

impl Lowering<'_> {
    fn place(&self, span: Span) -> Place {
        let (line, column) = self.source.position(span.start);
        Place::Compiled {
            line: line as u32,
            column: column as u32,
        }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The function of rows that a function is.
    fn function(&mut self, number: usize) -> OpenFunction {
        if let Some(function) = self.functions[number] {
            return function;
        }
        let function = &self.tree.functions[number];
        let elements = |ty: &Type| self.tree.elements(ty);
        let arguments = function.parameters.iter().map(|(_, ty)| elements(ty)).sum();
        let results = elements(&function.result);
        let (name, place) = (function.name.clone(), self.place(function.span));
        let open = (self.builder).open_function(&name, place, arguments, results);
        self.functions[number] = Some(open);
        self.pending.push(number);
        open
    }

    /// Writes a function's body.
    fn write(&mut self, number: usize) {
        let tree = Arc::clone(&self.tree);
        let function = &tree.functions[number];
        let place = self.place(function.span);
        let open = self.function(number);
        let (open, arguments) = self.builder.open(open, None, place);
        let mut writing = Writing::new(open, number, function.locals.len(), place);
        let mut arguments = arguments.into_iter();
        for (pattern, ty) in &function.parameters {
            let held: Vec<Element> = (most(&tree, ty).into_iter().zip(&mut arguments))
                .map(|(most, base)| Element { base, most })
                .collect();
            if number == tree.main {
                // Nobody has checked what is public.
                self.check_type(&mut writing, ty, &held);
            }
            self.bind(&mut writing, pattern, ty, held);
        }
        let result = self.expr(&mut writing, &function.body);
        self.builder.close(writing.open, &bases(&result));
    }

    /// Binds the names of a pattern to the elements of a value.
    fn bind(&self, writing: &mut Writing, pattern: &Pattern, ty: &Type, held: Vec<Element>) {
        match pattern {
            Pattern::Wild => {}
            Pattern::Local(local) => {
                if let [element] = &held[..] {
                    let name = &self.tree.functions[writing.function].locals[*local].name;
                    writing.open.row.name_cell(&element.base, name);
                }
                writing.locals[*local] = Some(held);
            }
            Pattern::Parts(patterns) => {
                let mut held = held.into_iter();
                for (pattern, ty) in patterns.iter().zip(self.tree.parts(ty)) {
                    let count = self.tree.elements(&ty);
                    self.bind(writing, pattern, &ty, held.by_ref().take(count).collect());
                }
            }
        }
    }

    /// Checks that elements from outside are a value of this type.
    fn check_type(&mut self, writing: &mut Writing, ty: &Type, held: &[Element]) {
        match ty {
            Type::Bool => {
                let bit = &held[0].base;
                (writing.open.row).assert_zero(&[(bit, bit)], &-bit, "a bool is 0 or 1");
            }
            Type::Number => self.number(writing, &held[0].base, "a number is below 2^24"),
            ty => {
                let mut rest = held;
                for part in self.tree.parts(ty) {
                    let (own, others) = rest.split_at(self.tree.elements(&part));
                    self.check_type(writing, &part, own);
                    rest = others;
                }
            }
        }
    }

    /// The memory of all lists, with room for the widest word.
    fn memory(&mut self) -> OpenMemory {
        if let Some(memory) = self.memory {
            return memory;
        }
        let words = self
            .tree
            .functions
            .iter()
            .flat_map(|f| widest(&self.tree, &f.body));
        let elements = words.max().unwrap_or(1).max(1);
        let place = self.place(self.tree.functions[self.tree.main].span);
        let memory = self.builder.open_memory("memory", place, elements);
        self.memory = Some(memory);
        memory
    }

    /// The numbers below 256.
    fn bytes(&mut self) -> Range {
        match self.bytes {
            Some(bytes) => bytes,
            None => *self.bytes.insert(self.builder.range("bytes", 256)),
        }
    }
}

/// The elements of words of lists in an expression.
fn widest(tree: &Tree, expr: &Expr) -> Option<usize> {
    let own = match (&expr.kind, &expr.ty) {
        (Kind::FromFn(..) | Kind::Builtin(..), Type::List(word)) => Some(tree.elements(word)),
        _ => None,
    };
    (expr
        .parts()
        .into_iter()
        .filter_map(|part| widest(tree, part)))
    .chain(own)
    .max()
}
