//! Parses JSON or YAML into a tree of JSON values with unique keys.

use std::{cell::RefCell, fmt};

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::syntax_error::{SYNTAX_HELP, YamlEvents, check_depth, help_at, syntax_error};
use crate::{
    pointer::{Pointer, Trail},
    report::{Diagnostic, Place, Rule},
};

/// Parses a text as JSON, or else as YAML.
///
/// YAML keys that are numbers or booleans become strings, as in JSON: `404:` and `'404':` are
/// the same key. Merge keys (`<<`) are merged. The first of several equal keys wins; the others are reported.
///
/// # Errors
/// Returns a diagnostic if the text is neither.
pub(super) fn parse(text: &str) -> Result<(Value, Vec<Diagnostic>), Diagnostic> {
    let duplicates = RefCell::new(Vec::new());
    let tree = if text.trim_start().starts_with('{') {
        // YAML may start with a brace too, but then the text is most likely JSON: report the JSON error.
        json(text, &duplicates).or_else(|error| {
            duplicates.borrow_mut().clear();
            yaml(text, &duplicates).map_err(|_| error)
        })
    } else {
        yaml(text, &duplicates)
    }?;
    let duplicates = duplicates.into_inner();
    Ok((tree, duplicates.into_iter().map(duplicate).collect()))
}

/// Serializes a tree as YAML.
pub(crate) fn to_yaml(tree: &Value) -> String {
    // Serializing a tree with string keys does not fail; if it did, JSON is also valid YAML.
    serde_yaml::to_string(tree).unwrap_or_else(|_| tree.to_string())
}

fn duplicate(pointer: Pointer) -> Diagnostic {
    let key = pointer.last().unwrap_or_default();
    let (message, help) = match pointer.parent().as_ref().and_then(Pointer::last).as_deref() {
        Some("responses") => (
            format!("the status `{key}` is declared twice"),
            "keep one of the two, or change the code of the other",
        ),
        _ => (
            format!("the key `{key}` is declared twice"),
            "keep one of the two",
        ),
    };
    Diagnostic::error(
        Rule::DuplicateKey,
        Place::SecondKey(pointer.clone()),
        message,
    )
    .label("declared again here")
    .related(Place::Key(pointer), "first declared here")
    .help(help)
}

fn json(text: &str, duplicates: &RefCell<Vec<Pointer>>) -> Result<Value, Diagnostic> {
    let seed = TreeSeed {
        duplicates,
        at: Trail::ROOT,
        syntax: Syntax::Json,
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let tree = seed
        .deserialize(&mut deserializer)
        .and_then(|tree| deserializer.end().map(|()| tree));
    tree.map_err(|error| {
        let at = (error.line(), error.column());
        let help = if error.is_eof() {
            "complete the file; it ends too early"
        } else {
            YamlEvents::scan(text).help().unwrap_or(SYNTAX_HELP)
        };
        syntax_error(&error.to_string(), at, help)
    })
}

fn yaml(text: &str, duplicates: &RefCell<Vec<Pointer>>) -> Result<Value, Diagnostic> {
    check_depth(text)?;
    let seed = TreeSeed {
        duplicates,
        at: Trail::ROOT,
        syntax: Syntax::Yaml,
    };
    let tree = seed.deserialize(serde_yaml::Deserializer::from_str(text));
    tree.map_err(|error| {
        let events = YamlEvents::scan(text);
        match (error.location(), events.second_document) {
            // serde_yaml does not report the place of a second document.
            (None, Some(at)) => syntax_error(
                "it contains more than one document",
                at,
                "keep one document, and move the others into separate files",
            ),
            (at, _) => {
                let at = at.map_or((1, 1), |at| (at.line(), at.column()));
                let help = help_at(text, at).or_else(|| events.help());
                syntax_error(&error.to_string(), at, help.unwrap_or(SYNTAX_HELP))
            }
        }
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Syntax {
    Json,
    Yaml,
}

/// Deserializes a value and collects the places of duplicate keys.
struct TreeSeed<'a> {
    duplicates: &'a RefCell<Vec<Pointer>>,
    at: Trail<'a>,
    syntax: Syntax,
}

impl<'a> TreeSeed<'a> {
    fn child<'b>(&self, at: Trail<'b>) -> TreeSeed<'b>
    where
        'a: 'b,
    {
        TreeSeed {
            duplicates: self.duplicates,
            at,
            syntax: self.syntax,
        }
    }
}

impl<'de> DeserializeSeed<'de> for TreeSeed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for TreeSeed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    // Integers beyond i64 and u64 occur only as limits, for which a float is precise enough.
    #[expect(
        clippy::cast_precision_loss,
        reason = "serde_json converts such a number in the same way"
    )]
    fn visit_i128<E: Error>(self, value: i128) -> Result<Value, E> {
        self.visit_f64(value as f64)
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "serde_json converts such a number in the same way"
    )]
    fn visit_u128<E: Error>(self, value: u128) -> Result<Value, E> {
        self.visit_f64(value as f64)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        // YAML's `.inf` and `.nan` are not JSON numbers; validation reports the string in their place.
        let number = Number::from_f64(value).map(Value::Number);
        Ok(number.unwrap_or_else(|| Value::String(value.to_string())))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(self.child(self.at.index(items.len())))? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(key) = map.next_key_seed(KeySeed)? {
            let at = self.at.key(&key);
            let is_second = members.contains_key(&key);
            if is_second {
                self.duplicates.borrow_mut().push(at.pointer());
            }
            let value = map.next_value_seed(self.child(at))?;
            if !is_second {
                members.insert(key, value);
            }
        }
        if self.syntax == Syntax::Yaml {
            merge(&mut members);
        }
        Ok(Value::Object(members))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, _: A) -> Result<Value, A::Error> {
        Err(A::Error::custom(
            "tags (`!name`) are not part of an OpenAPI document",
        ))
    }
}

