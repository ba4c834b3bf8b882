//! The name of a breaker as part of an address.

use serde::Deserialize;

/// A breaker's name as a path segment. Any name can be written with a `=` in front, and some must be: `events`, for
/// example, which is another address, `..`, which browsers remove, and names that begin with `=`.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct Address(String);

impl Address {
    pub(crate) fn name(&self) -> &str {
        self.0.strip_prefix('=').unwrap_or(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn every_name_has_an_address() {
        for (address, name) in
            [("payments", "payments"), ("=payments", "payments"), ("=events", "events"), ("==", "=")]
        {
            assert_eq!(Address(address.to_owned()).name(), name);
        }
    }
}
