//! Converts text to Rust identifiers, and resolves keywords and name collisions.

pub(crate) mod reserved;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// A Rust identifier, with `r#` where necessary.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ident(String);

impl Ident {
    /// Returns the identifier as it is written in code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Converts a text to the name of a type or variant: `I'm a teapot` becomes `ImATeapot`.
    ///
    /// A name that would start with an invalid character gets the prefix `N` (for "number"), and an empty text
    /// becomes `Empty`.
    #[must_use]
    pub fn pascal(text: &str) -> Self {
        let name: String = words(text).iter().map(|word| capitalize(word)).collect();
        Self(escape(valid_start(name, "Empty", "N")))
    }

    /// Converts a text to the name of a function or field: `X-More-Info` becomes `x_more_info`.
    #[must_use]
    pub fn snake(text: &str) -> Self {
        let words: Vec<_> = words(text).iter().map(|word| word.to_lowercase()).collect();
        Self(escape(valid_start(words.join("_"), "empty", "n")))
    }

    /// Accepts a name chosen in the document; `None` if it is not an identifier.
    #[must_use]
    pub fn chosen(text: &str) -> Option<Self> {
        (is_plain(text) && !is_keyword(text)).then(|| Self(text.to_owned()))
    }

    /// Converts the identifier to the name of a constant: `get_pet` becomes `GET_PET`.
    #[must_use]
    pub fn screaming_snake(&self) -> Self {
        let name = self.0.strip_prefix("r#").unwrap_or(&self.0);
        Self(escape(name.trim_end_matches('_').to_uppercase()))
    }

    /// Appends a suffix.
    #[must_use]
    pub fn with_suffix(&self, suffix: &str) -> Self {
        let name = self.0.strip_prefix("r#").unwrap_or(&self.0);
        let name = name
            .strip_suffix('_')
            .filter(|name| is_never_raw(name))
            .unwrap_or(name);
        Self(escape(format!("{name}{suffix}")))
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Splits a text into words.
///
/// A word ends at any character that is not a letter or digit, before an uppercase letter after a lowercase
/// letter or digit (`petId`), and before the last uppercase letter of a run (`HTTPServer`). Apostrophes are
/// dropped (`I'm`). An operator at the start becomes a word (`+1`, `-name`, `>=5`), as do some symbols at the end
/// (`AA+`, `C#`), which keeps such names apart. In a text without letters and digits, every symbol is a word.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let is_letter_or_digit = |c: char| c.is_alphanumeric() && unicode_ident::is_xid_continue(c);
    let Some(first) = text.find(is_letter_or_digit) else {
        return symbols(text);
    };
    let last = text.trim_end_matches(|c| !is_letter_or_digit(c)).len();
    let (text, end) = text.split_at(last);
    let (start, text) = text.split_at(first);
    let mut words: Vec<_> = operator(start).map(str::to_owned).into_iter().collect();
    words.extend(alphanumeric_words(text));
    if end
        .chars()
        .all(|c| matches!(c, '+' | '-' | '%' | '#' | '*'))
    {
        words.extend(symbols(end));
    }
    words
}

/// Returns the name of an operator.
fn operator(text: &str) -> Option<&'static str> {
    Some(match text {
        "+" => "plus",
        "-" => "minus",
        "!" => "not",
        "=" | "==" => "eq",
        "!=" | "<>" => "ne",
        "<" => "lt",
        "<=" => "le",
        ">" => "gt",
        ">=" => "ge",
        "&&" => "and",
        "||" => "or",
        _ => return None,
    })
}

/// Returns the names of symbols, or that of the operator that they form.
fn symbols(text: &str) -> Vec<String> {
    if let Some(operator) = operator(text) {
        return vec![operator.to_owned()];
    }
    let name = |c: char| {
        let name = match c {
            ' ' => "space",
            '!' => "exclamation",
            '"' => "quote",
            '#' => "hash",
            '$' => "dollar",
            '%' => "percent",
            '&' => "ampersand",
            '\'' => "apostrophe",
            '(' | ')' => "parenthesis",
            '*' => "star",
            '+' => "plus",
            ',' => "comma",
            '-' => "minus",
            '.' => "dot",
            '/' => "slash",
            ':' => "colon",
            ';' => "semicolon",
            '<' => "lt",
            '=' => "eq",
            '>' => "gt",
            '?' => "question",
            '@' => "at",
            '[' | ']' => "bracket",
            '\\' => "backslash",
            '^' => "caret",
            '_' => "underscore",
            '`' => "backtick",
            '{' | '}' => "brace",
            '|' => "pipe",
            '~' => "tilde",
            c => return format!("u{:x}", u32::from(c)),
        };
        name.to_owned()
    };
    text.chars().map(name).collect()
}

