//! Reborrowed.

use fluxgate::circuit_breaker;
use fluxgate_ui_tests::run;

#[derive(Debug, PartialEq)]
pub enum Failure {
    Down,
    NotPermitted(fluxgate::CallNotPermitted),
}

impl From<fluxgate::CallNotPermitted> for Failure {
    fn from(refusal: fluxgate::CallNotPermitted) -> Self {
        Self::NotPermitted(refusal)
    }
}

#[derive(Debug)]
struct Client(Vec<u32>);

impl Client {
    #[circuit_breaker]
    fn last(&mut self) -> Result<&mut u32, Failure> {
        self.0.last_mut().ok_or(Failure::Down)
    }

    #[circuit_breaker]
    async fn last_async(&mut self) -> Result<&mut u32, Failure> {
        self.0.last_mut().ok_or(Failure::Down)
    }

    #[circuit_breaker]
    fn last_of_all(&mut self) -> Result<&mut u32, Failure> {
        assert!(!format!("{self:?}").is_empty());
        self.0.last_mut().ok_or(Failure::Down)
    }

    #[circuit_breaker]
    fn filled(&mut self) -> Result<impl Iterator<Item = &mut u32>, Failure> {
        let Self(list) = self;
        list.push(7);
        assert!(!format!("{:?}", &self).is_empty());
        Ok(self.0.iter_mut())
    }
}

#[circuit_breaker]
fn or_one(number: &mut Option<u32>) -> Result<&mut Option<u32>, Failure> {
    if let Some(0) = number {
        *number = Some(1);
    }
    Ok(number)
}

#[circuit_breaker]
fn of_several((list, at): (&mut Vec<u32>, usize)) -> Result<Option<&mut u32>, Failure> {
    assert!(!format!("{list:?}").is_empty());
    Ok(list.get_mut(at))
}

#[circuit_breaker]
fn of_an_option(list: Option<&mut Vec<u32>>) -> Result<std::slice::IterMut<'_, u32>, Failure> {
    match list {
        Some(ref list) if list.is_empty() => Err(Failure::Down),
        Some(list) => Ok(list.iter_mut()),
        None => Err(Failure::Down),
    }
}

#[circuit_breaker]
fn through_another(client: &mut Client) -> Result<&mut u32, Failure> {
    client.last()
}

struct Cursor<'a> {
    list: &'a mut Vec<u32>,
    at: usize,
}

impl<'a> Cursor<'a> {
    #[circuit_breaker]
    fn into_item(self) -> Result<&'a mut u32, Failure> {
        Ok(&mut self.list[self.at])
    }

    #[circuit_breaker(track = matches(_ if self.at > 0))]
    fn items(&mut self) -> Result<std::slice::IterMut<'_, u32>, Failure> {
        Ok(self.list.iter_mut())
    }
}

#[circuit_breaker]
fn halves((left, right): &mut (u32, u32)) -> Result<[&mut u32; 2], Failure> {
    *left += 1;
    Ok([left, right])
}

pub fn main() {
    let mut client = Client(vec![1]);
    *client.last().unwrap() += 1;
    *run(client.last_async()).unwrap() += 1;
    assert_eq!(client.0, [3]);
    *client.last_of_all().unwrap() += 1;
    assert_eq!(client.filled().unwrap().count(), 2);
    assert_eq!(or_one(&mut Some(0)), Ok(&mut Some(1)));
    assert_eq!(of_several((&mut client.0, 0)), Ok(Some(&mut 4)));
    assert_eq!(of_an_option(Some(&mut client.0)).unwrap().len(), 2);
    assert_eq!(through_another(&mut client), Ok(&mut 7));
    assert_eq!(Cursor { list: &mut client.0, at: 0 }.into_item(), Ok(&mut 4));
    assert_eq!(Cursor { list: &mut client.0, at: 0 }.items().unwrap().len(), 2);
    assert_eq!(halves(&mut (1, 2)), Ok([&mut 2, &mut 2]));
}
