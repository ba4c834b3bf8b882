//! Trackers written as code: macros, methods, match arms, lists; and the tracker for each.

use crate::language::spelling::snake;
use crate::reading::attribute::tracker::tracker;
use crate::suggestion::places::TRACKERS;
use crate::text::brackets::Brackets;
use crate::text::lexer::lex;
use crate::text::token::{Shape, Token, TokenRange, spell, spell_closure};

/// What is wrong with a tracker as a whole, and what it was meant to be.
pub struct MeantTracker {
    /// What is wrong.
    pub what: &'static str,
    /// The tracker.
    pub text: String,
}

/// What an invalid tracker was meant to be, if it has one of the known forms.
pub fn tracker_meant(tokens: &[Token]) -> Option<MeantTracker> {
    let meant = |what, text| Some(MeantTracker { what, text });
    if let Some(text) = without_macros(tokens) {
        return meant("`matches` looks at the error by itself, and is not the macro", text);
    }
    if let Some(text) = handled(tokens).or_else(|| by_type(tokens)) {
        return meant("`type_of` takes a type in parentheses", text);
    }
    if is_every_error(tokens) {
        return meant("`all` stands for every `Err`", "all".to_owned());
    }
    if let Some(text) = closure(tokens) {
        return meant("a closure goes in `custom`", text);
    }
    if let Some(text) = arm(tokens) {
        return meant("the patterns of `Err` go in `matches`, those of `Ok` in `ok`", text);
    }
    if let Some(text) = guard_outside(tokens) {
        return meant("a guard goes in the parentheses, after the pattern", text);
    }
    if let Some(text) = expression(tokens) {
        return meant("a test of an error goes in `custom`", text);
    }
    if let Some(text) = exception(tokens) {
        return meant("errors are picked by `matches`, and excluded by `!`", text);
    }
    list(tokens)
}

fn find(tokens: &[Token], is: impl Fn(&[Token]) -> bool) -> Option<usize> {
    (0..tokens.len()).find(|at| is(&tokens[*at..]))
}

/// The end of the group that opens at an index.
fn close(tokens: &[Token], open: usize) -> Option<usize> {
    Some(Brackets::pair(tokens).ok()?.close(open)).filter(|close| *close > open)
}

/// `matches!(e, Down)` -> `matches(Down)`
fn without_macros(tokens: &[Token]) -> Option<String> {
    let is_macro = |rest: &[Token]| matches!(rest, [word, sign, open, ..] if word.is("matches") && sign.is("!") && open.shape == Shape::Open);
    let mut tokens = tokens.to_vec();
    let first = find(&tokens, is_macro)?;
    // Within a closure, it is the real macro.
    if tokens[..first].iter().any(|token| token.is("|")) && tokens[0].is("|") {
        return None;
    }
    while let Some(at) = find(&tokens, is_macro) {
        let close = close(&tokens, at + 2)?;
        let comma = at + 3 + tokens[at + 3..close].iter().position(|token| token.is(","))?;
        if comma != at + 4 && !(comma == at + 5 && ["&", "*"].iter().any(|sign| tokens[at + 3].is(sign))) {
            let receiver =
                tokens[at + 3..comma].iter().find(|token| token.shape == Shape::Word)?.text.clone();
            let call = format!("custom(|{receiver}| {})", spell(&tokens[at..=close]));
            return (at == 0 && close + 1 == tokens.len()).then_some(call);
        }
        tokens.splice(at + 1..=comma, [Token::new(Shape::Open, "(")]);
    }
    Some(spell(&tokens).replace("&!", "& !").replace("|!", "| !"))
}

/// `type_of::<io::Error>()`, `e.is::<io::Error>()`, `TypeId::of::<io::Error>()`
fn by_type(tokens: &[Token]) -> Option<String> {
    let start = tokens.iter().position(|token| token.is("<"))?;
    let end = end_of_generics(tokens, start)?;
    let word = tokens[..start].iter().rfind(|token| token.shape == Shape::Word)?;
    let is_word = ["type_of", "of", "is", "downcast_ref", "downcast", "instance_of", "is_a"]
        .contains(&word.text.as_str());
    let has_no_more = tokens.iter().all(|token| !token.is("&") && !token.is("|"));
    (is_word && has_no_more && start + 1 < end)
        .then(|| format!("type_of({})", spell(&tokens[start + 1..end])))
}

/// The `>` of the `<` at `start`.
fn end_of_generics(tokens: &[Token], start: usize) -> Option<usize> {
    let mut depth = 0_usize;
    (start..tokens.len()).find(|at| {
        let token = &tokens[*at];
        if token.is("<") {
            depth += 1;
        } else if token.is(">") && !tokens[at - 1].is("-") {
            depth -= 1;
        }
        depth == 0
    })
}

