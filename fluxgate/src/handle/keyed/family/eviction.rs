//! Which breakers of a family are evicted, and when.

use super::{ESTABLISHED, Family};
use crate::clock::NEVER;
use crate::engine::breaker::Breaker;
use crate::engine::closed::has_evidence;
use crate::engine::registry::REGISTRY;
use crate::handle::keyed::evicted::Evicted;
use crate::handle::keyed::table::LockedTable;
use crate::state::State;
use crate::sync::{Arc, Ordering, fence};

/// How many places at a time are checked for idle breakers.
const PORTION: usize = 16;
/// The most portions at once, if some were missed.
const AT_ONCE: u64 = 16;
/// How many breakers are compared when a new key needs room.
const GROUP: usize = 8;
/// How many such groups are tried before the new key gets no room.
const GROUPS: usize = 4;
/// How many places are searched for them. In a full table, at least 5 places in 16 are taken, so these have far more breakers than that.
const SEARCHED: usize = 512;

impl Family {
    /// Checks some places for idle breakers.
    #[cold]
    #[inline(never)]
    pub(super) fn look_through(&self, now: u64) {
        let mut evicted = Evicted::default();
        // If another thread has the lock, what is missed here is made up for later.
        if let Some(mut locked) = self.members().table.try_lock() {
            self.look_on(&mut locked, now, &mut evicted);
        }
    }

    /// Checks the next places, if it is time.
    pub(super) fn look_on(&self, locked: &mut LockedTable<'_>, now: u64, evicted: &mut Evicted) {
        let looks_at = &self.members().looks_at;
        let due = looks_at.load(Ordering::Relaxed);
        if now >= due {
            let portions = locked.place_count().div_ceil(PORTION) as u64;
            let pause = (self.round() / portions).max(1);
            // What was missed is made up for, but not all at once, and never more than a round.
            let since = due.max(now.saturating_sub(pause.saturating_mul(portions)));
            let owed = ((now - since) / pause + 1).min(AT_ONCE);
            looks_at.store(since.saturating_add(pause.saturating_mul(owed)), Ordering::Relaxed);
            self.evict_idle(locked, now, PORTION * owed as usize, evicted);
        }
    }

    /// Evicts idle breakers without evidence from the next `places` places.
    pub(super) fn evict_idle(
        &self,
        locked: &mut LockedTable<'_>,
        now: u64,
        places: usize,
        evicted: &mut Evicted,
    ) {
        let may_evict = |breaker: &Breaker| self.expires(breaker, now);
        for _ in 0..places.min(locked.place_count()) {
            let number = locked.next();
            // What moves into the place is checked as well.
            while let Some(breaker) = locked.get(number) {
                let is_evictable = may_evict(&breaker);
                drop(breaker);
                if !is_evictable || !evict(locked, number, may_evict, evicted) {
                    break;
                }
            }
        }
    }

    /// Evicts the least recently used of some breakers in the next places, or of some more. Returns `false` if none of them can be evicted.
    ///
    /// This counts breakers, not places: where there are many, many are evicted, so they stay spread evenly. A breaker that was used since
    /// it was last checked is evicted only if no other can be: before the next check, its next use can establish its key.
    pub(super) fn make_room(&self, locked: &mut LockedTable<'_>, now: u64, evicted: &mut Evicted) -> bool {
        let may_evict = |breaker: &Breaker| self.may_be_displaced(breaker, now);
        let mut places = locked.place_count().min(SEARCHED);
        let mut just_used = Vec::new();
        for _ in 0..GROUPS {
            let (mut candidates, mut looked_at) = ([(u64::MAX, 0); GROUP], 0);
            while looked_at < GROUP && places > 0 {
                places -= 1;
                let number = locked.next();
                if let Some(breaker) = locked.get(number) {
                    if may_evict(&breaker) {
                        candidates[looked_at] = (used(&breaker, now), number);
                    }
                    looked_at += 1;
                }
            }
            candidates.sort_unstable();
            for (used, number) in candidates.into_iter().take_while(|(used, _)| *used != u64::MAX) {
                if used >= now {
                    just_used.push(number);
                } else if evict(locked, number, may_evict, evicted) {
                    return true;
                }
            }
        }
        just_used.into_iter().any(|number| evict(locked, number, may_evict, evicted))
    }

    /// Whether it is evicted though nobody needs its place: it is idle, and a new breaker would know as much. Without the evidence, a dead
    /// dependency that is seldom called would never be given up.
    fn expires(&self, breaker: &Breaker, now: u64) -> bool {
        breaker.word().state() == self.first_state()
            && self.is_idle(breaker, now)
            && !has_evidence(breaker, now)
    }

    /// Whether a new key may take its place. An open breaker would otherwise keep it forever if nobody asks for it again.
    fn may_be_displaced(&self, breaker: &Breaker, now: u64) -> bool {
        match breaker.word().state() {
            state if state == self.first_state() => {
                !(is_established(breaker) && self.is_in_use(breaker, now))
            }
            State::Open => {
                let pause_ended = breaker.deadline.load(Ordering::Relaxed);
                self.is_idle(breaker, now) && now.saturating_sub(pause_ended) >= self.key_idle
            }
            State::HalfOpen => self.is_idle(breaker, now),
            State::Closed | State::MetricsOnly | State::Disabled | State::ForcedOpen => false,
        }
    }

    /// The state that new breakers begin in: the one that a command has given to the family, if any.
    fn first_state(&self) -> State {
        match self.root.word().state() {
            State::Closed | State::Open | State::HalfOpen => State::Closed,
            manual @ (State::MetricsOnly | State::Disabled | State::ForcedOpen) => manual,
        }
    }

    fn is_idle(&self, breaker: &Breaker, now: u64) -> bool {
        now.saturating_sub(used(breaker, now)) >= self.key_idle
    }

    fn is_in_use(&self, breaker: &Breaker, now: u64) -> bool {
        now.saturating_sub(used(breaker, now)) <= self.round()
    }
}

/// Evicts a breaker, unless it may not be, or somebody holds it: for a call, for example.
fn evict(
    locked: &mut LockedTable<'_>,
    number: usize,
    may_evict: impl Fn(&Breaker) -> bool,
    evicted: &mut Evicted,
) -> bool {
    let breaker = locked.take(number);
    let is_held = || {
        let is_held = Arc::strong_count(&breaker) > 1;
        // Makes visible what its last holders did.
        fence(Ordering::Acquire);
        is_held
    };
    // Once nobody holds it, and neither the table nor the registry can find it, it no longer changes.
    if !is_held() && REGISTRY.leave_if(&breaker, || !is_held() && may_evict(&breaker)) {
        locked.close(number);
        evicted.push(breaker);
        return true;
    }
    locked.put_back(number, breaker);
    false
}

/// Whether the key came again a round after it first came. Keys that somebody invents, or a crawler meets, come only for a moment.
fn is_established(breaker: &Breaker) -> bool {
    let membership = breaker.membership.as_ref();
    membership.is_some_and(|membership| membership.established_from.load(Ordering::Relaxed) == ESTABLISHED)
}

/// When it was last used, as far as that is known: it may have been any time since it was last checked.
fn used(breaker: &Breaker, now: u64) -> u64 {
    let Some(membership) = &breaker.membership else { return 0 };
    let used = membership.used.load(Ordering::Relaxed);
    if used != NEVER {
        return used;
    }
    membership.used.store(now, Ordering::Relaxed);
    now
}
