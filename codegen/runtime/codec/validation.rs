//! Validates values against the constraints of their schemas.
//!
//! The constraints have the meaning of JSON Schema Validation, draft "wright-00", section 5, which OpenAPI
//! 3.0.3, section 4.7.24, refers to. A constraint on strings does not apply to numbers, and so on.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use serde_json::{Number, Value};

use super::{
    enums::Scalar,
    formats::{Format, matches},
    json::integer,
    unions::size,
};

/// The constraints of a value, all of which apply.
pub(crate) type Constraints = &'static [Constraint];

/// A constraint of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Constraint {
    /// A string has at least this number of characters.
    MinLength(u64),
    /// A string has at most this number of characters.
    MaxLength(u64),
    /// A part of a string matches a regular expression.
    Pattern(&'static str),
    /// A part of a string matches a pattern of the document, whose syntax is that of ECMA-262.
    TranslatedPattern {
        /// The pattern in the document.
        pattern: &'static str,
        /// The equivalent regular expression.
        regex: &'static str,
    },
    /// A string has a format.
    Format(Format),
    /// A number is at least this one.
    Minimum(Bound),
    /// A number is greater than this one.
    ExclusiveMinimum(Bound),
    /// A number is at most this one.
    Maximum(Bound),
    /// A number is less than this one.
    ExclusiveMaximum(Bound),
    /// A number is an integer multiple of this one.
    MultipleOf(Bound),
    /// An array has at least this number of items.
    MinItems(u64),
    /// An array has at most this number of items.
    MaxItems(u64),
    /// The items of an array are distinct.
    UniqueItems,
    /// The constraints of each item of an array.
    Items(Constraints),
    /// An object has at least this number of properties.
    MinProperties(u64),
    /// An object has at most this number of properties.
    MaxProperties(u64),
    /// An object has this property.
    Required(&'static str),
    /// An object in a request has this property, which responses do not have.
    RequiredInRequest(&'static str),
    /// The constraints of a property, if it is present.
    Property(&'static str, Constraints),
    /// The constraints of each property except these.
    AdditionalProperties(&'static [&'static str], Constraints),
    /// None of these properties of an object is `null`.
    NotNull(&'static [&'static str]),
    /// An object has only these properties.
    NoAdditionalProperties(&'static [&'static str]),
    /// The value is one of these strings.
    StringEnum(&'static [&'static str]),
    /// The value is one of these.
    Enum(&'static [Scalar]),
    /// The value has a type.
    Type(JsonType),
    /// The constraints of a value that is not `null`.
    Nullable(Constraints),
    /// The constraints of a shared schema.
    Ref(&'static Constraints),
    /// At least one of these lists of constraints is satisfied.
    AnyOf(&'static [Constraints]),
    /// Exactly one of these lists of constraints is satisfied.
    OneOf(&'static [Constraints]),
    /// The name of the discriminator property, and the constraints for each of its values.
    Discriminator(
        &'static str,
        &'static [(&'static [&'static str], Constraints)],
    ),
    /// These constraints are not satisfied.
    Not(Constraints),
}

/// A number of a constraint.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Bound {
    Integer(i128),
    Number(f64),
}

/// A document cannot contain NaN, so equality is reflexive.
impl Eq for Bound {}

/// A type of JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonType {
    Array,
    Boolean,
    Integer,
    Number,
    Object,
    String,
}

/// A constraint that a value violates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    /// The JSON pointer of the value.
    pub(crate) pointer: String,
    /// The requirement, as the predicate of a sentence: "must be at least 3 characters long".
    pub(crate) requirement: String,
}

impl Violation {
    /// Returns a message; `root` is its subject if the whole value violates the constraint.
    pub(crate) fn message(&self, root: &str) -> String {
        match self.pointer.as_str() {
            "" => format!("{root} {}", self.requirement),
            pointer => format!("`{pointer}` {}", self.requirement),
        }
    }
}

/// Maximum number of visits of the values within a value, on average; and the total number that is always
/// allowed.
///
/// Nested alternatives are tried in all combinations, and the sender of a value must not be able to make that
/// take exponential time.
const MAX_VISITS: (usize, usize) = (256, 10_000);

/// Validates a value in a request against constraints.
///
/// # Errors
/// The first violation.
pub(crate) fn check(value: &Value, constraints: Constraints) -> Result<(), Violation> {
    Validator::new(value, Purpose::Request).check_all(value, &ValuePath::Root, constraints)
}

/// Returns whether a value in a message satisfies the constraints of an alternative of a union.
///
/// Several alternatives of a `oneOf` within the value may be satisfied.
pub(crate) fn is_alternative(value: &Value, constraints: Constraints) -> bool {
    let mut validator = Validator::new(value, Purpose::Union);
    validator.satisfies(value, &ValuePath::Root, constraints)
}

/// The purpose of a validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// To reject an invalid request.
    Request,
    /// To choose an alternative of a union, in a message of either direction.
    Union,
}

