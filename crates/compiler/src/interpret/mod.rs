//! Follows the typed tree, as `rustc` would have the program run.
//!
//! It finds the values of constants and of hints, and is a native twin of programs that no `rustc` has seen.

mod builtins;
mod value;

use std::fmt;

use p3_field::PrimeCharacteristicRing;
use sheaf_program::F;

pub use self::value::Value;
use crate::LIMIT;
use crate::source::Span;
use crate::tree::{Binary, Expr, Kind, Pattern, Place, Statement, Step, Tree, Unary};

/// Why there is no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panic {
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Calls within calls that are followed.
const DEPTH: usize = 200;

/// A program that is being followed.
pub(crate) struct Interpreter<'a> {
    tree: &'a Tree,
    advice: &'a [F],
    taken: usize,
    depth: usize,
    /// Expressions that may still be evaluated.
    fuel: usize,
}

type Outcome = Result<Value, Panic>;

impl<'a> Interpreter<'a> {
    pub(crate) fn new(tree: &'a Tree, advice: &'a [F], fuel: usize) -> Self {
        Self {
            tree,
            advice,
            taken: 0,
            depth: 0,
            fuel,
        }
    }

    pub(crate) fn taken(&self) -> usize {
        self.taken
    }

    /// What a function gives for these arguments.
    pub(crate) fn call(&mut self, function: usize, arguments: Vec<Value>, span: Span) -> Outcome {
        if self.depth == DEPTH {
            return panic(span, "calls are nested too deep");
        }
        self.depth += 1;
        let function = &self.tree.functions[function];
        let mut locals = vec![Value::UNIT; function.locals.len()];
        for ((pattern, _), value) in function.parameters.iter().zip(arguments) {
            bind(&mut locals, pattern, value);
        }
        let result = self.expr(&mut locals, &function.body)?;
        self.depth -= 1;
        Ok(result)
    }

