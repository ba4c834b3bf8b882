//! Every form of function that is not async.

use std::fmt::Display;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use fluxgate::testing::isolate;
use fluxgate::{CallNotPermitted, CircuitBreaker, State, breaker, circuit_breaker};
use fluxgate_tests::failure::Failure;

#[circuit_breaker(trip = failure_streak(2), handle = DIVIDE)]
fn divide(up: u32, down: u32) -> Result<u32, Failure> {
    if down == 0 {
        return Err(Failure::Down);
    }
    Ok(up / down)
}

#[test]
fn a_function_returns_what_it_returns_until_its_breaker_opens() {
    let clock = isolate();
    assert_eq!(divide(6, 2), Ok(3));
    assert_eq!(divide(6, 0), Err(Failure::Down));
    assert_eq!(divide(6, 0), Err(Failure::Down));
    let refusal = divide(6, 2).unwrap_err().refusal();
    assert_eq!(refusal.breaker(), "forms_sync::divide");
    assert_eq!(DIVIDE.state(), State::Open);
    clock.advance(std::time::Duration::from_secs(60));
    DIVIDE.reset();
    assert_eq!(divide(6, 2), Ok(3));
}

#[circuit_breaker]
fn with_the_defaults(fails: bool) -> Result<(), Failure> {
    if fails { Err(Failure::Down) } else { Ok(()) }
}

#[test]
fn the_attribute_works_without_arguments() {
    let _clock = isolate();
    for _ in 0..100 {
        assert_eq!(with_the_defaults(true), Err(Failure::Down));
    }
    assert_eq!(with_the_defaults(true).unwrap_err().refusal().state(), State::Open);
}

struct Parser<'a> {
    text: &'a mut String,
    breaker: CircuitBreaker,
}

impl Parser<'_> {
    fn new(text: &mut String) -> Parser<'_> {
        Parser { text, breaker: breaker!(trip = failure_streak(1)) }
    }

    #[circuit_breaker(trip = failure_streak(1))]
    fn by_reference(&self) -> Result<usize, Failure> {
        Ok(self.text.len())
    }

    // `(|| ..)()` would be an `FnMut` that lets go of what it captured.
    #[circuit_breaker(trip = failure_streak(1))]
    fn reborrowed(&mut self) -> Result<&mut String, Failure> {
        self.text.push('!');
        Ok(self.text)
    }

    #[circuit_breaker(trip = failure_streak(1))]
    fn by_value(self) -> Result<usize, Failure> {
        Ok(self.text.len())
    }

    #[circuit_breaker(trip = failure_streak(1))]
    #[allow(clippy::boxed_local, reason = "the receiver is what is tested")]
    fn boxed(self: Box<Self>) -> Result<usize, Failure> {
        Ok(self.text.len())
    }

    #[circuit_breaker(trip = failure_streak(1))]
    fn counted(self: &Arc<Self>) -> Result<usize, Failure> {
        Ok(Arc::strong_count(self))
    }

    #[circuit_breaker(breaker = self.breaker)]
    fn given(&self, fails: bool) -> Result<&str, Failure> {
        if fails { Err(Failure::Down) } else { Ok(self.text) }
    }

    // The body has exclusive use of `self`, so the breaker cannot stay borrowed.
    #[circuit_breaker(breaker = self.breaker)]
    fn given_to_a_writer(&mut self, fails: bool) -> Result<&mut Self, Failure> {
        self.text.push('?');
        if fails { Err(Failure::Down) } else { Ok(self) }
    }

    #[circuit_breaker(breaker = self.breaker)]
    fn given_to_the_last(self) -> Result<CircuitBreaker, Failure> {
        Ok(self.breaker)
    }
}

#[test]
fn methods_with_any_receiver_are_guarded() {
    let _clock = isolate();
    let mut text = String::from("abc");
    let mut parser = Parser::new(&mut text);
    assert_eq!(parser.by_reference(), Ok(3));
    assert_eq!(parser.reborrowed().map(|text| text.clone()), Ok("abc!".to_owned()));
    assert_eq!(parser.by_value(), Ok(4));
    assert_eq!(Box::new(Parser::new(&mut text)).boxed(), Ok(4));
    assert_eq!(Arc::new(Parser::new(&mut text)).counted(), Ok(1));
}

