//! A hanging service: no call has failed, none has even ended, and yet the breaker opens. On tokio's paused clock, this takes no time.
//!
//! ```sh
//! cargo run --example hanging
//! ```

use std::future::pending;
use std::time::Duration;

use fluxgate::{CallNotPermitted, State, circuit_breaker};
use tokio::time::{Instant, sleep};

/// When the service starts to hang, and when it recovers.
const HANGS: Duration = Duration::from_secs(5);
const BACK: Duration = Duration::from_secs(40);

/// Fifty concurrent calls never happen while it answers. In a trial, ten calls that have run for two seconds reveal a hang sooner.
#[circuit_breaker(
    trip = min(10) & (failure_rate(50%) | slow_rate(50%, 2s)) | in_flight(50),
    retry = cooldown(20s),
    permit = all,
    handle = SEARCH
)]
async fn search(began: Instant) -> Result<(), CallNotPermitted> {
    let time = began.elapsed();
    if time >= HANGS && time < BACK {
        pending::<()>().await;
    }
    sleep(Duration::from_millis(50)).await;
    Ok(())
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let began = Instant::now();
    let (mut state, mut refused) = (SEARCH.state(), 0);
    let mut news =
        [(HANGS, "the service starts to hang"), (BACK, "the service answers again")].into_iter().peekable();
    println!(" 0.0s: ten calls a second");
    while began.elapsed() < Duration::from_secs(60) {
        if let Some((time, text)) = news.next_if(|(time, _)| began.elapsed() >= *time) {
            println!("{:>4.1}s: {text}", time.as_secs_f64());
        }
        // Nobody waits for the answer, as for a request whose client is long gone.
        tokio::spawn(search(began));
        tokio::task::yield_now().await;
        if SEARCH.state() != state {
            state = SEARCH.state();
            let metrics = SEARCH.metrics();
            let in_flight = metrics.in_flight().unwrap_or_default();
            println!(
                "{:>4.1}s: the breaker is {state}, {in_flight} in flight",
                began.elapsed().as_secs_f64()
            );
            if let Err(refusal) = SEARCH.acquire().map(fluxgate::Call::ignore)
                && state == State::Open
            {
                println!("       {refusal}");
            }
        }
        refused += u32::from(state == State::Open);
        sleep(Duration::from_millis(100)).await;
    }
    println!("In all, {refused} calls were refused at once instead of hanging.");
    assert_eq!(state, State::Closed);
}
