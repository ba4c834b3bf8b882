//! What was meant by an unknown word, or by arguments that a word does not take in this form: a misspelling, the word
//! of another library, whose values may have to be inverted, or values in another order or without a unit.
//!
//! A suggestion is assembled from values that are read one by one, with examples for those that do not fit. So it is
//! always valid, and nothing has to be read again to check it.

pub(crate) mod clause;
pub(crate) mod commas;
pub(crate) mod comparisons;
pub(crate) mod filled;
pub(crate) mod inverted;
pub(crate) mod parts;
pub(crate) mod piece;
pub(crate) mod places;
pub(crate) mod repair;
pub(crate) mod units;

use crate::language::notation::percent_at;
use crate::language::number::unit;
use crate::language::spelling::{is_keyword, nearest, snake};
use crate::language::syntax::Value;
use crate::language::value;
use crate::language::vocabulary::{Entry, Kind, Parameter, Vocabulary};
use crate::suggestion::commas::{number_with_commas, with_points};
use crate::suggestion::filled::Filled;
use crate::suggestion::inverted::{exceeded, inverted, is_turned, speaks_of_success};
use crate::suggestion::piece::{Piece, keyword, keyword_known, keyword_meant};
use crate::suggestion::units::{in_unit, without_spaces};
use crate::text::brackets::Brackets;
use crate::text::characters::bare;
use crate::text::lexer::lex;
use crate::text::token::{Shape, Token, TokenRange, spell, spell_closure};

/// One of our words, in place of another.
pub(crate) struct Meant {
    pub(crate) entry: &'static Entry,
    /// The word with its arguments: the given ones if they fit, otherwise examples.
    pub(crate) right: Filled,
    /// Whether the given word is a misspelling of ours.
    pub(crate) is_misspelt: bool,
}

/// What was meant by `word` with these arguments.
pub(crate) fn meant(vocabulary: &'static Vocabulary, word: &str, values: &[String]) -> Option<Meant> {
    let values: Vec<_> = values.iter().map(|value| without_spaces(value)).collect();
    let (word, values) = in_unit(vocabulary, word, &values).unwrap_or_else(|| (word.to_owned(), values));
    let (word, values) = (word.as_str(), values.as_slice());
    if let Some(right) = inverted(vocabulary, word, values) {
        let entry = vocabulary.entry(right.text.split('(').next()?)?;
        return Some(Meant { entry, right, is_misspelt: false });
    }
    let ours = vocabulary.foreign(word).filter_map(|ours| vocabulary.entry(ours));
    let mut candidates: Vec<_> = vocabulary.entry(word).into_iter().chain(ours).collect();
    let is_misspelt = candidates.is_empty();
    if is_misspelt && !is_keyword(word) {
        let near = nearest(word, vocabulary.entries.iter().map(|entry| entry.word));
        let near = near.or_else(|| vocabulary.foreign_misspelt(word).next())?;
        candidates.extend(vocabulary.entry(near));
    }
    let right = |entry: &'static Entry| right_call(vocabulary, entry, values);
    let fits = |entry: &&'static Entry| right(entry).text == entry.with(values);
    // If none of them takes the given values, prefers a word with the named arguments.
    let has_names = |entry: &&'static Entry| {
        let names = values.iter().filter_map(|value| value.split([' ', '(']).next());
        names.into_iter().any(|name| keyword(entry, name).is_some())
    };
    let first = *candidates.first()?;
    let others = vocabulary.entries.iter().filter(has_names);
    // `rolling(60s, 10)` is a time with buckets, since a count would lose the time.
    let keeps = |entry: &&'static Entry| {
        let Filled { text, is_example, .. } = right(entry);
        let begins = values.first().is_none_or(|first| text.starts_with(&format!("{}({first}", entry.word)));
        !is_example && begins && arguments_of(&text) >= values.len()
    };
    let fitting = candidates.iter().copied().chain(others).find(fits);
    let fitting = fitting.or_else(|| candidates.iter().copied().find(keeps));
    let is_valid = |entry: &&'static Entry| !right(entry).is_example;
    let entry = fitting.or_else(|| candidates.into_iter().find(is_valid)).unwrap_or(first);
    let mut right = right(entry);
    if entry.word == "backoff" && ["linear", "fibonacci"].contains(&snake(word).as_str()) {
        right.losses.push("each pause is `multiplier` times the one before".to_owned());
    }
    Some(Meant { entry, right, is_misspelt })
}

