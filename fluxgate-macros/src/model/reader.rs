//! The arguments of a macro -> the settings of a breaker.

use fluxgate_rules::check::EMPTY_NAME;
use fluxgate_rules::implied::{Implied, implied};
use fluxgate_rules::read::{self, Reading};
use fluxgate_rules::syntax::{self, Branch, WrittenArgument, WrittenCall, WrittenRule};
use fluxgate_rules::token::{Token, TokenRange, spell};
use fluxgate_rules::vocabulary::{
    HALF_OPEN_TIMEOUT, KEY_IDLE, Kind, MAX_HALF_OPEN_CALLS, MAX_KEYS, NORMAL, ON_CANCEL, OUTAGE, OUTCOME,
    Parameter, TIMEOUT, Vocabulary,
};
use fluxgate_rules::{Expectations, Extent, Problem, Window};
use proc_macro2::TokenStream;
use syn::{Expr, ExprLit, Lit};

use crate::input::arguments::{Argument, Arguments};
use crate::input::callable::{Callable, Uncallable, ends_in};
use crate::input::errors::CompileErrors;
use crate::input::source::Source;
use crate::input::tokens::{RENAME, hides, name_of_ours};
use crate::input::warnings::Warning;
use crate::model::settings::{
    BreakerName, Constant, ConstantType, Node, Outcome, Rule, Setting, Settings, Value, Word, summary,
};

/// Reads all settings. If any is wrong, reports what is, and returns none.
pub(crate) fn settings(arguments: &Arguments, errors: &mut CompileErrors) -> Option<Settings> {
    let settings = Reader { arguments, errors }.settings();
    errors.is_empty().then_some(settings)
}

/// Reads how long a call may take.
pub(crate) fn timeout(arguments: &Arguments, errors: &mut CompileErrors) -> Option<Value> {
    Reader { arguments, errors }.single(&TIMEOUT)
}

/// An argument that was read: its tokens and its value.
struct Read<T> {
    source: Source,
    value: T,
}

/// Reads settings, and reports and leaves out those that are wrong.
struct Reader<'a> {
    arguments: &'a Arguments,
    errors: &'a mut CompileErrors,
}

