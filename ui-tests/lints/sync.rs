//! Functions that lints have something to say about, or nothing.

use std::fmt::Write as _;
use std::io;

use super::Failure;

#[circuit_breaker]
pub fn skip(mut buf: &mut [u8]) -> Result<usize, Failure> {
    let mut skipped = 0;
    while !buf.is_empty() {
        buf = &mut buf[1..];
        skipped += 1;
    }
    Ok(skipped)
}

#[circuit_breaker]
pub fn split(mut buf: &mut [u8], at: usize) -> Result<usize, Failure> {
    let mut parts = 0;
    while buf.len() > at {
        let (head, tail) = buf.split_at_mut(at);
        head[0] = 1;
        buf = tail;
        parts += 1;
    }
    Ok(parts)
}

#[derive(Default)]
pub struct Node {
    next: Option<Box<Node>>,
    value: u32,
}

#[circuit_breaker]
pub fn last(mut node: &mut Node) -> Result<&mut Node, Failure> {
    while node.next.is_some() {
        node = node.next.as_mut().unwrap();
    }
    node.value = 1;
    Ok(node)
}

#[circuit_breaker]
pub fn counts(mut number: u32) -> Result<u32, Failure> {
    number += 1;
    Ok(number)
}

#[circuit_breaker]
pub fn before_another(mut text: String, other: String, list: Vec<String>) -> Result<usize, Failure> {
    text = other;
    Ok(text.len() + list.len())
}

#[circuit_breaker]
pub fn pushes(mut list: Vec<u32>, number: u32) -> Result<Vec<u32>, Failure> {
    list.push(number);
    Ok(list)
}

#[circuit_breaker]
pub fn shadows(mut number: u32) -> Result<u32, Failure> {
    number += 1;
    let number = number;
    let number = number + 1;
    Ok(number)
}

#[circuit_breaker]
pub fn never_changes(mut number: u32) -> Result<u32, Failure> {
    Ok(number)
}

#[circuit_breaker]
pub fn unused(number: u32, mut other: u32, _ignored: u32) -> Result<(), Failure> {
    Ok(())
}

#[circuit_breaker]
pub fn assigned_in_vain(mut number: u32) -> Result<u32, Failure> {
    let result = number;
    number = 5;
    Ok(result)
}

#[circuit_breaker]
pub fn overwritten(mut number: u32) -> Result<u32, Failure> {
    number = 5;
    Ok(number)
}

#[circuit_breaker]
pub fn local_in_vain(number: u32) -> Result<u32, Failure> {
    let mut found = 0;
    found = number;
    let unused = 1;
    let mut unchanged = 2;
    Ok(found + unchanged)
}

#[circuit_breaker]
pub fn ends_early(number: u32) -> Result<u32, Failure> {
    return Ok(number);
    Ok(number + 1)
}

#[circuit_breaker]
pub fn returns_in_vain(number: u32) -> Result<u32, Failure> {
    return Ok(number);
}

#[circuit_breaker]
pub fn lets_and_returns(number: u32) -> Result<u32, Failure> {
    let result = Ok(number);
    result
}

#[circuit_breaker]
pub fn must_use(text: &str) -> Result<(), Failure> {
    text.len();
    io::stdin().lines();
    std::fs::remove_file(text);
    Ok(())
}

#[circuit_breaker]
pub fn clones(text: String) -> Result<usize, Failure> {
    let copy = text.clone();
    Ok(copy.len())
}

#[circuit_breaker]
pub fn clones_at_last(text: String) -> Result<String, Failure> {
    let other = text.clone();
    Ok(other)
}

#[circuit_breaker]
pub fn converts(number: u32) -> Result<u32, Failure> {
    let same = u32::from(number);
    let into: u32 = number.into();
    Ok(same + into)
}

#[circuit_breaker]
pub fn converts_with_a_question(number: u32) -> Result<u32, Failure> {
    let number = Ok::<u32, Failure>(number)?;
    Ok(Ok::<u32, Failure>(number)?)
}

#[circuit_breaker]
pub fn borrows(text: &String, list: &Vec<u32>) -> Result<usize, Failure> {
    Ok(text.len() + list.len())
}

#[circuit_breaker]
pub fn takes_by_value(text: String, list: Vec<u32>) -> Result<usize, Failure> {
    Ok(text.len() + list.len())
}

#[circuit_breaker]
pub fn panics(number: u32) -> Result<u32, Failure> {
    if number == 0 {
        panic!("zero");
    }
    assert!(number > 1);
    Ok(number)
}

#[circuit_breaker]
pub fn unwraps(text: &str) -> Result<u32, Failure> {
    Ok(text.parse::<u32>().unwrap())
}

#[circuit_breaker]
pub fn always_ok(number: u32) -> Result<u32, Failure> {
    Ok(number)
}

#[circuit_breaker]
pub fn closures(list: &[u32]) -> Result<Vec<String>, Failure> {
    Ok(list.iter().map(|number| number.to_string()).collect())
}

#[circuit_breaker]
pub fn casts(number: u64) -> Result<u32, Failure> {
    Ok(number as u32)
}

#[circuit_breaker]
pub fn writes(number: u32) -> Result<String, Failure> {
    let mut text = String::new();
    write!(text, "{}", number);
    Ok(text)
}

