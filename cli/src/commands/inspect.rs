//! `sheaf inspect`.

mod runs;

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};
use sheaf::xmss::{BatchFile, JournalSummary, SecretKey};
use sheaf::{Aggregate, Claims, MAX_BYTES, PROD, PublicKey, Scheme, least_security_bits};
use zeroize::Zeroizing;

use crate::batches::why_unknown;
use crate::claims_json;
use crate::claims_source::parse_claims;
use crate::failure::{Failure, after_help};
use crate::identity::is_standard_stream;
use crate::input::{max_batch_bytes, read};
use crate::key_files::KeyFiles;
use crate::kind::Kind;
use crate::public_keys;
use crate::report::{Facts, JsonArgument, bytes, either};
use crate::scheme::ExpectedSchemeArgument;

const EXAMPLES: &str = "Examples:
  sheaf inspect slot-7.proof
  sheaf inspect slot-7.batch --keys
  sheaf inspect alice.key
  sheaf inspect alice.journal --json

A proof about signatures states its version, scheme, form and rate only: what it proves is not in it. One about the
run of a program states what it is about. Nothing is verified, and nothing secret is shown. Of a key, what its journal tells is shown as well, and of a journal what the key
beside it tells.";

/// Arguments of `sheaf inspect`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES))]
pub(crate) struct Arguments {
    /// A file that sheaf has written; `-` is standard input
    file: PathBuf,
    /// List the keys of a batch or of claims
    #[arg(long)]
    keys: bool,
    #[command(flatten)]
    scheme: ExpectedSchemeArgument,
    #[command(flatten)]
    json: JsonArgument,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let path = &arguments.file;
    let unusable = |why: String| Failure::file(path, why);
    let content = Zeroizing::new(read(path, max_batch_bytes(&PROD).max(MAX_BYTES))?);
    let kind = Kind::of_bytes(&content);
    let mut facts = Facts::default();
    let scheme = match kind {
        Kind::Proof => Some(proof(&content, &mut facts).map_err(unusable)?),
        Kind::RunProof => {
            runs::proof(&content, &mut facts).map_err(unusable)?;
            None
        }
        Kind::Call => {
            runs::call(&content, &mut facts).map_err(unusable)?;
            None
        }
        Kind::Batch(scheme) => {
            batch(&scheme, &content, arguments.keys, &mut facts).map_err(unusable)?;
            Some(scheme)
        }
        Kind::Claims => {
            let parsed = parse_claims(&content).map_err(unusable)?;
            claims(&parsed, arguments.keys, &mut facts);
            Some(*parsed.scheme())
        }
        Kind::Signature(scheme) => {
            facts.word("kind", "signature");
            facts.word("scheme", scheme.name);
            Some(scheme)
        }
        Kind::SecretKey(scheme) => {
            let secret = SecretKey::from_bytes(&scheme, &content)
                .map_err(|error| unusable(error.to_string()))?;
            secret_key(&secret, path, &mut facts);
            Some(scheme)
        }
        Kind::Journal => Some(journal(path, &mut facts)?),
        Kind::PublicKey | Kind::Unknown => {
            public_keys(&content, arguments.scheme.asked(), &mut facts).map_err(unusable)?;
            None
        }
        Kind::Empty => return Err(unusable("the file is empty".to_owned())),
    };
    if let Some(scheme) = scheme {
        arguments.scheme.common().join(path, scheme)?;
    }
    let size = content.len() as u64;
    facts.line("size", bytes(size));
    facts.field("bytes", size);
    facts.print(arguments.json)
}

fn proof(content: &[u8], facts: &mut Facts) -> Result<Scheme, String> {
    let proof = Aggregate::from_bytes(content).map_err(|error| error.to_string())?;
    let scheme = *proof.scheme();
    facts.word("kind", "proof");
    facts.number("version", sheaf::FORMAT_VERSION.into());
    facts.word("scheme", scheme.name);
    let form = proof.form().name();
    match proof.rate() {
        Some(rate) => {
            facts.word("form", form);
            facts.line("rate", rate.to_string());
            facts.field("rate_log", rate.log_inverse());
            if let Some(tree) = proof.tree() {
                facts.number("height", tree.height as u64);
                facts.number("leaves", tree.leaves as u64);
                facts.number("signatures", tree.signatures as u64);
                facts.line("security", "128 bits or more, proven");
            } else {
                facts.number("elements", (proof.body().len() / 4) as u64);
                let bits = least_security_bits(scheme, rate);
                facts.line(
                    "security",
                    format!("{bits:.1} bits or more, proven; see `sheaf security`"),
                );
                facts.field("least_security_bits", bits);
            }
        }
        None => {
            facts.add("form", format!("{form}: the signatures themselves"), form);
            let signatures = proof.body().len() / scheme.signature_bytes();
            facts.number("signatures", signatures as u64);
            facts.line("security", "that of the signatures");
        }
    }
    Ok(scheme)
}

fn batch(
    scheme: &Scheme,
    content: &[u8],
    with_keys: bool,
    facts: &mut Facts,
) -> Result<(), String> {
    let batch = BatchFile::parse(scheme, content).map_err(|error| error.to_string())?;
    facts.add("kind", "batch of signatures", "batch");
    facts.word("scheme", scheme.name);
    facts.number("slot", batch.slot.into());
    facts.hex("message", &batch.message);
    facts.number("signers", batch.signers.len() as u64);
    if with_keys {
        let keys: Vec<PublicKey> = batch.signers.iter().map(|(key, _)| *key).collect();
        list_keys(&keys, "key", facts);
        facts.field("keys", all_hex(&keys));
    }
    Ok(())
}

