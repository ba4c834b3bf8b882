use fluxgate::circuit_breaker;

#[circuit_breaker]
unsafe extern "C" fn call(_first: i32, ...) -> i32 {
    1
}

fn main() {
    let _ = call as *const ();
}
