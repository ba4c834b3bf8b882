//! Parameters that the body gives other values, and handlers that use what the body moves.

use std::io;

use fluxgate::circuit_breaker;
use fluxgate_ui_tests::run;

#[circuit_breaker]
fn skip(mut buf: &mut [u8]) -> io::Result<usize> {
    let mut skipped = 0;
    while !buf.is_empty() {
        buf = &mut buf[1..];
        skipped += 1;
    }
    Ok(skipped)
}

#[circuit_breaker]
fn split(mut buf: &mut [u8], at: usize) -> io::Result<usize> {
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
struct Node {
    next: Option<Box<Node>>,
}

#[circuit_breaker]
fn last(mut node: &mut Node) -> io::Result<&mut Node> {
    while node.next.is_some() {
        node = node.next.as_mut().unwrap();
    }
    Ok(node)
}

struct Cursor<'a> {
    rest: &'a mut [u8],
}

impl Cursor<'_> {
    #[circuit_breaker]
    fn skip(mut self) -> io::Result<usize> {
        let length = self.rest.len();
        while !self.rest.is_empty() {
            self.rest = &mut self.rest[1..];
        }
        Ok(length)
    }
}

#[circuit_breaker(rejected = |_| Ok(text))]
fn moved(text: String) -> io::Result<String> {
    Ok(text)
}

#[circuit_breaker(rejected = |_| Ok(text))]
async fn moved_later(text: String) -> io::Result<String> {
    Ok(text)
}

#[circuit_breaker(rejected = |_| Ok(text))]
fn moved_in_a_future(text: String) -> impl std::future::Future<Output = io::Result<String>> {
    async move { Ok(text) }
}

#[circuit_breaker(fallback = |_| Ok(number))]
fn used_later(mut number: u32) -> io::Result<u32> {
    number += 1;
    Err(io::ErrorKind::Other.into())
}

pub fn main() {
    assert_eq!(skip(&mut [1, 2]).unwrap(), 2);
    assert_eq!(split(&mut [1, 2, 3], 1).unwrap(), 2);
    assert!(last(&mut Node { next: Some(Box::default()) }).unwrap().next.is_none());
    assert_eq!(Cursor { rest: &mut [1, 2] }.skip().unwrap(), 2);
    assert_eq!(moved("a".into()).unwrap(), "a");
    assert_eq!(run(moved_later("a".into())).unwrap(), "a");
    assert_eq!(run(moved_in_a_future("a".into())).unwrap(), "a");
    assert_eq!(used_later(1).unwrap(), 2);
}
