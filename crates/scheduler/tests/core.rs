//! The scheduler without futures and without `alloc`: fixed storage, stale names, several queues, event traces.

use wigwag_scheduler::{
    Event, Hooks, Next, NoRoom, NodeId, Nodes, Owner, PushError, Queue, Scheduler, Slot, Step, Waiting,
};

fn words(scheduler: &mut Scheduler<&mut [Slot]>, now: u64) -> Vec<u32> {
    let mut order = Vec::new();
    while let Next::Run(turn) = scheduler.next(now) {
        if let Owner::Caller(word) = turn.owner {
            order.push(word);
        }
        scheduler.finish(turn.node, Step::Done);
    }
    order
}

#[test]
fn a_full_storage_is_an_error_and_a_freed_slot_is_used_again() {
    let mut slots = [Slot::VACANT; 2];
    let mut nodes = Nodes::new(&mut slots[..]);
    let first = nodes.alloc(Owner::Caller(1)).unwrap();
    let second = nodes.alloc(Owner::Caller(2)).unwrap();
    assert_eq!(nodes.alloc(Owner::Caller(3)), Err(NoRoom));
    assert_eq!(nodes.reserve(1), Err(NoRoom));
    assert_eq!((nodes.live(), nodes.spare(), nodes.bytes()), (2, 0, 2 * size_of::<Slot>()));
    assert!(nodes.free(first));
    assert!(!nodes.free(first), "only once");
    let third = nodes.alloc(Owner::Caller(3)).unwrap();
    assert_eq!(third.index(), first.index());
    assert_ne!(third, first);
    assert_eq!(nodes.owner(first), None);
    assert_eq!(nodes.owner(second), Some(Owner::Caller(2)));
    assert_eq!(nodes.owner(third), Some(Owner::Caller(3)));
}

#[test]
fn stale_and_invented_names_are_refused() {
    let mut slots = [Slot::VACANT; 4];
    let mut nodes = Nodes::new(&mut slots[..]);
    let mut queue = Queue::new();
    let node = nodes.alloc(Owner::Caller(0)).unwrap();
    assert!(nodes.free(node));
    for bits in [0, 1, u64::MAX, 1 << 32, node.to_bits(), NodeId::NONE.to_bits(), 2 << 32] {
        let name = NodeId::from_bits(bits);
        assert_eq!(name.to_bits(), bits);
        assert_eq!(nodes.push(&mut queue, name, 0), Err(PushError::Stale));
        assert!(!nodes.remove(&mut queue, name));
        assert!(!nodes.free(name));
        assert!(!nodes.set_owner(name, Owner::Caller(1)));
        assert_eq!(nodes.key(name), None);
    }
    assert!(queue.is_empty());
}

#[test]
fn a_node_is_in_one_queue_and_only_that_one_lets_it_go() {
    let mut slots = [Slot::VACANT; 4];
    let mut nodes = Nodes::new(&mut slots[..]);
    let (mut ours, mut theirs) = (Queue::new(), Queue::new());
    let [first, second] = [1, 2].map(|word| nodes.alloc(Owner::Caller(word)).unwrap());
    nodes.push_now(&mut ours, first, 5).unwrap();
    nodes.push(&mut theirs, second, 9).unwrap();
    assert_eq!(nodes.push(&mut theirs, first, 5), Err(PushError::Queued));
    assert_eq!(nodes.push(&mut ours, first, 5), Err(PushError::Queued));
    assert!(!nodes.remove(&mut theirs, first));
    assert!(nodes.contains(&ours, first) && !nodes.contains(&theirs, first));
    assert!(nodes.remove(&mut ours, first));
    assert!(!nodes.remove(&mut ours, first));
    assert!(ours.is_empty());
    let waiting = Waiting { node: second, owner: Owner::Caller(2), key: 9 };
    assert_eq!(nodes.peek(&theirs), Some(waiting));
    assert_eq!(nodes.pop(&mut theirs), Some(waiting));
    assert_eq!(nodes.pop(&mut theirs), None);
}

