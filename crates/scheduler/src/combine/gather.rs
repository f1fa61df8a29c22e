//! `gather`: all of them.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::row::{Row, poll_place};

/// Futures that can be awaited together: tuples of up to eight, arrays of up to eight, and with `alloc` a `Vec`.
pub trait Gather {
    /// Waits for all of them.
    type Gathered: Future;

    /// All of them as one future.
    fn gather(self) -> Self::Gathered;
}

/// Waits for all of these futures; its result is all of theirs, in the order given.
///
/// ```
/// use wigwag_scheduler::{Loop, VirtualClock, gather};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let event_loop = Loop::new(VirtualClock::new())?;
/// let asyncio = event_loop.handle();
/// let measure = async |after_ms, value| {
///     asyncio.sleep_ms(after_ms).await;
///     value
/// };
/// let both = gather((measure(20, 1), async { "two" }));
/// assert_eq!(event_loop.run_until_complete(both)?, (1, "two"));
/// let row = gather([measure(20, 1), measure(10, 2)]);
/// assert_eq!(event_loop.run_until_complete(row)?, [1, 2]);
/// let any_number = gather((1..=50).map(|value| measure(5, value)).collect::<Vec<_>>());
/// assert_eq!(event_loop.run_until_complete(any_number)?.len(), 50);
/// # Ok(())
/// # }
/// ```
///
/// # Cancellation
/// Rust: dropping it drops those that are not finished, and the results of the others.
/// Python: `CancelledError` is passed on to each task that is not finished.
pub fn gather<T: Gather>(futures: T) -> T::Gathered {
    futures.gather()
}

pin_project! {
    /// A future, and its result once it is finished.
    pub struct Part<F: Future> {
        #[pin]
        future: Option<F>,
        output: Option<F::Output>,
    }
}

impl<F: Future> Part<F> {
    fn new(future: F) -> Part<F> {
        Part { future: Some(future), output: None }
    }

    /// Polls the future; says whether there is a result.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        let part = self.project();
        if let Poll::Ready(output) = poll_place(part.future, cx) {
            *part.output = Some(output);
        }
        part.output.is_some()
    }
}

macro_rules! tuples {
    ($($name:ident: $($part:ident $future:ident)*;)*) => {$(
        pin_project! {
            #[doc = "All of a tuple's futures."]
            pub struct $name<$($future: Future),*> {
                $(#[pin] $part: Part<$future>,)*
            }
        }

        impl<$($future: Future),*> Future for $name<$($future),*> {
            type Output = ($($future::Output,)*);

            fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
                let mut parts = self.project();
                let mut all = true;
                $(all &= parts.$part.as_mut().poll(cx);)*
                if !all {
                    return Poll::Pending;
                }
                match ($(parts.$part.project().output.take(),)*) {
                    ($(Some($part),)*) => Poll::Ready(($($part,)*)),
                    _ => Poll::Pending,
                }
            }
        }

        impl<$($future: Future),*> Gather for ($($future,)*) {
            type Gathered = $name<$($future),*>;

            fn gather(self) -> Self::Gathered {
                let ($($part,)*) = self;
                $name { $($part: Part::new($part)),* }
            }
        }
    )*};
}

tuples! {
    Gather1: a A;
    Gather2: a A b B;
    Gather3: a A b B c C;
    Gather4: a A b B c C d D;
    Gather5: a A b B c C d D e E;
    Gather6: a A b B c C d D e E f F;
    Gather7: a A b B c C d D e E f F g G;
    Gather8: a A b B c C d D e E f F g G h H;
}

pin_project! {
    /// All of a row's futures.
    pub struct GatherRow<R, O> {
        #[pin]
        row: R,
        outputs: O,
        left: usize,
    }
}

impl<R: Row, O> GatherRow<R, O> {
    pub(super) fn new(row: R, outputs: O) -> Self {
        let left = row.len();
        GatherRow { row, outputs, left }
    }
}

/// Polls all that are not finished; true once none is left.
fn poll_row<R: Row>(
    mut row: Pin<&mut R>,
    outputs: &mut [Option<<R::Future as Future>::Output>],
    left: &mut usize,
    cx: &mut Context<'_>,
) -> bool {
    for (at, place) in outputs.iter_mut().enumerate().filter(|(_, place)| place.is_none()) {
        if let Poll::Ready(output) = row.as_mut().poll_at(at, cx) {
            *place = Some(output);
            *left -= 1;
        }
    }
    *left == 0
}

impl<R: Row, const N: usize> Future for GatherRow<R, [Option<<R::Future as Future>::Output>; N]> {
    type Output = [<R::Future as Future>::Output; N];

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if !poll_row(this.row, this.outputs, this.left, cx) || this.outputs.iter().any(Option::is_none) {
            return Poll::Pending;
        }
        Poll::Ready(this.outputs.each_mut().map(|output| output.take().expect("looked at just above")))
    }
}

#[cfg(feature = "alloc")]
impl<R: Row> Future for GatherRow<R, alloc::vec::Vec<Option<<R::Future as Future>::Output>>> {
    type Output = alloc::vec::Vec<<R::Future as Future>::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if !poll_row(this.row, this.outputs, this.left, cx) {
            return Poll::Pending;
        }
        Poll::Ready(core::mem::take(this.outputs).into_iter().flatten().collect())
    }
}