#[test]
fn a_breaker_may_be_a_field() {
    let _clock = isolate();
    let (mut first, mut second) = ("a".to_owned(), "b".to_owned());
    let (mut one, other) = (Parser::new(&mut first), Parser::new(&mut second));
    assert_eq!(one.given(false), Ok("a"));
    assert!(one.given_to_a_writer(false).is_ok());
    assert_eq!(one.given_to_a_writer(true).err(), Some(Failure::Down));
    assert_eq!(one.given(false).unwrap_err().refusal().state(), State::Open);
    assert!(one.given_to_a_writer(false).err().is_some_and(|error| error.refusal().state() == State::Open));
    assert_eq!(one.breaker.state(), State::Open);
    assert_eq!(other.given(false), Ok("b"));
    assert_eq!(other.given_to_the_last().map(|breaker| breaker.metrics().total()), Ok(2));
}

static SHARED: CircuitBreaker = breaker!(name = "shared", trip = failure_streak(1));
static LAZY: std::sync::LazyLock<Arc<CircuitBreaker>> = std::sync::LazyLock::new(|| {
    Arc::new(CircuitBreaker::builder("lazy").trip(fluxgate::trip::failure_streak(1)).build().unwrap())
});

#[circuit_breaker(breaker = SHARED)]
fn one_of_two(fails: bool) -> Result<(), Failure> {
    if fails { Err(Failure::Down) } else { Ok(()) }
}

#[circuit_breaker(breaker = SHARED)]
fn other_of_two() -> Result<(), Failure> {
    Ok(())
}

#[circuit_breaker(breaker = LAZY)]
fn behind_pointers(fails: bool) -> Result<(), Failure> {
    if fails { Err(Failure::Down) } else { Ok(()) }
}

#[circuit_breaker(breaker = breaker)]
fn in_a_parameter(breaker: &Arc<CircuitBreaker>) -> Result<(), Failure> {
    Err(Failure::Down)
}

#[circuit_breaker(breaker = breakers[1])]
fn in_a_parameter_by_value(breakers: Vec<CircuitBreaker>) -> Result<usize, Failure> {
    Ok(drop_all(breakers))
}

#[allow(clippy::needless_pass_by_value, reason = "dropping them is what is tested")]
fn drop_all(breakers: Vec<CircuitBreaker>) -> usize {
    breakers.len()
}

#[test]
fn any_place_that_derefs_to_a_breaker_will_do() {
    let _clock = isolate();
    assert_eq!(other_of_two(), Ok(()));
    assert_eq!(one_of_two(true), Err(Failure::Down));
    assert_eq!(other_of_two().unwrap_err().refusal().breaker(), "shared");
    assert_eq!(behind_pointers(true), Err(Failure::Down));
    assert_eq!(behind_pointers(false).unwrap_err().refusal().breaker(), "lazy");
    let breaker = Arc::new(breaker!(trip = failure_streak(1)));
    assert_eq!(in_a_parameter(&breaker), Err(Failure::Down));
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(in_a_parameter_by_value(vec![breaker!(), breaker!()]), Ok(2));
}

trait Source {
    fn fetch(&self, fails: bool) -> Result<u32, Failure>;

    #[circuit_breaker(trip = failure_streak(1))]
    fn fetch_with_default(&self, fails: bool) -> Result<u32, Failure> {
        if fails { Err(Failure::Down) } else { self.fetch(fails) }
    }
}

struct Network;

impl Source for Network {
    #[circuit_breaker(trip = failure_streak(1))]
    fn fetch(&self, fails: bool) -> Result<u32, Failure> {
        if fails { Err(Failure::Down) } else { Ok(1) }
    }
}

#[test]
fn trait_methods_and_default_bodies_are_guarded() {
    let _clock = isolate();
    assert_eq!(Network.fetch_with_default(false), Ok(1));
    assert_eq!(Network.fetch_with_default(true), Err(Failure::Down));
    assert!(matches!(Network.fetch_with_default(false), Err(Failure::NotPermitted(_))));
    assert_eq!(Network.fetch(true), Err(Failure::Down));
    assert!(matches!(Network.fetch(false), Err(Failure::NotPermitted(_))));
}

