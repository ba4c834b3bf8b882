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
    a_time_limit
    aliases_of_futures
    aliases_of_result
    alternatives_with_a_leading_bar
    at_the_limits
    boxed_errors
    breaker_in_a_generic_function
    breaker_in_a_static
    breakers_as_values
    breakers_of_receivers
    breaks_and_continues
    bytes_in_patterns
    calls_in_flight
    changed_parameters
    closures_with_commas
    coercions
    commas_in_types
    comments_in_a_rule
    conditional_handles
    conditional_parameters
    conditions_that_differ
    constants
    constants_in_patterns
    counted_calls
    custom_functions
    delimiters_of_the_attribute
    drop_order
    errors_of_other_crates
    every_argument
    every_unit
    expectations
    expected_lints
    expected_lints_of_clippy
    failing_for_a_time
    forbidden_lints
    functions_as_values
    functions_of_result_itself
    futures
    generic_errors
    generics
    handle_and_cfg
    handle_with_visibility
    handlers_in_constants
    handlers_of_every_kind
    handlers_with_types
    handles_in_lower_case
    handles_of_methods
    inner_attributes
    keys
    items_in_the_body
    large_window
    lifetimes
    loops_and_labels
    macro_rules_async
    macro_rules_functions
    macro_rules_types
    names_in_any_script
    names_of_constants
    names_of_macros
    names_of_other_libraries
    names_of_ours
    names_of_primitive_types
    native_async_traits
    negated_trackers
    nested_parentheses
    never_returns
    no_arguments
    no_prelude
    opaque_results
    options_and_numbers
    outcomes_that_are_possible
    outer_attributes
    parameters_with_cfg
    paths_of_the_crate
    patterns_of_parameters
    pauses_from_errors
    permit_all
    places_of_breakers
    question_mark
    ranges_in_patterns
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
    server_errors
    shadowed_names
    shares_in_every_spelling
    small_window
    spellings_of_durations
    strings
    sure_of_a_share
    temporaries_of_the_tail
    text_in_ok
    text_of_a_type_of_ones_own
    text_of_errors
    text_returned
    the_main_function
    the_same_success_twice
    trackers_joined
    trailing_comma
    trait_methods
    trait_objects_of_one_thread
    trait_objects_under_async_trait
    two_breakers
    two_slow_thresholds
    types_with_one_method
    underscores_in_numbers
    unsafe_and_extern
    variants_by_name
    warnings_that_are_allowed
    within_functions_and_closures
}

#[test]
fn every_program_is_listed() {
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