#[test]
fn a_queue_whose_nodes_were_freed_under_it_ends() {
    // A collector does so when a queue and its waiters die together.
    let mut slots = [Slot::VACANT; 4];
    let mut nodes = Nodes::new(&mut slots[..]);
    let (mut dead, mut live) = (Queue::new(), Queue::new());
    let [first, second] = [1, 2].map(|word| nodes.alloc(Owner::Caller(word)).unwrap());
    nodes.push_now(&mut dead, first, 0).unwrap();
    nodes.push_now(&mut dead, second, 0).unwrap();
    assert!(nodes.free(first) && nodes.free(second));
    let [third, fourth] = [3, 4].map(|word| nodes.alloc(Owner::Caller(word)).unwrap());
    nodes.push_now(&mut live, third, 0).unwrap();
    nodes.push_now(&mut live, fourth, 0).unwrap();
    assert_eq!(nodes.pop(&mut dead), None);
    assert_eq!(nodes.peek(&dead), None);
    assert_eq!(nodes.iter(&dead).count(), 0);
    assert_eq!(nodes.iter(&live).count(), 2);
}

#[test]
fn turns_come_by_key_and_equals_in_the_order_they_came() {
    let mut slots = [Slot::VACANT; 8];
    let mut scheduler = Scheduler::new(&mut slots[..]);
    for (word, key) in [(0, 0), (1, 3000), (2, 1000), (3, 3000), (4, 0), (5, 2000), (6, 3000)] {
        let node = scheduler.spawn(Owner::Caller(word)).unwrap();
        scheduler.push(node, key).unwrap();
    }
    assert_eq!(words(&mut scheduler, 0), [0, 4]);
    assert_eq!(scheduler.next(500), Next::Idle { until: Some(1000) });
    assert_eq!(words(&mut scheduler, 3000), [2, 5, 1, 3, 6]);
    assert_eq!(scheduler.next(3000), Next::Idle { until: None });
    assert_eq!(scheduler.nodes().live(), 0);
}

#[test]
fn an_expired_deadline_precedes_a_later_push() {
    // MicroPython: sleep_ms computes its key when called, so an earlier expired deadline comes before "now".
    let mut slots = [Slot::VACANT; 4];
    let mut scheduler = Scheduler::new(&mut slots[..]);
    let [sleeper, late, due] = [1, 2, 3].map(|word| scheduler.spawn(Owner::Caller(word)).unwrap());
    scheduler.push(sleeper, 2000).unwrap();
    scheduler.push_now(late, 5000).unwrap();
    scheduler.push(due, 1000).unwrap();
    assert_eq!(words(&mut scheduler, 5000), [3, 1, 2]);
}

#[test]
fn time_never_goes_back() {
    let mut slots = [Slot::VACANT; 4];
    let mut scheduler = Scheduler::new(&mut slots[..]);
    let node = scheduler.spawn(Owner::Caller(1)).unwrap();
    scheduler.push_now(node, 700).unwrap();
    assert!(matches!(scheduler.next(100), Next::Run(_)));
    assert_eq!(scheduler.nodes().observed(), 700);
}

#[test]
fn cancelling_brings_a_sleeper_forward_and_leaves_a_due_one_in_its_place() {
    let mut slots = [Slot::VACANT; 8];
    let mut scheduler = Scheduler::new(&mut slots[..]);
    let [due, sleeper, other, parked, waiter] =
        [1, 2, 3, 4, 5].map(|word| scheduler.spawn(Owner::Caller(word)).unwrap());
    let mut event = Queue::new();
    scheduler.push_now(due, 10).unwrap();
    scheduler.push(sleeper, 9000).unwrap();
    scheduler.push_now(other, 10).unwrap();
    scheduler.nodes_mut().push_now(&mut event, waiter, 10).unwrap();
    assert!(scheduler.expedite(sleeper, 20));
    assert!(scheduler.expedite(due, 20));
    assert!(scheduler.expedite(parked, 20));
    assert!(!scheduler.expedite(waiter, 20), "its event must let go of it first");
    assert!(scheduler.nodes_mut().remove(&mut event, waiter));
    assert!(scheduler.expedite(waiter, 20));
    assert_eq!(words(&mut scheduler, 20), [1, 3, 2, 4, 5]);
    assert!(!scheduler.expedite(due, 20), "it is over");
}

