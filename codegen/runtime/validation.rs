//! What the document says of values beyond their types, and whether a value holds it.
//!
//! Source of the meanings: JSON Schema Validation, draft "wright-00", section 5, as OpenAPI 3.0.3,
//! section 4.7.24, takes it over. A constraint of texts says nothing of numbers, and so on.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use serde_json::{Number, Value};

use super::{
    enums::Scalar,
    formats::{Format, matches},
    unions::size,
};

/// All that has to hold for a value.
pub(crate) type Constraints = &'static [Constraint];

/// One thing that has to hold for a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Constraint {
    /// A text has at least so many characters.
    MinLength(u64),
    /// A text has at most so many characters.
    MaxLength(u64),
    /// A text has a part that matches a regular expression.
    Pattern(&'static str),
    /// A text is of a format.
    Format(Format),
    /// A number is this or more.
    Minimum(Bound),
    /// A number is more than this.
    ExclusiveMinimum(Bound),
    /// A number is this or less.
    Maximum(Bound),
    /// A number is less than this.
    ExclusiveMaximum(Bound),
    /// A number is a whole multiple of this.
    MultipleOf(Bound),
    /// A list has at least so many items.
    MinItems(u64),
    /// A list has at most so many items.
    MaxItems(u64),
    /// A list has no item twice.
    UniqueItems,
    /// What holds for each item of a list.
    Items(Constraints),
    /// An object has at least so many properties.
    MinProperties(u64),
    /// An object has at most so many properties.
    MaxProperties(u64),
    /// An object has this property.
    Required(&'static str),
    /// What holds for a property, if it is there.
    Property(&'static str, Constraints),
    /// What holds for each property but these.
    AdditionalProperties(&'static [&'static str], Constraints),
    /// None of these properties of an object is `null`.
    NotNull(&'static [&'static str]),
    /// An object has no property but these.
    NoAdditionalProperties(&'static [&'static str]),
    /// The value is one of these texts.
    StringEnum(&'static [&'static str]),
    /// The value is one of these.
    Enum(&'static [Scalar]),
    /// The value is of a type.
    Type(JsonType),
    /// What holds unless the value is `null`.
    Nullable(Constraints),
    /// What is said elsewhere holds here, too.
    Ref(&'static Constraints),
    /// One of these holds, or several.
    AnyOf(&'static [Constraints]),
    /// What holds by the text in a property.
    Discriminator(
        &'static str,
        &'static [(&'static [&'static str], Constraints)],
    ),
    /// This does not hold.
    Not(Constraints),
}

/// A number that others are compared with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Bound {
    Integer(i64),
    Number(f64),
}

/// No document can write what is no number.
impl Eq for Bound {}

/// A type of OpenAPI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonType {
    Array,
    Boolean,
    Integer,
    Number,
    Object,
    String,
}

/// What does not hold for a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    /// The place of the value, as a JSON pointer.
    pub(crate) pointer: String,
    /// What it has to be, as the end of a sentence: "must have at least 3 characters".
    pub(crate) must: String,
}

impl Violation {
    /// What is wrong, in a sentence; the value as a whole has a name of its own.
    pub(crate) fn told(&self, whole: &str) -> String {
        match self.pointer.as_str() {
            "" => format!("{whole} {}", self.must),
            pointer => format!("`{pointer}` {}", self.must),
        }
    }
}

/// How often each value within a value may be held against constraints, on average, and how often all may be
/// in any case.
///
/// Alternatives within alternatives are tried one after the other, and who sends a value must not make
/// that go on for ever.
const MAX_VISITS: (usize, usize) = (256, 10_000);

/// Holds a value against constraints; gives the first that does not hold.
pub(crate) fn check(value: &Value, constraints: Constraints) -> Result<(), Violation> {
    let mut check = Validator {
        left: size(value).saturating_mul(MAX_VISITS.0).max(MAX_VISITS.1),
    };
    check.all(value, &ValuePath::Root, constraints)
}

/// Where a value is within the one that is checked.
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
                // A text takes all that is written.
                let _ = write!(pointer, "/{index}");
            }
            Self::Member(object, name) => {
                object.write(pointer);
                pointer.push('/');
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
            }
        }
    }

    fn violation(&self, must: impl Into<String>) -> Violation {
        Violation {
            pointer: self.pointer(),
            must: must.into(),
        }
    }
}

struct Validator {
    /// How often values may still be held against constraints.
    left: usize,
}

impl Validator {
    fn all(
        &mut self,
        value: &Value,
        at: &ValuePath<'_>,
        constraints: Constraints,
    ) -> Result<(), Violation> {
        let Some(left) = self.left.checked_sub(1) else {
            return Err(at.violation("must be simpler, for it takes too long to check"));
        };
        self.left = left;
        constraints
            .iter()
            .try_for_each(|constraint| self.one(value, at, *constraint))
    }

