//! The same, `async`.

use std::fmt::Write as _;
use std::io;
use std::pin::Pin;

use super::Failure;

#[circuit_breaker]
pub async fn skip(mut buf: &mut [u8]) -> Result<usize, Failure> {
    let mut skipped = 0;
    while !buf.is_empty() {
        buf = &mut buf[1..];
        skipped += 1;
    }
    Ok(skipped)
}

#[circuit_breaker]
pub async fn split(mut buf: &mut [u8], at: usize) -> Result<usize, Failure> {
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
pub async fn last(mut node: &mut Node) -> Result<&mut Node, Failure> {
    while node.next.is_some() {
        node = node.next.as_mut().unwrap();
    }
    node.value = 1;
    Ok(node)
}

async fn pause() {}

#[circuit_breaker]
pub async fn waits(mut number: u32, connection: Connection, text: String) -> Result<u32, Failure> {
    pause().await;
    number += 1;
    pause();
    Ok(number + text.len() as u32)
}

#[circuit_breaker]
pub async fn waits_for_each(mut list: &[u32]) -> Result<u32, Failure> {
    while let [first, rest @ ..] = list {
        pause().await;
        list = rest;
    }
    Ok(1)
}

#[circuit_breaker]
pub fn by_hand(text: String) -> impl Future<Output = Result<usize, Failure>> {
    async move { Ok(text.len()) }
}

#[circuit_breaker]
pub fn eager(text: String) -> impl Future<Output = Result<usize, Failure>> {
    let length = text.len();
    async move { Ok(length) }
}

#[circuit_breaker]
pub fn boxed(text: &str) -> Pin<Box<dyn Future<Output = Result<usize, Failure>> + '_>> {
    Box::pin(async move { Ok(text.len()) })
}

// Below these is a macro, which might look for a future in the last expression. This one changes nothing.
#[circuit_breaker]
#[maybe_async::async_impl]
pub fn by_hand_above_another(text: String) -> impl Future<Output = Result<usize, Failure>> {
    async move { Ok(text.len()) }
}

#[circuit_breaker]
#[maybe_async::async_impl]
pub fn eager_above_another(text: String) -> impl Future<Output = Result<usize, Failure>> {
    let length = text.len();
    async move { Ok(length) }
}

#[circuit_breaker]
#[maybe_async::async_impl]
pub fn boxed_above_another(text: &str) -> Pin<Box<dyn Future<Output = Result<usize, Failure>> + '_>> {
    Box::pin(async move { Ok(text.len()) })
}

pub trait FutureExt: Future + Sized + Send + 'static {
    fn boxed(self) -> Pin<Box<dyn Future<Output = Self::Output> + Send>> {
        Box::pin(self)
    }
}

impl<F: Future + Send + 'static> FutureExt for F {}

#[circuit_breaker]
pub fn boxed_by_a_method(
    text: String,
    number: u32,
) -> Pin<Box<dyn Future<Output = Result<usize, Failure>> + Send>> {
    let length = text.len();
    let unused = number;
    if length == 1 {
        return std::future::ready(Ok(length)).boxed();
    }
    let future = async move { return Ok(length) };
    future.boxed()
}

#[circuit_breaker]
pub async fn counts(mut number: u32) -> Result<u32, Failure> {
    number += 1;
    Ok(number)
}

#[circuit_breaker]
pub async fn before_another(mut text: String, other: String, list: Vec<String>) -> Result<usize, Failure> {
    text = other;
    Ok(text.len() + list.len())
}

#[circuit_breaker]
pub async fn pushes(mut list: Vec<u32>, number: u32) -> Result<Vec<u32>, Failure> {
    list.push(number);
    Ok(list)
}

#[circuit_breaker]
pub async fn shadows(mut number: u32) -> Result<u32, Failure> {
    number += 1;
    let number = number;
    let number = number + 1;
    Ok(number)
}

#[circuit_breaker]
pub async fn never_changes(mut number: u32) -> Result<u32, Failure> {
    Ok(number)
}

#[circuit_breaker]
pub async fn unused(number: u32, mut other: u32, _ignored: u32) -> Result<(), Failure> {
    Ok(())
}

#[circuit_breaker]
pub async fn assigned_in_vain(mut number: u32) -> Result<u32, Failure> {
    let result = number;
    number = 5;
    Ok(result)
}

