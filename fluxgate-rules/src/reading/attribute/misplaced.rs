//! Values that belong to another argument.

use crate::language::spelling::snake;
use crate::language::vocabulary::Vocabulary;
use crate::model::limits::MAX_WINDOW_SIZE;
use crate::model::window::Window;
use crate::reading::attribute::entries::{Assignment, AttributeReader};
use crate::reading::elsewhere::right_in;
use crate::reading::operators::{Operator, function, operator};
use crate::reading::{read, states};
use crate::suggestion::filled::Filled;
use crate::suggestion::places::{TRACKED, of_another, setting_elsewhere, vocabulary};
use crate::text::brackets::Brackets;
use crate::text::lexer::lex;
use crate::text::problem::Problem;
use crate::text::token::{Shape, Token, TokenRange, spell};

/// Words that may have a meaning in any argument.
const ANYWHERE: [&str; 3] = ["all", "always", "never"];

impl AttributeReader<'_> {
    /// Reports a value that belongs wholly or partly to another argument, or that only states the default.
    pub(crate) fn misplaced(
        &self,
        name: &str,
        entry: &Assignment,
        is_given: &dyn Fn(&str) -> bool,
    ) -> Option<Problem> {
        let value = self.spell(entry.value);
        let whole = TokenRange::new(entry.place.start, entry.value.end);
        // A value that we do not parse is code, where any name may occur.
        let is_read = vocabulary(name).is_some()
            || ["track", "half_open_timeout", "max_half_open_calls"].contains(&name)
            || name.starts_with("on_");
        if ["default", "\"default\"", "Default::default()"].contains(&value.as_str()) && is_read {
            let problem =
                Problem::new(entry.value, format!("`{name}` has its default value if it is left out"));
            return Some(problem.help("remove it").correct_at(self.with_comma(entry.place), ""));
        }
        let tokens = self.unquoted(name, entry.value)?;
        let problem =
            |word: &str, setting: &str| Problem::new(entry.value, format!("`{word}` belongs in `{setting}`"));
        if name == "trip"
            && let Some((word, setting, correction)) = parts_of_others(&tokens)
            && !setting.split(' ').any(is_given)
        {
            let setting = setting.split(' ').next()?;
            return Some(problem(&word, setting).correct_at(whole, correction));
        }
        if let Some(rule) = by_state(&tokens).filter(|_| name == "trip") {
            let problem = Problem::new(
                entry.value,
                "a state is joined to its conditions by `&`, and to other states by `|`",
            );
            return Some(problem.correct(rule));
        }
        let word = tokens.first().filter(|first| first.shape == Shape::Word)?;
        let setting = of_another(name, &word.text)?;
        let is_call = tokens.get(1).is_some_and(|open| open.is("("));
        // `all(min(10), failures(5))` joins conditions.
        if name == "trip" && is_call && function(word).is_some() {
            return None;
        }
        // `count(failures) > 5`
        let is_sign = |token: &Token| [">", "<", "≥", "≤"].iter().any(|sign| token.is(sign));
        if name == "trip" && tokens.iter().any(is_sign) {
            return None;
        }
        let is_clear = is_call || !ANYWHERE.contains(&word.text.as_str());
        // Where expressions are allowed, a user's function may have the name of one of our words.
        let is_placed =
            vocabulary(name).is_some() || is_call && TRACKED.contains(&name) || is_value_of(setting, &tokens);
        if !is_clear || !is_placed {
            return None;
        }
        let problem = problem(&word.text, setting);
        Some(if is_given(setting) {
            problem.help(format!("`{setting}` is given as well: write both in one"))
        } else {
            let right = right_in(setting, &tokens);
            Filled { text: format!("{setting} = {}", right.text), ..right }.correct(problem, whole)
        })
    }

    /// The tokens of a value; if it is a string, those inside.
    fn unquoted(&self, argument: &str, value: TokenRange) -> Option<Vec<Token>> {
        match value.of(self.tokens) {
            [literal] if literal.shape == Shape::Literal && argument != "name" => {
                let inside = literal.text.strip_prefix('"')?.strip_suffix('"')?;
                Some(lex(&inside.replace("\\\"", "\"").replace("\\\\", "\\")).tokens)
            }
            tokens => Some(tokens.to_vec()),
        }
    }

    /// Whether a value begins with another library's word, or with ours in another library's spelling.
    pub(crate) fn has_foreign_word(&self, vocabulary: &Vocabulary, value: TokenRange) -> bool {
        let Some(first) = value.of(self.tokens).first().filter(|first| first.shape == Shape::Word) else {
            return false;
        };
        let is_ours = vocabulary.entry(&first.text).is_some();
        !is_ours
            && (vocabulary.entry(&snake(&first.text)).is_some()
                || vocabulary.foreign(&first.text).next().is_some())
    }

    /// The range extended by the comma before it, or after it.
    pub(crate) fn with_comma(&self, place: TokenRange) -> TokenRange {
        place.with_separator(self.tokens, |token| token.is(","))
    }
}

