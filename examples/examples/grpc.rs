//! gRPC calls: statuses of server failures open the breaker, and those of the caller's own mistakes do not. A refusal is a status as well,
//! which says when to retry.
//!
//! ```sh
//! cargo run --example grpc
//! ```

use std::time::Duration;

use fluxgate::circuit_breaker;
use fluxgate::testing::isolate;
use tonic::{Code, Status};

/// In place of a client generated from a `.proto` file.
async fn client(account: u32, is_up: bool) -> Result<u64, Status> {
    tokio::task::yield_now().await;
    match account {
        _ if !is_up => Err(Status::unavailable("connection refused")),
        0 => Err(Status::invalid_argument("there is no account 0")),
        _ => Ok(100 * u64::from(account)),
    }
}

#[circuit_breaker(name = "accounts", trip = failure_streak(3), permit = all, track = server_errors, handle = ACCOUNTS)]
async fn balance(account: u32, is_up: bool) -> Result<u64, Status> {
    client(account, is_up).await
}

async fn ask(account: u32, is_up: bool) {
    match balance(account, is_up).await {
        Ok(cents) => println!("account {account}: {cents} cents"),
        Err(status) => {
            println!("account {account}: {:?}, {}", status.code(), status.message());
            if let (Code::Unavailable, Some(wait)) =
                (status.code(), status.metadata().get("grpc-retry-pushback-ms"))
            {
                println!("  (a client with automatic retries waits for {} ms)", wait.to_str().unwrap_or("?"));
            }
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // On this clock, a minute passes at once.
    let clock = isolate();
    println!("Mistakes of the caller do not open the breaker:");
    for _ in 0..4 {
        ask(0, true).await;
    }
    println!("The breaker is {}. A server that is down opens it:", ACCOUNTS.state());
    for _ in 0..4 {
        ask(7, false).await;
    }
    clock.advance(Duration::from_secs(60));
    println!("A minute later, it is back:");
    for _ in 0..3 {
        ask(7, true).await;
    }
    println!("The breaker is {}.", ACCOUNTS.state());
}
