//! All access to shared memory goes through this module, so that a model checker can replace it: with `--cfg fluxgate_loom`, every
//! load, store and lock below is [loom](https://docs.rs/loom)'s, and `models.rs` runs the breaker through all interleavings.

#[cfg(fluxgate_tsan)]
use std::sync::TryLockError;
use std::sync::{LockResult, PoisonError, RwLockReadGuard, RwLockWriteGuard, TryLockResult};

mod published;
mod reference;

/// The target's own atomics, even in a model.
pub(crate) mod native {
    /// Some 32-bit processors cannot access 64 bits at once. There, locks stand in.
    #[cfg(not(target_has_atomic = "64"))]
    pub(crate) use portable_atomic::AtomicU64;
    #[cfg(target_has_atomic = "64")]
    pub(crate) use std::sync::atomic::AtomicU64;
}

pub(crate) use self::published::Published;
#[cfg(not(fluxgate_loom))]
pub(crate) use self::real::*;
pub(crate) use self::reference::Ref;

#[cfg(fluxgate_loom)]
pub(crate) use self::model::*;

#[cfg(not(fluxgate_loom))]
mod real {
    pub(crate) use super::native::AtomicU64;
    use arc_swap::{ArcSwap, Guard};
    pub(crate) use once_cell::race::OnceBox;
    #[cfg(feature = "keyed")]
    pub(crate) use std::hash::RandomState;
    use std::ops::Deref;
    use std::sync::TryLockError;
    pub(crate) use std::sync::atomic::{AtomicU32, Ordering, fence};
    pub(crate) use std::sync::{Arc, MutexGuard, Weak};
    pub(crate) use std::thread_local;

    /// A mutex without poisoning: no user code runs while it is held.
    pub(crate) struct Mutex<T>(std::sync::Mutex<T>);

    impl<T> Mutex<T> {
        pub(crate) const fn new(value: T) -> Self {
            Self(std::sync::Mutex::new(value))
        }

        #[inline]
        pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
            super::taken(|| self.0.lock(), || self.0.try_lock())
        }

        /// `None` if another thread holds it.
        pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
            match self.0.try_lock() {
                Ok(guard) => Some(guard),
                Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
                Err(TryLockError::WouldBlock) => None,
            }
        }
    }

    /// A value that is read without a lock, even while it is being replaced.
    pub(crate) struct Replaceable<T>(ArcSwap<T>);

    impl<T> Replaceable<T> {
        pub(crate) fn new(value: Arc<T>) -> Self {
            Self(ArcSwap::new(value))
        }

        pub(crate) fn read(&self) -> ReadGuard<T> {
            ReadGuard(self.0.load())
        }

        pub(crate) fn get(&self) -> Arc<T> {
            self.0.load_full()
        }

        pub(crate) fn replace(&self, value: Arc<T>) {
            self.0.store(value);
        }

        /// Returns the old value. Any [reading](Self::read) still alive counts among its references.
        #[cfg(feature = "keyed")]
        pub(crate) fn swap(&self, value: Arc<T>) -> Arc<T> {
            self.0.swap(value)
        }
    }

    /// The value as of the time it was read.
    pub(crate) struct ReadGuard<T>(Guard<Arc<T>>);

    impl<T> Deref for ReadGuard<T> {
        type Target = T;

        #[inline]
        fn deref(&self) -> &T {
            &self.0
        }
    }

    impl<T> ReadGuard<T> {
        /// Keeps the value for longer.
        #[cfg(feature = "keyed")]
        pub(crate) fn share(&self) -> Arc<T> {
            Arc::clone(&self.0)
        }
    }
}

/// A lock without poisoning, for what all breakers share. Models do not cover it.
pub(crate) struct RwLock<T>(std::sync::RwLock<T>);

impl<T> RwLock<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(std::sync::RwLock::new(value))
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, T> {
        taken(|| self.0.read(), || self.0.try_read())
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, T> {
        taken(|| self.0.write(), || self.0.try_write())
    }
}

/// Takes a lock, even if a holder panicked.
#[cfg(not(fluxgate_tsan))]
#[inline]
fn taken<G>(wait: impl FnOnce() -> LockResult<G>, _attempt: impl Fn() -> TryLockResult<G>) -> G {
    wait().unwrap_or_else(PoisonError::into_inner)
}

/// The same, but spinning where a race detector can see it: the slow paths of the standard library's locks are compiled without
/// instrumentation, so it would not see how they order accesses.
#[cfg(fluxgate_tsan)]
fn taken<G>(_wait: impl FnOnce() -> LockResult<G>, attempt: impl Fn() -> TryLockResult<G>) -> G {
    loop {
        match attempt() {
            Ok(guard) => return guard,
            Err(TryLockError::Poisoned(poisoned)) => return PoisonError::into_inner(poisoned),
            Err(TryLockError::WouldBlock) => std::thread::yield_now(),
        }
    }
}

