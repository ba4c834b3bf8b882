//! The open state: its pause, its end, and its refusals.

use super::*;

/// Open since a failure at second 0, for a minute.
fn opened() -> (Arc<Breaker>, Moving) {
    let retry = retry::cooldown(Duration::from_secs(60));
    let clock = Moving::at(0);
    let breaker = timed(settings(window::count(4), trip::failures(1), retry, permit::all()), clock.clone());
    acquire(&breaker).unwrap().failure();
    (breaker, clock)
}

#[test]
fn one_of_two_due_calls_gets_the_slot() {
    check(|| {
        let (breaker, clock) = opened();
        let log = log(&breaker);
        clock.set(60);
        let theirs = handle(&breaker);
        let other = thread::spawn(move || theirs.acquire_owned());
        let mine = handle(&breaker).acquire_owned();
        let both = [mine, other.join().unwrap()];
        assert_eq!(*log.lock().unwrap(), [(State::Open, State::HalfOpen)]);
        assert_eq!(in_flight(&breaker), 1);
        let refusals: Vec<_> = both.iter().filter_map(|call| call.as_ref().err()).collect();
        // Refused by the trial that the other call began, so the time left no longer depends on the pause.
        assert_eq!(refusals.len(), 1);
        let soon = Duration::from_secs(6)..=Duration::from_secs(9);
        assert!(refusals[0].retry_after().is_some_and(|left| soon.contains(&left)));
        assert_eq!(refusals[0].state(), State::HalfOpen);
        assert_eq!(handle(&breaker).snapshot().rejected, 1);
    });
}

#[test]
fn a_refusal_counts_in_the_state_that_refused() {
    check(|| {
        let (breaker, _clock) = opened();
        handle(&breaker).force_open();
        let theirs = handle(&breaker);
        let other = thread::spawn(move || theirs.acquire_owned().map(drop).unwrap_err().state());
        handle(&breaker).trip();
        let refused_by = other.join().unwrap();
        let expected = u64::from(refused_by == State::Open);
        assert_eq!(handle(&breaker).snapshot().rejected, expected, "refused by {refused_by:?}");
    });
}

#[test]
fn a_refusal_does_not_count_in_a_state_that_refuses_none() {
    check(|| {
        let (breaker, _clock) = opened();
        let other = spawn(&breaker, |breaker| drop(acquire(breaker)));
        handle(&breaker).reset();
        other.join().unwrap();
        assert_eq!(handle(&breaker).snapshot().rejected, 0);
    });
}

#[test]
fn an_extended_pause_lasts_even_if_a_call_found_it_over() {
    check(|| {
        let (breaker, clock) = opened();
        let log = log(&breaker);
        clock.set(60);
        let theirs = handle(&breaker);
        let other = thread::spawn(move || theirs.acquire_owned().map(|call| call.success()));
        handle(&breaker).open_for(Duration::from_secs(100));
        let call = other.join().unwrap();
        let snapshot = handle(&breaker).snapshot();
        let log = log.lock().unwrap();
        if call.is_ok() && snapshot.late == 0 {
            // The trial was over before the command.
            let whole = [
                (State::Open, State::HalfOpen),
                (State::HalfOpen, State::Closed),
                (State::Closed, State::Open),
            ];
            assert_eq!(*log, whole);
        } else if call.is_ok() {
            assert_eq!(*log, [(State::Open, State::HalfOpen), (State::HalfOpen, State::Open)]);
        } else {
            // The call was refused by the longer pause, which is not a transition, or by that pause after the command had ended the
            // trial that the call began.
            let ended = [(State::Open, State::HalfOpen), (State::HalfOpen, State::Open)];
            assert!(log.is_empty() || *log == ended, "{log:?}");
        }
        assert_eq!((snapshot.state, snapshot.retry_after), (State::Open, Some(Duration::from_secs(100))));
    });
}

/// Like [`opened`], but closed, and the pause comes from a function that is called without the lock.
fn asking() -> Arc<Breaker> {
    let retry = retry::custom(|reopens| Duration::from_secs(60 + u64::from(reopens)));
    made(settings(window::count(4), trip::failures(1), retry, permit::all()))
}

#[test]
fn a_command_overrides_a_function_that_is_being_asked_for_the_pause() {
    check(|| {
        let breaker = asking();
        let other = spawn(&breaker, fail);
        handle(&breaker).open_for(Duration::from_secs(100));
        other.join().unwrap();
        let snapshot = handle(&breaker).snapshot();
        assert_eq!((snapshot.state, snapshot.retry_after), (State::Open, Some(Duration::from_secs(100))));
    });
}

#[test]
fn an_opening_after_a_reset_keeps_its_own_pause_while_a_function_is_asked() {
    check(|| {
        let breaker = asking();
        let reported = Arc::new(Log::new(Vec::new()));
        let heard = reported.clone();
        transition::listen(
            &breaker,
            Arc::new(move |transition: &Transition| {
                heard.lock().unwrap().push((transition.to, transition.retry_after));
            }),
        );
        let first = acquire(&breaker).unwrap();
        let other = spawn(&breaker, |breaker| {
            manual::command(breaker, State::Closed, Reason::Reset);
            fail(breaker);
        });
        first.failure();
        other.join().unwrap();
        let reported = reported.lock().unwrap();
        let minute = Some(Duration::from_secs(60));
        // Each opening is reported with the pause that was drawn for it, in order.
        let states: Vec<_> = reported.iter().map(|(to, _)| *to).collect();
        assert!(
            [vec![State::Open], vec![State::Open, State::Closed, State::Open]].contains(&states),
            "{states:?}"
        );
        assert!(
            reported
                .iter()
                .all(|(to, retry_after)| *retry_after == if *to == State::Open { minute } else { None })
        );
        let snapshot = handle(&breaker).snapshot();
        assert_eq!((snapshot.state, snapshot.retry_after), (State::Open, minute));
    });
}

/// Fails a call of the breaker, which opens it.
fn fail(breaker: &Breaker) {
    if let Ok(call) = acquire(breaker) {
        call.failure();
    }
}
