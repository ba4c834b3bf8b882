//! Functions whose line coverage is measured: see `tests/coverage.rs`.

/// The same as `guarded`, line by line.
mod bare {
    #[inline]
    pub(super) fn sync(number: u32) -> std::io::Result<u32> {
        if number == 0 {
            return Ok(1);
        }
        let doubled = number.checked_mul(2);
        doubled.ok_or_else(|| std::io::ErrorKind::InvalidInput.into())
    }

    #[inline]
    pub(super) async fn asynchronous(number: u32) -> std::io::Result<u32> {
        if number == 0 {
            return Ok(1);
        }
        let doubled = std::future::ready(number).await.checked_mul(2);
        doubled.ok_or_else(|| std::io::ErrorKind::InvalidInput.into())
    }
}

mod guarded {
    #[fluxgate::circuit_breaker]
    pub(super) fn sync(number: u32) -> std::io::Result<u32> {
        if number == 0 {
            return Ok(1);
        }
        let doubled = number.checked_mul(2);
        doubled.ok_or_else(|| std::io::ErrorKind::InvalidInput.into())
    }

    #[fluxgate::circuit_breaker]
    pub(super) async fn asynchronous(number: u32) -> std::io::Result<u32> {
        if number == 0 {
            return Ok(1);
        }
        let doubled = std::future::ready(number).await.checked_mul(2);
        doubled.ok_or_else(|| std::io::ErrorKind::InvalidInput.into())
    }
}