/// Loom's version does not support constant initializers.
#[cfg(fluxgate_loom)]
macro_rules! model_thread_local {
    ($(#[$attribute:meta])* static $name:ident: $type:ty = const $value:block;) => {
        loom::thread_local! { $(#[$attribute])* static $name: $type = $value; }
    };
}

#[cfg(fluxgate_loom)]
mod model {
    use loom::sync::atomic::AtomicBool;
    #[cfg(feature = "keyed")]
    use std::hash::{BuildHasherDefault, DefaultHasher};
    use std::sync::OnceLock;

    pub(crate) use loom::sync::MutexGuard;
    pub(crate) use loom::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};
    pub(crate) use model_thread_local as thread_local;
    pub(crate) use std::sync::{Arc, Weak};

    /// A model must take the same steps each time.
    #[cfg(feature = "keyed")]
    pub(crate) type RandomState = BuildHasherDefault<DefaultHasher>;

    pub(crate) struct Mutex<T>(loom::sync::Mutex<T>);

    impl<T> Mutex<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(loom::sync::Mutex::new(value))
        }

        pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
            self.0.lock().expect("loom's mutexes are not poisoned")
        }

        pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
            self.0.try_lock().ok()
        }
    }

    /// A cell that looks empty until its value is visible, as those of `once_cell` do.
    pub(crate) struct Once<T> {
        value: OnceLock<T>,
        visible: AtomicBool,
    }

    impl<T> Once<T> {
        pub(crate) fn new() -> Self {
            Self { value: OnceLock::new(), visible: AtomicBool::new(false) }
        }

        pub(crate) fn get(&self) -> Option<&T> {
            if self.visible.load(Ordering::Acquire) { self.value.get() } else { None }
        }

        pub(crate) fn set(&self, value: T) -> Result<(), T> {
            match self.visible.compare_exchange(false, true, Ordering::AcqRel, Ordering::Acquire) {
                // No other thread runs before the next operation that loom sees.
                Ok(_) => self.value.set(value),
                Err(_) => Err(value),
            }
        }

        pub(crate) fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
            if self.get().is_none() {
                let _ = self.set(make());
            }
            self.value.get().expect("it was just set")
        }
    }

    /// Only the points of replacement matter to a model.
    pub(crate) struct Replaceable<T>(Mutex<Arc<T>>);

    impl<T> Replaceable<T> {
        pub(crate) fn new(value: Arc<T>) -> Self {
            Self(Mutex::new(value))
        }

        pub(crate) fn read(&self) -> ReadGuard<T> {
            ReadGuard(self.get())
        }

        pub(crate) fn get(&self) -> Arc<T> {
            self.0.lock().clone()
        }

        pub(crate) fn replace(&self, value: Arc<T>) {
            *self.0.lock() = value;
        }

        #[cfg(feature = "keyed")]
        pub(crate) fn swap(&self, value: Arc<T>) -> Arc<T> {
            std::mem::replace(&mut *self.0.lock(), value)
        }
    }

    pub(crate) struct ReadGuard<T>(Arc<T>);

    impl<T> std::ops::Deref for ReadGuard<T> {
        type Target = T;

        fn deref(&self) -> &T {
            &self.0
        }
    }

    impl<T> ReadGuard<T> {
        #[cfg(feature = "keyed")]
        pub(crate) fn share(&self) -> Arc<T> {
            self.0.clone()
        }
    }

    pub(crate) struct OnceBox<T>(Once<Box<T>>);

    impl<T> OnceBox<T> {
        pub(crate) fn new() -> Self {
            Self(Once::new())
        }

        pub(crate) fn get(&self) -> Option<&T> {
            self.0.get().map(|value| &**value)
        }

        pub(crate) fn set(&self, value: Box<T>) -> Result<(), Box<T>> {
            self.0.set(value)
        }

        pub(crate) fn get_or_init(&self, make: impl FnOnce() -> Box<T>) -> &T {
            self.0.get_or_init(make)
        }
    }
}

/// A full fence, right after a locked instruction; on x86, that instruction already is one.
#[inline]
pub(crate) fn fence_after_locked() {
    if cfg!(any(not(any(target_arch = "x86", target_arch = "x86_64")), fluxgate_loom)) {
        fence(Ordering::SeqCst);
    }
}

/// A function that is `const` except in a model, because loom's atomics have no const constructors.
macro_rules! const_unless_model {
    ($(#[$attribute:meta])* $visibility:vis const fn $($rest:tt)*) => {
        #[cfg(not(fluxgate_loom))]
        $(#[$attribute])* $visibility const fn $($rest)*

        #[cfg(fluxgate_loom)]
        $(#[$attribute])* $visibility fn $($rest)*
    };
}
pub(crate) use const_unless_model;

/// A constant expression that the compiler evaluates once, rather than for each `static` of a program. In a model it is not
/// constant, for the same reason.
macro_rules! once_unless_model {
    ($value:expr) => {{
        #[cfg(not(fluxgate_loom))]
        let value = const { $value };
        #[cfg(fluxgate_loom)]
        let value = $value;
        value
    }};
}
pub(crate) use once_unless_model;
