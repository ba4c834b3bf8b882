//! The machine that a figure belongs to.

use std::fs;
use std::process::Command;
use std::time::Duration;

/// Keeps this thread on one processor where the system allows it; a thread that moves measures its caches warming.
pub fn pin(processor: usize) {
    #[cfg(target_os = "linux")]
    // SAFETY: an all-zero `cpu_set_t` is the empty set, `CPU_SET` ignores processors beyond it, and the call only reads it.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(processor, &mut set);
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const set);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = processor;
}

/// The processor time that this thread has used, or wall time if the system does not report it: other load on the machine
/// does not count.
pub fn thread_time() -> Duration {
    #[cfg(target_os = "linux")]
    {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: `time` is a valid place for the one value that the call writes.
        unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    }
    #[cfg(not(target_os = "linux"))]
    since_the_first_call()
}

/// The same for all child processes that have ended.
pub fn children_time() -> Duration {
    #[cfg(target_os = "linux")]
    {
        // SAFETY: an all-zero `rusage` is one, and the call writes another.
        let usage = unsafe {
            let mut usage: libc::rusage = std::mem::zeroed();
            libc::getrusage(libc::RUSAGE_CHILDREN, &raw mut usage);
            usage
        };
        let [user, system] = [usage.ru_utime, usage.ru_stime]
            .map(|time| Duration::new(time.tv_sec as u64, time.tv_usec as u32 * 1_000));
        user + system
    }
    #[cfg(not(target_os = "linux"))]
    since_the_first_call()
}

#[cfg(not(target_os = "linux"))]
fn since_the_first_call() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}

/// Processor, number of processors, system and compiler, in one line.
pub fn describe() -> String {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let model = fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        })
        .unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let counter = fs::read_to_string("/sys/devices/system/clocksource/clocksource0/current_clocksource")
        .map_or_else(|_| String::new(), |source| format!(", clock source {}", source.trim()));
    format!("{model}, {processors} processors, {}{counter}, {}", std::env::consts::OS, compiler())
}

/// The compiler's name and version.
pub fn compiler() -> String {
    let version = Command::new("rustc").arg("--version").output();
    version.map_or("rustc unknown".to_owned(), |it| String::from_utf8_lossy(&it.stdout).trim().to_owned())
}