/// `new PredicateBuilder().Handle<A>().Handle<B>()`, `Policy.Handle<A>().Or<B>()`
fn handled(tokens: &[Token]) -> Option<String> {
    let is_handle =
        |token: &Token| ["Handle", "HandleInner", "Or", "OrInner"].iter().any(|word| token.is(word));
    let first = find(tokens, |rest| matches!(rest, [word, open, ..] if is_handle(word) && open.is("<")))?;
    let mut types = Vec::new();
    let mut rest = &tokens[first..];
    // A call with an argument says more than a type.
    while let [word, open, inside @ ..] = rest {
        let end =
            inside.iter().position(|token| token.is(">")).filter(|_| is_handle(word) && open.is("<"))?;
        types.push(spell(&inside[..end]));
        rest = match &inside[end + 1..] {
            [open, close, rest @ ..] if open.is("(") && close.is(")") => rest,
            _ => return None,
        };
        rest = match rest {
            [point, rest @ ..] if point.is(".") => rest,
            _ => rest,
        };
    }
    rest.is_empty().then(|| format!("type_of({})", types.join(", ")))
}

fn is_every_error(tokens: &[Token]) -> bool {
    let words: Vec<_> =
        tokens.iter().filter(|token| !token.is(":")).map(|token| token.text.as_str()).collect();
    matches!(
        words.as_slice(),
        ["is_err" | "errors" | "error" | "Err" | "_" | "*"]
            | ["Result", "is_err"]
            | ["Err", "(", "_" | "..", ")"]
            | ["Err", "(", ".", ".", ")"]
            | ["|", _, "|", _, ".", "is_err", "(", ")"]
    )
}

/// `move |e| e.is_down()`
fn closure(tokens: &[Token]) -> Option<String> {
    let start =
        tokens.iter().take_while(|token| token.is("move") || token.is("async") || token.is("static")).count();
    let is_closure = tokens.get(start)?.is("|");
    (start > 0 && is_closure).then(|| format!("custom({})", spell_closure(&tokens[start..])))
}

/// `Err(e) if e.is_down()`, `Err(Down) => true`, `Ok(Cached(_))`
fn arm(tokens: &[Token]) -> Option<String> {
    let [word, open, ..] = tokens else { return None };
    let ours = match word.text.as_str() {
        "Err" => "matches",
        "Ok" => "ok",
        _ => return None,
    };
    let close = close(tokens, 1).filter(|_| open.is("("))?;
    let pattern = spell(&tokens[2..close]);
    let guard = match &tokens[close + 1..] {
        [] => return Some(format!("{ours}({pattern})")),
        [word, guard @ ..] if word.is("if") => guard,
        [equals, arrow, guard @ ..] if equals.is("=") && arrow.is(">") => guard,
        _ => return None,
    };
    match guard {
        [] => None,
        [word] if word.is("true") => Some(format!("{ours}({pattern})")),
        guard => Some(format!("{ours}({pattern} if {})", spell(guard))),
    }
}

/// `matches(e) if e.is_down()`
fn guard_outside(tokens: &[Token]) -> Option<String> {
    let [word, open, ..] = tokens else { return None };
    let takes_pattern = ["matches", "ok", "returned"].iter().any(|it| word.is(it)) && open.is("(");
    let close = close(tokens, 1).filter(|_| takes_pattern)?;
    let [word_if, guard @ ..] = &tokens[close + 1..] else { return None };
    let has_trackers = guard.iter().any(|token| TRACKERS.contains(&token.text.as_str()));
    let is_guard = word_if.is("if") && !guard.is_empty() && !has_trackers;
    is_guard.then(|| format!("{}({} if {})", word.text, spell(&tokens[2..close]), spell(guard)))
}

/// `e.is_down()`, `if e.is_down()`, `!e.is_client()`
fn expression(tokens: &[Token]) -> Option<String> {
    let tokens = if tokens.first()?.is("if") { &tokens[1..] } else { tokens };
    let at = tokens.iter().take_while(|token| token.is("!")).count();
    let [receiver, point, method, ..] = tokens.get(at..)? else { return None };
    let is_variable = receiver.shape == Shape::Word && receiver.text.starts_with(char::is_lowercase);
    if !is_variable || !point.is(".") || method.shape != Shape::Word {
        return None;
    }
    let receiver = &receiver.text;
    let is_name = receiver != "self";
    let has_trackers = tokens.iter().any(|token| TRACKERS.contains(&token.text.as_str()) && !token.is("ok"));
    (is_name && !has_trackers).then(|| format!("custom(|{receiver}| {})", spell(tokens)))
}