/// Splits a text that starts and ends with a letter or digit into words.
fn alphanumeric_words(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let at = |index: usize| chars.get(index).copied();
    let mut words = Vec::new();
    let mut word = String::new();
    for (index, &c) in chars.iter().enumerate() {
        let before = index.checked_sub(1).and_then(at);
        let after = at(index + 1);
        if c == '\'' || c == '\u{2019}' {
            continue;
        }
        if !c.is_alphanumeric() || !unicode_ident::is_xid_continue(c) {
            words.push(std::mem::take(&mut word));
            continue;
        }
        let starts_word = c.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_numeric()
                    || (before.is_uppercase() && after.is_some_and(char::is_lowercase))
            });
        if starts_word {
            words.push(std::mem::take(&mut word));
        }
        word.push(c);
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

fn capitalize(word: &str) -> String {
    let mut chars = word.chars();
    match chars.next() {
        Some(first) => first
            .to_uppercase()
            .chain(chars.as_str().to_lowercase().chars())
            .collect(),
        None => String::new(),
    }
}

/// Makes a name start with a valid character, or replaces an empty name.
fn valid_start(name: String, empty: &str, prefix: &str) -> String {
    match name.chars().next() {
        None => empty.to_owned(),
        Some(first) if unicode_ident::is_xid_start(first) => name,
        Some(_) => format!("{prefix}{name}"),
    }
}

/// Escapes a name that is a keyword.
fn escape(name: String) -> String {
    if !is_keyword(&name) {
        return name;
    }
    if is_never_raw(&name) {
        return format!("{name}_");
    }
    format!("r#{name}")
}

/// Returns whether a keyword cannot be a raw identifier.
fn is_never_raw(name: &str) -> bool {
    matches!(name, "self" | "Self" | "super" | "crate" | "_")
}

fn is_keyword(name: &str) -> bool {
    // syn does not yet treat `gen` as a keyword, which edition 2024 reserves.
    name == "gen" || syn::parse_str::<syn::Ident>(name).is_err()
}

fn is_plain(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(unicode_ident::is_xid_start)
        && chars.all(unicode_ident::is_xid_continue)
}

/// The used names of a scope, such as the fields of a struct.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Each used name with its owner; `None` for names reserved by the generated code.
    taken: BTreeMap<Ident, Option<String>>,
}

/// A name that was changed because the wanted name was already used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdjustedName {
    /// The wanted name.
    pub wanted: Ident,
    /// The owner of the wanted name; `None` if the generated code reserves it.
    pub owner: Option<String>,
}

impl Scope {
    /// Creates a scope in which the generated code reserves some names.
    #[must_use]
    pub fn reserving(names: &[&str]) -> Self {
        let names = names.iter().map(|name| (Ident((*name).to_owned()), None));
        Self {
            taken: names.collect(),
        }
    }