#[circuit_breaker(trip = failure_streak(1))]
fn generic<T: Display, E, const N: usize>(value: T, error: Option<E>) -> Result<[String; N], E>
where
    E: From<CallNotPermitted>,
{
    match error {
        Some(error) => Err(error),
        None => Ok(std::array::from_fn(|_| value.to_string())),
    }
}

#[test]
fn a_generic_function_shares_its_breaker_among_its_instantiations() {
    let _clock = isolate();
    assert_eq!(generic::<_, Failure, 2>(7, None), Ok(["7".to_owned(), "7".to_owned()]));
    assert_eq!(generic::<_, Failure, 1>("text", Some(Failure::Down)), Err(Failure::Down));
    assert!(matches!(generic::<_, Failure, 2>(7, None), Err(Failure::NotPermitted(_))));
    assert!(generic::<_, Box<dyn std::error::Error>, 2>(7, None).unwrap_err().is::<CallNotPermitted>());
}

/// # Safety
/// The pointer is valid.
#[circuit_breaker(trip = failure_streak(1))]
unsafe fn dereferenced(pointer: *const u32) -> Result<u32, Failure> {
    // SAFETY: the caller guarantees it.
    Ok(unsafe { *pointer })
}

#[circuit_breaker(trip = failure_streak(1), track = returned(0), rejected = |_| u32::MAX)]
extern "C" fn exported(value: u32) -> u32 {
    value
}

#[test]
fn unsafe_and_extern_functions_are_guarded() {
    let _clock = isolate();
    // SAFETY: the pointer comes from a reference.
    assert_eq!(unsafe { dereferenced(&7) }, Ok(7));
    let pointer: extern "C" fn(u32) -> u32 = exported;
    assert_eq!(pointer(3), 3);
    assert_eq!(pointer(0), 0);
    assert_eq!(pointer(3), u32::MAX);
}

#[circuit_breaker(trip = failure_streak(1))]
fn coerced(word: &str) -> Result<Box<dyn Display>, Box<dyn std::error::Error + Send + Sync>> {
    match word {
        "box" => return Ok(Box::new(7)),
        "error" => return Err("no such word".into()),
        "convert" => "x".parse::<u32>()?,
        _ => 1,
    };
    Ok(Box::new("text"))
}

#[test]
fn returned_values_are_coerced() {
    let _clock = isolate();
    assert_eq!(coerced("box").unwrap().to_string(), "7");
    assert_eq!(coerced("").unwrap().to_string(), "text");
    assert_eq!(coerced("error").err().unwrap().to_string(), "no such word");
    assert!(coerced("box").err().unwrap().is::<CallNotPermitted>());
}

#[circuit_breaker(trip = failure_streak(1))]
fn opaque(up_to: u32) -> Result<impl Iterator<Item = u32>, Failure> {
    if up_to == 0 {
        return Err(Failure::Down);
    }
    Ok((0..up_to).map(|number| number * 2))
}

#[test]
fn a_result_of_an_impl_trait_is_returned() {
    let _clock = isolate();
    assert_eq!(opaque(3).unwrap().collect::<Vec<_>>(), [0, 2, 4]);
    assert_eq!(opaque(0).err(), Some(Failure::Down));
    assert!(matches!(opaque(3).err(), Some(Failure::NotPermitted(_))));
}

/// The attribute below may be a macro, which would put the body where the compiler cannot infer its return type.
#[circuit_breaker(trip = failure_streak(1))]
#[rustfmt::skip]
fn opaque_in_a_box(up_to: u32) -> Result<Box<dyn Iterator<Item = impl Display>>, Failure> {
    if up_to == 0 { Err(Failure::Down) } else { Ok(Box::new(0..up_to)) }
}

#[test]
fn an_impl_trait_in_a_trait_object_is_returned() {
    let _clock = isolate();
    assert_eq!(opaque_in_a_box(2).unwrap().map(|number| number.to_string()).collect::<String>(), "01");
    assert_eq!(opaque_in_a_box(0).err(), Some(Failure::Down));
    assert!(matches!(opaque_in_a_box(2).err(), Some(Failure::NotPermitted(_))));
}

