use fluxgate::circuit_breaker;

enum Answer {
    #[circuit_breaker]
    Yes,
}

#[circuit_breaker]
fn call() -> std::io::Result<Answer> {
    Ok(Answer::Yes)
}

fn main() {
    let _ = call();
}
