//! Running calls of a breaker whose rule asks for them: their number is exact, whichever come and go meanwhile.

use super::*;

fn or_in_flight(calls: u32) -> Arc<Breaker> {
    breaker(window::count(4), trip::failures(3) | trip::in_flight(calls))
}

fn state(breaker: &Breaker) -> State {
    breaker.word().state()
}

/// Of two racing calls, one is the second to run: it opens the breaker and runs, and the other was there before it.
#[test]
fn exactly_one_of_two_racing_calls_reaches_the_limit() {
    check(|| {
        let breaker = or_in_flight(2);
        let log = log(&breaker);
        let other = spawn(&breaker, |breaker| {
            let call = acquire(breaker).expect("there are two at most");
            assert_eq!(call.state(), State::Closed);
            std::mem::forget(call);
        });
        let mine = acquire(&breaker).expect("there are two at most");
        other.join().unwrap();
        assert_eq!(*log.lock().unwrap(), [(State::Closed, State::Open)]);
        assert_eq!((state(&breaker), in_flight(&breaker)), (State::Open, 2));
        assert!(acquire(&breaker).is_err());
        // Of an earlier generation: the evidence stays.
        mine.success();
        assert_eq!(in_flight(&breaker), 2);
    });
}

/// One call runs, and ends while two come: the breaker opens exactly if all three ran at once.
#[test]
fn an_end_races_admissions() {
    check(|| {
        let breaker = or_in_flight(3);
        let first = acquire(&breaker).unwrap();
        let other = spawn(&breaker, |breaker| std::mem::forget(acquire(breaker)));
        let ended = spawn(&breaker, |breaker| std::mem::forget(acquire(breaker)));
        first.success();
        other.join().unwrap();
        ended.join().unwrap();
        match state(&breaker) {
            State::Open => assert_eq!((in_flight(&breaker), handle(&breaker).snapshot().late), (3, 1)),
            state => {
                assert_eq!((state, in_flight(&breaker)), (State::Closed, 2));
                assert_eq!(handle(&breaker).metrics().total(), 1);
            }
        }
    });
}

/// A call that ends as the next generation begins is not part of it.
#[test]
fn a_late_end_takes_nothing_from_the_next_generation() {
    check(|| {
        let breaker = or_in_flight(3);
        let late = acquire(&breaker).unwrap();
        let other = spawn(&breaker, |breaker| {
            manual::command(breaker, State::Closed, Reason::Reset);
            std::mem::forget(acquire(breaker).expect("it is alone"));
        });
        late.success();
        other.join().unwrap();
        assert_eq!((state(&breaker), in_flight(&breaker)), (State::Closed, 1));
    });
}

/// Calls that come and go leave nothing behind, and no more are counted at once than were running.
#[test]
fn ended_calls_no_longer_run() {
    check(|| {
        let breaker = or_in_flight(3);
        let other = spawn(&breaker, |breaker| {
            acquire(breaker).expect("there are two at most").ignore();
            drop(acquire(breaker).expect("there are two at most"));
        });
        acquire(&breaker).expect("there are two at most").success();
        other.join().unwrap();
        assert_eq!((state(&breaker), in_flight(&breaker)), (State::Closed, 0));
        assert_eq!(handle(&breaker).metrics().total(), 1);
    });
}

/// Time passes for two hung calls: whichever call comes next finds them slow, and the breaker opens once.
#[test]
fn slow_calls_are_found_once() {
    check(|| {
        let clock = Moving::at(0);
        let slow = trip::min(2) & trip::slow_rate(1.0, Duration::from_secs(16)) | trip::in_flight(9);
        let retry = retry::cooldown(Duration::from_secs(60));
        let breaker = timed(settings(window::count(4), slow, retry, permit::all()), clock.clone());
        let log = log(&breaker);
        let hung = [acquire(&breaker).unwrap(), acquire(&breaker).unwrap()];
        clock.set(17);
        let other = spawn(&breaker, |breaker| {
            let _ = acquire(breaker).map(|call| call.ignore());
        });
        let _ = acquire(&breaker).map(|call| call.ignore());
        other.join().unwrap();
        assert_eq!(*log.lock().unwrap(), [(State::Closed, State::Open)]);
        let metrics = handle(&breaker).metrics();
        assert_eq!((metrics.total(), metrics.slow(Duration::from_secs(16))), (2, Some(2)));
        hung.into_iter().for_each(std::mem::forget);
    });
}
