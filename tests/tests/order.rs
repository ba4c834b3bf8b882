//! Other attributes above and below ours: each row of the table in the documentation of the attribute.
#![allow(clippy::unnecessary_wraps, reason = "they stand for functions that fail")]

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

use fluxgate::testing::isolate;
use fluxgate::{State, circuit_breaker};

mod runtimes {
    use super::*;

    #[circuit_breaker(trip = failure_streak(1), handle = ABOVE, rejected = async |_| { tokio::task::yield_now().await; Ok(7) })]
    #[tokio::main(flavor = "current_thread")]
    async fn above(up: bool) -> io::Result<u32> {
        tokio::task::yield_now().await;
        if up { Ok(1) } else { Err(io::Error::other("down")) }
    }

    #[tokio::main(flavor = "current_thread")]
    #[circuit_breaker(trip = failure_streak(1), handle = BELOW, rejected = |_| Ok(7))]
    async fn below(up: bool) -> io::Result<u32> {
        tokio::task::yield_now().await;
        if up { Ok(1) } else { Err(io::Error::other("down")) }
    }

    #[test]
    fn tokio_main() {
        let _isolation = isolate();
        for (function, breaker) in [(above as fn(bool) -> io::Result<u32>, &ABOVE), (below, &BELOW)] {
            assert_eq!(function(true).unwrap(), 1);
            function(false).unwrap_err();
            assert_eq!((function(true).unwrap(), breaker.state()), (7, State::Open));
        }
    }

    #[circuit_breaker(handle = TEST_ABOVE)]
    #[tokio::test]
    async fn tokio_test_below() -> io::Result<()> {
        tokio::task::yield_now().await;
        Ok(())
    }

    #[tokio::test]
    #[circuit_breaker(handle = TEST_BELOW)]
    async fn tokio_test_above() -> io::Result<()> {
        tokio::task::yield_now().await;
        Ok(())
    }
}

mod instrument {
    use std::sync::Mutex;

    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Metadata, Subscriber, instrument};

    use super::*;

    /// Counts spans that are entered, by name.
    #[derive(Default)]
    struct Spans(Mutex<Vec<&'static str>>, Mutex<Vec<&'static str>>);

    impl Subscriber for &'static Spans {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }

        fn new_span(&self, span: &Attributes<'_>) -> Id {
            let mut names = self.0.lock().expect("no panic");
            names.push(span.metadata().name());
            Id::from_u64(names.len() as u64)
        }

        fn enter(&self, span: &Id) {
            let name = self.0.lock().expect("no panic")[span.into_u64() as usize - 1];
            self.1.lock().expect("no panic").push(name);
        }

        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn event(&self, _: &Event<'_>) {}
        fn exit(&self, _: &Id) {}
    }

    #[circuit_breaker(handle = ABOVE)]
    #[instrument]
    async fn above() -> io::Result<()> {
        tokio::task::yield_now().await;
        Ok(())
    }

    #[instrument]
    #[circuit_breaker(handle = BELOW)]
    async fn below() -> io::Result<()> {
        tokio::task::yield_now().await;
        Ok(())
    }

    #[test]
    fn the_span_covers_the_future_and_around_the_breaker_refusals_too() {
        let _isolation = isolate();
        let spans: &'static Spans = Box::leak(Box::default());
        let entered = || std::mem::take(&mut *spans.1.lock().expect("no panic"));
        tracing::subscriber::with_default(spans, || {
            let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
            runtime.block_on(async { above().await.unwrap() });
            // Once a poll, and once for its end.
            assert!(entered().iter().filter(|name| **name == "above").count() >= 2);
            runtime.block_on(async { below().await.unwrap() });
            assert!(entered().iter().filter(|name| **name == "below").count() >= 2);
            ABOVE.force_open();
            BELOW.force_open();
            runtime.block_on(async { (above().await.unwrap_err(), below().await.unwrap_err()) });
        });
        let entered = entered();
        assert!(entered.contains(&"above"), "what is below ours is around the breaker: {entered:?}");
        assert!(!entered.contains(&"below"), "{entered:?}");
    }
}

mod recursion {
    use async_recursion::async_recursion;

    use super::*;

    #[circuit_breaker(handle = ABOVE, fallback = |_| Ok(0))]
    #[async_recursion]
    async fn above(depth: u32) -> io::Result<u32> {
        if depth == 0 { Ok(0) } else { Ok(above(depth - 1).await? + 1) }
    }

    #[async_recursion]
    #[circuit_breaker(handle = BELOW, fallback = |_| Ok(0))]
    async fn below(depth: u32) -> io::Result<u32> {
        if depth == 0 { Ok(0) } else { Ok(below(depth - 1).await? + 1) }
    }

    #[tokio::test]
    async fn either() {
        let _isolation = isolate();
        assert_eq!((above(3).await.unwrap(), below(3).await.unwrap()), (3, 3));
        assert_eq!((ABOVE.metrics().total(), BELOW.metrics().total()), (4, 4));
    }
}

