//! Random programs that are accepted have no balanced rows without a derivation.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use p3_field::{PrimeCharacteristicRing, PrimeField32};

use super::Condition;
use crate::form::in_base;
use crate::layout::CELLS;
use crate::{Class, Constraint, E, F, Form, Kind, Message, Permutation, Program, Tag};

struct Rng(u64);

impl Rng {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 20) % n as u64) as usize
    }
}

type Tuple = Vec<i64>;

#[derive(Clone, Debug)]
struct Part {
    class: Class,
    tuple: Tuple,
    /// 1, -1, or 0 for free.
    sign: i32,
    opener: bool,
}

#[derive(Clone, Debug)]
struct Row {
    parts: Vec<Part>,
}

fn simple(rng: &mut Rng) -> Form {
    match rng.below(8) {
        0 => Form::ZERO,
        1 => Form::constant(E::ONE),
        2..=4 => Form::cell(0),
        5 => Form::cell(1),
        6 => &Form::cell(0) + &Form::constant(E::ONE),
        _ => &Form::cell(0) - &Form::constant(E::ONE),
    }
}

fn message(rng: &mut Rng, tags: &[(Class, u32)]) -> Message {
    let (class, number) = tags[rng.below(tags.len())];
    let mut tuple = vec![Form::ZERO; 31];
    tuple[0] = Tag::new(class, number).unwrap().form();
    tuple[1] = simple(rng);
    match class {
        Class::Loop => {
            tuple[16] = if rng.below(3) == 0 {
                tuple[1].clone()
            } else {
                simple(rng)
            }
        }
        Class::Chain | Class::Range | Class::Ticket => {}
        _ => tuple[2] = simple(rng),
    }
    let multiplicity = match (class, rng.below(8)) {
        (Class::Table | Class::Fact, 0..=3) => Form::cell(4),
        (_, 0..=3) => Form::constant(E::ONE),
        (_, 4) => -&Form::cell(3),
        _ => Form::constant(-E::ONE),
    };
    Message {
        multiplicity,
        tuple,
    }
}

fn opener(rng: &mut Rng, tag: u32, ticket: u32) -> Vec<Message> {
    let i = simple(rng);
    let make = |class, number, sign: E, state: Option<Form>| {
        let mut tuple = vec![Form::ZERO; 31];
        tuple[0] = Tag::new(class, number).unwrap().form();
        tuple[1] = i.clone();
        if let Some(state) = state {
            tuple[2] = state;
        }
        Message {
            multiplicity: Form::constant(sign),
            tuple,
        }
    };
    vec![
        make(Class::Ticket, ticket, -E::ONE, None),
        make(Class::TicketLoop, tag, E::ONE, Some(simple(rng))),
        make(Class::TicketLoop, tag, -E::ONE, Some(simple(rng))),
    ]
}

const TAGS: [(Class, u32); 14] = [
    (Class::Entry, 0),
    (Class::Fun, 0),
    (Class::Fun, 1),
    (Class::Loop, 0),
    (Class::TicketLoop, 0),
    (Class::TicketLoop, 1),
    (Class::Chain, 0),
    (Class::Range, 0),
    (Class::Ticket, 0),
    (Class::Ticket, 1),
    (Class::Table, 0),
    (Class::Table, 1),
    (Class::Fact, 0),
    (Class::Fact, 1),
];

