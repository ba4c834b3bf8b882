//! Clippy has less to say of a guarded function, and is not expected to say more.
#![deny(warnings)]
#![warn(clippy::pedantic, clippy::nursery, clippy::restriction)]
#![allow(clippy::allow_attributes, clippy::allow_attributes_without_reason, clippy::blanket_clippy_restriction_lints)]
#![allow(clippy::arbitrary_source_item_ordering, clippy::implicit_return, clippy::missing_docs_in_private_items)]
#![allow(clippy::missing_inline_in_public_items, clippy::missing_errors_doc, clippy::unwrap_used)]
#![allow(clippy::redundant_pub_crate, clippy::min_ident_chars, clippy::question_mark_used, clippy::pub_use)]
#![allow(clippy::single_call_fn, clippy::must_use_candidate, clippy::inline_always, clippy::tests_outside_test_module)]
#![allow(clippy::indexing_slicing, clippy::missing_assert_message, clippy::std_instead_of_core, clippy::shadow_reuse)]

use std::io::Result;

use fluxgate::circuit_breaker;
use fluxgate_ui_tests::run;

type Answer = Result<u32>;

#[expect(clippy::unused_async, reason = "it will wait for something")]
#[circuit_breaker]
pub async fn waits_for_nothing() -> Answer {
    Ok(1)
}

#[expect(clippy::unnecessary_wraps, clippy::missing_const_for_fn)]
#[circuit_breaker]
fn never_fails() -> Answer {
    Ok(1)
}

#[circuit_breaker]
#[cfg_attr(all(), expect(clippy::needless_return))]
fn returns() -> Answer {
    return Ok(1);
}

#[circuit_breaker]
fn in_the_body() -> Answer {
    #![expect(clippy::needless_return)]
    return Ok(1);
}

#[expect(clippy::needless_pass_by_value)]
#[circuit_breaker]
fn takes_a_value(text: String) -> Answer {
    Ok(text.parse().unwrap_or(1))
}

pub fn main() {
    let answers = [run(waits_for_nothing()), never_fails(), returns(), in_the_body(), takes_a_value(String::new())];
    assert!(answers.iter().all(|answer| *answer.as_ref().unwrap() == 1));
}
