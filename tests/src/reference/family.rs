//! A family of breakers, one for each key: which keys have one, and which of those may lose it.

use std::collections::BTreeMap;
use std::time::Duration;

use fluxgate::State;

use super::breaker::Reference;
use super::interface::Mark;
use super::settings::{Change, Settings};

pub struct Family {
    settings: Settings,
    /// Whether every use is noted at once, as by a clock that it was given. By the clock of the process, a use is only known to lie between
    /// two looks at the breaker, so a breaker may stay for longer than it should.
    notes_each_use: bool,
    max_keys: usize,
    key_idle: Duration,
    /// Every breaker there ever was. The first is the one that keys share for which there is no room.
    pub breakers: Vec<Member>,
    /// Those that keys have now.
    pub keys: BTreeMap<u32, usize>,
}

pub struct Member {
    pub breaker: Reference,
    /// How many handles and calls hold it.
    pub holders: usize,
    came: Duration,
    used: Duration,
    is_established: bool,
}

impl Family {
    /// The number of the breaker that keys share.
    pub const SHARED: usize = 0;

    pub fn new(
        settings: Settings,
        notes_each_use: bool,
        max_keys: usize,
        key_idle: Duration,
        now: Duration,
    ) -> Self {
        let (breakers, keys) = (Vec::new(), BTreeMap::new());
        let mut family = Self { settings, notes_each_use, max_keys, key_idle, breakers, keys };
        family.make(now);
        family
    }

    /// The number of a key's breaker, after the key was asked for. `left` are the keys that have one by then.
    ///
    /// It is left open when idle breakers go, but not which one makes room for a new key.
    pub fn get(&mut self, key: u32, left: &[u32], now: Duration) -> usize {
        self.note_use(key, now);
        let is_new = !self.keys.contains_key(&key);
        let gone: Vec<u32> = self.keys.keys().copied().filter(|key| !left.contains(key)).collect();
        let (expired, displaced): (Vec<u32>, Vec<u32>) =
            gone.into_iter().partition(|key| self.expires(self.keys[key], now));
        self.keys.retain(|key, _| !expired.contains(key));
        let is_full = self.keys.len() == self.max_keys;
        match displaced[..] {
            [] => {}
            [loser] => {
                assert!(is_new && is_full, "{loser} made room for {key}, which needed none");
                self.displace(loser, now);
            }
            _ => panic!("{displaced:?} made room for a single key"),
        }
        if let Some(&number) = self.keys.get(&key) {
            return number;
        }
        let has_room = self.keys.len() < self.max_keys;
        assert_eq!(has_room, left.contains(&key), "{key} is one of at most {} keys", self.max_keys);
        if !has_room {
            let nobody_can = self.longest_unused(now).is_none() || !self.notes_each_use;
            assert!(nobody_can, "{key} has no breaker though another could make room");
            return Self::SHARED;
        }
        let number = self.make(now);
        self.keys.insert(key, number);
        number
    }

    fn note_use(&mut self, key: u32, now: Duration) {
        if let Some(&number) = self.keys.get(&key) {
            let member = &mut self.breakers[number];
            member.used = now;
            member.is_established |= now >= member.came + self.key_idle / 60;
        }
    }

    /// A key's breaker makes room for that of another.
    fn displace(&mut self, key: u32, now: Duration) {
        let number = self.keys[&key];
        assert!(self.may_be_displaced(number, now), "{key} should have kept its place");
        let is_longest_unused = self.longest_unused(now) == Some(self.breakers[number].used);
        assert!(is_longest_unused || !self.notes_each_use, "{key} was used after another");
        self.keys.remove(&key);
    }

    /// Since when the breaker was not used that makes room next.
    fn longest_unused(&self, now: Duration) -> Option<Duration> {
        let displaceable = self.keys.values().filter(|number| self.may_be_displaced(**number, now));
        displaceable.map(|number| self.breakers[*number].used).min()
    }

    /// All were listed: `left` are those that are not idle.
    pub fn list(&mut self, left: &[u32], now: Duration) {
        let keys = std::mem::take(&mut self.keys).into_iter();
        let (idle, in_use): (BTreeMap<_, _>, _) = keys.partition(|(_, number)| self.expires(*number, now));
        self.keys = in_use;
        if !self.notes_each_use {
            self.keys.extend(idle.into_iter().filter(|(key, _)| left.contains(key)));
        }
    }

    /// A command to the shared breaker, then to all of keys, which are listed for that.
    pub fn command(&mut self, to: State, left: &[u32], now: Duration) {
        self.breakers[Self::SHARED].breaker.command(now, to);
        self.list(left, now);
        for &number in self.keys.values() {
            self.breakers[number].breaker.command(now, to);
        }
    }

    /// New settings for all, of which `left` are those that were listed, and for those to come.
    pub fn reconfigure(&mut self, change: &Change, left: &[u32], now: Duration) {
        self.list(left, now);
        self.settings = change.of(&self.settings);
        for number in self.keys.values().copied().chain([Self::SHARED]) {
            self.breakers[number].breaker.change(now, change);
        }
    }

    /// When a key's breaker is due for eviction, if nothing happens until then.
    pub fn idle_at(&self, key: u32) -> Option<Duration> {
        let member = &self.breakers[*self.keys.get(&key)?];
        let due = member.breaker.due(Mark::Retry).unwrap_or_default();
        Some(member.used.max(due) + self.key_idle)
    }

    fn make(&mut self, now: Duration) -> usize {
        let mut breaker = Reference::new(self.settings.clone(), now);
        if let Some(shared) = self.breakers.first()
            && self.first_state() != State::Closed
        {
            breaker.command(now, shared.breaker.state);
        }
        self.breakers.push(Member { breaker, holders: 0, came: now, used: now, is_established: false });
        self.breakers.len() - 1
    }

    /// The state in which breakers begin.
    fn first_state(&self) -> State {
        match self.breakers[Self::SHARED].breaker.state {
            State::Open | State::HalfOpen => State::Closed,
            state => state,
        }
    }

    /// Whether it may go though nobody needs its place.
    fn expires(&self, number: usize, now: Duration) -> bool {
        let member = &self.breakers[number];
        let judges = matches!(member.breaker.state, State::Closed | State::MetricsOnly);
        member.holders == 0
            && member.breaker.state == self.first_state()
            && now - member.used >= self.key_idle
            && !(judges && member.breaker.settings.rule.has_evidence(&member.breaker.evidence(now)))
    }

    /// Whether it may go if a new key needs its place.
    fn may_be_displaced(&self, number: usize, now: Duration) -> bool {
        let member = &self.breakers[number];
        let unused = now - member.used;
        let may_go = match member.breaker.state {
            state if state == self.first_state() => {
                !self.notes_each_use || !member.is_established || unused > self.key_idle / 60
            }
            State::Open => {
                let due = member.breaker.due(Mark::Retry);
                unused >= self.key_idle && due.is_some_and(|due| now >= due + self.key_idle)
            }
            State::HalfOpen => unused >= self.key_idle,
            _ => false,
        };
        may_go && member.holders == 0
    }
}
