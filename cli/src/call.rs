//! What a program is run on, and what it returns, as JSON.
//!
//! ```json
//! { "arguments": [3, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0], "advice": [], "results": [5, 0, 0, 0, 0] }
//! ```
//!
//! Elements of the base field are numbers; a word of the extension is five of them, a digest nine. `prove` takes arguments and advice, and
//! compares results if there are any; `verify` compares arguments and results, those that there are. So one file does for both.

use std::path::Path;

use p3_field::PrimeField32;
use serde::Deserialize;
use serde_json::to_string;
use sheaf_guests::Case;
use sheaf_program::{F, Id};

use crate::failure::Failure;
use crate::input::read;

/// The most bytes of a file. A run has fewer than `2^22` rows, so that more than this is of no use to it.
const MAX_BYTES: usize = 1 << 28;

/// Arguments, advice and results, as far as they are given.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Call {
    arguments: Option<Vec<Element>>,
    #[serde(default)]
    advice: Vec<Element>,
    results: Option<Vec<Element>>,
}

/// An element of the base field, as its number below the order.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "u32")]
struct Element(F);

impl TryFrom<u32> for Element {
    type Error = String;
    fn try_from(number: u32) -> Result<Self, String> {
        if number < F::ORDER_U32 {
            Ok(Self(F::new(number)))
        } else {
            Err(format!(
                "{number} is not below {}, the order of the field",
                F::ORDER_U32
            ))
        }
    }
}

impl Call {
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let bytes = read(path, MAX_BYTES)?;
        Self::parse(&bytes).map_err(|error| Failure::file(path, error))
    }

    /// Errors name line and column.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    /// How many elements there are of each part that is given, for people.
    pub(crate) fn lengths(&self) -> [(&'static str, Option<usize>); 3] {
        let length = |elements: &Option<Vec<Element>>| elements.as_ref().map(Vec::len);
        [
            ("arguments", length(&self.arguments)),
            ("advice", Some(self.advice.len())),
            ("results", length(&self.results)),
        ]
    }

    /// Why a run with these arguments and results is not the one that is meant.
    pub(crate) fn compare(&self, arguments: &[F], results: &[F]) -> Result<(), String> {
        compare("arguments", self.arguments.as_deref(), arguments)?;
        compare("results", self.results.as_deref(), results)
    }

    /// What a program is run on, if there are arguments.
    pub(crate) fn case(&self) -> Option<Case> {
        let elements = |elements: &[Element]| elements.iter().map(|x| x.0).collect();
        Some(Case {
            arguments: elements(self.arguments.as_ref()?),
            advice: elements(&self.advice),
            results: elements(self.results.as_deref().unwrap_or_default()),
        })
    }
}

/// A file with all three parts, a line for each.
pub(crate) fn render(case: &Case) -> Result<String, Failure> {
    let parts = [
        ("arguments", &case.arguments),
        ("advice", &case.advice),
        ("results", &case.results),
    ];
    let lines = parts.map(|(name, elements)| {
        to_string(&numbers(elements)).map(|list| format!("  \"{name}\": {list}"))
    });
    let lines = lines
        .into_iter()
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Failure::Unusable(error.to_string()))?;
    Ok(format!("{{\n{}\n}}\n", lines.join(",\n")))
}

/// Elements as their numbers below the order.
pub(crate) fn numbers(elements: &[F]) -> Vec<u32> {
    elements
        .iter()
        .map(PrimeField32::as_canonical_u32)
        .collect()
}

/// An identity, as bytes: elements of four bytes, little-endian.
pub(crate) fn id_bytes(id: &Id) -> Vec<u8> {
    numbers(id).into_iter().flat_map(u32::to_le_bytes).collect()
}

/// Elements for people: all of a few, of many the first.
pub(crate) fn shown(elements: &[F]) -> String {
    const SHOWN: usize = 12;
    if elements.is_empty() {
        return "none".to_owned();
    }
    let first = &elements[..elements.len().min(SHOWN)];
    let mut text: Vec<String> = numbers(first).iter().map(u32::to_string).collect();
    if let Some(more @ 1..) = elements.len().checked_sub(SHOWN) {
        text.push(format!("and {more} more"));
    }
    text.join(" ")
}

fn compare(what: &str, expected: Option<&[Element]>, found: &[F]) -> Result<(), String> {
    let Some(expected) = expected else {
        return Ok(());
    };
    if expected.len() != found.len() {
        let (expected, found) = (expected.len(), found.len());
        return Err(format!("{what}: {found} elements, and not {expected}"));
    }
    let mut pairs = expected.iter().zip(found).enumerate();
    match pairs.find(|(_, (expected, found))| expected.0 != **found) {
        Some((index, (expected, found))) => Err(format!(
            "element {index} of the {what} is {found}, and not {}",
            expected.0
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_elements_are_shown_and_of_many_the_first() {
        let elements: Vec<F> = (0..15).map(F::new).collect();
        assert_eq!(shown(&[]), "none");
        assert_eq!(shown(&elements[..12]), "0 1 2 3 4 5 6 7 8 9 10 11");
        assert_eq!(shown(&elements), shown(&elements[..12]) + " and 3 more");
    }

    fn parse(text: &str) -> Result<Call, String> {
        Call::parse(text.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_written_is_read() {
        let numbers = |numbers: &[u32]| numbers.iter().copied().map(F::new).collect::<Vec<_>>();
        let case = Case {
            arguments: numbers(&[1, F::ORDER_U32 - 1]),
            advice: numbers(&[7; 3]),
            results: numbers(&[5]),
        };
        let call = parse(&render(&case).unwrap()).unwrap();
        assert_eq!(call.lengths().map(|(_, n)| n), [Some(2), Some(3), Some(1)]);
        assert_eq!(call.compare(&case.arguments, &case.results), Ok(()));
        let differs = call.compare(&numbers(&[1, 2]), &case.results).unwrap_err();
        assert_eq!(
            differs,
            "element 1 of the arguments is 2, and not 2130706432"
        );
        let differs = call
            .compare(&case.arguments, &numbers(&[5, 0]))
            .unwrap_err();
        assert_eq!(differs, "results: 2 elements, and not 1");
    }

    #[test]
    fn parts_that_are_not_given_are_not_compared() {
        let call = parse("{}").unwrap();
        assert_eq!(call.lengths().map(|(_, n)| n), [None, Some(0), None]);
        assert_eq!(call.compare(&[F::new(1)], &[]), Ok(()));
    }

    #[test]
    fn what_is_no_element_is_named_with_its_place() {
        for (text, error) in [
            (
                "{\"arguments\": [2130706433]}",
                "2130706433 is not below 2130706433",
            ),
            ("{\"arguments\": [-1]}", "integer `-1`, expected u32"),
            ("{\"advice\": [\n1.5]}", "line 2 column 3"),
            ("{\"result\": []}", "unknown field `result`"),
            ("[]", "invalid length 0"),
            ("", "EOF"),
        ] {
            let found = parse(text).unwrap_err();
            assert!(found.contains(error), "{text}: {found}");
        }
    }
}