    fn holds(&mut self, value: &Value, at: &ValuePath<'_>, constraints: Constraints) -> bool {
        self.all(value, at, constraints).is_ok()
    }

    fn one(
        &mut self,
        value: &Value,
        at: &ValuePath<'_>,
        constraint: Constraint,
    ) -> Result<(), Violation> {
        let must = match (constraint, value) {
            (Constraint::Ref(constraints), _) => return self.all(value, at, constraints),
            (Constraint::Nullable(_), Value::Null) => return Ok(()),
            (Constraint::Nullable(constraints), _) => return self.all(value, at, constraints),
            (Constraint::Items(constraints), Value::Array(items)) => {
                let mut items = items.iter().enumerate();
                return items.try_for_each(|(index, item)| {
                    self.all(item, &ValuePath::Item(at, index), constraints)
                });
            }
            (Constraint::Property(name, constraints), Value::Object(members)) => {
                return match members.get(name) {
                    Some(member) => self.all(member, &ValuePath::Member(at, name), constraints),
                    None => Ok(()),
                };
            }
            (Constraint::AdditionalProperties(known, constraints), Value::Object(members)) => {
                let mut others = members
                    .iter()
                    .filter(|(name, _)| !known.contains(&name.as_str()));
                return others.try_for_each(|(name, member)| {
                    self.all(member, &ValuePath::Member(at, name), constraints)
                });
            }
            (Constraint::NotNull(names), Value::Object(members)) => {
                let is_null = |name: &&&str| members.get(**name).is_some_and(Value::is_null);
                return match names.iter().find(is_null) {
                    Some(name) => Err(ValuePath::Member(at, name).violation("must not be null")),
                    None => Ok(()),
                };
            }
            (Constraint::NoAdditionalProperties(known), Value::Object(members)) => {
                let other = members.keys().find(|name| !known.contains(&name.as_str()));
                return match other {
                    Some(other) => Err(ValuePath::Member(at, other)
                        .violation("must not be there, for it is not declared")),
                    None => Ok(()),
                };
            }
            (Constraint::AnyOf(alternatives), _) => {
                let mut alternatives = alternatives.iter();
                (!alternatives.any(|constraints| self.holds(value, at, constraints)))
                    .then(|| "must be one of the declared alternatives".to_owned())
            }
            (Constraint::Discriminator(tag, alternatives), Value::Object(members)) => {
                let Some(told) = members.get(tag) else {
                    return Err(at.violation(format!("must have the property `{tag}`")));
                };
                let found = alternatives
                    .iter()
                    .find(|(tags, _)| tags.iter().any(|tag| told == tag));
                if let Some((_, constraints)) = found {
                    return self.all(value, at, constraints);
                }
                let tags = alternatives.iter().flat_map(|(tags, _)| *tags);
                let must = format!("must be one of {}", listed(tags));
                return Err(ValuePath::Member(at, tag).violation(must));
            }
            (Constraint::Discriminator(..), _) => Some("must be an object".to_owned()),
            (Constraint::Not(constraints), _) => self
                .holds(value, at, constraints)
                .then(|| "must not be what the document excludes".to_owned()),
            (constraint, value) => constraint.simple(value),
        };
        must.map_or(Ok(()), |must| Err(at.violation(must)))
    }
}

