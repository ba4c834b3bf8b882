//! The correction of the parts that are not written as arguments of ours: the arguments that they make up.

use crate::language::foreign::{Part, Unit};
use crate::language::vocabulary::TRIP;
use crate::model::window::Window;
use crate::reading::attribute::compose::compose;
use crate::reading::attribute::draft::{Draft, DraftPart};
use crate::reading::attribute::entries::Assignment;
use crate::reading::read;
use crate::suggestion::filled::{Filled, reasons};
use crate::suggestion::parts::GivenPart;
use crate::text::lexer::lex;
use crate::text::problem::Problem;
use crate::text::token::{TokenRange, spell, unquoted};

/// The arguments that parts make up, each with the index at which it stands.
#[derive(Default)]
struct Composed {
    arguments: Vec<(usize, String)>,
    /// Whether a value is only an example.
    is_example: bool,
    /// Why given values are not kept.
    losses: Vec<String>,
}

impl Draft<'_> {
    /// The attribute's window, needed to judge a rule.
    fn window(&self, merged: &[Assignment], kept: &[Assignment]) -> Window {
        let written = kept.iter().find(|entry| entry.is_named("window"));
        let text = match written {
            Some(entry) => Some(self.reader.spell(entry.value)),
            None => self.composed("window", merged, &Window::count(100)).map(|window| window.text),
        };
        let text = text.unwrap_or_default();
        let tokens = lex(unquoted(&text)).tokens;
        let window = read::window(&tokens).ok().and_then(|call| call.window());
        window.unwrap_or(Window::count(100))
    }

    /// The value of one argument.
    fn composed(&self, setting: &'static str, merged: &[Assignment], window: &Window) -> Option<Filled> {
        let of_setting = self.parts.iter().filter(|part| part.setting == setting);
        let base = merged.iter().filter(|entry| entry.is_named(setting));
        let base = base.filter(|entry| !entry.value.is_empty()).map(|entry| GivenPart {
            part: Part::Whole,
            unit: Unit::Plain,
            value: self.reader.spell(entry.value),
        });
        let parts: Vec<_> = base.chain(of_setting.map(|part| part.given.clone())).collect();
        compose(setting, &parts, window)
    }

    /// One problem for all parts, corrected by the arguments that they make up.
    pub(super) fn correction(
        &self,
        settings: &[&'static str],
        merged: &[Assignment],
        kept: &[Assignment],
    ) -> Problem {
        let composed = self.all_composed(settings, merged, &self.window(merged, kept));
        let range = self.range(merged);
        let in_order = |mut written: Vec<(usize, String)>| {
            written.sort();
            written.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(", ")
        };
        let count = composed.arguments.len();
        let shown = in_order(composed.arguments.clone());
        // Other arguments in between stay where they are.
        let is_between =
            |entry: &&Assignment| range.start <= entry.place.start && entry.place.end <= range.end;
        let between = kept.iter().filter(is_between);
        let between = between.map(|entry| (entry.place.start, self.reader.spell(entry.place)));
        let correction = in_order(composed.arguments.into_iter().chain(between).collect());
        let (is_example, reasons) = (composed.is_example, reasons(&composed.losses));
        let problem = self.problem(range);
        if let Some(part) = self.single()
            && count > 0
            && let Some(why) = part.why(count)
        {
            let written = if is_example { "write, for example," } else { "write" };
            let otherwise = part.otherwise.map(|otherwise| format!("; {otherwise}")).unwrap_or_default();
            let help = format!("{why}: {written} `{shown}`{reasons}{otherwise}");
            return problem.help(help).correct_at(range, correction);
        }
        if count == 0 {
            return problem.help("remove it").correct_at(self.reader.with_comma(range), "");
        }
        let is_all = correction == shown;
        let problem = problem.correct_at(range, correction);
        match (is_all, is_example) {
            (true, false) => problem.aside(reasons),
            (true, true) => problem.as_example().aside(reasons),
            (false, false) => problem.help(format!("write `{shown}`{reasons}")),
            (false, true) => problem.help(format!("write `{shown}`, for example{reasons}")),
        }
    }

    /// The arguments that the parts make up.
    fn all_composed(&self, settings: &[&'static str], merged: &[Assignment], window: &Window) -> Composed {
        let mut all = Composed::default();
        for setting in settings {
            let of_setting = self.parts.iter().filter(|part| part.setting == *setting);
            let names = of_setting.map(|part| part.entry.name_place.start);
            let of_merged = merged.iter().filter(|entry| entry.is_named(setting));
            let Some(at) = names.chain(of_merged.map(|entry| entry.place.start)).min() else { continue };
            if let Some(composed) = self.composed(setting, merged, window) {
                all.is_example |= composed.is_example;
                all.losses.extend(composed.losses);
                all.arguments.push((at, format!("{setting} = {}", composed.text)));
            }
        }
        all
    }

    /// What a correction replaces. Unknown entries in the same piece stay.
    fn range(&self, merged: &[Assignment]) -> TokenRange {
        let is_unknown = |piece: TokenRange| {
            self.unknown.iter().any(|place| piece.start <= place.start && place.end <= piece.end)
        };
        let place = |entry: &Assignment| if is_unknown(entry.piece) { entry.place } else { entry.piece };
        let places = || self.parts.iter().map(|part| &part.entry).chain(merged).map(place);
        TokenRange::new(
            places().map(|place| place.start).min().unwrap_or(0),
            places().map(|place| place.end).max().unwrap_or(0),
        )
    }

    /// The only part, if it stands alone.
    fn single(&self) -> Option<&DraftPart> {
        let [part] = self.parts.as_slice() else { return None };
        Some(part).filter(|part| part.is_separate())
    }

    /// What is wrong, with several entries in a range or a single one.
    fn problem(&self, range: TokenRange) -> Problem {
        let Some(DraftPart { setting, entry, .. }) = self.single() else {
            return Problem::new(range, self.what());
        };
        let name = spell(entry.name_place.of(self.reader.tokens)).replace(" - ", "-");
        let what = if entry.is_named(setting) {
            format!("`{name}` is written `{setting}`")
        } else {
            self.unknown_name(&format!("`{name}`"))
        };
        Problem::new(entry.name_place, what)
    }

    /// What is wrong, if there are several entries.
    fn what(&self) -> String {
        if let Some(what) = self.parts.iter().find_map(|part| self.without_correction(part)) {
            return what;
        }
        if !self.parts.iter().all(DraftPart::is_separate) {
            return if self.parts.len() == 1 { self.assigned() } else { self.all_assigned() };
        }
        let mut names: Vec<_> = self
            .parts
            .iter()
            .map(|part| {
                format!("`{}`", spell(part.entry.name_place.of(self.reader.tokens)).replace(" - ", "-"))
            })
            .collect();
        // One word may have two parts.
        names.dedup();
        let (last, rest) = match names.as_slice() {
            [name] => return self.unknown_name(name),
            [rest @ .., last] => (last.as_str(), rest.join(", ")),
            [] => ("", String::new()),
        };
        match self.libraries() {
            Some(libraries) => format!("{rest} and {last} are {}s of {libraries}", self.reader.noun),
            None => format!("unknown {}s {rest} and {last}", self.reader.noun),
        }
    }

    /// What is wrong with an unnamed rule if no correction shows what it means: `failure_rate < 0.5`.
    fn without_correction(&self, part: &DraftPart) -> Option<String> {
        let is_rule =
            part.entry.name.is_none() && (part.setting, part.given.part) == (TRIP.setting, Part::Whole);
        let rule = part.entry.value.of(self.reader.tokens);
        let problems = read::rule(rule, &Window::count(100)).err().filter(|_| is_rule)?;
        problems.into_iter().find(|problem| problem.suggestion().is_none()).map(|problem| problem.what)
    }

    /// The libraries that have all of the names.
    fn libraries(&self) -> Option<String> {
        // Our names belong to no library.
        let foreign = || self.parts.iter().filter(|part| !part.entry.is_named(part.setting));
        let is_of_all = |library: &&str| {
            !library.is_empty() && foreign().all(|part| part.libraries.split(", ").any(|its| its == *library))
        };
        let shared: Vec<_> = foreign().next()?.libraries.split(", ").filter(is_of_all).collect();
        (!shared.is_empty()).then(|| shared.join(" and "))
    }
}
