//! The wakers' rules, once with real threads (also for Miri) and once with every interleaving (loom):
//!
//! ```text
//! .ci/deep
//! ```

use super::*;
use std::vec::Vec;

/// Drains the inbox; the indices in the order of waking.
fn woken(inbox: &'static Inbox, cells: &[&'static WakeCell]) -> Vec<u32> {
    let mut order = Vec::new();
    inbox.drain(|index| cells.get(index as usize).copied(), |index| order.push(index));
    order
}

#[cfg(not(loom))]
mod threads {
    use super::*;
    use std::boxed::Box;
    use std::thread;
    use std::vec;

    fn three() -> (&'static Inbox, [&'static WakeCell; 3]) {
        static INBOXES: std::sync::Mutex<Vec<&'static Inbox>> = std::sync::Mutex::new(Vec::new());
        let inbox: &'static Inbox = Box::leak(Box::new(Inbox::new()));
        let cells = [0, 1, 2].map(|index| &*Box::leak(Box::new(WakeCell::new(inbox, index))));
        // Miri tells leaks from what is kept: keep them.
        INBOXES.lock().unwrap().push(inbox);
        static CELLS: std::sync::Mutex<Vec<&'static WakeCell>> = std::sync::Mutex::new(Vec::new());
        CELLS.lock().unwrap().extend(cells);
        (inbox, cells)
    }

    fn park(cell: &WakeCell) {
        assert!(cell.park(cell.wakes()));
    }

    #[test]
    fn a_cell_that_is_awake_is_not_listed() {
        let (inbox, cells) = three();
        cells[0].wake();
        assert!(inbox.is_empty());
        assert_eq!(woken(inbox, &cells), vec![]);
    }

    #[test]
    fn the_order_of_waking_is_kept_and_each_comes_once() {
        let (inbox, cells) = three();
        cells.iter().for_each(|cell| park(cell));
        for index in [1, 0, 1, 2, 0] {
            cells[index].wake();
        }
        assert_eq!(woken(inbox, &cells), vec![1, 0, 2]);
        assert!(inbox.is_empty());
    }

    #[test]
    fn a_wake_during_a_poll_prevents_parking() {
        let (_, cells) = three();
        let before = cells[0].wakes();
        cells[0].wake();
        assert!(!cells[0].park(before));
        assert!(!cells[0].is_armed());
        park(cells[0]);
        assert!(cells[0].is_armed());
    }

    #[test]
    fn a_waker_is_recognised_and_survives_its_clones() {
        let (inbox, cells) = three();
        let waker = cells[2].waker();
        let clone = waker.clone();
        drop(waker);
        assert!(WakeCell::of(&clone).is_some_and(|cell| ptr::eq(cell, cells[2])));
        assert!(WakeCell::of(Waker::noop()).is_none());
        park(cells[2]);
        clone.wake_by_ref();
        clone.wake();
        assert_eq!(woken(inbox, &cells), vec![2]);
    }

    #[test]
    fn the_doorbell_rings_once_for_each_time_the_inbox_fills() {
        use std::sync::atomic::AtomicUsize;
        static RINGS: AtomicUsize = AtomicUsize::new(0);
        static BELL: Doorbell = Doorbell {
            ring: |token| {
                RINGS.fetch_add(token, Ordering::SeqCst);
            },
            token: 1,
        };
        let (inbox, cells) = three();
        inbox.set_doorbell(Some(&BELL));
        for _ in 0..2 {
            cells.iter().for_each(|cell| park(cell));
            cells.iter().for_each(|cell| cell.wake());
            woken(inbox, &cells);
        }
        inbox.set_doorbell(None);
        park(cells[0]);
        cells[0].wake();
        assert_eq!(RINGS.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn many_threads_wake_and_nothing_is_lost() {
        let (inbox, cells) = three();
        let rounds = if cfg!(miri) { 20 } else { 20_000 };
        let data: &'static [AtomicUsize; 3] = Box::leak(Box::new([const { AtomicUsize::new(0) }; 3]));
        static DATA: std::sync::Mutex<Vec<&'static [AtomicUsize; 3]>> = std::sync::Mutex::new(Vec::new());
        DATA.lock().unwrap().push(data);
        let threads: Vec<_> = (0..2)
            .map(|_| {
                thread::spawn(move || {
                    for round in 0..rounds {
                        let index = round % 3;
                        data[index].fetch_add(1, Ordering::Relaxed);
                        cells[index].waker().wake();
                    }
                })
            })
            .collect();
        // A loop in miniature: a task takes what is there, and parks.
        let mut taken = 0;
        let mut ready: Vec<u32> = vec![0, 1, 2];
        while taken < 2 * rounds {
            for index in core::mem::take(&mut ready) {
                let cell = cells[index as usize];
                let before = cell.wakes();
                taken += data[index as usize].swap(0, Ordering::Relaxed);
                if !cell.is_armed() && !cell.park(before) {
                    ready.push(index);
                }
            }
            ready.extend(woken(inbox, &cells));
            thread::yield_now();
        }
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn an_inbox_is_used_again_with_its_cells() {
        // Other tests of this process take inboxes too, so not necessarily the same one comes back.
        let first = Inbox::obtain().unwrap();
        let cell = first.add_cell().unwrap();
        let waker = cell.waker();
        let count = first.cells().count();
        assert!(!first.claim(), "it is ours");
        first.retire();
        waker.wake_by_ref();
        let mut others = Vec::new();
        let again = loop {
            let inbox = Inbox::obtain().unwrap();
            if ptr::eq(inbox, first) {
                break inbox;
            }
            others.push(inbox);
            assert!(others.len() < 1000);
        };
        assert_eq!(again.cells().count(), count);
        assert!(again.cells().all(|cell| cell.reports_to(again)));
        waker.wake();
        again.retire();
        others.into_iter().for_each(Inbox::retire);
    }
}

/// Notes that it was called.
struct Called(AtomicUsize);

impl std::task::Wake for Called {
    fn wake(self: std::sync::Arc<Self>) {
        self.0.fetch_add(1, Ordering::Release);
    }
}

impl Called {
    fn new() -> (std::sync::Arc<Called>, Waker) {
        let called = std::sync::Arc::new(Called(AtomicUsize::new(0)));
        (called.clone(), Waker::from(called))
    }

    fn take(&self) -> usize {
        self.0.swap(0, Ordering::Acquire)
    }
}

#[cfg(not(loom))]
mod signals {
    use super::*;
    use std::thread;

    #[test]
    fn a_signal_calls_who_waits_once() {
        let signal = Signal::new();
        let (called, waker) = Called::new();
        assert!(signal.claim() && !signal.claim());
        assert!(!signal.poll(&waker));
        signal.set();
        signal.set();
        assert_eq!(called.take(), 1);
        assert!(signal.poll(&waker));
        assert!(!signal.is_set());
        signal.unclaim();
        signal.set();
        assert_eq!(called.take(), 0);
        assert!(signal.claim() && signal.poll(&waker), "it was set before");
    }

    #[test]
    fn a_wait_that_is_given_up_keeps_no_waker() {
        let signal = Signal::new();
        let (called, waker) = Called::new();
        assert!(signal.claim() && !signal.poll(&waker));
        assert_eq!(std::sync::Arc::strong_count(&called), 3);
        signal.unclaim();
        assert_eq!(std::sync::Arc::strong_count(&called), 2);
    }

    #[test]
    fn threads_set_it_again_and_again_and_the_last_is_seen() {
        let rounds = if cfg!(miri) { 30 } else { 20_000 };
        let (signal, sent) = (Signal::new(), AtomicUsize::new(0));
        let (called, waker) = Called::new();
        assert!(signal.claim());
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..rounds {
                        sent.fetch_add(1, Ordering::Relaxed);
                        signal.set();
                    }
                });
            }
            while sent.load(Ordering::Relaxed) < 2 * rounds {
                if !signal.poll(&waker) {
                    while called.take() == 0 {
                        thread::yield_now();
                    }
                }
            }
        });
    }
}

