//! What a wake and a poll cost: a hundred Rust tasks that wake and are polled again and again.
//!
//! `cargo run --release -p wigwag-scheduler --example wake_and_poll`
//!
//! One sees nanoseconds for each wake-and-poll: first of a bare loop that only polls the same futures in turn, which is
//! what no scheduler can beat, then of the loop here, three ways to be woken, and of the bare queue underneath.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use wigwag_scheduler::{Handle, Loop, Next, Owner, Scheduler, Step, VirtualClock};

/// Nanoseconds for each operation.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    /// Poll only, in turn: no queue, no waker.
    pub bare_poll: f64,
    /// Each task wakes itself through its waker.
    pub wake_self: f64,
    /// Each task wakes the next one through its waker, and waits to be woken.
    pub wake_next: f64,
    /// Each task awaits `sleep_ms(0)`.
    pub sleep_zero: f64,
    /// Push and pop of a node that is due, a hundred in line.
    pub push_pop: f64,
    /// Push and pop of a node among ten thousand that are not due yet.
    pub timer_push_pop: f64,
}

/// Waits once: `Pending`, then `Ready`.
struct Once(bool);

impl Future for Once {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Wakes the next in the ring and waits for the one before.
struct PassOn {
    wakers: Rc<RefCell<Vec<Waker>>>,
    place: usize,
    left: Rc<Cell<u64>>,
}

impl Future for PassOn {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut wakers = self.wakers.borrow_mut();
        let count = wakers.len();
        if !wakers[self.place].will_wake(cx.waker()) {
            wakers[self.place] = cx.waker().clone();
        }
        let next = if self.place + 1 == count { 0 } else { self.place + 1 };
        match self.left.get() {
            0 => {
                wakers[next].wake_by_ref();
                return Poll::Ready(());
            }
            left => self.left.set(left - 1),
        }
        wakers[next].wake_by_ref();
        Poll::Pending
    }
}

async fn yield_for(rounds: u64) {
    for _ in 0..rounds {
        Once(false).await;
    }
}

async fn sleep_for(asyncio: Handle, rounds: u64) {
    for _ in 0..rounds {
        asyncio.sleep_ms(0).await;
    }
}

fn each(operations: u64, work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_nanos() as f64 / operations as f64
}

fn bare_poll(tasks: usize, rounds: u64) -> f64 {
    let mut futures: Vec<Pin<Box<dyn Future<Output = ()>>>> =
        (0..tasks).map(|_| Box::pin(yield_for(rounds)) as Pin<Box<dyn Future<Output = ()>>>).collect();
    let mut cx = Context::from_waker(Waker::noop());
    each(tasks as u64 * rounds, || {
        let mut pending = true;
        while pending {
            pending = false;
            for future in &mut futures {
                pending |= future.as_mut().poll(&mut cx).is_pending();
            }
            if !pending {
                break;
            }
            // All are equally far, so all finish in the same round.
        }
    })
}

fn run<F: Future<Output = ()> + 'static>(
    tasks: usize,
    rounds: u64,
    task: impl Fn(&Handle, usize) -> F,
) -> f64 {
    let event_loop = Loop::new(VirtualClock::new()).expect("memory for a loop");
    let asyncio = event_loop.handle();
    let mut handles = Vec::new();
    for place in 0..tasks {
        handles.push(asyncio.create_task(task(&asyncio, place)).expect("memory for a task"));
    }
    each(tasks as u64 * rounds, || {
        event_loop
            .run_until_complete(async {
                for handle in handles {
                    handle.await.expect("nobody cancels");
                }
            })
            .expect("everybody is woken");
    })
}

fn wake_next(tasks: usize, rounds: u64) -> f64 {
    let wakers = Rc::new(RefCell::new(vec![Waker::noop().clone(); tasks]));
    let left = Rc::new(Cell::new(tasks as u64 * rounds));
    run(tasks, rounds, |_, place| PassOn { wakers: wakers.clone(), place, left: left.clone() })
}

fn push_pop(operations: u64) -> f64 {
    let mut scheduler = Scheduler::new(Vec::new());
    for word in 0..100 {
        let node = scheduler.spawn(Owner::Caller(word)).expect("memory for a node");
        scheduler.push_now(node, 0).expect("a new node");
    }
    each(operations, || {
        for now in 0..operations {
            if let Next::Run(turn) = scheduler.next(now / 1000) {
                scheduler.push_now(turn.node, now / 1000).expect("it left the queue");
                scheduler.finish(turn.node, Step::Suspended);
            }
        }
    })
}

fn timer_push_pop(sleepers: u32, wakes: u32) -> f64 {
    let mut scheduler = Scheduler::new(Vec::new());
    let mut random = 1u32;
    let mut delay = || {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        u64::from(random % 1_000_000)
    };
    for word in 0..sleepers {
        let node = scheduler.spawn(Owner::Caller(word)).expect("memory for a node");
        scheduler.push(node, 1 + delay()).expect("a new node");
    }
    let operations = u64::from(sleepers) * u64::from(wakes);
    each(operations, || {
        let mut now = 0;
        let mut left = operations;
        while left > 0 {
            match scheduler.next(now) {
                Next::Run(turn) => {
                    scheduler.push(turn.node, now + 1 + delay()).expect("it left the queue");
                    scheduler.finish(turn.node, Step::Suspended);
                    left -= 1;
                }
                Next::Idle { until } => now = until.expect("everybody waits for a time"),
            }
        }
    })
}

/// Measures everything once, with this many tasks.
pub fn measure(tasks: usize, rounds: u64) -> Figures {
    Figures {
        bare_poll: bare_poll(tasks, rounds),
        wake_self: run(tasks, rounds, |_, _| yield_for(rounds)),
        wake_next: wake_next(tasks, rounds),
        sleep_zero: run(tasks, rounds, |asyncio, _| sleep_for(asyncio.clone(), rounds)),
        push_pop: push_pop(tasks as u64 * rounds),
        timer_push_pop: timer_push_pop(10_000, 20),
    }
}

/// The median of several measurements, figure by figure.
pub fn median(mut runs: Vec<Figures>, figure: impl Fn(&Figures) -> f64) -> f64 {
    runs.sort_by(|a, b| figure(a).total_cmp(&figure(b)));
    runs.get(runs.len() / 2).map_or(f64::NAN, figure)
}

/// A line of the table.
type Row = (&'static str, fn(&Figures) -> f64);

#[allow(dead_code, reason = "the bench includes this file and calls `measure`")]
fn main() {
    let runs: Vec<Figures> = (0..7).map(|_| measure(100, 50_000)).collect();
    let rows: [Row; 6] = [
        ("bare poll loop", |f| f.bare_poll),
        ("wake itself, and poll", |f| f.wake_self),
        ("wake another, and poll", |f| f.wake_next),
        ("sleep_ms(0), and poll", |f| f.sleep_zero),
        ("push and pop, 100 in line", |f| f.push_pop),
        ("push and pop, 10 000 timers", |f| f.timer_push_pop),
    ];
    println!("median of {} runs, 100 tasks", runs.len());
    for (name, figure) in rows {
        println!("{name:<28} {:>7.1} ns", median(runs.clone(), figure));
    }
}
