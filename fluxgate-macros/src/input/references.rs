//! Where the library defines the words of an attribute: `min` in `trip` is `trip::min`. An editor, which follows a word by its
//! span, finds the documentation.

use fluxgate_rules::vocabulary::{PERMIT, RETRY, TRIP, Vocabulary, WINDOW};
use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::ToTokens as _;

use crate::input::tokens::{is, word};
use crate::input::tracker_words::WORDS;

/// A word that the user wrote, and what it names.
pub(crate) struct Reference {
    pub(crate) word: Ident,
    pub(crate) to: Referent,
}

/// A place in the library.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Referent {
    /// A module, and any function in it.
    Module(&'static str, &'static str),
    /// A function in a module.
    Function(&'static str, &'static str),
    /// A method of a module's type of the same name.
    Method(&'static str, &'static str),
    /// A method of the builder.
    Builder(&'static str),
    /// Something found only in our private module.
    Word(&'static str),
    /// Nothing in a module yet: someone may be typing its name.
    NothingOf(&'static str),
    /// No method yet of a module's type of the same name.
    NoMethodOf(&'static str),
    /// No argument yet.
    NoArgument,
}

impl Referent {
    /// Whether it exists.
    pub(crate) fn exists(self) -> bool {
        !matches!(self, Self::NothingOf(_) | Self::NoMethodOf(_) | Self::NoArgument)
    }
}

/// A setting that has a module, some function in that module, and the setting's words.
struct SettingWords {
    name: &'static str,
    function: &'static str,
    vocabulary: &'static Vocabulary,
}

static SETTINGS: [SettingWords; 4] = [
    SettingWords { name: "window", function: "count", vocabulary: &WINDOW },
    SettingWords { name: "trip", function: "min", vocabulary: &TRIP },
    SettingWords { name: "retry", function: "never", vocabulary: &RETRY },
    SettingWords { name: "permit", function: "all", vocabulary: &PERMIT },
];

/// Settings that are documented where they are made by hand.
const OF_BUILDER: [&str; 6] =
    ["normal", "outage", "max_half_open_calls", "half_open_timeout", "on_panic", "count_calls"];
/// Arguments that have no place of their own.
const ARGUMENTS: [&str; 12] = [
    "name",
    "success",
    "ignore",
    "rejected",
    "fallback",
    "timeout",
    "on_cancel",
    "breaker",
    "handle",
    "key",
    "max_keys",
    "key_idle",
];
const OF_REQUESTS: [&str; 2] = ["from_error", "otherwise"];
const OUTCOMES: [&str; 2] = ["failure", "ignore"];

/// What the words of all arguments refer to, right or wrong.
pub(crate) fn references(arguments: &TokenStream) -> Vec<Reference> {
    let trees: Vec<_> = arguments.clone().into_iter().collect();
    let is_name = |at: &usize| {
        let is_first = *at == 0 || is(&trees[*at - 1], ',');
        let is_alone = trees.get(at + 1).is_none_or(|next| is(next, '=') || is(next, ','));
        is_first && is_alone && word(&trees[*at]).is_some()
    };
    let starts: Vec<_> = (0..trees.len()).filter(is_name).collect();
    let ends = starts.iter().skip(1).copied().chain([trees.len()]);
    let mut found = Vec::new();
    for (start, end) in starts.iter().zip(ends) {
        if let Some(name) = word(&trees[*start]) {
            let value = trees.get(start + 2..end).unwrap_or_default();
            of_argument(name, value, &mut |to, word| {
                // A keyword names nothing, and must not be in a path.
                if syn::parse2::<Ident>(word.to_token_stream()).is_ok() {
                    found.push(Reference { word: word.clone(), to });
                }
            });
        }
    }
    found
}

/// What the words of an argument refer to, its name included.
fn of_argument(name: &Ident, value: &[TokenTree], add: &mut dyn FnMut(Referent, &Ident)) {
    let known = |names: &[&'static str], word: &Ident| names.iter().copied().find(|name| word == name);
    if let Some(setting) = SETTINGS.iter().find(|setting| name == setting.name) {
        add(Referent::Module(setting.name, setting.function), name);
        let entries = setting.vocabulary.entries;
        for_each_word(value, &mut |word, is_keyword| {
            // A request belongs to the guarded function, not to the breaker.
            if let Some(known) = known(&OF_REQUESTS, word).filter(|_| name == "retry") {
                return add(Referent::Word(known), word);
            }
            let names = entries.iter().flat_map(|entry| entry.keywords).map(|keyword| keyword.name);
            let mut keywords = names.filter(|_| is_keyword);
            let mut words = entries.iter().map(|entry| entry.word).filter(|_| !is_keyword);
            let to = match (keywords.find(|name| word == name), words.find(|name| word == name)) {
                (Some(keyword), _) => Referent::Method(setting.name, keyword),
                (None, Some(known)) => Referent::Function(setting.name, known),
                (None, None) if is_keyword => Referent::NoMethodOf(setting.name),
                (None, None) => Referent::NothingOf(setting.name),
            };
            add(to, word);
        });
        return;
    }
    let to = match (known(&OF_BUILDER, name), known(&ARGUMENTS, name)) {
        _ if name == "track" => Referent::Module("track", "type_of"),
        (Some(method), _) => Referent::Builder(method),
        (None, Some(word)) => Referent::Word(word),
        (None, None) => Referent::NoArgument,
    };
    add(to, name);
    let words: &[&str] = match name.to_string().as_str() {
        "track" | "success" | "ignore" => &WORDS.map(|(word, _)| word),
        "on_panic" | "on_cancel" => &OUTCOMES,
        _ => return,
    };
    for_each_word(value, &mut |word, is_keyword| match known(words, word) {
        _ if is_keyword => {}
        Some("type_of") => add(Referent::Function("track", "type_of"), word),
        Some(known) => add(Referent::Word(known), word),
        None => {}
    });
}

/// Visits the words of a value, and those before a `=` in their parentheses. Anything else in the parentheses is the user's.
fn for_each_word(trees: &[TokenTree], visit: &mut dyn FnMut(&Ident, bool)) {
    for (at, tree) in trees.iter().enumerate() {
        match tree {
            TokenTree::Ident(word) => visit(word, false),
            TokenTree::Group(group) if group.delimiter() != Delimiter::Brace => {
                let inside: Vec<_> = group.stream().into_iter().collect();
                if at > 0 && word(&trees[at - 1]).is_some() {
                    for pair in inside.windows(2) {
                        if let [TokenTree::Ident(word), sign] = pair
                            && is(sign, '=')
                        {
                            visit(word, true);
                        }
                    }
                } else {
                    for_each_word(&inside, visit);
                }
            }
            _ => {}
        }
    }
}
