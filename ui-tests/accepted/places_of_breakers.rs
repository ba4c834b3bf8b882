//! Places that hold a breaker, however they are reached.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, OnceLock, RwLock};

use fluxgate::{CallNotPermitted, CircuitBreaker, breaker, circuit_breaker};
use fluxgate_ui_tests::run;

static PAYMENTS: CircuitBreaker = breaker!(name = "payments");
static LAZY: LazyLock<CircuitBreaker> = LazyLock::new(|| breaker!(name = "lazy"));
static SEVERAL: [CircuitBreaker; 2] = [breaker!(name = "first"), breaker!(name = "second")];
static ONCE: OnceLock<CircuitBreaker> = OnceLock::new();
static BY_HOST: LazyLock<RwLock<HashMap<&str, CircuitBreaker>>> = LazyLock::new(RwLock::default);

struct Client {
    breaker: CircuitBreaker,
}

static CLIENT: Client = Client { breaker: breaker!(name = "client") };
static SHARED: LazyLock<Arc<Client>> =
    LazyLock::new(|| Arc::new(Client { breaker: breaker!(name = "shared") }));

struct Payments;

impl Payments {
    const NUMBER: usize = 1;
    const BREAKER: &'static CircuitBreaker = &PAYMENTS;
}

fn payments() -> &'static CircuitBreaker {
    &PAYMENTS
}

fn client() -> &'static Client {
    &CLIENT
}

#[circuit_breaker(breaker = PAYMENTS)]
fn of_a_static() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

#[circuit_breaker(breaker = LAZY)]
async fn of_a_lazy_one() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

#[circuit_breaker(breaker = SEVERAL[Payments::NUMBER])]
fn of_an_array() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

#[circuit_breaker(breaker = CLIENT.breaker)]
fn of_a_field() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

#[circuit_breaker(breaker = SHARED.breaker)]
async fn of_a_field_behind_two_pointers() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

#[circuit_breaker(breaker = *Payments::BREAKER)]
fn of_a_constant_reference() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

#[circuit_breaker(breaker = *payments())]
fn of_a_function() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

#[circuit_breaker(breaker = (*client()).breaker)]
fn of_a_field_of_a_function() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

#[circuit_breaker(breaker = ONCE.get_or_init(|| breaker!(name = "once")))]
fn made_once() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

#[circuit_breaker(breaker = BY_HOST.read().expect("nobody panics")[host])]
fn of_a_map(host: &str) -> Result<u32, CallNotPermitted> {
    Ok(1)
}

#[circuit_breaker(breaker = *{
    static INSIDE: CircuitBreaker = breaker!(name = "inside");
    &INSIDE
})]
fn of_a_block() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

#[circuit_breaker(breaker = *if is_live { &PAYMENTS } else { payments() })]
fn of_two_branches(is_live: bool) -> Result<bool, CallNotPermitted> {
    Ok(is_live)
}

#[circuit_breaker(breaker = *given.unwrap_or(&PAYMENTS))]
fn given_or_not(given: Option<&CircuitBreaker>) -> Result<u32, CallNotPermitted> {
    Ok(1)
}

pub fn main() {
    BY_HOST.write().unwrap().insert("localhost", breaker!(name = "localhost"));
    for _ in 0..2 {
        assert_eq!(of_a_static(), Ok(1));
        assert_eq!(run(of_a_lazy_one()), Ok(1));
        assert_eq!(of_an_array(), Ok(1));
        assert_eq!(of_a_field(), Ok(1));
        assert_eq!(run(of_a_field_behind_two_pointers()), Ok(1));
        assert_eq!(made_once(), Ok(1));
        assert_eq!(of_a_map("localhost"), Ok(1));
        assert_eq!(of_a_block(), Ok(1));
        assert_eq!(of_a_constant_reference(), Ok(1));
        assert_eq!(of_a_function(), Ok(1));
        assert_eq!(of_a_field_of_a_function(), Ok(1));
        assert_eq!((of_two_branches(true), of_two_branches(false)), (Ok(true), Ok(false)));
        assert_eq!((given_or_not(None), given_or_not(Some(&CLIENT.breaker))), (Ok(1), Ok(1)));
    }
    let total = |breaker: &CircuitBreaker| breaker.metrics().total();
    assert_eq!((total(&PAYMENTS), total(&LAZY), total(&SEVERAL[1])), (12, 2, 2));
    assert_eq!((total(&CLIENT.breaker), total(&SHARED.breaker)), (6, 2));
    assert_eq!((total(ONCE.get().unwrap()), total(&BY_HOST.read().unwrap()["localhost"])), (2, 2));
}
