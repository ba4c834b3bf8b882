//! Whatever string comes in: the reader of rules does not panic, and what it accepts prints and reads back as the same rule.
#![no_main]

use fluxgate::trip::Rule;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match text.parse::<Rule>() {
        Ok(rule) => {
            let printed = rule.to_string();
            let again: Rule =
                printed.parse().unwrap_or_else(|error| panic!("{text:?} prints {printed:?}: {error}"));
            assert_eq!(again, rule, "{text:?} prints {printed:?}");
            assert_eq!(again.to_string(), printed);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
