//! Tables and units for people, JSON for programs.

use std::fmt::Write;
use std::time::Duration;

use clap::Args;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::failure::{Failure, print};

/// For whom a command prints.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct JsonArgument {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Prints a value as JSON.
pub(crate) fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let json = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::Unusable(error.to_string()))?;
    print(&(json + "\n"))
}

/// Facts with a name each: lines of a table, or fields of a JSON object.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    table: Table,
    fields: Map<String, Value>,
}

impl Facts {
    /// Adds a fact. In JSON its name has `_` for each space.
    pub(crate) fn add(&mut self, name: &str, text: impl Into<String>, value: impl Into<Value>) {
        self.table.row(name, text);
        self.fields.insert(name.replace(' ', "_"), value.into());
    }

    /// Adds a fact that is one word in both forms.
    pub(crate) fn word(&mut self, name: &str, word: &str) {
        self.add(name, word, word);
    }

    /// Adds a number.
    pub(crate) fn number(&mut self, name: &str, number: u64) {
        self.add(name, number.to_string(), number);
    }

    /// Adds bytes, in hexadecimal digits.
    pub(crate) fn hex(&mut self, name: &str, bytes: &[u8]) {
        self.add(name, hex::encode(bytes), crate::claims_json::hex(bytes));
    }

    /// Adds a line that is for people only.
    pub(crate) fn line(&mut self, name: impl Into<String>, text: impl Into<String>) {
        self.table.row(name, text);
    }

    /// Adds a field that is for programs only.
    pub(crate) fn field(&mut self, name: &str, value: impl Into<Value>) {
        self.fields.insert(name.to_owned(), value.into());
    }

    /// Prints the facts.
    pub(crate) fn print(self, json: JsonArgument) -> Result<(), Failure> {
        if json.json {
            print_json(&self.fields)
        } else {
            print(&self.table.render())
        }
    }
}

/// Possibilities: `a`, `a or b`, `a, b or c`.
pub(crate) fn either(names: &[impl AsRef<str>]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

/// Lines of a name and a value, in columns.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<(String, String)>,
}

impl Table {
    pub(crate) fn row(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.rows.push((name.into(), value.into()));
    }

    /// The lines, each with its newline.
    pub(crate) fn render(&self) -> String {
        let width = self.rows.iter().map(|(name, _)| name.len()).max();
        let width = width.unwrap_or(0);
        self.rows.iter().fold(String::new(), |mut out, row| {
            let _ = writeln!(out, "  {:<width$}  {}", row.0, row.1);
            out
        })
    }
}

/// Rows of a table whose first row is its head, aligned to the right.
pub(crate) fn columns<const N: usize>(rows: &[[String; N]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max();
    let mut out = String::new();
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            let width = width(column).unwrap_or(0);
            let _ = write!(out, "  {cell:>width$}");
        }
        out.push('\n');
    }
    out
}

/// A time in a unit that suits it.
pub(crate) fn time(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds >= 1.0 {
        format!("{seconds:.2} s")
    } else {
        format!("{:.1} ms", seconds * 1e3)
    }
}

/// The same of a number of seconds.
pub(crate) fn seconds(seconds: f64) -> String {
    time(Duration::from_secs_f64(seconds))
}

/// A number of bytes in a unit that suits it.
pub(crate) fn bytes(count: u64) -> String {
    const KIB: f64 = 1024.0;
    let count_float = count as f64;
    if count_float >= 10.0 * KIB * KIB {
        format!("{:.0} MiB", count_float / (KIB * KIB))
    } else if count_float >= 10.0 * KIB {
        format!("{:.1} KiB", count_float / KIB)
    } else {
        format!("{count} bytes")
    }
}

/// `1 signature`, `2 signatures`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// How many things a message of one line names.
const LISTED: usize = 10;

/// The first things of a list, and how many others there are.
pub(crate) fn list<T>(all: &[T], show: impl Fn(&T) -> String) -> String {
    let mut shown: Vec<String> = all.iter().take(LISTED).map(show).collect();
    match all.len().saturating_sub(LISTED) {
        0 => {}
        more => shown.push(format!("and {more} more")),
    }
    shown.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        assert_eq!(time(Duration::from_micros(1234)), "1.2 ms");
        assert_eq!(time(Duration::from_millis(1234)), "1.23 s");
        assert_eq!(bytes(10_239), "10239 bytes");
        assert_eq!(bytes(10_240), "10.0 KiB");
        assert_eq!(bytes(20 << 20), "20 MiB");
        assert_eq!(count(1, "key"), "1 key");
        assert_eq!(count(0, "key"), "0 keys");
    }

    #[test]
    fn ten_things_are_listed_and_the_others_counted() {
        let shown = |count| list(&(1..=count).collect::<Vec<u32>>(), u32::to_string);
        assert_eq!(shown(1), "1");
        assert_eq!(shown(10), "1; 2; 3; 4; 5; 6; 7; 8; 9; 10");
        assert_eq!(shown(4000), shown(10) + "; and 3990 more");
    }

    #[test]
    fn columns_align() {
        let mut table = Table::default();
        table.row("a", "1");
        table.row("long", "2");
        assert_eq!(table.render(), "  a     1\n  long  2\n");
    }
}
