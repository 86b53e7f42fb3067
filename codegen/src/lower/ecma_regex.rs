//! Translates the regular expressions of `pattern` (ECMA-262, section 22.2) to the syntax of the regex crates.
//!
//! Both syntaxes agree on most expressions. Where a character or an escape has another meaning, or none, it is
//! spelled differently: `[[]` becomes `[\[]`, and `.` excludes all line terminators. Expressions that a finite
//! automaton cannot decide are errors. As in section B.1.2, characters such as `{` and `]` may stand for themselves.

use std::{iter::Peekable, str::Chars};

use regex_lite::Regex;

/// The members of `\s` (ECMA-262, sections 12.2 and 12.3), as members of a class.
const SPACE: &str =
    r"\t-\r \u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{feff}";
/// The members of `\S`.
const NOT_SPACE: &str = r"\x00-\x08\x0e-\x1f!-\u{9f}\u{a1}-\u{167f}\u{1681}-\u{1fff}\u{200b}-\u{2027}\u{202a}-\u{202e}\u{2030}-\u{205e}\u{2060}-\u{2fff}\u{3001}-\u{fefe}\u{ff00}-\u{10ffff}";
/// Any character except the line terminators (ECMA-262, section 12.3).
const DOT: &str = r"[^\n\r\u{2028}\u{2029}]";
const ANY: &str = r"[\x00-\u{10ffff}]";
const NONE: &str = r"[^\x00-\u{10ffff}]";

/// The reason why a pattern cannot be validated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PatternError {
    pub(crate) reason: String,
    pub(crate) help: &'static str,
}

impl PatternError {
    fn unsupported(part: &str) -> Self {
        Self {
            reason: format!("{part} are not supported"),
            help: "write the pattern without them, or state the rule in the description",
        }
    }

    fn invalid(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            help: "write the pattern in the syntax of ECMA-262, section 22.2",
        }
    }
}

/// Translates a pattern of ECMA-262 to a regular expression of [`regex_lite`].
///
/// # Errors
/// Returns why the pattern cannot be validated.
pub(crate) fn translate(pattern: &str) -> Result<Regex, PatternError> {
    if is_literal(pattern) {
        return Err(PatternError {
            reason: "no text matches, because the slashes are part of the pattern".to_owned(),
            help: "remove the `/` at the start and the end, and the flags",
        });
    }
    let mut translator = Translator {
        rest: pattern.chars().peekable(),
        regex: String::new(),
    };
    translator.pattern()?;
    Regex::new(&translator.regex).map_err(|error| PatternError::invalid(error.to_string()))
}

/// Returns whether a pattern is written as a literal of JavaScript with an anchor, such as `/^a/i`.
fn is_literal(pattern: &str) -> bool {
    let literal = pattern.strip_prefix('/').and_then(|inner| {
        let (inner, flags) = inner.rsplit_once('/')?;
        let are_flags = flags.chars().all(|flag| "dgimsuvy".contains(flag));
        are_flags.then_some(inner)
    });
    literal.is_some_and(|inner| inner.starts_with('^') || inner.ends_with('$'))
}

/// A member of a class.
enum ClassMember {
    /// A single character, with its spelling.
    Char(char, String),
    /// Several characters, such as `\d`.
    Set(String),
}

struct Translator<'a> {
    rest: Peekable<Chars<'a>>,
    regex: String,
}

