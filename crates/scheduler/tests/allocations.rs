//! Nothing is allocated once a task exists: not for a sleep, a wake, a yield, a wait or a turn.

#![cfg(feature = "alloc")]

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use allocation_counter::measure;
use wigwag_scheduler::sync::{Event, FixedQueue, Lock, OnLoop, Semaphore};
use wigwag_scheduler::{
    Alarm, Core, Entry, Flag as ThreadSafeFlag, Handle, Inbox, Late, Loop, NoHooks, Slot, VirtualClock,
    WakeCell, cells, gather, select,
};

/// A flag that clears itself; the waker left by the waiter is called when it is set.
#[derive(Default)]
struct Flag {
    set: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Flag {
    fn set(&self) {
        self.set.set(true);
        if let Some(waker) = self.waker.borrow_mut().take() {
            waker.wake();
        }
    }

    async fn wait(&self) {
        poll_fn(|cx| {
            if self.set.replace(false) {
                return Poll::Ready(());
            }
            *self.waker.borrow_mut() = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

async fn sleeper(asyncio: Handle, period_ms: u64) {
    loop {
        asyncio.sleep_ms(period_ms).await;
        asyncio.sleep_ms(0).await;
    }
}

async fn passer(from: Rc<Flag>, to: Rc<Flag>) {
    loop {
        from.wait().await;
        to.set();
    }
}

#[test]
fn a_running_loop_allocates_nothing() {
    let event_loop = Loop::new(VirtualClock::new()).unwrap();
    let asyncio = event_loop.handle();
    for task in 0..50 {
        drop(asyncio.create_task(sleeper(asyncio.clone(), 1 + task % 7)).unwrap());
    }
    let flags = [Rc::new(Flag::default()), Rc::new(Flag::default())];
    drop(asyncio.create_task(passer(flags[0].clone(), flags[1].clone())).unwrap());
    // The last of the ring sleeps, so that virtual time goes on.
    let (to, from, other) = (flags[0].clone(), flags[1].clone(), asyncio.clone());
    let rounds = Rc::new(Cell::new(0u64));
    let counted = rounds.clone();
    drop(
        asyncio
            .create_task(async move {
                loop {
                    to.set();
                    from.wait().await;
                    counted.set(counted.get() + 1);
                    other.sleep_us(100).await;
                }
            })
            .unwrap(),
    );
    let (warm_up_ms, run_ms) = if cfg!(miri) { (10, 10) } else { (100, 1000) };
    event_loop.run_until_complete(asyncio.sleep_ms(warm_up_ms)).unwrap();
    let (bytes, before) = (asyncio.bytes(), rounds.get());
    let allocated = measure(|| event_loop.run_until_complete(asyncio.sleep_ms(run_ms)).unwrap());
    assert_eq!(allocated.count_total, 0);
    assert_eq!(asyncio.bytes(), bytes);
    assert!(rounds.get() - before >= run_ms * 10 - 10, "{} rounds", rounds.get() - before);
}

#[test]
fn creating_and_joining_allocates_the_task_and_nothing_that_stays() {
    let event_loop = Loop::new(VirtualClock::new()).unwrap();
    let asyncio = event_loop.handle();
    let create_and_join = || {
        event_loop
            .run_until_complete(async {
                for _ in 0..10 {
                    asyncio.create_task(async { 1 }).unwrap().await.unwrap();
                }
            })
            .unwrap();
    };
    create_and_join();
    let allocated = measure(create_and_join);
    // The box of the future, and what task and handle share.
    assert_eq!((allocated.count_total, allocated.count_current), (20, 0));
}

/// Uses everything there is to share and to combine, for so many rounds.
async fn use_everything<A: OnLoop>(asyncio: &A, rounds: u32) {
    static FLAG: ThreadSafeFlag = ThreadSafeFlag::new();
    let core = asyncio.core();
    let (event, lock, semaphore) = (Event::new(asyncio), Lock::new(asyncio, 0), Semaphore::new(asyncio, 1));
    let queue = FixedQueue::<u32, _, 2>::fixed(asyncio);
    let put = async {
        let mut ticks = core.every_us(10, Late::Skip);
        for round in 0..rounds {
            let _permit = semaphore.acquire().await;
            queue.put(round).await;
            event.set();
            FLAG.set();
            ticks.next().await;
        }
    };
    let get = async {
        for _ in 0..rounds {
            *lock.acquire().await += queue.get().await;
            drop(semaphore.acquire().await);
        }
    };
    let watch = async {
        for _ in 0..rounds {
            event.wait().await;
            event.clear();
            let _ = core.timeout_us(5, select((FLAG.wait(), lock.acquire()))).await;
        }
    };
    gather((put, get, core.timeout_us(u64::from(rounds) * 10, watch))).await.2.ok();
    assert_eq!(lock.into_inner(), rounds * (rounds - 1) / 2);
}

#[test]
fn what_tasks_share_and_combine_allocates_nothing() {
    let rounds = if cfg!(miri) { 5 } else { 50 };
    static INBOX: Inbox = Inbox::new();
    static CELLS: [WakeCell; 2] = cells!(&INBOX; 0, 1);
    let allocated = measure(|| {
        let (mut slots, mut entries) = ([Slot::VACANT; 24], [Entry::VACANT; 2]);
        let mut alarms: [Alarm; 0] = [];
        let clock = VirtualClock::new();
        let asyncio =
            Core::fixed(&mut slots, &mut entries, &mut alarms, &INBOX, &CELLS, clock, NoHooks).unwrap();
        asyncio.run_pinned(&mut [std::pin::pin!(use_everything(&asyncio, rounds))]).unwrap();
    });
    assert_eq!(allocated.count_total, 0);

    let event_loop = Loop::new(VirtualClock::new()).unwrap();
    let asyncio = event_loop.handle();
    event_loop.run_until_complete(use_everything(&asyncio, rounds)).unwrap();
    let allocated = measure(|| event_loop.run_until_complete(use_everything(&asyncio, rounds)).unwrap());
    assert_eq!(allocated.count_total, 0);
}
