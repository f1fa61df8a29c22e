//! A row of futures of one type, pinned where it stands: what an array or a `Vec` of futures becomes.
//!
//! To reach into a pinned array takes `unsafe`; to reach into a struct with pinned fields does not. So there is a struct
//! for each length up to eight. Longer rows want tasks, or boxes.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

/// Futures of one type, by position. Arrays of up to eight become one, and with `alloc` a `Vec` of any length.
pub trait Row {
    /// The futures.
    type Future: Future;

    /// How many there are, finished or not.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Polls the future at a position, and drops it when it is finished. `Pending` also if there is none (any more).
    fn poll_at(
        self: Pin<&mut Self>,
        at: usize,
        cx: &mut Context<'_>,
    ) -> Poll<<Self::Future as Future>::Output>;
}

/// Polls a future that may be finished, and drops it when it is.
pub(super) fn poll_place<F: Future>(mut place: Pin<&mut Option<F>>, cx: &mut Context<'_>) -> Poll<F::Output> {
    let Some(future) = place.as_mut().as_pin_mut() else { return Poll::Pending };
    let polled = future.poll(cx);
    if polled.is_ready() {
        place.set(None);
    }
    polled
}

macro_rules! rows {
    ($($length:literal $name:ident: $($field:ident)*;)*) => {$(
        pin_project! {
            #[doc = concat!("A row of ", stringify!($length), ".")]
            pub struct $name<F> {
                $(#[pin] $field: Option<F>,)*
            }
        }

        impl<F> From<[F; $length]> for $name<F> {
            fn from([$($field),*]: [F; $length]) -> Self {
                $name { $($field: Some($field)),* }
            }
        }

        impl<F: Future> Row for $name<F> {
            type Future = F;

            fn len(&self) -> usize {
                $length
            }

            fn poll_at(self: Pin<&mut Self>, at: usize, cx: &mut Context<'_>) -> Poll<F::Output> {
                let row = self.project();
                let mut position = 0..;
                $(if position.next() == Some(at) {
                    return poll_place(row.$field, cx);
                })*
                Poll::Pending
            }
        }

        impl<F: Future> super::gather::Gather for [F; $length] {
            type Gathered = super::gather::GatherRow<$name<F>, [Option<F::Output>; $length]>;

            fn gather(self) -> Self::Gathered {
                super::gather::GatherRow::new(self.into(), [const { None }; $length])
            }
        }

        impl<F: Future> super::select::Select for [F; $length] {
            type First = super::select::SelectRow<$name<F>>;

            fn select(self) -> Self::First {
                super::select::SelectRow::new(self.into())
            }
        }
    )*};
}

rows! {
    1 Row1: a;
    2 Row2: a b;
    3 Row3: a b c;
    4 Row4: a b c d;
    5 Row5: a b c d e;
    6 Row6: a b c d e f;
    7 Row7: a b c d e f g;
    8 Row8: a b c d e f g h;
}

#[cfg(feature = "alloc")]
mod boxed {
    use super::*;
    use alloc::boxed::Box;
    use alloc::vec::Vec;

    /// A row in boxes.
    pub struct Boxes<F>(Vec<Option<Pin<Box<F>>>>);

    impl<F> From<Vec<F>> for Boxes<F> {
        fn from(futures: Vec<F>) -> Self {
            Boxes(futures.into_iter().map(|future| Some(Box::pin(future))).collect())
        }
    }

    impl<F: Future> Row for Boxes<F> {
        type Future = F;

        fn len(&self) -> usize {
            self.0.len()
        }

        fn poll_at(self: Pin<&mut Self>, at: usize, cx: &mut Context<'_>) -> Poll<F::Output> {
            match self.get_mut().0.get_mut(at) {
                Some(place) => poll_place(Pin::new(place), cx),
                None => Poll::Pending,
            }
        }
    }

    impl<F: Future> crate::combine::Gather for Vec<F> {
        type Gathered = crate::combine::GatherRow<Boxes<F>, Vec<Option<F::Output>>>;

        fn gather(self) -> Self::Gathered {
            let outputs = self.iter().map(|_| None).collect();
            crate::combine::GatherRow::new(self.into(), outputs)
        }
    }

    impl<F: Future> crate::combine::Select for Vec<F> {
        type First = crate::combine::SelectRow<Boxes<F>>;

        fn select(self) -> Self::First {
            crate::combine::SelectRow::new(self.into())
        }
    }
}