#[test]
fn an_event_releases_its_waiters_in_order() {
    let mut slots = [Slot::VACANT; 8];
    let mut scheduler = Scheduler::new(&mut slots[..]);
    let mut event = Queue::new();
    let tasks = [1, 2, 3, 4].map(|word| scheduler.spawn(Owner::Caller(word)).unwrap());
    scheduler.push_now(tasks[3], 0).unwrap();
    for task in &tasks[..3] {
        scheduler.nodes_mut().push_now(&mut event, *task, 0).unwrap();
    }
    assert_eq!(scheduler.nodes().iter(&event).map(|waiting| waiting.node).collect::<Vec<_>>(), tasks[..3]);
    assert_eq!(scheduler.release_all(&mut event, 0), 3);
    assert_eq!(words(&mut scheduler, 0), [4, 1, 2, 3]);
}

/// The first of a line still has the link to the one who was ahead of it, wherever that one is now.
#[test]
fn who_became_first_can_leave_wherever_the_one_ahead_went() {
    for where_to in 0..4 {
        let mut slots = [Slot::VACANT; 4];
        let mut nodes = Nodes::new(&mut slots[..]);
        let tasks = [1, 2, 3].map(|word| nodes.alloc(Owner::Caller(word)).unwrap());
        let (mut line, mut other) = (Queue::new(), Queue::new());
        for task in tasks {
            nodes.push_now(&mut line, task, 1).unwrap();
        }
        assert_eq!(nodes.pop(&mut line).map(|first| first.node), Some(tasks[0]));
        match where_to {
            0 => nodes.push(&mut line, tasks[0], 1).unwrap(),
            1 => nodes.push(&mut line, tasks[0], 9).unwrap(),
            2 => nodes.push(&mut other, tasks[0], 1).unwrap(),
            _ => assert!(nodes.free(tasks[0])),
        }
        assert!(!nodes.remove(&mut other, tasks[1]), "it is not there");
        assert!(nodes.remove(&mut line, tasks[1]) && !nodes.remove(&mut line, tasks[1]));
        nodes.push(&mut line, tasks[1], 1).unwrap();
        let left: Vec<_> = core::iter::from_fn(|| nodes.pop(&mut line)).map(|next| next.node).collect();
        let expected: &[NodeId] = match where_to {
            0 => &[tasks[2], tasks[0], tasks[1]],
            1 => &[tasks[2], tasks[1], tasks[0]],
            _ => &[tasks[2], tasks[1]],
        };
        assert_eq!(left, expected);
        assert_eq!(nodes.pop(&mut other).map(|first| first.node), (where_to == 2).then_some(tasks[0]));
    }
}

#[test]
fn the_run_queue_can_be_exchanged() {
    let mut slots = [Slot::VACANT; 4];
    let mut scheduler = Scheduler::new(&mut slots[..]);
    let node = scheduler.spawn(Owner::Caller(1)).unwrap();
    scheduler.push_now(node, 0).unwrap();
    let mut other = Queue::new();
    scheduler.swap_run_queue(&mut other);
    assert_eq!(scheduler.next(0), Next::Idle { until: None });
    assert!(!scheduler.is_ready(node) && scheduler.nodes().contains(&other, node));
    scheduler.swap_run_queue(&mut other);
    assert_eq!(words(&mut scheduler, 0), [1]);
}

