//! The page "What the compiler tells you" quotes the refused programs: one for every kind of message, and the corrections of the
//! others. With `FLUXGATE_BLESS` set, the quotations are rewritten, for review. The README quotes one of them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// What fits into a block of the documentation without scrolling.
const WIDTH: usize = 90;
/// No line of the page is longer.
const LONGEST: usize = 100;

#[test]
fn the_page_quotes_what_the_compiler_says() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = package.join("../fluxgate/docs/compiler.md");
    let page = fs::read_to_string(&path).unwrap();
    let refused = package.join("refused");
    let (renewed, quoted) = renew(&page, &refused);
    if std::env::var_os("FLUXGATE_BLESS").is_some() {
        fs::write(&path, &renewed).unwrap();
    } else {
        assert!(renewed == page, "compiler.md is out of date: rewrite it with FLUXGATE_BLESS=1");
    }
    let mut folders: BTreeSet<_> = files(&refused).iter().map(|folder| name(folder)).collect();
    // There, the compiler reports what is in the functions, as it would without the attribute.
    folders.remove("lints");
    assert_eq!(quoted, folders, "the folders with a section");
    let long: Vec<_> = renewed.lines().filter(|line| line.chars().count() > LONGEST).collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// The README shows one message as it is, but for the name of the file.
#[test]
fn the_readme_quotes_what_the_compiler_says() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(package.join("../README.md")).unwrap();
    let said = fs::read_to_string(package.join("refused/rules/rate_without_min.stderr")).unwrap();
    let (_, quoted) = readme.split_once("```text\nerror: ").expect("a quotation");
    let (quoted, _) = quoted.split_once("```").expect("the end of it");
    let lines = |text: &str| -> Vec<String> {
        text.trim().lines().filter(|line| !line.starts_with(" --> ")).map(str::to_owned).collect()
    };
    assert_eq!(lines(quoted), lines(said.strip_prefix("error: ").expect("an error")));
}

/// The page with its quotations renewed, and the folders that it quotes.
fn renew(page: &str, refused: &Path) -> (String, BTreeSet<String>) {
    const END: &str = "<!-- end -->";
    let mut parts = page.split("<!-- refused: ");
    let mut renewed = parts.next().unwrap().to_owned();
    let mut quoted = BTreeSet::new();
    let mut shapes = BTreeSet::new();
    for part in parts {
        let (folder, rest) = part.split_once(" -->\n").expect("the name of a folder");
        let (_, after) = rest.split_once(END).expect("the end of the quotations");
        let quotations = quotations(&refused.join(folder), &mut shapes);
        let _ = write!(renewed, "<!-- refused: {folder} -->\n```text\n{quotations}```\n{END}{after}");
        quoted.insert(folder.to_owned());
    }
    (renewed, quoted)
}

/// What a folder has to say beyond the folders before: of all messages that differ only in what they quote, the first, and the
/// corrections of the others.
fn quotations(folder: &Path, shapes: &mut BTreeSet<String>) -> String {
    let mut kinds: Vec<(Refusal, Vec<Refusal>)> = Vec::new();
    for program in files(folder).iter().filter(|file| file.extension().is_some_and(|it| it == "rs")) {
        let Some(refusal) = Refusal::of(program) else { continue };
        match kinds.iter_mut().find(|(kind, _)| kind.shape == refusal.shape) {
            Some((kind, likewise)) => {
                let is_known = |known: &Refusal| (&known.old, &known.new) == (&refusal.old, &refusal.new);
                if refusal.is_suggested && !is_known(kind) && !likewise.iter().any(is_known) {
                    likewise.push(refusal);
                }
            }
            None if shapes.insert(refusal.shape.clone()) => kinds.push((refusal, Vec::new())),
            None => {}
        }
    }
    let quotations = kinds.into_iter().map(|(refusal, likewise)| refusal.quotation(&likewise));
    quotations.collect::<Vec<_>>().join("\n")
}

/// A refused program that says how to put it right, and the first message about it.
struct Refusal {
    program: Vec<String>,
    corrected: Vec<String>,
    /// The line, and the columns of it, to which the message points.
    line: usize,
    columns: (usize, usize),
    message: Vec<String>,
    is_suggested: bool,
    old: String,
    new: String,
    /// The message without what it quotes of the program.
    shape: String,
}