#[circuit_breaker]
pub async fn overwritten(mut number: u32) -> Result<u32, Failure> {
    number = 5;
    Ok(number)
}

#[circuit_breaker]
pub async fn local_in_vain(number: u32) -> Result<u32, Failure> {
    let mut found = 0;
    found = number;
    let unused = 1;
    let mut unchanged = 2;
    Ok(found + unchanged)
}

#[circuit_breaker]
pub async fn ends_early(number: u32) -> Result<u32, Failure> {
    return Ok(number);
    Ok(number + 1)
}

#[circuit_breaker]
pub async fn returns_in_vain(number: u32) -> Result<u32, Failure> {
    return Ok(number);
}

#[circuit_breaker]
pub async fn lets_and_returns(number: u32) -> Result<u32, Failure> {
    let result = Ok(number);
    result
}

#[circuit_breaker]
pub async fn must_use(text: &str) -> Result<(), Failure> {
    text.len();
    io::stdin().lines();
    std::fs::remove_file(text);
    Ok(())
}

#[circuit_breaker]
pub async fn clones(text: String) -> Result<usize, Failure> {
    let copy = text.clone();
    Ok(copy.len())
}

#[circuit_breaker]
pub async fn clones_at_last(text: String) -> Result<String, Failure> {
    let other = text.clone();
    Ok(other)
}

#[circuit_breaker]
pub async fn converts(number: u32) -> Result<u32, Failure> {
    let same = u32::from(number);
    let into: u32 = number.into();
    Ok(same + into)
}

#[circuit_breaker]
pub async fn converts_with_a_question(number: u32) -> Result<u32, Failure> {
    let number = Ok::<u32, Failure>(number)?;
    Ok(Ok::<u32, Failure>(number)?)
}

#[circuit_breaker]
pub async fn borrows(text: &String, list: &Vec<u32>) -> Result<usize, Failure> {
    Ok(text.len() + list.len())
}

#[circuit_breaker]
pub async fn takes_by_value(text: String, list: Vec<u32>) -> Result<usize, Failure> {
    Ok(text.len() + list.len())
}

#[circuit_breaker]
pub async fn panics(number: u32) -> Result<u32, Failure> {
    if number == 0 {
        panic!("zero");
    }
    assert!(number > 1);
    Ok(number)
}

#[circuit_breaker]
pub async fn unwraps(text: &str) -> Result<u32, Failure> {
    Ok(text.parse::<u32>().unwrap())
}

#[circuit_breaker]
pub async fn always_ok(number: u32) -> Result<u32, Failure> {
    Ok(number)
}

#[circuit_breaker]
pub async fn closures(list: &[u32]) -> Result<Vec<String>, Failure> {
    Ok(list.iter().map(|number| number.to_string()).collect())
}

#[circuit_breaker]
pub async fn casts(number: u64) -> Result<u32, Failure> {
    Ok(number as u32)
}

#[circuit_breaker]
pub async fn writes(number: u32) -> Result<String, Failure> {
    let mut text = String::new();
    write!(text, "{}", number);
    Ok(text)
}

#[circuit_breaker]
pub async fn matches(number: Option<u32>) -> Result<u32, Failure> {
    match number {
        Some(number) => Ok(number),
        None => Err(Failure::Down),
        _ => Ok(1),
    }
}

#[circuit_breaker]
pub async fn loops(list: Vec<u32>) -> Result<u32, Failure> {
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
pub async fn qualifies(text: &str) -> std::result::Result<std::string::String, Failure> {
    Ok(std::string::String::from(text))
}

#[circuit_breaker]
pub async fn patterns((left, right): (u32, u32), Pair { first, .. }: Pair) -> Result<u32, Failure> {
    Ok(left + first)
}

pub struct Pair {
    first: u32,
    second: u32,
}

#[circuit_breaker]
pub async fn lifetimes<'a>(text: &'a str) -> Result<&'a str, Failure> {
    Ok(text)
}

#[circuit_breaker]
pub async fn generic<T: Into<u32>>(number: T) -> Result<u32, Failure> {
    Ok(number.into())
}

#[circuit_breaker]
pub async fn opaque(up_to: u32) -> Result<impl Iterator<Item = u32>, Failure> {
    Ok((0..up_to).map(|number| number))
}

