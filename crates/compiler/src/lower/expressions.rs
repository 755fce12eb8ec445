//! Expressions: what a value's elements are.

use p3_field::PrimeCharacteristicRing;
use sheaf_program::builder::{Base, Word};

use super::Lowering;
use super::body::{Element, Held, Writing, bases, constants, most};
use crate::tree::{Binary, Expr, Kind, Place, Statement, Step, Type, Unary};

impl Lowering<'_> {
    /// The elements of an expression's value.
    pub(super) fn expr(&mut self, writing: &mut Writing, expr: &Expr) -> Held {
        let outer = writing.place;
        self.stand(writing, expr.span);
        let mut held = self.kind(writing, expr);
        // What never has a value can't be satisfied, so that any will do.
        held.resize(self.tree.elements(&expr.ty), Element::number(0));
        writing.place = outer;
        writing.open.row.at(outer);
        held
    }

    /// Says where the steps stand that are written next.
    pub(super) fn stand(&self, writing: &mut Writing, span: crate::source::Span) {
        writing.place = self.place(span);
        writing.open.row.at(writing.place);
    }

    fn kind(&mut self, writing: &mut Writing, expr: &Expr) -> Held {
        match &expr.kind {
            Kind::Unknown => Vec::new(),
            Kind::Constant(value) => constants(value),
            Kind::Local(local) => writing.locals[*local].clone().unwrap_or_default(),
            Kind::Parts(parts) => parts
                .iter()
                .flat_map(|part| self.expr(writing, part))
                .collect(),
            Kind::Repeat(part) => {
                let part = self.expr(writing, part);
                let count = self.tree.parts(&expr.ty).len();
                std::iter::repeat_n(part, count).flatten().collect()
            }
            Kind::Part(whole, index) => {
                let held = self.expr(writing, whole);
                let range = self.part(&whole.ty, *index);
                held.get(range).unwrap_or_default().to_vec()
            }
            Kind::Index(whole, index) => self.index(writing, whole, index),
            Kind::Unary(op, x) => {
                let held = self.expr(writing, x);
                let flip = |element: Element| match op {
                    Unary::Not => Element {
                        base: &Base::number(1) - &element.base,
                        most: 1,
                    },
                    Unary::Negate => Element::any(-&element.base),
                };
                held.into_iter().map(flip).collect()
            }
            Kind::Binary(op, a, b) => self.binary(writing, expr, *op, a, b),
            Kind::If(condition, then, otherwise) => {
                let condition = self.one(writing, condition).base;
                let sides = [&**then, &**otherwise];
                self.branch(writing, &condition, sides, &expr.ty, expr.span)
            }
            Kind::Block(statements, result) => {
                for statement in statements {
                    match statement {
                        Statement::Let(pattern, value) => {
                            let held = self.expr(writing, value);
                            self.bind(writing, pattern, &value.ty, held);
                        }
                        Statement::Expr(expr) => {
                            self.expr(writing, expr);
                        }
                    }
                }
                result
                    .as_ref()
                    .map_or_else(Vec::new, |result| self.expr(writing, result))
            }
            Kind::Assign(place, value) => {
                let held = self.expr(writing, value);
                self.assign(writing, place, held);
                Vec::new()
            }
            Kind::AssignAll(places, value) => {
                let mut held = self.expr(writing, value).into_iter();
                for (place, ty) in places.iter().zip(self.tree.parts(&value.ty)) {
                    let own = held.by_ref().take(self.tree.elements(&ty)).collect();
                    if let Some(place) = place {
                        self.assign(writing, place, own);
                    }
                }
                Vec::new()
            }
            Kind::For {
                index,
                start,
                end,
                body,
            } => {
                self.for_loop(writing, *index, [start, end], body, expr.span);
                Vec::new()
            }
            Kind::While(condition, body) => {
                self.while_loop(writing, condition, body, expr.span);
                Vec::new()
            }
            Kind::FromFn(length, index, word) => {
                self.made_list(writing, length, *index, word, expr.span)
            }
            Kind::Call(function, arguments) => self.call(writing, *function, arguments),
            Kind::Builtin(builtin, arguments) => self.builtin(writing, *builtin, arguments, expr),
            Kind::Assert(condition, message) => {
                self.assert(writing, condition, message);
                Vec::new()
            }
            Kind::AssertEqual(a, b, equal, message) => {
                let a = self.expr(writing, a);
                let b = self.expr(writing, b);
                self.assert_equality(writing, &a, &b, *equal, message);
                Vec::new()
            }
            Kind::Panic(message) => {
                writing.open.row.assert_zero(&[], &Base::number(1), message);
                Vec::new()
            }
            Kind::Advice => {
                let largest = most(&self.tree, &expr.ty);
                let elements = writing.open.row.advice_elements(largest.len());
                self.received(writing, &expr.ty, elements)
            }
            Kind::Hint(value) => self.hint(writing, value),
        }
    }

    /// Elements from outside, as a value of this type.
    pub(super) fn received(
        &mut self,
        writing: &mut Writing,
        ty: &Type,
        elements: Vec<Base>,
    ) -> Held {
        let largest = most(&self.tree, ty);
        let held: Held = (elements.into_iter().zip(largest))
            .map(|(base, most)| Element { base, most })
            .collect();
        self.check_type(writing, ty, &held);
        held
    }

    /// The elements of a part.
    fn part(&self, ty: &Type, index: usize) -> std::ops::Range<usize> {
        let parts = self.tree.parts(ty);
        let elements = |ty: &Type| self.tree.elements(ty);
        let start = parts.iter().take(index).map(elements).sum();
        start..start + parts.get(index).map_or(0, elements)
    }

    fn binary(
        &mut self,
        writing: &mut Writing,
        expr: &Expr,
        op: Binary,
        a: &Expr,
        b: &Expr,
    ) -> Held {
        if matches!(op, Binary::And | Binary::Or) {
            return vec![self.connective(writing, expr, op, a, b)];
        }
        let left = self.expr(writing, a);
        let right = self.expr(writing, b);
        let bit = |base| vec![Element { base, most: 1 }];
        match (op, &expr.ty) {
            (Binary::Equal, _) => bit(self.equal(writing, &left, &right)),
            (Binary::NotEqual, _) => {
                let equal = self.equal(writing, &left, &right);
                bit(&Base::number(1) - &equal)
            }
            (Binary::Less, _) => bit(self.less(writing, &left[0], &right[0])),
            (Binary::Greater, _) => bit(self.less(writing, &right[0], &left[0])),
            (Binary::LessOrEqual, _) => {
                let greater = self.less(writing, &right[0], &left[0]);
                bit(&Base::number(1) - &greater)
            }
            (Binary::GreaterOrEqual, _) => {
                let less = self.less(writing, &left[0], &right[0]);
                bit(&Base::number(1) - &less)
            }
            (_, Type::Number) => vec![self.arithmetic(writing, op, &left[0], &right[0], expr.span)],
            (_, _) => {
                let count = self.tree.elements(&expr.ty);
                in_field(writing, op, left, right, count)
            }
        }
    }

    /// `a && b`, `a || b`: the second is evaluated where it matters only, unless it can't fail.
    fn connective(
        &mut self,
        writing: &mut Writing,
        expr: &Expr,
        op: Binary,
        a: &Expr,
        b: &Expr,
    ) -> Element {
        let left = self.one(writing, a);
        let decided = sheaf_program::F::from_bool(op == Binary::Or);
        if left.known() == Some(decided) {
            return left;
        }
        if b.is_total() || left.known().is_some() {
            let right = self.one(writing, b);
            let both = writing.product(&left.base, &right.base);
            let base = match op {
                Binary::And => both,
                _ => &(&left.base + &right.base) - &both,
            };
            return Element { base, most: 1 };
        }
        let constant = Expr {
            kind: Kind::Constant(crate::interpret::Value::Bool(op == Binary::Or)),
            ty: Type::Bool,
            span: expr.span,
        };
        let sides = match op {
            Binary::And => [b, &constant],
            _ => [&constant, b],
        };
        let held = self.branch(writing, &left.base, sides, &Type::Bool, expr.span);
        held.into_iter().next().unwrap_or(Element::number(0))
    }

    fn assign(&mut self, writing: &mut Writing, place: &Place, value: Held) {
        let whole = &self.tree.functions[writing.function].locals[place.local].ty;
        let whole = whole.clone();
        let held = writing.locals[place.local].clone().unwrap_or_default();
        let steps = place.path.iter().map(|step| match step {
            Step::Part(index) => Choice::Part(*index),
            Step::Index(index) => Choice::Index(self.one(writing, index)),
        });
        let steps: Vec<Choice> = steps.collect();
        let held = self.replaced(writing, &whole, held, &steps, value);
        writing.locals[place.local] = Some(held);
    }

    /// A value with another one in the place of a part.
    fn replaced(
        &mut self,
        writing: &mut Writing,
        ty: &Type,
        mut held: Held,
        path: &[Choice],
        value: Held,
    ) -> Held {
        let Some((step, rest)) = path.split_first() else {
            return value;
        };
        let parts = self.tree.parts(ty);
        match step {
            Choice::Part(index) => {
                let range = self.part(ty, *index);
                let part = held[range.clone()].to_vec();
                let part = self.replaced(writing, &parts[*index], part, rest, value);
                held.splice(range, part);
            }
            Choice::Index(index) => {
                for (number, bit) in self.selectors(writing, index, parts.len()) {
                    let range = self.part(ty, number);
                    let part = held[range.clone()].to_vec();
                    let other = part.clone();
                    let part = self.replaced(writing, &parts[number], part, rest, value.clone());
                    let chosen = super::branches::choose(writing, &bit, &part, &other);
                    held.splice(range, chosen);
                }
            }
        }
        held
    }

    fn call(&mut self, writing: &mut Writing, number: usize, arguments: &[Expr]) -> Held {
        let tree = std::sync::Arc::clone(&self.tree);
        let function = &tree.functions[number];
        let small = function.body.is_total() && function.body.weight() <= SMALL;
        let held: Vec<Held> = arguments.iter().map(|a| self.expr(writing, a)).collect();
        if (function.inline || small) && !writing.inlined.contains(&number) {
            let locals = vec![None; function.locals.len()];
            let outer = std::mem::replace(&mut writing.locals, locals);
            let caller = std::mem::replace(&mut writing.function, number);
            writing.inlined.push(number);
            for ((pattern, ty), held) in function.parameters.iter().zip(held) {
                self.bind(writing, pattern, ty, held);
            }
            let result = self.expr(writing, &function.body);
            writing.inlined.pop();
            writing.function = caller;
            writing.locals = outer;
            return result;
        }
        let open = self.function(number);
        let arguments: Vec<Base> = held.iter().flat_map(|held| bases(held)).collect();
        let results = writing.open.row.call_open(open, &arguments);
        (results.into_iter().zip(most(&tree, &function.result)))
            .map(|(base, most)| Element { base, most })
            .collect()
    }
}

