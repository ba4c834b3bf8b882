//! Without the attribute: a builder, a guard, a breaker shared by several functions, and a breaker for each client.
//!
//! ```sh
//! cargo run --example by_hand
//! ```

use std::fmt::Display;
use std::time::Duration;

use fluxgate::{CircuitBreaker, Error, breaker, permit, retry, trip, window};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// One breaker for everything that needs the payment service. Its rule is checked while the program compiles.
static PAYMENTS: CircuitBreaker = breaker!(
    name = "payments",
    window = count(20),
    trip = min(4) & failure_rate(50%),
    retry = cooldown(30s),
);

fn charge(amount: u32) -> std::result::Result<u32, Error<String>> {
    PAYMENTS.call(|| if amount < 100 { Ok(amount) } else { Err(format!("no answer about {amount}")) })
}

fn refund(amount: u32) -> std::result::Result<u32, Error<String>> {
    PAYMENTS.call(|| Err(format!("no answer about {amount}")))
}

/// A client of one region, and its breaker: one region's outage is not another's.
struct Client {
    region: &'static str,
    breaker: CircuitBreaker,
}

impl Client {
    fn new(region: &'static str) -> Result<Self> {
        let breaker = CircuitBreaker::builder(format!("search in {region}"))
            .window(window::time(Duration::from_secs(60)))
            .trip(trip::failure_streak(3) | trip::min(20) & trip::slow_rate(0.3, Duration::from_secs(1)))
            .retry(retry::backoff(Duration::from_secs(10)).max(Duration::from_secs(300)).jitter(0.1))
            .permit(permit::ramp_up(0.1, 1.0, Duration::from_secs(30)))
            .build()?;
        Ok(Self { region, breaker })
    }

    fn search(&self, word: &str) -> std::result::Result<String, Error<&'static str>> {
        self.breaker.call(|| match self.region {
            "north" => Ok(format!("2 results for {word}")),
            _ => Err("connection reset"),
        })
    }
}

/// A guard, for work that is not a closure: the code reports the outcome, and dropping the guard without one releases its slot.
fn poll(breaker: &CircuitBreaker, answer: Option<bool>) -> Result<()> {
    let call = breaker.acquire()?;
    match answer {
        Some(true) => call.success(),
        Some(false) => call.failure(),
        // No answer was expected: neither success nor failure.
        None => call.ignore(),
    }
    Ok(())
}

/// The text of an error; a refusal takes two lines, to fit a terminal.
fn message(error: impl Display) -> String {
    error.to_string().replacen(": ", ":\n    ", 1)
}

fn main() -> Result<()> {
    println!("Two functions behind one breaker:");
    for result in [charge(20), refund(20), refund(30), charge(500), charge(20)] {
        match result {
            Ok(amount) => println!("  charged {amount}"),
            Err(Error::NotPermitted(refusal)) => println!("  {}", message(refusal)),
            Err(error) => println!("  failed: {error}"),
        }
    }

    println!("One breaker per client:");
    for client in [Client::new("north")?, Client::new("south")?] {
        for _ in 0..4 {
            match client.search("lamp") {
                Ok(answer) => println!("  {}: {answer}", client.region),
                Err(error) => println!("  {}: {}", client.region, message(error)),
            }
        }
    }

    println!("A guard:");
    let breaker = CircuitBreaker::builder("sensor").trip(trip::failure_streak(2)).build()?;
    for answer in [Some(true), None, Some(false), Some(false)] {
        poll(&breaker, answer)?;
    }
    println!("  {}", message(poll(&breaker, Some(true)).expect_err("two failures in a row")));

    println!("A rule that can never hold is rejected:");
    let wrong = trip::min(200) & trip::failure_rate(0.5);
    let refused = CircuitBreaker::builder("wrong").window(window::count(100)).trip(wrong).build();
    for line in refused.expect_err("200 of 100 calls").to_string().lines() {
        println!("  {line}");
    }

    println!("All live breakers, after `PAYMENTS.reset()`:");
    PAYMENTS.reset();
    for breaker in fluxgate::breakers() {
        println!("  {:<16} {}", breaker.name(), breaker.state());
    }
    Ok(())
}
