use recloser::{AsyncRecloser, Recloser};

use super::{ENOUGH, FOREVER, Subject, failing, healthy, ok, ready, work, work_async};

pub(super) fn subject() -> Subject {
    let (calm, sick, open) = (breaker(), breaker(), breaker());
    let asynchronous = AsyncRecloser::from(breaker());
    for _ in 0..ENOUGH {
        ok(open.call(|| work(super::FAILS)));
    }
    Subject {
        name: "recloser 1.4",
        configuration: "window 100 (judged only when full), rate 50%",
        healthy: healthy(move |input| ok(calm.call(|| work(input)))),
        healthy_async: healthy(move |input| ok(ready(asynchronous.call(work_async(input))))),
        failing: failing(move |input| ok(sick.call(|| work(input)))),
        refused: healthy(move |input| ok(open.call(|| work(input)))),
    }
}

fn breaker() -> Recloser {
    Recloser::custom().error_rate(0.5).closed_len(100).half_open_len(10).open_wait(FOREVER).build()
}
