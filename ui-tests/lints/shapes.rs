//! Functions whose shape, more than what they do, decides what is said of them.

use std::io;

#[circuit_breaker]
pub fn unchanged_after_a_condition(mut list: Vec<u8>, is_shown: bool) -> io::Result<usize> {
    if is_shown {
        println!("{}", list.len());
    }
    let length = list.len();
    Ok(length)
}

#[circuit_breaker]
pub fn unchanged_after_a_return(mut number: u8, other: Vec<u8>, is_known: bool) -> io::Result<u8> {
    if is_known {
        return Ok(number);
    }
    let length = other.len() as u8;
    Ok(length)
}

#[circuit_breaker]
pub fn unchanged_after_a_loop(mut list: Vec<u8>, other: Vec<u8>) -> io::Result<usize> {
    for number in &list {
        println!("{number}");
    }
    let length = other.len();
    Ok(length)
}

#[circuit_breaker]
pub fn unchanged_after_a_block(mut list: Vec<u8>) -> io::Result<Vec<u8>> {
    {
        println!("{list:?}");
    }
    let moved = list;
    Ok(moved)
}

#[circuit_breaker]
pub async fn unchanged_and_awaited(mut list: Vec<u8>, is_shown: bool) -> io::Result<usize> {
    if is_shown {
        println!("{}", list.len());
    }
    let length = std::future::ready(list.len()).await;
    Ok(length)
}

#[circuit_breaker]
pub fn compared(mut number: u32, mut other: u32, third: Vec<u8>) -> io::Result<usize> {
    if number <= 3 || other >= 4 {
        return Ok(third.len());
    }
    match third.len() {
        0..=3 => Ok(1),
        _ => Ok(2),
    }
}

#[circuit_breaker]
pub fn counted_up_to(mut number: usize, third: Vec<u8>) -> io::Result<usize> {
    let mut sum = third.len();
    for other in 0..=number {
        sum += other;
    }
    for other in number..=9 {
        sum += other;
    }
    Ok(sum)
}

#[circuit_breaker]
pub fn chosen_by(mut index: usize, list: &mut [u32]) -> io::Result<()> {
    list[index] = 1;
    *list.iter_mut().nth(index).unwrap() = 2;
    Ok(())
}

#[circuit_breaker]
pub fn in_a_chain(mut list: Vec<u8>, other: Vec<u8>) -> io::Result<usize> {
    if list.is_empty() && let Some(first) = other.first() {
        return Ok(usize::from(*first));
    }
    Ok(list.len())
}

#[circuit_breaker]
pub fn behind_a_reference(mut number: &mut u32, third: Vec<u8>) -> io::Result<usize> {
    (*number) = 1;
    *(number) += 1;
    Ok(third.len())
}

#[circuit_breaker]
pub async fn longer_names(number: u32, number_of_all: u32, width: usize, text: String) -> io::Result<String> {
    Ok(format!("{number_of_all:width$} {{text}}"))
}

#[circuit_breaker]
pub fn overwritten_in_a_tuple(mut text: String, mut other: String, third: &str) -> io::Result<String> {
    (text, other) = (third.to_owned(), third.to_owned());
    Ok(text + &other)
}

pub struct Point {
    left: u32,
    right: u32,
}

#[circuit_breaker]
pub fn overwritten_in_a_pattern(mut left: u32, mut right: u32, point: &Point) -> io::Result<u32> {
    if left == 0 {
        right += 1;
    }
    Point { left, .. } = *point;
    [_, right] = [left, right];
    Ok(left + right)
}

#[circuit_breaker]
#[rustfmt::skip]
pub fn one_line(mut list: Vec<u32>) -> io::Result<()> { Ok(list[0] = 1) }

#[circuit_breaker]
#[rustfmt::skip]
pub fn one_line_of_a_loop(mut number: u32) -> io::Result<u32> { loop { if number > 3 { break Ok(number) } number += 1; } }

#[circuit_breaker]
#[rustfmt::skip]
pub fn one_line_of_a_condition(mut list: Vec<u32>) -> io::Result<usize> { if list.is_empty() { list = vec![1]; Ok(3) } else { Ok(list.len()) } }

#[circuit_breaker]
#[rustfmt::skip]
pub fn one_line_of_a_closure(mut number: u32) -> io::Result<impl FnMut() -> u32> { Ok(move || { number += 1; number }) }

