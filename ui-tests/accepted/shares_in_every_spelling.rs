//! Ratios as fractions, percentages and constants.

use fluxgate::circuit_breaker;

const HALF: f64 = 0.5;

mod limits {
    pub const SLOW: f64 = HALF_A_PERCENT * 2.0;
    const HALF_A_PERCENT: f64 = 0.005;
}

#[circuit_breaker(trip = min(10) & failure_rate(50%))]
fn percent() -> std::io::Result<()> {
    Ok(())
}

#[circuit_breaker(trip = min(10) & failure_rate(12.5%) | min(10) & slow_rate(limits::SLOW, 1s))]
fn fractions() -> std::io::Result<()> {
    Ok(())
}

#[circuit_breaker(trip = min(10) & failure_rate(HALF), retry = cooldown(5s, jitter = 10%), permit = random(HALF))]
fn constants() -> std::io::Result<()> {
    Ok(())
}

#[circuit_breaker(trip = "min(10) & failure_rate(100%)", permit = ramp_up(5%, 100%, 30s), normal = 5%)]
fn all() -> std::io::Result<()> {
    Ok(())
}

pub fn main() {
    assert!([percent(), fractions(), constants(), all()].iter().all(Result::is_ok));
}
