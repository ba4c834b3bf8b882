//! What it costs to find a key's breaker, compared with a map look-up, and to create one: `cargo bench --manifest-path
//! benches/Cargo.toml --no-default-features --features keyed --bench keyed`.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::{Arc, Barrier, Mutex, RwLock};
use std::thread;
use std::time::Instant;

use fluxgate::{CircuitBreaker, Keyed};
use fluxgate_benches::{machine, table};

const ROUNDS: usize = 101;
const FINDS: usize = 50_000;
const KEYS: usize = 1_000;
const MADE: usize = 9_000;

/// Looks up a key.
type Find<'a> = &'a (dyn Fn(&str) -> u64 + Sync);

fn main() {
    println!("{}\n", machine::describe());
    let keys: Vec<String> = (0..KEYS).map(|nth| format!("host-{nth}.example.org")).collect();
    let family: Keyed<String> = CircuitBreaker::builder("hosts").keyed().build().expect("valid");
    for key in &keys {
        family.get(key);
    }
    let map: HashMap<String, Arc<u64>> = keys.iter().cloned().zip((0..).map(Arc::new)).collect();
    let (mutex, rwlock) = (Mutex::new(map.clone()), RwLock::new(map.clone()));
    let hot = &keys[..1];

    let bare = |key: &str| *map[key];
    let behind_mutex = |key: &str| *mutex.lock().expect("no panic")[key].clone();
    let behind_rwlock = |key: &str| *rwlock.read().expect("no panic")[key].clone();
    // Like the others, it uses what it finds.
    let keyed = |key: &str| family.get(key).state() as u64;
    let subjects: [(&str, Find); 4] = [
        ("`HashMap`, no lock", &bare),
        ("`Mutex<HashMap>`, an `Arc` cloned", &behind_mutex),
        ("`RwLock<HashMap>`, an `Arc` cloned", &behind_rwlock),
        ("`Keyed::get`", &keyed),
    ];
    // Round by round, so that a disturbance affects all alike.
    let mut times = vec![[const { Vec::new() }; 4]; subjects.len()];
    for _ in 0..ROUNDS {
        for ((_, find), times) in subjects.iter().zip(&mut times) {
            times[0].push(time(1, &keys, find));
            times[1].push(time(2, &keys, find));
            times[2].push(time(1, hot, find));
            times[3].push(time(2, hot, find));
        }
    }
    let header = ["a find, ns", "1,000 keys", "two threads get done", "one key", "two threads get done"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for ((name, _), times) in subjects.iter().zip(times) {
        let [one, two, hot_one, hot_two] = times.map(undisturbed);
        rows.push(vec![
            (*name).to_owned(),
            format!("{one:.1}"),
            format!("{:.2} times as much", 2.0 * one / two),
            format!("{hot_one:.1}"),
            format!("{:.2} times as much", 2.0 * hot_one / hot_two),
        ]);
    }
    println!("{}", table::render(&rows));

    let (mut made, mut called) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS / 4 {
        let family: Keyed<u64> = CircuitBreaker::builder("numbers").keyed().build().expect("valid");
        let start = Instant::now();
        for key in 0..MADE as u64 {
            black_box(family.get(&key));
        }
        made.push(start.elapsed().as_nanos() as f64 / MADE as f64);
        let start = Instant::now();
        for key in 0..MADE as u64 {
            black_box(family.get(&key).call(|| Ok::<_, ()>(key)).is_ok());
        }
        called.push(start.elapsed().as_nanos() as f64 / MADE as f64);
    }
    println!(
        "a new key's breaker: {:.0} ns to make, {:.0} ns for its first call",
        undisturbed(made),
        undisturbed(called)
    );
}

/// Nanoseconds per find on each of `threads` threads.
fn time(threads: usize, keys: &[String], find: Find) -> f64 {
    let barrier = Barrier::new(threads);
    let run = |nth: usize| {
        machine::pin(nth);
        barrier.wait();
        let start = Instant::now();
        let mut place = nth;
        for _ in 0..FINDS {
            // Each thread has its own order, in which the same keys rarely follow each other.
            place = (place + 389 + nth) % keys.len();
            black_box(find(black_box(&keys[place])));
        }
        start.elapsed().as_nanos() as f64 / FINDS as f64
    };
    thread::scope(|scope| {
        let started: Vec<_> = (0..threads)
            .map(|nth| {
                let run = &run;
                scope.spawn(move || run(nth))
            })
            .collect();
        started.into_iter().map(|thread| thread.join().expect("no panic")).fold(0.0, f64::max)
    })
}

/// The time of the least disturbed tenth: two threads need both processors to themselves.
fn undisturbed(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 10]
}
