//! An attribute while it is being read: the arguments that are right, and the parts that make up the rest.

mod correction;

use crate::language::foreign::{Part, Sense, Unit, senses};
use crate::language::vocabulary::{RETRY, TIMEOUT, TRIP, WINDOW};
use crate::reading::attribute::entries::{Assignment, AttributeReader};
use crate::reading::attribute::resolve::{Interpretation, LIMIT, is_exact, is_pause_elsewhere};
use crate::reading::attribute::threshold::threshold_of_window;
use crate::reading::states::state;
use crate::suggestion::parts::GivenPart;
use crate::suggestion::places;
use crate::text::lexer::lex;
use crate::text::problem::{Problem, list_once};
use crate::text::token::{Shape, TokenRange, unquoted};

/// The contents of an attribute.
#[derive(Default)]
pub struct Attribute {
    /// The arguments with correct names, in order; names may repeat.
    pub arguments: Vec<NamedArgument>,
    /// What is wrong with the rest.
    pub problems: Vec<Problem>,
}

/// An argument with one of our names.
pub struct NamedArgument {
    /// The name.
    pub name: TokenRange,
    /// The value, which is not empty.
    pub value: TokenRange,
}

/// A part of an argument, and where it stands.
struct DraftPart {
    setting: &'static str,
    given: GivenPart,
    libraries: &'static str,
    /// What to do if something else was meant.
    otherwise: Option<&'static str>,
    entry: Assignment,
}

impl DraftPart {
    /// Why it has to be written as part of another argument, given the number of arguments that it makes up alone.
    fn why(&self, arguments: usize) -> Option<String> {
        match self.given.part {
            Part::Whole | Part::OnlyFailures => None,
            Part::Successes => Some("the rule says how many calls a trial takes".to_owned()),
            _ => (arguments == 1).then(|| format!("this is part of `{}`", self.setting)),
        }
    }

    /// Whether it stands alone, not in a group.
    fn is_separate(&self) -> bool {
        self.entry.name.is_some() && self.entry.groups.is_empty() && self.entry.place == self.entry.piece
    }
}

/// An attribute while it is being read.
pub(crate) struct Draft<'a> {
    reader: AttributeReader<'a>,
    attribute: Attribute,
    /// Arguments with our names.
    ours: Vec<Assignment>,
    parts: Vec<DraftPart>,
    /// The names of the arguments that are written correctly.
    ours_given: Vec<&'static str>,
    /// Where the arguments with unknown names stand.
    unknown: Vec<TokenRange>,
}

impl<'a> Draft<'a> {
    /// Reads the pieces of an attribute.
    pub(crate) fn read(reader: AttributeReader<'a>, pieces: &[TokenRange]) -> Attribute {
        let mut draft = Self {
            reader,
            attribute: Attribute::default(),
            ours: Vec::new(),
            parts: Vec::new(),
            ours_given: Vec::new(),
            unknown: Vec::new(),
        };
        let mut rest = Vec::new();
        for piece in pieces.iter().filter(|piece| !piece.is_empty()) {
            let entries = draft.reader.entries(*piece);
            match entries.as_slice() {
                [entry] if draft.is_ours(entry) => draft.ours.push(entry.clone()),
                _ => rest.extend(entries),
            }
        }
        draft.disown(&mut rest);
        draft.resolve(&rest);
        draft.finish()
    }

    /// If some words are another library's, and nothing else sets how long an open breaker waits, an argument of ours
    /// that means this in other libraries is read as theirs.
    fn disown(&mut self, rest: &mut Vec<Assignment>) {
        let is_named =
            |entry: &Assignment, is: fn(&str) -> bool| entry.name.as_ref().is_some_and(|name| is(name));
        let is_pause = |entry: &Assignment| match self.reader.resolve(entry, &[]) {
            Interpretation::Part(sense, ..) => sense.setting == RETRY.setting,
            _ => false,
        };
        let is_foreign = rest.iter().any(|entry| is_named(entry, is_exact));
        let is_known =
            rest.iter().any(is_pause) || self.ours.iter().any(|entry| entry.is_named(RETRY.setting));
        if is_foreign && !is_known {
            let (theirs, ours) = std::mem::take(&mut self.ours)
                .into_iter()
                .partition(|entry| is_named(entry, is_pause_elsewhere));
            self.ours = ours;
            rest.extend::<Vec<_>>(theirs);
            rest.sort_by_key(|entry| entry.place.start);
        }
    }

    /// Whether it is an argument with one of our names, perhaps with a sign other than `=`.
    fn is_ours(&self, entry: &Assignment) -> bool {
        let is_written = self.reader.spell(entry.name_place);
        let is_name =
            entry.name.as_ref().is_some_and(|name| self.reader.is_argument(name) && *name == is_written);
        is_name && entry.groups.is_empty() && entry.place == entry.piece
    }

    fn report(&mut self, problem: Problem) {
        self.attribute.problems.push(problem);
    }

