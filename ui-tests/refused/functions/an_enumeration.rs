// fix by hand: `#[circuit_breaker]\n#[derive(Debug)]` => `#[derive(Debug)]`
use fluxgate::circuit_breaker;

#[circuit_breaker]
#[derive(Debug)]
enum Answer {
    Yes,
}

#[circuit_breaker]
fn call() -> std::io::Result<Answer> {
    Ok(Answer::Yes)
}

fn main() {
    let _ = call();
}
