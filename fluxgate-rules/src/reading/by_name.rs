//! Settings with unknown names, by what these names mean elsewhere.

use crate::language::spelling::snake;
use crate::reading::attribute;
use crate::text::brackets::Brackets;
use crate::text::config_error::ConfigProblem;
use crate::text::lexer::lex;
use crate::text::problem::Problem;
use crate::text::render::printable;
use crate::text::token::{Token, TokenRange, spell};

/// What is wrong with the settings, names and values, whose names are not among `names`. Several that another library
/// sets one by one are one problem. Each problem comes with the index of its first setting; it is `None` if that name
/// means nothing, or nothing among `names`.
pub fn unknown_settings(
    settings: &[(&str, &str)],
    names: &[&'static str],
) -> Vec<(usize, Option<ConfigProblem>)> {
    let is_unknown = |at: usize| !names.contains(&settings[at].0);
    let is_meant = |at: usize| {
        let problems = AttributeTokens::of(settings, [at]).problems(names);
        problems.iter().any(|problem| suggests(problem, names))
    };
    let is_read = |at: &usize| is_readable(settings[*at]) && (!is_unknown(*at) || is_meant(*at));
    let meant = AttributeTokens::of(settings, (0..settings.len()).filter(is_read));
    let (mut found, mut covered) = (Vec::new(), Vec::new());
    for problem in meant.problems(names).iter().filter(|problem| suggests(problem, names)) {
        let of: Vec<_> = meant.overlapping(problem.place).filter(|at| is_unknown(*at)).collect();
        found.extend(of.first().map(|at| (*at, Some(in_words(problem)))));
        covered.extend(of);
    }
    let others = (0..settings.len()).filter(|at| is_unknown(*at) && !covered.contains(at));
    found.extend(others.map(|at| (at, None)));
    found.sort_by_key(|(at, _)| *at);
    found
}

/// Settings, as an attribute would have them.
struct AttributeTokens {
    tokens: Vec<Token>,
    /// The place of each, and its index.
    pieces: Vec<(TokenRange, usize)>,
}

impl AttributeTokens {
    fn of(settings: &[(&str, &str)], indices: impl IntoIterator<Item = usize>) -> Self {
        let mut all = Self { tokens: Vec::new(), pieces: Vec::new() };
        for at in indices {
            let start = all.tokens.len();
            let (name, value) = settings[at];
            all.tokens.extend(lex(&format!("{name} = {value}")).tokens);
            all.pieces.push((TokenRange::new(start, all.tokens.len()), at));
        }
        all
    }

    fn problems(&self, names: &[&'static str]) -> Vec<Problem> {
        let pieces: Vec<_> = self.pieces.iter().map(|(piece, _)| *piece).collect();
        // Examples are for arguments without a value.
        let names: Vec<_> = names.iter().map(|name| (*name, "..")).collect();
        attribute::read_as("setting", &self.tokens, &pieces, &names).problems
    }

    fn overlapping(&self, place: TokenRange) -> impl Iterator<Item = usize> {
        let overlaps = move |piece: &TokenRange| piece.start < place.end && place.start < piece.end;
        self.pieces.iter().filter(move |(piece, _)| overlaps(piece)).map(|(_, at)| *at)
    }
}

/// Whether name and value can stand in an attribute.
fn is_readable((name, value): (&str, &str)) -> bool {
    let is_name = snake(name).chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    is_name && !name.is_empty() && Brackets::pair(&lex(value).tokens).is_ok()
}

/// Whether the advice is to remove a setting, or to write some of these names.
fn suggests(problem: &Problem, names: &[&'static str]) -> bool {
    let Some(suggestion) = problem.suggestion() else { return false };
    let tokens = lex(&suggestion.replacement).tokens;
    let Ok(brackets) = Brackets::pair(&tokens) else { return false };
    let pieces = brackets.split(&tokens, TokenRange::whole(&tokens));
    let is_known = |piece: &TokenRange| names.iter().any(|name| tokens[piece.start].is(name));
    pieces.iter().filter(|piece| !piece.is_empty()).all(is_known)
}

fn in_words(problem: &Problem) -> ConfigProblem {
    let words = ConfigProblem::new("", printable(&problem.message()));
    let Some(help) = problem.help_text() else { return words };
    // Text between backticks is code.
    let spelled = help.split('`').enumerate().map(|(index, piece)| match index % 2 {
        0 => piece.to_owned(),
        _ if piece.contains(" = ") => in_a_file(piece),
        _ => format!("`{piece}`"),
    });
    words.with_help(printable(&spelled.collect::<String>()))
}

/// Settings as a file has them, one by one: a value is text there, unless it is a number or a truth value.
///
/// `trip = failures(5), count_calls = true` -> `` `trip = "failures(5)"` and `count_calls = true` ``
fn in_a_file(settings: &str) -> String {
    let tokens = lex(settings).tokens;
    let Ok(brackets) = Brackets::pair(&tokens) else { return format!("`{settings}`") };
    let pieces = brackets.split(&tokens, TokenRange::whole(&tokens));
    let spelled = pieces.iter().map(|piece| match piece.of(&tokens) {
        [name, equals, value @ ..] if equals.is("=") => {
            let (name, value) = (&name.text, spell(value));
            let is_plain = value.parse::<f64>().is_ok() || value.parse::<bool>().is_ok();
            if is_plain { format!("`{name} = {value}`") } else { format!("`{name} = \"{value}\"`") }
        }
        other => format!("`{}`", spell(other)),
    });
    spelled.collect::<Vec<_>>().join(" and ")
}

#[cfg(test)]
mod tests {
    use super::unknown_settings;

    const NAMES: [&str; 4] = ["window", "trip", "retry", "max_half_open_calls"];

    fn said(settings: &[(&str, &str)]) -> Vec<(usize, Option<String>)> {
        let found = unknown_settings(settings, &NAMES).into_iter();
        found.map(|(at, problem)| (at, problem.map(|problem| problem.to_string()))).collect()
    }

    #[test]
    fn names_of_other_libraries_are_corrected_together() {
        let settings =
            [("failureRateThreshold", "50"), ("retry", "cooldown(1s)"), ("sliding-window-size", "60")];
        let told = "`failureRateThreshold` and `sliding-window-size` are settings of Resilience4j and tower-resilience\n\
                    help: write `trip = \"min(10) & failure_rate(50%)\"` and `window = \"count(60)\"`";
        assert_eq!(said(&settings), [(0, Some(told.to_owned()))]);
    }

    #[test]
    fn messages_speak_of_settings() {
        let told = "a setting is written `name = value`\nhelp: write `window = \"count(5)\"`";
        assert_eq!(said(&[("rolling_window", "{ size = 5 }")]), [(0, Some(told.to_owned()))]);
    }

    #[test]
    fn a_name_is_never_taken_for_one_that_only_looks_alike() {
        let told = "unknown setting `half_open`\nhelp: write `max_half_open_calls = 3`";
        assert_eq!(said(&[("half_open", "3")]), [(0, Some(told.to_owned()))]);
        let told = "unknown setting `tirp`; did you mean `trip`?";
        assert_eq!(said(&[("tirp", "failures(5)")]), [(0, Some(told.to_owned()))]);
    }

    #[test]
    fn what_none_of_the_names_can_express_has_no_correction() {
        let settings =
            [("fallbackMethod", "f"), ("max_failures", "3"), ("colour", "red"), ("x\ny", "1"), ("a", ")")];
        let told = "unknown setting `max_failures`\nhelp: this is part of `trip`: write `trip = \"failure_streak(3)\"`";
        assert_eq!(said(&settings), [(0, None), (1, Some(told.to_owned())), (2, None), (3, None), (4, None)]);
    }
}