fn random_kind(rng: &mut Rng) -> Kind {
    let mut kind = Kind::new("k", Permutation::None);
    kind.constraints = vec![Constraint {
        products: vec![(Form::cell(3), Form::cell(3))],
        result: Form::cell(3),
    }];
    if rng.below(3) == 0 {
        let ticket = rng.below(8) / 7;
        let tag = rng.below(2) as u32;
        kind.messages.extend(opener(rng, tag, ticket as u32));
    }
    if rng.below(4) == 0 {
        // A link of a chain.
        let chain = TAGS[6 + rng.below(2)];
        let mut a = message(rng, &[chain]);
        let mut b = a.clone();
        a.multiplicity = Form::constant(-E::ONE);
        b.multiplicity = Form::constant(E::ONE);
        b.tuple[1] = &a.tuple[1] + &Form::constant(E::ONE);
        kind.messages.extend([a, b]);
    }
    if rng.below(4) == 0 {
        let mut a = message(rng, &[TAGS[0]]);
        a.multiplicity = Form::constant(E::ONE);
        kind.messages.push(a);
        for chain in [TAGS[6], TAGS[7]] {
            if rng.below(2) == 0 {
                let mut a = message(rng, &[chain]);
                let mut b = message(rng, &[chain]);
                a.multiplicity = Form::constant(E::ONE);
                b.multiplicity = Form::constant(-E::ONE);
                a.tuple[1] = Form::ZERO;
                b.tuple[1] = [Form::constant(E::ONE), Form::cell(2)][rng.below(2)].clone();
                kind.messages.extend([a, b]);
            }
        }
    }
    for _ in 0..rng.below(4) {
        kind.messages.push(message(rng, &TAGS));
    }
    kind.messages.truncate(8);
    kind
}

fn rows(program: &Program) -> Vec<Row> {
    let mut rows = Vec::new();
    for kind in program.kinds() {
        let openers: BTreeSet<usize> = {
            let class = |m: &Message| Tag::of(&m.tuple[0]).unwrap().class();
            let mut found = BTreeSet::new();
            for t in &kind.messages {
                if class(t) == Class::Ticket && t.multiplicity.as_constant() == Some(-E::ONE) {
                    for (k, m) in kind.messages.iter().enumerate() {
                        let position = |m: &Message| m.tuple.get(1).cloned().unwrap_or_default();
                        if class(m) == Class::TicketLoop && position(m) == position(t) {
                            found.insert(k);
                        }
                    }
                }
            }
            found
        };
        for values in 0..54 {
            let mut cells = vec![F::ZERO; CELLS + 25];
            cells[0] = F::from_usize(values % 3);
            cells[1] = F::from_usize(values / 3 % 3);
            cells[2] = F::from_usize(values / 9 % 3);
            cells[3] = F::from_usize(values / 27);
            cells[120] = F::ONE;
            let mut parts = Vec::new();
            for (k, message) in kind.messages.iter().enumerate() {
                let tag = Tag::of(&message.tuple[0]).unwrap();
                let int = |x: E| {
                    let x = in_base(x).unwrap().as_canonical_u32();
                    i64::from(x)
                        - if x > 1 << 30 {
                            i64::from(F::ORDER_U32)
                        } else {
                            0
                        }
                };
                let mut tuple: Tuple = message
                    .tuple
                    .iter()
                    .map(|f| int(f.evaluate(&cells)))
                    .collect();
                while tuple.last() == Some(&0) {
                    tuple.pop();
                }
                let free = message.multiplicity == Form::cell(4);
                let sign = if free {
                    0
                } else {
                    int(message.multiplicity.evaluate(&cells)) as i32
                };
                if sign != 0 || free {
                    parts.push(Part {
                        class: tag.class(),
                        tuple,
                        sign,
                        opener: openers.contains(&k),
                    });
                }
            }
            rows.push(Row { parts });
        }
    }
    // Equal rows once.
    let mut seen = BTreeSet::new();
    rows.retain(|row| seen.insert(format!("{row:?}")));
    rows
}

fn loose(class: Class) -> bool {
    matches!(class, Class::Table | Class::Fact)
}

struct Search<'a> {
    rows: &'a [Row],
    by: HashMap<(Tuple, bool), Vec<usize>>,
    nodes: usize,
    bags: usize,
}

