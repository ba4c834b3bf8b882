//! Commands for all breakers of a family, from several threads.

use crate::handle::circuit_breaker::CircuitBreaker;
use crate::sync::Mutex;

/// A command for a breaker.
pub(super) type Command = fn(&CircuitBreaker);

/// The last command that was given to all.
pub(super) struct Commands(Mutex<Issued>);

#[derive(Clone, Copy)]
struct Issued {
    command: Command,
    number: u64,
}

impl Commands {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Issued { command: |_| {}, number: 0 }))
    }

    /// Gives a command to all, by `give_all`. Of several at a time, the last one prevails for all.
    pub(super) fn give(&self, command: Command, give_all: impl Fn(Command)) {
        self.begin(command);
        loop {
            let Issued { command, number } = self.last();
            give_all(command);
            // Otherwise, some may have got a later command before this one.
            if self.last().number == number {
                return;
            }
        }
    }

    fn begin(&self, command: Command) {
        let mut last = self.0.lock();
        *last = Issued { command, number: last.number + 1 };
    }

    fn last(&self) -> Issued {
        *self.0.lock()
    }
}
