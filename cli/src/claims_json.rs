//! Claims in JSON, as specified in `docs/files.md`.

use serde::{Deserialize, Serialize};
use sheaf::{Claims, MAX_SIGNATURES, PROD, PublicKey, Scheme};

/// The most bytes of claims in JSON: enough for as many groups of one key as a proof covers, each on lines of its own.
pub(crate) const MAX_JSON_BYTES: usize = MAX_SIGNATURES * 512;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    scheme: SchemeName,
    groups: Vec<Group>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    slot: u32,
    message: Message,
    keys: Vec<Key>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct SchemeName(Scheme);

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct Message([u8; 32]);

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct Key(PublicKey);

impl Clone for SchemeName {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

impl TryFrom<String> for SchemeName {
    type Error = String;
    fn try_from(name: String) -> Result<Self, String> {
        let known = Scheme::ALL.into_iter().find(|scheme| scheme.name == name);
        known.map(Self).ok_or_else(|| {
            let names = Scheme::ALL.map(|scheme| scheme.name);
            format!("`{name}` is no scheme; there are {}", names.join(", "))
        })
    }
}

impl From<SchemeName> for String {
    fn from(scheme: SchemeName) -> Self {
        scheme.0.name.to_owned()
    }
}

impl TryFrom<String> for Message {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        crate::arguments::parse_message(&text).map(Self)
    }
}

impl From<Message> for String {
    fn from(message: Message) -> Self {
        hex(&message.0)
    }
}

impl TryFrom<String> for Key {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let digits = text.strip_prefix("0x").unwrap_or(&text);
        let bytes = hex::decode(digits)
            .map_err(|error| format!("a key is in hexadecimal digits: {error}"))?;
        // The scheme stands elsewhere in the document; the length tells the sizes.
        let scheme = Scheme::ALL
            .into_iter()
            .find(|scheme| scheme.public_key_bytes() == bytes.len());
        PublicKey::from_bytes(&scheme.unwrap_or(PROD), &bytes)
            .map(Self)
            .map_err(|error| error.to_string())
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        hex(&key.0.to_bytes())
    }
}

/// Bytes as JSON has them here.
pub(crate) fn hex(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

/// Reads claims. Errors name line and column.
pub(crate) fn parse(text: &[u8]) -> Result<Claims, serde_json::Error> {
    let document: Document = serde_json::from_slice(text)?;
    let scheme = document.scheme.0;
    let mut claims = Claims::new(scheme);
    for (index, group) in document.groups.iter().enumerate() {
        let other = |key: &Key| key.0.sizes() != scheme.sizes;
        if let Some(key) = group.keys.iter().position(other) {
            return Err(serde::de::Error::custom(format_args!(
                "key {key} of group {index} does not have the {} bytes of keys of the scheme {}",
                scheme.public_key_bytes(),
                scheme.name
            )));
        }
        let keys = group.keys.iter().map(|key| key.0);
        claims.add_group(group.slot, group.message.0, keys);
    }
    Ok(claims)
}

/// Writes claims.
pub(crate) fn render(claims: &Claims) -> Result<String, serde_json::Error> {
    let group = |group: &sheaf::Group| Group {
        slot: group.slot,
        message: Message(group.message),
        keys: group.keys.iter().map(|&key| Key(key)).collect(),
    };
    let document = Document {
        scheme: SchemeName(*claims.scheme()),
        groups: claims.groups().iter().map(group).collect(),
    };
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

#[cfg(test)]
mod tests {
    use sheaf::TEST;
    use sheaf::xmss::one_slot::sign_once;

    use super::*;

    fn sample() -> Claims {
        let key = |seed| sign_once(&TEST, &[seed; 32], 7, &[1; 32]).unwrap().0;
        Claims::new(TEST)
            .with_group(7, [1; 32], [key(1), key(2)])
            .with_group(8, [0xab; 32], [key(1)])
    }

    #[test]
    fn claims_survive_json() {
        let text = render(&sample()).unwrap();
        assert_eq!(parse(text.as_bytes()).unwrap(), sample());
        // Without the prefix, and in capitals.
        let message = "ab".repeat(32);
        assert!(text.contains(&format!("\"0x{message}\"")));
        let other = text.replace(&format!("0x{message}"), &message.to_uppercase());
        assert_eq!(parse(other.as_bytes()).unwrap(), sample());
    }

    #[test]
    fn errors_name_the_line() {
        let text = render(&sample()).unwrap();
        for (part, replacement, complaint) in [
            ("\"test\"", "\"toy\"", "`toy` is no scheme"),
            ("\"slot\": 8", "\"slot\": -8", "u32"),
            ("\"slot\": 8", "\"epoch\": 8", "unknown field `epoch`"),
            ("0xabab", "0xab", "a message is 64 hexadecimal digits"),
            ("\"groups\"", "\"group\"", "unknown field `group`"),
        ] {
            let error = parse(text.replace(part, replacement).as_bytes()).unwrap_err();
            let error = error.to_string();
            assert!(
                error.contains(complaint) && error.contains("line "),
                "{error}"
            );
        }
        // Keys of another scheme's sizes.
        let error = parse(text.replace("\"test\"", "\"compact\"").as_bytes()).unwrap_err();
        let wanted = "key 0 of group 0 does not have the 32 bytes of keys of the scheme compact";
        assert_eq!(error.to_string(), wanted);
        // The last four bytes of a key as an element that is not reduced.
        let key = hex::encode(sample().groups()[0].keys[1].to_bytes());
        let bad = format!("{}ffffffff", &key[..key.len() - 8]);
        let error = parse(text.replace(&key, &bad).as_bytes()).unwrap_err();
        assert!(error.to_string().contains("parameter"), "{error}");
    }
}
