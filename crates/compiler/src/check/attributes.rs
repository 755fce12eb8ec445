//! Attributes, before anything is parsed: one that leaves code out, or in, would make two programs of one text.
//!
//! Here is also where a text is refused that is nested too deep, or has too long a statement, to be followed by functions that
//! call themselves.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::Span;

/// Attributes that change nothing of what a program means.
const HARMLESS: [&str; 9] = [
    "allow", "deny", "derive", "doc", "expect", "forbid", "inline", "must_use", "warn",
];
/// Brackets within brackets.
const DEPTH: usize = 48;
/// Tokens between two semicolons, those in brackets aside.
const TOKENS: usize = 400;

pub(super) fn check(tokens: TokenStream, diagnostics: &mut Diagnostics) {
    let mut streams = vec![(tokens, 0)];
    while let Some((tokens, depth)) = streams.pop() {
        let mut before = None;
        let mut length = 0;
        // Whether what comes is a module of tests.
        let mut tests = false;
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            length += 1;
            let span = Span::from(token.span());
            match token {
                TokenTree::Group(group) => {
                    let attribute = before == Some('#');
                    if attribute && group.delimiter() == Delimiter::Bracket {
                        tests |= attribute_of(&group, tokens.peek(), diagnostics);
                    }
                    let brace = group.delimiter() == Delimiter::Brace;
                    if brace && tests {
                        tests = false;
                    } else if depth == DEPTH {
                        let message = "this is nested too deep";
                        diagnostics.push(Diagnostic::error(span, message));
                    } else {
                        streams.push((group.stream(), depth + 1));
                    }
                    if brace {
                        length = 0;
                    }
                    before = None;
                }
                TokenTree::Punct(punct) => {
                    if matches!(punct.as_char(), ';' | ',') {
                        length = 0;
                    }
                    // `#!` stands before attributes of the whole file.
                    let inner = before == Some('#') && punct.as_char() == '!';
                    before = if inner { before } else { Some(punct.as_char()) };
                }
                _ => before = None,
            }
            if length == TOKENS {
                let diagnostic = Diagnostic::error(span, "this statement is too long");
                diagnostics.push(diagnostic.help("bind parts of it by `let`"));
            }
        }
    }
}

/// Refuses an attribute that is not known to be harmless; whether it is that of a module of tests, which follows it.
fn attribute_of(group: &Group, next: Option<&TokenTree>, diagnostics: &mut Diagnostics) -> bool {
    let span = Span::from(group.span());
    let text = group.stream().to_string().replace(' ', "");
    let module = matches!(next, Some(TokenTree::Ident(ident)) if ident == "mod");
    if text == "cfg(test)" && module {
        return true;
    }
    let name: String = text
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    if !HARMLESS.contains(&name.as_str()) {
        diagnostics.push(
            Diagnostic::error(span, format!("there is no attribute `{name}` here"))
                .note("the text would be another program where it is compiled to rows")
                .help("tests go into a `#[cfg(test)] mod tests`; others leave out"),
        );
    }
    false
}