#[circuit_breaker]
pub fn matches(number: Option<u32>) -> Result<u32, Failure> {
    match number {
        Some(number) => Ok(number),
        None => Err(Failure::Down),
        _ => Ok(1),
    }
}

#[circuit_breaker]
pub fn loops(list: Vec<u32>) -> Result<u32, Failure> {
    for index in 0..list.len() {
        if list[index] == 1 {
            return Ok(list[index]);
        }
    }
    loop {
        return Err(Failure::Down);
    }
}

#[circuit_breaker]
pub fn qualifies(text: &str) -> std::result::Result<std::string::String, Failure> {
    Ok(std::string::String::from(text))
}

#[circuit_breaker]
pub fn patterns((left, right): (u32, u32), Pair { first, .. }: Pair) -> Result<u32, Failure> {
    Ok(left + first)
}

pub struct Pair {
    first: u32,
    second: u32,
}

#[circuit_breaker]
pub fn lifetimes<'a>(text: &'a str) -> Result<&'a str, Failure> {
    Ok(text)
}

#[circuit_breaker]
pub fn generic<T: Into<u32>>(number: T) -> Result<u32, Failure> {
    Ok(number.into())
}

#[circuit_breaker]
pub fn opaque(up_to: u32) -> Result<impl Iterator<Item = u32>, Failure> {
    Ok((0..up_to).map(|number| number))
}

#[circuit_breaker]
fn dead(number: u32) -> Result<u32, Failure> {
    Ok(number)
}

#[circuit_breaker]
pub unsafe fn dangerous(number: u32) -> Result<u32, Failure> {
    Ok(number)
}

#[circuit_breaker]
#[must_use]
pub fn wanted(number: u32) -> Result<u32, Failure> {
    Ok(number)
}

#[circuit_breaker]
#[allow(unused_variables)]
pub fn excused(number: u32) -> Result<u32, Failure> {
    Ok(1)
}

#[circuit_breaker]
#[expect(unused_variables)]
pub fn expects(number: u32) -> Result<u32, Failure> {
    Ok(1)
}

#[circuit_breaker]
#[expect(unused_mut)]
pub fn expects_in_vain(number: u32) -> Result<u32, Failure> {
    Ok(number)
}

#[circuit_breaker]
pub fn items_within(number: u32) -> Result<u32, Failure> {
    let one = 1;
    fn inner(number: u32) -> u32 {
        number
    }
    const TWO: u32 = 2;
    Ok(inner(number) + one + TWO)
}

#[circuit_breaker]
pub fn recurses(number: u32) -> Result<u32, Failure> {
    recurses(number)
}

#[circuit_breaker]
pub fn blocks(number: u32) -> Result<u32, Failure> {
    let number = { number };
    if (number == 1) {
        {
            return Err(Failure::Down);
        }
    }
    Ok((number))
}

pub struct Connection {
    open: bool,
    address: String,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.open = false;
    }
}

impl Connection {
    #[circuit_breaker]
    pub fn close(&mut self) -> Result<(), Failure> {
        self.open = false;
        Ok(())
    }

    #[circuit_breaker]
    pub fn consume(mut self) -> Result<(), Failure> {
        self.open = false;
        Ok(())
    }

    #[circuit_breaker]
    pub fn consume_and_read(mut self) -> Result<bool, Failure> {
        self.open = false;
        Ok(self.open)
    }

    #[circuit_breaker]
    pub fn unchanged(mut self) -> Result<bool, Failure> {
        Ok(self.open)
    }

    #[circuit_breaker]
    pub fn named(&self) -> Result<Connection, Failure> {
        Ok(Connection { open: self.open, address: self.address.clone() })
    }

    #[circuit_breaker]
    pub fn does_without_self(&self, number: u32) -> Result<u32, Failure> {
        Ok(number)
    }

    #[circuit_breaker]
    pub fn new(address: String) -> Result<Self, Failure> {
        Ok(Self { open: true, address: address })
    }

    #[circuit_breaker]
    pub fn guard(mut other: Connection) -> Result<(), Failure> {
        other.open = false;
        Ok(())
    }

    #[circuit_breaker]
    pub fn to_string(&self) -> Result<String, Failure> {
        Ok(self.address.to_string())
    }
}

pub trait Service {
    fn call(&self, text: &str) -> Result<String, Failure>;

    #[circuit_breaker]
    fn twice(&self, text: &str) -> Result<String, Failure> {
        self.call(text)?;
        self.call(text)
    }

    fn other(self) -> Result<Connection, Failure>;
}

impl Service for Connection {
    #[circuit_breaker]
    fn call(&self, text: &str) -> Result<String, Failure> {
        Ok(format!("{}{}", self.address, text))
    }

    #[circuit_breaker]
    fn other(self) -> Result<Connection, Failure> {
        Ok(self)
    }
}

impl std::str::FromStr for Pair {
    type Err = Failure;

    #[circuit_breaker]
    fn from_str(text: &str) -> Result<Pair, Failure> {
        let first = text.parse().map_err(|_| Failure::Down)?;
        Ok(Pair { first, second: 1 })
    }
}

impl io::Read for Node {
    #[circuit_breaker]
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        buf[0] = 1;
        self.value = 2;
        Ok(1)
    }
}

#[cfg(test)]
mod tests {}

#[circuit_breaker]
pub fn after_the_tests(number: u32) -> Result<u32, Failure> {
    Ok(number)
}
