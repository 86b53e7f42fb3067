//! The crate of `compositions.yaml`: `allOf`, `oneOf` and `anyOf`.

use doc_compositions::types::{
    AllEither, Back, Either, Forest, Nested, Through, Unclear, Box2, Cat, Circle, Extended, ExtendedCircle, Implicit, Level, Limited, Loop, Merged,
    MergedExtra, Pet, Shape,
};
use serde_json::{Value, from_value, json, to_value};

/// Asserts that a value is read as a variant and written unchanged.
fn kept<T>(value: &Value) -> T
where
    T: serde::Serialize + serde::de::DeserializeOwned,
{
    let read: T = from_value(value.clone()).unwrap();
    assert_eq!(to_value(&read).unwrap(), *value);
    read
}

#[test]
fn all_of_is_merged() {
    let value = json!({"id": 1, "note": "n", "extra": "b", "more": 5});
    let merged: Merged = kept(&value);
    assert_eq!((merged.id, merged.extra, merged.others["more"]), (1, MergedExtra::B, 5));
    for (missing, name) in [
        (json!({"note": "n", "extra": "b"}), "id"),
        (json!({"id": 1, "extra": "b"}), "note"),
    ] {
        assert!(from_value::<Merged>(missing).unwrap_err().to_string().contains(name));
    }
    // The values that both parts list.
    assert_eq!(MergedExtra::from("a"), MergedExtra::Other("a".to_owned()));
}

#[test]
fn a_discriminator_chooses_the_alternative() {
    let cat: Pet = kept(&json!({"kind": "kitten", "lives": 9}));
    assert!(matches!(cat, Pet::Cat(Cat { lives: Some(9), .. })));
    let dog: Pet = kept(&json!({"kind": "dog", "friend": {"kind": "cat"}, "tricks": ["roll"]}));
    assert!(matches!(dog, Pet::Dog(_)));
    // An undeclared value is kept.
    let bird: Pet = kept(&json!({"kind": "bird", "wings": 2}));
    assert!(matches!(bird, Pet::Other(_)));
    // A value with the tag of a cat that is not a valid cat is an error.
    assert!(from_value::<Pet>(json!({"kind": "cat", "lives": "many"})).is_err());
    // The tag is set by the conversion from the alternative.
    assert_eq!(to_value(Pet::Cat(Cat::new("tiger"))).unwrap(), json!({"kind": "cat"}));
    assert_eq!(to_value(Pet::Cat(Cat::new("kitten"))).unwrap(), json!({"kind": "kitten"}));

    assert!(matches!(kept(&json!({"kind": "square", "side": 2.0})), Implicit::Square(_)));
    assert!(matches!(kept(&json!({"kind": "Circle", "radius": 2.0})), Implicit::Circle(_)));
}

#[test]
fn without_a_discriminator_the_alternative_that_keeps_most_is_chosen() {
    assert!(matches!(kept(&json!({"radius": 1.0})), Shape::Circle(_)));
    assert!(matches!(kept(&json!({"width": 1.0, "label": "a"})), Shape::Box(_)));
    let both: Shape = from_value(json!({"radius": 1, "width": 1, "depth": 1})).unwrap();
    assert!(matches!(both, Shape::Box(Box2 { depth: Some(_), .. })), "{both:?}");
    assert!(matches!(kept(&json!({"label": "neither"})), Shape::Other(_)));
    assert!(matches!(kept(&json!(["no object"])), Shape::Other(_)));
    let extended: Extended = kept(&json!({"name": "n", "radius": 1.0}));
    let mut expected = ExtendedCircle::new("n", 1.0);
    expected.label = None;
    assert_eq!(extended, Extended::Circle(expected));
    assert_eq!(to_value(Shape::Circle(Circle::new(2.0))).unwrap(), json!({"radius": 2.0}));
}

#[test]
fn alternatives_of_different_types_are_distinguished() {
    assert_eq!(kept::<AllEither>(&json!("5")), AllEither::Text("5".to_owned()));
    assert_eq!(kept::<AllEither>(&json!(5)), AllEither::Integer(5));
    assert_eq!(kept::<AllEither>(&json!(["a"])), AllEither::List(vec!["a".to_owned()]));
    assert_eq!(kept::<AllEither>(&json!(0.5)), AllEither::Other(json!(0.5)));
    for (value, level) in [
        (json!("low"), Level::Low),
        (json!(1), Level::Value1),
        (json!(2.5), Level::Value2Point5),
        (json!(true), Level::True),
        (json!("1"), Level::Other(json!("1"))),
    ] {
        assert_eq!(kept::<Level>(&value), level);
    }
    let list = Loop::List(vec![Loop::Text("a".to_owned()), Loop::List(Vec::new())]);
    assert_eq!(kept::<Loop>(&json!(["a", []])), list);
    assert_eq!(kept::<Limited>(&json!({"a": "x"})).a.as_deref(), Some("x"));
}

#[test]
fn recursive_values_end() {
    let nested: Nested = kept(&json!([[], [[]]]));
    assert_eq!(nested, Nested(vec![Nested(vec![]), vec![Nested(vec![])].into()]));
    let forest: Forest = kept(&json!({"a": [{"b": []}, null]}));
    assert_eq!(forest.0["a"].len(), 2);
    assert_eq!(kept::<Through>(&json!(1)), Through::Integer(1));
    assert!(matches!(kept(&json!("a")), Through::Text(_)));
    assert!(matches!(kept(&json!({"through": {"through": 5}})), Back::Object(_)));
}

#[test]
fn nested_unions_are_read_in_bounded_time() {
    // Both alternatives match at each level except the last, so there are 2^100 ways to read the value.
    let deep = (0..100).fold(json!({"neither": 1}), |child, _| json!({"child": child}));
    assert!(matches!(from_value(deep).unwrap(), Either::Left(_) | Either::Other(_)));
    let shallow = json!({"child": {"child": {"right": "r"}, "left": "l"}, "right": "r"});
    assert!(matches!(kept(&shallow), Either::Right(_)));
}

#[test]
fn an_ambiguous_tag_chooses_nothing() {
    assert!(matches!(kept(&json!({"kind": "same", "two": 2})), Unclear::Two(_)));
    assert!(matches!(kept(&json!({"kind": "same", "one": 1})), Unclear::One(_)));
}
