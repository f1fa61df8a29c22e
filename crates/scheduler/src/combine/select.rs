//! `select`: the first of them.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::row::Row;

/// Futures of which the first to finish can be awaited: tuples of two to four, arrays of up to eight, and with `alloc` a
/// `Vec`.
pub trait Select {
    /// Waits for the first of them.
    type First: Future;

    /// The first of them as a future.
    fn select(self) -> Self::First;
}

/// Waits for the first of these futures to finish, and drops the others. Its result says which one it was: an
/// [`Either`], or for an array or `Vec` the position, with the result.
///
/// Of several that are finished in the same turn the one that stands first wins; in a loop, one that is always
/// ready should stand last.
///
/// ```
/// use wigwag_scheduler::{Either, Loop, VirtualClock, select};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let event_loop = Loop::new(VirtualClock::new())?;
/// let asyncio = event_loop.handle();
/// let first = select((asyncio.sleep_ms(20), async {
///     asyncio.sleep_ms(10).await;
///     "button"
/// }));
/// assert_eq!(event_loop.run_until_complete(first)?, Either::Second("button"));
/// let shortest = select([asyncio.sleep_ms(30), asyncio.sleep_ms(10), asyncio.sleep_ms(20)]);
/// assert_eq!(event_loop.run_until_complete(shortest)?, (1, ()));
/// assert_eq!(asyncio.now_us(), 20_000);
/// # Ok(())
/// # }
/// ```
///
/// # Cancellation
/// Rust: dropping it drops all of the futures, as finishing drops the others: whatever each says of its own cancellation.
/// Python: has `wait` for it, which leaves the others running.
pub fn select<T: Select>(futures: T) -> T::First {
    futures.select()
}

macro_rules! tuples {
    ($($name:ident $either:ident: $($future:ident $field:ident $variant:ident,)*;)*) => {$(
        #[doc = "Which of the futures was the first to finish, and its result."]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $either<$($future),*> {
            $(#[doc = concat!("The ", stringify!($field), " one.")] $variant($future),)*
        }

        pin_project! {
            #[doc = "The first of a tuple's futures."]
            pub struct $name<$($future),*> {
                $(#[pin] $field: $future,)*
            }
        }

        impl<$($future: Future),*> Future for $name<$($future),*> {
            type Output = $either<$($future::Output),*>;

            fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
                let this = self.project();
                $(if let Poll::Ready(output) = this.$field.poll(cx) {
                    return Poll::Ready($either::$variant(output));
                })*
                Poll::Pending
            }
        }

        impl<$($future: Future),*> Select for ($($future,)*) {
            type First = $name<$($future),*>;

            fn select(self) -> Self::First {
                let ($($field,)*) = self;
                $name { $($field),* }
            }
        }
    )*};
}

tuples! {
    Select2 Either: A first First, B second Second,;
    Select3 Either3: A first First, B second Second, C third Third,;
    Select4 Either4: A first First, B second Second, C third Third, D fourth Fourth,;
}

pin_project! {
    /// The first of a row's futures.
    pub struct SelectRow<R> {
        #[pin]
        row: R,
    }
}

impl<R> SelectRow<R> {
    pub(super) fn new(row: R) -> Self {
        SelectRow { row }
    }
}

impl<R: Row> Future for SelectRow<R> {
    type Output = (usize, <R::Future as Future>::Output);

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut row = self.project().row;
        for at in 0..row.len() {
            if let Poll::Ready(output) = row.as_mut().poll_at(at, cx) {
                return Poll::Ready((at, output));
            }
        }
        Poll::Pending
    }
}
