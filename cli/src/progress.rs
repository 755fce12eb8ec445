//! What a person sees of work that takes long: a bar on a terminal, a line at the start elsewhere.

use std::fmt;
use std::time::{Duration, Instant};

use indicatif::style::ProgressTracker;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use sheaf::{MergeProgress, Phase, Progress, Rate};
use sheaf_machine::Phase as RunPhase;

use crate::failure::remark;
use crate::report::count;

/// From so many signatures on a proof may take seconds, on one thread of a slow machine.
const LONG_PROOF: usize = 256;

/// From so many proofs on the same is true of a merge.
const LONG_MERGE: usize = 4;

/// From so many rows on the same is true of a proof about a run.
const LONG_RUN: usize = 1 << 17;

/// A bar on stderr. It is not drawn where stderr is no terminal, and leaves nothing behind.
#[derive(Debug)]
pub(crate) struct Bar(ProgressBar);

/// A bar for a proof.
#[derive(Debug)]
pub(crate) struct ProofBar {
    bar: Bar,
    rate: Option<Rate>,
}

impl ProofBar {
    /// Without a rate it is for a list of the signatures. `which` says which of several proofs it is, if there are several.
    pub(crate) fn new(signatures: usize, rate: Option<Rate>, which: &str) -> Self {
        let signatures_counted = count(signatures, "signature");
        let mut what = match rate {
            Some(rate) => format!("proving {signatures_counted} at rate {rate}"),
            None => format!("verifying {signatures_counted}"),
        };
        if !which.is_empty() {
            what = format!("{what}, {which}");
        }
        let total = Phase::ALL.into_iter().map(|phase| share(phase, rate)).sum();
        let bar = Bar::new(what, total, signatures >= LONG_PROOF);
        Self { bar, rate }
    }

    /// Shows the phase that begins.
    pub(crate) fn show(&self, progress: Progress) {
        self.show_phase(progress.phase, progress.done);
    }

    fn show_phase(&self, phase: Phase, done: usize) {
        self.bar.0.set_message(format!(" {}", phase.name()));
        let over = Phase::ALL.into_iter().take(done);
        self.bar
            .set(over.map(|phase| share(phase, self.rate)).sum());
    }
}

/// The time that a phase takes, as measured for 1024 signatures on two threads; only proportions matter.
const fn share(phase: Phase, rate: Option<Rate>) -> u64 {
    let Some(rate) = rate else {
        return match phase {
            Phase::Witness => 1,
            _ => 0,
        };
    };
    match phase {
        Phase::Witness => 24,
        // The code that is committed to is as much longer as the rate is lower.
        Phase::Commit => 12 << rate.log_inverse(),
        Phase::ChainEnds | Phase::Constraints => 2,
        Phase::Permutations => 34,
        Phase::Columns => 1,
        Phase::Open => 13,
    }
}

/// A bar for merging.
#[derive(Debug)]
pub(crate) struct MergeBar {
    bar: Bar,
}

impl MergeBar {
    pub(crate) fn new(proofs: usize) -> Self {
        let what = format!("merging {}", count(proofs, "proof"));
        Self {
            bar: Bar::new(what, 1, proofs >= LONG_MERGE),
        }
    }

    /// Shows the phase that begins.
    pub(crate) fn show(&self, progress: MergeProgress) {
        self.bar
            .0
            .set_message(format!(" {}", progress.phase.name()));
        self.bar.0.set_length(progress.total as u64);
        self.bar.set(progress.done as u64);
    }
}

/// A bar for a proof about a run.
#[derive(Debug)]
pub(crate) struct RunBar(Bar);

impl RunBar {
    /// `which` says which of several proofs it is, if there are several.
    pub(crate) fn new(program: &str, rows: usize, rate: Rate, which: &str) -> Self {
        let mut what = format!(
            "proving a run of {program}, {}, at rate {rate}",
            count(rows, "row")
        );
        if !which.is_empty() {
            what = format!("{what}, {which}");
        }
        let total = RunPhase::ALL.into_iter().map(run_share).sum();
        Self(Bar::new(what, total, rows >= LONG_RUN))
    }

    /// Shows the phase that begins.
    pub(crate) fn show(&self, phase: RunPhase) {
        self.0.0.set_message(format!(" {}", phase.name()));
        let over = RunPhase::ALL.into_iter().take_while(|&p| p != phase);
        self.0.set(over.map(run_share).sum());
    }
}

/// The time that a phase takes, as measured for four programs on two threads, with permutations and without; only proportions matter.
const fn run_share(phase: RunPhase) -> u64 {
    match phase {
        RunPhase::Permute | RunPhase::Constraints => 7,
        RunPhase::Commit => 21,
        RunPhase::Messages => 19,
        RunPhase::Forms | RunPhase::Inputs => 5,
        RunPhase::Permutations => 9,
        RunPhase::Open => 26,
    }
}

/// Counts proofs.
#[derive(Debug)]
pub(crate) struct ProofCounter {
    made: usize,
    total: usize,
}