/// `except(NotFound)` -> `!matches(NotFound)`, `only(Down)` -> `matches(Down)`
fn exception(tokens: &[Token]) -> Option<String> {
    let [word, open, ..] = tokens else { return None };
    let is_whole = open.is("(") && close(tokens, 1)? + 1 == tokens.len();
    let inside = tokens.get(2..tokens.len() - 1).filter(|_| is_whole)?;
    let several = list(inside).map(|several| several.text);
    let inner = several.or_else(|| tracker(&spell(inside)))?;
    let has_trackers =
        tokens[2..].iter().any(|token| TRACKERS.contains(&token.text.as_str()) || token.is("all"));
    match snake(&word.text).as_str() {
        "except" | "exclude" | "excluding" | "all_but" | "all_except" | "ignore" | "without" => {
            Some(format!("!{}", grouped(inner)))
        }
        "only" | "just" | "include" | "any" | "any_of" | "one_of" if !has_trackers => Some(inner),
        _ => None,
    }
}

/// `[Down, Away]`, `{Down, Away}`, `Down, Away`, `matches(Down), matches(Away)`, `matches(Down) + matches(Away)`, `all, !matches(Away)`
fn list(tokens: &[Token]) -> Option<MeantTracker> {
    let brackets = Brackets::pair(tokens).ok()?;
    let last = tokens.len().checked_sub(1)?;
    let is_group = tokens[0].shape == Shape::Open && brackets.close(0) == last;
    let is_mere_group = is_group && tokens[0].is("(");
    // The comma in `|result: &Result<_, Error>| ..` belongs to a type.
    if tokens[0].is("|") {
        return None;
    }
    let inside = if is_group { &tokens[1..last] } else { tokens };
    let brackets = Brackets::pair(inside).ok()?;
    let mut pieces = vec![TokenRange::new(0, inside.len())];
    for sign in [",", "+", ";"] {
        if inside.iter().any(|token| token.is(sign)) {
            pieces = split(inside, &brackets, sign);
            break;
        }
    }
    if inside.is_empty() || pieces.len() < 2 && (!is_group || is_mere_group) {
        return None;
    }
    let (excluded, included): (Vec<_>, Vec<_>) =
        pieces.iter().map(|piece| piece.of(inside)).partition(|piece| is_negated(piece));
    let excluded: Vec<_> = excluded.iter().map(|piece| &piece[1..]).collect();
    if excluded.is_empty() {
        let what = "trackers are joined by `|`, and so are patterns in one `matches`";
        return Some(MeantTracker { what, text: any(&included)?.join(" | ") });
    }
    // `!a & b` excludes only `a`.
    let is_whole = |piece: &&[Token]| {
        !piece.is_empty() && !is_joined(piece, "|") && !is_joined(piece, "&") && !is_negated(piece)
    };
    if !excluded.iter().all(is_whole) {
        return None;
    }
    let mut all = Vec::new();
    if !included.is_empty() {
        all.push(grouped(any(&included)?.join(" | ")));
    }
    all.extend(any(&excluded)?.iter().map(|tracker| format!("!{tracker}")));
    let what = "several are joined by `|`, and what is excluded by `&`";
    Some(MeantTracker { what, text: all.join(" & ") })
}

fn is_negated(piece: &[Token]) -> bool {
    piece.first().is_some_and(|first| first.is("!"))
}

/// The trackers among the pieces as they are, plus one made from the patterns and types.
fn any(pieces: &[&[Token]]) -> Option<Vec<String>> {
    let is_tracker = |piece: &&[Token]| {
        let word = piece.iter().find(|token| !token.is("("));
        word.is_some_and(|word| TRACKERS.contains(&word.text.as_str()) || word.is("all") || word.is("custom"))
    };
    let texts: Vec<_> = pieces.iter().map(|piece| spell(piece)).collect();
    if pieces.iter().all(is_tracker) {
        return Some(texts);
    }
    let text = tracker(&format!("[{}]", texts.join(", "))).filter(|_| !pieces.iter().any(is_tracker))?;
    Some(vec![text])
}

/// Parenthesizes a tracker for use in `&`, or after `!`.
fn grouped(text: String) -> String {
    let tokens = lex(&text).tokens;
    if is_joined(&tokens, "|") || is_joined(&tokens, "&") { format!("({text})") } else { text }
}

fn is_joined(tokens: &[Token], sign: &str) -> bool {
    Brackets::pair(tokens).is_ok_and(|brackets| split(tokens, &brackets, sign).len() > 1)
}

