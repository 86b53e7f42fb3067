//! Determines the return type of `success()` of a response enum.

use crate::model::{IsSuccess, Payload, ResponseKey, SuccessType};

/// Returns the return type of `success()`, and which responses it treats as successes.
///
/// If the document declares 2xx responses, they determine the type. `default` is then also a success if its
/// status code is 2xx and it has the same content; otherwise it is an error, which is what APIs use it for.
pub(super) fn success(responses: &[(ResponseKey, &Payload)]) -> (SuccessType, Vec<IsSuccess>) {
    let by_key = |key: ResponseKey| match key {
        ResponseKey::Exact(200..=299) | ResponseKey::Range(2) => IsSuccess::Always,
        ResponseKey::Default => IsSuccess::ByCode,
        _ => IsSuccess::Never,
    };
    let keys = || responses.iter().map(|(key, _)| by_key(*key));
    let decisive = if keys().any(|succeeds| succeeds == IsSuccess::Always) {
        IsSuccess::Always
    } else {
        IsSuccess::ByCode
    };
    let mut successes = responses
        .iter()
        .enumerate()
        .filter(|(_, (key, _))| by_key(*key) == decisive);
    let Some((first, (_, body))) = successes.next() else {
        return (SuccessType::Unit, keys().collect());
    };
    let success = if successes.any(|(_, (_, other))| other != body) {
        return (SuccessType::Whole, keys().collect());
    } else if **body == Payload::Empty {
        SuccessType::Unit
    } else {
        SuccessType::Body(first)
    };
    let successes = responses.iter().map(|(key, other)| match by_key(*key) {
        IsSuccess::ByCode if other != body => IsSuccess::Never,
        succeeds => succeeds,
    });
    (success, successes.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Codec, Content, Origin, Type};

    #[test]
    fn declared_2xx_responses_determine_the_type() {
        use IsSuccess::{Always, ByCode, Never};
        let text = Payload::One(Content {
            media: "text/plain".to_owned(),
            codec: Codec::Text,
            ty: Type::String,
            constraints: None,
            origin: Origin::default(),
        });
        let (text, none) = (&text, &Payload::Empty);
        let (ok, not_found, default) = (
            ResponseKey::Exact(200),
            ResponseKey::Exact(404),
            ResponseKey::Default,
        );
        let range = ResponseKey::Range(2);
        for (responses, expected, successes) in [
            (vec![(ok, none)], SuccessType::Unit, vec![Always]),
            (vec![(ok, text)], SuccessType::Body(0), vec![Always]),
            (
                vec![(ok, text), (not_found, none), (default, none)],
                SuccessType::Body(0),
                vec![Always, Never, Never],
            ),
            (
                vec![(ok, text), (default, text)],
                SuccessType::Body(0),
                vec![Always, ByCode],
            ),
            (
                vec![(ok, text), (range, none), (default, none)],
                SuccessType::Whole,
                vec![Always, Always, ByCode],
            ),
            (
                vec![(not_found, none), (default, text)],
                SuccessType::Body(1),
                vec![Never, ByCode],
            ),
            (vec![(not_found, text)], SuccessType::Unit, vec![Never]),
        ] {
            assert_eq!(success(&responses), (expected, successes), "{responses:?}");
        }
    }
}