type Answer<T = u32> = Result<T, Failure>;

#[circuit_breaker(trip = failure_streak(1))]
fn behind_an_alias(fails: bool) -> Answer {
    if fails { Err(Failure::Down) } else { Ok(1) }
}

#[test]
fn a_result_behind_an_alias_is_recognized() {
    let _clock = isolate();
    assert_eq!(behind_an_alias(false), Ok(1));
    assert_eq!(behind_an_alias(true), Err(Failure::Down));
    assert!(matches!(behind_an_alias(false), Err(Failure::NotPermitted(_))));
}

#[circuit_breaker(trip = failure_streak(1))]
fn opaque_behind_an_alias(up_to: u32) -> Answer<impl Iterator<Item = u32>> {
    if up_to == 0 { Err(Failure::Down) } else { Ok(0..up_to) }
}

#[circuit_breaker(trip = failure_streak(1))]
fn opaque_in_a_type_behind_an_alias(by: u32) -> Answer<(Box<impl Fn(u32) -> u32>, [impl Display; 1])> {
    if by == 0 { Err(Failure::Down) } else { Ok((Box::new(move |number| number / by), [by])) }
}

#[test]
fn an_impl_trait_in_a_result_behind_an_alias_is_returned() {
    let _clock = isolate();
    assert_eq!(opaque_behind_an_alias(3).unwrap().collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(opaque_behind_an_alias(0).err(), Some(Failure::Down));
    assert!(matches!(opaque_behind_an_alias(3).err(), Some(Failure::NotPermitted(_))));
    let (half, [by]) = opaque_in_a_type_behind_an_alias(2).unwrap();
    assert_eq!((half(6), by.to_string().as_str()), (3, "2"));
    assert_eq!(opaque_in_a_type_behind_an_alias(0).err(), Some(Failure::Down));
    assert!(matches!(opaque_in_a_type_behind_an_alias(2).err(), Some(Failure::NotPermitted(_))));
}

macro_rules! guarded {
    ($(#[$attribute:meta])* $visibility:vis $name:ident($parameter:ident: $of:ty) -> $returned:ty $body:block) => {
        $(#[$attribute])*
        #[circuit_breaker(trip = failure_streak(1))]
        $visibility fn $name($parameter: $of) -> $returned $body
    };
}

guarded!(
    /// Made by a macro.
    pub(crate) from_a_macro(number: u32) -> Result<u32, Failure> {
        if number == 0 { Err(Failure::Down) } else { Ok(number) }
    }
);

// Formatting it would indent the attribute further each time.
#[rustfmt::skip]
macro_rules! with_settings {
    ($name:ident, $window:expr, $rate:expr, $count:literal, $track:pat) => {
        #[circuit_breaker(
            window = count($window),
            trip = min($count) & failure_rate($rate),
            track = matches($track)
        )]
        fn $name(fails: bool) -> Result<(), Failure> {
            if fails { Err(Failure::Down) } else { Ok(()) }
        }
    };
}

with_settings!(from_settings, 5 + 5, 0.5, 2, Failure::Down | Failure::NotPermitted(_));

#[test]
fn types_and_blocks_from_declarative_macros_are_guarded() {
    let _clock = isolate();
    assert_eq!(from_a_macro(1), Ok(1));
    assert_eq!(from_a_macro(0), Err(Failure::Down));
    assert!(matches!(from_a_macro(1), Err(Failure::NotPermitted(_))));
    assert_eq!(from_settings(false), Ok(()));
    assert_eq!(from_settings(true), Err(Failure::Down));
    assert!(matches!(from_settings(false), Err(Failure::NotPermitted(_))));
}

#[circuit_breaker(trip = failure_streak(1), handle = RAW)]
fn r#match(r#type: u32) -> Result<u32, Failure> {
    Ok(r#type)
}

#[test]
fn raw_identifiers_name_breakers_without_their_prefix() {
    let _clock = isolate();
    assert_eq!(r#match(3), Ok(3));
    assert_eq!(RAW.name(), "forms_sync::match");
}

#[circuit_breaker(
    trip = failure_streak(1),
    track = custom(|error| *error == Failure::Down && call + returned == 3),
    fallback = |failed| Err(if value > 0 { failed } else { Failure::Down })
)]
fn shadowed(
    call: u32,
    returned: u32,
    error: u32,
    refusal: u32,
    breaker: u32,
    value: u32,
) -> Result<u32, Failure> {
    let probe = call + returned + error + refusal + breaker + value;
    if probe == 0 { Err(Failure::Down) } else { Ok(probe) }
}

