//! Expressions that are made.

use super::{Generator, Type, Variable};

impl Generator<'_> {
    /// An index below `n`, known at run time only or not.
    pub(super) fn index(&mut self, n: usize) -> String {
        match self.choose(3) {
            0 => self.choose(n).to_string(),
            _ => format!("{} % {n}", self.expr(Type::Number, 1)),
        }
    }

    pub(super) fn expr(&mut self, ty: Type, depth: usize) -> String {
        if depth == 0 || self.choose(4) == 0 {
            let simple = self.choose(3);
            if let Some(variable) = self.variable(ty, false).filter(|_| simple > 0) {
                return match ty {
                    Type::List => format!("{variable}.clone()"),
                    _ => variable,
                };
            }
            let number = self.choose(20);
            return match ty {
                Type::Number => number.to_string(),
                Type::Field => format!("F::new({number})"),
                Type::Extension => format!("E::from(F::new({number}))"),
                Type::Bool => (number % 2 == 1).to_string(),
                Type::Digest => format!("Digest::new([F::new({number}); 9])"),
                Type::Pair => format!("(F::new({number}), {number})"),
                Type::Array => format!("[F::new({number}), F::ZERO, F::ONE]"),
                Type::List => format!("vec![F::new({number}); 2]"),
            };
        }
        let depth = depth - 1;
        if self.choose(8) == 0 {
            let condition = self.expr(Type::Bool, depth);
            let (a, b) = (self.expr(ty, depth), self.expr(ty, depth));
            return format!("(if {condition} {{ {a} }} else {{ {b} }})");
        }
        let callable: Vec<usize> = (0..self.functions.len())
            .filter(|&i| self.functions[i].1 == ty)
            .collect();
        if !callable.is_empty() && self.choose(3) == 0 {
            let number = callable[self.choose(callable.len())];
            let parameters = self.functions[number].0.clone();
            let arguments: Vec<String> = parameters
                .into_iter()
                .map(|ty| self.expr(ty, depth))
                .collect();
            return format!("f{number}({})", arguments.join(", "));
        }
        match ty {
            Type::Number => self.number(depth),
            Type::Field => self.field(depth),
            Type::Extension => self.extension(depth),
            Type::Bool => self.bool(depth),
            Type::Digest => {
                let (a, b) = (
                    self.expr(Type::Digest, depth),
                    self.expr(Type::Digest, depth),
                );
                match self.choose(3) {
                    0 => format!("compress({a}, {b})"),
                    1 => format!("absorb({a}, {})", self.expr(Type::Array, depth)),
                    _ => format!("Digest::new({a}.elements())"),
                }
            }
            Type::Pair => {
                let (a, b) = (
                    self.expr(Type::Field, depth),
                    self.expr(Type::Number, depth),
                );
                match self.choose(2) {
                    0 => format!("({a}, {b})"),
                    _ => {
                        format!("{{ let Point {{ x, n }} = (Point {{ n: {b}, x: {a} }}); (x, n) }}")
                    }
                }
            }
            Type::Array => {
                let parts: Vec<String> = (0..3).map(|_| self.expr(Type::Field, depth)).collect();
                format!("[{}]", parts.join(", "))
            }
            Type::List => {
                let length = self.expr(Type::Number, depth);
                let index = self.fresh();
                self.variables.push(Variable {
                    name: index.clone(),
                    ty: Type::Number,
                    mutable: false,
                });
                let word = self.expr(Type::Field, depth);
                self.variables.pop();
                format!("from_fn({length} % 5, |{index}| {word})")
            }
        }
    }

    fn number(&mut self, depth: usize) -> String {
        let (a, b) = (
            self.expr(Type::Number, depth),
            self.expr(Type::Number, depth),
        );
        let constant = [2, 3, 8, 10, 256, 1000][self.choose(6)];
        match self.choose(12) {
            0 => format!("({a} + {b})"),
            1 => format!("({a} + {constant} - {b} % {constant})"),
            2 => format!("({a} % 5000 * ({b} % 3000))"),
            3 => format!("({a} * {b})"),
            4 => format!("({a} / {constant})"),
            5 => format!("({a} % {constant})"),
            6 => format!("({a} / ({b} % 7 + 1))"),
            7 => format!("({a} % ({b} % 70 + 1))"),
            8 => format!("usize::from({})", self.expr(Type::Bool, depth)),
            9 => format!("{}.1", self.expr(Type::Pair, depth)),
            10 => format!("{}.len()", self.expr(Type::List, depth)),
            _ => "advice::<usize>()".into(),
        }
    }

    fn field(&mut self, depth: usize) -> String {
        let (a, b) = (self.expr(Type::Field, depth), self.expr(Type::Field, depth));
        match self.choose(11) {
            0 => format!("({a} + {b})"),
            1 => format!("({a} - {b})"),
            2 => format!("({a} * {b})"),
            3 => format!("(-{a})"),
            4 => format!("F::from({})", self.expr(Type::Number, depth)),
            5 => format!("F::from({})", self.expr(Type::Bool, depth)),
            6 => {
                let array = self.expr(Type::Array, depth);
                format!("{array}[{}]", self.index(3))
            }
            7 => format!("({a} * {b} + F::ONE).inverse()"),
            8 => {
                let digest = self.expr(Type::Digest, depth);
                format!("{digest}.elements()[{}]", self.choose(9))
            }
            9 => match self.variable(Type::List, false) {
                Some(list) => {
                    let index = self.expr(Type::Number, depth);
                    format!(
                        "(if {list}.len() == 0 {{ {a} }} else {{ {list}[{index} % {list}.len()] }})"
                    )
                }
                None => "advice::<F>()".into(),
            },
            _ => {
                // What is hinted is made of variables only.
                let (a, b) = (self.expr(Type::Field, 0), self.expr(Type::Field, 0));
                format!("hint({a} * {b})")
            }
        }
    }

    fn extension(&mut self, depth: usize) -> String {
        let (a, b) = (
            self.expr(Type::Extension, depth),
            self.expr(Type::Extension, depth),
        );
        match self.choose(6) {
            0 => format!("({a} + {b})"),
            1 => format!("({a} - {b})"),
            2 => format!("({a} * {b})"),
            3 => format!("({a} * {})", self.expr(Type::Field, depth)),
            4 => format!("E::new({a}.coefficients())"),
            _ => format!("(E::from(F::ONE) + {a} * {b}).inverse()"),
        }
    }

    fn bool(&mut self, depth: usize) -> String {
        let (a, b) = (self.expr(Type::Bool, depth), self.expr(Type::Bool, depth));
        match self.choose(8) {
            0 => format!("({a} && {b})"),
            1 => format!("({a} || {b})"),
            2 => format!("(!{a})"),
            3 => {
                let (a, b) = (
                    self.expr(Type::Number, depth),
                    self.expr(Type::Number, depth),
                );
                let op = ["<", "<=", ">", ">=", "==", "!="][self.choose(6)];
                format!("({a} {op} {b})")
            }
            4 => {
                let ty = [Type::Field, Type::Digest, Type::Pair, Type::Array][self.choose(4)];
                format!("({} == {})", self.expr(ty, depth), self.expr(ty, depth))
            }
            5 => format!("({a} == {b})"),
            6 => {
                let x = self.expr(Type::Field, depth);
                format!("bits({x})[{}]", self.choose(31))
            }
            _ => format!("({a} != {b})"),
        }
    }
}