impl ProofCounter {
    pub(crate) const fn new(total: usize) -> Self {
        Self { made: 0, total }
    }

    /// Says which proof is next: nothing if there is only one.
    pub(crate) fn next(&mut self) -> String {
        self.made += 1;
        match self.total {
            1 => String::new(),
            total => format!("proof {} of {total}", self.made),
        }
    }
}

impl Bar {
    /// A bar for `total` steps of `what`. If the work is long, it is announced where there is no bar.
    pub(crate) fn new(what: String, total: u64, is_long: bool) -> Self {
        let bar = ProgressBar::new(total);
        if bar.is_hidden() && is_long {
            remark(&what);
        }
        bar.set_style(style());
        bar.set_prefix(what);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// Work of which nothing is known but that it goes on.
    pub(crate) fn unknown(what: String, is_long: bool) -> Self {
        let bar = Self::new(what, 0, is_long);
        if let Ok(style) = ProgressStyle::with_template("{prefix} {spinner} {elapsed}") {
            bar.0.set_style(style);
        }
        bar
    }

    pub(crate) fn set(&self, done: u64) {
        self.0.set_position(done);
    }

    pub(crate) fn advance(&self) {
        self.0.inc(1);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn style() -> ProgressStyle {
    let template = "{prefix} [{bar:30}] {percent}%{msg} {elapsed}{left}";
    // A template that can't be parsed is found by the tests.
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
        .with_key("left", TimeLeft::default())
}

/// What is left of the time, if the work goes on as it has gone up to the last step.
///
/// Steps may be seconds apart. In between, the time that has passed is taken off.
#[derive(Clone, Debug, Default)]
struct TimeLeft {
    /// The last step that was made, and the time up to it.
    position: u64,
    until: Duration,
}

impl TimeLeft {
    fn estimate(&self, total: u64, elapsed: Duration) -> Option<Duration> {
        let left = total.checked_sub(self.position)?;
        if self.position == 0 || left == 0 {
            return None;
        }
        let whole = self.until.mul_f64(total as f64 / self.position as f64);
        Some(whole.saturating_sub(elapsed))
    }
}

impl ProgressTracker for TimeLeft {
    fn clone_box(&self) -> Box<dyn ProgressTracker> {
        Box::new(self.clone())
    }

    fn tick(&mut self, state: &ProgressState, _: Instant) {
        if state.pos() != self.position {
            (self.position, self.until) = (state.pos(), state.elapsed());
        }
    }

    fn reset(&mut self, _: &ProgressState, _: Instant) {
        *self = Self::default();
    }

    fn write(&self, state: &ProgressState, out: &mut dyn fmt::Write) {
        let total = state.len().unwrap_or(0);
        if let Some(left) = self.estimate(total, state.elapsed()) {
            // Writing to the bar's buffer does not fail.
            let _ = write!(out, ", about {} s left", left.as_secs_f64().ceil());
        }
    }
}

#[cfg(test)]
mod tests {
    use indicatif::{InMemoryTerm, ProgressDrawTarget};

    use super::*;

    #[test]
    fn the_time_left_is_a_matter_of_proportion() {
        let seconds = Duration::from_secs;
        let tracker = TimeLeft {
            position: 25,
            until: seconds(10),
        };
        assert_eq!(tracker.estimate(100, seconds(10)), Some(seconds(30)));
        assert_eq!(tracker.estimate(100, seconds(18)), Some(seconds(22)));
        assert_eq!(tracker.estimate(100, seconds(50)), Some(seconds(0)));
        assert_eq!(tracker.estimate(25, seconds(10)), None);
        assert_eq!(TimeLeft::default().estimate(100, seconds(10)), None);
    }

    #[test]
    fn proofs_are_counted_if_there_are_several() {
        assert_eq!(ProofCounter::new(1).next(), "");
        let mut three = ProofCounter::new(3);
        three.next();
        assert_eq!(three.next(), "proof 2 of 3");
    }

    #[test]
    fn a_bar_says_what_is_done_which_one_it_is_and_how_long_it_takes() {
        let terminal = InMemoryTerm::new(10, 120);
        let proof = ProofBar::new(1024, Some(Rate::Quarter), "proof 2 of 3");
        let target = ProgressDrawTarget::term_like(Box::new(terminal.clone()));
        proof.bar.0.set_draw_target(target);
        std::thread::sleep(Duration::from_millis(50));
        proof.show_phase(Phase::Constraints, 3);
        // Drawn at the next tick.
        let shown = (0..100)
            .map(|_| {
                std::thread::sleep(Duration::from_millis(50));
                terminal.contents()
            })
            .find(|shown| shown.contains("left"))
            .unwrap_or_default();
        assert!(
            shown.starts_with("proving 1024 signatures at rate 1/4, proof 2 of 3 ["),
            "{shown}"
        );
        assert!(
            shown.contains("60% constraints 0s, about 1 s left"),
            "{shown}"
        );
        drop(proof);
        assert_eq!(terminal.contents(), "");
    }
}
