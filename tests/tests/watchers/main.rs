//! Whoever watches breakers is told the same. Arbitrary calls and commands happen to arbitrary breakers. After each step, the snapshot, the
//! listeners, the stream of events and the log agree with a naive count of what was done, and now and then the exporters and the dashboard
//! do, too.

mod exporters;
mod ledger;
mod log;
mod subject;

use fastrand::Rng;

use self::exporters::Exporters;
use self::subject::{Shape, Subject};

#[test]
fn all_watchers_agree_with_what_was_done() {
    log::subscribe();
    let mut exporters = Exporters::new();
    let mut events = fluxgate::events().interests(subject::interests().counted_calls()).capacity(usize::MAX);
    for seed in 0..16 {
        let mut rng = Rng::with_seed(seed);
        let mut subjects: Vec<Subject> = Shape::ALL
            .into_iter()
            .flat_map(|shape| Subject::of_shape(shape, &format!("watched {seed} {shape:?}"), &mut rng))
            .collect();
        let mut agree = |subject: &mut Subject, place: &str| {
            let streamed: Vec<_> = std::iter::from_fn(|| events.try_recv()).collect();
            subject.agree(&log::take(), &streamed, place);
        };
        for subject in &mut subjects {
            subject.first_call();
            agree(subject, &format!("after the first call, seed {seed}"));
        }
        for nth in 0..250 {
            let place = rng.usize(..subjects.len());
            let subject = &mut subjects[place];
            let step = subject.step(&mut rng);
            agree(subject, &format!("after step {nth} of seed {seed}, {step}"));
            if nth % 125 == 124 {
                exporters.agree(&subjects, &format!("after step {nth} of seed {seed}"));
            }
        }
        for subject in &mut subjects {
            subject.cancel_all();
            agree(subject, &format!("at the end of seed {seed}"));
        }
    }
    assert_eq!(events.dropped(), 0);
}
