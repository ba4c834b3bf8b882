//! Requests through reqwest middlewares. The last of the chain answers by itself, so nothing is sent.

use std::hint::black_box;

use async_trait::async_trait;
use fluxgate::CircuitBreaker;
use fluxgate_reqwest_middleware::BreakerPerHost;
use http::Extensions;
use reqwest_middleware::reqwest::{Client, Request, Response, Url};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next, Result};

use super::{Case, case, rate};
use crate::work::{ok, ready};

pub const CASES: [Case; 2] = [
    case("bare request", |times| requests(times, &ClientBuilder::new(Client::new()).with(Answers).build()))
        .bare(),
    case("request, a breaker for each host", |times| {
        let hosts = CircuitBreaker::builder("hosts").trip(rate()).keyed().build().expect("valid");
        requests(
            times,
            &ClientBuilder::new(Client::new()).with(BreakerPerHost::new(hosts)).with(Answers).build(),
        )
    })
    .over("bare request"),
];

struct Answers;

#[async_trait]
impl Middleware for Answers {
    async fn handle(&self, request: Request, _: &mut Extensions, _: Next<'_>) -> Result<Response> {
        black_box(request);
        Ok(Response::from(http::Response::new("")))
    }
}

fn requests(times: u64, client: &ClientWithMiddleware) -> u64 {
    let url = Url::parse("http://a.example.org/").expect("a URL");
    let request = || client.execute(Request::new(http::Method::GET, url.clone()));
    (0..times).map(|_| u64::from(ok(ready(request())))).sum()
}
