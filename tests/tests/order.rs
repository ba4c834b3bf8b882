//! Other attributes above and below ours: every row of the table in the attribute's documentation.
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
    fn tokio_main_works_above_and_below() {
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

mod itself {
    use super::*;

    #[circuit_breaker(trip = failure_streak(2), handle = INSIDE)]
    #[circuit_breaker(name = "around", trip = failure_streak(3), handle = AROUND)]
    fn call(up: bool) -> io::Result<()> {
        if up { Ok(()) } else { Err(io::Error::other("down")) }
    }

    #[test]
    fn the_lower_of_two_breakers_is_around_the_other() {
        let _isolation = isolate();
        for _ in 0..2 {
            call(false).unwrap_err();
        }
        assert_eq!((INSIDE.state(), AROUND.state()), (State::Open, State::Closed));
        // For the one around, a refusal by the other is a failure, and the third.
        call(true).unwrap_err();
        assert_eq!((INSIDE.snapshot().rejected, AROUND.state()), (1, State::Open));
        call(true).unwrap_err();
        assert_eq!((INSIDE.snapshot().rejected, AROUND.snapshot().rejected), (1, 1));
    }
}

mod instrument {
    use std::pin::Pin;
    use std::sync::Mutex;

    use async_trait::async_trait;
    use fluxgate::{CircuitBreaker, breaker};
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Metadata, Subscriber, instrument};

    use super::*;

    /// Records what happens as names of spans and levels of events.
    #[derive(Default)]
    struct Journal {
        spans: Mutex<Vec<&'static str>>,
        entries: Mutex<Vec<String>>,
    }

    impl Journal {
        fn enter(&self, what: &str, span: &Id) {
            let name = self.spans.lock().expect("no panic")[span.into_u64() as usize - 1];
            self.entries.lock().expect("no panic").push(format!("{what} {name}"));
        }

        fn take(&self) -> Vec<String> {
            std::mem::take(&mut *self.entries.lock().expect("no panic"))
        }
    }

    impl Subscriber for &'static Journal {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }

        fn new_span(&self, span: &Attributes<'_>) -> Id {
            let mut spans = self.spans.lock().expect("no panic");
            spans.push(span.metadata().name());
            Id::from_u64(spans.len() as u64)
        }

        fn enter(&self, span: &Id) {
            Journal::enter(self, "enter", span);
        }

        fn exit(&self, span: &Id) {
            Journal::enter(self, "exit", span);
        }

        fn event(&self, event: &Event<'_>) {
            // Transitions of the breaker are events, too.
            if event.metadata().target().starts_with("order") {
                self.entries.lock().expect("no panic").push(event.metadata().level().to_string());
            }
        }

        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
    }

    static BREAKER: CircuitBreaker = breaker!(name = "order: instrument");

    type Reading = Pin<Box<dyn Future<Output = io::Result<u32>>>>;

    #[async_trait]
    trait Read {
        async fn method(&self, up: bool) -> io::Result<u32>;
    }

    async fn read(up: bool) -> io::Result<u32> {
        tracing::info!("reading");
        tokio::task::yield_now().await;
        if up { Ok(1) } else { Err(io::Error::other("down")) }
    }

    /// Every form of function that returns a future, with these attributes.
    macro_rules! functions {
        ($module:ident: $(#[$($attribute:tt)*])*) => {
            mod $module {
                use super::*;

                #[derive(Debug)]
                pub(super) struct Reader;

                #[async_trait]
                impl Read for Reader {
                    $(#[$($attribute)*])*
                    async fn method(&self, up: bool) -> io::Result<u32> {
                        read(up).await
                    }
                }

                $(#[$($attribute)*])*
                pub(super) async fn function(up: bool) -> io::Result<u32> {
                    read(up).await
                }

                $(#[$($attribute)*])*
                pub(super) fn boxed(up: bool) -> Reading {
                    Box::pin(async move { read(up).await })
                }

                $(#[$($attribute)*])*
                pub(super) fn boxed_later(up: bool) -> Pin<Box<dyn Future<Output = io::Result<u32>>>> {
                    tracing::debug!("before");
                    Box::pin(async move { read(up).await })
                }

                $(#[$($attribute)*])*
                pub(super) fn opaque(up: bool) -> impl Future<Output = io::Result<u32>> {
                    async move { read(up).await }
                }

                $(#[$($attribute)*])*
                pub(super) fn opaque_later(up: bool) -> impl Future<Output = io::Result<u32>> {
                    tracing::debug!("before");
                    async move { read(up).await }
                }

                pub(super) const ALL: [fn(bool) -> Reading; 6] = [
                    |up| Box::pin(async move { Reader.method(up).await }),
                    |up| Box::pin(async move { function(up).await }),
                    |up| Box::pin(async move { boxed(up).await }),
                    |up| Box::pin(async move { boxed_later(up).await }),
                    |up| Box::pin(async move { opaque(up).await }),
                    |up| Box::pin(async move { opaque_later(up).await }),
                ];
            }
        };
    }

    functions!(bare: #[instrument]);
    functions!(below: #[circuit_breaker(breaker = BREAKER)] #[instrument]);
    functions!(below_a_fallback: #[circuit_breaker(breaker = BREAKER, fallback = async |error| Err(error))] #[instrument]);
    functions!(above: #[instrument] #[circuit_breaker(breaker = BREAKER)]);

    functions!(bare_with_events: #[instrument(err, ret)]);
    functions!(below_with_events: #[circuit_breaker(breaker = BREAKER)] #[instrument(err, ret)]);
    functions!(above_with_events: #[instrument(err, ret)] #[circuit_breaker(breaker = BREAKER)]);

    /// What is recorded for each function.
    fn journals(functions: [fn(bool) -> Reading; 6], up: bool) -> [Vec<String>; 6] {
        let journal: &'static Journal = Box::leak(Box::default());
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        tracing::subscriber::with_default(journal, || {
            functions.map(|function| {
                let read = runtime.block_on(function(up));
                assert_eq!(read.is_ok(), up && BREAKER.state() == State::Closed);
                journal.take()
            })
        })
    }

    #[test]
    fn the_span_covers_the_future_as_without_the_breaker() {
        let _isolation = isolate();
        for up in [true, false] {
            let bare = journals(bare::ALL, up);
            assert_eq!(bare[0][..5], ["enter method", "INFO", "exit method", "enter method", "exit method"]);
            for guarded in [below::ALL, below_a_fallback::ALL, above::ALL] {
                assert_eq!(journals(guarded, up), bare);
            }
            let bare = journals(bare_with_events::ALL, up);
            for guarded in [below_with_events::ALL, above_with_events::ALL] {
                assert_eq!(journals(guarded, up), bare);
            }
        }
    }

    #[test]
    fn a_span_around_the_breaker_covers_refusals_too() {
        let _isolation = isolate();
        BREAKER.force_open();
        for refused in [below::ALL, below_a_fallback::ALL].map(|functions| journals(functions, true)) {
            assert!(refused.iter().all(|journal| journal[0].starts_with("enter")), "{refused:?}");
        }
        let refused = journals(below_with_events::ALL, true);
        assert!(refused.iter().all(|journal| journal[1] == "ERROR"), "{refused:?}");
        let refused = journals(above::ALL, true);
        assert!(refused.iter().all(Vec::is_empty), "{refused:?}");
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
    async fn async_recursion_works_above_and_below() {
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
    async fn maybe_async_works_above_whatever_it_does() {
        let _isolation = isolate();
        assert_eq!((stays_async().await.unwrap(), becomes_sync().unwrap()), (1, 1));
        assert_eq!((ASYNC.metrics().total(), SYNC.metrics().total()), (1, 1));
    }
}

mod caching {
    use cached::macros::cached;

    use super::*;

    static ASKED: AtomicU32 = AtomicU32::new(0);

    #[circuit_breaker(trip = failure_streak(1), handle = ASKED_IF_ABSENT)]
    #[cached]
    fn above(key: u32) -> Result<u32, fluxgate::Error<String>> {
        ASKED.fetch_add(1, Ordering::Relaxed);
        Ok(key * 2)
    }

    #[cached]
    #[circuit_breaker(trip = failure_streak(1), name = "order: below cached")]
    fn below(key: u32) -> Result<u32, fluxgate::Error<String>> {
        Ok(key * 2)
    }

    #[test]
    fn hits_of_a_cache_above_do_not_reach_the_breaker() {
        let _isolation = isolate();
        assert_eq!((above(1).unwrap(), above(1).unwrap(), ASKED.load(Ordering::Relaxed)), (2, 2, 1));
        assert_eq!(ASKED_IF_ABSENT.metrics().total(), 1);
        ASKED_IF_ABSENT.force_open();
        assert_eq!(above(1).unwrap(), 2);
        above(2).unwrap_err();
    }

    #[circuit_breaker(handle = UNDER_A_CACHE, fallback = |_| Ok(0))]
    #[cached]
    fn with_fallback(key: u32) -> Result<u32, fluxgate::Error<String>> {
        Ok(key * 2)
    }

    #[test]
    fn a_cache_keeps_what_a_fallback_inside_it_returns() {
        let _isolation = isolate();
        UNDER_A_CACHE.force_open();
        assert_eq!(with_fallback(1).unwrap(), 0);
        UNDER_A_CACHE.reset();
        assert_eq!((with_fallback(1).unwrap(), with_fallback(2).unwrap()), (0, 4));
    }

    #[test]
    fn hits_of_a_cache_below_go_through_the_breaker() {
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
    fn mockall_works_if_the_methods_of_the_impl_are_annotated() {
        let _isolation = isolate();
        let mut mock = MockSource::new();
        mock.expect_read().returning(|| Ok(2));
        assert_eq!((mock.read().unwrap(), File.read().unwrap()), (2, 1));
    }

    struct Disk;

    #[automock]
    impl Disk {
        fn read(&self) -> io::Result<u32> {
            read_disk(self)
        }
    }

    #[circuit_breaker]
    fn read_disk(_: &Disk) -> io::Result<u32> {
        Ok(1)
    }

    #[test]
    fn mockall_works_on_an_impl_whose_methods_call_annotated_functions() {
        let _isolation = isolate();
        let mut mock = MockDisk::new();
        mock.expect_read().returning(|| Ok(2));
        assert_eq!((mock.read().unwrap(), Disk.read().unwrap()), (2, 1));
    }
}

mod dispatch {
    use enum_dispatch::enum_dispatch;

    use super::*;

    #[enum_dispatch]
    trait Store {
        fn load(&self) -> io::Result<u32>;
    }

    struct Disk;

    impl Store for Disk {
        #[circuit_breaker(name = "order: dispatched")]
        fn load(&self) -> io::Result<u32> {
            Ok(1)
        }
    }

    #[enum_dispatch(Store)]
    enum AnyStore {
        Disk,
    }

    #[test]
    fn enum_dispatch_leads_to_one_breaker_if_the_methods_of_the_impl_are_annotated() {
        let _isolation = isolate();
        assert_eq!(AnyStore::from(Disk).load().unwrap(), 1);
        let totals = fluxgate::breakers()
            .filter(|breaker| breaker.name().contains("dispatch"))
            .map(|breaker| breaker.metrics().total());
        assert_eq!(totals.collect::<Vec<_>>(), [1]);
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

    /// The JavaScript entry points cannot be called here.
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
