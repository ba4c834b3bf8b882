//! Which outcomes results can have, as far as trackers tell.
//!
//! A question about a result, `matches(Down)`, is answered yes or no, and the same question always gets the same answer. All
//! combinations of answers are tried, so what is found impossible certainly is. What Rust knows about patterns is not considered: that
//! no result matches both of two, or that every result matches one of them.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::Pat;

use crate::track::claim::{Claim, Domain, Predicate};
use crate::track::operand::{is_lowercase, pattern};
use crate::track::tracker::Arm;

/// With more questions than this, everything counts as possible.
const MAX_QUESTIONS: usize = 12;

/// Which of several trackers, in the order of asking, may decide what a result is, and whether none may.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Decided {
    pub(crate) by: [bool; 3],
    pub(crate) by_none: bool,
}

impl Decided {
    /// Judging by what the trackers claim among results in this domain.
    pub(crate) fn of(claims: [&Claim; 3], domain: Domain) -> Self {
        let mut questions = Questions(Vec::new());
        let claims = claims.map(|claim| questions.formula(claim, domain));
        let count = questions.0.len();
        if count > MAX_QUESTIONS {
            return Self { by: claims.map(|claim| claim != Formula::Constant(false)), by_none: true };
        }
        let mut decided = Self::default();
        for answers in 0..1_u32 << count {
            match claims.iter().position(|claim| claim.holds(answers)) {
                Some(tracker) => decided.by[tracker] = true,
                None => decided.by_none = true,
            }
        }
        decided
    }

    /// The questions of a tracker where a yes changes nothing, since an earlier tracker asks the same: each with the index of
    /// that tracker and of the earlier one.
    pub(crate) fn repeated(claims: [&Claim; 3], domain: Domain) -> Vec<(String, usize, usize)> {
        let mut questions = Questions(Vec::new());
        let claims = claims.map(|claim| questions.formula(claim, domain));
        let count = questions.0.len();
        if count > MAX_QUESTIONS {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (question, text) in questions.0.iter().enumerate() {
            let yes = 1 << question;
            let mut asking = (0..claims.len()).filter(|tracker| claims[*tracker].asks(question));
            let (Some(earlier), Some(later)) = (asking.next(), asking.next()) else { continue };
            let all = || 0..1_u32 << count;
            let claims_by_it =
                |answers: u32| claims[later].holds(answers | yes) && !claims[later].holds(answers & !yes);
            let is_claimed_before =
                |answers: u32| claims[..later].iter().any(|claim| claim.holds(answers | yes));
            if all().any(claims_by_it)
                && all().filter(|answers| claims_by_it(*answers)).all(is_claimed_before)
            {
                found.push((text.clone(), later, earlier));
            }
        }
        found
    }

    pub(crate) fn or(self, other: Self) -> Self {
        let mut by = self.by;
        for (one, another) in by.iter_mut().zip(other.by) {
            *one |= another;
        }
        Self { by, by_none: self.by_none || other.by_none }
    }
}

/// The questions about a result, as written.
struct Questions(Vec<String>);

/// A predicate over the answers.
#[derive(PartialEq)]
enum Formula {
    Constant(bool),
    /// The answer to the question with this index.
    Answer(usize),
    Not(Box<Formula>),
    All(Vec<Formula>),
    Any(Vec<Formula>),
}

impl Formula {
    fn asks(&self, question: usize) -> bool {
        match self {
            Self::Constant(_) => false,
            Self::Answer(asked) => *asked == question,
            Self::Not(inner) => inner.asks(question),
            Self::All(members) | Self::Any(members) => members.iter().any(|member| member.asks(question)),
        }
    }

    fn holds(&self, answers: u32) -> bool {
        match self {
            Self::Constant(holds) => *holds,
            Self::Answer(question) => answers >> question & 1 == 1,
            Self::Not(inner) => !inner.holds(answers),
            Self::All(members) => members.iter().all(|member| member.holds(answers)),
            Self::Any(members) => members.iter().any(|member| member.holds(answers)),
        }
    }
}

impl Questions {
    fn formula(&mut self, claim: &Claim, domain: Domain) -> Formula {
        match claim {
            Claim::Inapplicable => Formula::Constant(false),
            Claim::Constant(claims) => Formula::Constant(*claims),
            Claim::If(predicate) => self.predicate(predicate, domain),
        }
    }

    fn predicate(&mut self, predicate: &Predicate, domain: Domain) -> Formula {
        match predicate {
            Predicate::Error(arm) | Predicate::Value(arm) => self.arm(arm, None),
            Predicate::Returned(arm) => self.arm(arm, Some(domain)),
            Predicate::TypeOf(_, types) => {
                let mut ask = |ty: &syn::Type| self.ask(&format!("type_of {}", ty.to_token_stream()));
                Formula::Any(types.iter().map(&mut ask).collect())
            }
            Predicate::Custom(function) => self.ask(&format!("custom {}", function.tokens)),
            Predicate::ServerError => self.ask("server_errors"),
            Predicate::Not(inner) => Formula::Not(Box::new(self.predicate(inner, domain))),
            Predicate::And(members) => {
                Formula::All(members.iter().map(|member| self.predicate(member, domain)).collect())
            }
            Predicate::Or(members) => {
                Formula::Any(members.iter().map(|member| self.predicate(member, domain)).collect())
            }
        }
    }

    /// A pattern matches if one of its alternatives does. With a domain, it is a pattern of whole return values.
    fn arm(&mut self, Arm { pattern: written, guard, .. }: &Arm, whole: Option<Domain>) -> Formula {
        let Ok(parsed) = pattern(written.clone()) else { return self.ask(&written.to_string()) };
        let pattern = self.pattern(&parsed, whole);
        let Some(guard) = guard else { return pattern };
        // The guard depends on what the pattern has bound.
        let guard = self.ask(&format!("{written} if {guard}"));
        Formula::All(vec![pattern, guard])
    }

