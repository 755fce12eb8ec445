//! The long run: blocks of inputs for every target until the time is over.
//!
//! Input `i` of block `b` of a target is a function of the seed, the target, `b` and `i`. How many blocks there is time
//! for depends on the machine. Half of the time goes to `verify`, the other half to all other targets alike.
//!
//! Inputs are run in a child process. A broken promise that leaves the process alive is stored, and the run goes on. If the
//! process dies or makes no progress, its parent repeats the block in which that happened in another child, which
//! writes down every input before it runs it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use crate::{Target, block_rng, regressions, targets};

/// What to run, and where to keep what is found.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// Determines all inputs.
    pub seed: u64,
    /// How long to run.
    pub time: Duration,
    /// The one target to run; all if there is none.
    pub target: Option<String>,
    /// Where inputs that break a promise are stored.
    pub regressions: PathBuf,
}

/// Without a new block for so long, a child hangs.
const PATIENCE: Duration = Duration::from_secs(180);
/// So many broken promises end a run.
const MAX_VIOLATIONS: u64 = 20;
/// How often progress is told.
const TELL: Duration = Duration::from_secs(10);

/// Files by which a child tells its parent where it is.
struct Traces {
    /// Target and number of the block under way.
    block: PathBuf,
    /// The input under way, in a repeated block.
    input: PathBuf,
}

impl Traces {
    fn within(directory: &Path) -> Self {
        Self {
            block: directory.join("block"),
            input: directory.join("input"),
        }
    }
}

#[derive(Default)]
struct Statistics {
    blocks: u64,
    inputs: u64,
    accepted: u64,
    violations: u64,
    /// Most memory that one input took.
    peak: u64,
    spent: Duration,
    refused: BTreeMap<String, u64>,
}

impl Campaign {
    /// Runs everything in a child process, and finds out why if it dies.
    ///
    /// Returns whether no promise was broken.
    ///
    /// # Errors
    /// If there are no temporary files, or no child process.
    pub fn supervise(&self) -> io::Result<bool> {
        let directory = tempfile::tempdir()?;
        let traces = Traces::within(directory.path());
        let mut child = self.child(directory.path(), None)?;
        let status = wait(&mut child, &traces.block)?;
        if let Some(code) = status.and_then(|status| status.code()) {
            return Ok(code == 0);
        }
        let Ok(block) = fs::read_to_string(&traces.block) else {
            println!("the process died before its first block");
            return Ok(false);
        };
        println!("the process died or hung in block {block}; repeating it");
        let mut child = self.child(directory.path(), Some(&block))?;
        let status = wait(&mut child, &traces.input)?;
        if status.and_then(|status| status.code()).is_none() {
            let target = block.split(' ').next().unwrap_or_default();
            let path = regressions::store(&self.regressions, target, &fs::read(&traces.input)?)?;
            println!("{}: the process dies or hangs", path.display());
        }
        Ok(false)
    }

