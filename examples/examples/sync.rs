//! Plain threads and the standard library: a time server on a loopback port is down for a while, and three threads keep asking it.
//!
//! ```sh
//! cargo run --example sync
//! ```

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use fluxgate::{CallNotPermitted, Transition, circuit_breaker};

/// A refusal converts into `std::io::Error`, so the return type stays as it is.
#[circuit_breaker(
    name = "clock",
    handle = CLOCK,
    window = count(10),
    trip = min(5) & failure_rate(50%),
    retry = cooldown(400ms),
    permit = all,
)]
fn ask(server: SocketAddr) -> std::io::Result<String> {
    let mut answer = String::new();
    TcpStream::connect(server)?.read_to_string(&mut answer)?;
    Ok(answer)
}

/// Answers each connection with the seconds since it started, until `end`.
fn serve(listener: &TcpListener, end: Instant) -> std::io::Result<()> {
    let begin = Instant::now();
    listener.set_nonblocking(true)?;
    while Instant::now() < end {
        match listener.accept() {
            Ok((mut stream, _)) => write!(stream, "{:.1}", begin.elapsed().as_secs_f64())?,
            Err(_) => sleep(Duration::from_millis(1)),
        }
    }
    Ok(())
}

#[derive(Default)]
struct Counts {
    answered: AtomicU32,
    failed: AtomicU32,
    refused: AtomicU32,
}

impl Counts {
    fn count(&self, answer: std::io::Result<String>) {
        let counter = match answer.map_err(std::io::Error::downcast::<CallNotPermitted>) {
            Ok(_) => &self.answered,
            // A refusal travels inside the error.
            Err(Ok(_)) => &self.refused,
            Err(Err(_)) => &self.failed,
        };
        counter.fetch_add(1, Relaxed);
    }
}

fn main() -> std::io::Result<()> {
    let begin = Instant::now();
    let at = |milliseconds| begin + Duration::from_millis(milliseconds);
    CLOCK.listen(move |transition: &Transition| {
        let time = begin.elapsed().as_secs_f64();
        println!("{time:.1} s  {} -> {}: {}", transition.from, transition.to, transition.reason);
    });

    let counts = Counts::default();
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while Instant::now() < at(3000) {
                    counts.count(ask(address));
                    sleep(Duration::from_millis(20));
                }
            });
        }
        println!("0.0 s  the server answers");
        serve(&listener, at(1000))?;
        drop(listener);
        println!("1.0 s  the server is gone");
        sleep(at(2000) - Instant::now());
        let listener = TcpListener::bind(address)?;
        println!("2.0 s  the server is back");
        serve(&listener, at(3000))
    })?;

    let [answered, failed, refused] =
        [&counts.answered, &counts.failed, &counts.refused].map(|counter| counter.load(Relaxed));
    println!("3.0 s  {answered} calls answered, {failed} failed, {refused} refused without a try");
    Ok(())
}