/// The position of a value within the validated one.
enum ValuePath<'a> {
    Root,
    Item(&'a Self, usize),
    Member(&'a Self, &'a str),
}

impl ValuePath<'_> {
    fn pointer(&self) -> String {
        let mut pointer = String::new();
        self.write(&mut pointer);
        pointer
    }

    fn write(&self, pointer: &mut String) {
        match self {
            Self::Root => {}
            Self::Item(list, index) => {
                list.write(pointer);
                // Writing to a `String` cannot fail.
                let _ = write!(pointer, "/{index}");
            }
            Self::Member(object, name) => {
                object.write(pointer);
                pointer.push('/');
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
            }
        }
    }

    fn violation(&self, requirement: impl Into<String>) -> Violation {
        Violation {
            pointer: self.pointer(),
            requirement: requirement.into(),
        }
    }
}

struct Validator {
    purpose: Purpose,
    /// The remaining number of visits.
    remaining: usize,
}

impl Validator {
    fn new(value: &Value, purpose: Purpose) -> Self {
        let (per_value, always) = MAX_VISITS;
        Self {
            purpose,
            remaining: size(value).saturating_mul(per_value).max(always),
        }
    }

    fn check_all(
        &mut self,
        value: &Value,
        path: &ValuePath<'_>,
        constraints: Constraints,
    ) -> Result<(), Violation> {
        let Some(remaining) = self.remaining.checked_sub(1) else {
            return Err(path.violation("must be simpler because its validation takes too long"));
        };
        self.remaining = remaining;
        constraints
            .iter()
            .try_for_each(|constraint| self.check(value, path, *constraint))
    }

    fn satisfies(&mut self, value: &Value, path: &ValuePath<'_>, constraints: Constraints) -> bool {
        self.check_all(value, path, constraints).is_ok()
    }

    fn check(
        &mut self,
        value: &Value,
        path: &ValuePath<'_>,
        constraint: Constraint,
    ) -> Result<(), Violation> {
        let requirement = match (constraint, value) {
            (Constraint::Ref(constraints), _) => return self.check_all(value, path, constraints),
            (Constraint::Nullable(_), Value::Null) => return Ok(()),
            (Constraint::Nullable(constraints), _) => {
                return self.check_all(value, path, constraints);
            }
            (Constraint::Items(constraints), Value::Array(items)) => {
                let mut items = items.iter().enumerate();
                return items.try_for_each(|(index, item)| {
                    self.check_all(item, &ValuePath::Item(path, index), constraints)
                });
            }
            (Constraint::Property(name, constraints), Value::Object(members)) => {
                return match members.get(name) {
                    Some(member) => {
                        self.check_all(member, &ValuePath::Member(path, name), constraints)
                    }
                    None => Ok(()),
                };
            }
            (Constraint::AdditionalProperties(declared, constraints), Value::Object(members)) => {
                let mut additional = members
                    .iter()
                    .filter(|(name, _)| !declared.contains(&name.as_str()));
                return additional.try_for_each(|(name, member)| {
                    self.check_all(member, &ValuePath::Member(path, name), constraints)
                });
            }
            (Constraint::NotNull(names), Value::Object(members)) => {
                let is_null = |name: &&&str| members.get(**name).is_some_and(Value::is_null);
                return match names.iter().find(is_null) {
                    Some(name) => Err(ValuePath::Member(path, name).violation("must not be null")),
                    None => Ok(()),
                };
            }
            (Constraint::NoAdditionalProperties(declared), Value::Object(members)) => {
                let mut names = members.keys();
                return match names.find(|name| !declared.contains(&name.as_str())) {
                    Some(undeclared) => Err(ValuePath::Member(path, undeclared)
                        .violation("must not be present because it is not declared")),
                    None => Ok(()),
                };
            }
            (Constraint::OneOf(alternatives), _) if self.purpose == Purpose::Request => {
                let satisfied = alternatives
                    .iter()
                    .filter(|constraints| self.satisfies(value, path, constraints));
                match satisfied.take(2).count() {
                    0 => Some("must match one of the declared schemas".to_owned()),
                    1 => None,
                    _ => Some("must match only one of the declared schemas".to_owned()),
                }
            }
            (Constraint::RequiredInRequest(_), _) if self.purpose == Purpose::Union => None,
            (Constraint::AnyOf(alternatives) | Constraint::OneOf(alternatives), _) => {
                let mut alternatives = alternatives.iter();
                (!alternatives.any(|constraints| self.satisfies(value, path, constraints)))
                    .then(|| "must match one of the declared schemas".to_owned())
            }
            (Constraint::Discriminator(name, alternatives), Value::Object(members)) => {
                let Some(actual) = members.get(name) else {
                    return Err(path.violation(format!("must have the property `{name}`")));
                };
                let alternative = alternatives
                    .iter()
                    .find(|(tags, _)| tags.iter().any(|tag| actual == tag));
                if let Some((_, constraints)) = alternative {
                    return self.check_all(value, path, constraints);
                }
                let tags = alternatives.iter().flat_map(|(tags, _)| *tags);
                let requirement = format!("must be one of {}", listed(tags));
                return Err(ValuePath::Member(path, name).violation(requirement));
            }
            (Constraint::Discriminator(..), _) => Some("must be an object".to_owned()),
            (Constraint::Not(constraints), _) => self
                .satisfies(value, path, constraints)
                .then(|| "must not match the excluded schema".to_owned()),
            (constraint, value) => constraint.violated_requirement(value),
        };
        requirement.map_or(Ok(()), |requirement| Err(path.violation(requirement)))
    }
}

