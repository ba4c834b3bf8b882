//! Conditions of every word, even of a new one.

use fluxgate_rules::syntax::Value;
use fluxgate_rules::vocabulary::{Entry, Kind, TRIP};
use fluxgate_rules::{Condition, SureRate};
use proptest::prelude::*;
use proptest::strategy::Union;

/// The condition of any word whose values are data, with values that `value` makes of each kind, or `sure`.
pub(crate) fn condition(
    value: fn(Kind) -> BoxedStrategy<Value>,
    sure: impl Strategy<Value = SureRate> + 'static,
) -> impl Strategy<Value = Condition> {
    let of_word = move |entry: &'static Entry| {
        let values: Vec<_> = entry.positional.iter().map(|parameter| value(parameter.kind)).collect();
        values.prop_map(move |values| entry.condition(values).expect("values of the word's kinds")).boxed()
    };
    let is_data = |entry: &&Entry| entry.positional.iter().all(|parameter| parameter.kind != Kind::Function);
    let words = TRIP.entries.iter().filter(is_data).map(of_word);
    Union::new(words.chain([sure.prop_map(Condition::SureFailureRate).boxed()]))
}
