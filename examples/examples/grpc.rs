//! Calls of gRPC: a status that says that the server failed opens the breaker, one that is the caller's own fault does not, and a refusal is
//! a status, too, which tells when to come back.
//!
//! ```sh
//! cargo run --example grpc
//! ```

use std::time::Duration;

use fluxgate::circuit_breaker;
use fluxgate::testing::isolate;
use tonic::{Code, Status};

/// In place of a client that was made from a `.proto` file.
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
                println!("  a client that retries by itself waits for {} ms", wait.to_str().unwrap_or("?"));
            }
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // A minute passes at once.
    let clock = isolate();
    println!("Callers that are wrong open nothing:");
    for _ in 0..4 {
        ask(0, true).await;
    }
    println!("The breaker is {}. A server that is away opens it:", ACCOUNTS.state());
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
