//! Breakers by the hashes of their keys.
//!
//! A table with open addressing, in which a breaker is found without a lock and without writing to memory that threads share. Changes take
//! a lock. They are not atomic, so a search may miss a breaker that is there, or is being moved. But each change ends with a new version of
//! the table, so a search that finds nothing is right if afterwards, under the lock, the version is still the same. So no user code runs
//! under the lock: no key is hashed, compared or dropped there, and no clock is read.

use std::hash::{BuildHasher as _, Hash};

use crate::engine::breaker::{Breaker, Membership};
use crate::sync::{
    Arc, AtomicU64, Mutex, MutexGuard, OnceBox, Ordering, RandomState, ReadGuard, Replaceable,
};

/// The breakers of a family.
pub(super) struct Table {
    /// The places, at first few, then more. Outgrown ones stay, empty: late searches still read them.
    sizes: [OnceBox<Places>; SIZES],
    /// Which of them is in use.
    size: AtomicU64,
    version: AtomicU64,
    /// Fills empty places.
    vacant: Arc<Breaker>,
    /// Seeds the hashes, since an attacker may choose the keys.
    hashes: RandomState,
    /// The largest number of places that may be needed.
    largest: usize,
    occupancy: Mutex<Occupancy>,
}

struct Places {
    list: Box<[Place]>,
}

struct Place {
    /// [`VACANT`], or the hash of the key.
    hash: AtomicU64,
    breaker: Replaceable<Breaker>,
}

/// The part of a table that the lock guards.
struct Occupancy {
    length: usize,
    /// The next place to be checked for a breaker to evict.
    hand: usize,
}

/// A table, locked.
pub(super) struct LockedTable<'a> {
    table: &'a Table,
    places: &'a Places,
    occupancy: MutexGuard<'a, Occupancy>,
    is_changed: bool,
}

const VACANT: u64 = 0;
const SIZES: usize = 6;
/// The factor by which the number of places grows, and that number at first.
const GROWTH: usize = if cfg!(fluxgate_loom) { 4 } else { 16 };
const FIRST: usize = if cfg!(fluxgate_loom) { 2 } else { 64 };

impl Table {
    /// A table for up to `capacity` breakers. `vacant`, which has no key, fills empty places.
    pub(super) fn new(capacity: usize, vacant: Arc<Breaker>) -> Self {
        Self {
            sizes: std::array::from_fn(|_| OnceBox::new()),
            size: AtomicU64::new(0),
            version: AtomicU64::new(0),
            vacant,
            hashes: RandomState::default(),
            largest: places_for(capacity).next_power_of_two(),
            occupancy: Mutex::new(Occupancy { length: 0, hand: 0 }),
        }
    }

    pub(super) fn hash<Q: Hash + ?Sized>(&self, key: &Q) -> u64 {
        self.hashes.hash_one(key).max(VACANT + 1)
    }

    /// The breaker whose key has this hash and for which `is` holds, unless it is being moved.
    #[inline]
    pub(super) fn find(&self, hash: u64, is: impl Fn(&Membership) -> bool) -> Option<ReadGuard<Breaker>> {
        let places = self.places();
        let mut number = places.home(hash);
        for _ in 0..places.list.len() {
            let place = &places.list[number];
            let there = place.hash.load(Ordering::Acquire);
            if there == VACANT {
                return None;
            }
            if there == hash {
                let breaker = place.breaker.read();
                let membership = breaker.membership.as_ref();
                if membership.is_some_and(|membership| membership.hash == hash && is(membership)) {
                    return Some(breaker);
                }
            }
            number = places.after(number);
        }
        None
    }

    /// Grows by one whenever the lock was held for a change.
    pub(super) fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    pub(super) fn lock(&self) -> LockedTable<'_> {
        let occupancy = self.occupancy.lock();
        LockedTable { table: self, places: self.places(), occupancy, is_changed: false }
    }

    /// `None` if another thread has the lock.
    pub(super) fn try_lock(&self) -> Option<LockedTable<'_>> {
        let occupancy = self.occupancy.try_lock()?;
        Some(LockedTable { table: self, places: self.places(), occupancy, is_changed: false })
    }

    #[inline]
    fn places(&self) -> &Places {
        let number = self.size.load(Ordering::Acquire) as usize % SIZES;
        self.sizes[number].get_or_init(|| Box::new(self.new_places(number)))
    }

    #[cold]
    fn new_places(&self, number: usize) -> Places {
        let count = (FIRST * GROWTH.pow(number as u32)).min(self.largest.max(FIRST));
        let place = || Place { hash: AtomicU64::new(VACANT), breaker: Replaceable::new(self.vacant.clone()) };
        Places { list: std::iter::repeat_with(place).take(count).collect() }
    }
}

/// How many places these breakers need: searches become long if more than five of eight are taken.
const fn places_for(breakers: usize) -> usize {
    breakers.div_ceil(5) * 8
}