    fn child(&self, directory: &Path, block: Option<&str>) -> io::Result<Child> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(["--seed", &self.seed.to_string()])
            .args(["--seconds", &self.time.as_secs().to_string()])
            .arg("--regressions")
            .arg(&self.regressions)
            .arg("--traces")
            .arg(directory)
            .env("SHEAF_HOSTILE_QUIET", "1");
        if let Some(target) = &self.target {
            command.args(["--target", target]);
        }
        if let Some(block) = block {
            command.args(["--block", block]);
        }
        command.spawn()
    }

    /// Runs the targets in this process. Returns whether no promise was broken.
    ///
    /// # Errors
    /// If a trace or an input can't be written.
    pub fn run(&self, traces: &Path) -> io::Result<bool> {
        let traces = Traces::within(traces);
        println!("seed {}; making honest samples", self.seed);
        let mut targets = self.targets();
        let mut all: Vec<Statistics> = targets.iter().map(|_| Statistics::default()).collect();
        let start = Instant::now();
        let mut told = start;
        while start.elapsed() < self.time {
            let next = next(&targets, &all);
            let block = all[next].blocks;
            let target = &mut targets[next];
            fs::write(&traces.block, format!("{} {block}", target.name()))?;
            self.run_block(&mut **target, block, &mut all[next], None)?;
            if all.iter().map(|s| s.violations).sum::<u64>() >= MAX_VIOLATIONS {
                println!("so many broken promises are enough");
                break;
            }
            if told.elapsed() >= TELL {
                told = Instant::now();
                tell(start.elapsed(), &all);
            }
        }
        summarise(start.elapsed(), &targets, &all);
        Ok(all.iter().all(|s| s.violations == 0))
    }

    /// Runs one block, named as in the trace, and writes every input down before it runs it.
    ///
    /// # Errors
    /// If a trace can't be written, or there is no such block.
    pub fn repeat(&self, traces: &Path, block: &str) -> io::Result<bool> {
        let traces = Traces::within(traces);
        let invalid = || io::Error::other(format!("no block is named `{block}`"));
        let (name, number) = block.split_once(' ').ok_or_else(invalid)?;
        let number = number.parse().map_err(|_| invalid())?;
        let mut targets = self.targets();
        let target = targets.iter_mut().find(|target| target.name() == name);
        let target = target.ok_or_else(invalid)?;
        let mut statistics = Statistics::default();
        self.run_block(&mut **target, number, &mut statistics, Some(&traces.input))?;
        Ok(statistics.violations == 0)
    }

    fn targets(&self) -> Vec<Box<dyn Target>> {
        let chosen = |target: &dyn Target| {
            let name = self.target.as_deref();
            name.is_none_or(|name| target.name() == name)
        };
        let all = targets().into_iter();
        all.filter(|target| chosen(&**target)).collect()
    }

    fn run_block(
        &self,
        target: &mut dyn Target,
        block: u64,
        statistics: &mut Statistics,
        trace: Option<&Path>,
    ) -> io::Result<()> {
        let start = Instant::now();
        let mut rng = block_rng(self.seed, target.name(), block);
        for i in 0..target.block() {
            let input = target.input(&mut rng);
            if let Some(path) = trace {
                fs::write(path, &input)?;
            }
            match target.run(&input) {
                Ok(run) => {
                    statistics.peak = statistics.peak.max(run.peak);
                    match run.refused {
                        None => statistics.accepted += 1,
                        Some(kind) => match statistics.refused.get_mut(&*kind) {
                            Some(count) => *count += 1,
                            None => drop(statistics.refused.insert(kind.into_owned(), 1)),
                        },
                    }
                }
                Err(violation) => {
                    statistics.violations += 1;
                    let path = regressions::store(&self.regressions, target.name(), &input)?;
                    println!("{}: {violation} (block {block}, input {i})", path.display());
                }
            }
            statistics.inputs += 1;
        }
        statistics.blocks += 1;
        statistics.spent += start.elapsed();
        Ok(())
    }
}

/// The target that is furthest behind its share of the time.
fn next(targets: &[Box<dyn Target>], all: &[Statistics]) -> usize {
    let share = |target: &dyn Target| match target.name() {
        "verify" => (targets.len() as u32 - 1).max(1),
        _ => 1,
    };
    (0..targets.len())
        .min_by_key(|&i| all[i].spent / share(&*targets[i]))
        .unwrap_or(0)
}

fn tell(elapsed: Duration, all: &[Statistics]) {
    let inputs: u64 = all.iter().map(|s| s.inputs).sum();
    let violations: u64 = all.iter().map(|s| s.violations).sum();
    println!(
        "{:5} s  {inputs} inputs, {violations} broken promises",
        elapsed.as_secs()
    );
    // Progress is for those who watch; nobody may.
    let _ = io::stdout().flush();
}

fn summarise(elapsed: Duration, targets: &[Box<dyn Target>], all: &[Statistics]) {
    println!(
        "\n{:<16} {:>10} {:>9} {:>10} {:>10} {:>9}  broken",
        "target", "inputs", "per s", "accepted", "refused", "peak KiB"
    );
    for (target, s) in targets.iter().zip(all) {
        println!(
            "{:<16} {:>10} {:>9.0} {:>10} {:>10} {:>9}  {}",
            target.name(),
            s.inputs,
            s.inputs as f64 / s.spent.as_secs_f64().max(1e-9),
            s.accepted,
            s.inputs - s.accepted - s.violations,
            s.peak / 1024,
            s.violations
        );
    }
    let inputs: u64 = all.iter().map(|s| s.inputs).sum();
    let violations: u64 = all.iter().map(|s| s.violations).sum();
    println!(
        "{:<16} {:>10} {:>9.0}                                  {violations}",
        "all",
        inputs,
        inputs as f64 / elapsed.as_secs_f64().max(1e-9)
    );
    for (target, s) in targets.iter().zip(all) {
        println!("\n{}: why inputs were refused", target.name());
        let mut kinds: Vec<_> = s.refused.iter().collect();
        kinds.sort_by_key(|&(_, &count)| std::cmp::Reverse(count));
        for (kind, count) in kinds {
            println!("{count:>10}  {kind}");
        }
    }
}

/// Waits for a child to end. Kills it, and returns nothing, if it leaves `trace` unchanged for too long.
fn wait(child: &mut Child, trace: &Path) -> io::Result<Option<ExitStatus>> {
    let modified = || fs::metadata(trace).and_then(|file| file.modified()).ok();
    let (mut last, mut since) = (modified(), Instant::now());
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        let now = modified();
        if now != last {
            (last, since) = (now, Instant::now());
        }
        if since.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}