#[test]
fn locals_are_not_confused_with_ours() {
    let _clock = isolate();
    assert_eq!(shadowed(1, 2, 3, 4, 5, 6), Ok(21));
    assert_eq!(shadowed(0, 0, 0, 0, 0, 0), Err(Failure::Down));
}

#[circuit_breaker(trip = failure_streak(1))]
fn with_inner_attributes() -> Result<u32, Failure> {
    #![allow(unused_variables)]
    //! Documented inside.
    let unused = 1;
    Ok(2)
}

#[test]
fn inner_attributes_belong_to_the_function() {
    let _clock = isolate();
    assert_eq!(with_inner_attributes(), Ok(2));
}

#[circuit_breaker(trip = failure_streak(1), handle = PANICS)]
fn panics(with: &str) -> Result<(), Failure> {
    panic!("{with}")
}

#[test]
fn a_panic_unwinds_through_and_is_a_failure() {
    let _clock = isolate();
    let payload = std::panic::catch_unwind(|| panics("all is lost")).unwrap_err();
    assert_eq!(payload.downcast_ref::<String>().unwrap(), "all is lost");
    assert_eq!(PANICS.state(), State::Open);
}

static CALLS: AtomicU32 = AtomicU32::new(0);

#[circuit_breaker(trip = failure_streak(1))]
fn counted() -> Result<(), Failure> {
    CALLS.fetch_add(1, Ordering::Relaxed);
    Err(Failure::Down)
}

/// Regression: an attribute of this name in another crate runs the body although the breaker is open.
#[test]
fn a_refused_call_is_not_made() {
    let _clock = isolate();
    for _ in 0..5 {
        assert!(counted().is_err());
    }
    assert_eq!(CALLS.load(Ordering::Relaxed), 1);
}

#[circuit_breaker(trip = failure_streak(2))]
#[circuit_breaker(name = "another", trip = failure_streak(1))]
fn twice(fails: bool) -> Result<(), Failure> {
    if fails { Err(Failure::Down) } else { Ok(()) }
}

#[test]
fn a_function_may_have_two_breakers() {
    let _clock = isolate();
    assert_eq!(twice(true), Err(Failure::Down));
    assert!(matches!(twice(false), Err(Failure::NotPermitted(_))));
    assert!(matches!(twice(false), Err(Failure::NotPermitted(_))));
}

mod shared_name {
    #[super::circuit_breaker]
    pub(crate) fn shared_name() -> Result<u8, super::Failure> {
        Ok(1)
    }
}
use shared_name::shared_name;

#[test]
fn a_module_may_have_the_name_of_the_function() {
    let _clock = isolate();
    assert_eq!(shared_name(), Ok(1));
}

#[test]
fn functions_within_functions_are_guarded() {
    #[circuit_breaker(trip = failure_streak(1), handle = INNER)]
    fn inner() -> Result<(), Failure> {
        Err(Failure::Down)
    }
    let _clock = isolate();
    assert_eq!(inner(), Err(Failure::Down));
    assert_eq!(INNER.state(), State::Open);
}

trait Located {
    #[track_caller]
    fn locate(&self) -> Result<u32, Failure>;
}

impl Located for Network {
    #[circuit_breaker]
    fn locate(&self) -> Result<u32, Failure> {
        Ok(Location::caller().line() - line!())
    }
}

/// The attribute does not see the declaration, otherwise it would refuse this.
#[test]
fn the_caller_is_lost_if_only_the_declaration_tracks_it() {
    let _clock = isolate();
    assert_eq!(Network.locate(), Ok(0));
}
