//! The machine that a figure belongs to.

use std::fs;
use std::process::Command;

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