/// Merges the mappings of a merge key; existing keys take precedence.
fn merge(members: &mut Map<String, Value>) {
    let sources = match members.shift_remove("<<") {
        Some(Value::Array(sources)) if sources.iter().all(Value::is_object) => sources,
        Some(source @ Value::Object(_)) => vec![source],
        Some(other) => {
            members.insert("<<".to_owned(), other);
            return;
        }
        None => return,
    };
    for source in sources {
        if let Value::Object(source) = source {
            for (key, value) in source {
                members.entry(key).or_insert(value);
            }
        }
    }
}

/// Deserializes a key, which may be any scalar in YAML, as a string.
struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a scalar key")
    }

    fn visit_str<E>(self, key: &str) -> Result<String, E> {
        Ok(key.to_owned())
    }

    fn visit_string<E>(self, key: String) -> Result<String, E> {
        Ok(key)
    }

    fn visit_bool<E>(self, key: bool) -> Result<String, E> {
        Ok(key.to_string())
    }

    fn visit_i64<E>(self, key: i64) -> Result<String, E> {
        Ok(key.to_string())
    }

    fn visit_u64<E>(self, key: u64) -> Result<String, E> {
        Ok(key.to_string())
    }

    fn visit_f64<E>(self, key: f64) -> Result<String, E> {
        Ok(key.to_string())
    }

    fn visit_unit<E>(self) -> Result<String, E> {
        Ok("null".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_become_strings_and_merge_keys_are_merged() {
        let text = "a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\n404: true\ntrue: 1.5\n~: n\n";
        assert_eq!(
            parse(text).unwrap().0,
            json!({"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 3}, "404": true, "true": 1.5, "null": "n"})
        );
    }

    #[test]
    fn json_is_parsed_as_json() {
        let text = r#"{"a": "\ud83d\ude00 \/", "n": 123456789012345678901234567890}"#;
        assert_eq!(
            parse(text).unwrap().0,
            json!({"a": "😀 /", "n": 1.234_567_890_123_456_8e29})
        );
        assert_eq!(
            parse("{a: 1}").unwrap().0,
            json!({"a": 1}),
            "a YAML flow mapping"
        );
    }

    #[test]
    fn all_duplicate_keys_are_reported() {
        let duplicates = |text| {
            let (_, findings) = parse(text).unwrap();
            let places = findings.into_iter().map(|finding| finding.place);
            places.collect::<Vec<_>>()
        };
        let key = |key: &str| Place::SecondKey(Pointer::root().key(key));
        assert_eq!(
            duplicates("a: 1\n404: 2\n'404': 3\na: 4\n"),
            [key("404"), key("a")]
        );
        assert_eq!(duplicates(r#"{"a": 1, "b": 2, "a": 3}"#), [key("a")]);
    }

    #[test]
    fn alias_bombs_are_rejected() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for n in 1..12 {
            let aliases = vec![format!("*a{}", n - 1); 10].join(", ");
            text.push_str(&format!("a{n}: &a{n} [{aliases}]\n"));
        }
        let finding = parse(&text).unwrap_err();
        assert_eq!(finding.rule, Rule::Syntax);
        assert!(
            finding.message.contains("repetition limit"),
            "{}",
            finding.message
        );
    }

    #[test]
    fn deep_nesting_is_rejected() {
        for text in ["[", "{\"a\":", "{a: ", "- ", "? "] {
            let finding = parse(&text.repeat(100_000)).unwrap_err();
            assert_eq!(finding.rule, Rule::Syntax);
        }
        let brackets = "[".repeat(1000);
        assert_eq!(
            parse(&format!("a: '{brackets}'")).unwrap().0,
            json!({"a": brackets})
        );
    }
}
