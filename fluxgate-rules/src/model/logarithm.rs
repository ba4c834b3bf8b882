//! Natural logarithms that also work in const contexts.

use core::f64::consts::{LN_2, PI, SQRT_2};

/// The natural logarithm of a positive, normal number, to within a few units in the last place.
///
/// The number is written as `m 2^k`, with `m` between the square roots of a half and of two; its logarithm is `k ln 2 +
/// 2 artanh((m - 1) / (m + 1))`. The first omitted term of that series is below 1e-18.
pub(crate) const fn ln(number: f64) -> f64 {
    const FRACTION: u64 = (1 << 52) - 1;
    const BIAS: u64 = 1_023;
    const LAST_TERM: u32 = 21;
    let bits = number.to_bits();
    let mut exponent = (bits >> 52) as f64 - BIAS as f64;
    let mut mantissa = f64::from_bits(bits & FRACTION | BIAS << 52);
    if mantissa > SQRT_2 {
        mantissa /= 2.0;
        exponent += 1.0;
    }
    let t = (mantissa - 1.0) / (mantissa + 1.0);
    let mut term = LAST_TERM;
    let mut sum = 1.0 / term as f64;
    while term > 1 {
        term -= 2;
        sum = sum * t * t + 1.0 / term as f64;
    }
    exponent * LN_2 + 2.0 * t * sum
}

/// The natural logarithm of `n!`: the product for small `n`, otherwise Stirling's series, whose next term is below
/// 1e-17 there.
pub(crate) const fn ln_factorial(n: u64) -> f64 {
    if n < 32 {
        let (mut product, mut factor) = (1.0, 2);
        while factor <= n {
            product *= factor as f64;
            factor += 1;
        }
        return ln(product);
    }
    let n = n as f64;
    let inverse = 1.0 / n;
    let square = inverse * inverse;
    let series = inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0)));
    n * ln(n) - n + ln(2.0 * PI * n) / 2.0 + series
}

#[cfg(test)]
mod tests {
    use super::{ln, ln_factorial};

    #[test]
    fn logarithms_match_the_standard_library() {
        const OF_TWO: f64 = ln(2.0);
        assert!((OF_TWO - core::f64::consts::LN_2).abs() < 1e-16);
        let mut number = 1e-300_f64;
        while number < 1e300 {
            let (found, exact) = (ln(number), number.ln());
            assert!(
                (found - exact).abs() <= 4.0 * f64::EPSILON * exact.abs().max(1.0),
                "{number}: {found} {exact}"
            );
            number *= 1.003;
        }
    }

    #[test]
    fn factorials_are_sums_of_logarithms() {
        let mut sum = 0.0;
        for n in 1..=5_000_u64 {
            sum += (n as f64).ln();
            let found = ln_factorial(n);
            assert!((found - sum).abs() < 1e-12 * sum.max(1.0), "{n}: {found} {sum}");
        }
        assert!(ln_factorial(0).abs() < 1e-300);
    }
}