#[circuit_breaker]
async fn dead(number: u32) -> Result<u32, Failure> {
    Ok(number)
}

#[circuit_breaker]
pub async unsafe fn dangerous(number: u32) -> Result<u32, Failure> {
    Ok(number)
}

#[circuit_breaker]
#[must_use]
pub async fn wanted(number: u32) -> Result<u32, Failure> {
    Ok(number)
}

#[circuit_breaker]
#[allow(unused_variables)]
pub async fn excused(number: u32) -> Result<u32, Failure> {
    Ok(1)
}

#[circuit_breaker]
#[expect(unused_variables)]
pub async fn expects(number: u32) -> Result<u32, Failure> {
    Ok(1)
}

#[circuit_breaker]
#[expect(unused_mut)]
pub async fn expects_in_vain(number: u32) -> Result<u32, Failure> {
    Ok(number)
}

#[circuit_breaker]
pub async fn items_within(number: u32) -> Result<u32, Failure> {
    let one = 1;
    fn inner(number: u32) -> u32 {
        number
    }
    const TWO: u32 = 2;
    Ok(inner(number) + one + TWO)
}

#[circuit_breaker]
pub async fn blocks(number: u32) -> Result<u32, Failure> {
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
    pub async fn close(&mut self) -> Result<(), Failure> {
        self.open = false;
        Ok(())
    }

    #[circuit_breaker]
    pub async fn consume(mut self) -> Result<(), Failure> {
        self.open = false;
        Ok(())
    }

    #[circuit_breaker]
    pub async fn consume_and_read(mut self) -> Result<bool, Failure> {
        self.open = false;
        Ok(self.open)
    }

    #[circuit_breaker]
    pub async fn unchanged(mut self) -> Result<bool, Failure> {
        Ok(self.open)
    }

    #[circuit_breaker]
    pub async fn named(&self) -> Result<Connection, Failure> {
        Ok(Connection { open: self.open, address: self.address.clone() })
    }

    #[circuit_breaker]
    pub async fn does_without_self(&self, number: u32) -> Result<u32, Failure> {
        Ok(number)
    }

    #[circuit_breaker]
    pub async fn new(address: String) -> Result<Self, Failure> {
        Ok(Self { open: true, address: address })
    }

    #[circuit_breaker]
    pub async fn guard(mut other: Connection) -> Result<(), Failure> {
        other.open = false;
        Ok(())
    }

    #[circuit_breaker]
    pub async fn to_string(&self) -> Result<String, Failure> {
        Ok(self.address.to_string())
    }
}

pub trait Service {
    async fn call(&self, text: &str) -> Result<String, Failure>;

    #[circuit_breaker]
    async fn twice(&self, text: &str) -> Result<String, Failure> {
        self.call(text).await?;
        self.call(text).await
    }

    async fn other(self) -> Result<Connection, Failure>;

    fn boxed(self, text: String) -> Pin<Box<dyn Future<Output = Result<Connection, Failure>> + Send>>;

    fn boxed_at_once(self) -> Pin<Box<dyn Future<Output = Result<Connection, Failure>> + Send>>;

    fn returned(self) -> impl Future<Output = Result<Connection, Failure>> + Send;
}

impl Service for Connection {
    #[circuit_breaker]
    async fn call(&self, text: &str) -> Result<String, Failure> {
        Ok(format!("{}{}", self.address, text))
    }

    #[circuit_breaker]
    async fn other(self) -> Result<Connection, Failure> {
        Ok(self)
    }

    #[circuit_breaker]
    fn boxed(self, text: String) -> Pin<Box<dyn Future<Output = Result<Connection, Failure>> + Send>> {
        let length = text.len();
        if length == 1 {
            return Box::pin(async move { Ok(Connection { open: true, address: text }) });
        }
        Box::pin(async move {
            let same = length as u64;
            Ok(self)
        })
    }

    #[circuit_breaker]
    fn boxed_at_once(self) -> Pin<Box<dyn Future<Output = Result<Connection, Failure>> + Send>> {
        Box::pin(async move { Ok(self) })
    }

    #[circuit_breaker]
    fn returned(self) -> impl Future<Output = Result<Connection, Failure>> + Send {
        async move { Ok(self) }
    }
}

