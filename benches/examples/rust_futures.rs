//! A wake and a poll of a Rust future, on the scheduler and on other executors, in one run.
//!
//! `cargo run --release -p wigwag-bench --example rust_futures [PART OF A NAME]`
//!
//! A hundred tasks. Either each wakes itself (a yield), or each wakes the next in a ring and waits to be woken. The bare
//! loop polls the same futures in turn, without queue or waker: what no executor can beat. Rounds of all of them
//! alternate, so that a busy machine is busy for all; the figure is the median.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use wigwag_scheduler::sync::Event;
use wigwag_scheduler::{Handle, Loop, VirtualClock};

const TASKS: usize = 100;
const ROUNDS: u64 = 20_000;
const RUNS: usize = 9;

type Task = Pin<Box<dyn Future<Output = ()>>>;

/// Waits once, having woken itself.
struct Yield(bool);

impl Future for Yield {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

async fn yields() {
    for _ in 0..ROUNDS {
        Yield(false).await;
    }
}

/// The wakers of a ring, and how many turns are left in all.
struct Ring {
    wakers: RefCell<Vec<Waker>>,
    left: Cell<u64>,
}

/// Wakes the next in the ring and waits for the one before.
struct PassOn {
    ring: Rc<Ring>,
    place: usize,
}

impl Future for PassOn {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut wakers = self.ring.wakers.borrow_mut();
        if !wakers[self.place].will_wake(cx.waker()) {
            wakers[self.place] = cx.waker().clone();
        }
        let next = if self.place + 1 == wakers.len() { 0 } else { self.place + 1 };
        wakers[next].wake_by_ref();
        let left = self.ring.left.get();
        self.ring.left.set(left.saturating_sub(1));
        if left == 0 { Poll::Ready(()) } else { Poll::Pending }
    }
}

fn self_wakers() -> Vec<Task> {
    (0..TASKS).map(|_| Box::pin(yields()) as Task).collect()
}

fn ring() -> Vec<Task> {
    let wakers = RefCell::new(vec![Waker::noop().clone(); TASKS]);
    let ring = Rc::new(Ring { wakers, left: Cell::new(TASKS as u64 * ROUNDS) });
    (0..TASKS).map(|place| Box::pin(PassOn { ring: ring.clone(), place }) as Task).collect()
}

/// Nanoseconds for each of the turns.
fn each(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_nanos() as f64 / (TASKS as u64 * ROUNDS) as f64
}

fn bare(mut tasks: Vec<Task>) -> f64 {
    let mut cx = Context::from_waker(Waker::noop());
    each(|| {
        while !tasks.is_empty() {
            tasks.retain_mut(|task| task.as_mut().poll(&mut cx).is_pending());
        }
    })
}

fn wigwag(tasks: impl FnOnce(&Handle) -> Vec<Task>) -> f64 {
    let event_loop = Loop::new(VirtualClock::new()).expect("memory for a loop");
    let asyncio = event_loop.handle();
    let handles: Vec<_> = tasks(&asyncio)
        .into_iter()
        .map(|task| asyncio.create_task(task).expect("memory for a task"))
        .collect();
    each(|| {
        event_loop
            .run_until_complete(async {
                for handle in handles {
                    handle.await.expect("nobody cancels");
                }
            })
            .expect("everybody is woken");
    })
}

fn tokio_current_thread(tasks: Vec<Task>) -> f64 {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let local = tokio::task::LocalSet::new();
    let handles: Vec<_> = tasks.into_iter().map(|task| local.spawn_local(task)).collect();
    each(|| {
        local.block_on(&runtime, async {
            for handle in handles {
                handle.await.expect("nobody cancels");
            }
        });
    })
}

fn smol_local(tasks: Vec<Task>) -> f64 {
    let executor = async_executor::LocalExecutor::new();
    let handles: Vec<_> = tasks.into_iter().map(|task| executor.spawn(task)).collect();
    each(|| {
        futures::executor::block_on(executor.run(async {
            for handle in handles {
                handle.await;
            }
        }));
    })
}

fn futures_local_pool(tasks: Vec<Task>) -> f64 {
    use futures::task::LocalSpawn;
    let mut pool = futures::executor::LocalPool::new();
    let spawner = pool.spawner();
    for task in tasks {
        spawner.spawn_local_obj(task.into()).expect("the pool is there");
    }
    each(|| pool.run())
}

/// Pairs that hand over to and fro by two events, as Python's tasks do.
fn event_pairs(asyncio: &Handle) -> Vec<Task> {
    let mut tasks: Vec<Task> = Vec::new();
    for _ in 0..TASKS / 2 {
        let events = Rc::new([Event::new(asyncio.clone()), Event::new(asyncio.clone())]);
        for side in 0..2 {
            let events = events.clone();
            tasks.push(Box::pin(async move {
                if side == 0 {
                    events[0].set();
                }
                for _ in 0..ROUNDS {
                    events[side].wait().await;
                    events[side].clear();
                    events[1 - side].set();
                }
            }));
        }
    }
    tasks
}

/// One thing to measure.
type Measure = (&'static str, fn() -> f64);

fn main() {
    let measures: [Measure; 13] = [
        ("wake itself: bare poll loop", || bare(self_wakers())),
        ("wake itself: wigwag", || wigwag(|_| self_wakers())),
        ("wake itself: tokio current_thread", || tokio_current_thread(self_wakers())),
        ("wake itself: smol LocalExecutor", || smol_local(self_wakers())),
        ("wake itself: futures LocalPool", || futures_local_pool(self_wakers())),
        ("wake the next: bare poll loop", || bare(ring())),
        ("wake the next: wigwag", || wigwag(|_| ring())),
        ("wake the next: tokio current_thread", || tokio_current_thread(ring())),
        ("wake the next: smol LocalExecutor", || smol_local(ring())),
        ("wake the next: futures LocalPool", || futures_local_pool(ring())),
        ("sleep_ms(0): wigwag", || {
            wigwag(|asyncio| {
                let sleeps = |asyncio: Handle| async move {
                    for _ in 0..ROUNDS {
                        asyncio.sleep_ms(0).await;
                    }
                };
                (0..TASKS).map(|_| Box::pin(sleeps(asyncio.clone())) as Task).collect()
            })
        }),
        ("hand over by Event: wigwag", || wigwag(event_pairs)),
        ("create and join: wigwag", || {
            let event_loop = Loop::new(VirtualClock::new()).expect("memory for a loop");
            let asyncio = event_loop.handle();
            each(|| {
                event_loop
                    .run_until_complete(async {
                        for _ in 0..TASKS as u64 * ROUNDS {
                            let task = asyncio.create_task(async {}).expect("memory for a task");
                            task.await.expect("nobody cancels");
                        }
                    })
                    .expect("everybody is woken");
            })
        }),
    ];
    let part = std::env::args().nth(1).unwrap_or_default();
    let measures: Vec<Measure> = measures.into_iter().filter(|(name, _)| name.contains(&part)).collect();
    let mut figures = vec![Vec::new(); measures.len()];
    for _ in 0..RUNS {
        for (figures, (_, measure)) in figures.iter_mut().zip(&measures) {
            figures.push(measure());
        }
    }
    for (mut figures, (name, _)) in figures.into_iter().zip(measures) {
        figures.sort_by(f64::total_cmp);
        println!("{name:<36} {:>7.1} ns", figures[RUNS / 2]);
    }
}
