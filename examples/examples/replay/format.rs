//! The formats of people's logs.

use crate::record::{Failing, Field, Fields, Names, Record};

/// The format of a log's lines.
pub enum Format {
    /// The Common or Combined Log Format, including what nginx is often configured to append.
    Access,
    /// A JSON object on each line.
    Json,
    /// Columns with this separator, some of which are fields.
    Csv(u8, Vec<Option<Field>>),
}

impl Format {
    /// The format of a log with this line, and whether the line is a heading.
    pub fn of(line: &[u8], names: &Names) -> Option<(Self, bool)> {
        let line = line.trim_ascii();
        if line.starts_with(b"{") {
            return Some((Self::Json, false));
        }
        let separator = *b",;\t".iter().max_by_key(|sign| line.split(|byte| byte == *sign).count())?;
        let columns: Vec<_> = columns(line, separator).map(|name| names.field(name)).collect();
        if columns.contains(&Some(Field::Time)) {
            return Some((Self::Csv(separator, columns), true));
        }
        line.contains(&b'[').then_some((Self::Access, false))
    }

    /// Reads a line, or returns what is wrong with it.
    pub fn read<'a>(
        &self,
        line: &'a [u8],
        names: &Names,
        failing: &Failing,
    ) -> Result<Record<'a>, &'static str> {
        let fields = match self {
            Self::Access => access(line),
            Self::Json => json(line, names),
            Self::Csv(separator, fields) => {
                let mut read = Fields::default();
                let values = columns(line, *separator).zip(fields);
                values
                    .filter_map(|(value, field)| Some((value, (*field)?)))
                    .for_each(|(value, field)| read.set(field, value));
                Some(read)
            }
        };
        fields.ok_or("not in the format of the log")?.record(failing)
    }
}

/// The values between separators, without quotes around them.
fn columns(line: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let line = rest?;
        let (value, end) = match line {
            [b'"', quoted @ ..] => {
                let end = quoted.iter().position(|byte| *byte == b'"').unwrap_or(quoted.len());
                (&quoted[..end], (end + 2).min(line.len()))
            }
            line => {
                let end = line.iter().position(|byte| *byte == separator).unwrap_or(line.len());
                (&line[..end], end)
            }
        };
        rest = line.get(end + 1..).filter(|_| line.get(end) == Some(&separator));
        Some(value.trim_ascii())
    })
}

/// `[HOST] CLIENT IDENT USER [TIME] "REQUEST" STATUS BYTES "REFERER" "AGENT" ..`, followed by `$request_time` if nginx is configured so:
/// alone, or as `rt=0.123` or `request_time=0.123`.
fn access(line: &[u8]) -> Option<Fields<'_>> {
    let mut fields = Fields::default();
    let open = line.iter().position(|byte| *byte == b'[')?;
    let close = open + line[open..].iter().position(|byte| *byte == b']')?;
    fields.set(Field::Time, &line[open + 1..close]);
    let mut before = line[..open].split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let first = before.next().unwrap_or_default();
    if before.count() > 2 {
        fields.set(Field::Host, first);
    }
    let rest = line[close + 1..].trim_ascii_start();
    let (request, rest) = quoted(rest)?;
    if let Some(target) = request.split(|byte| *byte == b' ').nth(1) {
        match target.strip_prefix(b"http://").or_else(|| target.strip_prefix(b"https://")) {
            // A proxy's log.
            Some(url) => {
                let slash = url.iter().position(|byte| *byte == b'/').unwrap_or(url.len());
                fields.set(Field::Host, &url[..slash]);
                fields.set(Field::Path, &url[slash..]);
            }
            None => fields.set(Field::Path, target),
        }
    }
    let mut rest = rest.trim_ascii_start();
    let end = rest.iter().position(|byte| *byte == b' ').unwrap_or(rest.len());
    fields.set(Field::Status, &rest[..end]);
    rest = &rest[end..];
    // From here on, only quoted texts can contain spaces.
    let mut is_first = true;
    loop {
        rest = rest.trim_ascii_start();
        if rest.is_empty() {
            return Some(fields);
        }
        if rest[0] == b'"' {
            let (text, after) = quoted(rest)?;
            set_duration(&mut fields, text, false);
            rest = after;
        } else {
            let end = rest.iter().position(|byte| *byte == b' ').unwrap_or(rest.len());
            // The first is the number of bytes.
            set_duration(&mut fields, &rest[..end], !is_first);
            rest = &rest[end..];
        }
        is_first = false;
    }
}

/// Takes a word as the duration if it is named so, or if it is a number with a point and may stand `alone`.
fn set_duration<'a>(fields: &mut Fields<'a>, word: &'a [u8], alone: bool) {
    let named =
        [&b"rt="[..], b"request_time=", b"duration="].iter().find_map(|name| word.strip_prefix(*name));
    let is_number =
        |word: &[u8]| word.contains(&b'.') && word.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    if let Some(value) = named.or_else(|| Some(word).filter(|word| alone && is_number(word))) {
        fields.set(Field::Duration(1_000_000_000), value);
    }
}

