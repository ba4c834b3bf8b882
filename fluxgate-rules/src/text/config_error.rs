//! What is wrong with settings, for the people who wrote them.

use core::fmt;
use core::ops::Range;

use crate::text::lexer::Lexed;
use crate::text::problem::Problem;
use crate::text::render::{bytes_of, draw, printable};

/// Everything that is wrong with some settings.
///
/// Its `Display` is the message that the compiler gives for the attribute: for each problem what is wrong, the place,
/// and how to fix it. [`problems`](Self::problems) returns the same as data.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConfigError(Vec<ConfigProblem>);

impl ConfigError {
    /// From these problems, at least one.
    #[doc(hidden)]
    pub const fn new(problems: Vec<ConfigProblem>) -> Self {
        Self(problems)
    }

    /// The problems, at least one.
    pub fn problems(&self) -> &[ConfigProblem] {
        &self.0
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, problem) in self.0.iter().enumerate() {
            write!(formatter, "{}{problem}", if nth > 0 { "\n" } else { "" })?;
        }
        Ok(())
    }
}

impl core::error::Error for ConfigError {}

/// One thing that is wrong with settings.
///
/// Its `Display` is the message with the place drawn and the help. Message, help and `Display` contain nothing that a
/// terminal would act on; the text is kept as given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConfigProblem {
    setting: &'static str,
    message: String,
    help: Option<String>,
    excerpt: Option<Excerpt>,
}

/// Where something is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Excerpt {
    text: String,
    bytes: Range<usize>,
}

impl ConfigProblem {
    /// A problem with a setting that has no text.
    #[doc(hidden)]
    pub fn new(setting: &'static str, message: impl Into<String>) -> Self {
        Self { setting, message: message.into(), help: None, excerpt: None }
    }

    /// Adds how to fix it.
    #[doc(hidden)]
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// A problem in the text of a setting.
    pub(crate) fn of(setting: &'static str, problem: &Problem, text: &str, lexed: &Lexed) -> Self {
        let help = problem.help_text().map(|help| printable(&help));
        Self { help, ..Self::new(setting, printable(&problem.message())) }
            .with_place(text, bytes_of(problem.place, text, &lexed.bytes))
    }

    /// Adds the text of the setting, and which bytes of it are wrong.
    pub(crate) fn with_place(mut self, text: &str, bytes: Range<usize>) -> Self {
        self.excerpt = Some(Excerpt { text: text.to_owned(), bytes });
        self
    }

    /// Starts the message with the setting's name, for text that does not show which setting it is.
    pub(crate) fn named(mut self) -> Self {
        self.message = format!("`{}`: {}", self.setting, self.message);
        self
    }

    /// Without that name, for a place that shows it anyway.
    #[doc(hidden)]
    #[must_use]
    pub fn unnamed(mut self) -> Self {
        if let Some(message) = self.message.strip_prefix(&format!("`{}`: ", self.setting)) {
            self.message = message.to_owned();
        }
        self
    }

    /// The setting, by its argument name in the attribute: `trip`, `window`.
    pub fn setting(&self) -> &str {
        self.setting
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// How to fix it, if that is known.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The setting as the attribute would spell it, or as passed to `parse`; `None` if it cannot be spelled.
    pub fn text(&self) -> Option<&str> {
        self.excerpt.as_ref().map(|excerpt| excerpt.text.as_str())
    }

    /// Which bytes of the [`text`](Self::text) are wrong. An empty range marks where something is missing.
    pub fn place(&self) -> Option<Range<usize>> {
        self.excerpt.as_ref().map(|excerpt| excerpt.bytes.clone())
    }
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.text().zip(self.place());
        formatter.write_str(&draw(&self.message, place, self.help()))
    }
}
