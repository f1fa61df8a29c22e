//! Several futures in one task, and futures against the clock.

#![cfg(feature = "alloc")]

use std::cell::{Cell, RefCell};
use std::future::{Future, pending};
use std::rc::Rc;

use wigwag_scheduler::sync::Event;
use wigwag_scheduler::{
    Either, Either3, Either4, Flag, Handle, Late, Loop, TimedOut, VirtualClock, gather, select,
};

fn run<F: Future>(main: impl FnOnce(Handle) -> F) -> (F::Output, u64) {
    let event_loop = Loop::new(VirtualClock::new()).unwrap();
    let asyncio = event_loop.handle();
    let result = event_loop.run_until_complete(main(asyncio.clone())).unwrap();
    assert_eq!(asyncio.with_scheduler(|scheduler| scheduler.nodes().live()), asyncio.tasks());
    (result, asyncio.now_us() / 1000)
}

/// Counts drops.
struct Counted<'a>(&'a Cell<u32>);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

async fn after(asyncio: &Handle, ms: u64, value: u32) -> u32 {
    asyncio.sleep_ms(ms).await;
    value
}

#[test]
fn gather_takes_as_long_as_the_longest_and_keeps_the_order() {
    let (results, ms) = run(|asyncio| async move {
        let tuple = gather((after(&asyncio, 30, 1), after(&asyncio, 10, 2), async { "three" })).await;
        let row = gather([after(&asyncio, 5, 4), after(&asyncio, 1, 5)]).await;
        let none: Vec<u32> = gather(Vec::<std::future::Ready<u32>>::new()).await;
        let boxed = gather(vec![after(&asyncio, 2, 6), after(&asyncio, 7, 7)]).await;
        (tuple, row, none, boxed)
    });
    assert_eq!((results, ms), (((1, 2, "three"), [4, 5], vec![], vec![6, 7]), 42));
}

#[test]
fn gather_drops_what_is_finished_at_once_and_the_rest_with_itself() {
    let drops = Cell::new(0);
    let (result, _) = run(|asyncio| {
        let drops = &drops;
        async move {
            let short = async {
                let _counted = Counted(drops);
                asyncio.sleep_ms(1).await;
            };
            let long = async {
                let _counted = Counted(drops);
                pending::<()>().await;
            };
            let watch = async {
                asyncio.sleep_ms(2).await;
                drops.get()
            };
            let both = asyncio.timeout_ms(5, gather((short, long)));
            gather((both, watch)).await
        }
    });
    assert_eq!((result, drops.get()), ((Err(TimedOut), 1), 2));
}

#[test]
fn select_takes_as_long_as_the_shortest_and_drops_the_others() {
    let drops = Cell::new(0);
    let (results, ms) = run(|asyncio| {
        let drops = &drops;
        async move {
            let counted = |ms| {
                let clock = &asyncio;
                async move {
                    let _counted = Counted(drops);
                    after(clock, ms, ms as u32).await
                }
            };
            let two = select((counted(5), counted(9))).await;
            let three = select((counted(9), counted(5), counted(9))).await;
            let four = select((counted(9), counted(9), counted(9), counted(5))).await;
            let row = select([counted(9), counted(5)]).await;
            let boxed = select(vec![counted(9), counted(9), counted(5)]).await;
            (two, three, four, row, boxed)
        }
    });
    let expected = (Either::First(5), Either3::Second(5), Either4::Fourth(5), (1, 5), (2, 5));
    assert_eq!((results, ms, drops.get()), (expected, 25, 14));
}

#[test]
fn of_several_that_are_ready_the_first_wins() {
    let (result, _) =
        run(|asyncio| async move { select((async { 1 }, after(&asyncio, 0, 2), async { 3 })).await });
    assert_eq!(result, Either3::First(1));
}

#[test]
fn a_timeout_gives_the_result_or_drops_the_future() {
    let (results, ms) = run(|asyncio| async move {
        let event = Event::new(&asyncio);
        let early = asyncio.timeout_ms(20, after(&asyncio, 10, 1)).await;
        let just = asyncio.timeout_ms(10, after(&asyncio, 10, 2)).await;
        let late = asyncio.timeout_ms(10, event.wait()).await;
        let nothing = asyncio.timeout_ms(0, event.wait()).await;
        event.set();
        let at_once = asyncio.timeout_ms(0, event.wait()).await;
        (early, just, late, nothing, at_once)
    });
    assert_eq!((results, ms), ((Ok(1), Ok(2), Err(TimedOut), Err(TimedOut), Ok(())), 30));
}

/// The times of six ticks of 100 ms, with their lags; after the first one the program is busy until 350.
fn ticks(late: Late) -> Vec<(u64, u64)> {
    let noted = Rc::new(RefCell::new(Vec::new()));
    let trace = noted.clone();
    run(|asyncio| async move {
        let mut ticks = asyncio.every_ms(100, late);
        for tick in 0..6 {
            let lag = ticks.next().await;
            trace.borrow_mut().push((asyncio.now_us() / 1000, lag));
            if tick == 0 {
                asyncio.sleep_ms(250).await;
            }
        }
    });
    noted.take()
}

#[test]
fn ticks_that_were_missed_come_at_once_or_late_or_not_at_all() {
    assert_eq!(ticks(Late::Burst), [(100, 0), (350, 1), (350, 0), (400, 0), (500, 0), (600, 0)]);
    assert_eq!(ticks(Late::Delay), [(100, 0), (350, 1), (450, 0), (550, 0), (650, 0), (750, 0)]);
    assert_eq!(ticks(Late::Skip), [(100, 0), (350, 1), (400, 0), (500, 0), (600, 0), (700, 0)]);
}

#[test]
fn a_tick_that_is_given_up_is_not_lost() {
    let (times, _) = run(|asyncio| async move {
        let mut ticks = asyncio.every_ms(100, Late::Burst);
        assert_eq!(asyncio.timeout_ms(30, ticks.next()).await, Err(TimedOut));
        ticks.next().await;
        let first = asyncio.now_us();
        asyncio.sleep_ms(10).await;
        ticks.reset();
        ticks.next().await;
        (first, asyncio.now_us(), ticks.due_us())
    });
    assert_eq!(times, (100_000, 210_000, 310_000));
}

#[test]
fn a_flag_is_for_one_waiter_and_is_unset_by_it() {
    static FLAG: Flag = Flag::new();
    let (results, _) = run(|asyncio| async move {
        let setter = async {
            asyncio.sleep_ms(1).await;
            FLAG.set();
            FLAG.set();
        };
        let both = gather((FLAG.wait(), FLAG.wait(), setter)).await;
        let given_up = asyncio.timeout_ms(1, FLAG.wait()).await;
        FLAG.set();
        (both.0.is_ok(), both.1.is_err(), given_up.is_err(), FLAG.wait().await, FLAG.clear())
    });
    assert_eq!(results, (true, true, true, Ok(()), false));
}