impl Reader<'_> {
    fn settings(&mut self) -> Settings {
        let name = self.name();
        let window = self.read("window", read::window);
        let size = match &window {
            Some(window) => window.value.window(),
            None => self.arguments.get("window").is_none().then_some(Window::STANDARD),
        };
        // If only the compiler knows the window, const evaluation checks the rule against it. Here, as for a wrong window, the
        // rule is checked against a very large one.
        let assumed = size.unwrap_or(Window::count(usize::MAX));
        let rule = self.read("trip", |tokens| read::rule(tokens, &assumed));
        // A window that is wrong is reported already.
        if window.is_some() == self.arguments.get("window").is_some() {
            self.expectations(size.as_ref(), rule.as_ref());
        }
        let retry = self.read("retry", read::retry);
        let permit = self.read("permit", read::permit);
        let on_cancel = self.outcome("on_cancel", &ON_CANCEL);
        let mut warnings = self.never_tried(retry.as_ref());
        warnings.extend(unfilled(&name));
        if let Some(rule) = &rule {
            warnings.extend(never_decides(rule));
            warnings.extend(size.and_then(|window| longer_than(rule, &window)));
        }
        Settings {
            name,
            window: window.map(|window| self.setting(&window)),
            retry: retry.map(|retry| self.setting(&retry)),
            permit: permit.map(|permit| self.setting(&permit)),
            max_half_open_calls: self.single(&MAX_HALF_OPEN_CALLS),
            half_open_timeout: self.half_open_timeout(rule.as_ref()),
            on_panic: self.outcome("on_panic", &OUTCOME).map(|(outcome, _)| outcome),
            on_cancel: on_cancel.as_ref().map(|(outcome, _)| *outcome),
            on_cancel_after: on_cancel.and_then(|(_, after)| after),
            count_calls: self.count_calls(),
            time_limit: self.time_limit(rule.as_ref()),
            max_keys: self.single(&MAX_KEYS),
            key_idle: self.single(&KEY_IDLE),
            size: size.as_ref().map(Window::size),
            warnings,
            rule: rule.map(|rule| self.rule(&rule, size.is_none())),
        }
    }

    /// The name: a string, or a constant.
    fn name(&mut self) -> BreakerName {
        let Some(argument) = self.arguments.get("name") else { return BreakerName::Default };
        let mut help = "write `name = \"payments\"`";
        match syn::parse2::<Expr>(argument.value.clone()) {
            Ok(Expr::Lit(ExprLit { lit: Lit::Str(name), .. })) => {
                if !name.value().is_empty() {
                    return BreakerName::Text(name);
                }
                help = "remove it, and the name is the path of the function";
            }
            Ok(Expr::Lit(_)) | Err(_) => {}
            Ok(Expr::Macro(made)) if ends_in(&made.mac.path, &["format"]) => {
                let message = "a name is a constant, so it cannot contain what differs from call to call\n\
                     help: for a breaker for each value, write `key = value` in `#[circuit_breaker]`;\n\
                     or name each breaker where it is made: `CircuitBreaker::builder(format!(..))`";
                self.errors.report(argument.span(), message);
                return BreakerName::Default;
            }
            Ok(name) => {
                if let Some(ours) = name_of_ours(argument.value.clone()) {
                    self.errors.report(argument.span(), format!("{}\nhelp: {RENAME}", hides(&ours)));
                    return BreakerName::Default;
                }
                return BreakerName::Constant(Box::new(name), argument.span());
            }
        }
        self.errors.report(argument.span(), format!("{EMPTY_NAME}\nhelp: {help}"));
        BreakerName::Default
    }

    /// Warns of arguments about trials, if an open breaker never has one.
    fn never_tried(&self, retry: Option<&Read<WrittenCall>>) -> Vec<Warning> {
        if retry.is_none_or(|retry| retry.value.entry.word != "never") {
            return Vec::new();
        }
        let names = ["permit", "max_half_open_calls", "half_open_timeout"];
        let given = names.iter().filter_map(|name| Some((name, self.arguments.get(name)?)));
        let warning = |(name, argument): (&&str, &Argument)| {
            let message = format!(
                "`{name}` is about trials, and with `retry = never` a breaker that trips has none, except after `open_for`\n\
                 help: remove it, or take another `retry`"
            );
            Warning::new(argument.span(), message)
        };
        given.map(warning).collect()
    }

    /// Whether calls are counted: `true`, `false`, or a constant, which the compiler checks.
    fn count_calls(&mut self) -> Option<TokenStream> {
        let Read { source, .. } = self.read("count_calls", |tokens| read::truth(tokens, "count_calls"))?;
        let whole = TokenRange::whole(&source.tokens);
        source.expression(whole).map_err(|error| self.errors.push(error)).ok()
    }

    /// Reads the argument with this name, if it is given and valid.
    fn read<T>(&mut self, name: &str, read: impl Fn(&[Token]) -> Reading<T>) -> Option<Read<T>> {
        let argument = self.arguments.get(name)?;
        let source = Source::new(&argument.value, argument.name.span());
        match read(&source.tokens) {
            Ok(value) => Some(Read { source, value }),
            Err(problems) => {
                for problem in problems {
                    source.report(&problem, self.errors);
                }
                None
            }
        }
    }

    /// Reads an argument that is a single value.
    fn single(&mut self, parameter: &'static Parameter) -> Option<Value> {
        let read = self.read(parameter.name, |tokens| read::argument(tokens, parameter))?;
        self.single_value(parameter, &read)
    }

    fn single_value(
        &mut self,
        parameter: &'static Parameter,
        Read { source, value }: &Read<syntax::Value>,
    ) -> Option<Value> {
        let place = TokenRange::whole(&source.tokens);
        self.value(source, &WrittenArgument { parameter, value: *value, place })
    }

    /// Reads `half_open_timeout`. Its value, given or default, has to be longer than any duration in the rule.
    fn half_open_timeout(&mut self, rule: Option<&Read<WrittenRule>>) -> Option<Value> {
        let name = HALF_OPEN_TIMEOUT.name;
        if self.arguments.get(name).is_some() {
            // Where only the compiler knows the rule, const evaluation checks the two.
            let nodes = rule.and_then(|rule| rule.value.nodes()).unwrap_or_default();
            let read = self.read(name, |tokens| read::half_open_timeout(tokens, &nodes))?;
            return self.single_value(&HALF_OPEN_TIMEOUT, &read);
        }
        let Read { source, value } = rule?;
        for problem in read::default_timeout(&source.tokens, value).err().unwrap_or_default() {
            source.report(&problem, self.errors);
        }
        None
    }

    /// Checks the rule, and `half_open_timeout`, against how long a call may take. A limit that is wrong in itself is reported by [`timeout`].
    fn time_limit(&mut self, rule: Option<&Read<WrittenRule>>) -> Option<Value> {
        let argument = self.arguments.get(TIMEOUT.name)?;
        let source = Source::new(&argument.value, argument.name.span());
        let value = read::argument(&source.tokens, &TIMEOUT).ok()?;
        if let syntax::Value::Duration(limit) = value {
            if let Some(Read { source, value }) = rule {
                for problem in read::time_limit(&source.tokens, value, limit).err().unwrap_or_default() {
                    source.report(&problem, self.errors);
                }
            }
            let timeout = self.arguments.get(HALF_OPEN_TIMEOUT.name).map(|timeout| {
                let source = Source::new(&timeout.value, timeout.name.span());
                read::argument(&source.tokens, &HALF_OPEN_TIMEOUT).ok()
            });
            let checked = match timeout {
                None => read::hung(&source.tokens, limit, None),
                Some(Some(syntax::Value::Duration(timeout))) => {
                    read::hung(&source.tokens, limit, Some(timeout))
                }
                Some(_) => Ok(()),
            };
            for problem in checked.err().unwrap_or_default() {
                source.report(&problem, self.errors);
            }
        }
        self.single_value(&TIMEOUT, &Read { source, value })
    }

    /// Checks the rule, or the default, against `normal` and `outage`, which do not exist at run time.
    fn expectations(&mut self, window: Option<&Window>, rule: Option<&Read<WrittenRule>>) {
        let normal = self.read(NORMAL.name, |tokens| read::share(tokens, &NORMAL));
        let outage = self.read(OUTAGE.name, |tokens| read::share(tokens, &OUTAGE));
        let expectations = Expectations {
            normal: normal.as_ref().map(|normal| normal.value),
            outage: outage.as_ref().map(|outage| outage.value),
        };
        let Some(Read { source: of_share, .. }) = normal.or(outage) else { return };
        let (source, reading) = match rule {
            Some(Read { source, value }) => {
                (source, read::expected(&source.tokens, value, window, expectations))
            }
            None if self.arguments.get("trip").is_some() => return,
            None => (&of_share, read::expected_of_default(&of_share.tokens, window, expectations)),
        };
        for problem in reading.err().unwrap_or_default() {
            self.errors.push(source.error(&problem));
        }
    }

    /// An outcome, and the value of its argument, if it has one.
    fn outcome(&mut self, name: &str, vocabulary: &'static Vocabulary) -> Option<(Outcome, Option<Value>)> {
        let Read { source, value } = self.read(name, |tokens| read::word(tokens, name, vocabulary))?;
        let word = self.word(&source, &value);
        let outcome = if word.name == "failure" { Outcome::Failure } else { Outcome::Ignored };
        Some((outcome, word.keywords.into_iter().next().map(|(_, value)| value)))
    }

    fn setting(&mut self, Read { source, value }: &Read<WrittenCall>) -> Setting {
        Setting { word: self.word(source, value), span: source.whole() }
    }

    fn rule(&mut self, Read { source, value }: &Read<WrittenRule>, of_any_window: bool) -> Rule {
        let nodes = value.branches.iter().map(|branch| match branch {
            Branch::Condition(call) => Node::Condition(self.word(source, call)),
            Branch::All(members) => Node::All(*members),
            Branch::Any(members) => Node::Any(*members),
        });
        let nodes = nodes.collect();
        Rule {
            nodes,
            summary: summary(&value.spell(&source.tokens), value.nodes().as_deref()),
            is_unchecked: of_any_window || value.is_constant(),
            span: source.whole(),
        }
    }

    fn word(&mut self, source: &Source, call: &WrittenCall) -> Word {
        let (positional, keywords) = call.arguments.split_at(call.entry.positional.len());
        Word {
            name: call.entry.word,
            positional: positional.iter().filter_map(|argument| self.value(source, argument)).collect(),
            keywords: keywords
                .iter()
                .filter_map(|argument| Some((argument.parameter.name, self.value(source, argument)?)))
                .collect(),
            span: source.span(call.place),
        }
    }

    fn value(&mut self, source: &Source, argument: &WrittenArgument) -> Option<Value> {
        Some(match argument.value {
            syntax::Value::Number(number) => Value::Count(number),
            syntax::Value::Ratio(ratio) => Value::Number(ratio.as_f64()),
            syntax::Value::Multiplier(number) => Value::Number(number),
            syntax::Value::Duration(duration) => Value::Duration(duration),
            syntax::Value::Rust => {
                let place = argument.place;
                let expression = source.expression(place).map_err(|error| self.errors.push(error)).ok()?;
                let text = spell(place.of(&source.tokens));
                let kind = argument.parameter.kind;
                let (ty, check) = match kind {
                    Kind::Function => {
                        if let Some(problem) = uncallable(place, &expression) {
                            source.report(&problem, self.errors);
                            return None;
                        }
                        return Some(Value::Function(expression, text));
                    }
                    Kind::Count => (ConstantType::U32, "count"),
                    Kind::Concurrency => (ConstantType::U32, "concurrency"),
                    Kind::Size => (ConstantType::Usize, "size"),
                    Kind::Keys => (ConstantType::Usize, "keys"),
                    Kind::Buckets => (ConstantType::Usize, "buckets"),
                    Kind::Ratio => (ConstantType::F64, "ratio"),
                    Kind::Exceeded => (ConstantType::F64, "exceeded"),
                    Kind::Confidence => (ConstantType::F64, "confidence"),
                    Kind::Jitter => (ConstantType::F64, "jitter"),
                    Kind::Multiplier => (ConstantType::F64, "multiplier"),
                    Kind::Duration => (ConstantType::Duration, "duration"),
                    Kind::Threshold => (ConstantType::Duration, "threshold"),
                    Kind::Timeout => (ConstantType::Duration, "timeout"),
                };
                let message = source.message(&Problem::new(place, kind.refuse(&text)));
                Value::Constant(Constant { expression, ty, check, message, span: source.span(place) })
            }
        })
    }
}

