//! httpbin's way to write a choice of status codes: `404`, `200,500`, `200:9,503:1`.

/// Reads a choice: each code from 100 to 999 with its weight.
///
/// # Errors
/// In words, for whoever wrote it.
pub fn parse(text: &str) -> Result<Vec<(u16, f64)>, String> {
    let items = text.split(',').map(item).collect::<Result<Vec<_>, _>>()?;
    check(items.iter().map(|(_, weight)| *weight))?;
    Ok(items)
}

/// Whether weights make a choice.
///
/// # Errors
/// If one is negative or no number, and if all are 0.
pub fn check(weights: impl Iterator<Item = f64> + Clone) -> Result<(), String> {
    if let Some(weight) = weights.clone().find(|weight| !is_weight(*weight)) {
        return Err(format!(
            "`{weight}` is no weight, which is a number of 0 or more"
        ));
    }
    let total: f64 = weights.sum();
    if total > 0.0 && total.is_finite() {
        Ok(())
    } else {
        Err("one weight at least has to be more than 0, and their sum a number".to_owned())
    }
}

fn is_weight(weight: f64) -> bool {
    weight.is_finite() && weight >= 0.0
}

fn item(text: &str) -> Result<(u16, f64), String> {
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
            "`{}` is no status code from 100 to 999",
            code.escape_debug()
        )
    })?;
    let weight = match weight {
        None => 1.0,
        Some(weight) => weight
            .parse()
            .ok()
            .filter(|weight| is_weight(*weight))
            .ok_or_else(|| {
                let shown = weight.escape_debug();
                format!("`{shown}` is no weight, which is a number of 0 or more")
            })?,
    };
    Ok((code, weight))
}