impl Refusal {
    fn of(path: &Path) -> Option<Self> {
        let source = fs::read_to_string(path).unwrap();
        let stderr = fs::read_to_string(path.with_extension("stderr")).unwrap();
        let (is_suggested, fix) = match source.strip_prefix("// fix: `") {
            Some(fix) => (true, fix),
            None => (false, source.strip_prefix("// fix by hand: `")?),
        };
        let (fix, text) = fix.split_once("`\n")?;
        let (old, new) = fix.split_once("` => `")?;
        let [old, new] = [old, new].map(|text| text.replace("\\n", "\n"));
        let lines = |text: &str| text.lines().map(str::to_owned).collect();

        let mut said = stderr.lines();
        // A message with any other code is the compiler's own, and known from elsewhere.
        let first = said.next()?;
        let headline = ["error: ", "error[E0080]: evaluation panicked: ", "error[E0277]: "]
            .iter()
            .find_map(|start| first.strip_prefix(start))?;
        let mut message = vec![headline.to_owned()];
        let place = loop {
            match said.next()?.trim_start() {
                place if place.starts_with("--> ") => break place,
                line => message.push(line.to_owned()),
            }
        };
        let mut place = place.rsplit(':').map(|number| number.parse::<usize>().unwrap());
        let (column, line) = (place.next()? - 1, place.next()? - 1);
        let under = said.find(|line| line.contains('^'))?;
        let width = under.chars().filter(|&sign| sign == '^').count();
        let label = under.rsplit('^').next().unwrap_or_default().trim();
        // The label of one of our traits says what to do.
        let is_of_trait = first.starts_with("error[E0277]") && !label.is_empty();
        message.extend(is_of_trait.then(|| label.to_owned()));
        let notes =
            said.skip_while(|line| !line.contains("= note: ")).take_while(|line| line.starts_with(' '));
        message.extend(notes.map(|line| line.trim_start().trim_start_matches("= note: ").to_owned()));
        // The compiler's own message about a trait that is not ours.
        if headline.starts_with("the trait bound ") {
            return None;
        }

        let mut shape =
            message.iter().filter(|line| !is_drawn(line)).map(|line| outline(line)).collect::<String>();
        if message.iter().any(|line| is_drawn(line)) {
            shape.push('|');
        }
        Some(Self {
            program: lines(text),
            corrected: lines(&text.replacen(&old, &new, 1)),
            // The first line of the file is not part of the program.
            line: line - 1,
            columns: (column, column + width),
            message,
            is_suggested,
            old,
            new,
            shape,
        })
    }

    fn quotation(&self, likewise: &[Self]) -> String {
        let differ = |(old, new): &(&String, &String)| old == new;
        let same_before = self.program.iter().zip(&self.corrected).take_while(differ).count();
        let shortest = self.program.len().min(self.corrected.len()) - same_before;
        let pairs = self.program.iter().rev().zip(self.corrected.iter().rev());
        let same_after = pairs.take(shortest).take_while(differ).count();
        let wrong = same_before..self.program.len() - same_after;
        let right = &self.corrected[same_before..self.corrected.len() - same_after];

        // The name of the attribute says nothing new, if it is the same in all lines.
        let of_attribute = |line: &String| line.trim() == "#[circuit_breaker]";
        let is_bare = !(self.program[wrong.clone()].iter().chain(right).any(of_attribute));
        let (from, to) = self.columns;
        let mut text = String::new();
        for (number, line) in self.program.iter().enumerate() {
            let sign = if wrong.contains(&number) { '-' } else { ' ' };
            let (cut, shown) = shorten(line, is_bare);
            if number == self.line {
                text.push_str(&underlined(sign, shown, from - cut..to - cut));
            } else if sign == '-' {
                text.push_str(&underlined(sign, shown, 0..0));
            }
        }
        for line in self.message.iter().filter(|line| !(self.is_suggested && says_no_more(line))) {
            text.push_str(&wrap(line));
        }
        for line in right {
            text.push_str(&underlined('+', shorten(line, is_bare).1, 0..0));
        }
        for (index, Self { old, new, .. }) in likewise.iter().enumerate() {
            let start = if index == 0 { "likewise" } else { "" };
            let line = format!("  {start:8} `{old}` => `{new}`");
            if line.chars().count() <= LONGEST {
                let _ = writeln!(text, "{line}");
                continue;
            }
            for (index, piece) in pieces(&format!("`{old}`")).iter().enumerate() {
                let _ = writeln!(text, "  {:8} {piece}", if index == 0 { start } else { "" });
            }
            for (index, piece) in pieces(&format!("`{new}`")).iter().enumerate() {
                let _ = writeln!(text, "  {:8} {:2} {piece}", "", if index == 0 { "=>" } else { "" });
            }
        }
        text
    }
}

