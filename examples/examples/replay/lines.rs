//! The lines of a file, one at a time, however large the file or a line.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, IsTerminal as _, Read as _};
use std::time::{Duration, Instant};

/// Longer lines are cut off here.
const LONGEST: u64 = 1 << 16;

/// The lines of a file.
pub struct Lines {
    reader: BufReader<File>,
    line: Vec<u8>,
    progress: Progress,
    /// The number of the last line read, starting from 1.
    pub number: u64,
}

impl Lines {
    pub fn open(path: &str) -> io::Result<Self> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        let progress = Progress { size, read: 0, shown: Instant::now(), is_shown: false };
        Ok(Self { reader: BufReader::with_capacity(1 << 20, file), line: Vec::new(), progress, number: 0 })
    }

    /// The next line, without its end.
    pub fn next(&mut self) -> io::Result<Option<&[u8]>> {
        self.line.clear();
        let mut read = (&mut self.reader).take(LONGEST).read_until(b'\n', &mut self.line)? as u64;
        if read == 0 {
            self.progress.end();
            return Ok(None);
        }
        self.number += 1;
        if read == LONGEST && !self.line.ends_with(b"\n") {
            read += skip_line(&mut self.reader)?;
        }
        self.progress.add(read, self.number);
        let line = self.line.trim_ascii_end();
        // Spreadsheets mark their CSV as UTF-8.
        let mark: &[u8] = if self.number == 1 { b"\xef\xbb\xbf" } else { b"" };
        Ok(Some(line.strip_prefix(mark).unwrap_or(line)))
    }
}

/// Reads the rest of a line and discards it.
fn skip_line(reader: &mut BufReader<File>) -> io::Result<u64> {
    let mut skipped = 0;
    loop {
        let buffer = reader.fill_buf()?;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let length = end.map_or(buffer.len(), |end| end + 1);
        reader.consume(length);
        skipped += length as u64;
        if end.is_some() || length == 0 {
            return Ok(skipped);
        }
    }
}

/// The progress, shown on a terminal if it takes a while.
struct Progress {
    size: u64,
    read: u64,
    shown: Instant,
    is_shown: bool,
}

impl Progress {
    fn add(&mut self, bytes: u64, lines: u64) {
        self.read += bytes;
        if lines.is_multiple_of(1 << 16)
            && self.shown.elapsed() > Duration::from_millis(200)
            && io::stderr().is_terminal()
        {
            eprint!("\r{:3}% of {} MB, {lines} lines", self.read * 100 / self.size.max(1), self.size >> 20);
            (self.shown, self.is_shown) = (Instant::now(), true);
        }
    }

    fn end(&self) {
        if self.is_shown {
            eprint!("\r{:60}\r", "");
        }
    }
}
