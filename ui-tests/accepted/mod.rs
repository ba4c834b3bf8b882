//! Programs that the compiler accepts, and that do what they say.
#![allow(dead_code, unreachable_pub, unused_qualifications, reason = "they are examples")]
#![allow(
    clippy::boxed_local,
    clippy::declare_interior_mutable_const,
    clippy::drop_non_drop,
    clippy::needless_pass_by_value
)]
#![allow(clippy::redundant_closure, clippy::trivially_copy_pass_by_ref, clippy::unnecessary_wraps)]
#![allow(clippy::unused_self, clippy::useless_conversion)]

use std::collections::BTreeSet;
use std::path::Path;

macro_rules! programs {
    ($($program:ident)*) => {
        $(mod $program;)*

        mod run {
            $(#[test]
            fn $program() {
                super::$program::main();
            })*
        }

        const NAMES: &[&str] = &[$(stringify!($program)),*];
    };
}

programs! {
    a_constant_name
    a_handler_that_is_a_function_of_a_type
    a_macro_around_the_attribute
    a_module_of_the_same_name
    a_rule_on_several_lines
    a_single_probe
    aliases_of_futures
    aliases_of_result
    alternatives_with_a_leading_bar
    at_the_limits
    breaker_in_a_generic_function
    breaker_in_a_static
    breakers_as_values
    breakers_of_receivers
    closures_with_commas
    coercions
    comments_in_a_rule
    constants
    custom_functions
    drop_order
    errors_of_other_crates
    every_argument
    every_unit
    expectations
    failing_for_a_time
    forbidden_lints
    functions_as_values
    futures
    generics
    handle_and_cfg
    handle_with_visibility
    handlers_of_every_kind
    handles_of_methods
    inner_attributes
    items_in_the_body
    large_window
    lifetimes
    loops_and_labels
    macro_rules_async
    macro_rules_functions
    macro_rules_types
    names_of_ours
    native_async_traits
    nested_parentheses
    never_returns
    no_arguments
    no_prelude
    opaque_results
    outcomes_that_are_possible
    outer_attributes
    parameters_with_cfg
    patterns_of_parameters
    permit_all
    places_of_breakers
    question_mark
    raw_identifiers
    raw_string
    reassigned_parameters
    reborrowed
    receivers
    recursion
    renamed_crate
    results_in_results
    retry_always
    retry_never
    returned_values
    send_futures
    shadowed_names
    small_window
    strings
    temporaries_of_the_tail
    the_same_success_twice
    trackers_joined
    trailing_comma
    trait_methods
    trait_objects_of_one_thread
    trait_objects_under_async_trait
    two_breakers
    two_slow_thresholds
    underscores_in_numbers
    unsafe_and_extern
    within_functions_and_closures
}

#[test]
fn none_is_forgotten() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|ancestor| ancestor.join("accepted"))
        .find(|folder| folder.is_dir())
        .unwrap();
    let files: BTreeSet<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|name| name != "mod")
        .collect();
    assert_eq!(files, NAMES.iter().map(|name| (*name).to_owned()).collect());
}