impl Places {
    /// Where the search for a hash begins. The number of places is a power of two.
    #[inline]
    fn home(&self, hash: u64) -> usize {
        hash as usize & (self.list.len() - 1)
    }

    #[inline]
    fn after(&self, number: usize) -> usize {
        (number + 1) & (self.list.len() - 1)
    }

    /// The distance from one place forward to another.
    fn distance(&self, from: usize, to: usize) -> usize {
        to.wrapping_sub(from) & (self.list.len() - 1)
    }

    fn insert(&self, hash: u64, breaker: Arc<Breaker>) {
        let mut number = self.home(hash);
        while self.list[number].hash.load(Ordering::Relaxed) != VACANT {
            number = self.after(number);
        }
        let place = &self.list[number];
        place.breaker.replace(breaker);
        place.hash.store(hash, Ordering::Release);
    }
}

impl LockedTable<'_> {
    pub(super) fn version(&self) -> u64 {
        self.table.version.load(Ordering::Relaxed)
    }

    pub(super) fn length(&self) -> usize {
        self.occupancy.length
    }

    pub(super) fn place_count(&self) -> usize {
        self.places.list.len()
    }

    /// The next place to be checked, round and round.
    pub(super) fn next(&mut self) -> usize {
        let number = self.occupancy.hand;
        self.occupancy.hand = self.places.after(number);
        number
    }

    /// The breaker in this place.
    pub(super) fn get(&self, number: usize) -> Option<ReadGuard<Breaker>> {
        let place = &self.places.list[number];
        (place.hash.load(Ordering::Relaxed) != VACANT).then(|| place.breaker.read())
    }

    /// The place of this breaker. Its key is not hashed again, which would be user code.
    pub(super) fn place_of(&self, breaker: &Breaker) -> Option<usize> {
        let mut number = self.places.home(breaker.membership.as_ref()?.hash);
        for _ in 0..self.place_count() {
            let there = self.get(number)?;
            if std::ptr::eq(&raw const *there, breaker) {
                return Some(number);
            }
            number = self.places.after(number);
        }
        None
    }

    /// Inserts a breaker whose key is not there yet.
    pub(super) fn insert(&mut self, hash: u64, breaker: Arc<Breaker>) {
        if places_for(self.occupancy.length + 1) > self.place_count() {
            self.grow();
        }
        self.is_changed = true;
        self.places.insert(hash, breaker);
        self.occupancy.length += 1;
    }

    /// Takes a breaker out of its place, which has to be [filled](Self::put_back) again or [closed](Self::close). Until then no one can
    /// find it, and everyone who holds it counts among its references.
    pub(super) fn take(&mut self, number: usize) -> Arc<Breaker> {
        self.is_changed = true;
        self.places.list[number].breaker.swap(self.table.vacant.clone())
    }

    pub(super) fn put_back(&mut self, number: usize, breaker: Arc<Breaker>) {
        self.places.list[number].breaker.replace(breaker);
    }

    /// Frees a place, and moves back what is further from its home than necessary, so that searches may end at the first vacant place.
    pub(super) fn close(&mut self, number: usize) {
        let places = self.places;
        let (mut gap, mut number) = (number, places.after(number));
        loop {
            let place = &places.list[number];
            let hash = place.hash.load(Ordering::Relaxed);
            if hash == VACANT {
                break;
            }
            if places.distance(places.home(hash), number) >= places.distance(gap, number) {
                places.list[gap].breaker.replace(place.breaker.get());
                places.list[gap].hash.store(hash, Ordering::Release);
                gap = number;
            }
            number = places.after(number);
        }
        places.list[gap].hash.store(VACANT, Ordering::Release);
        places.list[gap].breaker.replace(self.table.vacant.clone());
        self.occupancy.length -= 1;
    }

    /// Moves all breakers to more places.
    fn grow(&mut self) {
        let (table, old) = (self.table, self.places);
        let number = table.size.load(Ordering::Relaxed) as usize + 1;
        let new = table.sizes[number % SIZES].get_or_init(|| Box::new(table.new_places(number)));
        for place in &old.list {
            let hash = place.hash.load(Ordering::Relaxed);
            if hash != VACANT {
                new.insert(hash, place.breaker.get());
            }
        }
        table.size.store(number as u64, Ordering::Release);
        for place in &old.list {
            place.hash.store(VACANT, Ordering::Release);
            place.breaker.replace(table.vacant.clone());
        }
        self.places = new;
        self.occupancy.hand = 0;
    }
}

impl Drop for LockedTable<'_> {
    fn drop(&mut self) {
        // Only changes count: a key or a clock may look at the family again and again while a breaker is being made, which must not start
        // over each time.
        if self.is_changed {
            self.table.version.fetch_add(1, Ordering::Release);
        }
    }
}