    /// Assigns the first unused candidate, or else the first candidate with a number appended.
    ///
    /// `owner` describes the named item in messages about later collisions. Returns an [`AdjustedName`] if
    /// the name is not the first candidate.
    ///
    /// # Panics
    /// Panics if there are no candidates.
    #[expect(
        clippy::expect_used,
        reason = "every caller passes a candidate, whatever the document contains"
    )]
    pub fn name(&mut self, candidates: &[Ident], owner: &str) -> (Ident, Option<AdjustedName>) {
        let wanted = candidates.first().expect("at least one candidate");
        let numbered = (2..).map(|number| wanted.with_suffix(&number.to_string()));
        let name = candidates
            .iter()
            .cloned()
            .chain(numbered)
            .find(|name| !self.taken.contains_key(name))
            .expect("numbers are infinite");
        let adjusted = (name != *wanted).then(|| AdjustedName {
            wanted: wanted.clone(),
            owner: self.taken.get(wanted).cloned().flatten(),
        });
        self.taken.insert(name.clone(), Some(owner.to_owned()));
        (name, adjusted)
    }

    /// Assigns names to several texts, independently of their order: texts that equal their name come first,
    /// then alphabetical order decides. Returns the names by text.
    pub fn name_all<'a>(
        &mut self,
        texts: impl IntoIterator<Item = &'a str>,
        name: impl Fn(&str) -> Ident,
    ) -> BTreeMap<String, (Ident, Option<AdjustedName>)> {
        let texts: BTreeSet<&str> = texts.into_iter().collect();
        let (exact, folded): (Vec<_>, Vec<_>) = texts
            .into_iter()
            .partition(|text| name(text).as_str() == *text);
        exact
            .into_iter()
            .chain(folded)
            .map(|text| (text.to_owned(), self.name(&[name(text)], text)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_identifiers() {
        for (text, pascal, snake) in [
            // Reason phrases.
            ("OK", "Ok", "ok"),
            ("Continue", "Continue", "r#continue"),
            ("I'm a teapot", "ImATeapot", "im_a_teapot"),
            (
                "Non-Authoritative Information",
                "NonAuthoritativeInformation",
                "non_authoritative_information",
            ),
            ("URI Too Long", "UriTooLong", "uri_too_long"),
            ("IM Used", "ImUsed", "im_used"),
            (
                "HTTP Version Not Supported",
                "HttpVersionNotSupported",
                "http_version_not_supported",
            ),
            ("(Unused)", "Unused", "unused"),
            // Word boundaries.
            ("petId", "PetId", "pet_id"),
            ("PetID", "PetId", "pet_id"),
            ("HTTPServer2Go", "HttpServer2Go", "http_server2_go"),
            ("x-more-info", "XMoreInfo", "x_more_info"),
            ("snake_case__word", "SnakeCaseWord", "snake_case_word"),
            (
                "application/vnd.api+json",
                "ApplicationVndApiJson",
                "application_vnd_api_json",
            ),
            ("+1", "Plus1", "plus_1"),
            ("-1", "Minus1", "minus_1"),
            ("-title", "MinusTitle", "minus_title"),
            ("a-1", "A1", "a_1"),
            ("2fa", "N2fa", "n2fa"),
            ("straße", "Straße", "straße"),
            ("名前", "名前", "名前"),
            // No letters or digits.
            ("", "Empty", "empty"),
            ("***", "StarStarStar", "star_star_star"),
            ("=", "Eq", "eq"),
            ("!=", "Ne", "ne"),
            ("<=", "Le", "le"),
            ("~", "Tilde", "tilde"),
            ("\u{2603}", "U2603", "u2603"),
            // Symbols that distinguish names.
            (">=5", "Ge5", "ge_5"),
            ("AA+", "AaPlus", "aa_plus"),
            ("AA-", "AaMinus", "aa_minus"),
            ("C#", "CHash", "c_hash"),
            ("50%", "N50Percent", "n50_percent"),
            ("(a)", "A", "a"),
            ("a, b.", "AB", "a_b"),
            // Keywords.
            ("type", "Type", "r#type"),
            ("self", "Self_", "self_"),
            ("Self", "Self_", "self_"),
            ("crate", "Crate", "crate_"),
            ("gen", "Gen", "r#gen"),
            ("async", "Async", "r#async"),
            ("_", "Underscore", "underscore"),
        ] {
            assert_eq!(Ident::pascal(text).as_str(), pascal, "{text}");
            assert_eq!(Ident::snake(text).as_str(), snake, "{text}");
            for ident in [pascal, snake] {
                assert!(syn::parse_str::<syn::Ident>(ident).is_ok(), "{ident}");
            }
        }
    }

    #[test]
    fn chosen_names_are_used_unchanged() {
        assert_eq!(Ident::chosen("Teapot2").unwrap().as_str(), "Teapot2");
        for text in ["", "2a", "a b", "type", "Self", "a-b", "r#type"] {
            assert_eq!(Ident::chosen(text), None, "{text}");
        }
    }

    #[test]
    fn names_do_not_depend_on_the_order() {
        let texts = ["pet-id", "petId", "pet_id", "Pet"];
        let named = |texts: &[&str]| {
            let mut scope = Scope::reserving(&["pet"]);
            scope.name_all(texts.iter().copied(), Ident::snake)
        };
        let names = named(&texts);
        assert_eq!(names["pet_id"], (Ident("pet_id".into()), None));
        assert_eq!(names["pet-id"].0.as_str(), "pet_id2");
        assert_eq!(names["petId"].0.as_str(), "pet_id3");
        assert_eq!(
            names["petId"].1.as_ref().unwrap().owner.as_deref(),
            Some("pet_id")
        );
        assert_eq!(names["Pet"].0.as_str(), "pet2");
        assert_eq!(names["Pet"].1.as_ref().unwrap().owner, None);
        let mut reversed = texts;
        reversed.reverse();
        assert_eq!(named(&reversed), names);
    }

    #[test]
    fn candidates_take_precedence_over_numbers() {
        let mut scope = Scope::default();
        let candidates = [Ident::snake("id"), Ident::snake("id in query")];
        let name = |scope: &mut Scope| scope.name(&candidates, "id").0.0;
        assert_eq!(name(&mut scope), "id");
        assert_eq!(name(&mut scope), "id_in_query");
        assert_eq!(name(&mut scope), "id2");
        assert_eq!(Ident::snake("type").with_suffix("_").as_str(), "type_");
        assert_eq!(
            Ident::pascal("self").with_suffix("Response").as_str(),
            "SelfResponse"
        );
        assert_eq!(Ident::snake("self").with_suffix("").as_str(), "self_");
    }
}