/// A line of code behind a sign, in several if it is long, with carets under some of its columns.
fn underlined(sign: char, line: &str, carets: Range<usize>) -> String {
    let mut text = String::new();
    let (mut start, mut indent) = (0, "");
    for piece in pieces(line) {
        let _ = writeln!(text, "{sign} {indent}{piece}");
        let end = start + piece.chars().count();
        let under = carets.start.max(start)..carets.end.min(end);
        if !carets.is_empty() && start <= carets.start && carets.start < end {
            let blank = " ".repeat(indent.len() + under.start - start);
            let _ = writeln!(text, "  {blank}{}", "^".repeat(under.len()));
        }
        // The space between two pieces.
        (start, indent) = (end + 1, "    ");
    }
    text
}

/// A line of code, broken where it is too long, behind a comma or before an operator.
fn pieces(line: &str) -> Vec<String> {
    // What stays together.
    let mut parts: Vec<String> = Vec::new();
    for word in line.split(' ') {
        match parts.last_mut() {
            Some(last) if !last.ends_with(',') && !["&", "|", "=>"].contains(&word) => {
                last.push(' ');
                last.push_str(word);
            }
            _ => parts.push(word.to_owned()),
        }
    }
    let mut pieces: Vec<String> = Vec::new();
    for part in parts {
        match pieces.last_mut() {
            Some(last) if last.chars().count() + part.chars().count() + 15 <= LONGEST => {
                last.push(' ');
                last.push_str(&part);
            }
            _ => pieces.push(part),
        }
    }
    pieces
}

/// A line without what stands around the arguments, and how much of it is cut off at the left.
fn shorten(line: &str, is_bare: bool) -> (usize, &str) {
    let indent = line.len() - line.trim_start().len();
    let line = line.trim_start();
    match line.strip_prefix("#[circuit_breaker(").and_then(|rest| rest.strip_suffix(")]")) {
        Some(arguments) if is_bare => (indent + line.len() - arguments.len() - 2, arguments),
        _ => (indent, line),
    }
}

/// Whether a line of a message is part of the drawing of a string.
fn is_drawn(line: &str) -> bool {
    line.starts_with('|')
}

/// A message without what it quotes, and without figures.
fn outline(line: &str) -> String {
    let text = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
    // Lists of different lengths are alike.
    let text = text.replace("`, ", "");
    text.replace(|sign: char| sign.is_ascii_digit(), "")
}

/// Whether a line of a message is only the correction, which is shown anyway.
fn says_no_more(line: &str) -> bool {
    outline(line) == "help: write `"
}

/// Breaks a long line, though neither a drawing nor what is quoted.
fn wrap(line: &str) -> String {
    if is_drawn(line) {
        return format!("  {line}\n");
    }
    let mut wrapped = String::from(" ");
    let mut width = wrapped.len();
    let mut words = line.split(' ');
    while let Some(word) = words.next() {
        let mut word = word.to_owned();
        while word.matches('`').count() % 2 == 1 {
            // What is quoted stays together, if it fits into a line.
            if word.len() > WIDTH - 12 {
                break;
            }
            let Some(next) = words.next() else { break };
            word = word + " " + next;
        }
        if width + 1 + word.len() > WIDTH {
            wrapped.push_str("\n   ");
            width = 3;
        }
        let _ = write!(wrapped, " {word}");
        width += 1 + word.len();
    }
    wrapped + "\n"
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}
