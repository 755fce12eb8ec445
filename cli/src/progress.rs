//! Progress bars, on terminals only.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use sheaf::Progress;

/// A bar on stderr. It is not drawn where stderr is no terminal, and leaves nothing behind.
#[derive(Debug)]
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// A bar for `total` steps of `what`.
    pub(crate) fn new(what: &'static str, total: u64) -> Self {
        let bar = ProgressBar::new(total);
        let template = "{prefix} [{bar:30}] {percent}% {msg} {elapsed}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_prefix(what);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// A bar for the phases of a proof.
    pub(crate) fn for_proof() -> Self {
        Self::new("proving", sheaf::Phase::ALL.len() as u64)
    }

    pub(crate) fn set(&self, done: u64) {
        self.0.set_position(done);
    }

    pub(crate) fn advance(&self) {
        self.0.inc(1);
    }

    /// Shows a proof's progress.
    pub(crate) fn show(&self, progress: Progress) {
        self.0.set_message(progress.phase.name());
        self.set(progress.done as u64);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
