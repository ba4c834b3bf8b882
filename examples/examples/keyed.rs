//! A breaker for each host: one of three is down, and the others are unaffected. Then somebody invents hosts, none of which answers, and
//! the hosts in constant use are still unaffected.
//!
//! ```sh
//! cargo run --example keyed
//! ```

use std::time::Duration;

use fluxgate::testing::ManualClock;
use fluxgate::{CallNotPermitted, State, circuit_breaker};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Fetches something from a host. All hosts but two are down.
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

/// Asks a host this often, and summarizes the answers.
fn ask(host: &str, times: u32) -> String {
    let answers: Vec<_> = (0..times).map(|item| fetch(host, item)).collect();
    let refused = answers.iter().filter(|answer| is_refused(answer)).count();
    let answered = answers.iter().filter(|answer| answer.is_ok()).count();
    format!("{answered} answered, {} failed, {refused} refused", answers.len() - answered - refused)
}

fn is_refused(answer: &Result<String>) -> bool {
    answer.as_ref().is_err_and(|error| error.is::<CallNotPermitted>())
}

fn main() -> Result<()> {
    // On this clock, minutes pass at once.
    let clock = ManualClock::new();
    fluxgate::set_clock(clock.clone())?;

    println!("Three hosts, 20 calls each:");
    for host in ["a.example.org", "b.example.org", "c.example.org"] {
        println!("  {host}: {}", ask(host, 20));
    }
    let open = HOSTS.iter().filter(|(_, breaker)| breaker.state() == State::Open);
    println!("  open: {:?}", open.map(|(host, _)| host).collect::<Vec<_>>());
    println!("  {}", fetch("b.example.org", 1).unwrap_err());

    println!("Minutes later, somebody invents 10,000 hosts. Each is called 10 times, and none answers:");
    let (mut answered, mut failed, mut refused) = (0, 0, 0);
    for second in 0..180 + 100 {
        clock.advance(Duration::from_secs(1));
        for host in ["a.example.org", "c.example.org"] {
            answered += u32::from(fetch(host, second).is_ok());
        }
        let invented = if second < 180 { 0..0 } else { 100 * second..100 * (second + 1) };
        for answer in
            invented.flat_map(|nth| (0..10).map(move |item| fetch(&format!("{nth}.example.net"), item)))
        {
            if is_refused(&answer) { refused += 1 } else { failed += 1 }
        }
    }
    println!("  {failed} of those calls failed, and {refused} were refused");
    println!(
        "  {} hosts have their own breaker; all others share one, which is {}",
        HOSTS.len(),
        HOSTS.overflow().state()
    );
    println!(
        "  a.example.org and c.example.org were called once a second, and answered {answered} of 560 calls"
    );
    for host in ["a.example.org", "b.example.org", "c.example.org"] {
        let breaker = HOSTS.get(host);
        println!("  `{}` is {}", breaker.name(), breaker.state());
    }
    Ok(())
}
