//! Tables and units for people.

use std::fmt::Write;
use std::time::Duration;

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

/// A time in a unit that suits it.
pub(crate) fn time(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds >= 1.0 {
        format!("{seconds:.2} s")
    } else {
        format!("{:.1} ms", seconds * 1e3)
    }
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
    fn columns_align() {
        let mut table = Table::default();
        table.row("a", "1");
        table.row("long", "2");
        assert_eq!(table.render(), "  a     1\n  long  2\n");
    }
}