/// The number of arguments of a call.
pub(crate) fn arguments_of(call: &str) -> usize {
    let tokens = lex(call).tokens;
    let Ok(brackets) = Brackets::pair(&tokens) else { return 0 };
    match tokens.as_slice() {
        [_, _, .., _] => brackets.split(&tokens, TokenRange::new(2, tokens.len() - 1)).len(),
        _ => 0,
    }
}

/// A word with its arguments: the given ones if it takes them, otherwise examples.
pub(crate) fn right_call(vocabulary: &Vocabulary, entry: &'static Entry, values: &[String]) -> Filled {
    let values: Vec<_> = values.iter().map(|value| lex(value).tokens).collect();
    let pieces: Vec<_> =
        values.iter().map(|value| Piece::cut(vocabulary, entry, value, TokenRange::whole(value))).collect();
    arranged(vocabulary, entry, &pieces)
}

/// A word with its arguments, assembled from the given ones: in the right order, with the right names, each one
/// corrected, and with examples for missing ones. Arguments that the word does not take are left out, which is a loss.
pub(crate) fn arranged(vocabulary: &Vocabulary, entry: &'static Entry, pieces: &[Piece<'_>]) -> Filled {
    // A rule made of `error_rate(< 50%)` would be its opposite.
    if vocabulary.is_joined() && pieces.iter().any(|piece| is_turned(piece.tokens())) {
        return Filled::new(entry.example(), true);
    }
    if let Some((_, number)) = number_with_commas(vocabulary, entry, pieces) {
        let tokens = lex(&number).tokens;
        let number = Piece::cut(vocabulary, entry, &tokens, TokenRange::whole(&tokens));
        let named = pieces.iter().filter(|piece| piece.name.is_some()).copied();
        return arranged(vocabulary, entry, &[number].into_iter().chain(named).collect::<Vec<_>>());
    }
    let values = with_points(vocabulary, entry, pieces).or_else(|| with_commas(vocabulary, entry, pieces));
    if let Some(values) = values {
        return right_call(vocabulary, entry, &values);
    }
    // A value with an unknown name counts as positional.
    let is_positional = |piece: &Piece<'_>| match piece.name {
        Some(name) => {
            let keyword = keyword_meant(vocabulary, entry, name);
            // `base = 1s` is not the base of a power.
            let is_other = |keyword: &Parameter| {
                keyword.name != name
                    && piece.right(keyword.name, keyword).is_example
                    && entry.positional.iter().any(|it| piece.fits(it))
            };
            entry.positional.iter().any(|parameter| parameter.name == name) || keyword.is_none_or(is_other)
        }
        None => true,
    };
    let given: Vec<_> = (0..pieces.len()).filter(|at| is_positional(&pieces[*at])).collect();
    let positional: Vec<_> = given.iter().map(|at| pieces[*at]).collect();
    let places = places_meant(entry, &positional);
    let (mut is_example, mut losses) = (false, Vec::new());
    let mut kept = |right: Filled| {
        is_example |= right.is_example;
        losses.extend(right.losses);
        right.text
    };
    let is_used = |at: &usize| places.iter().flatten().any(|place| given[*place] == *at);
    let (mut named, mut taken, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
    for at in (0..pieces.len()).filter(|at| !is_used(at)) {
        let piece = &pieces[at];
        let free = |parameter: &&Parameter| !taken.contains(&parameter.name);
        let alone = if piece.name.is_none() { piece.keyword_alone(vocabulary, entry) } else { None };
        let parameter = match piece.name {
            Some(name) => keyword_meant(vocabulary, entry, name).filter(free),
            None => alone
                .filter(free)
                .or_else(|| keyword_of_value(vocabulary, entry, piece, |parameter| free(&parameter))),
        };
        let Some(parameter) = parameter else {
            left_out.extend(Some(piece.text()).filter(|text| !text.is_empty()));
            continue;
        };
        taken.push(parameter.name);
        let value = match alone {
            Some(_) => Filled::new(parameter.example, true),
            None => piece.named().right(parameter.name, parameter),
        };
        named.push((parameter.name, value));
    }
    let mut values = Vec::new();
    for (parameter, place) in entry.positional(!named.is_empty()).iter().zip(&places) {
        values.push(kept(match place {
            Some(place) => positional[*place].right(entry.word, parameter),
            None => Filled::new(parameter.example, true),
        }));
    }
    values.extend(named.into_iter().map(|(name, value)| format!("{name} = {}", kept(value))));
    // An example keeps nothing anyway.
    if !is_example {
        losses.extend(left_out.iter().map(|text| format!("`{}` does not take `{text}`", entry.word)));
    }
    Filled { text: entry.with(&values), is_example, losses }
}

