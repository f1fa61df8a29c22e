//! Rust futures without `alloc`: everything in the caller's memory.

use std::cell::{Cell, RefCell};
use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::task::Poll;

use wigwag_scheduler::{
    Alarm, Core, Entry, Fixed, Inbox, InboxInUse, Next, NoHooks, Pinned, Polled, RunError, Slot,
    VirtualClock, WakeCell, cells,
};

type Asyncio<'m> = Core<Fixed<'m, VirtualClock>>;

macro_rules! memory {
    ($inbox:ident, $cells:ident) => {
        static $inbox: Inbox = Inbox::new();
static $cells: [WakeCell; 3] = cells!(&$inbox; 0, 1, 2);
    };
}

fn core<'m>(
    slots: &'m mut [Slot],
    entries: &'m mut [Entry],
    inbox: &'static Inbox,
    cells: &'static [WakeCell],
) -> Result<Asyncio<'m>, InboxInUse> {
    Core::fixed(slots, entries, &mut [], inbox, cells, VirtualClock::new(), NoHooks)
}

async fn blink(
    asyncio: &Asyncio<'_>,
    trace: &RefCell<Vec<(u64, &'static str)>>,
    name: &'static str,
    period_ms: u64,
) {
    for _ in 0..3 {
        trace.borrow_mut().push((now(asyncio), name));
        asyncio.sleep_ms(period_ms).await;
    }
}

fn now(asyncio: &Asyncio<'_>) -> u64 {
    use wigwag_scheduler::Clock;
    asyncio.clock().now_us() / 1000
}

fn blinkers(slots: &mut [Slot], inbox: &'static Inbox, cells: &'static [WakeCell]) {
    let mut entries = [Entry::VACANT; 3];
    let asyncio = core(slots, &mut entries, inbox, cells).unwrap();
    let trace = RefCell::new(Vec::new());
    for start in [0, 450] {
        let left = pin!(blink(&asyncio, &trace, "left", 150));
        let right = pin!(blink(&asyncio, &trace, "right", 100));
        asyncio.run_pinned(&mut [left, right]).unwrap();
        let expected =
            [(0, "left"), (0, "right"), (100, "right"), (150, "left"), (200, "right"), (300, "left")];
        assert_eq!(trace.take(), expected.map(|(at, name)| (start + at, name)));
    }
    assert_eq!(asyncio.tasks(), 0);
    assert_eq!(asyncio.with_scheduler(|scheduler| scheduler.nodes().live()), 0);
}

#[test]
fn pinned_tasks_run_to_their_end() {
    memory!(INBOX, CELLS);
    blinkers(&mut [Slot::VACANT; 4], &INBOX, &CELLS);
}

#[test]
fn where_sleeps_find_no_nodes_the_tasks_nodes_stand_in() {
    memory!(INBOX, CELLS);
    blinkers(&mut [Slot::VACANT; 2], &INBOX, &CELLS);
}

#[test]
fn what_does_not_fit_is_an_error_and_leaves_nothing_behind() {
    memory!(INBOX, CELLS);
    let mut slots = [Slot::VACANT; 8];
    let mut entries = [Entry::VACANT; 8];
    let asyncio = core(&mut slots, &mut entries, &INBOX, &CELLS).unwrap();
    let polled = Cell::new(0);
    let task = || {
        poll_fn(|_| {
            polled.set(polled.get() + 1);
            Poll::Ready(())
        })
    };
    let result = asyncio.run_pinned(&mut [pin!(task()), pin!(task()), pin!(task()), pin!(task())]);
    assert_eq!(result, Err(RunError::NoRoom), "there are three cells");
    assert_eq!((asyncio.tasks(), polled.get()), (0, 0));
    assert_eq!(asyncio.run_pinned(&mut [pin!(task()), pin!(task()), pin!(task())]), Ok(()));
    assert_eq!(polled.get(), 3);
    assert_eq!(asyncio.run_pinned(&mut []), Ok(()));
}

#[test]
fn a_deadlock_says_how_many_wait() {
    memory!(INBOX, CELLS);
    let mut slots = [Slot::VACANT; 8];
    let mut entries = [Entry::VACANT; 3];
    let asyncio = core(&mut slots, &mut entries, &INBOX, &CELLS).unwrap();
    let result = asyncio.run_pinned(&mut [pin!(pending()), pin!(asyncio.sleep_ms(5)), pin!(pending())]);
    assert_eq!(result, Err(RunError::Deadlock { parked: 2 }));
    assert_eq!(now(&asyncio), 5);
    assert_eq!(asyncio.tasks(), 0);
}

#[test]
fn an_inbox_serves_one_loop_at_a_time() {
    memory!(INBOX, CELLS);
    memory!(OTHER, OTHERS);
    let (mut slots, mut entries) = ([Slot::VACANT; 4], [Entry::VACANT; 3]);
    let (mut more_slots, mut more_entries) = ([Slot::VACANT; 4], [Entry::VACANT; 3]);
    assert!(core(&mut slots, &mut entries, &INBOX, &OTHERS).is_err(), "cells of another inbox");
    assert!(core(&mut slots, &mut entries, &INBOX, &CELLS[1..]).is_err(), "cells out of place");
    let first = core(&mut slots, &mut entries, &INBOX, &CELLS).unwrap();
    assert!(core(&mut more_slots, &mut more_entries, &INBOX, &CELLS).is_err(), "in use");
    drop(first);
    assert!(core(&mut more_slots, &mut more_entries, &INBOX, &CELLS).is_ok());
    assert!(core(&mut more_slots, &mut more_entries, &OTHER, &OTHERS).is_ok());
}

#[test]
fn a_driver_can_step_and_cancel_pinned_tasks() {
    memory!(INBOX, CELLS);
    let mut slots = [Slot::VACANT; 8];
    let mut entries = [Entry::VACANT; 3];
    let mut alarms = [Alarm::VACANT; 1];
    let asyncio: Asyncio<'_> =
        Core::fixed(&mut slots, &mut entries, &mut alarms, &INBOX, &CELLS, VirtualClock::new(), NoHooks)
            .unwrap();
    let polls = Cell::new(0);
    let mut bodies: [std::pin::Pin<&mut dyn Future<Output = ()>>; 2] = [
        pin!(asyncio.sleep_ms(20)),
        pin!(poll_fn(|_| {
            polls.set(polls.get() + 1);
            Poll::Pending
        })),
    ];
    let sleeper = asyncio.add(0).unwrap();
    let victim = asyncio.add(1).unwrap();
    let mut ended = Vec::new();
    let mut drain = |now, ended: &mut Vec<_>| loop {
        match asyncio.next(now) {
            Next::Run(turn) => {
                if let Polled::Done(task) = asyncio.poll(turn, &mut Pinned(&mut bodies)) {
                    ended.push(task);
                }
            }
            Next::Idle { until } => return until,
        }
    };
    assert_eq!(drain(0, &mut ended), Some(20_000));
    assert_eq!(asyncio.cancel(victim), Ok(true));
    assert_eq!(ended, []);
    assert_eq!(drain(10_000, &mut ended), Some(20_000));
    assert_eq!(ended, [victim]);
    assert_eq!(asyncio.cancel(victim), Ok(false));
    assert_eq!(drain(20_000, &mut ended), None);
    assert_eq!(ended, [victim, sleeper]);
    assert_eq!(polls.get(), 1);
}
