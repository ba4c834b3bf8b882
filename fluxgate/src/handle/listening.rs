//! Requests to all breakers at once.

use std::sync::Arc;

use crate::engine::counting;
use crate::events::audience::Subscription;
use crate::events::delivery::listen_everywhere;
use crate::events::listener::Listener;

/// Adds a listener to every breaker, existing and future, for the life of the process. If it is interested in
/// [all calls](crate::Interests::calls), all breakers [count their calls](count_calls).
pub fn listen(listener: impl Listener) {
    let member = Subscription::new(Arc::new(listener));
    let counts = member.interests.has_all_calls();
    listen_everywhere(member);
    if counts {
        count_calls();
    }
}

/// From now on, every breaker, existing and future, counts its calls: see [`Builder::count_calls`](crate::Builder::count_calls).
pub fn count_calls() {
    counting::begin_everywhere();
}
