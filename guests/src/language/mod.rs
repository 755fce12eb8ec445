//! Programs in the language: Rust that is compiled here to what it computes natively, and by `sheaf-compiler` to rows.

pub mod factors;
pub mod fibonacci;
pub mod life;
pub mod matrices;
pub mod membership;
pub mod polynomial;
pub mod roots;
pub mod sorting;

/// A program in the language: its name and its text.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// The path, from the root of the repository.
    pub path: &'static str,
    /// The text.
    pub text: &'static str,
}

macro_rules! texts {
    ($($name:literal)*) => {
        /// All programs.
        pub const ALL: &[Text] = &[$(Text {
            path: concat!("guests/src/language/", $name, ".rs"),
            text: include_str!(concat!($name, ".rs")),
        }),*];
    };
}

texts! {
    "factors" "fibonacci" "life" "matrices" "membership" "polynomial" "roots" "sorting"
}
