//! Tables of rules: [`Rule`](crate::report::Rule) for documents, and [`DiffRule`](crate::diff::DiffRule) for the
//! comparison of two documents.

/// Defines a table of rules: an enum with a row for each rule, which has its summary, its name and its ID. A row
/// also has its level if that is not the usual one.
macro_rules! rules {
    (
        $(#[doc = $doc:literal])*
        enum $table:ident;

        $(#[doc = $level_doc:literal])*
        $level:ident: $Level:ident = $usual:ident;

        $(
            #[doc = $summary:literal]
            $rule:ident = $id:literal $(, $exception:ident)?;
        )*
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $table {
            $(#[doc = $summary] $rule,)*
        }

        impl $table {
            /// All rules.
            pub const ALL: &'static [Self] = &[$(Self::$rule,)*];

            /// Returns the ID.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$rule => $id,)*
                }
            }

            /// Returns the rule with an ID.
            #[must_use]
            pub fn from_id(id: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|rule| rule.id() == id)
            }

            /// Returns the summary, a sentence.
            #[must_use]
            pub const fn summary(self) -> &'static str {
                match self {
                    $(Self::$rule => $summary.trim_ascii(),)*
                }
            }

            $(#[doc = $level_doc])*
            #[must_use]
            pub const fn $level(self) -> $Level {
                #[allow(clippy::match_same_arms, reason = "a row for each rule")]
                match self {
                    $($(Self::$rule => $Level::$exception,)?)*
                    _ => $Level::$usual,
                }
            }
        }

        impl std::fmt::Display for $table {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.id())
            }
        }
    };
}

pub(crate) use rules;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::{diff::DiffRule, report::Rule};

    #[test]
    fn each_rule_has_a_unique_id_and_a_sentence() {
        let documents = Rule::ALL.iter().map(|rule| (rule.id(), rule.summary()));
        let diff = DiffRule::ALL.iter().map(|rule| (rule.id(), rule.summary()));
        let mut ids = BTreeSet::new();
        for (id, summary) in documents.chain(diff) {
            let is_kebab_case = id.bytes().all(|b| b == b'-' || b.is_ascii_lowercase());
            assert!(ids.insert(id) && is_kebab_case, "{id}");
            let is_capitalized = !summary.starts_with(|c: char| c.is_lowercase());
            assert!(is_capitalized && summary.ends_with('.'), "{summary}");
        }
    }
}
