//! The crate of `types.yaml`: values round-trip, and invalid ones are rejected.

use doc_types::types::{
    All, AllInlineColour, Closed, Colour, Level, Open, Owner, Pair, PairFirst, PairSecond, PairThird,
    PairThirdUnit, Same, Tree,
};
use serde_json::{Value, from_value, json, to_value};

fn all() -> Value {
    json!({
        "text": "abc", "flag": false, "small": -1, "large": 9_007_199_254_740_993_i64, "real": 0.1,
        "list": [[1, 2], []], "words": {"a": "b"}, "nothing": null, "anything": [{"x": null}],
        "level": -1, "colour": "dark blue", "inline": {}
    })
}

#[test]
fn values_round_trip() {
    let value: All = from_value(all()).unwrap();
    assert_eq!(value.level, Level::ValueMinus1);
    assert_eq!(value.colour, Colour::DarkBlue);
    assert_eq!(to_value(&value).unwrap(), all());

    let mut full = all();
    full["optional"] = json!("here");
    full["id"] = json!(5);
    full["inline"] = json!({"colour": "red"});
    full["tree"] = json!({"left": {"leaves": [{}, {}]}, "owner": {"tree": {}}});
    let value: All = from_value(full.clone()).unwrap();
    assert_eq!(value.inline.colour, Some(AllInlineColour::Red));
    assert_eq!(to_value(&value).unwrap(), full);
}

#[test]
fn null_and_absence_are_distinguished() {
    let mut value = all();
    for (perhaps, expected) in [
        (None, None),
        (Some(Value::Null), Some(None)),
        (Some(json!("x")), Some(Some("x".to_owned()))),
    ] {
        match &perhaps {
            Some(perhaps) => value["perhaps"] = perhaps.clone(),
            None => {}
        }
        let read: All = from_value(value.clone()).unwrap();
        assert_eq!(read.perhaps, expected);
        assert_eq!(to_value(&read).unwrap(), value);
    }
    // A nullable property may still be required.
    let mut value = all();
    value.as_object_mut().unwrap().remove("nothing");
    assert!(from_value::<All>(value).unwrap_err().to_string().contains("nothing"));
}

#[test]
fn an_alias_of_a_nullable_schema_is_nullable() {
    for (text, perhaps) in [
        (json!({"maybe": null}), None),
        (json!({"maybe": "x", "perhaps": null}), Some(None)),
        (json!({"maybe": null, "perhaps": "x"}), Some(Some("x".to_owned()))),
    ] {
        let closed: Closed = from_value(text.clone()).unwrap();
        assert_eq!(closed.perhaps, perhaps);
        assert_eq!(to_value(&closed).unwrap(), text);
    }
    assert!(from_value::<Closed>(json!({})).unwrap_err().to_string().contains("maybe"));
}

#[test]
fn an_invalid_value_is_rejected() {
    for (property, wrong) in [
        ("text", json!(1)),
        ("flag", json!("true")),
        ("small", json!(2_147_483_648_i64)),
        ("large", json!(0.5)),
        ("real", json!("0.1")),
        ("list", json!([1])),
        ("words", json!({"a": 1})),
        ("level", json!("2")),
        ("colour", json!(null)),
        ("inline", json!("x")),
        ("optional", json!(1)),
    ] {
        let mut value = all();
        value[property] = wrong;
        assert!(from_value::<All>(value).is_err(), "{property}");
    }
}

#[test]
fn an_enum_keeps_undeclared_values() {
    let colour: Colour = from_value(json!("mauve")).unwrap();
    assert_eq!(colour, Colour::Other("mauve".to_owned()));
    assert_eq!(colour.to_string(), "mauve");
    assert_eq!(Colour::from("red"), Colour::Red);
    let level: Level = from_value(json!(7)).unwrap();
    assert_eq!(level, Level::Other(7));
    assert_eq!(to_value(Level::Value2).unwrap(), json!(2));
    let _: Same = Colour::Green;
}

#[test]
fn an_open_object_keeps_undeclared_properties() {
    let value = json!({"name": "n", "x": 1, "y": 2});
    let open: Open = from_value(value.clone()).unwrap();
    assert_eq!(open.others["y"], 2);
    assert_eq!(to_value(&open).unwrap(), value);
    assert!(from_value::<Open>(json!({"name": "n", "x": "no"})).is_err());
}

#[test]
fn a_type_may_contain_itself() {
    let mut tree = Tree::new();
    tree.owner = Some(Owner::new(Tree::new()));
    tree.left = Some(Box::new(tree.clone()));
    let written = to_value(&tree).unwrap();
    assert_eq!(from_value::<Tree>(written).unwrap(), tree);
}

#[test]
fn read_only_properties_may_be_absent_in_requests() {
    let account: doc_types::types::Account = from_value(json!({"name": "a"})).unwrap();
    assert_eq!((account.id, account.password), (None, None));
    assert!(from_value::<doc_types::types::Account>(json!({})).is_err());
    // An object that occurs only in responses has all of their required properties.
    assert_eq!(doc_types::types::Receipt::new(5).id, 5);
}

#[test]
fn equal_schemas_share_a_type() {
    let mut pair = Pair::new();
    let first: PairSecond = PairFirst::new(PairThirdUnit::Km);
    pair.first = Some(first.clone());
    pair.second = Some(first);
    pair.third = Some(PairThird::new("m"));
    let value = json!({"first": {"unit": "km"}, "second": {"unit": "km"}, "third": {"unit": "m"}});
    assert_eq!(to_value(&pair).unwrap(), value);
}