fn split(tokens: &[Token], brackets: &Brackets, sign: &str) -> Vec<TokenRange> {
    let mut pieces = brackets.split_at(TokenRange::whole(tokens), |at| tokens[at].is(sign));
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::tracker_meant;
    use crate::text::lexer::lex;

    #[test]
    fn code_becomes_a_tracker() {
        for (written, ours) in [
            ("matches!(e, Down)", Some("matches(Down)")),
            ("matches!(&e, Down | Away)", Some("matches(Down | Away)")),
            ("all & !matches!(e, NotFound)", Some("all & !matches(NotFound)")),
            ("matches!(e.kind(), Down)", Some("custom(|e| matches!(e.kind(), Down))")),
            ("|e| matches!(e, Down)", None),
            ("Result::is_err", Some("all")),
            ("|r| r.is_err()", Some("all")),
            ("Err(_)", Some("all")),
            ("move |e| e.is_down()", Some("custom(|e| e.is_down())")),
            ("e.is_down()", Some("custom(|e| e.is_down())")),
            ("!e.is_client()", Some("custom(|e| !e.is_client())")),
            ("if e.is_down()", Some("custom(|e| e.is_down())")),
            ("matches(e) if e.code() == 500", Some("matches(e if e.code() == 500)")),
            ("ok(page) if page.is_empty()", Some("ok(page if page.is_empty())")),
            ("matches(e) if e.is_down() | ok(1)", None),
            ("matches(e) if", None),
            ("Err(Down)", Some("matches(Down)")),
            ("Err(e) if e.is_down()", Some("matches(e if e.is_down())")),
            ("Err(e) => e.is_down()", Some("matches(e if e.is_down())")),
            ("Ok(Cached(_))", Some("ok(Cached(_))")),
            ("only(Down)", Some("matches(Down)")),
            ("any(Down, Away)", Some("matches(Down | Away)")),
            ("any(all, ok(1))", None),
            ("_", Some("all")),
            ("except(NotFound)", Some("!matches(NotFound)")),
            ("exclude(NotFound, Gone)", Some("!matches(NotFound | Gone)")),
            ("type_of::<io::Error>()", Some("type_of(io::Error)")),
            ("TypeId::of::<io::Error>()", Some("type_of(io::Error)")),
            ("new PredicateBuilder().Handle<Down>()", Some("type_of(Down)")),
            ("Policy.Handle<io.Down>().Or<Away>()", Some("type_of(io.Down, Away)")),
            ("new PredicateBuilder().Handle<Down>(e => e.Code == 5)", None),
            ("[Down, Timeout]", Some("matches(Down | Timeout)")),
            ("{Down, Timeout}", Some("matches(Down | Timeout)")),
            ("Down, Timeout", Some("matches(Down | Timeout)")),
            ("[io::Error, fmt::Error]", Some("type_of(io::Error, fmt::Error)")),
            ("matches(Down), matches(Away)", Some("matches(Down) | matches(Away)")),
            ("matches(Down) + matches(Away)", Some("matches(Down) | matches(Away)")),
            ("all, !matches(NotFound)", Some("all & !matches(NotFound)")),
            ("!matches(NotFound), all", Some("all & !matches(NotFound)")),
            ("all + !matches(NotFound)", Some("all & !matches(NotFound)")),
            ("all, !NotFound", Some("all & !matches(NotFound)")),
            ("matches(Down), !matches(Up)", Some("matches(Down) & !matches(Up)")),
            ("matches(Down), ok(1), !matches(Up)", Some("(matches(Down) | ok(1)) & !matches(Up)")),
            ("matches(Down), !matches(Up), !ok(1)", Some("matches(Down) & !matches(Up) & !ok(1)")),
            ("!matches(Up), !matches(Gone)", Some("!matches(Up) & !matches(Gone)")),
            ("[Down, !Up]", Some("matches(Down) & !matches(Up)")),
            ("[Down, Away, !Up, !Gone]", Some("matches(Down | Away) & !matches(Up | Gone)")),
            ("[!Up]", Some("!matches(Up)")),
            ("[io::Error, !fmt::Error]", Some("type_of(io::Error) & !type_of(fmt::Error)")),
            ("all, !(matches(A) | matches(B))", Some("all & !(matches(A) | matches(B))")),
            ("all, !!matches(A)", None),
            ("matches(Down) | ok(1), !matches(Up)", Some("(matches(Down) | ok(1)) & !matches(Up)")),
            ("all, !matches(A) | ok(1)", None),
            ("[Down | Away, !Up]", Some("matches(Down | Away) & !matches(Up)")),
            ("all, !matches(A) & ok(1)", None),
            ("except(matches(A), matches(B))", Some("!(matches(A) | matches(B))")),
            ("matches(Down) & all", None),
            ("(matches(Down))", None),
            ("status >= 500", None),
        ] {
            let meant = tracker_meant(&lex(written).tokens).map(|meant| meant.text);
            assert_eq!(meant.as_deref(), ours, "{written}");
        }
    }
}