impl Constraint {
    /// What a value has to be, if it is not; for constraints that do not look into it.
    fn simple(self, value: &Value) -> Option<String> {
        match (self, value) {
            (Self::MinLength(least), Value::String(text)) if !has(text.chars(), least) => {
                Some(format!("must have at least {}", count(least, "character")))
            }
            (Self::MaxLength(most), Value::String(text))
                if has(text.chars(), most.saturating_add(1)) =>
            {
                Some(format!("must have at most {}", count(most, "character")))
            }
            (Self::Pattern(pattern), Value::String(text)) if !matches(pattern, text) => {
                Some(format!("must match `{pattern}`"))
            }
            (Self::Format(format), Value::String(text)) if !format.is(text) => {
                Some(format!("must be {}", format.words()))
            }
            (Self::Minimum(least), Value::Number(number)) if least.compare(number).is_lt() => {
                Some(format!("must be at least {least}"))
            }
            (Self::ExclusiveMinimum(least), Value::Number(number))
                if least.compare(number).is_le() =>
            {
                Some(format!("must be more than {least}"))
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
            (Self::MinItems(least), Value::Array(items)) if !has(items.iter(), least) => {
                Some(format!("must have at least {}", count(least, "item")))
            }
            (Self::MaxItems(most), Value::Array(items))
                if has(items.iter(), most.saturating_add(1)) =>
            {
                Some(format!("must have at most {}", count(most, "item")))
            }
            (Self::UniqueItems, Value::Array(items)) if !is_unique(items) => {
                Some("must not have an item twice".to_owned())
            }
            (Self::MinProperties(least), Value::Object(members)) if !has(members.iter(), least) => {
                Some(format!("must have at least {}", count(least, "property")))
            }
            (Self::MaxProperties(most), Value::Object(members))
                if has(members.iter(), most.saturating_add(1)) =>
            {
                Some(format!("must have at most {}", count(most, "property")))
            }
            (Self::Required(name), Value::Object(members)) if !members.contains_key(name) => {
                Some(format!("must have the property `{name}`"))
            }
            (Self::StringEnum(words), value) if !words.iter().any(|word| value == word) => {
                Some(format!("must be one of {}", listed(words)))
            }
            (Self::Enum(values), value) if !values.iter().any(|known| known.is(value)) => {
                Some(format!("must be one of {}", listed(values)))
            }
            (Self::Type(kind), value) if !kind.is(value) => {
                Some(format!("must be {}", kind.words()))
            }
            _ => None,
        }
    }
}

/// Whether there are at least so many.
fn has(mut items: impl Iterator, least: u64) -> bool {
    match least
        .checked_sub(1)
        .map(|before| usize::try_from(before).unwrap_or(usize::MAX))
    {
        None => true,
        Some(before) => items.nth(before).is_some(),
    }
}

/// "1 item", "2 items".
fn count(number: u64, noun: &str) -> String {
    match (number, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        _ => format!("{number} {noun}s"),
    }
}

/// The first of some values, in words.
fn listed<T: std::fmt::Display>(values: impl IntoIterator<Item = T>) -> String {
    const SHOWN: usize = 10;
    let mut values = values.into_iter();
    let mut words: Vec<_> = values
        .by_ref()
        .take(SHOWN)
        .map(|value| format!("`{value}`"))
        .collect();
    match values.count() {
        0 => {}
        more => words.push(format!("{more} more")),
    }
    words.join(", ")
}

/// Whether no item stands twice.
fn is_unique(items: &[Value]) -> bool {
    let mut known = BTreeSet::new();
    items.iter().all(|item| {
        let mut text = String::new();
        canonical(item, &mut text);
        known.insert(text)
    })
}

/// Writes a value as all that are equal to it: members in order, `1.0` as `1`.
fn canonical(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for item in items {
                canonical(item, text);
                text.push(',');
            }
            text.push(']');
        }
        Value::Object(members) => {
            let members: BTreeMap<_, _> = members.iter().collect();
            text.push('{');
            for (name, member) in members {
                text.push_str(&Value::from(name.as_str()).to_string());
                canonical(member, text);
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
    /// How a number is to this one.
    #[expect(
        clippy::cast_precision_loss,
        reason = "only beside a number that is not exact either"
    )]
    fn compare(self, number: &Number) -> Ordering {
        match (self, whole(number)) {
            (Self::Integer(bound), Some(number)) => number.cmp(&i128::from(bound)),
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

    /// Whether a number is a whole multiple of this one.
    #[expect(
        clippy::cast_precision_loss,
        reason = "only beside a number that is not exact either"
    )]
    fn divides(self, number: &Number) -> bool {
        match (self, whole(number)) {
            (Self::Integer(0), _) => true,
            (Self::Integer(unit), Some(number)) => number % i128::from(unit) == 0,
            (unit, _) => {
                let unit = match unit {
                    Self::Integer(unit) => unit as f64,
                    Self::Number(unit) => unit,
                };
                let times = number.as_f64().unwrap_or_default() / unit;
                // 0.3 is three times 0.1, though not in binary.
                (times - times.round()).abs() <= f64::EPSILON * times.abs().max(1.0)
            }
        }
    }
}

/// An integer of JSON.
fn whole(number: &Number) -> Option<i128> {
    let signed = number.as_i64().map(i128::from);
    signed.or_else(|| number.as_u64().map(i128::from))
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
    fn is(self, value: &Value) -> bool {
        match self {
            Self::Array => value.is_array(),
            Self::Boolean => value.is_boolean(),
            // `1.0` is an integer, too.
            Self::Integer => value.as_f64().is_some_and(|number| number.fract() == 0.0),
            Self::Number => value.is_number(),
            Self::Object => value.is_object(),
            Self::String => value.is_string(),
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Array => "a list",
            Self::Boolean => "a boolean",
            Self::Integer => "an integer",
            Self::Number => "a number",
            Self::Object => "an object",
            Self::String => "a text",
        }
    }
}
