//! Numbers in words.

use core::time::Duration;

use crate::language::number::unit;
use crate::model::duration::Spelled;
use crate::text::token::{Shape, Token};

const WHOLE: [(&str, u32); 13] = [
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("twenty", 20),
    ("thirty", 30),
    ("fifty", 50),
];

/// Words that multiply a number: `a hundred`, `two hundred`.
const SCALES: [(&str, u32); 3] = [("dozen", 12), ("hundred", 100), ("thousand", 1_000)];

/// What the parts of a whole are called, and how many there are.
const PARTS: [(&str, u32); 9] = [
    ("half", 2),
    ("halves", 2),
    ("third", 3),
    ("thirds", 3),
    ("quarter", 4),
    ("quarters", 4),
    ("fifth", 5),
    ("fifths", 5),
    ("tenth", 10),
];

/// The tokens with figures in place of numbers in words: `five` is 5, `half` is 0.5, `half a minute` is 30s, `1,000` is
/// 1000, and in `two thirds` and `two hundred`, `two` is 0.67 and 200.
pub(crate) fn in_figures(tokens: &[Token]) -> Vec<Token> {
    let mut figures = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let several = duration(&tokens[at..]).or_else(|| thousands(&tokens[at..]));
        let one = || share_at(tokens, at).or_else(|| whole_at(tokens, at)).map(|figure| (figure, 1));
        let (figure, length) = several.or_else(one).unwrap_or_else(|| (token.text.clone(), 1));
        figures.push(if figure == token.text { token.clone() } else { Token::new(Shape::Number, figure) });
        at += length;
    }
    figures
}

/// The duration with a half at the start of the tokens, and how many of them it takes: `half an hour`, `two and a half
/// minutes`, `a minute and a half`.
fn duration(tokens: &[Token]) -> Option<(String, usize)> {
    let is = |at: usize, words: &[&str]| {
        let found = tokens.get(at..).unwrap_or_default().iter().zip(words);
        found.filter(|(token, word)| token.text.to_lowercase() == **word).count() == words.len()
    };
    let (halves, unit_at, length) = if is(0, &["half", "a"]) || is(0, &["half", "an"]) {
        (1, 2, 3)
    } else if is(0, &["half"]) {
        (1, 1, 2)
    } else {
        let whole = whole(tokens.first()?).or_else(|| (is(0, &["a"]) || is(0, &["an"])).then_some(1))?;
        let halves = whole.checked_mul(2)?.checked_add(1)?;
        match (is(1, &["and", "a", "half"]), is(2, &["and", "a", "half"])) {
            (true, _) => (halves, 4, 5),
            (_, true) => (halves, 1, 5),
            _ => return None,
        }
    };
    let half = Duration::from_nanos(unit(&tokens.get(unit_at)?.text)?) / 2;
    Some((Spelled(half.checked_mul(halves)?).to_string(), length))
}

/// The number with commas at the start of the tokens, and how many of them it takes: `1,000`.
fn thousands(tokens: &[Token]) -> Option<(String, usize)> {
    let is_number = |token: &Token| token.text.bytes().all(|byte| byte.is_ascii_digit());
    let first = tokens.first().filter(|first| is_number(first) && first.text.len() <= 3)?;
    let is_group =
        |[comma, digits]: &&[Token; 2]| comma.is(",") && digits.text.len() == 3 && is_number(digits);
    let (pairs, _) = tokens[1..].as_chunks();
    let groups: Vec<_> = pairs.iter().take_while(is_group).map(|[_, digits]| digits.text.as_str()).collect();
    (!groups.is_empty()).then(|| (first.text.clone() + &groups.concat(), 1 + 2 * groups.len()))
}

fn named(names: &[(&str, u32)], token: &Token) -> Option<u32> {
    let word = token.text.to_lowercase();
    names.iter().find(|(name, _)| *name == word).map(|(_, number)| *number)
}

/// A whole number in words or figures, without a scale.
fn whole(token: &Token) -> Option<u32> {
    named(&WHOLE, token).or_else(|| token.text.parse().ok())
}

/// The whole number that begins at an index.
fn whole_at(tokens: &[Token], at: usize) -> Option<String> {
    let scale = |at: usize| named(&SCALES, tokens.get(at)?);
    let number = match whole(&tokens[at]) {
        Some(number) => number.checked_mul(scale(at + 1).unwrap_or(1)),
        None => scale(at).filter(|_| at == 0 || whole(&tokens[at - 1]).is_none()),
    };
    number.map(|number| number.to_string())
}

/// The share in words that begins at an index.
fn share_at(tokens: &[Token], at: usize) -> Option<String> {
    let share = |count: f64, parts: u32| {
        let share = format!("{:.2}", count / f64::from(parts));
        share.trim_end_matches('0').to_owned()
    };
    let next = tokens.get(at + 1);
    // `two thirds`
    if let (Some(count), Some(parts)) = (whole(&tokens[at]), next.and_then(|next| named(&PARTS, next))) {
        return (count < parts).then(|| share(f64::from(count), parts));
    }
    let before = at.checked_sub(1).map(|before| &tokens[before]);
    let is_every = before.is_some_and(|before| before.is("every"));
    // `every second call`
    if is_every && (tokens[at].is("second") || tokens[at].is("other")) {
        return next.filter(|next| next.shape == Shape::Word).map(|_| share(1.0, 2));
    }
    let parts = named(&PARTS, &tokens[at]).filter(|_| before.and_then(whole).is_none())?;
    // `half open` is a state, and `the third failure` a single one.
    let is_share = is_every
        || next.is_some_and(|next| next.is("of") || next.is("the"))
        || parts == 2 && next.is_some_and(|next| next.shape == Shape::Word && !next.is("open"));
    is_share.then(|| share(1.0, parts))
}

#[cfg(test)]
mod tests {
    use super::in_figures;
    use crate::text::lexer::lex;
    use crate::text::token::spell;

    #[test]
    fn words_become_figures() {
        for (text, expected) in [
            ("five failures", "5 failures"),
            ("Half of the calls", "0.5 of the calls"),
            ("one hundred calls", "100 hundred calls"),
            ("a hundred calls", "a 100 calls"),
            ("5 thousand", "5000 thousand"),
            ("two thirds of the calls", "0.67 thirds of the calls"),
            ("3 quarters fail", "0.75 quarters fail"),
            ("one half", "0.5 half"),
            ("a third of them", "a 0.33 of them"),
            ("every second call", "every 0.5 call"),
            ("every tenth call", "every 0.1 call"),
            ("once every second", "once every second"),
            ("the third failure", "the third failure"),
            ("half open", "half open"),
            ("half_open", "half_open"),
            ("5 failures", "5 failures"),
            ("0.50 of them", "0.50 of them"),
            ("4 thirds", "4 thirds"),
            ("for half a minute", "for 30s"),
            ("half an hour", "30m"),
            ("a half hour", "a 30m"),
            ("two and a half minutes", "150s"),
            ("a minute and a half", "90s"),
            ("5 minutes", "5 minutes"),
            ("half a day and more", "12h and more"),
            ("1,000 calls", "1000 calls"),
            ("1,000,000 calls", "1000000 calls"),
            ("10,50 calls", "10, 50 calls"),
        ] {
            assert_eq!(spell(&in_figures(&lex(text).tokens)), expected, "{text}");
        }
    }
}
