//! The processor's tick counter.
//!
//! Reading it takes an instruction that is only available to unsafe code, so a crate that does nothing else does it. The cfgs match
//! those of the dependencies in the manifest, except that Miri does not know the instruction.

pub(super) use self::processor::{are_invariant, read};

#[cfg(all(target_arch = "x86_64", not(any(target_env = "sgx", miri))))]
mod processor {
    /// Whether the counter runs at a constant rate, whatever the processor is doing.
    pub(in crate::clock) fn are_invariant() -> bool {
        // Only two queries: on a virtual machine, each takes microseconds.
        const LAST_LEAF: u32 = 0x8000_0000;
        const POWER_MANAGEMENT: u32 = 0x8000_0007;
        const INVARIANT: u32 = 1 << 8;
        raw_cpuid::cpuid!(LAST_LEAF).eax >= POWER_MANAGEMENT
            && raw_cpuid::cpuid!(POWER_MANAGEMENT).edx & INVARIANT != 0
    }

    /// The ticks since some instant.
    #[inline]
    pub(in crate::clock) fn read() -> u64 {
        tick_counter::x86_64_tick_counter()
    }
}

#[cfg(all(
    target_arch = "aarch64",
    any(target_os = "linux", target_os = "macos", target_os = "windows"),
    not(miri)
))]
mod processor {
    /// True of every such processor.
    pub(in crate::clock) fn are_invariant() -> bool {
        true
    }

    #[inline]
    pub(in crate::clock) fn read() -> u64 {
        tick_counter::aarch64_tick_counter()
    }
}

#[cfg(any(
    miri,
    not(any(
        all(target_arch = "x86_64", not(target_env = "sgx")),
        all(target_arch = "aarch64", any(target_os = "linux", target_os = "macos", target_os = "windows")),
    ))
))]
mod processor {
    pub(in crate::clock) fn are_invariant() -> bool {
        false
    }

    pub(in crate::clock) fn read() -> u64 {
        0
    }
}