    /// The value of an expression.
    pub(crate) fn expr(&mut self, locals: &mut Vec<Value>, expr: &Expr) -> Outcome {
        let Some(fuel) = self.fuel.checked_sub(1) else {
            return panic(expr.span, "this takes too long to evaluate");
        };
        self.fuel = fuel;
        match &expr.kind {
            Kind::Unknown => panic(expr.span, "this has no meaning"),
            Kind::Constant(value) => Ok(value.clone()),
            Kind::Local(local) => Ok(locals[*local].clone()),
            Kind::Parts(parts) => self.all(locals, parts).map(Value::Parts),
            Kind::Repeat(part) => {
                let part = self.expr(locals, part)?;
                let count = self.tree.parts(&expr.ty).len();
                Ok(Value::Parts(vec![part; count]))
            }
            Kind::Part(whole, index) => match self.expr(locals, whole)? {
                Value::Parts(mut parts) if *index < parts.len() => Ok(parts.swap_remove(*index)),
                _ => panic(expr.span, "this has no parts"),
            },
            Kind::Index(whole, index) => {
                let whole = self.expr(locals, whole)?;
                let index = number(&self.expr(locals, index)?);
                let found = match &whole {
                    Value::Parts(parts) => parts.get(index as usize),
                    Value::List(words) => words.get(index as usize),
                    _ => None,
                };
                match found {
                    Some(value) => Ok(value.clone()),
                    None => panic(expr.span, format!("index {index} is out of bounds")),
                }
            }
            Kind::Unary(op, x) => {
                let x = self.expr(locals, x)?;
                Ok(match (op, x) {
                    (Unary::Not, Value::Bool(b)) => Value::Bool(!b),
                    (Unary::Negate, Value::Field(x)) => Value::Field(-x),
                    (Unary::Negate, Value::Extension(x)) => Value::Extension(-x),
                    (_, x) => x,
                })
            }
            Kind::Binary(Binary::And, a, b) => match self.expr(locals, a)? {
                Value::Bool(true) => self.expr(locals, b),
                other => Ok(other),
            },
            Kind::Binary(Binary::Or, a, b) => match self.expr(locals, a)? {
                Value::Bool(false) => self.expr(locals, b),
                other => Ok(other),
            },
            Kind::Binary(op, a, b) => {
                let a = self.expr(locals, a)?;
                let b = self.expr(locals, b)?;
                binary(*op, &a, &b).map_err(|message| Panic {
                    span: expr.span,
                    message,
                })
            }
            Kind::If(condition, then, otherwise) => match self.expr(locals, condition)? {
                Value::Bool(true) => self.expr(locals, then),
                _ => self.expr(locals, otherwise),
            },
            Kind::Block(statements, result) => {
                for statement in statements {
                    match statement {
                        Statement::Let(pattern, value) => {
                            let value = self.expr(locals, value)?;
                            bind(locals, pattern, value);
                        }
                        Statement::Expr(expr) => {
                            self.expr(locals, expr)?;
                        }
                    }
                }
                match result {
                    Some(result) => self.expr(locals, result),
                    None => Ok(Value::UNIT),
                }
            }
            Kind::Assign(place, value) => {
                let value = self.expr(locals, value)?;
                self.assign(locals, place, value)
            }
            Kind::AssignAll(places, value) => {
                let Value::Parts(parts) = self.expr(locals, value)? else {
                    return panic(expr.span, "this has no parts");
                };
                for (place, value) in places.iter().zip(parts) {
                    if let Some(place) = place {
                        self.assign(locals, place, value)?;
                    }
                }
                Ok(Value::UNIT)
            }
            Kind::For {
                index,
                start,
                end,
                body,
            } => {
                let start = number(&self.expr(locals, start)?);
                let end = number(&self.expr(locals, end)?);
                for i in start..end {
                    if let Some(index) = index {
                        locals[*index] = Value::Number(i);
                    }
                    self.expr(locals, body)?;
                }
                Ok(Value::UNIT)
            }
            Kind::While(condition, body) => {
                while self.expr(locals, condition)? == Value::Bool(true) {
                    self.expr(locals, body)?;
                }
                Ok(Value::UNIT)
            }
            Kind::FromFn(length, index, word) => {
                let length = number(&self.expr(locals, length)?);
                let mut words = Vec::new();
                for i in 0..length {
                    locals[*index] = Value::Number(i);
                    words.push(self.expr(locals, word)?);
                }
                Ok(Value::List(words.into()))
            }
            Kind::Call(function, arguments) => {
                let arguments = self.all(locals, arguments)?;
                self.call(*function, arguments, expr.span)
            }
            Kind::Builtin(builtin, arguments) => {
                let arguments = self.all(locals, arguments)?;
                builtins::evaluate(*builtin, &arguments).map_err(|message| Panic {
                    span: expr.span,
                    message,
                })
            }
            Kind::Assert(condition, message) => match self.expr(locals, condition)? {
                Value::Bool(true) => Ok(Value::UNIT),
                _ => panic(expr.span, message.clone()),
            },
            Kind::AssertEqual(a, b, equal, message) => {
                let a = self.expr(locals, a)?;
                let b = self.expr(locals, b)?;
                if (a == b) == *equal {
                    Ok(Value::UNIT)
                } else {
                    panic(expr.span, message.clone())
                }
            }
            Kind::Panic(message) => panic(expr.span, message.clone()),
            Kind::Advice => {
                let rest = self.advice.get(self.taken..).unwrap_or(&[]);
                let mut left = rest.iter().copied();
                match Value::from_elements(self.tree, &expr.ty, &mut left) {
                    Some(value) => {
                        self.taken += rest.len() - left.len();
                        Ok(value)
                    }
                    None => panic(expr.span, "the tape has no such value"),
                }
            }
            Kind::Hint(value) => self.expr(locals, value),
        }
    }

