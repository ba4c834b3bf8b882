//! The cost of building a breaker at run time, compared with its peers, which check less or nothing:
//! `cargo bench --manifest-path benches/Cargo.toml --bench build`.

use std::hint::black_box;
use std::time::Duration;

use fluxgate::{CircuitBreaker, permit, retry, trip, window};
use fluxgate_benches::rounds::{Case, measure};
use fluxgate_benches::{machine, table};

const ROUNDS: usize = 61;
const ROUND: Duration = Duration::from_millis(2);
const MINUTE: Duration = Duration::from_secs(60);

fn main() {
    println!("{}\n", machine::describe());
    machine::pin(0);
    let mut cases = [
        made("**fluxgate**, defaults", || CircuitBreaker::builder("bench").build().expect("valid")),
        made("**fluxgate**, a rule", a_rule),
        made("**fluxgate**, everything set", everything),
        made("recloser 1.4", || {
            recloser::Recloser::custom()
                .error_rate(0.5)
                .closed_len(100)
                .half_open_len(10)
                .open_wait(MINUTE)
                .build()
        }),
        made("nobreak 0.1", || {
            nobreak::builder()
                .with_failure_threshold(10)
                .with_success_threshold(10)
                .with_open_duration(MINUTE)
                .build()
        }),
    ];
    let figures = measure(&mut cases, ROUNDS, ROUND);
    let mut rows = vec![["a breaker made and dropped", "ns", "spread"].map(str::to_owned).to_vec()];
    for (case, figure) in cases.iter().zip(figures) {
        rows.push(vec![
            case.name.clone(),
            format!("{:.0}", figure.median),
            format!("±{:.0}%", figure.spread() * 100.0),
        ]);
    }
    println!("{}", table::render(&rows));
}

/// Measured in the thread's own processor time.
fn made<T: 'static>(name: &str, make: fn() -> T) -> Case<'static> {
    Case::timed(name, move |times| {
        let start = machine::thread_time();
        for _ in 0..times {
            black_box(make());
        }
        machine::thread_time() - start
    })
}

fn a_rule() -> CircuitBreaker {
    let rule = trip::min(10) & trip::failure_rate(0.5);
    CircuitBreaker::builder("bench").window(window::count(100)).trip(rule).build().expect("valid")
}

fn everything() -> CircuitBreaker {
    let rule = trip::min(20) & (trip::failure_rate(0.5) | trip::slow_rate(0.3, Duration::from_secs(1)))
        | trip::failure_streak(5);
    CircuitBreaker::builder("bench")
        .window(window::time(MINUTE))
        .trip(rule)
        .retry(retry::backoff(Duration::from_secs(10)).max(5 * MINUTE).jitter(0.1))
        .permit(permit::ramp_up(0.1, 1.0, MINUTE))
        .max_half_open_calls(10)
        .half_open_timeout(5 * MINUTE)
        .build()
        .expect("valid")
}
