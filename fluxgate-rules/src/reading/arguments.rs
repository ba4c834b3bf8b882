//! The arguments of a word, one by one.

use crate::language::foreign::{Part, senses};
use crate::language::number::lenient;
use crate::language::spelling::snake;
use crate::language::syntax::{Value, WrittenArgument};
use crate::language::vocabulary::{Entry, Kind, Parameter, TRIP, WINDOW};
use crate::model::limits::MAX_BUCKETS;
use crate::reading::cursor::Cursor;
use crate::reading::given::{GivenArguments, owner_of};
use crate::reading::trailing::window_meant;
use crate::suggestion::filled::{Filled, with_window};
use crate::suggestion::parts::{bucket_count, jitter_share};
use crate::suggestion::piece::{Piece, keyword, keyword_meant};
use crate::suggestion::{arranged, is_before_keywords, keyword_of_value, places_meant};
use crate::text::problem::Problem;
use crate::text::token::TokenRange;

/// Reads the arguments of a word, `inside` its parentheses if it has any, and reports everything wrong with them. A
/// wrong argument gets an unknown value; `None` if they are wrong as a whole.
pub(crate) fn arguments(
    cursor: &mut Cursor<'_>,
    entry: &'static Entry,
    call: TokenRange,
    inside: Option<TokenRange>,
) -> Option<Vec<WrittenArgument>> {
    let pieces = inside.map(|inside| cursor.pieces(inside)).unwrap_or_default();
    let pieces: Vec<_> = pieces.into_iter().flat_map(|piece| parted(cursor, entry, piece)).collect();
    let pieces: Vec<_> =
        pieces.iter().map(|piece| Piece::cut(cursor.vocabulary, entry, cursor.tokens, *piece)).collect();
    let given = GivenArguments { vocabulary: cursor.vocabulary, entry, call, pieces };
    if let Some(problem) = given.problem(cursor) {
        cursor.report(problem);
        return None;
    }
    let before = cursor.problems.len();
    let mut arguments = Vec::new();
    let unnamed = given.unnamed();
    let places = places_meant(entry, &unnamed);
    let parameters = entry.positional(is_before_keywords(cursor.vocabulary, entry, &given.pieces));
    for (parameter, place) in parameters.iter().zip(&places) {
        let Some(place) = place else { continue };
        arguments.push(argument(cursor, entry.word, parameter, &unnamed[*place]));
    }
    let late = given.pieces.iter().skip(unnamed.len()).find(|piece| piece.name.is_none());
    if let Some(extra) = (0..unnamed.len()).find(|at| !places.contains(&Some(*at))) {
        let problem = given.extra(cursor, &unnamed[extra]);
        cursor.report(problem);
    } else if let Some(late) = late {
        let what = format!("`{}` goes before the named arguments", late.text());
        cursor.report(Problem::new(late.place, what).correct_at(call, given.right().text));
    }
    for piece in &given.pieces {
        let Some(name) = piece.name else { continue };
        let Some(argument) = given.named(cursor, piece, name) else { continue };
        if arguments.iter().any(|other: &WrittenArgument| other.parameter.name == argument.parameter.name) {
            let what = format!("`{}` is given twice", argument.parameter.name);
            let with_comma = cursor.with_comma(piece.place);
            let problem = Problem::new(piece.place, what).help("remove one of them");
            cursor.report(problem.correct_at(with_comma, ""));
        }
        arguments.push(argument);
    }
    // A replacement for the whole call has no such comma.
    let replaces =
        |problem: &Problem| problem.suggestion().is_some_and(|suggestion| suggestion.range == call);
    if let Some(comma) = inside.and_then(|inside| cursor.needless_comma(inside))
        && !cursor.problems[before..].iter().any(replaces)
    {
        cursor.report_misplaced(comma);
    }
    Some(arguments)
}

/// Parts a piece before each named argument in it, `60s jitter = 0.1` or `60s; jitter = 0.1`, and reports the missing
/// commas.
fn parted(cursor: &mut Cursor<'_>, entry: &'static Entry, piece: TokenRange) -> Vec<TokenRange> {
    let (mut parts, mut start, mut at) = (Vec::new(), piece.start, piece.start + 1);
    while at < piece.end {
        let [before, name, sign] = [at - 1, at, at + 1].map(|at| cursor.token(at));
        let is_named = name.is_some_and(|name| keyword(entry, &name.text).is_some())
            && sign.is_some_and(|sign| sign.is("="));
        if is_named && let (Some(before), Some(name)) = (before, name) {
            let last = TokenRange::at(at - 1);
            let problem = Problem::new(TokenRange::at(at), format!("`,` is missing before `{}`", name.text));
            let (end, comma) =
                if before.is(";") { (at - 1, ",".to_owned()) } else { (at, format!("{},", before.text)) };
            parts.push(TokenRange::new(start, end));
            start = at;
            let rest = TokenRange::new(at, piece.end);
            let help = format!("write `{}, {}`", cursor.spell(parts[parts.len() - 1]), cursor.spell(rest));
            cursor.report(problem.help(help).correct_at(last, comma));
        }
        at = cursor.brackets.close(at) + 1;
    }
    parts.push(TokenRange::new(start, piece.end));
    parts
}

