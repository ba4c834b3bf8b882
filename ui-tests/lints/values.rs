//! Functions that return no `Result`, and methods of traits whose usual bodies lints know.

use std::cmp::Ordering;
use std::ops::Add;

#[derive(PartialEq, Eq)]
pub struct Version(u32);

impl PartialOrd for Version {
    #[circuit_breaker]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    #[circuit_breaker]
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

#[derive(Copy)]
pub struct Price(u32);

impl Clone for Price {
    #[circuit_breaker]
    fn clone(&self) -> Self {
        *self
    }
}

impl Add for Price {
    type Output = Self;

    #[circuit_breaker]
    fn add(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl From<&str> for Price {
    #[circuit_breaker]
    fn from(text: &str) -> Self {
        Self(text.parse().unwrap())
    }
}

pub struct Order {
    id: u32,
    is_open: bool,
}

impl Default for Order {
    #[circuit_breaker]
    fn default() -> Self {
        Self { id: 0, is_open: false }
    }
}

impl Drop for Order {
    #[circuit_breaker]
    fn drop(&mut self) {}
}

impl PartialEq for Order {
    #[circuit_breaker]
    fn eq(&self, other: &Self) -> bool {
        *self == *other
    }
}

impl Order {
    #[circuit_breaker]
    pub fn id(&self) -> &u32 {
        &self.is_open;
        &self.id
    }

    #[circuit_breaker]
    pub fn id_mut(&mut self) -> &mut u32 {
        return &mut self.id;
    }

    #[circuit_breaker]
    pub fn is_open(&self) -> bool {
        if self.is_open { true } else { false }
    }

    #[circuit_breaker]
    pub fn nothing(&self) -> () {
        ()
    }
}

#[circuit_breaker]
fn mapped(number: Option<u32>) -> Option<u32> {
    number.map(|number| number + 1)
}

#[circuit_breaker]
fn of_no_type<T>(number: u32) -> u32 {
    number
}

#[circuit_breaker]
pub fn summed(list: &[u32]) -> u32 {
    let mut sum = 0;
    for index in 0..list.len() {
        sum += list[index];
    }
    sum
}

#[circuit_breaker]
#[cfg(not(test))]
pub fn outside_tests(number: u32) -> u32 {
    #[allow(unused_variables)]
    let unused = number;
    number
}