pub struct Lock(u32);

impl Drop for Lock {
    fn drop(&mut self) {
        self.0 = 0;
    }
}

#[circuit_breaker]
pub fn before_a_moved_one(first: Lock, second: Lock, third: Lock, list: Vec<u32>) -> io::Result<u32> {
    if list.is_empty() {
        return Ok((&first).0 + (&second).0);
    }
    drop(third);
    Ok(1)
}

#[circuit_breaker]
pub fn behind_a_moved_one(
    first: Lock,
    second: Lock,
    mut third: Lock,
    text: String,
    _guard: Lock,
) -> io::Result<u32> {
    if text.is_empty() {
        drop(first);
    }
    Ok(second.0)
}

#[circuit_breaker]
pub fn behind_a_moved_one_and_borrowed(first: Lock, second: Lock, text: String, _guard: Lock) -> io::Result<u32> {
    if text.is_empty() {
        drop(first);
    }
    Ok(second.0)
}

#[circuit_breaker]
pub fn behind_a_moved_one_and_changed(first: Lock, mut second: Lock, mut third: Lock) -> io::Result<Lock> {
    std::mem::swap(&mut second, &mut { first });
    Ok(second)
}

#[circuit_breaker]
pub fn behind_one_that_is_borrowed(first: Lock, second: Lock) -> io::Result<u32> {
    let (one, two) = (&first, &second.0);
    Ok(one.0 + two)
}

#[circuit_breaker]
pub fn shifts(number: u16, other: u16) -> io::Result<u16> {
    let shifted = number << 8;
    Ok(if shifted > 255 { shifted >> 4 } else { other })
}

#[circuit_breaker]
pub async fn shifts_later(number: u16, other: u16) -> io::Result<u16> {
    let shifted = number << 8;
    Ok(if shifted > 255 { shifted >> 4 } else { other })
}

#[circuit_breaker]
pub fn chains(number: io::Result<Option<u8>>) -> io::Result<u8> {
    number.and_then(|number| number.ok_or_else(|| io::ErrorKind::Other.into()))
}

#[circuit_breaker]
pub async fn chains_later(number: io::Result<Option<u8>>) -> io::Result<u8> {
    number.and_then(|number| number.ok_or_else(|| io::ErrorKind::Other.into()))
}

#[circuit_breaker]
/// What it was given
pub async fn documented(number: u8) -> io::Result<u8> {
    Ok(number)
}

#[circuit_breaker]
pub fn imports_again(number: u8) -> io::Result<u8> {
    use std::io;
    if number == 0 { Err(io::ErrorKind::Other.into()) } else { Ok(number) }
}

#[circuit_breaker]
pub async fn imports_again_later(number: u8) -> io::Result<u8> {
    use std::io;
    if number == 0 { Err(io::ErrorKind::Other.into()) } else { Ok(number) }
}

#[circuit_breaker]
fn reads_through(list: &mut [u8], mut number: usize) -> io::Result<usize> {
    number += list.len();
    Ok(number)
}

#[circuit_breaker]
fn reads_through_alone(list: &mut [u8], number: usize) -> io::Result<usize> {
    Ok(number + list.len())
}

#[circuit_breaker]
async fn reads_through_later(list: &mut [u8], mut number: usize) -> io::Result<usize> {
    number += list.len();
    Ok(number)
}

pub async fn reads(mut list: [u8; 8]) -> io::Result<usize> {
    reads_through(&mut list, 1)?;
    reads_through_alone(&mut list, 1)?;
    reads_through_later(&mut list, 1).await
}

macro_rules! with_fragments {
    ($(#[$meta:meta])* $visibility:vis $name:ident<$lifetime:lifetime>($parameter:ident: $ty:ty) -> $output:ty $body:block) => {
        #[circuit_breaker]
        $(#[$meta])*
        $visibility fn $name<$lifetime>($parameter: $ty) -> $output $body
    };
}

with_fragments!(#[inline] #[must_use] pub public<'a>(number: &'a u32) -> io::Result<&'a u32> { Ok(number) });
with_fragments!(pub(crate) internal<'a>(number: &'a u32) -> io::Result<&'a u32> { Ok(number) });
with_fragments!(private<'a>(number: &'a u32) -> io::Result<&'a u32> { Ok(number) });