fn claims(claims: &Claims, with_keys: bool, facts: &mut Facts) {
    facts.word("kind", "claims");
    facts.word("scheme", claims.scheme().name);
    facts.number("signatures", claims.signatures() as u64);
    facts.line("groups", claims.groups().len().to_string());
    let mut groups = Vec::new();
    for (index, group) in claims.groups().iter().enumerate() {
        let message = hex::encode(group.message);
        facts.line(
            format!("group {index}"),
            format!(
                "slot {}, message {message}, keys: {}",
                group.slot,
                group.keys.len()
            ),
        );
        let mut fields = json!({
            "slot": group.slot,
            "message": claims_json::hex(&group.message),
            "signers": group.keys.len(),
        });
        if with_keys {
            list_keys(&group.keys, "  key", facts);
            fields["keys"] = all_hex(&group.keys).into();
        }
        groups.push(fields);
    }
    facts.field("groups", groups);
}

fn list_keys(keys: &[PublicKey], name: &str, facts: &mut Facts) {
    for (index, key) in keys.iter().enumerate() {
        facts.line(format!("{name} {index}"), hex::encode(key.to_bytes()));
    }
}

fn all_hex(keys: &[PublicKey]) -> Vec<String> {
    let hex = |key: &PublicKey| claims_json::hex(&key.to_bytes());
    keys.iter().map(hex).collect()
}

/// One public key, or several in one file.
fn public_keys(content: &[u8], asked: Option<Scheme>, facts: &mut Facts) -> Result<(), String> {
    match public_keys::parse(content, asked) {
        Ok((scheme, keys)) => match &keys[..] {
            [key] => {
                let same = Scheme::ALL.iter().filter(|s| s.sizes == scheme.sizes);
                let names: Vec<&str> = same.map(|s| s.name).collect();
                facts.word("kind", "public key");
                facts.hex("public key", &key.to_bytes());
                let names = either(&names);
                facts.line("scheme", format!("{names}: not told by a public key"));
            }
            keys => {
                facts.word("kind", "public keys");
                list_keys(keys, "key", facts);
                facts.field("keys", all_hex(keys));
            }
        },
        Err(error) if public_keys::fitting(content, asked).len() > 1 => return Err(error),
        // Perhaps a batch that is cut short.
        Err(_) => return Err(why_unknown(content, "a file of sheaf")),
    }
    Ok(())
}

fn secret_key(secret: &SecretKey, path: &Path, facts: &mut Facts) {
    facts.word("kind", "secret key");
    facts.word("scheme", secret.scheme().name);
    facts.hex("public key", &secret.public_key().to_bytes());
    range(secret, facts);
    let Some(files) = KeyFiles::around(path) else {
        return;
    };
    match JournalSummary::read(&files.journal) {
        Ok(summary) if *summary.public_key() == secret.public_key() => {
            used_slots(&summary, Some(secret), facts);
        }
        Ok(_) => facts.line(
            "journal",
            format!("{}: of another key", files.journal.display()),
        ),
        Err(error) => facts.line("journal", format!("{}: {error}", files.journal.display())),
    }
}

fn journal(path: &Path, facts: &mut Facts) -> Result<Scheme, Failure> {
    if is_standard_stream(path) {
        return Err(Failure::file(path, "a journal is inspected by its name"));
    }
    let summary = JournalSummary::read(path).map_err(|error| Failure::file(path, error))?;
    facts.word("kind", "journal");
    facts.word("scheme", summary.scheme().name);
    facts.hex("public key", &summary.public_key().to_bytes());
    // A journal does not say at which slots its key can sign. The key may be elsewhere.
    let secret = KeyFiles::around(path)
        .and_then(|files| files.read_secret_quietly().ok())
        .filter(|secret| secret.public_key() == *summary.public_key());
    if let Some(secret) = &secret {
        range(secret, facts);
    }
    used_slots(&summary, secret.as_ref(), facts);
    Ok(*summary.scheme())
}

/// The slots at which a key can sign.
fn range(secret: &SecretKey, facts: &mut Facts) {
    let (range, window) = (secret.active_range().slots(), secret.window_slots());
    let stored = Some(window).filter(|_| secret.stores_window());
    for (name, slots) in [("slots", Some(range)), ("window", stored)] {
        let Some(slots) = slots else { continue };
        facts.add(
            name,
            format!("{} to {}", slots.start, slots.end - 1),
            json!({ "first": slots.start, "last": slots.end - 1 }),
        );
    }
}

/// The slots at which a key has signed, and at which it has not.
fn used_slots(summary: &JournalSummary, secret: Option<&SecretKey>, facts: &mut Facts) {
    facts.number("floor", summary.floor());
    facts.number("slots used", summary.used() as u64);
    if let Some(secret) = secret {
        facts.number("slots left", summary.left(secret.active_range().slots()));
    }
    match summary.last() {
        Some(slot) => facts.number("last slot", slot.into()),
        None => facts.add("last slot", "none", Value::Null),
    }
}
