//! Rust futures on the loop, told as traces: each line is what a task wrote, in the order in which it happened.

#![cfg(feature = "alloc")]

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use wigwag_scheduler::{
    CancelSelf, Clock, CreateError, Doorbell, Event, Handle, Hooks, JoinError, JoinHandle, Loop, Next, Owner,
    Polled, RunError, Step, VirtualClock, Waited,
};

#[derive(Clone, Default)]
struct Trace(Rc<RefCell<Vec<String>>>);

impl Trace {
    fn note(&self, line: impl Into<String>) {
        self.0.borrow_mut().push(line.into());
    }

    fn take(&self) -> Vec<String> {
        self.0.take()
    }
}

/// Notes that it was dropped.
struct Dropped(Trace, &'static str);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.note(format!("drop {}", self.1));
    }
}

/// Waits until somebody calls the waker it leaves, then is ready at once.
#[derive(Clone, Default)]
struct Flag(Rc<FlagState>);

#[derive(Default)]
struct FlagState {
    set: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Flag {
    fn set(&self) {
        self.0.set.set(true);
        if let Some(waker) = self.0.waker.take() {
            waker.wake();
        }
    }

    async fn wait(&self) {
        poll_fn(|cx| {
            if self.0.set.get() {
                return Poll::Ready(());
            }
            *self.0.waker.borrow_mut() = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

/// The first of two to finish; polls both each time, as a select does.
async fn either(first: impl Future<Output = ()>, second: impl Future<Output = ()>) -> u32 {
    let (mut first, mut second) = (pin!(first), pin!(second));
    poll_fn(|cx| {
        if first.as_mut().poll(cx).is_ready() {
            return Poll::Ready(1);
        }
        second.as_mut().poll(cx).map(|()| 2)
    })
    .await
}

fn virtual_loop() -> (Loop, Handle, Trace) {
    let event_loop = Loop::new(VirtualClock::new()).unwrap();
    let asyncio = event_loop.handle();
    (event_loop, asyncio, Trace::default())
}

async fn ticker(asyncio: Handle, trace: Trace, name: &'static str, period_ms: u64, times: u32) -> u32 {
    for _ in 0..times {
        trace.note(format!("{} {name}", asyncio.now_us() / 1000));
        asyncio.sleep_ms(period_ms).await;
    }
    times
}

#[test]
fn tasks_take_turns_by_deadline_and_return_results() {
    let (event_loop, asyncio, trace) = virtual_loop();
    let left = asyncio.create_task(ticker(asyncio.clone(), trace.clone(), "left", 150, 3)).unwrap();
    let right = asyncio.create_task(ticker(asyncio.clone(), trace.clone(), "right", 100, 4)).unwrap();
    let both = event_loop.run_until_complete(async { (left.await, right.await) });
    assert_eq!(both, Ok((Ok(3), Ok(4))));
    // At 300 ms "left" comes first: it asked for that time at 150 ms, "right" at 200 ms.
    assert_eq!(
        trace.take(),
        ["0 left", "0 right", "100 right", "150 left", "200 right", "300 left", "300 right"]
    );
    assert_eq!(asyncio.now_us(), 450_000);
    assert_eq!(asyncio.tasks(), 0);
}

#[test]
fn a_sleep_of_nothing_is_a_yield() {
    let (event_loop, asyncio, trace) = virtual_loop();
    for name in ["a", "b", "c"] {
        drop(asyncio.create_task(ticker(asyncio.clone(), trace.clone(), name, 0, 2)).unwrap());
    }
    event_loop.run_until_complete(asyncio.sleep_ms(1)).unwrap();
    assert_eq!(trace.take(), ["0 a", "0 b", "0 c", "0 a", "0 b", "0 c"]);
}

#[test]
fn microseconds_are_kept() {
    let (event_loop, asyncio, trace) = virtual_loop();
    for (name, us) in [("b", 1500), ("a", 1499), ("c", 1501)] {
        let (asyncio, trace) = (asyncio.clone(), trace.clone());
        let task = async move {
            asyncio.clone().sleep_us(us).await;
            trace.note(format!("{} {name}", asyncio.now_us()));
        };
        drop(event_loop.handle().create_task(task).unwrap());
    }
    event_loop.run_until_complete(asyncio.sleep_until_us(9000)).unwrap();
    assert_eq!(trace.take(), ["1499 a", "1500 b", "1501 c"]);
}

#[test]
fn two_sleeps_made_before_either_is_awaited() {
    let (event_loop, asyncio, _) = virtual_loop();
    event_loop
        .run_until_complete(async {
            let (long, short) = (asyncio.sleep_ms(20), asyncio.sleep_ms(10));
            long.await;
            assert_eq!(asyncio.now_us(), 20_000);
            short.await;
            assert_eq!(asyncio.now_us(), 20_000);
        })
        .unwrap();
    assert_eq!(asyncio.with_scheduler(|scheduler| scheduler.nodes().live()), 0);
}

#[test]
fn of_two_sleeps_the_earlier_wins_and_the_other_leaves_nothing_behind() {
    let (event_loop, asyncio, _) = virtual_loop();
    let winner = event_loop.run_until_complete(either(asyncio.sleep_ms(30), asyncio.sleep_ms(20)));
    assert_eq!((winner, asyncio.now_us()), (Ok(2), 20_000));
    assert_eq!(asyncio.with_scheduler(|scheduler| (scheduler.nodes().live(), scheduler.peek())), (0, None));
}

#[test]
fn a_sleep_that_is_not_polled_again_still_wakes_its_task() {
    // Polled once, and then only looked after when the task happens to be woken at its time.
    let (event_loop, asyncio, trace) = virtual_loop();
    let flag = Flag::default();
    let setter = {
        let (asyncio, flag) = (asyncio.clone(), flag.clone());
        async move {
            asyncio.sleep_ms(5).await;
            flag.set();
        }
    };
    drop(asyncio.create_task(setter).unwrap());
    event_loop
        .run_until_complete(async {
            let mut sleep = pin!(asyncio.sleep_ms(50));
            let mut polls = 0;
            poll_fn(|cx| {
                polls += 1;
                trace.note(format!("poll at {}", asyncio.now_us() / 1000));
                match polls {
                    1 => sleep.as_mut().poll(cx),
                    _ if asyncio.now_us() < 50_000 => {
                        // The flag's wake: the sleep is not touched.
                        Poll::Pending
                    }
                    _ => sleep.as_mut().poll(cx),
                }
            })
            .await;
        })
        .unwrap();
    assert_eq!(trace.take(), ["poll at 0", "poll at 50"]);
    flag.set();
}

#[test]
fn wakers_put_tasks_in_line_in_the_order_of_waking() {
    let (event_loop, asyncio, trace) = virtual_loop();
    let flags = [Flag::default(), Flag::default(), Flag::default()];
    for (name, flag) in ["a", "b", "c"].into_iter().zip(flags.clone()) {
        let trace = trace.clone();
        let waiter = async move {
            flag.wait().await;
            trace.note(name);
        };
        drop(asyncio.create_task(waiter).unwrap());
    }
    event_loop
        .run_until_complete(async {
            asyncio.sleep_ms(1).await;
            for index in [2, 0, 1] {
                flags[index].set();
            }
            trace.note("set");
            asyncio.sleep_ms(0).await;
            // Its own place in line was before the others were drained.
            trace.note("main");
            asyncio.sleep_ms(0).await;
        })
        .unwrap();
    assert_eq!(trace.take(), ["set", "main", "c", "a", "b"]);
}

#[test]
fn a_task_that_wakes_itself_gives_way_to_others() {
    let (event_loop, asyncio, trace) = virtual_loop();
    let yielder = |name: &'static str| {
        let trace = trace.clone();
        async move {
            for turn in 0..3 {
                trace.note(format!("{name}{turn}"));
                let mut yielded = false;
                poll_fn(|cx| {
                    if std::mem::replace(&mut yielded, true) {
                        return Poll::Ready(());
                    }
                    cx.waker().wake_by_ref();
                    cx.waker().wake_by_ref();
                    Poll::Pending
                })
                .await;
            }
        }
    };
    let first = asyncio.create_task(yielder("a")).unwrap();
    let second = asyncio.create_task(yielder("b")).unwrap();
    event_loop.run_until_complete(async { (first.await, second.await) }).unwrap().0.unwrap();
    assert_eq!(trace.take(), ["a0", "b0", "a1", "b1", "a2", "b2"]);
}

#[test]
fn yielding_tasks_cannot_hide_a_timer() {
    // Each reading of the clock costs 10 us, and it is read once for 32 turns.
    let event_loop = Loop::new(VirtualClock::with_reading_cost(10)).unwrap();
    let asyncio = event_loop.handle();
    let stop = Rc::new(Cell::new(false));
    let turns = Rc::new(Cell::new(0));
    for _ in 0..2 {
        let (stop, turns) = (stop.clone(), turns.clone());
        let spin = poll_fn(move |cx| {
            turns.set(turns.get() + 1);
            cx.waker().wake_by_ref();
            if stop.get() { Poll::Ready(()) } else { Poll::Pending }
        });
        drop(asyncio.create_task(spin).unwrap());
    }
    event_loop
        .run_until_complete(async {
            asyncio.sleep_ms(1).await;
            stop.set(true);
        })
        .unwrap();
    assert!((3000..=100 * 34).contains(&turns.get()), "{} turns", turns.get());
}

#[test]
fn cancelling_drops_the_future_in_the_loop_at_its_turn() {
    let (event_loop, asyncio, trace) = virtual_loop();
    let victim = {
        let (asyncio, dropped) = (asyncio.clone(), Dropped(trace.clone(), "victim"));
        async move {
            let _dropped = dropped;
            asyncio.sleep_ms(1000).await;
        }
    };
    let victim = asyncio.create_task(victim).unwrap();
    let outcome = event_loop
        .run_until_complete(async {
            asyncio.sleep_ms(10).await;
            drop(asyncio.create_task(ticker(asyncio.clone(), trace.clone(), "before", 0, 1)).unwrap());
            assert_eq!(victim.cancel(), Ok(true));
            assert_eq!(victim.cancel(), Ok(true), "repeats are true too");
            trace.note("cancelled");
            assert!(!victim.done());
            asyncio.sleep_ms(0).await;
            assert!(victim.done());
            assert_eq!(victim.cancel(), Ok(false));
            victim.await
        })
        .unwrap();
    assert_eq!(outcome, Err(JoinError::Cancelled));
    assert_eq!(trace.take(), ["cancelled", "10 before", "drop victim"]);
    assert_eq!(asyncio.now_us(), 10_000);
    assert_eq!(
        asyncio.with_scheduler(|scheduler| scheduler.nodes().live()),
        2,
        "the other and its sleep are left"
    );
}

#[test]
fn a_task_that_never_ran_is_cancelled_without_running() {
    let (event_loop, asyncio, trace) = virtual_loop();
    let task = asyncio.create_task(ticker(asyncio.clone(), trace.clone(), "never", 1, 1)).unwrap();
    assert_eq!(task.cancel(), Ok(true));
    assert_eq!(event_loop.run_until_complete(task), Ok(Err(JoinError::Cancelled)));
    assert_eq!(trace.take(), [""; 0]);
}

#[test]
fn a_task_cannot_cancel_itself() {
    let (event_loop, asyncio, _) = virtual_loop();
    type Own = RefCell<Option<JoinHandle<Result<bool, CancelSelf>>>>;
    let own: Rc<Own> = Rc::default();
    let task = {
        let own = own.clone();
        async move { own.borrow().as_ref().unwrap().cancel() }
    };
    *own.borrow_mut() = Some(asyncio.create_task(task).unwrap());
    event_loop.run_until_complete(asyncio.sleep_ms(1)).unwrap();
    let handle = own.borrow_mut().take().unwrap();
    assert_eq!(event_loop.run_until_complete(handle), Ok(Ok(Err(CancelSelf))));
}

#[test]
fn a_handle_detaches_when_dropped() {
    let (event_loop, asyncio, trace) = virtual_loop();
    drop(asyncio.create_task(ticker(asyncio.clone(), trace.clone(), "alone", 5, 2)).unwrap());
    event_loop.run_until_complete(asyncio.sleep_ms(20)).unwrap();
    assert_eq!(trace.take(), ["0 alone", "5 alone"]);
}

#[test]
fn a_result_waits_for_its_handle_and_is_given_once() {
    let (event_loop, asyncio, _) = virtual_loop();
    let mut task = asyncio.create_task(async { 7 }).unwrap();
    event_loop.run_until_complete(asyncio.sleep_ms(1)).unwrap();
    assert!(task.done());
    assert_eq!(event_loop.run_until_complete(&mut task), Ok(Ok(7)));
    assert_eq!(event_loop.run_until_complete(&mut task), Ok(Err(JoinError::Taken)));
}

#[test]
fn main_may_borrow_and_others_go_on_at_the_next_run() {
    let (event_loop, asyncio, trace) = virtual_loop();
    drop(asyncio.create_task(ticker(asyncio.clone(), trace.clone(), "tick", 10, 4)).unwrap());
    let mut count = 0;
    event_loop
        .run_until_complete(async {
            count += 1;
            asyncio.sleep_ms(15).await;
        })
        .unwrap();
    assert_eq!((count, trace.take()), (1, vec!["0 tick".to_string(), "10 tick".to_string()]));
    event_loop.run_until_complete(asyncio.sleep_ms(16)).unwrap();
    assert_eq!(trace.take(), ["20 tick", "30 tick"]);
}

#[test]
fn run_forever_ends_with_stop_after_those_already_in_line() {
    let (event_loop, asyncio, trace) = virtual_loop();
    let stopper = {
        let (asyncio, trace) = (asyncio.clone(), trace.clone());
        async move {
            asyncio.sleep_ms(25).await;
            drop(asyncio.create_task(ticker(asyncio.clone(), trace.clone(), "in line", 0, 9)).unwrap());
            asyncio.stop();
            asyncio.stop();
            trace.note("stop");
        }
    };
    asyncio.stop();
    drop(asyncio.create_task(ticker(asyncio.clone(), trace.clone(), "tick", 10, 9)).unwrap());
    drop(asyncio.create_task(stopper).unwrap());
    event_loop.run_forever().unwrap();
    assert_eq!(trace.take(), ["0 tick", "10 tick", "20 tick", "stop", "25 in line"]);
    // It can be run again.
    event_loop.run_until_complete(asyncio.sleep_ms(5)).unwrap();
    assert_eq!(trace.take().last().unwrap(), "30 tick");
}

#[test]
fn what_can_never_wake_is_a_deadlock() {
    let (event_loop, asyncio, _) = virtual_loop();
    assert_eq!(event_loop.run_forever(), Err(RunError::Deadlock { parked: 0 }));
    let task = asyncio.create_task(std::future::pending::<()>()).unwrap();
    assert_eq!(event_loop.run_forever(), Err(RunError::Deadlock { parked: 1 }));
    let error = event_loop.run_until_complete(task).unwrap_err();
    assert_eq!(error, RunError::Deadlock { parked: 2 });
    assert_eq!(error.to_string(), "deadlock: 2 tasks wait, and nothing can wake them");
    assert_eq!(asyncio.tasks(), 1);
}

#[test]
fn a_loop_inside_a_loop_is_refused() {
    let event_loop = Rc::new(Loop::new(VirtualClock::new()).unwrap());
    let inner = event_loop.clone();
    let nested = event_loop
        .run_until_complete(async move { (inner.run_forever(), inner.run_until_complete(async {})) });
    assert_eq!(nested, Ok((Err(RunError::Nested), Err(RunError::Nested))));
    assert_eq!(event_loop.run_until_complete(async { 1 }), Ok(1));
}

#[test]
fn tasks_make_tasks() {
    let (event_loop, asyncio, _) = virtual_loop();
    fn tree(asyncio: Handle, depth: u32) -> Pin<Box<dyn Future<Output = u32>>> {
        Box::pin(async move {
            if depth == 0 {
                return 1;
            }
            let left = asyncio.create_task(tree(asyncio.clone(), depth - 1)).unwrap();
            let right = asyncio.create_task(tree(asyncio.clone(), depth - 1)).unwrap();
            left.await.unwrap() + right.await.unwrap()
        })
    }
    assert_eq!(event_loop.run_until_complete(tree(asyncio.clone(), 6)), Ok(64));
    assert_eq!(asyncio.tasks(), 0);
    assert!(asyncio.bytes() > 0);
}

#[test]
fn a_loop_that_goes_drops_its_tasks_and_its_handles_say_so() {
    let (event_loop, asyncio, trace) = virtual_loop();
    let dropped = Dropped(trace.clone(), "waiter");
    let other = asyncio.clone();
    let task = asyncio
        .create_task(async move {
            let _dropped = dropped;
            other.sleep_ms(1000).await;
        })
        .unwrap();
    event_loop.run_until_complete(asyncio.sleep_ms(1)).unwrap();
    drop(event_loop);
    assert_eq!(trace.take(), ["drop waiter"]);
    assert!(matches!(asyncio.create_task(async {}), Err(CreateError::Closed)));
    let mut task = pin!(task);
    let mut cx = Context::from_waker(Waker::noop());
    assert_eq!(task.as_mut().poll(&mut cx), Poll::Ready(Err(JoinError::Cancelled)));
}

#[test]
fn a_waker_that_outlives_its_task_and_its_loop_disturbs_nobody() {
    let kept: Rc<RefCell<Vec<Waker>>> = Rc::default();
    for _ in 0..3 {
        let (event_loop, asyncio, trace) = virtual_loop();
        for waker in kept.borrow().iter() {
            waker.wake_by_ref();
        }
        let keeper = kept.clone();
        let task = asyncio
            .create_task(async move {
                poll_fn(|cx| {
                    keeper.borrow_mut().push(cx.waker().clone());
                    Poll::Ready(())
                })
                .await;
            })
            .unwrap();
        event_loop.run_until_complete(task).unwrap().unwrap();
        for waker in kept.borrow().iter() {
            waker.wake_by_ref();
        }
        // A sleep is over when its time has come, however often a stranger's waker rings.
        let sleeper = asyncio.create_task(ticker(asyncio.clone(), trace.clone(), "tick", 10, 2)).unwrap();
        for waker in kept.borrow().iter() {
            waker.wake_by_ref();
        }
        event_loop.run_until_complete(sleeper).unwrap().unwrap();
        assert_eq!(trace.take(), ["0 tick", "10 tick"]);
    }
}

/// A combinator with wakers of its own, in the manner of `FuturesUnordered`: polls a child only if its waker was called.
mod children {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, Mutex};
    use std::task::Wake;

    pub struct Child {
        woken: AtomicBool,
        parent: Mutex<Option<Waker>>,
    }

    impl Wake for Child {
        fn wake(self: Arc<Self>) {
            self.woken.store(true, Ordering::SeqCst);
            if let Some(parent) = self.parent.lock().unwrap().as_ref() {
                parent.wake_by_ref();
            }
        }
    }

    pub async fn all(futures: Vec<Pin<Box<dyn Future<Output = ()> + '_>>>) -> usize {
        let mut children: Vec<_> = futures
            .into_iter()
            .map(|future| {
                let child = Arc::new(Child { woken: AtomicBool::new(true), parent: Mutex::new(None) });
                (Some(future), child)
            })
            .collect();
        let mut polls = 0;
        poll_fn(move |cx| {
            let mut left = false;
            for (future, child) in &mut children {
                *child.parent.lock().unwrap() = Some(cx.waker().clone());
                if let Some(running) = future
                    && child.woken.swap(false, Ordering::SeqCst)
                {
                    polls += 1;
                    let waker = Waker::from(child.clone());
                    if running.as_mut().poll(&mut Context::from_waker(&waker)).is_ready() {
                        *future = None;
                    }
                }
                left |= future.is_some();
            }
            if left { Poll::Pending } else { Poll::Ready(polls) }
        })
        .await
    }
}

#[test]
fn sleeps_inside_a_combinator_with_wakers_of_its_own() {
    let (event_loop, asyncio, _) = virtual_loop();
    let sleeps: Vec<Pin<Box<dyn Future<Output = ()> + '_>>> =
        [30, 10, 20].into_iter().map(|ms| Box::pin(asyncio.sleep_ms(ms)) as _).collect();
    let polls = event_loop.run_until_complete(children::all(sleeps));
    assert_eq!((polls, asyncio.now_us()), (Ok(6), 30_000));
    // Dropped in the middle, they take their alarms along.
    let sleeps: Vec<Pin<Box<dyn Future<Output = ()> + '_>>> =
        [30, 10, 20].into_iter().map(|ms| Box::pin(asyncio.sleep_ms(ms)) as _).collect();
    let limited =
        either(async { assert_eq!(children::all(sleeps).await, 0, "too early") }, asyncio.sleep_ms(15));
    assert_eq!((event_loop.run_until_complete(limited), asyncio.now_us()), (Ok(2), 45_000));
    assert_eq!(asyncio.with_scheduler(|scheduler| scheduler.nodes().live()), 0);
}

#[test]
fn a_sleep_may_move_to_another_task() {
    let (event_loop, asyncio, trace) = virtual_loop();
    type Boxed = Pin<Box<dyn Future<Output = ()>>>;
    let sleep: Rc<RefCell<Option<Boxed>>> = Rc::default();
    let owner = asyncio.clone();
    *sleep.borrow_mut() = Some(Box::pin(async move { owner.sleep_ms(50).await }));
    let polled_once = sleep.clone();
    let first = asyncio
        .create_task(poll_fn(move |cx| {
            assert!(polled_once.borrow_mut().as_mut().unwrap().as_mut().poll(cx).is_pending());
            Poll::Ready(())
        }))
        .unwrap();
    event_loop.run_until_complete(first).unwrap().unwrap();
    let other = asyncio.clone();
    let second = asyncio
        .create_task(async move {
            let sleep = sleep.borrow_mut().take().unwrap();
            sleep.await;
            trace.note(format!("{}", other.now_us()));
            trace.take()
        })
        .unwrap();
    assert_eq!(event_loop.run_until_complete(second), Ok(Ok(vec!["50000".to_string()])));
}

#[test]
fn python_tasks_and_rust_futures_take_turns_in_one_line() {
    // The embedding program drives the loop itself: "python" tasks are words that it resumes.
    let (_event_loop, asyncio, trace) = virtual_loop();
    drop(asyncio.create_task(ticker(asyncio.clone(), trace.clone(), "rust", 2, 2)).unwrap());
    asyncio.with_scheduler(|scheduler| {
        let python = scheduler.spawn(Owner::Caller(77)).unwrap();
        scheduler.push_now(python, 0).unwrap();
    });
    drop(asyncio.create_task(ticker(asyncio.clone(), trace.clone(), "more rust", 3, 1)).unwrap());
    let mut now = 0;
    let mut done = 0;
    let until = loop {
        match asyncio.next(now) {
            Next::Run(turn) => match turn.owner {
                Owner::Caller(word) => {
                    assert_eq!(asyncio.poll(turn), Polled::NotMine);
                    trace.note(format!("{} python {word}", now / 1000));
                    asyncio.with_scheduler(|scheduler| {
                        if now < 4000 {
                            scheduler.push(turn.node, now + 2000).unwrap();
                            scheduler.finish(turn.node, Step::Suspended);
                        } else {
                            scheduler.finish(turn.node, Step::Done);
                        }
                    });
                }
                _ => done += usize::from(matches!(asyncio.poll(turn), Polled::Done(_))),
            },
            Next::Idle { until: Some(until) } => now = until,
            Next::Idle { until: None } => break now,
        }
        // The loop's own clock is told the time by whoever drives it.
        asyncio.with_scheduler(|scheduler| scheduler.nodes_mut().observe(now));
    };
    // This clock stands still at 0 (nobody waits with it), so the tickers name that time.
    assert_eq!(
        trace.take(),
        ["0 rust", "0 python 77", "0 more rust", "0 rust", "2 python 77", "4 python 77"]
    );
    assert_eq!((until, done), (4000, 2));
}

/// The real clock, as a host has it: waits in `park_timeout`, is rung by `unpark`.
struct HostClock(Instant);

static BELL: Doorbell = Doorbell { ring, token: 0 };
static SLEEPER: std::sync::OnceLock<thread::Thread> = std::sync::OnceLock::new();

fn ring(_: usize) {
    if let Some(sleeper) = SLEEPER.get() {
        sleeper.unpark();
    }
}

impl Clock for HostClock {
    fn now_us(&self) -> u64 {
        self.0.elapsed().as_micros() as u64
    }

    fn wait(&self, until_us: Option<u64>) -> Waited {
        match until_us {
            Some(until) => thread::park_timeout(Duration::from_micros(until.saturating_sub(self.now_us()))),
            None => thread::park(),
        }
        Waited::LookAgain
    }

    fn doorbell(&self) -> Option<&'static Doorbell> {
        Some(&BELL)
    }
}

#[test]
fn another_thread_wakes_a_sleeping_loop() {
    SLEEPER.set(thread::current()).expect("the only test with this clock");
    let event_loop = Loop::new(HostClock(Instant::now())).unwrap();
    let (wakers, received) = mpsc::channel::<Waker>();
    let count = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
    let counted = count.clone();
    let rounds = if cfg!(miri) { 3 } else { 200 };
    let thread = thread::spawn(move || {
        for round in 0..rounds {
            let waker = received.recv().unwrap();
            if round % 50 == 0 {
                thread::sleep(Duration::from_millis(2));
            }
            counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            waker.wake();
        }
    });
    let task = event_loop.handle().create_task(async move {
        for round in 0..rounds {
            let mut sent = false;
            poll_fn(|cx| {
                if !std::mem::replace(&mut sent, true) {
                    wakers.send(cx.waker().clone()).unwrap();
                }
                // What was written before the wake is seen after it.
                if count.load(std::sync::atomic::Ordering::Relaxed) > round {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            })
            .await;
        }
    });
    event_loop.run_until_complete(task.unwrap()).unwrap().unwrap();
    thread.join().unwrap();
}

/// Writes down what the loop does; shared, so that it can be read while the loop lives.
struct Recorder(Trace);

impl Hooks for Recorder {
    fn event(&mut self, event: Event) {
        self.0.note(match event {
            Event::Spawn { node, .. } => format!("spawn {}", node.index()),
            Event::Ready { node, key } => format!("ready {} at {key}", node.index()),
            Event::Begin { node, owner: Owner::Future(task), .. } => {
                format!("begin {} task {task}", node.index())
            }
            Event::Begin { node, owner, .. } => format!("begin {} {owner:?}", node.index()),
            Event::End { node } => format!("end {}", node.index()),
            Event::Park { node } => format!("park {}", node.index()),
            Event::Cancel { node } => format!("cancel {}", node.index()),
            Event::Done { node } => format!("done {}", node.index()),
            Event::Idle { until } => format!("idle {until:?}"),
        });
    }
}

#[test]
fn a_trace_of_a_sleep_and_a_join() {
    let trace = Trace::default();
    let event_loop = Loop::with_hooks(VirtualClock::new(), Recorder(trace.clone())).unwrap();
    let asyncio = event_loop.handle();
    let other = asyncio.clone();
    let task = asyncio.create_task(async move { other.sleep_ms(2).await }).unwrap();
    event_loop.run_until_complete(task).unwrap().unwrap();
    assert_eq!(
        trace.take(),
        [
            "spawn 0",
            "ready 0 at 0",
            "spawn 1",
            "ready 1 at 0",
            "begin 0 task 0",
            "ready 2 at 2000",
            "end 0",
            "park 0",
            "begin 1 task 1",
            "end 1",
            "park 1",
            "idle Some(2000)",
            "begin 2 task 0",
            "ready 1 at 2000",
            "end 0",
            "done 0",
            "begin 1 task 1",
            "end 1",
            "done 1",
        ]
    );
}
