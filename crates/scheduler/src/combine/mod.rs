//! Several futures in one task: [`gather`] waits for all, [`select`] for the first.
//!
//! Nothing is spawned and no loop is needed, so the futures may borrow from where they are written. Each time the task is
//! woken, those that are not finished are polled in order: a combination of n futures costs O(n) a turn. For
//! hundreds, make tasks of them (`create_task`) and await their handles one after the other, which costs O(n) in all.
//!
//! What must always hold: a future that is finished is dropped at once and never polled again.

mod gather;
mod row;
mod select;

pub use gather::{Gather, GatherRow, gather};
pub use row::Row;
pub use select::{Either, Either3, Either4, Select, SelectRow, select};
