//! Patterns of breaker names.

use core::cmp::Ordering;

/// A name in which `*` stands for any text. Sorted from the general to the specific, by how many characters it spells out. No pattern
/// spells out more of a breaker's name than the name itself, but one for keys may spell out more than the name of their family.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Pattern(String);

impl Pattern {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn matches(&self, name: &str) -> bool {
        let mut parts = self.0.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(last) = parts.next_back() else { return self.0 == name };
        let Some(rest) = name.strip_prefix(first) else { return false };
        let Some(mut rest) = rest.strip_suffix(last) else { return false };
        // The leftmost match of each part is as good as any.
        parts.all(|part| match rest.find(part) {
            Some(place) => {
                rest = &rest[place + part.len()..];
                true
            }
            None => false,
        })
    }

    fn particularity(&self) -> (usize, bool) {
        (self.0.chars().filter(|character| *character != '*').count(), !self.0.contains('*'))
    }
}

impl PartialOrd for Pattern {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Pattern {
    fn cmp(&self, other: &Self) -> Ordering {
        self.particularity().cmp(&other.particularity()).then_with(|| self.0.cmp(&other.0))
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, names, others) in [
            ("payments", vec!["payments"], vec!["payment", "payments2", ""]),
            ("*", vec!["", "a", "a::b"], vec![]),
            ("shop::*", vec!["shop::", "shop::a::b"], vec!["shop", "a shop::b"]),
            ("*::charge", vec!["a::charge", "::charge"], vec!["charge", "a::charge2"]),
            ("a*b*c", vec!["abc", "aXbYc", "abbcc"], vec!["ab", "acb", "abca"]),
            ("a*b*b*c*d", vec!["abbcd", "aXbYbcd"], vec!["abcd", "abcbd", "acbbd"]),
            ("a*a", vec!["aa", "aba"], vec!["a", "ab"]),
            ("*b*", vec!["b", "abc"], vec!["a", ""]),
            ("**", vec!["", "a"], vec![]),
        ] {
            let pattern = Pattern::new(pattern);
            assert!(names.iter().all(|name| pattern.matches(name)), "{pattern:?}");
            assert!(!others.iter().any(|name| pattern.matches(name)), "{pattern:?}");
        }
    }

    #[test]
    fn the_particular_comes_after_the_general() {
        let mut patterns =
            ["hosts{a}", "hosts*", "hosts{*}", "*", "hosts{*a}", "hosts", "*hosts", "hosts{a*}"]
                .map(Pattern::new);
        patterns.sort();
        let sorted = ["*", "*hosts", "hosts*", "hosts", "hosts{*}", "hosts{*a}", "hosts{a*}", "hosts{a}"];
        assert_eq!(patterns.map(|pattern| pattern.0), sorted);
    }
}