/// What is wrong with `1s..60s`.
pub(crate) const WITH_COMMAS: &str = "arguments are values with commas between them";

/// The arguments of `slow_rate(50% > 1s)`, `backoff(1s..60s)` or `cooldown(60s ± 10%)` with commas, if the word takes all the
/// values.
pub(crate) fn with_commas(
    vocabulary: &Vocabulary,
    entry: &'static Entry,
    pieces: &[Piece<'_>],
) -> Option<Vec<String>> {
    let is_value = |piece: &Piece<'_>| {
        piece.name.is_some()
            || entry.positional.iter().chain(entry.keywords).any(|parameter| piece.resembles(parameter))
    };
    let mut values = Vec::new();
    for piece in pieces {
        let parts = piece.parts(!is_value(piece));
        if parts.is_empty() {
            return None;
        }
        values.extend(parts);
    }
    if values == pieces.iter().map(Piece::written).collect::<Vec<_>>() {
        return None;
    }
    let right = right_call(vocabulary, entry, &values);
    let takes_all = arguments_of(&right.text) >= values.len() && right.keeps_all(&values);
    takes_all.then_some(values)
}

/// Whether the values without a name stand before keyword arguments, even if those lack their names.
pub(crate) fn is_before_keywords(
    vocabulary: &Vocabulary,
    entry: &'static Entry,
    pieces: &[Piece<'_>],
) -> bool {
    let is_keyword = |(at, piece): (usize, &Piece<'_>)| match piece.name {
        Some(name) => keyword_meant(vocabulary, entry, name).is_some(),
        None => {
            at >= entry.positional.len() && keyword_of_value(vocabulary, entry, piece, |_| true).is_some()
        }
    };
    pieces.iter().enumerate().any(is_keyword)
}

/// The keyword argument that a value without a name was meant for, among those that are free: one that takes it; or for
/// a constant, the one that it is named after, or the only one.
pub(crate) fn keyword_of_value(
    vocabulary: &Vocabulary,
    entry: &'static Entry,
    piece: &Piece<'_>,
    is_free: impl Fn(&Parameter) -> bool,
) -> Option<&'static Parameter> {
    let free: Vec<_> = entry.keywords.iter().filter(|parameter| is_free(parameter)).collect();
    let named = piece.constant().and_then(|name| keyword_known(vocabulary, entry, &snake(name)));
    let is_of_another = |entry: &'static Entry| {
        piece.constant().is_some_and(|name| keyword_known(vocabulary, entry, &snake(name)).is_some())
    };
    let only = match free.as_slice() {
        [only] if !vocabulary.entries.iter().any(is_of_another) => Some(*only),
        _ => None,
    };
    let of_constant = named.filter(|named| free.contains(named)).or(only);
    let of_constant = of_constant.filter(|parameter| piece.is_constant(parameter));
    // `backoff(1s, 60)` waits no longer than a minute; nobody wants each delay to be sixty times the last one.
    let is_large = piece.text().parse().is_ok_and(|number: u64| number > 10);
    let lacks_unit = |parameter: &&&Parameter| is_large && parameter.kind.is_duration();
    let is_taken = |parameter: &&&Parameter| match parameter.kind {
        // `2x`
        Kind::Multiplier if piece.text().ends_with('x') => piece.resembles(parameter),
        Kind::Multiplier => piece.fits(parameter) && !is_large,
        _ => piece.fits(parameter),
    };
    let taken = free.iter().find(is_taken).or_else(|| free.iter().find(lacks_unit)).copied();
    taken.or(of_constant)
}

