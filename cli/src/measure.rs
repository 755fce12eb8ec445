//! Times and memory.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde::Serialize;
use sheaf::build_info;

/// How often a verification is measured: it takes milliseconds, and proving more.
pub(crate) const VERIFICATIONS: usize = 7;

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
fn cpu_model() -> Option<String> {
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

/// Takes the times of the phases of several proofs.
#[derive(Debug, Default)]
pub(crate) struct PhaseClock {
    /// Since when the phase has run that has begun last.
    running: Option<(&'static str, Instant)>,
    seconds: BTreeMap<&'static str, Vec<f64>>,
}

impl PhaseClock {
    /// A phase begins, and the one before ends.
    pub(crate) fn begin(&mut self, phase: &'static str) {
        self.end();
        self.running = Some((phase, Instant::now()));
    }

    /// The last phase ends.
    pub(crate) fn end(&mut self) {
        if let Some((phase, begun)) = self.running.take() {
            let all = self.seconds.entry(phase).or_default();
            all.push(begun.elapsed().as_secs_f64());
        }
    }

    /// The median of each phase, in seconds.
    pub(crate) fn medians(&self) -> BTreeMap<&'static str, f64> {
        let all = self.seconds.iter();
        all.map(|(&phase, seconds)| (phase, median(seconds)))
            .collect()
    }
}

/// What a measurement is made with, and on.
#[derive(Debug, Serialize)]
pub(crate) struct Setting {
    pub(crate) version: &'static str,
    /// Absent where the system does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cpu: Option<String>,
    pub(crate) rustc: &'static str,
    /// Absent in a build from a source of which it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) commit: Option<&'static str>,
    pub(crate) simd: &'static str,
    pub(crate) cpu_simd: &'static str,
}

impl Setting {
    /// This build, on this machine.
    pub(crate) fn here() -> Self {
        let build = build_info();
        let commit = env!("SHEAF_COMMIT");
        Self {
            version: build.version,
            cpu: cpu_model(),
            rustc: env!("SHEAF_RUSTC"),
            commit: (!commit.is_empty()).then_some(commit),
            simd: build.simd.name(),
            cpu_simd: build.cpu_simd.name(),
        }
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
    fn a_phase_ends_where_the_next_one_begins() {
        let mut clock = PhaseClock::default();
        for _ in 0..3 {
            for phase in ["first", "second"] {
                clock.begin(phase);
            }
            clock.end();
        }
        assert_eq!(clock.seconds["first"].len(), 3);
        assert_eq!(clock.seconds["second"].len(), 3);
        let medians = clock.medians();
        assert_eq!(medians.keys().collect::<Vec<_>>(), [&"first", &"second"]);
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