#[test]
fn a_drain_ends_where_it_began() {
    let mut slots = [Slot::VACANT; 4];
    let mut scheduler = Scheduler::new(&mut slots[..]);
    for word in 0..2 {
        let node = scheduler.spawn(Owner::Caller(word)).unwrap();
        scheduler.push_now(node, 0).unwrap();
    }
    for _ in 0..3 {
        let mark = scheduler.mark();
        let mut turns = 0;
        while let Some(turn) = scheduler.next_before(mark) {
            scheduler.push_now(turn.node, 0).unwrap();
            scheduler.finish(turn.node, Step::Suspended);
            turns += 1;
        }
        assert_eq!(turns, 2);
        assert!(scheduler.is_due());
    }
}

/// Writes down what happens, tasks by their words.
#[derive(Default)]
struct Trace(Vec<String>);

impl Hooks for Trace {
    fn event(&mut self, event: Event) {
        self.0.push(match event {
            Event::Spawn { node, .. } => format!("spawn {}", node.index()),
            Event::Ready { node, key } => format!("ready {} at {key}", node.index()),
            Event::Begin { node, key, now, .. } => format!("begin {} late {}", node.index(), now - key),
            Event::End { node } => format!("end {}", node.index()),
            Event::Park { node } => format!("park {}", node.index()),
            Event::Cancel { node } => format!("cancel {}", node.index()),
            Event::Done { node } => format!("done {}", node.index()),
            Event::Idle { until } => format!("idle {until:?}"),
        });
    }
}

#[test]
fn a_trace_of_two_blinkers_and_one_who_waits() {
    let mut slots = [Slot::VACANT; 4];
    let mut scheduler = Scheduler::with_hooks(&mut slots[..], Trace::default());
    let left = scheduler.spawn(Owner::Caller(0)).unwrap();
    let right = scheduler.spawn(Owner::Caller(1)).unwrap();
    scheduler.push_now(left, 0).unwrap();
    scheduler.push_now(right, 0).unwrap();
    let mut button = Queue::new();
    for now in [0, 150_000] {
        while let Next::Run(turn) = scheduler.next(now) {
            if turn.node == left && now == 0 {
                scheduler.push(left, 150_000).unwrap();
                scheduler.finish(left, Step::Suspended);
            } else if turn.node == left {
                scheduler.note_cancel(right);
                scheduler.nodes_mut().remove(&mut button, right);
                scheduler.expedite(right, now);
                scheduler.finish(left, Step::Done);
            } else if now == 0 {
                scheduler.nodes_mut().push_now(&mut button, right, 0).unwrap();
                scheduler.nodes_mut().remove(&mut button, right);
                scheduler.finish(right, Step::Suspended);
            } else {
                scheduler.finish(right, Step::Done);
            }
        }
    }
    assert_eq!(
        scheduler.hooks().0,
        [
            "spawn 0",
            "spawn 1",
            "ready 0 at 0",
            "ready 1 at 0",
            "begin 0 late 0",
            "ready 0 at 150000",
            "end 0",
            "begin 1 late 0",
            "end 1",
            "park 1",
            "idle Some(150000)",
            "begin 0 late 0",
            "cancel 1",
            "ready 1 at 150000",
            "end 0",
            "done 0",
            "begin 1 late 0",
            "end 1",
            "done 1",
            "idle None",
        ]
    );
}

#[test]
fn sizes_are_pinned() {
    assert_eq!(size_of::<Slot>(), 40);
    assert_eq!(size_of::<Queue>(), 16);
    assert_eq!(size_of::<NodeId>(), 8);
    assert_eq!(size_of::<Owner>(), 8);
    assert_eq!(size_of::<wigwag_scheduler::Turn>(), 24);
    assert_eq!(
        size_of::<Scheduler<&mut [Slot]>>(),
        size_of::<Scheduler<&mut [Slot], wigwag_scheduler::NoHooks>>(),
        "no hooks, no bytes"
    );
    if cfg!(target_pointer_width = "64") {
        assert_eq!(size_of::<wigwag_scheduler::Entry>(), 32);
        assert!(size_of::<wigwag_scheduler::WakeCell>() <= 40);
    }
}