/// Functions of at most so many products that can't fail are a part of their callers.
const SMALL: usize = 12;

/// A step of the way to a part, evaluated.
enum Choice {
    Part(usize),
    Index(Element),
}

/// Arithmetic in either field.
fn in_field(writing: &mut Writing, op: Binary, left: Held, right: Held, count: usize) -> Held {
    let pad = |mut held: Held| {
        held.resize(count, Element::number(0));
        held
    };
    let any = |base| Element::any(base);
    match op {
        Binary::Add | Binary::Subtract => (pad(left).iter().zip(&pad(right)))
            .map(|(a, b)| {
                any(match op {
                    Binary::Add => &a.base + &b.base,
                    _ => &a.base - &b.base,
                })
            })
            .collect(),
        _ => match (&left[..], &right[..]) {
            // One factor is of the base field.
            ([a], other) | (other, [a]) => (other.iter())
                .map(|b| any(writing.product(&a.base, &b.base)))
                .collect(),
            (left, right) => {
                let (a, b) = (word(left), word(right));
                let product = match (constant_word(&a), constant_word(&b)) {
                    (Some(a), _) => b.times(a),
                    (_, Some(b)) => a.times(b),
                    _ => (writing.open.row)
                        .word_products(&[(&a, &b)], &Word::constant(sheaf_program::E::ZERO)),
                };
                product.coefficients().map(any).to_vec()
            }
        },
    }
}

/// The element of the extension with these coefficients.
pub(super) fn word(held: &[Element]) -> Word {
    Word::from_coefficients(&std::array::from_fn(|i| {
        held.get(i)
            .map_or_else(Base::zero, |element| element.base.clone())
    }))
}

fn constant_word(word: &Word) -> Option<sheaf_program::E> {
    word.form().as_constant()
}