#[circuit_breaker]
pub async fn shadowed(text: String, number: u32) -> Result<u32, Failure> {
    let text = 3;
    let number = text + 1;
    Ok(number)
}

#[circuit_breaker]
pub async fn shadowed_and_mutable(mut text: String) -> Result<u32, Failure> {
    let text = 3;
    Ok(text)
}

#[circuit_breaker]
pub async fn assigned_alone(mut text: String, mut number: u32) -> Result<(), Failure> {
    text = String::new();
    number = 1;
    Ok(())
}

#[circuit_breaker]
pub async fn overwritten_before_it_is_read(
    mut text: String,
    mut number: u32,
    mut list: Vec<u32>,
) -> Result<usize, Failure> {
    number = 1;
    list = vec![number];
    text = format!("{list:?}");
    Ok(text.len())
}

#[circuit_breaker]
pub async fn overwritten_on_one_way(mut text: String, is_short: bool) -> Result<String, Failure> {
    if is_short {
        text = String::new();
    }
    Ok(text)
}

#[circuit_breaker]
pub async fn overwritten_and_lost(mut text: String) -> Result<usize, Failure> {
    let length = text.len();
    text = String::new();
    Ok(length)
}

#[circuit_breaker]
pub async fn a_part_of_a_pair(
    mut pair: Pair,
    mut both: (u32, u32),
    mut bytes: [u8; 4],
) -> Result<u32, Failure> {
    pair.first = 1;
    both.0 = 2;
    bytes[0] = 3;
    Ok(pair.second + both.1)
}

#[circuit_breaker]
pub async fn parts_that_are_never_read(
    mut other: Connection,
    mut pair: (Connection, u32),
) -> Result<(), Failure> {
    other.open = false;
    pair.0.open = false;
    pair.1 = 1;
    Ok(())
}

#[circuit_breaker]
pub async fn a_part_and_all(mut other: Connection) -> Result<(), Failure> {
    other.open = false;
    other = Connection { open: true, address: String::new() };
    other.open = false;
    Ok(())
}

#[circuit_breaker]
pub async fn parts_by_turns(
    mut first: Connection,
    mut second: Connection,
    third: String,
) -> Result<usize, Failure> {
    first.open = false;
    second.open = first.open;
    Ok(third.len())
}

#[circuit_breaker]
pub async fn destructured_and_changed(
    (mut left, right): (u32, String),
    Pair { mut first, .. }: Pair,
) -> Result<u32, Failure> {
    left += 1;
    first = left;
    Ok(first)
}

#[circuit_breaker]
pub async fn swapped(mut left: String, mut right: String) -> Result<String, Failure> {
    (left, right) = (right, left);
    Ok(left)
}

#[circuit_breaker]
pub async fn through_a_reference<'a>(number: &'a mut u32, mut other: &'a mut u32) -> Result<(), Failure> {
    *number = 1;
    other = number;
    *other = 2;
    Ok(())
}

#[circuit_breaker]
pub async fn never_written_through(number: &mut u32, list: &mut Vec<u32>) -> Result<usize, Failure> {
    Ok(list.len() + *number as usize)
}

#[circuit_breaker]
pub async fn underscores(_number: u32, _text: String, _guard: Connection) -> Result<u32, Failure> {
    _text.len();
    Ok(_number)
}

#[circuit_breaker]
pub async fn wrapped(
    list: Box<Vec<u32>>,
    text: &Option<String>,
    shared: std::rc::Rc<String>,
) -> Result<Option<Option<u32>>, Failure> {
    Ok(Some(list.first().copied().filter(|_| text.is_none() && shared.is_empty())))
}

#[circuit_breaker]
pub async fn copies(number: &u32, bytes: [u8; 1024], big: [u64; 64]) -> Result<u64, Failure> {
    Ok(u64::from(*number) + bytes.len() as u64 + big[0])
}

#[circuit_breaker]
pub async fn flags(
    one: bool,
    two: bool,
    three: bool,
    four: bool,
    five: u8,
    six: u8,
    seven: u8,
    eight: u8,
) -> Result<bool, Failure> {
    if one == true {
        return Ok(two && three);
    } else {
        return Ok(four && five + six + seven == eight);
    }
}

#[circuit_breaker]
pub async fn takes_anything(text: impl AsRef<str>, other: impl Into<String>) -> Result<usize, Failure> {
    Ok(text.as_ref().len() + other.into().len())
}

