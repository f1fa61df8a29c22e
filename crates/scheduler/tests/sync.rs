//! What tasks share: who gets it, in which order, and that nothing is lost when a wait is given up.

#![cfg(feature = "alloc")]

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use wigwag_scheduler::sync::{Event, FixedQueue, Lock, Queue, Semaphore};
use wigwag_scheduler::{
    Alarm, Core, Entry, Handle, Inbox, JoinHandle, Loop, Next, NoHooks, Owner, Polled, RunError, Slot, Step,
    VirtualClock, WakeCell, cells, gather,
};

type Trace = Rc<RefCell<Vec<u32>>>;

fn virtual_loop() -> (Loop, Handle, Trace) {
    let event_loop = Loop::new(VirtualClock::new()).unwrap();
    let asyncio = event_loop.handle();
    (event_loop, asyncio, Trace::default())
}

/// Lets everybody run who can.
fn settle(event_loop: &Loop, asyncio: &Handle) {
    event_loop.run_until_complete(asyncio.sleep_ms(1)).unwrap();
}

fn spawn<F: Future<Output = ()> + 'static>(asyncio: &Handle, future: F) -> JoinHandle<()> {
    asyncio.create_task(future).unwrap()
}

#[test]
fn a_lock_goes_to_those_who_wait_in_the_order_in_which_they_came() {
    let (event_loop, asyncio, trace) = virtual_loop();
    let lock = Rc::new(Lock::new(asyncio.clone(), 0));
    for name in 0..5 {
        let (lock, trace, clock) = (lock.clone(), trace.clone(), asyncio.clone());
        spawn(&asyncio, async move {
            for _ in 0..2 {
                let mut count = lock.acquire().await;
                trace.borrow_mut().push(name);
                clock.sleep_ms(1).await;
                *count += 1;
                assert!(lock.try_acquire().is_none());
            }
        });
    }
    event_loop.run_until_complete(asyncio.sleep_ms(100)).unwrap();
    assert_eq!(*trace.borrow(), [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
    assert_eq!(lock.try_acquire().as_deref(), Some(&10));
    assert!(!lock.locked());
}

#[test]
fn nobody_barges_in_before_one_who_was_called() {
    let (event_loop, asyncio, trace) = virtual_loop();
    let lock = Rc::new(Lock::new(asyncio.clone(), ()));
    event_loop
        .run_until_complete(async {
            let held = lock.acquire().await;
            let (theirs, noted) = (lock.clone(), trace.clone());
            let waiter = spawn(&asyncio, async move {
                let _guard = theirs.acquire().await;
                noted.borrow_mut().push(1);
            });
            asyncio.sleep_ms(0).await;
            drop(held);
            assert!(lock.locked() && lock.try_acquire().is_none(), "it has been handed over");
            let _guard = lock.acquire().await;
            trace.borrow_mut().push(2);
            waiter.await.unwrap();
        })
        .unwrap();
    assert_eq!(*trace.borrow(), [1, 2]);
}

#[test]
fn an_event_calls_everybody_once_in_order_and_stays_set() {
    let (event_loop, asyncio, trace) = virtual_loop();
    let event = Rc::new(Event::new(asyncio.clone()));
    for name in 0..4 {
        let (event, trace) = (event.clone(), trace.clone());
        spawn(&asyncio, async move {
            event.wait().await;
            trace.borrow_mut().push(name);
        });
    }
    settle(&event_loop, &asyncio);
    assert_eq!((trace.borrow().len(), asyncio.tasks()), (0, 4));
    event.set();
    event.clear();
    settle(&event_loop, &asyncio);
    assert_eq!((&trace.borrow()[..], asyncio.tasks()), (&[0, 1, 2, 3][..], 0));
    event.set();
    assert_eq!(event_loop.run_until_complete(event.wait()), Ok(()));
    event.clear();
    assert_eq!(event_loop.run_until_complete(event.wait()), Err(RunError::Deadlock { parked: 1 }));
}

#[test]
fn a_semaphore_lets_so_many_in() {
    let (event_loop, asyncio, _) = virtual_loop();
    let semaphore = Rc::new(Semaphore::new(asyncio.clone(), 3));
    let inside = Rc::new(Cell::new((0, 0)));
    for _ in 0..10 {
        let (semaphore, inside, clock) = (semaphore.clone(), inside.clone(), asyncio.clone());
        spawn(&asyncio, async move {
            let _permit = semaphore.acquire().await;
            let (now, most) = inside.get();
            inside.set((now + 1, most.max(now + 1)));
            clock.sleep_ms(10).await;
            let (now, most) = inside.get();
            inside.set((now - 1, most));
        });
    }
    event_loop.run_until_complete(asyncio.sleep_ms(1000)).unwrap();
    assert_eq!((inside.get(), semaphore.available()), ((0, 3), 3));
    semaphore.try_acquire().unwrap().keep();
    assert_eq!(semaphore.available(), 2);
    semaphore.release();
    assert_eq!(semaphore.available(), 3);
}

#[test]
fn a_queue_keeps_the_order_of_items_and_of_those_who_wait() {
    let (event_loop, asyncio, trace) = virtual_loop();
    let queue = Rc::new(Queue::bounded(asyncio.clone(), 2).unwrap());
    let getters: Vec<_> = (0..3)
        .map(|_| {
            let queue = queue.clone();
            asyncio.create_task(async move { (queue.get().await, queue.get().await) }).unwrap()
        })
        .collect();
    for putter in 0..3 {
        let (queue, trace) = (queue.clone(), trace.clone());
        spawn(&asyncio, async move {
            for item in [putter, putter + 10] {
                queue.put(item).await;
                trace.borrow_mut().push(item);
            }
        });
    }
    let got = event_loop.run_until_complete(gather(getters)).unwrap();
    let got: Vec<_> = got.into_iter().map(Result::unwrap).collect();
    let mut all: Vec<_> = got.iter().flat_map(|(first, second)| [*first, *second]).collect();
    all.sort_unstable();
    assert_eq!(all, [0, 1, 2, 10, 11, 12]);
    assert!(queue.is_empty() && queue.try_get().is_none());
    assert_eq!((queue.try_put(1), queue.try_put(2), queue.try_put(3)), (Ok(()), Ok(()), Err(3)));
    assert_eq!((queue.try_get(), queue.len(), queue.capacity()), (Some(1), 1, 2));
}

#[test]
fn room_that_is_not_used_goes_to_the_next() {
    let (event_loop, asyncio, trace) = virtual_loop();
    let queue = Rc::new(Queue::bounded(asyncio.clone(), 1).unwrap());
    event_loop
        .run_until_complete(async {
            let room = queue.room().await;
            let (theirs, noted) = (queue.clone(), trace.clone());
            spawn(&asyncio, async move {
                theirs.put(7).await;
                noted.borrow_mut().push(7);
            });
            asyncio.sleep_ms(1).await;
            assert!(trace.borrow().is_empty());
            drop(room);
            assert_eq!(queue.get().await, 7);
            queue.room().await.put(8);
            assert_eq!(queue.get().await, 8);
        })
        .unwrap();
}

/// What a wait was given up for, at each point at which it can be: before its first poll, in line, and after it was
/// called. Each time whoever stands behind it gets what there is.
fn given_up_everywhere<W: Future<Output = ()> + 'static>(
    make: impl Fn(&Handle) -> (Box<dyn Fn() -> W>, Box<dyn Fn()>),
) {
    for point in 0..3 {
        let (event_loop, asyncio, trace) = virtual_loop();
        let (wait, release) = make(&asyncio);
        let first = spawn(&asyncio, wait());
        let (second, noted) = (wait(), trace.clone());
        spawn(&asyncio, async move {
            second.await;
            noted.borrow_mut().push(point);
        });
        if point == 0 {
            assert_eq!(first.cancel(), Ok(true));
        }
        settle(&event_loop, &asyncio);
        assert!(trace.borrow().is_empty());
        if point == 1 {
            assert_eq!(first.cancel(), Ok(true));
        }
        release();
        if point == 2 {
            assert_eq!(first.cancel(), Ok(true));
        }
        settle(&event_loop, &asyncio);
        assert_eq!((&trace.borrow()[..], asyncio.tasks()), (&[point][..], 0));
        let nodes = asyncio.with_scheduler(|scheduler| scheduler.nodes().live());
        assert_eq!(nodes, 0, "a node was left behind at point {point}");
    }
}

#[test]
fn a_lock_given_up_is_handed_on() {
    given_up_everywhere(|asyncio| {
        let lock = Rc::new(Lock::new(asyncio.clone(), ()));
        assert!(lock.with_state(|permits, _| permits.take()));
        let theirs = lock.clone();
        let wait = move || {
            let lock = theirs.clone();
            async move { drop(lock.acquire().await) }
        };
        (Box::new(wait), Box::new(move || lock.with_state(|permits, scheduler| permits.give(scheduler))))
    });
}

#[test]
fn a_permit_given_up_is_passed_on() {
    given_up_everywhere(|asyncio| {
        let semaphore = Rc::new(Semaphore::new(asyncio.clone(), 0));
        let theirs = semaphore.clone();
        let wait = move || {
            let semaphore = theirs.clone();
            async move { semaphore.acquire().await.keep() }
        };
        (Box::new(wait), Box::new(move || semaphore.release()))
    });
}

#[test]
fn an_item_given_up_stays_for_the_next() {
    given_up_everywhere(|asyncio| {
        let queue = Rc::new(Queue::bounded(asyncio.clone(), 1).unwrap());
        let theirs = queue.clone();
        let wait = move || {
            let queue = theirs.clone();
            async move { assert_eq!(queue.get().await, 5) }
        };
        (Box::new(wait), Box::new(move || assert_eq!(queue.try_put(5), Ok(()))))
    });
}

#[test]
fn room_given_up_is_passed_on() {
    given_up_everywhere(|asyncio| {
        let queue = Rc::new(Queue::bounded(asyncio.clone(), 1).unwrap());
        queue.try_put(0).unwrap();
        let theirs = queue.clone();
        let wait = move || {
            let queue = theirs.clone();
            async move { queue.put(6).await }
        };
        (Box::new(wait), Box::new(move || assert_eq!(queue.try_get(), Some(0))))
    });
}

#[test]
fn an_event_that_one_gives_up_calls_the_others() {
    given_up_everywhere(|asyncio| {
        let event = Rc::new(Event::new(asyncio.clone()));
        let theirs = event.clone();
        let wait = move || {
            let event = theirs.clone();
            async move { event.wait().await }
        };
        (Box::new(wait), Box::new(move || event.set()))
    });
}

/// Python's part in miniature: a task that is a node and a list of what it did.
#[test]
fn tasks_of_the_embedding_program_stand_in_the_same_line() {
    let (_event_loop, asyncio, trace) = virtual_loop();
    let semaphore = Rc::new(Semaphore::new(asyncio.clone(), 0));
    let python: Vec<_> = [100, 101]
        .map(|word| asyncio.with_scheduler(|scheduler| scheduler.spawn(Owner::Caller(word)).unwrap()))
        .into();
    let rust = |name: u32| {
        let (semaphore, trace) = (semaphore.clone(), trace.clone());
        spawn(&asyncio, async move {
            semaphore.acquire().await.keep();
            trace.borrow_mut().push(name);
        })
    };
    let drain = || {
        while let Next::Run(turn) = asyncio.next(0) {
            if let Owner::Caller(word) = turn.owner {
                trace.borrow_mut().push(word);
                asyncio.with_scheduler(|scheduler| scheduler.finish(turn.node, Step::Suspended));
            } else {
                assert_ne!(asyncio.poll(turn), Polled::NotMine);
            }
        }
    };
    let enter = |node| semaphore.with_state(|permits, scheduler| permits.enter(scheduler, node));

    let _first = rust(0);
    drain();
    assert_eq!(enter(python[0]), Ok(false));
    let given_up = rust(1);
    drain();
    assert_eq!(enter(python[1]), Ok(false));
    let _last = rust(2);
    drain();
    assert_eq!(
        enter(python[1]).map_err(|error| error.to_string()),
        Err("the node is in a queue already".into())
    );

    semaphore.release();
    semaphore.release();
    semaphore.release();
    drain();
    assert_eq!(*trace.borrow(), [0, 100, 1]);
    assert_eq!(given_up.cancel(), Ok(false), "it is finished");

    // The one in line gives up; then another is called and gives up, and the permit goes back.
    assert!(semaphore.with_state(|permits, scheduler| permits.leave(scheduler, python[1])));
    assert_eq!(enter(python[1]), Ok(false));
    semaphore.release();
    semaphore.release();
    semaphore.with_state(|permits, scheduler| {
        assert!(!permits.leave(scheduler, python[1]), "it was called");
        scheduler.remove(python[1]);
        permits.give(scheduler);
    });
    drain();
    assert_eq!((trace.borrow()[3], semaphore.available()), (2, 1));
    assert_eq!(enter(python[0]), Ok(true));
}

#[derive(Default)]
struct Flagged(std::sync::atomic::AtomicUsize);

impl Wake for Flagged {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }
}

