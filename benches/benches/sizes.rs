//! How large guarded futures are compared with bare ones, and how often creating one allocates.
//!
//! `cargo bench --bench sizes --no-default-features`; the figures depend only on the compiler.

use std::alloc::{GlobalAlloc, Layout, System};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};

use fluxgate::{CircuitBreaker, Error, breaker, circuit_breaker};
use fluxgate_benches::{machine, table};

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

struct Counting;

// SAFETY: every call is forwarded unchanged to the system allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

type Reply = Result<u8, Error<()>>;
type Boxed<'a> = Pin<Box<dyn Future<Output = Reply> + 'a>>;

struct Client(CircuitBreaker);

static CLIENT: Client = Client(breaker!(name = "client"));

struct Plain([u8; 512]);

struct Bytes([u8; 512]);

impl Drop for Bytes {
    fn drop(&mut self) {
        self.0[0] = 0;
    }
}

macro_rules! nested {
    ($outer:ident, $inner:ident, $(#[$attribute:meta])?) => {
        $(#[$attribute])?
        pub async fn $outer(bytes: [u8; 256]) -> Reply {
            $inner(bytes).await
        }
    };
}

/// The same functions, bare and guarded.
macro_rules! functions {
    ($module:ident, $(#[$attribute:meta])?) => {
        mod $module {
            use super::{Boxed, Bytes, Pin, Plain, Reply};

            $(#[$attribute])?
            pub async fn small(number: u8) -> Reply {
                std::future::ready(Ok(number)).await
            }

            $(#[$attribute])?
            pub async fn unused(_bytes: [u8; 512]) -> Reply {
                std::future::ready(Ok(1)).await
            }

            $(#[$attribute])?
            pub async fn used_before(bytes: [u8; 512]) -> Reply {
                let first = bytes[0];
                std::future::ready(Ok(first)).await
            }

            $(#[$attribute])?
            pub async fn used_after(bytes: [u8; 512]) -> Reply {
                std::future::ready(()).await;
                Ok(bytes[0])
            }

            $(#[$attribute])?
            pub async fn changed(mut bytes: Bytes) -> Reply {
                bytes.0[1] = 2;
                std::future::ready(()).await;
                bytes = Bytes([bytes.0[1]; 512]);
                Ok(bytes.0[0])
            }

            $(#[$attribute])?
            pub async fn destructured(Plain(bytes): Plain) -> Reply {
                std::future::ready(()).await;
                Ok(bytes[0])
            }

            $(#[$attribute])?
            pub async fn borrowed(bytes: &[u8; 512]) -> Reply {
                std::future::ready(()).await;
                Ok(bytes[0])
            }

            $(#[$attribute])?
            pub async fn passed_on(bytes: [u8; 512]) -> Reply {
                used_after(bytes).await
            }

            nested!(passed_on_6, passed_on_5, $(#[$attribute])?);
            nested!(passed_on_5, passed_on_4, $(#[$attribute])?);
            nested!(passed_on_4, passed_on_3, $(#[$attribute])?);
            nested!(passed_on_3, passed_on_2, $(#[$attribute])?);
            nested!(passed_on_2, passed_on_1, $(#[$attribute])?);

            $(#[$attribute])?
            pub async fn passed_on_1(bytes: [u8; 256]) -> Reply {
                let first = bytes[0];
                std::future::ready(Ok(first)).await
            }

            $(#[$attribute])?
            pub fn returned(bytes: [u8; 512]) -> impl Future<Output = Reply> {
                async move {
                    std::future::ready(()).await;
                    Ok(bytes[0])
                }
            }

            $(#[$attribute])?
            pub fn boxed_at_last(bytes: [u8; 512]) -> Pin<Box<dyn Future<Output = Reply>>> {
                let first = bytes[0];
                Box::pin(async move {
                    std::future::ready(()).await;
                    Ok(first + bytes[1])
                })
            }

            $(#[$attribute])?
            pub fn boxed_elsewhere(bytes: [u8; 512]) -> Pin<Box<dyn Future<Output = Reply>>> {
                super::bare::boxed_at_last(bytes)
            }

            $(#[$attribute])?
            pub fn boxed(bytes: [u8; 512]) -> Boxed<'static> {
                Box::pin(async move {
                    std::future::ready(()).await;
                    Ok(bytes[0])
                })
            }
        }
    };
}

functions!(bare,);
functions!(guarded, #[super::circuit_breaker]);

impl Client {
    fn bare(&self, bytes: [u8; 512]) -> Boxed<'_> {
        Box::pin(async move {
            std::future::ready(()).await;
            Ok(bytes[0] + u8::from(self.0.is_due()))
        })
    }

    #[circuit_breaker(breaker = self.0)]
    fn guarded(&self, bytes: [u8; 512]) -> Boxed<'_> {
        Box::pin(async move {
            std::future::ready(()).await;
            Ok(bytes[0] + u8::from(self.0.is_due()))
        })
    }
}

/// The size of the future, or of the box's content, and how many allocations creating it took.
fn measured<F: ?Sized, T: std::ops::Deref<Target = F>>(make: impl Fn() -> T) -> [usize; 2] {
    // The breaker's first use allocates.
    drop(make());
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    let future = make();
    [size_of_val(&*future), ALLOCATIONS.load(Ordering::Relaxed) - before]
}

fn main() {
    const BYTES: [u8; 512] = [1; 512];
    macro_rules! row {
        ($what:literal, $function:ident($argument:expr)) => {
            (
                $what,
                [size_of_val(&bare::$function($argument)), 0],
                [size_of_val(&guarded::$function($argument)), 0],
            )
        };
        ($what:literal, $bare:expr, $guarded:expr) => {
            ($what, measured(|| $bare), measured(|| $guarded))
        };
    }
    let rows = [
        row!("`async fn`, a number", small(1)),
        row!("`async fn`, 512 bytes, unused", unused(BYTES)),
        row!("`async fn`, 512 bytes, used before it waits", used_before(BYTES)),
        row!("`async fn`, 512 bytes, used after it waits", used_after(BYTES)),
        row!("`async fn`, 512 bytes, passed on", passed_on(BYTES)),
        row!("`async fn`, 512 bytes, `mut` and assigned", changed(Bytes(BYTES))),
        row!("`async fn`, a pattern of 512 bytes", destructured(Plain(BYTES))),
        row!("`async fn`, 512 bytes, borrowed", borrowed(&BYTES)),
        row!("six of 256 bytes, each called by the next", passed_on_6([1; 256])),
        row!("`impl Future`, 512 bytes", returned(BYTES)),
        row!("boxed, 512 bytes", bare::boxed(BYTES), guarded::boxed(BYTES)),
        row!("boxed at last, 512 bytes", bare::boxed_at_last(BYTES), guarded::boxed_at_last(BYTES)),
        row!("boxed elsewhere, 512 bytes", bare::boxed_elsewhere(BYTES), guarded::boxed_elsewhere(BYTES)),
        row!("boxed, 512 bytes, `breaker = self.0`", CLIENT.bare(BYTES), CLIENT.guarded(BYTES)),
    ];
    let mut lines = vec![
        ["future", "bare, bytes", "guarded, bytes", "allocations, bare", "allocations, guarded"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for (what, bare, guarded) in rows {
        let figures = [bare[0], guarded[0], bare[1], guarded[1]].map(|figure| figure.to_string());
        lines.push(std::iter::once(what.to_owned()).chain(figures).collect());
    }
    println!("{}\n\n{}", machine::compiler(), table::render(&lines));
}