    /// Resolves the entries that are not ours.
    fn resolve(&mut self, entries: &[Assignment]) {
        let libraries: Vec<_> = entries.iter().flat_map(|entry| self.reader.libraries(entry)).collect();
        for entry in entries {
            match self.reader.resolve(entry, &libraries) {
                Interpretation::Part(sense, value, otherwise) => self.take(sense, &value, otherwise, entry),
                Interpretation::Elsewhere(help) => self.elsewhere(entry, help),
                Interpretation::Nothing => {
                    let problem = Problem::new(entry.place, self.assigned());
                    self.report(problem.example(format!("trip = {}", self.reader.example("trip"))));
                }
                Interpretation::Unknown => self.unknown(entry),
            }
        }
        self.find_limits();
        self.count_in_window();
    }

    /// A word that counts failures in a row in one library, and in the window in another, means the latter if a window is given.
    fn count_in_window(&mut self) {
        const IN_A_ROW: Part = Part::Argument("failure_streak", 0);
        const IN_WINDOW: Part = Part::Argument("failures", 0);
        let is_window = |part: &DraftPart| part.setting == WINDOW.setting;
        if self.parts.iter().any(is_window) || self.ours.iter().any(|entry| entry.is_named(WINDOW.setting)) {
            for part in self.parts.iter_mut().filter(|part| part.given.part == IN_A_ROW) {
                let name = part.entry.name.as_deref().unwrap_or_default();
                if senses(name).iter().any(|sense| sense.part == IN_WINDOW) {
                    part.given.part = IN_WINDOW;
                }
            }
        }
    }

    /// A word for how long an open breaker waits that may also limit a call means the latter if something else sets the wait.
    fn find_limits(&mut self) {
        let may_limit = |part: &DraftPart| part.setting == RETRY.setting && part.otherwise == Some(LIMIT);
        let is_pause = |part: &DraftPart| part.setting == RETRY.setting && !may_limit(part);
        if self.parts.iter().any(is_pause) || self.ours.iter().any(|entry| entry.is_named(RETRY.setting)) {
            for part in self.parts.iter_mut().filter(|part| may_limit(part)) {
                (part.setting, part.given.part, part.otherwise) = (TIMEOUT.name, Part::Whole, None);
            }
        }
    }

    fn take(&mut self, sense: Sense, value: &str, otherwise: Option<&'static str>, entry: &Assignment) {
        let Sense { mut setting, mut part, mut unit, libraries } = sense;
        let is_nameless =
            |part: &DraftPart| part.entry.name.is_none() && matches!(part.given.part, Part::Argument(..));
        if entry.name.is_none() && matches!(part, Part::Argument(..)) {
            match self.parts.iter().filter(|part| is_nameless(part)).count() {
                // `5, 60`: a limit and a duration.
                1 if part != Part::Argument("cooldown", 0) => {
                    (setting, part, unit) = ("retry", Part::Argument("cooldown", 0), Unit::Time("s"));
                }
                0 | 1 => {}
                _ => {
                    let what = format!("`{value}` needs a name that says what it is");
                    return self
                        .report(Problem::new(entry.place, what).help("remove it, or write `name = value`"));
                }
            }
        }
        let has_trial = |ours: &Assignment| {
            let rule = lex(unquoted(&self.reader.spell(ours.value))).tokens;
            ours.is_named(TRIP.setting) && rule.iter().any(|word| state(word) == Some("half_open"))
        };
        if part == Part::Successes && self.ours.iter().any(has_trial) {
            let help = "what follows `half_open` in the rule says how many calls a trial takes: remove it";
            return self.elsewhere(entry, help);
        }
        // An argument with a single value cannot be given twice.
        if let Some(ours) = self.ours.iter().find(|ours| ours.is_named(setting))
            && places::vocabulary(setting).is_none()
            && !ours.value.is_empty()
        {
            let name = self.reader.spell(entry.name_place);
            let problem =
                Problem::new(entry.place, format!("`{name}` is `{setting}`, which is given as well"));
            return self.report(
                problem.help("remove one of them").correct_at(self.reader.with_comma(entry.place), ""),
            );
        }
        // The only failures and the successes may both be given.
        let is_second = |other: &DraftPart| {
            let is_other = [part, other.given.part].contains(&Part::OnlyFailures) && part != other.given.part;
            other.setting == setting && places::vocabulary(setting).is_none() && !is_other
        };
        if self.parts.iter().any(is_second) {
            let name = self.reader.spell(entry.name_place);
            let problem = Problem::new(entry.place, format!("`{name}` is a second `{setting}`"));
            return self.report(problem.help("write one of them"));
        }
        let parts = match part {
            Part::FullWindow => {
                &[("window", Part::Argument("count", 0)), ("trip", Part::Argument("min", 0))][..]
            }
            Part::TrialCalls if self.ours.iter().any(has_trial) => &[(setting, Part::Whole)],
            Part::TrialCalls => &[(setting, Part::Whole), (TRIP.setting, Part::Successes)],
            _ => &[(setting, part)],
        };
        let alone = || {
            let given = |part: Part| GivenPart { part, unit, value: value.to_owned() };
            parts.iter().map(|(setting, part)| (*setting, given(*part))).collect()
        };
        for (setting, given) in threshold_of_window(part, unit, value).unwrap_or_else(alone) {
            self.parts.push(DraftPart { setting, given, libraries, otherwise, entry: entry.clone() });
        }
    }