    fn all(&mut self, locals: &mut Vec<Value>, list: &[Expr]) -> Result<Vec<Value>, Panic> {
        list.iter().map(|expr| self.expr(locals, expr)).collect()
    }

    fn assign(&mut self, locals: &mut Vec<Value>, place: &Place, value: Value) -> Outcome {
        let mut indices = Vec::new();
        for step in &place.path {
            indices.push(match step {
                Step::Part(index) => *index,
                Step::Index(index) => number(&self.expr(locals, index)?) as usize,
            });
        }
        let mut target = &mut locals[place.local];
        for index in indices {
            let Value::Parts(parts) = target else {
                return panic(place.span, "this has no parts");
            };
            let Some(part) = parts.get_mut(index) else {
                return panic(place.span, format!("index {index} is out of bounds"));
            };
            target = part;
        }
        *target = value;
        Ok(Value::UNIT)
    }
}

fn panic<T>(span: Span, message: impl Into<String>) -> Result<T, Panic> {
    Err(Panic {
        span,
        message: message.into(),
    })
}

fn bind(locals: &mut [Value], pattern: &Pattern, value: Value) {
    match (pattern, value) {
        (Pattern::Wild, _) => {}
        (Pattern::Local(local), value) => locals[*local] = value,
        (Pattern::Parts(patterns), Value::Parts(parts)) => {
            for (pattern, value) in patterns.iter().zip(parts) {
                bind(locals, pattern, value);
            }
        }
        (Pattern::Parts(_), _) => {}
    }
}

/// The number that a value is; other values are none, and no checked program asks for theirs.
fn number(value: &Value) -> u32 {
    match value {
        Value::Number(n) => *n,
        _ => 0,
    }
}

fn binary(op: Binary, a: &Value, b: &Value) -> Result<Value, String> {
    use Binary::{
        Add, Divide, Equal, Greater, GreaterOrEqual, Less, LessOrEqual, Multiply, NotEqual,
        Remainder, Subtract,
    };
    Ok(match (op, a, b) {
        (Equal, a, b) => Value::Bool(a == b),
        (NotEqual, a, b) => Value::Bool(a != b),
        (Less, a, b) => Value::Bool(number(a) < number(b)),
        (LessOrEqual, a, b) => Value::Bool(number(a) <= number(b)),
        (Greater, a, b) => Value::Bool(number(a) > number(b)),
        (GreaterOrEqual, a, b) => Value::Bool(number(a) >= number(b)),
        (op, &Value::Number(a), &Value::Number(b)) => {
            let result = match op {
                Add => a.checked_add(b),
                Subtract => a.checked_sub(b),
                Multiply => a.checked_mul(b),
                Divide => a.checked_div(b),
                _ => a.checked_rem(b),
            };
            match result {
                Some(result) if result < LIMIT => Value::Number(result),
                _ if matches!(op, Divide | Remainder) => return Err("division by zero".into()),
                _ if op == Subtract => return Err(format!("{a} - {b} is below zero")),
                _ => return Err("the number is not below 2^24".into()),
            }
        }
        (Add, Value::Field(a), Value::Field(b)) => Value::Field(*a + *b),
        (Subtract, Value::Field(a), Value::Field(b)) => Value::Field(*a - *b),
        (Multiply, Value::Field(a), Value::Field(b)) => Value::Field(*a * *b),
        (op, a, b) => {
            let (a, b) = (builtins::extension(a), builtins::extension(b));
            Value::Extension(match op {
                Add => a + b,
                Subtract => a - b,
                _ => a * b,
            })
        }
    })
}

/// A value that is the same for all: where no program is needed.
pub(crate) fn constant(tree: &Tree, expr: &Expr, locals: usize) -> Outcome {
    Interpreter::new(tree, &[], 1 << 20).expr(&mut vec![Value::UNIT; locals], expr)
}

/// The element that a number is.
pub(crate) fn element(number: u32) -> F {
    F::from_u32(number)
}