/// Whether tokens are a valid value for a setting.
fn is_value_of(setting: &str, tokens: &[Token]) -> bool {
    match setting {
        "trip" => read::rule(tokens, &Window::count(MAX_WINDOW_SIZE)).is_ok(),
        "window" => read::window(tokens).is_ok(),
        "retry" => read::retry(tokens).is_ok(),
        "permit" => read::permit(tokens).is_ok(),
        _ => true,
    }
}

/// Joins `closed: failures(5), half_open: failures(2)` and `closed => .. | half_open => ..` into a rule.
fn by_state(tokens: &[Token]) -> Option<String> {
    let brackets = Brackets::pair(tokens).ok()?;
    // In prose, a number is translated with its words.
    let is_prose = tokens.iter().all(|token| token.shape != Shape::Open);
    let branch = |piece: TokenRange| {
        let (state, start) = states::heading(piece.of(tokens))?;
        let rule = &piece.of(tokens)[start..];
        rule.first()
            .filter(|first| first.shape == Shape::Word || first.shape == Shape::Number && !is_prose)?;
        let is_joined = rule.iter().any(|token| operator(token) == Some(Operator::Or));
        let group = if is_joined { format!("({})", spell(rule)) } else { spell(rule) };
        Some(format!("{state} & {group}"))
    };
    let begins_branch =
        |at: usize| operator(&tokens[at]).is_some() && states::heading(&tokens[at + 1..]).is_some();
    let pieces = brackets.split_at(TokenRange::whole(tokens), begins_branch);
    let branches: Vec<_> = pieces.into_iter().map(branch).collect::<Option<_>>()?;
    Some(branches.join(" | ")).filter(|rule| !rule.is_empty())
}

/// For a rule with members that belong to other settings: the first such word, those settings, and the correct
/// arguments.
fn parts_of_others(tokens: &[Token]) -> Option<(String, String, String)> {
    let trip = vocabulary("trip")?;
    let brackets = Brackets::pair(tokens).ok()?;
    let members = brackets.split_at(TokenRange::whole(tokens), |at| operator(&tokens[at]).is_some());
    let place = |member: &TokenRange| {
        let word = &tokens.get(member.start)?.text;
        let open = member.start + 1;
        let is_call = tokens.get(open).is_some_and(|open| open.is("("));
        setting_elsewhere(trip, word).filter(|_| is_call && brackets.close(open) + 1 == member.end)
    };
    let first = members.iter().find(|member| place(member).is_some())?;
    let kept = members.iter().filter(|member| place(member).is_none());
    // Keeps the operators between the members that stay.
    let mut rule = String::new();
    for member in kept {
        if !rule.is_empty() {
            let sign = operator(&tokens[member.start - 1])?.sign();
            rule = format!("{rule} {sign} ");
        }
        rule.push_str(&spell(member.of(tokens)));
    }
    let mut settings: Vec<&str> = Vec::new();
    let mut arguments = vec![format!("trip = {rule}")];
    for member in &members {
        let Some(setting) = place(member) else { continue };
        if settings.contains(&setting) {
            return None;
        }
        settings.push(setting);
        arguments.push(format!("{setting} = {}", spell(member.of(tokens))));
    }
    let word = tokens[first.start].text.clone();
    (!rule.is_empty()).then(|| (word, settings.join(" "), arguments.join(", ")))
}