#[cfg(loom)]
mod loom {
    use super::*;
    use ::loom::sync::Arc;
    use ::loom::sync::atomic::AtomicUsize;
    use ::loom::thread;
    use std::boxed::Box;
    use std::vec;

    /// Every interleaving with up to three preemptions; without a bound, two wakers alone take minutes.
    fn model(body: impl Fn() + Sync + Send + 'static) {
        let mut model = ::loom::model::Builder::new();
        model.preemption_bound = Some(3);
        model.check(body);
    }

    fn cells(count: u32) -> (&'static Inbox, Vec<&'static WakeCell>) {
        let inbox: &'static Inbox = Box::leak(Box::new(Inbox::new()));
        (inbox, (0..count).map(|index| &*Box::leak(Box::new(WakeCell::new(inbox, index)))).collect())
    }

    /// What one thread sends to one cell's task: it stores 1, 2, … and wakes after each. The stores are relaxed, so that
    /// only the wake itself can make them visible.
    struct Mail {
        to: usize,
        count: usize,
        latest: Arc<AtomicUsize>,
    }

    /// Lets each sender send, and polls until all has been seen, as a loop does. Ends only if no wake is lost, and none
    /// comes before what it announces.
    fn deliver(cell_count: u32, senders: &[(usize, usize)]) {
        let (inbox, cells) = cells(cell_count);
        let mails: Vec<Mail> = senders
            .iter()
            .map(|&(to, count)| Mail { to, count, latest: Arc::new(AtomicUsize::new(0)) })
            .collect();
        let threads: Vec<_> = mails
            .iter()
            .map(|mail| {
                let (cell, count, latest) = (cells[mail.to], mail.count, mail.latest.clone());
                thread::spawn(move || {
                    for number in 1..=count {
                        latest.store(number, Ordering::Relaxed);
                        cell.waker().wake();
                    }
                })
            })
            .collect();
        let mut ready: Vec<u32> = (0..cell_count).collect();
        let mut seen = vec![0; mails.len()];
        loop {
            for index in core::mem::take(&mut ready) {
                let cell = cells[index as usize];
                let before = cell.wakes();
                for (seen, mail) in seen.iter_mut().zip(&mails).filter(|(_, mail)| mail.to == index as usize)
                {
                    *seen = mail.latest.load(Ordering::Relaxed);
                }
                if !cell.is_armed() && !cell.park(before) {
                    ready.push(index);
                }
            }
            if seen.iter().zip(&mails).all(|(seen, mail)| *seen == mail.count) {
                break;
            }
            let listed = woken(inbox, &cells);
            for (place, index) in listed.iter().enumerate() {
                assert!(!listed[..place].contains(index), "listed twice");
            }
            ready.extend(listed);
            if ready.is_empty() {
                thread::yield_now();
            }
        }
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    }

