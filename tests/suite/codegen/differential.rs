//! Generated servers against a validator of JSON Schema, for schemas and values that are drawn at random.

use std::{env, fmt::Write};

use serde_json::Value;
use statusquo_tests::differential::{Summary, compare, draw};

/// Returns the number in an environment variable.
fn variable(name: &str, default: u64) -> u64 {
    let value = env::var(name).ok();
    value.map_or(default, |value| value.parse().unwrap())
}

/// The number of values of each schema.
const VALUES: usize = 40;

#[test]
#[ignore = "compiles many schemas; `.ci/run` includes it"]
fn servers_agree_with_a_validator_of_json_schema() {
    let first = variable("DIFFERENTIAL_SEED", 1);
    let rounds = variable("DIFFERENTIAL_ROUNDS", 1);
    let count = usize::try_from(variable("DIFFERENTIAL_SCHEMAS", 80)).unwrap();
    let mut messages = String::new();
    for seed in first..first + rounds {
        let drawn = draw(seed, count);
        let Summary {
            schemas,
            values,
            valid,
            examples,
            differences,
        } = compare(&drawn, VALUES, seed);
        println!(
            "seed {seed}: {schemas} schemas, {values} values, {valid} of them valid, {examples} examples, {} differences",
            differences.len()
        );
        let mut last = None;
        for difference in differences {
            if last != Some(difference.schema) {
                last = Some(difference.schema);
                let drawn = &drawn[difference.schema];
                let components = Value::from(drawn.components.clone());
                writeln!(
                    messages,
                    "\nschema {} of seed {seed}: {}\n  components: {components}",
                    difference.schema, drawn.schema
                )
                .unwrap();
            }
            writeln!(messages, "  {}", difference.message).unwrap();
        }
    }
    assert!(messages.is_empty(), "{messages}");
}
