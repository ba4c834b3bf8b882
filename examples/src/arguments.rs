//! The arguments of a program: `choose 'failures(5)' --window 'count(100)'`.

/// The arguments of a program.
#[derive(Debug, PartialEq, Eq)]
pub struct Arguments {
    /// The arguments without a name.
    pub free: Vec<String>,
    named: Vec<(String, String)>,
}

impl Arguments {
    /// Reads the arguments. `names` are the names that a value follows, without their dashes.
    pub fn read(arguments: impl Iterator<Item = String>, names: &[&str]) -> Result<Self, String> {
        let mut read = Self { free: Vec::new(), named: Vec::new() };
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            let Some(name) = argument.strip_prefix("--") else {
                read.free.push(argument);
                continue;
            };
            let (name, value) = match name.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (name, None),
            };
            if !names.contains(&name) {
                let names: Vec<_> = names.iter().map(|name| format!("--{name}")).collect();
                return Err(format!("unknown argument `--{name}`: expected one of {}", names.join(", ")));
            }
            let value =
                value.or_else(|| arguments.next()).ok_or_else(|| format!("`--{name}` has no value"))?;
            read.named.push((name.to_owned(), value));
        }
        Ok(read)
    }

    /// All values of a name, in order.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.named.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The last value of a name.
    pub fn last(&self, name: &str) -> Option<&str> {
        self.all(name).last()
    }
}

/// A share: `5%` or `0.05`.
pub fn share(text: &str) -> Result<f64, String> {
    let (digits, unit) = match text.strip_suffix('%') {
        Some(digits) => (digits, 100.0),
        None => (text, 1.0),
    };
    let share = digits.trim().parse::<f64>().map(|share| share / unit);
    share
        .ok()
        .filter(|share| *share > 0.0 && *share <= 1.0)
        .ok_or_else(|| format!("`{text}` is not a share: write `5%` or `0.05`"))
}

/// How many a second: `100/s`, `20/m` or `5/h`.
pub fn rate(text: &str) -> Result<f64, String> {
    let read = || {
        let (number, unit) = text.split_once('/')?;
        let seconds = match unit.trim() {
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3_600.0,
            _ => return None,
        };
        let rate = number.trim().parse::<f64>().ok()? / seconds;
        Some(rate).filter(|rate| *rate > 0.0 && rate.is_finite())
    };
    read().ok_or_else(|| format!("`{text}` is not a rate: write `100/s`, `20/m` or `5/h`"))
}

#[cfg(test)]
mod tests {
    use super::{Arguments, rate, share};

    #[test]
    fn arguments_are_free_or_named() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let read = |text| Arguments::read(words(text).into_iter(), &["trip", "svg"]);
        let arguments = read("one --trip a two --trip=b").unwrap();
        assert_eq!(arguments.free, ["one", "two"]);
        assert_eq!(arguments.all("trip").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((arguments.last("trip"), arguments.last("svg")), (Some("b"), None));
        assert!(read("--svg").unwrap_err().contains("no value"));
        assert!(read("--png x").unwrap_err().contains("--trip, --svg"));
    }

    #[test]
    fn shares_and_rates_have_units() {
        assert_eq!([share("5%"), share("0.25")], [Ok(0.05), Ok(0.25)]);
        assert!(["5", "0%", "x", ""].iter().all(|text| share(text).is_err()));
        assert_eq!([rate("100/s"), rate("30/m")], [Ok(100.0), Ok(0.5)]);
        assert!(["5", "0/s", "5/d", "x/s"].iter().all(|text| rate(text).is_err()));
    }
}
