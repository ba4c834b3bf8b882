//! What is wrong, where, and how to put it right.

use core::fmt;

use crate::text::token::TokenRange;

/// A mistake.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// What is wrong.
    pub what: String,
    /// Where.
    pub place: TokenRange,
    /// What to do about it.
    pub advice: Advice,
    /// Why the suggestion gives up values, if it does more than spell them in another way.
    pub losses: Vec<String>,
}

/// How to fix a mistake.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Advice {
    /// Unknown, or mentioned already.
    None,
    /// Advice in words, which no change of the text can express.
    Words(String),
    /// All that is possible, and perhaps more advice.
    List(String, Option<String>),
    /// A change of the text. Boxed, since problems are returned by value.
    Change(Box<Suggestion>),
}

/// A change that puts something right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suggestion {
    /// The tokens to replace, perhaps more than the wrong ones.
    pub range: TokenRange,
    /// What to write instead; empty to remove the tokens.
    pub replacement: String,
    /// How a message phrases it.
    pub aside: Aside,
}

/// How a message phrases a suggestion.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Aside {
    /// "write `replacement`", followed by this.
    Write(String),
    /// "write `replacement`, for example", followed by this: there was no value to keep.
    Example(String),
    /// "did you mean `replacement`?"
    DidYouMean,
    /// These words instead.
    Instead(String),
}

impl Problem {
    /// A problem, without help so far.
    pub fn new(place: TokenRange, what: impl Into<String>) -> Self {
        Self { what: what.into(), place, advice: Advice::None, losses: Vec::new() }
    }

    /// Marks the suggestion as one that gives up a value.
    #[must_use]
    pub fn losing(self) -> Self {
        Self { losses: vec![self.what.clone()], ..self }
    }

    /// Adds help in words, which replaces the usual phrasing of a suggestion.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        let help = help.into();
        match &mut self.advice {
            Advice::Change(suggestion) => suggestion.aside = Aside::Instead(help),
            advice => *advice = Advice::Words(help),
        }
        self
    }

    /// Adds a list of all that is possible, and perhaps more advice.
    #[must_use]
    pub fn list(mut self, list: impl Into<String>, rest: Option<String>) -> Self {
        self.advice = Advice::List(list.into(), rest);
        self
    }

    /// Suggests a replacement for the place.
    #[must_use]
    pub fn correct(self, replacement: impl Into<String>) -> Self {
        let place = self.place;
        self.correct_at(place, replacement)
    }

    /// Suggests a replacement for a range around the wrong place.
    #[must_use]
    pub fn correct_at(mut self, range: TokenRange, replacement: impl Into<String>) -> Self {
        let aside = match self.advice {
            Advice::Words(help) => Aside::Instead(help),
            _ => Aside::Write(String::new()),
        };
        self.advice = Advice::Change(Box::new(Suggestion { range, replacement: replacement.into(), aside }));
        self
    }

    /// Suggests a replacement for the place that is only an example.
    #[must_use]
    pub fn example(self, replacement: impl Into<String>) -> Self {
        self.correct(replacement).as_example()
    }

    /// Marks the suggestion as an example.
    #[must_use]
    pub fn as_example(mut self) -> Self {
        if let Advice::Change(suggestion) = &mut self.advice {
            suggestion.aside = Aside::Example(String::new());
        }
        self
    }

    /// Suggests what was probably meant at the place.
    #[must_use]
    pub fn did_you_mean(mut self, replacement: impl Into<String>) -> Self {
        let (range, replacement) = (self.place, replacement.into());
        self.advice = Advice::Change(Box::new(Suggestion { range, replacement, aside: Aside::DidYouMean }));
        self
    }

    /// Adds words to those of the suggestion.
    #[must_use]
    pub fn aside(mut self, words: impl Into<String>) -> Self {
        if let Advice::Change(suggestion) = &mut self.advice {
            suggestion.aside = match core::mem::replace(&mut suggestion.aside, Aside::DidYouMean) {
                Aside::Example(_) => Aside::Example(words.into()),
                Aside::Instead(help) => Aside::Instead(help + &words.into()),
                Aside::Write(before) => Aside::Write(before + &words.into()),
                Aside::DidYouMean => Aside::Write(words.into()),
            };
        }
        self
    }

    /// The change that fixes it, if there is one.
    pub fn suggestion(&self) -> Option<&Suggestion> {
        match &self.advice {
            Advice::Change(suggestion) => Some(suggestion),
            _ => None,
        }
    }

    /// Whether the suggested change is only an example.
    pub fn is_example(&self) -> bool {
        self.suggestion().is_some_and(|suggestion| matches!(suggestion.aside, Aside::Example(_)))
    }

    /// What is wrong, and what was probably meant.
    pub fn message(&self) -> String {
        match self.suggestion() {
            Some(Suggestion { replacement, aside: Aside::DidYouMean, .. }) => {
                format!("{}; did you mean `{replacement}`?", self.what)
            }
            _ => self.what.clone(),
        }
    }

    /// How to fix it, unless the message already tells.
    pub fn help_text(&self) -> Option<String> {
        match &self.advice {
            Advice::Words(words) | Advice::List(words, None) => Some(words.clone()),
            Advice::List(list, Some(rest)) => Some(format!("{list}; {rest}")),
            Advice::Change(suggestion) => {
                let Suggestion { replacement, aside, .. } = &**suggestion;
                match aside {
                    Aside::Write(words) => Some(format!("write `{replacement}`{words}")),
                    Aside::Example(words) => Some(format!("write `{replacement}`, for example{words}")),
                    Aside::Instead(words) => Some(words.clone()),
                    Aside::DidYouMean => None,
                }
            }
            Advice::None => None,
        }
    }
}

/// Leaves a list to the first of several problems that would give it.
pub fn list_once(problems: &mut [Problem]) {
    let mut given: Vec<String> = Vec::new();
    for problem in problems {
        let Advice::List(list, rest) = &mut problem.advice else { continue };
        if given.contains(list) {
            problem.advice = rest.take().map_or(Advice::None, Advice::Words);
        } else {
            given.push(list.clone());
        }
    }
}

/// The message without the place, for tokens that the compiler underlines in the source.
impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message())?;
        match self.help_text() {
            Some(help) => write!(formatter, "\nhelp: {help}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Problem;
    use crate::text::token::TokenRange;

    #[test]
    fn help_in_words_replaces_the_suggestion() {
        let problem = Problem::new(TokenRange::at(0), "wrong");
        assert_eq!(problem.to_string(), "wrong");
        assert_eq!(problem.clone().correct("x").to_string(), "wrong\nhelp: write `x`");
        assert_eq!(
            problem.clone().correct("x").aside(", or `y`").to_string(),
            "wrong\nhelp: write `x`, or `y`"
        );
        assert_eq!(
            problem.clone().correct("x").aside(", or `y`").aside("; not `z`").to_string(),
            "wrong\nhelp: write `x`, or `y`; not `z`"
        );
        assert_eq!(
            problem.clone().example("x").aside("; or not").to_string(),
            "wrong\nhelp: write `x`, for example; or not"
        );
        assert_eq!(problem.clone().help("right").correct("x").to_string(), "wrong\nhelp: right");
        assert_eq!(problem.did_you_mean("x").to_string(), "wrong; did you mean `x`?");
    }
}