#[circuit_breaker]
pub async fn statements(number: u32) -> Result<u32, Failure> {
    let unit = ();
    number;
    number == 1;
    let _ = number.checked_add(1);
    let _unused = number + 1;
    match number {
        1 => return Err(Failure::Down),
        _ => {}
    }
    let other = if number > 2 { true } else { false };
    let Some(next) = number.checked_add(1) else { return Err(Failure::Down) };
    Ok(next as u32)
}

#[circuit_breaker]
pub async fn holds_a_lock(lock: &std::sync::Mutex<u32>) -> Result<u32, Failure> {
    let mut number = lock.lock().unwrap();
    *number += 1;
    Ok(*number)
}

#[circuit_breaker]
pub async fn question_marks(text: &str) -> Result<Option<u32>, Box<dyn std::error::Error + Send + Sync>> {
    let Ok(number) = text.parse::<u32>() else { return Err("no number".into()) };
    let option = match number.checked_add(1) {
        Some(number) => number,
        None => return Ok(None),
    };
    Err(text.to_string())?;
    Ok(Some(option))
}

#[circuit_breaker]
#[inline(always)]
#[must_use]
pub async fn attributes(r#type: u32) -> Result<u32, Failure> {
    Ok(r#type)
}

pub struct Wrapper<T>(T);

impl<T: Clone + Send> Wrapper<T> {
    #[circuit_breaker]
    pub async fn of(value: T) -> Result<Wrapper<T>, Failure> {
        Ok(Wrapper(value))
    }

    #[circuit_breaker]
    pub async fn into_inner(self) -> Result<(Wrapper<T>, T), Failure> {
        let value = self.0.clone();
        Ok((self, value))
    }

    #[circuit_breaker]
    pub async fn set(mut self, value: T) -> Result<Self, Failure> {
        self.0 = value;
        Ok(self)
    }

    #[circuit_breaker]
    pub async fn replaced(mut self: Box<Self>, value: T) -> Result<(), Failure> {
        self.0 = value;
        Ok(())
    }

    #[circuit_breaker]
    pub async fn borrowed<'a>(&'a self, other: &'a Wrapper<T>) -> Result<&'a Wrapper<T>, Failure> {
        Ok(other)
    }

    #[circuit_breaker]
    pub async fn is_nothing(self, text: &String) -> Result<bool, Failure> {
        Ok(text.is_empty())
    }
}

pub trait Maker: Sized {
    async fn make(text: &str) -> Result<Self, Failure>;
    async fn remake(self, other: Self) -> Result<Vec<Self>, Failure>;
}

impl Maker for Wrapper<String> {
    #[circuit_breaker]
    async fn make(text: &str) -> Result<Wrapper<String>, Failure> {
        Ok(Wrapper(text.to_owned()))
    }

    #[circuit_breaker]
    async fn remake(mut self, other: Wrapper<String>) -> Result<Vec<Wrapper<String>>, Failure> {
        self.0 = String::new();
        Ok(vec![other])
    }
}

#[circuit_breaker]
pub async fn a_large_error_later(number: u64) -> Result<u64, crate::Large> {
    if number == 0 { Err(crate::Large([number; 32])) } else { Ok(number) }
}

#[circuit_breaker]
pub fn a_large_error_by_hand(number: u64) -> impl Future<Output = Result<u64, crate::Large>> {
    async move { if number == 0 { Err(crate::Large([number; 32])) } else { Ok(number) } }
}

#[circuit_breaker]
pub fn a_large_error_after_a_start(number: u64) -> impl Future<Output = Result<u64, crate::Large>> {
    let next = number + 1;
    async move { if number == 0 { Err(crate::Large([number; 32])) } else { Ok(next) } }
}

#[circuit_breaker]
pub fn a_large_error_in_a_box(
    number: u64,
) -> Pin<Box<dyn Future<Output = Result<u64, crate::Large>> + Send>> {
    let next = number + 1;
    Box::pin(async move { if number == 0 { Err(crate::Large([number; 32])) } else { Ok(next) } })
}

#[cfg(test)]
mod tests {}

#[circuit_breaker]
pub async fn after_the_tests(number: u32) -> Result<u32, Failure> {
    Ok(number)
}
