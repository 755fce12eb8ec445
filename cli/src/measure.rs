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

/// The most memory that the process has held since [`restart_peak_rss`], or since its start, if the system tells.
pub(crate) fn peak_rss_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    parse_high_water(&status)
}

/// Forgets the most memory that has been held, so that a measurement does not have that of an earlier one. Where the system
/// can't, the peak remains that of all measurements up to then.
pub(crate) fn restart_peak_rss() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The model of the CPU, if the system tells.
pub(crate) fn cpu_model() -> Option<String> {
    let info = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    parse_cpu_model(&info)
}

fn parse_cpu_model(info: &str) -> Option<String> {
    let field = |name: &str| {
        info.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key.trim() == name).then(|| value.trim().to_owned())
        })
    };
    // Linux on ARM names no model, only who designed it and a number.
    field("model name").or_else(|| {
        let (designer, part) = (field("CPU implementer")?, field("CPU part")?);
        Some(format!("implementer {designer}, part {part}"))
    })
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
    fn models_of_cpus() {
        let x86 =
            "processor\t: 0\nmodel\t\t: 1\nmodel name\t: AMD EPYC 7B13\nmodel name\t: other\n";
        assert_eq!(parse_cpu_model(x86).as_deref(), Some("AMD EPYC 7B13"));
        let arm = "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n";
        let model = "implementer 0x41, part 0xd0c";
        assert_eq!(parse_cpu_model(arm).as_deref(), Some(model));
        assert_eq!(parse_cpu_model(""), None);
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
