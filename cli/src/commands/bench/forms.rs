//! Measurements as tables and as comma-separated values.

use sheaf::Phase;

use crate::failure::Failure;
use crate::report::{Table, bytes, columns, seconds};

use super::measurement::Measurement;

/// Everything about one measurement.
pub(super) fn table_of_one(m: &Measurement) -> String {
    let mut table = Table::default();
    table.row("signatures", format!("{} ({})", m.signatures, m.scheme));
    table.row("form", m.form);
    if let Some(rate_log) = m.rate_log {
        table.row("rate", format!("1/{}", 1 << rate_log));
    }
    table.row("threads", format!("{}, {}", m.threads, m.setting.simd));
    if let Some(cpu) = &m.setting.cpu {
        table.row("CPU", cpu);
    }
    table.row(
        "prove",
        format!(
            "{}, {:.1} signatures/s",
            seconds(m.prove_seconds),
            m.signatures_per_second
        ),
    );
    for phase in Phase::ALL {
        if let Some(&s) = m.phases.get(phase.name()) {
            table.row(format!("  {}", phase.name()), seconds(s));
        }
    }
    table.row("verify", seconds(m.verify_seconds));
    let cost = &m.verify_cost;
    table.row(
        "  products",
        format!("{} ext, {} mixed", cost.ext, cost.mixed),
    );
    let permutations = format!(
        "{} transcript, {} hash",
        cost.transcript_permutations, cost.hash_permutations
    );
    table.row("  permutations", permutations);
    table.row("proof", bytes(m.proof_bytes as u64));
    if let Some(peak) = m.peak_rss_bytes {
        table.row("peak memory", bytes(peak));
    }
    if let Some(bits) = m.security_bits {
        table.row("security", format!("{bits:.1} bits"));
    }
    if let Some(cells) = m.cells_per_signature {
        table.row("cells/signature", cells.to_string());
    }
    table.render()
}

/// A line per measurement.
pub(super) fn table_of_many(all: &[Measurement]) -> String {
    let mut rows = vec![
        [
            "signatures",
            "rate",
            "prove",
            "signatures/s",
            "verify",
            "proof",
            "peak memory",
            "security",
        ]
        .map(str::to_owned),
    ];
    rows.extend(all.iter().map(|m| {
        [
            m.signatures.to_string(),
            m.rate_log.map_or_else(
                || m.form.to_owned(),
                |rate_log| format!("1/{}", 1 << rate_log),
            ),
            seconds(m.prove_seconds),
            format!("{:.1}", m.signatures_per_second),
            seconds(m.verify_seconds),
            bytes(m.proof_bytes as u64),
            m.peak_rss_bytes.map_or_else(|| "unknown".to_owned(), bytes),
            m.security_bits
                .map_or_else(String::new, |bits| format!("{bits:.1} bits")),
        ]
    }));
    columns(&rows)
}

/// A line of names and a line per measurement. Names and units are those of JSON; phases follow, as `phase_NAME`.
pub(super) fn csv(all: &[Measurement]) -> Result<String, Failure> {
    let unusable = |error: csv::Error| Failure::Unusable(error.to_string());
    let mut writer = csv::Writer::from_writer(Vec::new());
    for (index, m) in all.iter().enumerate() {
        let fields = fields(m);
        if index == 0 {
            let names = fields.iter().map(|(name, _)| name);
            writer.write_record(names).map_err(unusable)?;
        }
        let values = fields.iter().map(|(_, value)| value);
        writer.write_record(values).map_err(unusable)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| Failure::Unusable(error.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The same fields for every measurement: what is not known is empty.
fn fields(m: &Measurement) -> Vec<(String, String)> {
    let fixed = [
        ("signatures", m.signatures.to_string()),
        ("rate_log", known(m.rate_log)),
        ("scheme", m.scheme.to_owned()),
        ("form", m.form.to_owned()),
        ("threads", m.threads.to_string()),
        ("prove_seconds", m.prove_seconds.to_string()),
        ("signatures_per_second", m.signatures_per_second.to_string()),
        ("verify_seconds", m.verify_seconds.to_string()),
        ("verify_cost_ext", m.verify_cost.ext.to_string()),
        ("verify_cost_mixed", m.verify_cost.mixed.to_string()),
        (
            "verify_cost_inversions",
            m.verify_cost.inversions.to_string(),
        ),
        (
            "verify_cost_transcript_permutations",
            m.verify_cost.transcript_permutations.to_string(),
        ),
        (
            "verify_cost_hash_permutations",
            m.verify_cost.hash_permutations.to_string(),
        ),
        ("proof_bytes", m.proof_bytes.to_string()),
        ("peak_rss_bytes", known(m.peak_rss_bytes)),
        ("security_bits", known(m.security_bits)),
        ("cells_per_signature", known(m.cells_per_signature)),
        ("version", m.setting.version.to_owned()),
        ("simd", m.setting.simd.to_owned()),
        ("cpu_simd", m.setting.cpu_simd.to_owned()),
        ("cpu", m.setting.cpu.clone().unwrap_or_default()),
        ("rustc", m.setting.rustc.to_owned()),
        ("commit", m.setting.commit.unwrap_or_default().to_owned()),
    ];
    let phases = Phase::ALL.iter().map(|phase| {
        let seconds = m.phases.get(phase.name());
        (format!("phase_{}", phase.name()), known(seconds))
    });
    let fixed = fixed.map(|(name, value)| (name.to_owned(), value));
    fixed.into_iter().chain(phases).collect()
}

/// A value, if there is one.
fn known(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}