/// A text in quotes, and what follows it.
fn quoted(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let inside = line.strip_prefix(b"\"")?;
    let mut at = 0;
    while at < inside.len() {
        match inside[at] {
            b'"' => return Some((&inside[..at], &inside[at + 1..])),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    None
}

/// The fields of a JSON object, without nested ones. Escapes in texts stay as they are.
fn json<'a>(line: &'a [u8], names: &Names) -> Option<Fields<'a>> {
    let mut fields = Fields::default();
    let mut rest = line.trim_ascii().strip_prefix(b"{")?.trim_ascii_start();
    if rest == b"}" {
        return Some(fields);
    }
    loop {
        let (name, after) = quoted(rest)?;
        let after = after.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
        let (value, after) = value(after)?;
        if let Some(field) = names.field(name) {
            fields.set(field, value);
        }
        match after.trim_ascii_start() {
            [b',', next @ ..] => rest = next.trim_ascii_start(),
            [b'}'] => return Some(fields),
            _ => return None,
        }
    }
}

/// A JSON value, texts without their quotes, and what follows it.
fn value(text: &[u8]) -> Option<(&[u8], &[u8])> {
    match text.first()? {
        b'"' => quoted(text),
        b'{' | b'[' => {
            let (mut depth, mut at) = (0_usize, 0);
            while at < text.len() {
                match text[at] {
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth -= 1,
                    b'"' => at = text.len() - quoted(&text[at..])?.1.len() - 1,
                    _ => {}
                }
                at += 1;
                if depth == 0 {
                    return Some(text.split_at(at));
                }
            }
            None
        }
        _ => {
            let end = text.iter().position(|byte| b",} \t".contains(byte))?;
            (end > 0).then(|| text.split_at(end))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Format;
    use crate::record::{Failing, Names};

    /// What is read from the last of these lines; the first determines the format.
    fn read(lines: &[&str]) -> String {
        let (names, failing) = (Names::default(), Failing::read("5xx").unwrap());
        let (format, is_heading) = Format::of(lines[0].as_bytes(), &names).expect("a format");
        assert_eq!(is_heading, matches!(format, Format::Csv(..)));
        match format.read(lines[lines.len() - 1].as_bytes(), &names, &failing) {
            Ok(record) => {
                let text = |bytes| std::str::from_utf8(bytes).unwrap();
                let result = if record.failed { "failed" } else { "ok" };
                format!(
                    "{} {result} {:?} {} {}",
                    record.at,
                    record.duration,
                    text(record.host),
                    text(record.path)
                )
            }
            Err(error) => error.to_owned(),
        }
    }

    #[test]
    fn common_log_formats_are_read() {
        let common = "10.0.0.7 - frank [10/Oct/2026:13:55:36 +0000] \"GET /pay?id=1 HTTP/1.1\" 503 2326";
        let combined = format!("{common} \"http://a/ \\\"b\\\"\" \"Mozilla/4.08 [en] (Win98; I ;Nav)\"");
        for (lines, expected) in [
            (vec![common], "2026-10-10 13:55:36 failed 0ns  /pay"),
            (vec![&combined], "2026-10-10 13:55:36 failed 0ns  /pay"),
            (vec![&format!("{combined} 0.250")], "2026-10-10 13:55:36 failed 250ms  /pay"),
            (vec![&format!("{combined} rt=1.5 uct=\"0.1\"")], "2026-10-10 13:55:36 failed 1.5s  /pay"),
            (vec![&format!("shop.example {combined}")], "2026-10-10 13:55:36 failed 0ns shop.example /pay"),
            (
                vec!["- - - [10/Oct/2026:13:55:36 +0000] \"GET http://b.example/x HTTP/1.1\" 200 -"],
                "2026-10-10 13:55:36 ok 0ns b.example /x",
            ),
            (
                vec![
                    "{\"ts\":1791640536.5,\"nested\":{\"a\":[1,\"}\"]},\"status\":502,\"duration_ms\":12.5,\"host\":\"a\",\"path\":\"/x\"}",
                ],
                "2026-10-10 13:55:36 failed 12.5ms a /x",
            ),
            (
                vec!["{ \"time\" : \"2026-10-10T13:55:36Z\", \"outcome\" : \"timeout\" }"],
                "2026-10-10 13:55:36 failed 0ns  ",
            ),
            (
                vec!["time;status;latency_ms;host", "\"2026-10-10 13:55:36\";200;7;\"a;b\""],
                "2026-10-10 13:55:36 ok 7ms a;b ",
            ),
            (vec!["time,status", "2026-10-10 13:55:36"], "no status"),
            (vec![common, "garbage"], "not in the format of the log"),
            (vec![common, "a - - [yesterday] \"GET / HTTP/1.1\" 200 1"], "a time that cannot be read"),
            (
                vec![common, "a - - [10/Oct/2026:13:55:36 +0000] \"GET / HTTP/1.1\" abc 1"],
                "a status that is not a number",
            ),
            (vec!["{}"], "no time"),
            (vec!["{\"a\":"], "not in the format of the log"),
            (vec!["{\"a\":[[\"]\"}"], "not in the format of the log"),
        ] {
            assert_eq!(read(&lines), expected, "{lines:?}");
        }
        assert!(Format::of(b"what is this", &Names::default()).is_none());
    }
}
