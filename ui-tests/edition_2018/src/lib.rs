//! Functions written by a macro of the edition 2018, for crates of later ones.

/// Guarded functions that return part of what is behind a `&mut`.
#[macro_export]
macro_rules! guarded_functions {
    () => {
        #[fluxgate::circuit_breaker]
        fn append<'a>(lines: &'a mut Vec<String>, line: &str) -> Result<&'a mut Vec<String>, std::io::Error> {
            lines.extend(Some(line.to_owned()));
            Ok(lines)
        }

        #[fluxgate::circuit_breaker]
        fn first(lines: &mut [String]) -> Result<&mut String, std::io::Error> {
            Ok(&mut lines[0])
        }

        #[fluxgate::circuit_breaker(track = matches(_ if pair.0 > 0))]
        fn half(pair: &mut (u8, String)) -> Result<&mut String, std::io::Error> {
            pair.0 += 1;
            Ok(&mut pair.1)
        }
    };
}
