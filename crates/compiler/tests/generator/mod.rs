//! Programs from lists of choices: fewer choices make shorter programs, and zeros simpler ones, so that a failure shrinks.

mod expressions;

/// The types of what is made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Number,
    Field,
    Extension,
    Bool,
    Digest,
    Pair,
    Array,
    List,
}

const TYPES: [(Type, &str); 8] = [
    (Type::Number, "usize"),
    (Type::Field, "F"),
    (Type::Extension, "E"),
    (Type::Bool, "bool"),
    (Type::Digest, "Digest"),
    (Type::Pair, "(F, usize)"),
    (Type::Array, "[F; 3]"),
    (Type::List, "Vec<F>"),
];

fn name(ty: Type) -> &'static str {
    TYPES
        .iter()
        .find(|(known, _)| *known == ty)
        .map_or("", |(_, name)| name)
}

struct Variable {
    name: String,
    ty: Type,
    mutable: bool,
}

struct Generator<'a> {
    choices: &'a [u32],
    text: String,
    indent: usize,
    variables: Vec<Variable>,
    /// Parameters and result of each function so far.
    functions: Vec<(Vec<Type>, Type)>,
    names: usize,
}

/// A program of two functions and main.
pub(crate) fn program(choices: &[u32]) -> String {
    let mut generator = Generator {
        choices,
        text: "use sheaf_guest::*;\n\nstruct Point {\n    x: F,\n    n: usize,\n}\n".into(),
        indent: 0,
        variables: Vec::new(),
        functions: Vec::new(),
        names: 0,
    };
    for _ in 0..2 {
        generator.function();
    }
    let parameters = [Type::Number, Type::Field, Type::Extension, Type::Bool];
    generator.body("pub fn main", &parameters, Type::Pair);
    generator.text
}