mod maybe {
    use super::*;

    #[maybe_async::must_be_async]
    #[circuit_breaker(handle = ASYNC)]
    async fn stays_async() -> io::Result<u32> {
        Ok(1)
    }

    #[maybe_async::must_be_sync]
    #[circuit_breaker(handle = SYNC, fallback = |_| Ok(0))]
    async fn becomes_sync() -> io::Result<u32> {
        Ok(1)
    }

    #[tokio::test]
    async fn above_ours_whatever_it_does() {
        let _isolation = isolate();
        assert_eq!((stays_async().await.unwrap(), becomes_sync().unwrap()), (1, 1));
        assert_eq!((ASYNC.metrics().total(), SYNC.metrics().total()), (1, 1));
    }
}

mod caching {
    use cached::proc_macro::cached;

    use super::*;

    static ASKED: AtomicU32 = AtomicU32::new(0);

    #[circuit_breaker(trip = failure_streak(1), handle = ASKED_IF_ABSENT)]
    #[cached(result = true)]
    fn above(key: u32) -> Result<u32, fluxgate::Error<String>> {
        ASKED.fetch_add(1, Ordering::Relaxed);
        Ok(key * 2)
    }

    #[cached(result = true)]
    #[circuit_breaker(trip = failure_streak(1), name = "order: below cached")]
    fn below(key: u32) -> Result<u32, fluxgate::Error<String>> {
        Ok(key * 2)
    }

    #[test]
    fn what_is_cached_does_not_reach_the_breaker_if_that_is_above() {
        let _isolation = isolate();
        assert_eq!((above(1).unwrap(), above(1).unwrap(), ASKED.load(Ordering::Relaxed)), (2, 2, 1));
        assert_eq!(ASKED_IF_ABSENT.metrics().total(), 1);
        ASKED_IF_ABSENT.force_open();
        assert_eq!(above(1).unwrap(), 2);
        above(2).unwrap_err();
    }

    #[test]
    fn what_is_cached_goes_through_the_breaker_if_that_is_below() {
        let _isolation = isolate();
        assert_eq!((below(1).unwrap(), below(1).unwrap()), (2, 2));
        let breaker = fluxgate::find("order: below cached").expect("it was used");
        assert_eq!(breaker.metrics().total(), 2);
        breaker.force_open();
        below(1).unwrap_err();
    }
}

mod mocks {
    use mockall::automock;

    use super::*;

    #[automock]
    trait Source {
        fn read(&self) -> io::Result<u32>;
    }

    struct File;

    impl Source for File {
        #[circuit_breaker]
        fn read(&self) -> io::Result<u32> {
            Ok(1)
        }
    }

    #[test]
    fn on_the_methods_of_the_impl() {
        let _isolation = isolate();
        let mut mock = MockSource::new();
        mock.expect_read().returning(|| Ok(2));
        assert_eq!((mock.read().unwrap(), File.read().unwrap()), (2, 1));
    }
}

#[allow(unreachable_pub, reason = "`wasm_bindgen` asks for it")]
mod javascript {
    use wasm_bindgen::prelude::wasm_bindgen;

    use super::*;

    #[wasm_bindgen]
    #[circuit_breaker(track = returned(None), rejected = |_| None, handle = BELOW, name = "order: below wasm_bindgen")]
    pub fn below(number: u32) -> Option<u32> {
        number.checked_sub(1)
    }

    #[circuit_breaker(track = returned(None), rejected = |_| None, name = "order: above wasm_bindgen")]
    #[wasm_bindgen]
    pub fn above(number: u32) -> Option<u32> {
        number.checked_sub(1)
    }

    #[wasm_bindgen]
    pub struct Client {
        less: u32,
    }

    #[wasm_bindgen]
    impl Client {
        #[circuit_breaker(track = returned(None), rejected = |_| None, name = "order: in wasm_bindgen")]
        pub fn call(&self, number: u32) -> Option<u32> {
            number.checked_sub(self.less)
        }
    }

    /// Of what JavaScript would call nothing can be called here.
    #[test]
    fn only_the_annotated_function_is_guarded() {
        let _isolation = isolate();
        for (name, function) in [
            ("order: below wasm_bindgen", below as fn(u32) -> Option<u32>),
            ("order: above wasm_bindgen", above),
            ("order: in wasm_bindgen", |number| Client { less: 1 }.call(number)),
        ] {
            assert_eq!((function(1), function(0)), (Some(0), None));
            let breaker = fluxgate::find(name).expect("it was used");
            assert_eq!((breaker.metrics().total(), breaker.metrics().failures()), (2, 1));
            breaker.force_open();
            assert_eq!(function(1), None);
        }
        assert_eq!(BELOW.state(), State::ForcedOpen);
    }
}