    #[test]
    fn one_waker_against_parking() {
        model(|| deliver(1, &[(0, 1)]));
    }

    #[test]
    fn two_wakers_of_one_cell() {
        model(|| deliver(1, &[(0, 1), (0, 1)]));
    }

    #[test]
    fn two_cells_into_one_inbox() {
        model(|| deliver(2, &[(0, 1), (1, 1)]));
    }

    #[test]
    fn a_cell_woken_again_and_again_is_listed_once() {
        model(|| deliver(1, &[(0, 3)]));
    }

    /// A task on the loop's own thread wakes a cell the short way while another thread wakes it the long way.
    #[test]
    fn a_wake_in_the_loops_own_turn_against_one_from_outside() {
        model(|| {
            let (inbox, cells) = cells(2);
            let sent = Arc::new(AtomicUsize::new(0));
            assert!(cells[0].park(cells[0].wakes()) && cells[1].park(cells[1].wakes()));
            let (cell, theirs) = (cells[0], sent.clone());
            let other = thread::spawn(move || {
                theirs.store(1, Ordering::Relaxed);
                cell.wake_from_outside();
            });
            assert!(cells[1].wake_in_own_turn() && cells[0].wake_in_own_turn());
            let mut own = Vec::new();
            inbox.drain_own(|index| Some((*cells.get(index as usize)?, index)), |index| own.push(index));
            assert_eq!(own, vec![1, 0]);
            while woken(inbox, &cells) != vec![0] {
                thread::yield_now();
            }
            assert_eq!(sent.load(Ordering::Relaxed), 1);
            assert!(!cells[0].is_armed() && cells[1].is_armed());
            other.join().unwrap();
        });
    }

    /// Polls until it is ready; ends only if no call is lost.
    fn wait(signal: &Signal) {
        let (called, waker) = Called::new();
        assert!(signal.claim());
        while !signal.poll(&waker) {
            while called.take() == 0 {
                thread::yield_now();
            }
        }
        signal.unclaim();
    }

    #[test]
    fn a_signal_set_while_its_waiter_polls() {
        model(|| {
            let (signal, data) = (Arc::new(Signal::new()), Arc::new(AtomicUsize::new(0)));
            let (theirs, written) = (signal.clone(), data.clone());
            let setter = thread::spawn(move || {
                written.store(1, Ordering::Relaxed);
                theirs.set();
            });
            wait(&signal);
            assert_eq!(data.load(Ordering::Relaxed), 1);
            assert!(!signal.is_set());
            setter.join().unwrap();
        });
    }

    #[test]
    fn a_signal_set_by_two() {
        model(|| {
            let signal = Arc::new(Signal::new());
            let setters: Vec<_> = (0..2)
                .map(|_| {
                    let signal = signal.clone();
                    thread::spawn(move || signal.set())
                })
                .collect();
            wait(&signal);
            setters.into_iter().for_each(|setter| setter.join().unwrap());
        });
    }

    #[test]
    fn a_signal_set_while_its_waiter_gives_up_is_there_for_the_next() {
        model(|| {
            let signal = Arc::new(Signal::new());
            let theirs = signal.clone();
            let setter = thread::spawn(move || theirs.set());
            let (_called, waker) = Called::new();
            assert!(signal.claim());
            let taken = signal.poll(&waker);
            signal.unclaim();
            if !taken {
                wait(&signal);
            }
            setter.join().unwrap();
        });
    }
}
