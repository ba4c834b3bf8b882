//! The edition of the code that is compiled.

use std::env;
use std::sync::OnceLock;

/// Whether closures of the user's edition are known to capture only the parts of a variable that they use, as they do since 2021. Only the
/// compiler's arguments tell, which an editor does not have.
pub(crate) fn captures_parts() -> bool {
    static ANSWER: OnceLock<bool> = OnceLock::new();
    *ANSWER.get_or_init(|| {
        let arguments: Vec<_> = env::args_os().collect();
        let edition = arguments.iter().enumerate().find_map(|(at, argument)| {
            let rest = argument.to_str()?.strip_prefix("--edition")?;
            match rest.strip_prefix('=') {
                Some(edition) => Some(edition),
                None => arguments.get(at + 1)?.to_str(),
            }
        });
        edition.is_some_and(|edition| !matches!(edition, "2015" | "2018"))
    })
}