impl Generator<'_> {
    /// A number below `n`; zero when there are no choices left.
    fn choose(&mut self, n: usize) -> usize {
        match self.choices.split_first() {
            Some((&first, rest)) => {
                self.choices = rest;
                first as usize % n
            }
            None => 0,
        }
    }

    fn line(&mut self, line: &str) {
        self.text += &"    ".repeat(self.indent);
        self.text += line;
        self.text += "\n";
    }

    fn fresh(&mut self) -> String {
        self.names += 1;
        format!("v{}", self.names)
    }

    fn declare(&mut self, ty: Type, mutable: bool) -> String {
        let name = self.fresh();
        self.variables.push(Variable {
            name: name.clone(),
            ty,
            mutable,
        });
        name
    }

    fn variable(&mut self, ty: Type, mutable: bool) -> Option<String> {
        let fitting = |v: &&Variable| v.ty == ty && (!mutable || v.mutable);
        let all: Vec<String> = (self.variables.iter().filter(fitting))
            .map(|v| v.name.clone())
            .collect();
        match all.len() {
            0 => None,
            n => Some(all[self.choose(n)].clone()),
        }
    }

    fn function(&mut self) {
        let count = 1 + self.choose(3);
        let parameters: Vec<Type> = (0..count).map(|_| TYPES[self.choose(8)].0).collect();
        let result = TYPES[self.choose(8)].0;
        let number = self.functions.len();
        self.body(&format!("fn f{number}"), &parameters, result);
        self.functions.push((parameters, result));
    }

    fn body(&mut self, head: &str, parameters: &[Type], result: Type) {
        self.variables.clear();
        let list: Vec<String> = (parameters.iter())
            .map(|&ty| format!("{}: {}", self.declare(ty, false), name(ty)))
            .collect();
        self.text += &format!("\n{head}({}) -> {} {{\n", list.join(", "), name(result));
        self.indent = 1;
        for _ in 0..self.choose(8) {
            self.statement(2);
        }
        let result = match head {
            "pub fn main" => self.everything(),
            _ => self.expr(result, 2),
        };
        self.line(&result);
        self.text += "}\n";
    }

    /// What depends on all variables.
    fn everything(&self) -> String {
        let (mut field, mut number) = ("F::ZERO".to_owned(), "0".to_owned());
        for Variable { name, ty, .. } in &self.variables {
            match ty {
                Type::Number => number += &format!(" + {name} % 1000"),
                Type::Field => field += &format!(" + {name}"),
                Type::Extension => field += &format!(" + {name}.coefficients()[3]"),
                Type::Bool => number += &format!(" + usize::from({name})"),
                Type::Digest => field += &format!(" + {name}.elements()[8]"),
                Type::Pair => number += &format!(" + {name}.1 % 1000"),
                Type::Array => field += &format!(" + {name}[0] * {name}[1] - {name}[2]"),
                Type::List => number += &format!(" + {name}.len()"),
            }
        }
        format!("({field}, {number})")
    }

    fn block(&mut self, statements: usize, depth: usize) {
        let variables = self.variables.len();
        self.indent += 1;
        for _ in 0..statements {
            self.statement(depth);
        }
        self.indent -= 1;
        self.variables.truncate(variables);
    }

    fn statement(&mut self, depth: usize) {
        let ty = TYPES[self.choose(8)].0;
        match self.choose(if depth > 0 { 10 } else { 5 }) {
            0 | 1 => {
                let value = self.expr(ty, 2);
                let variable = self.declare(ty, true);
                self.line(&format!("let mut {variable}: {} = {value};", name(ty)));
            }
            2 | 3 => {
                let Some(variable) = self.variable(ty, true) else {
                    return;
                };
                let value = self.expr(ty, 2);
                match (ty, self.choose(3)) {
                    (Type::Array, 1) => {
                        let (index, part) = (self.index(3), self.expr(Type::Field, 2));
                        self.line(&format!("{variable}[{index}] = {part};"));
                    }
                    (Type::Pair, 1) => {
                        let part = self.expr(Type::Number, 1);
                        self.line(&format!("{variable}.1 = {part};"));
                    }
                    (Type::Field | Type::Extension, 1) => {
                        self.line(&format!("{variable} *= {value};"))
                    }
                    _ => self.line(&format!("{variable} = {value};")),
                }
            }
            4 => {
                let (a, b) = (self.expr(ty, 1), self.expr(ty, 1));
                match ty {
                    Type::List => self.line(&format!("assert_eq!({a}.len(), {a}.len());")),
                    Type::Field => self.line(&format!(
                        "assert_ne!({a} * {b} + F::new(77), {b} - F::new(3));"
                    )),
                    Type::Number => {
                        self.line(&format!("assert!({a} <= 1000000 || {b} < 1000000);"))
                    }
                    _ => self.line(&format!("assert!({a} == {b} || true);")),
                }
            }
            5 | 6 => {
                let condition = self.expr(Type::Bool, 2);
                let (then, otherwise) = (1 + self.choose(3), self.choose(3));
                self.line(&format!("if {condition} {{"));
                self.block(then, depth - 1);
                self.line("} else {");
                self.block(otherwise, depth - 1);
                self.line("}");
            }
            7 | 8 => {
                let (start, end) = (self.choose(3), self.expr(Type::Number, 1));
                let index = self.fresh();
                self.line(&format!("for {index} in {start}..{end} % 6 {{"));
                self.variables.push(Variable {
                    name: index,
                    ty: Type::Number,
                    mutable: false,
                });
                let statements = 1 + self.choose(3);
                self.block(statements, depth - 1);
                self.variables.pop();
                self.line("}");
            }
            _ => {
                let count = self.expr(Type::Number, 1);
                let name = self.fresh();
                self.line(&format!("let mut {name} = {count} % 4;"));
                self.line(&format!("while {name} > 0 {{"));
                let statements = 1 + self.choose(2);
                self.block(statements, depth - 1);
                self.line(&format!("    {name} -= 1;"));
                self.line("}");
            }
        }
    }
}