/// Why an expression, which is not a number, is certainly no function that `custom` could call.
fn uncallable(place: TokenRange, expression: &TokenStream) -> Option<Problem> {
    let uncallable = Callable::parse_sync(expression).err()?;
    let problem = Problem::new(place, uncallable.what("custom", "one argument"));
    match uncallable {
        Uncallable::Broken | Uncallable::Quoted(_) => None,
        Uncallable::Value(_) => Some(problem.help("write the path of a function")),
        Uncallable::WithoutParameter(meant) => Some(problem.correct(meant)),
        Uncallable::WithSeveral => Some(problem.help("write a closure of one parameter")),
        Uncallable::Async => Some(problem.help("leave out `async`")),
    }
}

/// Warns of a name with something in braces, as `payments-{id}`, unless it is the path of a service: `/payments/{id}`.
fn unfilled(name: &BreakerName) -> Option<Warning> {
    let BreakerName::Text(name) = name else { return None };
    let text = name.value();
    let (_, rest) = text.split_once('{').filter(|_| !text.contains('/'))?;
    let (inside, _) = rest.split_once('}')?;
    inside.chars().all(|sign| sign.is_alphanumeric() || "_.:?#".contains(sign)).then(|| {
        let message = format!(
            "a name is taken as it is, and nothing is put in place of `{{{inside}}}`\n\
             help: name each breaker where it is made, by `CircuitBreaker::builder(format!(..))`; or make this name a constant"
        );
        Warning::new((name.span(), name.span()), message)
    })
}