impl Translator<'_> {
    fn pattern(&mut self) -> Result<(), PatternError> {
        let mut is_quantified = false;
        while let Some(c) = self.rest.next() {
            let is_quantifier = match c {
                '*' | '+' | '?' => {
                    self.regex.push(c);
                    true
                }
                '{' => self.braces(),
                _ => {
                    self.term(c)?;
                    false
                }
            };
            if is_quantifier {
                if is_quantified {
                    return Err(PatternError::invalid("a quantifier follows another one"));
                }
                self.regex.extend(self.rest.next_if_eq(&'?'));
            }
            is_quantified = is_quantifier;
        }
        Ok(())
    }

    fn term(&mut self, c: char) -> Result<(), PatternError> {
        match c {
            '.' => self.regex.push_str(DOT),
            ']' | '}' => self.regex.extend(['\\', c]),
            '(' => self.group()?,
            '[' => self.class()?,
            '\\' => match self.rest.peek() {
                Some('b' | 'B') => self
                    .regex
                    .extend(['\\'].into_iter().chain(self.rest.next())),
                _ => match self.escape()? {
                    ClassMember::Char(_, text) => self.regex.push_str(&text),
                    ClassMember::Set(set) if set.starts_with('\\') && set.len() == 2 => {
                        self.regex.push_str(&set);
                    }
                    ClassMember::Set(set) => self.regex.push_str(&format!("[{set}]")),
                },
            },
            c => self.regex.push(c),
        }
        Ok(())
    }

    /// Translates what follows `{`; returns whether it is a quantifier.
    fn braces(&mut self) -> bool {
        let mut ahead = self.rest.clone();
        let text: String = ahead.by_ref().take_while(|c| *c != '}').collect();
        let (least, most) = text.split_once(',').unwrap_or((&text, "0"));
        let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
        let is_closed = self.rest.clone().any(|c| c == '}');
        if is_closed && is_number(least) && (most.is_empty() || is_number(most)) {
            self.rest = ahead;
            self.regex.push_str(&format!("{{{text}}}"));
            return true;
        }
        self.regex.push_str("\\{");
        false
    }

    /// Translates what follows `(`.
    fn group(&mut self) -> Result<(), PatternError> {
        self.regex.push('(');
        if self.rest.next_if_eq(&'?').is_none() {
            return Ok(());
        }
        match self.rest.next() {
            Some(':') => {
                self.regex.push_str("?:");
                Ok(())
            }
            Some('=' | '!') => Err(PatternError::unsupported("lookaheads")),
            Some('<') if matches!(self.rest.peek(), Some('=' | '!')) => {
                Err(PatternError::unsupported("lookbehinds"))
            }
            // The names of groups only matter to backreferences.
            Some('<') if self.rest.any(|c| c == '>') => Ok(()),
            Some(c) => Err(PatternError::invalid(format!(
                "`(?{c}` does not start a group in ECMA-262"
            ))),
            None => Err(PatternError::invalid("a group is not closed")),
        }
    }

    /// Translates what follows `[`.
    fn class(&mut self) -> Result<(), PatternError> {
        let is_negated = self.rest.next_if_eq(&'^').is_some();
        let mut members = String::new();
        loop {
            let Some(c) = self.rest.next() else {
                return Err(PatternError::invalid("a class is not closed"));
            };
            if c == ']' {
                break;
            }
            let first = self.member(c)?;
            let mut ahead = self.rest.clone();
            let is_range = ahead.next() == Some('-') && ahead.peek().is_some_and(|c| *c != ']');
            if !is_range {
                members.push_str(first.text());
                continue;
            }
            self.rest = ahead;
            let Some(c) = self.rest.next() else {
                return Err(PatternError::invalid("a class is not closed"));
            };
            let last = self.member(c)?;
            if let (ClassMember::Char(first, _), ClassMember::Char(last, _)) = (&first, &last)
                && first > last
            {
                return Err(PatternError::invalid(format!(
                    "the range `{first}-{last}` is out of order"
                )));
            }
            let is_range = matches!(
                (&first, &last),
                (ClassMember::Char(..), ClassMember::Char(..))
            );
            // With a set at either end, the hyphen is a member (ECMA-262, section B.1.2.7).
            let hyphen = if is_range { "-" } else { "\\-" };
            members.extend([first.text(), hyphen, last.text()]);
        }
        self.regex
            .push_str(&match (is_negated, members.is_empty()) {
                (false, true) => NONE.to_owned(),
                (true, true) => ANY.to_owned(),
                (false, false) => format!("[{members}]"),
                (true, false) => format!("[^{members}]"),
            });
        Ok(())
    }

    /// Translates a member of a class that starts with this character.
    fn member(&mut self, c: char) -> Result<ClassMember, PatternError> {
        Ok(match c {
            '\\' if self.rest.next_if_eq(&'b').is_some() => {
                ClassMember::Char('\u{8}', "\\x08".to_owned())
            }
            '\\' => self.escape()?,
            '[' | '^' | '-' => ClassMember::Char(c, format!("\\{c}")),
            // Two of them are an operator between classes.
            '&' | '~' if self.rest.peek() == Some(&c) => ClassMember::Char(c, format!("\\{c}")),
            c => ClassMember::Char(c, c.to_string()),
        })
    }

    /// Translates what follows `\`, in a class and elsewhere.
    fn escape(&mut self) -> Result<ClassMember, PatternError> {
        let Some(c) = self.rest.next() else {
            return Err(PatternError::invalid("the pattern ends with `\\`"));
        };
        Ok(match c {
            'd' | 'D' | 'w' | 'W' => ClassMember::Set(format!("\\{c}")),
            's' => ClassMember::Set(SPACE.to_owned()),
            'S' => ClassMember::Set(NOT_SPACE.to_owned()),
            't' => ClassMember::Char('\t', "\\t".to_owned()),
            'n' => ClassMember::Char('\n', "\\n".to_owned()),
            'v' => ClassMember::Char('\u{b}', "\\v".to_owned()),
            'f' => ClassMember::Char('\u{c}', "\\f".to_owned()),
            'r' => ClassMember::Char('\r', "\\r".to_owned()),
            '0' if !self.rest.peek().is_some_and(char::is_ascii_digit) => code_point('\0'),
            '0'..='9' | 'k' => return Err(PatternError::unsupported("backreferences")),
            'p' | 'P' => return Err(PatternError::unsupported("Unicode properties")),
            'c' => match self.rest.next_if(char::is_ascii_alphabetic) {
                Some(letter) => code_point(char::from((letter as u8) % 32)),
                None => return Err(PatternError::invalid("`\\c` needs a letter")),
            },
            'x' => match self.hexadecimal(2).and_then(char::from_u32) {
                Some(c) => code_point(c),
                None => return Err(PatternError::invalid("`\\x` needs two hexadecimal digits")),
            },
            'u' => code_point(self.unicode_escape()?),
            c if c.is_alphanumeric() => {
                return Err(PatternError::invalid(format!("ECMA-262 has no `\\{c}`")));
            }
            // The regex crates give these escapes another meaning.
            '<' | '>' => ClassMember::Char(c, c.to_string()),
            c if c.is_ascii_punctuation() && c != '_' => ClassMember::Char(c, format!("\\{c}")),
            c => ClassMember::Char(c, c.to_string()),
        })
    }

    /// Reads what follows `\u`; two surrogates are one character.
    fn unicode_escape(&mut self) -> Result<char, PatternError> {
        let invalid =
            || PatternError::invalid("`\\u` needs four hexadecimal digits of a character");
        if self.rest.next_if_eq(&'{').is_some() {
            let digits: String = self.rest.by_ref().take_while(|c| *c != '}').collect();
            let code = u32::from_str_radix(&digits, 16).ok();
            return code.and_then(char::from_u32).ok_or_else(invalid);
        }
        let first = self.hexadecimal(4).ok_or_else(invalid)?;
        if let Some(c) = char::from_u32(first) {
            return Ok(c);
        }
        let has_second =
            self.rest.next_if_eq(&'\\').is_some() && self.rest.next_if_eq(&'u').is_some();
        let second = if has_second {
            self.hexadecimal(4)
        } else {
            None
        };
        let units = [Some(first), second].map(|unit| u16::try_from(unit.unwrap_or_default()));
        let units = units.map(Result::unwrap_or_default);
        let mut chars = char::decode_utf16(units);
        chars.next().and_then(Result::ok).ok_or_else(invalid)
    }

    /// Reads a number of hexadecimal digits.
    fn hexadecimal(&mut self, digits: usize) -> Option<u32> {
        (0..digits).try_fold(0, |number, _| {
            let digit = self.rest.next_if(char::is_ascii_hexdigit)?.to_digit(16)?;
            Some(number * 16 + digit)
        })
    }
}

