//! Random programs of Rust tasks that sleep, yield, wait, wake, join and cancel, and what must hold of each of them:
//! a sleep ends at its deadline to the microsecond, whoever can be woken is woken, and nothing is left behind.

#![cfg(feature = "alloc")]

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

use proptest::prelude::*;
use wigwag_scheduler::{Handle, JoinError, JoinHandle, Loop, RunError, VirtualClock};

#[derive(Clone, Debug)]
enum Action {
    Sleep(u64),
    /// The earlier of two sleeps; the other is dropped.
    Select(u64, u64),
    Yield,
    Wait(usize),
    Set(usize),
    /// Wakes the waiters of a flag for nothing.
    Disturb(usize),
    Cancel(usize),
    Join(usize),
}

const FLAGS: usize = 3;

fn action(tasks: usize) -> impl Strategy<Value = Action> {
    prop_oneof![
        4 => (0..2000u64).prop_map(Action::Sleep),
        2 => (0..2000u64, 0..2000u64).prop_map(|(first, second)| Action::Select(first, second)),
        2 => Just(Action::Yield),
        2 => (0..FLAGS).prop_map(Action::Wait),
        2 => (0..FLAGS).prop_map(Action::Set),
        2 => (0..FLAGS).prop_map(Action::Disturb),
        1 => (0..tasks).prop_map(Action::Cancel),
        1 => (0..tasks).prop_map(Action::Join),
    ]
}

#[derive(Default)]
struct Flag {
    set: Cell<bool>,
    waiters: RefCell<Vec<Waker>>,
}

impl Flag {
    fn wake_all(&self) {
        self.waiters.take().into_iter().for_each(Waker::wake);
    }

    async fn wait(&self) {
        poll_fn(|cx| {
            if self.set.get() {
                return Poll::Ready(());
            }
            self.waiters.borrow_mut().push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

#[derive(Default)]
struct World {
    flags: [Flag; FLAGS],
    handles: RefCell<Vec<Option<JoinHandle<usize>>>>,
    cancelled: RefCell<Vec<bool>>,
    /// Who runs now, counted by drops as well.
    alive: Cell<usize>,
}

struct Alive(Rc<World>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.alive.set(self.0.alive.get() - 1);
    }
}

async fn run(asyncio: Handle, world: Rc<World>, task: usize, actions: Vec<Action>, alive: Alive) -> usize {
    let _alive = alive;
    for action in actions {
        let start = asyncio.now_us();
        match action {
            Action::Sleep(us) => {
                asyncio.sleep_us(us).await;
                assert_eq!(asyncio.now_us(), start + us);
            }
            Action::Select(first, second) => {
                let (mut one, mut other) = (pin!(asyncio.sleep_us(first)), pin!(asyncio.sleep_us(second)));
                poll_fn(|cx| {
                    let (one, other) = (one.as_mut().poll(cx), other.as_mut().poll(cx));
                    if one.is_ready() || other.is_ready() { Poll::Ready(()) } else { Poll::Pending }
                })
                .await;
                assert_eq!(asyncio.now_us(), start + first.min(second));
            }
            Action::Yield => {
                let mut yielded = false;
                poll_fn(|cx| {
                    cx.waker().wake_by_ref();
                    if std::mem::replace(&mut yielded, true) { Poll::Ready(()) } else { Poll::Pending }
                })
                .await;
                assert_eq!(asyncio.now_us(), start);
            }
            Action::Wait(flag) => world.flags[flag].wait().await,
            Action::Set(flag) => {
                world.flags[flag].set.set(true);
                world.flags[flag].wake_all();
            }
            Action::Disturb(flag) => world.flags[flag].wake_all(),
            Action::Cancel(other) => {
                if let Some(Some(handle)) = world.handles.borrow().get(other) {
                    let done = handle.done();
                    match handle.cancel() {
                        Ok(asked) => {
                            assert_eq!(asked, !done);
                            world.cancelled.borrow_mut()[other] |= asked;
                        }
                        Err(_) => assert_eq!(other, task),
                    }
                }
            }
            Action::Join(other) => {
                let handle = world.handles.borrow_mut().get_mut(other).and_then(Option::take);
                if let Some(handle) = handle {
                    match handle.await {
                        Ok(result) => assert_eq!(result, other),
                        Err(error) => {
                            assert_eq!(error, JoinError::Cancelled);
                            assert!(world.cancelled.borrow()[other]);
                        }
                    }
                }
            }
        }
    }
    task
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(miri) { 4 } else { 2000 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn random_programs_behave(
        programs in proptest::collection::vec(proptest::collection::vec(action(8), 0..12), 1..8),
    ) {
        let event_loop = Loop::new(VirtualClock::new()).unwrap();
        let asyncio = event_loop.handle();
        let world = Rc::new(World::default());
        world.alive.set(programs.len());
        world.cancelled.borrow_mut().resize(programs.len(), false);
        for (task, actions) in programs.into_iter().enumerate() {
            let body = run(asyncio.clone(), world.clone(), task, actions, Alive(world.clone()));
            let handle = asyncio.create_task(body).unwrap();
            world.handles.borrow_mut().push(Some(handle));
        }
        let end = asyncio.sleep_ms(1000);
        prop_assert_eq!(event_loop.run_until_complete(end), Ok(()));
        // Those who are left wait for a flag that nobody set, or for one who does, or for themselves.
        prop_assert_eq!(asyncio.tasks(), world.alive.get());
        let left = asyncio.tasks();
        prop_assert_eq!(event_loop.run_forever(), Err(RunError::Deadlock { parked: left }));
        for flag in &world.flags {
            flag.set.set(true);
            flag.wake_all();
        }
        prop_assert_eq!(event_loop.run_until_complete(asyncio.sleep_ms(1000)), Ok(()));
        // Cancel whoever joined in a circle.
        for handle in world.handles.borrow().iter().flatten() {
            prop_assert!(handle.cancel().is_ok());
        }
        prop_assert_eq!(event_loop.run_until_complete(asyncio.sleep_ms(1)), Ok(()));
        prop_assert_eq!(asyncio.with_scheduler(|scheduler| scheduler.peek()), None);
        prop_assert_eq!(asyncio.with_scheduler(|scheduler| scheduler.nodes().live()), asyncio.tasks());
        drop(event_loop);
        prop_assert_eq!(world.alive.get(), 0);
        world.handles.borrow_mut().clear();
    }
}
