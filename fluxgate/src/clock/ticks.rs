//! The processor's tick counter.
//!
//! Reading it takes an instruction that is only available to unsafe code, so a crate that does nothing else does it. The cfgs match
//! those of the dependencies in the manifest.

/// Whether the counter runs at a constant rate, whatever the processor is doing.
#[cfg(all(target_arch = "x86_64", not(target_env = "sgx")))]
pub(super) fn are_invariant() -> bool {
    // Only two queries: on a virtual machine, each takes microseconds.
    const LAST_LEAF: u32 = 0x8000_0000;
    const POWER_MANAGEMENT: u32 = 0x8000_0007;
    const INVARIANT: u32 = 1 << 8;
    raw_cpuid::cpuid!(LAST_LEAF).eax >= POWER_MANAGEMENT
        && raw_cpuid::cpuid!(POWER_MANAGEMENT).edx & INVARIANT != 0
}

/// True of every such processor.
#[cfg(all(target_arch = "aarch64", any(target_os = "linux", target_os = "macos", target_os = "windows")))]
pub(super) fn are_invariant() -> bool {
    true
}

#[cfg(not(any(
    all(target_arch = "x86_64", not(target_env = "sgx")),
    all(target_arch = "aarch64", any(target_os = "linux", target_os = "macos", target_os = "windows")),
)))]
pub(super) fn are_invariant() -> bool {
    false
}

/// The ticks since some instant.
#[cfg(all(target_arch = "x86_64", not(target_env = "sgx")))]
#[inline]
pub(super) fn read() -> u64 {
    tick_counter::x86_64_tick_counter()
}

/// The ticks since some instant.
#[cfg(all(target_arch = "aarch64", any(target_os = "linux", target_os = "macos", target_os = "windows")))]
#[inline]
pub(super) fn read() -> u64 {
    tick_counter::aarch64_tick_counter()
}

#[cfg(not(any(
    all(target_arch = "x86_64", not(target_env = "sgx")),
    all(target_arch = "aarch64", any(target_os = "linux", target_os = "macos", target_os = "windows")),
)))]
pub(super) fn read() -> u64 {
    0
}
