//! Times and memory.

use std::time::{Duration, Instant};

use sheaf::Phase;

/// Runs something and takes its time.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}

/// The median; of an even number, the mean of the two in the middle. Zero if there is none.
pub(crate) fn median(seconds: &[f64]) -> f64 {
    let mut sorted = seconds.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = sorted.len() / 2;
    match sorted.len() {
        0 => 0.0,
        n if n % 2 == 1 => sorted[upper],
        _ => (sorted[upper - 1] + sorted[upper]) / 2.0,
    }
}

/// The most memory that the process has ever held, if the system tells.
pub(crate) fn peak_rss_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    parse_high_water(&status)
}

fn parse_high_water(status: &str) -> Option<u64> {
    let value = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = value.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// Takes the time of each phase of a proof.
#[derive(Debug, Default)]
pub(crate) struct PhaseClock {
    begun: Vec<(Phase, Instant)>,
}

impl PhaseClock {
    pub(crate) fn begin(&mut self, phase: Phase) {
        self.begun.push((phase, Instant::now()));
    }

    /// Each phase and its time, once the proof is complete.
    pub(crate) fn finish(self) -> Vec<(Phase, Duration)> {
        let end = Instant::now();
        let ends = self.begun.iter().skip(1).map(|&(_, at)| at).chain([end]);
        self.begun
            .iter()
            .zip(ends)
            .map(|(&(phase, start), end)| (phase, end - start))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert_eq!(median(&[]), 0.0);
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
    }

    #[test]
    fn high_water_mark() {
        assert_eq!(
            parse_high_water("Name:\tx\nVmHWM:\t  1234 kB\nVmRSS: 1 kB\n"),
            Some(1234 * 1024)
        );
        assert_eq!(parse_high_water("VmHWM:\tmany kB\n"), None);
        assert_eq!(parse_high_water(""), None);
    }
}