/// The order in which the values fit a word's parameters, if that differs from the given one.
pub(crate) fn order_meant(entry: &Entry, values: &[Piece<'_>]) -> Option<Vec<usize>> {
    let parameters = entry.positional;
    if values.len() != parameters.len()
        || parameters.iter().zip(values).all(|(parameter, value)| value.fits(parameter))
    {
        return None;
    }
    let mut left: Vec<_> = (0..values.len()).collect();
    let next = |parameter: &Parameter| {
        let fitting = left.iter().position(|at| values[*at].fits(parameter))?;
        Some(left.remove(fitting))
    };
    parameters.iter().map(next).collect()
}

/// For each of a word's parameters, the index of the value meant for it.
pub(crate) fn places_meant(entry: &Entry, values: &[Piece<'_>]) -> Vec<Option<usize>> {
    if values.iter().any(|value| named_after(entry, value).is_some()) {
        return which_fit(entry, values);
    }
    if let Some(order) = order_meant(entry, values) {
        return order.into_iter().map(Some).collect();
    }
    let fitting = which_fit(entry, values);
    if values.len() < entry.positional.len()
        || values.len() > entry.positional.len() && fitting.iter().all(Option::is_some)
    {
        return fitting;
    }
    (0..entry.positional.len()).map(Some).collect()
}

/// The positional parameter that a value names.
fn named_after(entry: &Entry, value: &Piece<'_>) -> Option<&'static Parameter> {
    entry.positional.iter().find(|parameter| value.name == Some(parameter.name))
}

/// For each of a word's parameters, the index of a value that fits and belongs to no other.
fn which_fit(entry: &Entry, values: &[Piece<'_>]) -> Vec<Option<usize>> {
    let fits = |value: &Piece<'_>, parameter: &Parameter| {
        let read = value.read(entry.word, parameter);
        read.is_ok_and(|read| read != Value::Rust || !value.is_number())
    };
    // In `ramp_up(100%, 10s)`, `100%` is where the ramp ends.
    let is_example = |value: &Piece<'_>, parameter: &Parameter| {
        let example = value::read_text(parameter.example, "", parameter);
        example.is_ok_and(|example| value.read("", parameter) == Ok(example))
    };
    let owner = |value: &Piece<'_>| {
        let too_few = values.len() < entry.positional.len();
        let by_example = || entry.positional.iter().find(|parameter| too_few && is_example(value, parameter));
        named_after(entry, value).or_else(by_example)
    };
    let mut left: Vec<_> = (0..values.len()).collect();
    let next = |parameter: &Parameter| {
        let is_it = |at: &usize| {
            let value = &values[*at];
            let is_own = |owner: &Parameter| owner.name == parameter.name;
            named_after(entry, value).is_some_and(is_own)
                || fits(value, parameter) && owner(value).is_none_or(is_own)
        };
        let fitting = left.iter().position(is_it)?;
        Some(left.remove(fitting))
    };
    entry.positional.iter().map(next).collect()
}

/// Whether a word is one of ours or another library's.
pub(crate) fn is_known(vocabulary: &'static Vocabulary, word: &str) -> bool {
    vocabulary.entry(word).is_some()
        || vocabulary.foreign(word).next().is_some()
        || inverted(vocabulary, word, &[]).is_some()
}

/// What was meant by something that does not begin with a word: `100` means `count(100)`, `"never"` means `never`, `5
/// failures` means `failures(5)`, and a closure means `custom` with it.
pub(crate) fn meant_by(
    vocabulary: &'static Vocabulary,
    tokens: &[Token],
    place: TokenRange,
) -> Option<String> {
    match place.of(tokens) {
        [literal] if literal.shape == Shape::Literal => {
            let inside = bare(literal.text.strip_prefix('"')?.strip_suffix('"')?)?;
            let tokens = lex(&inside).tokens;
            if is_known(vocabulary, &tokens.first()?.text) {
                Some(inside)
            } else {
                meant_by_value(vocabulary, &tokens, TokenRange::whole(&tokens))
            }
        }
        [open, first, .., _] if open.shape == Shape::Open => {
            let inside = TokenRange::new(place.start + 1, place.end - 1);
            let is_word = is_known(vocabulary, &first.text);
            // `(count, 50)`
            let mut values: Vec<_> = inside.of(tokens).split(|token| token.is(",")).map(spell).collect();
            if is_word && values.len() > 1 && *values[0] == first.text && !vocabulary.is_joined() {
                return meant(vocabulary, &first.text, &values.split_off(1)).map(|meant| meant.right.text);
            }
            if is_word { Some(spell(inside.of(tokens))) } else { meant_by_value(vocabulary, tokens, inside) }
        }
        [bar, ..] if bar.is("|") => {
            let custom = vocabulary.entry("custom")?;
            Some(custom.with(&[spell_closure(place.of(tokens))]))
        }
        // `> 5`, `>= 50%`
        [sign, ..] if [">", "≥"].iter().any(|above| sign.is(above)) => {
            let compared = place.of(tokens);
            let at = compared.iter().position(|token| token.shape == Shape::Number)?;
            let is_share = percent_at(compared, at).is_some();
            let more = exceeded(&compared[..=at]).filter(|_| vocabulary.is_joined() && !is_share);
            let number = match more {
                Some(count) => count.checked_add(1)?.to_string(),
                None => compared[at].text.clone(),
            };
            let tokens = lex(&format!("{number} {}", spell(&compared[at + 1..]))).tokens;
            meant_by(vocabulary, &tokens, TokenRange::whole(&tokens))
        }
        // `60 * 60` means neither of its parts.
        [number, rest @ ..]
            if number.shape == Shape::Number
                && rest.iter().all(|token| token.is("%") || !matches!(token.shape, Shape::Punctuation)) =>
        {
            // `50 %`, `1 minute 30 seconds`
            let is_figure =
                |token: &&Token| token.shape == Shape::Number || token.is("%") || unit(&token.text).is_some();
            let end = place.start + 1 + rest.iter().take_while(is_figure).count();
            let figure = TokenRange::new(place.start, end);
            let text = spell(figure.of(tokens));
            if vocabulary.is_joined() && rest.iter().any(|token| speaks_of_success(&token.text)) {
                return inverted(vocabulary, "success_rate", &[text])
                    .filter(|it| !it.is_example)
                    .map(|it| it.text);
            }
            let word = rest.iter().find(|token| is_known(vocabulary, &token.text));
            match word.and_then(|word| meant(vocabulary, &word.text, core::slice::from_ref(&text))) {
                Some(meant) => Some(meant.right.text),
                None => meant_by_value(vocabulary, tokens, figure),
            }
        }
        _ => meant_by_value(vocabulary, tokens, place),
    }
}

/// The first word that takes the value, or a duration that only lacks its unit.
fn meant_by_value(vocabulary: &Vocabulary, tokens: &[Token], place: TokenRange) -> Option<String> {
    let taken = |entry: &Entry| {
        let [parameter] = entry.positional else { return None };
        match value::read(tokens, place, entry.word, parameter) {
            Ok(Value::Rust) => None,
            Ok(_) => Some(spell(place.of(tokens))),
            Err(problem) if parameter.kind.is_duration() && !problem.is_example() => {
                problem.suggestion().map(|suggestion| suggestion.replacement.clone())
            }
            Err(_) => None,
        }
    };
    let is_right = |entry: &&Entry| taken(entry).is_some_and(|text| text == spell(place.of(tokens)));
    let entry = vocabulary.entries.iter().find(is_right);
    let entry = entry.or_else(|| vocabulary.entries.iter().find(|entry| taken(entry).is_some()))?;
    Some(entry.with(&[taken(entry)?]))
}

#[cfg(test)]
mod tests {
    use super::meant;
    use crate::language::vocabulary::{RETRY, TRIP, WINDOW};

    #[test]
    fn values_are_kept_or_inverted() {
        for (vocabulary, word, values, expected) in [
            (&TRIP, "p99", &["500ms"][..], Some("slow_rate(0.01, 500ms)")),
            (&TRIP, "p999", &["500ms"], Some("slow_rate(0.001, 500ms)")),
            (&TRIP, "percentile", &["95", "1s"], Some("slow_rate(0.05, 1s)")),
            (&TRIP, "quantile", &["0.95", "1s"], Some("slow_rate(0.05, 1s)")),
            (&TRIP, "success_rate", &["90%"], Some("failure_rate(0.1)")),
            (&TRIP, "success_rate", &[], Some("failure_rate(0.5)")),
            (&TRIP, "success_rate", &["1.0"], Some("failure_rate(0.5)")),
            (&TRIP, "p9", &["1s"], None),
            (&TRIP, "threshold", &["5"], Some("failures(5)")),
            (&TRIP, "threshold", &["50%"], Some("failure_rate(50%)")),
            (&TRIP, "failureRateThreshold", &["50"], Some("failure_rate(50%)")),
            (&TRIP, "timeout", &["5s"], Some("slow_rate(0.5, 5s)")),
            (&TRIP, "p", &[], None),
            (&TRIP, "papaya", &[], None),
            (&WINDOW, "sliding", &["60s"], Some("time(60s)")),
            (&WINDOW, "sliding", &["50"], Some("count(50)")),
            (&RETRY, "exponential", &["1s", "2.0", "60s"], Some("backoff(1s, multiplier = 2.0, max = 60s)")),
        ] {
            let values: Vec<_> = values.iter().map(ToString::to_string).collect();
            let text = meant(vocabulary, word, &values).map(|meant| meant.right.text);
            assert_eq!(text.as_deref(), expected, "{word}");
        }
    }
}