/// Reads one argument, and reports what is wrong with it.
fn argument(
    cursor: &mut Cursor<'_>,
    owner: &str,
    parameter: &'static Parameter,
    piece: &Piece<'_>,
) -> WrittenArgument {
    let value = piece.read(owner, parameter).unwrap_or_else(|problem| {
        cursor.report(problem);
        Value::Rust
    });
    WrittenArgument { parameter, value, place: piece.value }
}

impl GivenArguments<'_> {
    /// Reports the length of one bucket in place of their number: `time(60s, buckets = 10s)`.
    fn bucket_length(&self, piece: &Piece<'_>) -> Option<Problem> {
        let ([window], Some(buckets)) =
            (self.entry.positional, self.entry.keywords.iter().find(|it| it.kind == Kind::Buckets))
        else {
            return None;
        };
        let is_bucket = piece.name.is_none_or(|name| {
            keyword_meant(self.vocabulary, self.entry, name).is_some_and(|it| it.name == buckets.name)
                || senses(name).iter().any(|sense| sense.part == Part::BucketTime)
        });
        let count = bucket_count(&self.unnamed().first()?.text(), &piece.text())
            .filter(|count| is_bucket && piece.fits(window) && *count <= MAX_BUCKETS as u128)?;
        let what = format!("`{}` says how many there are, not how long one is", buckets.name);
        Some(Problem::new(piece.place, what).correct(format!("{} = {count}", buckets.name)))
    }

    /// Reports the longest that a pause varies in place of a share of it: `cooldown(30s, jitter = 5s)`.
    fn jitter_length(&self, piece: &Piece<'_>, name: &str) -> Option<Problem> {
        let jitter = keyword_meant(self.vocabulary, self.entry, name).filter(|it| it.kind == Kind::Jitter)?;
        lenient(&piece.text())?;
        let what = format!("`{}` is a share of each pause, not a time", jitter.name);
        let problem = Problem::new(piece.place, what);
        let share = self.unnamed().first().and_then(|pause| jitter_share(&pause.text(), &piece.text()));
        Some(match share {
            Some(share) => problem.correct(format!("{} = {share}", jitter.name)),
            None => problem.example(format!("{} = {}", jitter.name, jitter.example)),
        })
    }

    /// An extra argument: a value that lacks its name, or anything else.
    fn extra(&self, cursor: &Cursor<'_>, extra: &Piece<'_>) -> Problem {
        if let Some(problem) = self.bucket_length(extra) {
            return problem;
        }
        let text = extra.text();
        if let Some(parameter) = extra.keyword_alone(cursor.vocabulary, self.entry) {
            return without_value(extra, parameter);
        }
        let is_free = |parameter: &Parameter| !self.is_given(parameter.name);
        if let Some(parameter) = keyword_of_value(cursor.vocabulary, self.entry, extra, is_free) {
            let problem = Problem::new(extra.place, format!("`{text}` needs a name"));
            let is_last = self.pieces.iter().all(|piece| piece.place.end <= extra.place.end);
            if !is_last {
                return self.right().correct(problem, self.call);
            }
            let value = extra.named().right(parameter.name, parameter).text;
            let problem = problem.correct(format!("{} = {value}", parameter.name));
            return if self.entry.is_share() && extra.is_constant(parameter) {
                problem.aside(format!("; a number of calls is `min({text})`"))
            } else {
                problem
            };
        }
        let free: Vec<_> = self.entry.keywords.iter().filter(|parameter| is_free(parameter)).collect();
        let owner = extra.constant().and_then(|name| owner_of(cursor.vocabulary, &snake(name)));
        // `cooldown(60s, MAX)`
        if let Some(owner) = owner.filter(|owner| *owner != self.entry && self.entry.is_like(owner)) {
            let right = arranged(cursor.vocabulary, owner, &self.pieces);
            return right.correct(Problem::new(extra.place, format!("`{text}` needs a name")), self.call);
        }
        if free.iter().any(|parameter| extra.is_constant(parameter)) {
            let named = free.iter().map(|parameter| format!("`{} = {text}`", parameter.name));
            let help = format!("write {}", named.collect::<Vec<_>>().join(" or "));
            return Problem::new(extra.place, format!("`{text}` needs a name")).help(help);
        }
        let rest = if self.entry.keywords.is_empty() { "" } else { " without a name" };
        let what = format!("`{}` takes {}, and nothing else{rest}", self.entry.word, self.entry.wanted());
        let right = self.right().text;
        let problem = Problem::new(self.call, what).correct(right.as_str());
        // In `backoff(1s * 2, 60s)`, the value that is left out is the one that was meant.
        let at = self.unnamed().iter().position(|piece| piece.place == extra.place);
        if let Some(own) = at.and_then(|at| self.entry.positional.get(at))
            && extra.values().is_empty()
        {
            return extra.read(self.entry.word, own).err().unwrap_or_else(|| problem.as_example());
        }
        // `failure_rate(0.5, 20)`
        let has_min = cursor.tokens.iter().any(|token| token.is("min"));
        if self.entry.is_share()
            && !has_min
            && TRIP.entry("min").is_some_and(|min| extra.fits(&min.positional[0]))
        {
            let guarded = format!("min({text}) & {right}");
            return with_window(problem.correct(guarded), Some(format!("`window = count({text})`")));
        }
        // `failures(3, 5)`: three of five.
        let counted = || {
            let [own] = self.entry.positional else { return None };
            let size = WINDOW.entry("count")?.positional.first()?;
            let is_of = match (self.unnamed().first()?.read("", own), extra.read("", size)) {
                (Ok(Value::Number(count)), Ok(Value::Number(of))) => count <= of,
                _ => false,
            };
            (is_of && self.entry.concerns_window()).then(|| format!("`window = count({text})`"))
        };
        with_window(problem, window_meant(cursor, Some(self.entry), extra.place).or_else(counted))
    }

    /// Reads a named argument, or reports what is wrong with it.
    fn named(&self, cursor: &mut Cursor<'_>, piece: &Piece<'_>, name: &str) -> Option<WrittenArgument> {
        if let Some(problem) = self.bucket_length(piece).or_else(|| self.jitter_length(piece, name)) {
            cursor.report(problem);
            return None;
        }
        let Some(parameter) = keyword(self.entry, name) else {
            let problem = self.unknown_name(cursor, piece, name);
            cursor.report(problem);
            return None;
        };
        if piece.value.is_empty() {
            cursor.report(without_value(piece, parameter));
            return Some(WrittenArgument { parameter, value: Value::Rust, place: piece.place });
        }
        let signs = TokenRange::new(piece.place.start + 1, piece.value.start);
        if !matches!(signs.of(cursor.tokens), [sign] if sign.is("=")) {
            let correction = format!("{name} = {}", piece.text());
            let place = if signs.is_empty() { piece.place } else { signs };
            let problem = Problem::new(place, "a named argument is written with `=`");
            cursor.report(problem.correct_at(piece.place, correction));
        }
        Some(argument(cursor, name, parameter, piece))
    }

    fn unknown_name(&self, cursor: &Cursor<'_>, piece: &Piece<'_>, name: &str) -> Problem {
        let vocabulary = cursor.vocabulary;
        let what = format!("`{}` has no argument `{name}`", self.entry.word);
        let near = keyword_meant(vocabulary, self.entry, name);
        if let Some(other) = owner_of(vocabulary, name).filter(|_| near.is_none()) {
            return self.of_another(cursor, piece, name, other, Problem::new(piece.place, what));
        }
        if let Some(near) = near {
            if self.is_given(near.name) {
                let help = format!("remove it; `{}` is given", near.name);
                return Problem::new(piece.place, what)
                    .help(help)
                    .correct_at(cursor.with_comma(piece.place), "");
            }
            let name = TokenRange::at(piece.place.start);
            let right = piece.right(near.name, near);
            let is_name_alone = right.text == piece.text()
                && piece.value.start == name.end + 1
                && cursor.tokens[name.end].is("=");
            if is_name_alone {
                return Problem::new(name, what).did_you_mean(near.name);
            }
            let right = Filled { text: format!("{} = {}", near.name, right.text), ..right };
            return right.correct(Problem::new(piece.place, what), piece.place);
        }
        if let Some(window) = window_meant(cursor, Some(self.entry), piece.place) {
            let with_comma = cursor.with_comma(piece.place);
            let help = format!("remove it; {window} says how far back a rule looks");
            return Problem::new(piece.place, what).help(help).correct_at(with_comma, "");
        }
        let names: Vec<_> =
            self.entry.keywords.iter().map(|parameter| format!("`{}`", parameter.name)).collect();
        Problem::new(piece.place, what).help(format!("it has {}", names.join(", ")))
    }

    /// An argument that only another word has. If that word takes the same values, it is suggested instead; otherwise,
    /// the argument has to go.
    fn of_another(
        &self,
        cursor: &Cursor<'_>,
        piece: &Piece<'_>,
        name: &str,
        other: &'static Entry,
        problem: Problem,
    ) -> Problem {
        if self.entry.is_like(other) {
            let right = arranged(cursor.vocabulary, other, &self.pieces);
            let help = format!("`{}` has: write `{}`, or remove `{name}`", other.word, right.text);
            return problem.help(help).correct_at(self.call, right.text);
        }
        if self.entry.is_share() && cursor.lacks_min() {
            let rest: Vec<_> = self.pieces.iter().filter(|it| it.place != piece.place).copied().collect();
            let right = arranged(cursor.vocabulary, self.entry, &rest).text;
            let problem = problem.correct_at(self.call, format!("min(10) & {right}")).losing();
            return problem.aside("; `min` keeps few calls from tripping the breaker");
        }
        let help = format!("remove it: only `{}` has it", other.word);
        problem.help(help).correct_at(cursor.with_comma(piece.place), "").losing()
    }
}

fn without_value(piece: &Piece<'_>, parameter: &Parameter) -> Problem {
    let problem = Problem::new(piece.place, format!("`{}` has no value", parameter.name));
    problem.example(format!("{} = {}", parameter.name, parameter.example))
}