    fn pattern(&mut self, pattern: &Pat, whole: Option<Domain>) -> Formula {
        match (pattern, whole) {
            (Pat::Or(or), _) => Formula::Any(or.cases.iter().map(|case| self.pattern(case, whole)).collect()),
            (Pat::Paren(paren), _) => self.pattern(&paren.pat, whole),
            (Pat::Wild(_) | Pat::Rest(_), _) => Formula::Constant(true),
            (Pat::Ident(name), _) => match &name.subpat {
                Some((_, inner)) => self.pattern(inner, whole),
                // A new name, not a constant.
                None if is_lowercase(&name.ident) => Formula::Constant(true),
                None => self.value(&text(pattern)),
            },
            (Pat::TupleStruct(variant), Some(domain)) if variant.elems.len() == 1 => {
                let is = |name: &str| variant.path.segments.last().is_some_and(|last| last.ident == name);
                match domain {
                    Domain::Ok if is("Ok") => self.pattern(&variant.elems[0], None),
                    Domain::Err if is("Err") => self.pattern(&variant.elems[0], None),
                    Domain::Ok if is("Err") => Formula::Constant(false),
                    Domain::Err if is("Ok") => Formula::Constant(false),
                    _ => self.value(&text(pattern)),
                }
            }
            _ => self.value(&text(pattern)),
        }
    }

    /// A pattern that binds nothing. If two exclude each other and leave nothing else, one is the negation of the other.
    fn value(&mut self, pattern: &str) -> Formula {
        const PAIRS: [[&str; 2]; 2] = [["true", "false"], ["None", "Some ( _ )"]];
        match PAIRS.iter().find(|[_, other]| *other == pattern) {
            Some([one, _]) => Formula::Not(Box::new(self.ask(one))),
            None => self.ask(pattern),
        }
    }

    fn ask(&mut self, question: &str) -> Formula {
        let known = self.0.iter().position(|known| known == question);
        Formula::Answer(known.unwrap_or_else(|| {
            self.0.push(question.to_owned());
            self.0.len() - 1
        }))
    }
}

/// A pattern as text that is the same wherever it is written, and whatever prints it.
fn text(pattern: &Pat) -> String {
    fn write(tokens: TokenStream, text: &mut Vec<String>) {
        for tree in tokens {
            match tree {
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::None => ("", ""),
                    };
                    text.push(open.to_owned());
                    write(group.stream(), text);
                    text.push(close.to_owned());
                }
                tree => text.push(tree.to_string()),
            }
        }
    }
    let mut text = Vec::new();
    write(pattern.to_token_stream(), &mut text);
    text.retain(|part| !part.is_empty());
    text.join(" ")
}

#[cfg(test)]
mod tests {
    use super::Decided;
    use crate::input::arguments::Arguments;
    use crate::input::errors::CompileErrors;
    use crate::input::names::Macro;
    use crate::track::claim::{Claim, Domain};
    use crate::track::parser::tracker;

    /// Which of two trackers may decide what an error is, and whether none may.
    fn decided(first: &str, second: &str) -> ([bool; 2], bool) {
        let mut errors = CompileErrors::default();
        let tokens = format!("success = {first}, track = {second}").parse().expect("the test's own tokens");
        let arguments = Arguments::parse(tokens, Macro::CircuitBreaker, &mut errors);
        let [first, second] = ["success", "track"].map(|name| {
            let tracker = tracker(arguments.get(name).expect("given"), &mut errors).expect("a tracker");
            Claim::of(&tracker, Domain::Err)
        });
        let Decided { by: [_, first, second], by_none } =
            Decided::of([&Claim::Inapplicable, &first, &second], Domain::Err);
        ([first, second], by_none)
    }

    #[test]
    fn the_trackers_that_may_decide_are_found() {
        for (first, second, expected) in [
            ("all", "all", ([true, false], false)),
            ("matches(A)", "all", ([true, true], false)),
            ("matches(A)", "matches(B)", ([true, true], true)),
            ("matches(A)", "matches(A)", ([true, false], true)),
            ("matches(A | B)", "matches((B) | A)", ([true, false], true)),
            ("matches(A | B)", "matches(A | C)", ([true, true], true)),
            ("matches(A if x)", "matches(A)", ([true, true], true)),
            ("matches(A)", "matches(A if x)", ([true, false], true)),
            ("matches(A(_))", "matches( A ( _ ) )", ([true, false], true)),
            ("matches(a if x)", "matches(_)", ([true, true], false)),
            ("!matches(A)", "matches(A)", ([true, true], false)),
            ("!matches(A)", "!matches(A) & matches(B)", ([true, false], true)),
            ("matches(None)", "matches(Some(_))", ([true, true], false)),
            ("matches(true)", "matches(false)", ([true, true], false)),
            ("type_of(A, B)", "type_of(B)", ([true, false], true)),
            ("custom(f)", "custom(f)", ([true, false], true)),
            ("returned(Err(_))", "all", ([true, false], false)),
            ("returned(Ok(_))", "all", ([false, true], false)),
            ("returned(Err(A))", "matches(A)", ([true, false], true)),
            ("returned(_)", "all", ([true, false], false)),
        ] {
            assert_eq!(decided(first, second), expected, "success = {first}, track = {second}");
        }
    }

    #[test]
    fn with_too_many_questions_every_outcome_counts_as_possible() {
        let many: Vec<_> = (0..40).map(|number| format!("A{number}")).collect();
        let many = format!("matches({})", many.join(" | "));
        assert_eq!(decided(&many, &many), ([true, true], true));
    }
}