    /// Something that is not an argument, to be removed.
    fn elsewhere(&mut self, entry: &Assignment, help: &str) {
        let name = self.reader.spell(entry.name_place);
        let problem = Problem::new(entry.name_place, self.unknown_name(&format!("`{name}`"))).help(help);
        let problem = if entry.groups.is_empty() {
            problem.correct_at(self.reader.with_comma(entry.place), "")
        } else {
            problem
        };
        self.report(problem);
    }

    fn unknown_name(&self, quoted: &str) -> String {
        format!("unknown {} {quoted}", self.reader.noun)
    }

    fn assigned(&self) -> String {
        format!("{} is written `name = value`", self.reader.noun_with_article())
    }

    fn all_assigned(&self) -> String {
        format!("{}s are written `name = value`, one after the other", self.reader.noun)
    }

    fn unknown(&mut self, entry: &Assignment) {
        self.unknown.push(entry.place);
        let written = self.reader.spell(entry.name_place).replace(" - ", "-");
        let problem = Problem::new(entry.name_place, self.unknown_name(&format!("`{written}`")));
        let name = entry.name.as_deref().unwrap_or_default();
        let near = self.reader.nearest_argument(name);
        let known = || self.reader.names.iter().map(|(known, _)| format!("`{known}`")).collect::<Vec<_>>();
        self.report(near.map_or_else(
            || problem.clone().list(format!("expected one of {}", known().join(", ")), None),
            |near| problem.clone().did_you_mean(near),
        ));
    }

    fn finish(mut self) -> Attribute {
        self.take_foreign_values();
        let settings = self.settings();
        // If an argument and a part of it are both given, they are merged.
        let is_merged = |entry: &Assignment| settings.iter().any(|setting| entry.is_named(setting));
        let (merged, kept): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.ours).into_iter().partition(is_merged);
        if !self.parts.is_empty() {
            let problem = self.correction(&settings, &merged, &kept);
            self.report(problem);
        }
        self.ours_given = self.settings_given(&kept);
        for entry in kept {
            self.argument(&entry);
        }
        list_once(&mut self.attribute.problems);
        self.attribute
    }

    /// The arguments that the parts belong to, in the order given.
    fn settings(&self) -> Vec<&'static str> {
        let mut settings = Vec::new();
        for part in &self.parts {
            if !settings.contains(&part.setting) {
                settings.push(part.setting);
            }
        }
        settings
    }

    /// Along with words of another library, its values for our arguments join the same correction: `window =
    /// CountWindow(size = 100)`.
    fn take_foreign_values(&mut self) {
        if self.parts.is_empty() {
            return;
        }
        let is_foreign = |entry: &Assignment| {
            let vocabulary = entry.name.as_deref().and_then(places::vocabulary);
            // opossum's `timeout = 3000`
            let is_bare =
                || matches!(entry.value.of(self.reader.tokens), [number] if number.shape == Shape::Number);
            !entry.is_plain && !entry.value.is_empty()
                || is_bare() && entry.name.as_deref().is_some_and(is_exact)
                || vocabulary.is_some_and(|vocabulary| self.reader.has_foreign_word(vocabulary, entry.value))
        };
        let (foreign, ours): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.ours).into_iter().partition(is_foreign);
        self.ours = ours;
        for entry in foreign {
            let mut names = self.reader.names.iter().map(|(name, _)| *name);
            let Some(setting) = names.find(|name| entry.is_named(name)) else { continue };
            let given =
                GivenPart { part: Part::Whole, unit: Unit::Plain, value: self.reader.spell(entry.value) };
            self.parts.push(DraftPart { setting, given, libraries: "", otherwise: None, entry });
        }
        self.parts.sort_by_key(|part| part.entry.place.start);
    }

    fn settings_given(&self, kept: &[Assignment]) -> Vec<&'static str> {
        let names = self.reader.names.iter().map(|(name, _)| *name);
        names.filter(|name| kept.iter().any(|entry| entry.is_named(name))).collect()
    }

    /// Takes an argument with a correct name.
    fn argument(&mut self, entry: &Assignment) {
        let Assignment { name: Some(name), name_place, value, place, .. } = entry else { return };
        if value.is_empty() {
            let problem = Problem::new(*place, format!("`{name}` has no value"));
            return self.report(problem.example(format!("{name} = {}", self.reader.example(name))));
        }
        let is_given = |setting: &str| self.ours_given.contains(&setting);
        if let Some(problem) = self.reader.misplaced(name, entry, &is_given) {
            return self.report(problem);
        }
        if !entry.is_plain {
            let correction = format!("{name} = {}", self.reader.spell(*value));
            self.report(
                Problem::new(*place, format!("{} is written with `=`", self.reader.noun_with_article()))
                    .correct(correction),
            );
        }
        self.attribute.arguments.push(NamedArgument { name: *name_place, value: *value });
    }
}
