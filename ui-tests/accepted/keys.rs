//! Keys of many kinds, in functions of many kinds.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

use fluxgate::{CallNotPermitted, Keyed, State, circuit_breaker};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[circuit_breaker(key = host, trip = failure_streak(1), handle = HOSTS)]
pub fn fetch(host: &str, up: bool) -> Result<String> {
    if up { Ok(host.to_owned()) } else { Err("down".into()) }
}

/// The body moves what the key borrows.
#[circuit_breaker(key = host, max_keys = 100, key_idle = 10m, trip = failure_streak(1))]
async fn fetch_owned(host: String) -> Result<String> {
    Ok(host)
}

struct Request {
    host: String,
    tenant: u32,
}

impl Request {
    fn host(&self) -> &str {
        &self.host
    }
}

const KEYS: usize = 7;

#[circuit_breaker(key = request.host() as String, max_keys = KEYS, handle = REQUESTED, name = "requested")]
async fn send(request: Request) -> Result<Request> {
    Ok(request)
}

#[circuit_breaker(key = format!("{}/{}", request.tenant, request.host))]
fn both(request: &Request) -> Result<u32> {
    Ok(request.tenant)
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Shard(u32);

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "shard {}", self.0)
    }
}

struct Client {
    shard: Shard,
}

impl Client {
    #[circuit_breaker(key = &self.shard as Shard, trip = failure_streak(1), handle = SHARDS)]
    async fn ask(&self, up: bool) -> Result<u32> {
        if up { Ok(self.shard.0) } else { Err("down".into()) }
    }

    #[circuit_breaker(key = self.shard, fallback = |_| Ok(0))]
    fn boxed(&self) -> Pin<Box<dyn Future<Output = Result<u32>> + '_>> {
        Box::pin(async move { Ok(self.shard.0) })
    }

    #[circuit_breaker(key = number, rejected = |refusal: CallNotPermitted| Err(refusal.into()))]
    fn eager(&self, number: u64) -> impl Future<Output = Result<u64>> + use<> {
        let twice = number * 2;
        async move { Ok(twice) }
    }
}

#[circuit_breaker(key = key)]
fn generic<K: Clone + Eq + std::hash::Hash + fmt::Display + Send + Sync + 'static>(key: K) -> Result<K> {
    Ok(key)
}

/// Pointers that may borrow for less long than a breaker lives: what they point to is the key.
#[circuit_breaker(key = host)]
async fn cow(host: Cow<'_, str>) -> Result<String> {
    Ok(host.into_owned())
}

#[circuit_breaker(key = host as String, handle = COWS)]
fn cow_with_handle(host: Cow<'_, str>) -> Result<String> {
    Ok(host.into_owned())
}

#[circuit_breaker(key = host, handle = STATIC_COWS)]
fn static_cow_with_handle(host: Cow<'static, str>) -> Result<String> {
    Ok(host.into_owned())
}

#[circuit_breaker(key = String::from_utf8_lossy(host))]
fn made_cow(host: &[u8]) -> Result<usize> {
    Ok(host.len())
}

#[circuit_breaker(key = parts.0)]
fn field_cow(parts: (Cow<'_, str>, u16)) -> Result<String> {
    Ok(format!("{}:{}", parts.0, parts.1))
}

#[circuit_breaker(key = host)]
fn nested(host: &&str) -> Result<usize> {
    Ok(host.len())
}

#[circuit_breaker(key = host, handle = CHANGED)]
fn changed(host: &mut String) -> Result<()> {
    host.push('!');
    Ok(())
}

async fn pointers() {
    let host = "a".to_owned();
    cow(Cow::Borrowed(&host)).await.unwrap();
    cow_with_handle(Cow::Borrowed(&host)).unwrap();
    static_cow_with_handle(Cow::Borrowed("a")).unwrap();
    made_cow(host.as_bytes()).unwrap();
    field_cow((Cow::Borrowed(&host), 80)).unwrap();
    nested(&&*host).unwrap();
    changed(&mut host.clone()).unwrap();
    assert!(COWS.existing("a").is_some());
    assert!(STATIC_COWS.existing(&Cow::Borrowed("a")).is_some());
    assert!(CHANGED.existing("a").is_some());
    for function in ["cow", "made_cow", "field_cow", "nested"] {
        let name = format!("{}::{function}{{a}}", module_path!());
        assert!(fluxgate::find(&name).is_some());
    }
}

#[tokio::main(flavor = "current_thread")]
pub async fn main() {
    pointers().await;
    fetch("a", false).unwrap_err();
    assert!(fetch("a", true).unwrap_err().is::<CallNotPermitted>());
    assert_eq!(fetch("b", true).unwrap(), "b");
    let hosts: &Keyed<String> = &HOSTS;
    assert_eq!((hosts.get("a").state(), hosts.len()), (State::Open, 2));
    assert!(hosts.get("a").name().ends_with("::keys::fetch{a}"), "{}", hosts.get("a").name());

    assert_eq!(fetch_owned("a".into()).await.unwrap(), "a");
    let request = send(Request { host: "c".into(), tenant: 7 }).await.unwrap();
    assert_eq!(REQUESTED.iter().map(|(host, _)| host).collect::<Vec<_>>(), ["c"]);
    assert_eq!(both(&request).unwrap(), 7);

    let (one, two) = (Client { shard: Shard(1) }, Client { shard: Shard(2) });
    one.ask(false).await.unwrap_err();
    assert!(one.ask(true).await.is_err() && two.ask(true).await.is_ok());
    assert_eq!(Client::SHARDS.get(&Shard(1)).state(), State::Open);
    assert_eq!((one.boxed().await.unwrap(), one.eager(3).await.unwrap()), (1, 6));
    assert_eq!((generic(1_u8).unwrap(), generic("a".to_owned()).unwrap()), (1, "a".to_owned()));
}