impl ClassMember {
    fn text(&self) -> &str {
        match self {
            Self::Char(_, text) | Self::Set(text) => text,
        }
    }
}

fn code_point(c: char) -> ClassMember {
    let code = u32::from(c);
    let text = if code < 0x80 {
        format!("\\x{code:02x}")
    } else {
        format!("\\u{{{code:x}}}")
    };
    ClassMember::Char(c, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each pattern with texts that match, and texts that do not.
    #[test]
    fn patterns_have_the_meaning_of_ecma_262() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            ("^[a-z]{2,3}$", &["ab", "abc"], &["a", "abcd", "ab\n"]),
            (r"^\/[a-z\/\-_]+$", &["/a-b/c_d"], &["/A"]),
            (r"^\{[a-z]+\}$", &["{a}"], &["a"]),
            ("^{[a-z]+}$", &["{a}"], &["a"]),
            ("^a{,2}$", &["a{,2}"], &["a", ""]),
            (r"^[[\]()]+$", &["[]()"], &["a"]),
            ("^[a-z&&b]+$", &["a&b"], &["-"]),
            ("^[a~~+--]+$", &["a~,-"], &["c"]),
            (r"^\u00e9+$", &["éé"], &["e"]),
            (r"^\uD83D\uDE00$", &["\u{1f600}"], &[""]),
            (r"^\u{1F600}$", &["\u{1f600}"], &[""]),
            (r"^\S+$", &["a"], &["\u{a0}", "\u{feff}", "a b"]),
            (r"^[\S]+$", &["aé"], &["\u{a0}", "\u{2003}"]),
            (r"^\s$", &[" ", "\t", "\u{2028}"], &["a", "\u{85}"]),
            (r"^[^\s]+$", &["a"], &["\u{3000}"]),
            (r"^.$", &["é", "\u{85}"], &["\n", "\r", "\u{2029}"]),
            (r"^[^]+$", &["a\nb"], &[""]),
            (r"^a[]$", &[], &["a", "aa"]),
            (r"^\x41+$", &["AA"], &["a"]),
            (r"^[^\cA]+$", &["a"], &["\u{1}"]),
            (r"^[\b]$", &["\u{8}"], &["b"]),
            (r"\bcat\b", &["a cat"], &["cats"]),
            (r"^(?<year>[0-9]{4})$", &["2024"], &["24"]),
            (r"^(?:a|b)??c$", &["ac", "c"], &["abc"]),
            (r"^\d+$", &["12"], &["\u{661}"]),
            (r"^\w+$", &["a_1"], &["é"]),
            (r"^[\w-.]+$", &["a-.b"], &["a b"]),
            (r"^[a\-z]+$", &["a-z"], &["b"]),
            (r"^[.^$*]+$", &[".^$*"], &["a"]),
            (r#"^[\_\"\ \@\<\>]+$"#, &[r#"_" @<>"#], &["\\"]),
            (r"^\0$", &["\0"], &["0"]),
            ("", &["", "a"], &[]),
            ("^é{2}$", &["éé"], &["é"]),
        ];
        for (pattern, matching, others) in cases {
            let regex = translate(pattern).unwrap_or_else(|error| panic!("{pattern}: {error:?}"));
            for text in *matching {
                assert!(regex.is_match(text), "{pattern} {text:?} {regex}");
            }
            for text in *others {
                assert!(!regex.is_match(text), "{pattern} {text:?} {regex}");
            }
        }
    }

    #[test]
    fn an_expression_with_the_same_meaning_is_not_changed() {
        for pattern in [
            "^[a-zA-Z0-9_]+$",
            r"^\d{3}-\d{4}$",
            r"^a|b\.c*?$",
            "^(x|y)+$",
            r"[\w.]",
        ] {
            assert_eq!(translate(pattern).unwrap().as_str(), pattern);
        }
    }

    #[test]
    fn the_true_reason_is_given() {
        for (pattern, reason) in [
            ("^(?=.*[0-9]).{4,}$", "lookaheads are not supported"),
            ("(?<!a)b", "lookbehinds are not supported"),
            (r"^(a|b)\1$", "backreferences are not supported"),
            (r"^(?<a>b)\k<a>$", "backreferences are not supported"),
            (r"^\p{L}+$", "Unicode properties are not supported"),
            (
                "/^[a-z]+$/i",
                "no text matches, because the slashes are part of the pattern",
            ),
            (r"\Aa\z", r"ECMA-262 has no `\A`"),
            ("(?i)a", "`(?i` does not start a group in ECMA-262"),
            ("a++", "a quantifier follows another one"),
            ("[z-a]", "the range `z-a` is out of order"),
            ("[a", "a class is not closed"),
            (
                r"\uD83D",
                "`\\u` needs four hexadecimal digits of a character",
            ),
        ] {
            let error = translate(pattern).unwrap_err();
            assert_eq!(error.reason, reason, "{pattern}");
        }
    }
}
