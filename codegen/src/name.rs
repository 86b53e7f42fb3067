//! Words to identifiers of Rust: the one place that knows keywords and collisions.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// An identifier of Rust, `r#` included where it takes that.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ident(String);

impl Ident {
    /// The identifier as it stands in code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The identifier for a type or a variant: `I'm a teapot` is `ImATeapot`.
    ///
    /// What cannot start an identifier gets a leading `N` (for "number"), and what has no letter at
    /// all is called `Empty`.
    #[must_use]
    pub fn pascal(text: &str) -> Self {
        let name: String = words(text).iter().map(|word| capitalized(word)).collect();
        Self(escaped(started(name, "Empty", "N")))
    }

    /// The identifier for a function or a field: `X-More-Info` is `x_more_info`.
    #[must_use]
    pub fn snake(text: &str) -> Self {
        let words: Vec<_> = words(text).iter().map(|word| word.to_lowercase()).collect();
        Self(escaped(started(words.join("_"), "empty", "n")))
    }

    /// An identifier that somebody chose; `None` if it is none.
    #[must_use]
    pub fn chosen(text: &str) -> Option<Self> {
        (is_plain(text) && !is_keyword(text)).then(|| Self(text.to_owned()))
    }

    /// The same for a constant: `get_pet` is `GET_PET`.
    #[must_use]
    pub fn screaming_snake(&self) -> Self {
        let name = self.0.strip_prefix("r#").unwrap_or(&self.0);
        Self(escaped(name.trim_end_matches('_').to_uppercase()))
    }

    /// This one with more behind it.
    #[must_use]
    pub fn with(&self, suffix: &str) -> Self {
        let name = self.0.strip_prefix("r#").unwrap_or(&self.0);
        let name = name
            .strip_suffix('_')
            .filter(|name| is_never_raw(name))
            .unwrap_or(name);
        Self(escaped(format!("{name}{suffix}")))
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The words of a text.
///
/// A word ends where something other than a letter or digit comes, where a capital follows a small
/// letter or digit (`petId`), and before the last capital of a run (`HTTPServer`). An apostrophe joins
/// (`I'm`); `+` and `-` at the start are words (`+1`, `-name`), for they tell it from its like.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
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
            if before.is_none() && after.is_some_and(char::is_alphanumeric) {
                match c {
                    '+' => words.push("plus".to_owned()),
                    '-' => words.push("minus".to_owned()),
                    _ => {}
                }
            }
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

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    match chars.next() {
        Some(first) => first
            .to_uppercase()
            .chain(chars.as_str().to_lowercase().chars())
            .collect(),
        None => String::new(),
    }
}

/// A name that is not empty and does not start with a digit.
fn started(name: String, empty: &str, prefix: &str) -> String {
    match name.chars().next() {
        None => empty.to_owned(),
        Some(first) if unicode_ident::is_xid_start(first) => name,
        Some(_) => format!("{prefix}{name}"),
    }
}

/// A name that is no keyword.
fn escaped(name: String) -> String {
    if !is_keyword(&name) {
        return name;
    }
    if is_never_raw(&name) {
        return format!("{name}_");
    }
    format!("r#{name}")
}

/// Whether a keyword is one of the few that cannot be raw.
fn is_never_raw(name: &str) -> bool {
    matches!(name, "self" | "Self" | "super" | "crate" | "_")
}

fn is_keyword(name: &str) -> bool {
    // syn does not know yet that edition 2024 has reserved `gen`.
    name == "gen" || syn::parse_str::<syn::Ident>(name).is_err()
}

fn is_plain(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(unicode_ident::is_xid_start)
        && chars.all(unicode_ident::is_xid_continue)
}

/// The names that are taken in one place, such as the fields of a struct.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Each name, with what it is for; `None` where the generated code needs it itself.
    taken: BTreeMap<Ident, Option<String>>,
}

/// A name that is not the one that its text gives, since another had that already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdjustedName {
    /// The name that it ought to have had.
    pub wanted: Ident,
    /// What has that name; `None` if the generated code itself has.
    pub owner: Option<String>,
}

impl Scope {
    /// A scope in which the generated code has some names itself.
    #[must_use]
    pub fn reserving(names: &[&str]) -> Self {
        let names = names.iter().map(|name| (Ident((*name).to_owned()), None));
        Self {
            taken: names.collect(),
        }
    }

    /// Gives a name to something: the first of the candidates that is free, else the first with a
    /// number behind it.
    ///
    /// `what` is what it is, for messages about later ones. Says so if it is not the first candidate.
    ///
    /// # Panics
    /// Without a candidate.
    #[expect(
        clippy::expect_used,
        reason = "every caller names a candidate, whatever the user wrote"
    )]
    pub fn name(&mut self, candidates: &[Ident], what: &str) -> (Ident, Option<AdjustedName>) {
        let wanted = candidates.first().expect("a candidate");
        let numbered = (2..).map(|number| wanted.with(&number.to_string()));
        let name = candidates
            .iter()
            .cloned()
            .chain(numbered)
            .find(|name| !self.taken.contains_key(name))
            .expect("numbers do not end");
        let adjusted = (name != *wanted).then(|| AdjustedName {
            wanted: wanted.clone(),
            owner: self.taken.get(wanted).cloned().flatten(),
        });
        self.taken.insert(name.clone(), Some(what.to_owned()));
        (name, adjusted)
    }

    /// The names of all at once, by their texts, so that the order of the texts does not matter:
    /// a text that is its own name keeps it, then the first in the alphabet wins.
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
    fn names() {
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
            // Words.
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
            // Nothing to go by.
            ("", "Empty", "empty"),
            ("***", "Empty", "empty"),
            // Keywords.
            ("type", "Type", "r#type"),
            ("self", "Self_", "self_"),
            ("Self", "Self_", "self_"),
            ("crate", "Crate", "crate_"),
            ("gen", "Gen", "r#gen"),
            ("async", "Async", "r#async"),
            ("_", "Empty", "empty"),
        ] {
            assert_eq!(Ident::pascal(text).as_str(), pascal, "{text}");
            assert_eq!(Ident::snake(text).as_str(), snake, "{text}");
            for ident in [pascal, snake] {
                assert!(syn::parse_str::<syn::Ident>(ident).is_ok(), "{ident}");
            }
        }
    }

    #[test]
    fn a_chosen_name_is_taken_as_it_is() {
        assert_eq!(Ident::chosen("Teapot2").unwrap().as_str(), "Teapot2");
        for text in ["", "2a", "a b", "type", "Self", "a-b", "r#type"] {
            assert_eq!(Ident::chosen(text), None, "{text}");
        }
    }

    #[test]
    fn names_are_given_whatever_the_order() {
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
    fn candidates_come_before_numbers() {
        let mut scope = Scope::default();
        let candidates = [Ident::snake("id"), Ident::snake("id in query")];
        let name = |scope: &mut Scope| scope.name(&candidates, "id").0.0;
        assert_eq!(name(&mut scope), "id");
        assert_eq!(name(&mut scope), "id_in_query");
        assert_eq!(name(&mut scope), "id2");
        assert_eq!(Ident::snake("type").with("_").as_str(), "type_");
        assert_eq!(
            Ident::pascal("self").with("Response").as_str(),
            "SelfResponse"
        );
        assert_eq!(Ident::snake("self").with("").as_str(), "self_");
    }
}
