//! httpbin's syntax of weighted status codes: `404`, `200,500`, `200:9,503:1`.

/// Parses codes from 100 to 999 with their weights; a weight is 1 by default.
///
/// # Errors
/// Returns a message if a code is invalid, or for the reasons of [`check`].
pub fn parse(text: &str) -> Result<Vec<(u16, f64)>, String> {
    let items = text
        .split(',')
        .map(parse_item)
        .collect::<Result<Vec<_>, _>>()?;
    check(items.iter().map(|(_, weight)| *weight))?;
    Ok(items)
}

/// Checks that weights can be used for a choice.
///
/// # Errors
/// Returns a message if a weight is negative or not finite, if all are 0, or if their sum is not finite.
pub fn check(weights: impl Iterator<Item = f64> + Clone) -> Result<(), String> {
    if let Some(weight) = weights.clone().find(|weight| !is_weight(*weight)) {
        return Err(invalid_weight(&weight.to_string()));
    }
    let total: f64 = weights.sum();
    if total > 0.0 && total.is_finite() {
        Ok(())
    } else {
        Err("at least one weight must be greater than 0, and their sum must be finite".to_owned())
    }
}

fn is_weight(weight: f64) -> bool {
    weight.is_finite() && weight >= 0.0
}

fn parse_item(text: &str) -> Result<(u16, f64), String> {
    let (code, weight) = match text.split_once(':') {
        Some((code, weight)) => (code.trim(), Some(weight.trim())),
        None => (text.trim(), None),
    };
    let code = match code.as_bytes() {
        [b'1'..=b'9', b'0'..=b'9', b'0'..=b'9'] => code.parse().ok(),
        _ => None,
    }
    .ok_or_else(|| {
        format!(
            "`{}` is not a status code from 100 to 999",
            code.escape_debug()
        )
    })?;
    let weight = match weight {
        None => 1.0,
        Some(weight) => weight
            .parse()
            .ok()
            .filter(|weight| is_weight(*weight))
            .ok_or_else(|| invalid_weight(&weight.escape_debug().to_string()))?,
    };
    Ok((code, weight))
}

fn invalid_weight(weight: &str) -> String {
    format!("`{weight}` is not a valid weight: expected a number of at least 0")
}
