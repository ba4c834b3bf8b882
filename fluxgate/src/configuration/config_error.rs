//! What is wrong with settings.

/// ```
/// use fluxgate::{CircuitBreaker, trip};
///
/// let error = CircuitBreaker::builder("payments").trip(trip::failure_rate(0.5)).build().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`failure_rate(0.5)` is not guarded by `min`: it trips on the first failed call
///   | failure_rate(0.5)
///   | ^^^^^^^^^^^^^^^^^
/// help: write `min(10) & failure_rate(0.5)`, or `min(1) & ..` to allow that",
/// );
/// ```
///
/// It is also what [`Rule`](crate::trip::Rule), [`Window`](crate::window::Window), [`Retry`](crate::retry::Retry) and
/// [`Permit`](crate::permit::Permit) return for a string that they cannot read:
///
/// ```
/// use fluxgate::{ConfigError, trip, window};
///
/// let rule: trip::Rule = "min(10) & failure_rate(50%)".parse()?;
/// assert_eq!(rule, trip::min(10) & trip::failure_rate(0.5));
///
/// let error = "min(10) & failure_rat(0.5)".parse::<trip::Rule>().unwrap_err();
/// let [problem] = error.problems() else { panic!("one mistake is one problem") };
/// assert_eq!(problem.message(), "unknown condition `failure_rat`; did you mean `failure_rate`?");
/// assert_eq!(problem.place(), Some(10..21));
///
/// let error = "time(60)".parse::<window::Window>().unwrap_err();
/// assert_eq!(error.problems()[0].help(), Some("write `60s`; units are `h`, `m`, `s`, `ms` and `us`"));
/// # Ok::<(), ConfigError>(())
/// ```
#[doc(inline)]
pub use fluxgate_rules::ConfigError;
#[doc(inline)]
pub use fluxgate_rules::ConfigProblem;