impl Constraint {
    /// Returns the requirement that a value violates, if any; for constraints without other constraints.
    fn violated_requirement(self, value: &Value) -> Option<String> {
        match (self, value) {
            (Self::MinLength(least), Value::String(text)) if !has_at_least(text.chars(), least) => {
                Some(format!(
                    "must be at least {} long",
                    count(least, "character")
                ))
            }
            (Self::MaxLength(most), Value::String(text))
                if has_at_least(text.chars(), most.saturating_add(1)) =>
            {
                Some(format!("must be at most {} long", count(most, "character")))
            }
            (
                Self::Pattern(pattern @ regex) | Self::TranslatedPattern { pattern, regex },
                Value::String(text),
            ) if !matches(regex, text) => Some(format!("must match `{pattern}`")),
            (Self::Format(format), Value::String(text)) if !format.is_match(text) => {
                Some(format!("must be {}", format.description()))
            }
            (Self::Minimum(least), Value::Number(number)) if least.compare(number).is_lt() => {
                Some(format!("must be at least {least}"))
            }
            (Self::ExclusiveMinimum(least), Value::Number(number))
                if least.compare(number).is_le() =>
            {
                Some(format!("must be greater than {least}"))
            }
            (Self::Maximum(most), Value::Number(number)) if most.compare(number).is_gt() => {
                Some(format!("must be at most {most}"))
            }
            (Self::ExclusiveMaximum(most), Value::Number(number))
                if most.compare(number).is_ge() =>
            {
                Some(format!("must be less than {most}"))
            }
            (Self::MultipleOf(unit), Value::Number(number)) if !unit.divides(number) => {
                Some(format!("must be a multiple of {unit}"))
            }
            (Self::MinItems(least), Value::Array(items)) if !has_at_least(items.iter(), least) => {
                Some(format!("must have at least {}", count(least, "item")))
            }
            (Self::MaxItems(most), Value::Array(items))
                if has_at_least(items.iter(), most.saturating_add(1)) =>
            {
                Some(format!("must have at most {}", count(most, "item")))
            }
            (Self::UniqueItems, Value::Array(items)) if !is_unique(items) => {
                Some("must not contain duplicate items".to_owned())
            }
            (Self::MinProperties(least), Value::Object(members))
                if !has_at_least(members.iter(), least) =>
            {
                Some(format!("must have at least {}", count(least, "property")))
            }
            (Self::MaxProperties(most), Value::Object(members))
                if has_at_least(members.iter(), most.saturating_add(1)) =>
            {
                Some(format!("must have at most {}", count(most, "property")))
            }
            (Self::Required(name) | Self::RequiredInRequest(name), Value::Object(members))
                if !members.contains_key(name) =>
            {
                Some(format!("must have the property `{name}`"))
            }
            (Self::StringEnum(declared), value) if !declared.iter().any(|text| value == text) => {
                Some(format!("must be one of {}", listed(declared)))
            }
            (Self::Enum(declared), value)
                if !declared.iter().any(|scalar| scalar.equals(value)) =>
            {
                Some(format!("must be one of {}", listed(declared)))
            }
            (Self::Type(expected), value) if !expected.includes(value) => {
                Some(format!("must be {}", expected.description()))
            }
            _ => None,
        }
    }
}

