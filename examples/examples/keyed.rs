//! A breaker for each host: one of three is down, and the others do not notice. Then somebody invents hosts.
//!
//! ```sh
//! cargo run --example keyed
//! ```

use fluxgate::{CallNotPermitted, State, circuit_breaker};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Asks a host for something. All that need not answer are down.
#[circuit_breaker(
    name = "hosts",
    key = host,
    max_keys = 100,
    window = count(20),
    trip = min(5) & failure_rate(50%),
    handle = HOSTS,
)]
fn fetch(host: &str, item: u32) -> Result<String> {
    match host {
        "a.example.org" | "c.example.org" => Ok(format!("item {item} from {host}")),
        _ => Err(format!("no answer from {host}").into()),
    }
}

fn main() {
    for host in ["a.example.org", "b.example.org", "c.example.org"] {
        let answers: Vec<_> = (0..20).map(|item| fetch(host, item)).collect();
        let count = |is: fn(&Result<String>) -> bool| answers.iter().filter(|answer| is(answer)).count();
        let refused = count(|answer| answer.as_ref().is_err_and(|error| error.is::<CallNotPermitted>()));
        println!("{host}: of 20 calls, {} were answered, and {refused} refused", count(Result::is_ok));
    }
    let open = HOSTS.iter().filter(|(_, breaker)| breaker.state() == State::Open);
    println!("open: {:?}", open.map(|(host, _)| host).collect::<Vec<_>>());

    for invented in 0..10_000 {
        let _ = fetch(&format!("{invented}.example.net"), 1);
    }
    println!("after 10,000 invented hosts, {} have a breaker", HOSTS.len());
    println!("b.example.org is still refused: {}", fetch("b.example.org", 1).unwrap_err());
    println!("c.example.org still answers: {}", fetch("c.example.org", 1).unwrap());
}
