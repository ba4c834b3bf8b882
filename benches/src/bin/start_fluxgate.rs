//! A program that does nothing but read this clock once and print what the reading cost, in nanoseconds.

fn main() {
    let before = std::time::Instant::now();
    let reading = fluxgate::__private::clock::now();
    let cost = before.elapsed();
    std::hint::black_box(reading);
    println!("{}", cost.as_nanos());
}