#[test]
fn a_wait_may_be_polled_with_anybodys_waker_and_move_between_them() {
    let (event_loop, asyncio, _) = virtual_loop();
    let event = Event::new(&asyncio);
    let mut wait = pin!(event.wait());
    let woken = [Arc::new(Flagged::default()), Arc::new(Flagged::default())];
    for flag in &woken {
        let waker = Waker::from(flag.clone());
        assert!(wait.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    }
    event.set();
    settle(&event_loop, &asyncio);
    let counts = woken.each_ref().map(|flag| flag.0.load(std::sync::atomic::Ordering::Relaxed));
    assert_eq!(counts, [0, 1], "the one who polled last");
    assert_eq!(event_loop.run_until_complete(wait), Ok(()));

    event.clear();
    let mut wait = pin!(event.wait());
    let waker = Waker::from(woken[0].clone());
    assert!(wait.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    let set_later = async {
        asyncio.sleep_ms(1).await;
        event.set();
    };
    assert_eq!(event_loop.run_until_complete(gather((wait, set_later))), Ok(((), ())));
    assert_eq!(Arc::strong_count(&woken[0]), 2, "only the waker here keeps it");
}

#[test]
fn where_a_wait_finds_no_node_it_looks_again() {
    static INBOX: Inbox = Inbox::new();
    static CELLS: [WakeCell; 3] = cells!(&INBOX; 0, 1, 2);
    let mut slots = [Slot::VACANT; 3];
    let mut entries = [Entry::VACANT; 3];
    let mut alarms: [Alarm; 0] = [];
    let asyncio =
        Core::fixed(&mut slots, &mut entries, &mut alarms, &INBOX, &CELLS, VirtualClock::new(), NoHooks)
            .unwrap();
    let queue = FixedQueue::<u32, _, 1>::fixed(&asyncio);
    let sum = Cell::new(0);
    let put = || async {
        for item in 1..=4 {
            queue.put(item).await;
        }
    };
    let get = async {
        for _ in 0..8 {
            sum.set(sum.get() + queue.get().await);
        }
    };
    assert_eq!(asyncio.run_pinned(&mut [pin!(put()), pin!(put()), pin!(get)]), Ok(()));
    assert_eq!((sum.get(), queue.is_empty()), (20, true));
}

/// Everything at once, by chance: tasks that take, hold, hand on, wait with a deadline and are cancelled. In the end
/// every permit, every item and every node is where it belongs.
#[test]
fn nothing_is_lost_by_chance() {
    let seeds = if cfg!(miri) { 3 } else { 300 };
    for seed in 1..=seeds {
        let mut random = 0x9E37_79B9_7F4A_7C15u64.wrapping_mul(seed);
        let mut below = move |bound: u64| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random % bound
        };
        let (event_loop, asyncio, _) = virtual_loop();
        let semaphore = Rc::new(Semaphore::new(asyncio.clone(), 2));
        let queue = Rc::new(Queue::bounded(asyncio.clone(), 3).unwrap());
        let (put, got) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let tasks: Vec<_> = (0..12)
            .map(|_| {
                let plan: Vec<_> = (0..6).map(|_| (below(4), below(3), below(4))).collect();
                let (semaphore, queue, clock) = (semaphore.clone(), queue.clone(), asyncio.clone());
                let (put, got) = (put.clone(), got.clone());
                spawn(&asyncio, async move {
                    for (what, patience_ms, hold_ms) in plan {
                        match what {
                            0 => {
                                let permit = clock.timeout_ms(patience_ms, semaphore.acquire()).await;
                                clock.sleep_ms(hold_ms).await;
                                drop(permit);
                            }
                            1 => {
                                if let Ok(room) = clock.timeout_ms(patience_ms, queue.room()).await {
                                    clock.sleep_ms(hold_ms / 2).await;
                                    room.put(());
                                    put.set(put.get() + 1);
                                }
                            }
                            2 => {
                                if let Ok(()) = clock.timeout_ms(patience_ms, queue.get()).await {
                                    got.set(got.get() + 1);
                                }
                            }
                            _ => drop(semaphore.acquire().await),
                        }
                    }
                })
            })
            .collect();
        for _ in 0..4 {
            event_loop.run_until_complete(asyncio.sleep_ms(below(5))).unwrap();
            let _ = tasks[below(12) as usize].cancel();
        }
        event_loop.run_until_complete(asyncio.sleep_ms(10_000)).unwrap();
        assert_eq!(asyncio.tasks(), 0, "seed {seed}: somebody waits for ever");
        assert_eq!(semaphore.available(), 2, "seed {seed}");
        assert_eq!(queue.len(), put.get() - got.get(), "seed {seed}");
        let rest = std::iter::from_fn(|| queue.try_get()).count();
        let room = std::iter::from_fn(|| queue.try_put(()).ok()).count();
        assert_eq!((rest, room), (put.get() - got.get(), 3), "seed {seed}");
        assert_eq!(asyncio.with_scheduler(|scheduler| scheduler.nodes().live()), 0, "seed {seed}");
    }
}

#[test]
fn waits_nodes_are_given_back_when_futures_are_forgotten_by_a_loop_that_goes() {
    let (event_loop, asyncio, _) = virtual_loop();
    let lock = Rc::new(Lock::new(asyncio.clone(), ()));
    let held = lock.clone();
    spawn(&asyncio, async move {
        let _guard = held.acquire().await;
        drop(held.acquire().await);
    });
    settle(&event_loop, &asyncio);
    assert!(lock.locked());
    drop(event_loop);
    assert!(!lock.locked());
}

/// A future that is pending for ever and says when it is dropped.
struct Endless(Rc<Cell<u32>>);

impl Future for Endless {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

impl Drop for Endless {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

#[test]
fn a_scope_that_ends_cancels_its_tasks_and_join_waits_for_them() {
    let (event_loop, asyncio, trace) = virtual_loop();
    let dropped = Rc::new(Cell::new(0));
    event_loop
        .run_until_complete(async {
            let scope = asyncio.scope();
            scope.join().await;
            for name in [30, 10, 20] {
                let (clock, trace) = (asyncio.clone(), trace.clone());
                scope
                    .create_task(async move {
                        clock.sleep_ms(name.into()).await;
                        trace.borrow_mut().push(name);
                    })
                    .unwrap();
            }
            scope.join().await;
            assert_eq!((asyncio.now_us(), scope.tasks()), (30_000, 0));
            let child = scope.create_task(Endless(dropped.clone())).unwrap();
            scope.create_task(Endless(dropped.clone())).unwrap();
            asyncio.sleep_ms(1).await;
            assert_eq!((scope.tasks(), dropped.get()), (2, 0));
            drop(scope);
            assert!(child.await.is_err());
        })
        .unwrap();
    settle(&event_loop, &asyncio);
    assert_eq!((&trace.borrow()[..], dropped.get(), asyncio.tasks()), (&[10, 20, 30][..], 2, 0));
}

#[test]
fn dropping_a_scope_while_it_is_joined_cancels_its_tasks() {
    let (event_loop, asyncio, _) = virtual_loop();
    let dropped = Rc::new(Cell::new(0));
    let (clock, theirs) = (asyncio.clone(), dropped.clone());
    let parent = spawn(&asyncio, async move {
        let scope = clock.scope();
        scope.create_task(Endless(theirs)).unwrap();
        scope.join().await;
    });
    settle(&event_loop, &asyncio);
    assert_eq!((dropped.get(), asyncio.tasks()), (0, 2));
    assert_eq!(parent.cancel(), Ok(true));
    settle(&event_loop, &asyncio);
    assert_eq!((dropped.get(), asyncio.tasks()), (1, 0));
}
