//! What happens once in the life of a breaker.

use super::*;

#[test]
fn the_registry_loses_no_breaker() {
    fn leaked() -> &'static Breaker {
        let settings =
            settings(window::count(1), trip::failures(1), Retry::new(Schedule::Always), permit::all());
        Box::leak(Box::new(Breaker::detached(SettingsRef::shared(settings), None, Origin::Hidden)))
    }
    check(|| {
        let registry = Arc::new(crate::handle::enrollment::Statics::new());
        let pushed = registry.clone();
        let other = thread::spawn(move || pushed.push(leaked()));
        let mine = leaked();
        registry.push(mine);
        // Iterating meanwhile sees at least one's own.
        assert!(registry.iter().any(|breaker| std::ptr::eq(breaker, mine)));
        other.join().unwrap();
        assert_eq!(registry.iter().count(), 2);
    });
}

#[test]
fn the_first_use_happens_once() {
    check(|| {
        let settings = settings(
            window::count(2),
            trip::failures(2),
            retry::cooldown(Duration::from_secs(60)),
            permit::all(),
        );
        let breaker = Arc::new(Breaker::detached(
            SettingsRef::shared(settings),
            Some(Box::new(UserClock::new(Arc::new(Still(7))))),
            Origin::Hidden,
        ));
        let other = beside(&breaker, |breaker| acquire(breaker).unwrap().success());
        acquire(&breaker).unwrap().failure();
        other.join().unwrap();
        let metrics = handle(&breaker).metrics();
        assert_eq!((metrics.total(), metrics.failures()), (2, 1));
    });
}

#[test]
fn a_breaker_enters_the_registry_once() {
    check(|| {
        let retry = Retry::new(Schedule::Always);
        let settings = settings(window::count(1), trip::failures(1), retry, permit::all());
        let breaker = Breaker::shared(
            SettingsRef::shared(settings),
            Some(Box::new(UserClock::new(Arc::new(Still(7))))),
        );
        let other = beside(&breaker, |breaker| acquire(breaker).unwrap().success());
        acquire(&breaker).unwrap().success();
        other.join().unwrap();
        let is_it = |entered: &CircuitBreaker| std::ptr::eq(entered.breaker(), &raw const *breaker);
        assert_eq!(crate::handle::registry::breakers().filter(is_it).count(), 1);
    });
}
