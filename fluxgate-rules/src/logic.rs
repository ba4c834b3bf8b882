//! What a rule means: when it holds and why, what a trial decides, and whether settings make sense.

pub(crate) mod cause;
pub mod const_checks;
pub mod distance;
pub(crate) mod evaluate;
pub mod evidence;
pub mod flaws;
pub mod implied;
pub(crate) mod promises;
pub mod trial;

#[cfg(test)]
mod tests {
    use crate::lexer::lex;
    use crate::model::rule::Rule;
    use crate::reading::parser::{Parsed, parse};
    use crate::text::brackets::Brackets;

    /// The rule of this text, which may be flawed.
    pub(super) fn rule(text: &str) -> Rule {
        let lexed = lex(text);
        let brackets = Brackets::pair(&lexed.tokens).expect("a rule");
        let Parsed { rule, problems, .. } = parse(&lexed.tokens, &brackets);
        assert!(problems.is_empty(), "{text}: {problems:?}");
        Rule::from_nodes(rule.nodes().expect("no constants"))
    }
}