/// Warns of parts of a rule that another part makes redundant.
fn never_decides(Read { source, value }: &Read<WrittenRule>) -> Vec<Warning> {
    let nodes = value.nodes().unwrap_or_default();
    let text = |at: usize| spell(value.places[at].of(&source.tokens));
    let warning = |Implied { part, because_of, is_alternative, trials }: Implied| {
        let (part_text, other) = (text(part), text(because_of));
        let message = match trials {
            None if is_alternative => format!(
                "`{part_text}` never decides: `{other}` holds whenever it does\nhelp: remove it, or ask for less in it"
            ),
            None => format!(
                "`{part_text}` never decides: it holds whenever `{other}` does\nhelp: remove it, or ask for more in it"
            ),
            Some((with, without)) => format!(
                "`{part_text}` never trips: `{other}` holds whenever it does; it only asks more of a trial: \
                 {} good calls of {}, not {} of {}\n\
                 help: remove it, or ask for less in it; if that is the intention, write `half_open & {part_text}`",
                with.good, with.length, without.good, without.length
            ),
        };
        Warning::new(source.span(value.places[part]), message)
    };
    implied(&nodes).into_iter().map(warning).collect()
}

/// Warns of a duration in a rule that is longer than the window.
fn longer_than(Read { source, value }: &Read<WrittenRule>, window: &Window) -> Option<Warning> {
    let Extent::Time(remembered) = window.extent else { return None };
    value.branches.iter().find_map(|branch| {
        let Branch::Condition(call) = branch else { return None };
        let is_long = |argument: &&WrittenArgument| match argument.value {
            syntax::Value::Duration(duration) => duration > remembered,
            _ => false,
        };
        let argument = call.arguments.iter().filter(|_| call.entry.times_calls()).find(is_long)?;
        let text = spell(argument.place.of(&source.tokens));
        let message = format!(
            "`{text}` is longer than this window remembers, so calls that take that long are hardly ever in it together\n\
             help: take a longer window, or a shorter duration"
        );
        Some(Warning::new(source.span(argument.place), message))
    })
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;

    use crate::input::arguments::Arguments;
    use crate::input::errors::CompileErrors;
    use crate::input::names::Macro;
    use crate::model::settings::Settings;

    fn read(source: &str) -> Result<Settings, usize> {
        let mut errors = CompileErrors::default();
        let tokens: TokenStream = source.parse().expect("the test's own tokens");
        let arguments = Arguments::parse(tokens, Macro::CircuitBreaker, &mut errors);
        super::settings(&arguments, &mut errors).ok_or_else(|| errors.all().len())
    }

    #[test]
    fn summarizes_the_rule() {
        let Ok(settings) = read("trip = min(10) & failure_rate(50%)") else { panic!("a rule that is right") };
        assert_eq!(settings.summary(), "`min(10) & failure_rate(0.5)`, trial of 10 calls");
    }

    #[test]
    fn summarizes_the_standard_rule_for_the_window() {
        let standard = |minimum: &str, window: &str, trial: &str| {
            let Ok(settings) = read(&format!("window = {window}")) else { panic!("a window that is right") };
            let (closed, half_open) = minimum.split_once(' ').expect("two numbers");
            let rule = format!(
                "`closed & min({closed}) & failure_rate(0.5) | half_open & min({half_open}) & failure_rate(0.5)`, {trial}"
            );
            assert_eq!(settings.summary(), rule, "{window}");
        };
        standard("100 10", "count(1000)", "trial of 10 calls");
        standard("50 10", "count(50)", "trial of 10 calls");
        standard("5 5", "count(5)", "trial of 5 calls");
        standard("100 10", "time(LENGTH)", "trial of 10 calls");
        standard("100 10", "count(SIZE)", "where 100 and 10 are capped at the window's size");
    }

    #[test]
    fn reports_all_that_is_wrong() {
        let errors = read("window = count(0), trip = \"min(10) & failure_rat(0.5)\", retri = always").err();
        assert_eq!(errors, Some(3));
    }
}