impl Search<'_> {
    fn go(
        &mut self,
        bag: &mut Vec<usize>,
        public: &Tuple,
        depth: usize,
        rng: &mut Rng,
    ) -> Option<Vec<usize>> {
        self.nodes += 1;
        if self.nodes > 4000 {
            return None;
        }
        let mut strict: BTreeMap<&Tuple, i32> = BTreeMap::new();
        let mut wanted: BTreeSet<&Tuple> = BTreeSet::new();
        let mut given: BTreeSet<&Tuple> = BTreeSet::new();
        *strict.entry(public).or_default() -= 1;
        for &r in bag.iter() {
            for part in &self.rows[r].parts {
                if loose(part.class) {
                    if part.sign < 0 {
                        wanted.insert(&part.tuple);
                    } else {
                        given.insert(&part.tuple);
                    }
                } else {
                    *strict.entry(&part.tuple).or_default() += part.sign;
                }
            }
        }
        let next = strict
            .iter()
            .filter(|(_, n)| **n != 0)
            .map(|(t, n)| ((*t).clone(), *n < 0))
            .chain(wanted.difference(&given).map(|t| ((*t).clone(), true)))
            .collect::<Vec<_>>();
        if next.is_empty() {
            self.bags += 1;
            return (!derives(self.rows, bag, public)).then(|| bag.clone());
        }
        if depth == 0 {
            return None;
        }
        let key = next[rng.below(next.len())].clone();
        let mut choices = self.by.get(&key).cloned().unwrap_or_default();
        while !choices.is_empty() {
            let r = choices.swap_remove(rng.below(choices.len()));
            bag.push(r);
            let found = self.go(bag, public, depth - 1, rng);
            bag.pop();
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

/// Whether the bag's rows derive the public tuple, and tables are functions.
fn derives(all: &[Row], bag: &[usize], public: &Tuple) -> bool {
    let rows: Vec<&Row> = bag.iter().map(|&r| &all[r]).collect();
    let mut tables: HashMap<(i64, i64), Tuple> = HashMap::new();
    let at = |t: &Tuple, j: usize| t.get(j).copied().unwrap_or(0);
    let mut table_set = BTreeSet::new();
    let wanted: BTreeSet<&Tuple> = (rows.iter().flat_map(|r| &r.parts))
        .filter(|p| p.class == Class::Table && p.sign < 0)
        .map(|p| &p.tuple)
        .collect();
    for part in rows.iter().flat_map(|r| &r.parts) {
        if part.class == Class::Table && part.sign >= 0 && wanted.contains(&part.tuple) {
            let key = (part.tuple[0], at(&part.tuple, 1));
            if tables
                .insert(key, part.tuple.clone())
                .is_some_and(|old| old != part.tuple)
            {
                return false;
            }
            table_set.insert(part.tuple.clone());
        }
    }
    let starts: BTreeSet<i64> = (rows.iter().flat_map(|r| &r.parts))
        .filter(|p| p.class == Class::TicketLoop && p.opener && p.sign > 0)
        .map(|p| at(&p.tuple, 2))
        .collect();
    // Heads and facts; those of TLOOP with their start.
    let mut known: BTreeSet<(Tuple, Option<i64>)> = BTreeSet::new();
    loop {
        let before = known.len();
        for row in &rows {
            for x in starts.iter().copied().map(Some).chain([None]) {
                let holds = row
                    .parts
                    .iter()
                    .filter(|p| p.sign < 0)
                    .all(|p| match p.class {
                        Class::Fun | Class::Fact => known.contains(&(p.tuple.clone(), None)),
                        Class::Loop => {
                            at(&p.tuple, 1) == at(&p.tuple, 16)
                                || known.contains(&(p.tuple.clone(), None))
                        }
                        Class::TicketLoop => {
                            let start = if p.opener {
                                row.parts
                                    .iter()
                                    .find(|q| {
                                        q.opener
                                            && q.sign > 0
                                            && q.tuple[0] == p.tuple[0]
                                            && at(&q.tuple, 1) == at(&p.tuple, 1)
                                    })
                                    .map(|q| at(&q.tuple, 2))
                            } else {
                                x
                            };
                            start.is_some_and(|x| {
                                at(&p.tuple, 2) == x || known.contains(&(p.tuple.clone(), Some(x)))
                            })
                        }
                        Class::Table => table_set.contains(&p.tuple),
                        _ => true,
                    });
                if !holds {
                    continue;
                }
                for p in row.parts.iter().filter(|p| p.sign >= 0) {
                    match p.class {
                        Class::TicketLoop if !p.opener && x.is_some() => {
                            known.insert((p.tuple.clone(), x));
                        }
                        Class::Entry | Class::Fun | Class::Loop | Class::Fact => {
                            // A head does not depend on `x`, which only steps have.
                            known.insert((p.tuple.clone(), None));
                        }
                        _ => {}
                    }
                }
            }
        }
        if known.len() == before {
            break;
        }
    }
    known.contains(&(public.clone(), None))
}

/// `without`: a condition that programs need not meet.
fn attack(
    seed: u64,
    programs: usize,
    without: Option<Condition>,
) -> (usize, usize, Option<String>) {
    let accepts = |program: &Program| match program.check() {
        Ok(()) => true,
        Err(violations) => violations.0.iter().all(|v| Some(v.condition) == without),
    };
    let rng = &mut Rng(seed);
    let mut pool: Vec<Kind> = Vec::new();
    let mut entries: Vec<Kind> = Vec::new();
    while pool.len() < 4000 || entries.len() < 600 {
        let kind = random_kind(rng);
        if kind.messages.is_empty() {
            continue;
        }
        let alone = Program::new(vec![], vec![kind.clone()]).unwrap();
        if !accepts(&alone) {
            continue;
        }
        let is_entry = (kind.messages.iter()).any(|m| m.tuple[0] == Tag::ENTRY.form());
        if is_entry {
            entries.push(kind)
        } else {
            pool.push(kind)
        }
    }
    let (mut accepted, mut bags) = (0, 0);
    while accepted < programs {
        let mut kinds = vec![entries[rng.below(entries.len())].clone()];
        for _ in 0..3 + rng.below(5) {
            kinds.push(pool[rng.below(pool.len())].clone());
        }
        let program = Program::new(vec![], kinds).unwrap();
        if !accepts(&program) {
            continue;
        }
        accepted += 1;
        let rows = rows(&program);
        let mut by: HashMap<(Tuple, bool), Vec<usize>> = HashMap::new();
        for (r, row) in rows.iter().enumerate() {
            for part in &row.parts {
                let list = by.entry((part.tuple.clone(), part.sign >= 0)).or_default();
                if list.last() != Some(&r) {
                    list.push(r);
                }
            }
        }
        let publics: BTreeSet<Tuple> = (rows.iter().flat_map(|r| &r.parts))
            .filter(|p| p.class == Class::Entry)
            .map(|p| p.tuple.clone())
            .collect();
        for public in publics {
            let mut search = Search {
                rows: &rows,
                by: by.clone(),
                nodes: 0,
                bags: 0,
            };
            let found = search.go(&mut Vec::new(), &public, 10, rng);
            bags += search.bags;
            if let Some(bag) = found {
                let rows: Vec<String> = bag.iter().map(|&r| format!("{:?}", rows[r])).collect();
                return (
                    accepted,
                    bags,
                    Some(format!("{program}\n{public:?}\n{}", rows.join("\n"))),
                );
            }
        }
    }
    (accepted, bags, None)
}

#[test]
fn random_programs_have_no_balanced_rows_without_a_derivation() {
    for seed in 1..3 {
        let (n, bags, found) = attack(seed * 0x9e37_79b9_7f4a_7c15, 5_000, None);
        println!("{seed}: {n} programs, {bags} balanced bags");
        assert!(found.is_none(), "{}", found.unwrap());
    }
}

#[test]
#[ignore = "takes a minute and a half"]
fn the_search_finds_what_conditions_refuse() {
    // P3 alone is found too seldom to be asked for.
    use Condition::{P1, P2, P4, P5, P6, P7};
    for condition in [P1, P2, P4, P5, P6, P7] {
        let (n, bags, found) = attack(77, 15_000, Some(condition));
        assert!(
            found.is_some(),
            "without {condition:?}: {n} programs, {bags} balanced bags, none forged"
        );
    }
}