/// Returns whether an iterator has at least a number of items, without counting more of them.
fn has_at_least(mut items: impl Iterator, least: u64) -> bool {
    match least
        .checked_sub(1)
        .map(|before| usize::try_from(before).unwrap_or(usize::MAX))
    {
        None => true,
        Some(before) => items.nth(before).is_some(),
    }
}

/// Formats a number of things: "1 item", "2 items".
fn count(number: u64, noun: &str) -> String {
    match (number, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        _ => format!("{number} {noun}s"),
    }
}

/// Lists the first 10 values for a message, and the number of further ones.
fn listed<T: std::fmt::Display>(values: impl IntoIterator<Item = T>) -> String {
    const MAX_LISTED: usize = 10;
    let mut values = values.into_iter();
    let mut listed: Vec<_> = values
        .by_ref()
        .take(MAX_LISTED)
        .map(|value| format!("`{value}`"))
        .collect();
    match values.count() {
        0 => {}
        unlisted => listed.push(format!("{unlisted} more")),
    }
    listed.join(", ")
}

/// Returns whether the items of an array are distinct.
fn is_unique(items: &[Value]) -> bool {
    let mut texts = BTreeSet::new();
    items.iter().all(|item| {
        let mut text = String::new();
        write_canonical(item, &mut text);
        texts.insert(text)
    })
}

/// Writes a value so that equal values have the same text: members in order, `1.0` as `1`.
fn write_canonical(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for item in items {
                write_canonical(item, text);
                text.push(',');
            }
            text.push(']');
        }
        Value::Object(members) => {
            let members: BTreeMap<_, _> = members.iter().collect();
            text.push('{');
            for (name, member) in members {
                text.push_str(&Value::from(name.as_str()).to_string());
                write_canonical(member, text);
                text.push(',');
            }
            text.push('}');
        }
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => text.push_str(&float.to_string()),
            _ => text.push_str(&number.to_string()),
        },
        value => text.push_str(&value.to_string()),
    }
}

impl Bound {
    /// Compares a number with this one.
    #[expect(
        clippy::cast_precision_loss,
        reason = "only with a number that is not exact either"
    )]
    fn compare(self, number: &Number) -> Ordering {
        match (self, integer(number)) {
            (Self::Integer(bound), Some(number)) => number.cmp(&bound),
            (bound, _) => {
                let bound = match bound {
                    Self::Integer(bound) => bound as f64,
                    Self::Number(bound) => bound,
                };
                let number = number.as_f64().unwrap_or_default();
                number.partial_cmp(&bound).unwrap_or(Ordering::Equal)
            }
        }
    }

    /// Returns whether a number is an integer multiple of this one.
    #[expect(
        clippy::cast_precision_loss,
        reason = "only with a number that is not exact either"
    )]
    fn divides(self, number: &Number) -> bool {
        match (self, integer(number)) {
            (Self::Integer(0), _) => true,
            (Self::Integer(unit), Some(number)) => number % unit == 0,
            (unit, _) => {
                let unit = match unit {
                    Self::Integer(unit) => unit as f64,
                    Self::Number(unit) => unit,
                };
                let quotient = number.as_f64().unwrap_or_default() / unit;
                // 0.3 is a multiple of 0.1, but not in binary floating point.
                (quotient - quotient.round()).abs() <= f64::EPSILON * quotient.abs().max(1.0)
            }
        }
    }
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Integer(bound) => bound.fmt(f),
            Self::Number(bound) => bound.fmt(f),
        }
    }
}

impl JsonType {
    /// Returns whether a value has the type.
    fn includes(self, value: &Value) -> bool {
        match self {
            Self::Array => value.is_array(),
            Self::Boolean => value.is_boolean(),
            // `1.0` is an integer.
            Self::Integer => value.as_f64().is_some_and(|number| number.fract() == 0.0),
            Self::Number => value.is_number(),
            Self::Object => value.is_object(),
            Self::String => value.is_string(),
        }
    }

    /// Returns the name of the type for messages, with an article.
    const fn description(self) -> &'static str {
        match self {
            Self::Array => "an array",
            Self::Boolean => "a boolean",
            Self::Integer => "an integer",
            Self::Number => "a number",
            Self::Object => "an object",
            Self::String => "a string",
        }
    }
}
