// fix by hand: `#[circuit_breaker]` => `#[circuit_breaker(track = returned(()), rejected = |_| ())]`
use fluxgate::circuit_breaker;

struct Message;
struct Handler;

/// As in serenity.
#[async_trait::async_trait]
trait EventHandler {
    async fn ready(&self);
    async fn message(&self, message: Message);
}

#[async_trait::async_trait]
impl EventHandler for Handler {
    async fn ready(&self) {}

    #[circuit_breaker]
    async fn message(&self, message: Message) {
        drop(message);
    }
}

fn main() {
    let _ = (Handler.ready(), Handler.message(Message));
}
