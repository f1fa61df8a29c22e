//! Queues against the plainest model there is: a vector, sorted by key, with equals in the order they came. That is the
//! order of MicroPython's task queue, whose pairing heap is stable (`py/pairheap.c`, `extmod/modasyncio.c`).

// Miri would take hours, and there is no unsafe code beneath it.
#![cfg(all(feature = "alloc", not(miri)))]

use proptest::prelude::*;
use wigwag_scheduler::{Next, NodeId, Nodes, Owner, PushError, Queue, Scheduler, Slot, Step};

const QUEUES: usize = 3;

/// A queue as a sorted vector.
#[derive(Default)]
struct Model(Vec<(u64, NodeId)>);

impl Model {
    fn push(&mut self, key: u64, node: NodeId) {
        let place = self.0.partition_point(|(other, _)| *other <= key);
        self.0.insert(place, (key, node));
    }

    fn pop(&mut self) -> Option<(u64, NodeId)> {
        if self.0.is_empty() { None } else { Some(self.0.remove(0)) }
    }

    fn remove(&mut self, node: NodeId) -> bool {
        let place = self.0.iter().position(|(_, other)| *other == node);
        place.map(|place| self.0.remove(place)).is_some()
    }
}

#[derive(Clone, Debug)]
enum Operation {
    Alloc,
    Free(usize),
    Push { queue: usize, node: usize, key: u64 },
    PushNow { queue: usize, node: usize },
    Pop(usize),
    Remove { queue: usize, node: usize },
    Observe(u64),
}

fn operation() -> impl Strategy<Value = Operation> {
    let queue = 0..QUEUES;
    let node = 0..24usize;
    prop_oneof![
        3 => Just(Operation::Alloc),
        1 => node.clone().prop_map(Operation::Free),
        6 => (queue.clone(), node.clone(), 0..12u64)
            .prop_map(|(queue, node, key)| Operation::Push { queue, node, key }),
        4 => (queue.clone(), node.clone()).prop_map(|(queue, node)| Operation::PushNow { queue, node }),
        4 => queue.clone().prop_map(Operation::Pop),
        3 => (queue, node).prop_map(|(queue, node)| Operation::Remove { queue, node }),
        1 => (0..4u64).prop_map(Operation::Observe),
    ]
}

struct World {
    nodes: Nodes<Vec<Slot>>,
    queues: [Queue; QUEUES],
    models: [Model; QUEUES],
    known: Vec<NodeId>,
    freed: Vec<NodeId>,
    now: u64,
}

impl World {
    fn new() -> World {
        World {
            nodes: Nodes::new(Vec::new()),
            queues: [const { Queue::new() }; QUEUES],
            models: [const { Model(Vec::new()) }; QUEUES],
            known: Vec::new(),
            freed: Vec::new(),
            now: 0,
        }
    }

    fn pick(&self, node: usize) -> Option<NodeId> {
        (!self.known.is_empty()).then(|| self.known[node % self.known.len()])
    }

    fn push(&mut self, queue: usize, node: NodeId, key: u64, now: bool) {
        let queued = self.models.iter().any(|model| model.0.iter().any(|(_, other)| *other == node));
        let result = if now {
            self.nodes.push_now(&mut self.queues[queue], node, key)
        } else {
            self.nodes.push(&mut self.queues[queue], node, key)
        };
        if queued {
            assert_eq!(result, Err(PushError::Queued));
        } else {
            assert_eq!(result, Ok(()));
            self.models[queue].push(key, node);
        }
    }

    fn apply(&mut self, operation: Operation) {
        match operation {
            Operation::Alloc => {
                let node = self.nodes.alloc(Owner::Caller(self.known.len() as u32)).unwrap();
                assert!(!self.freed.contains(&node));
                self.known.push(node);
            }
            Operation::Free(node) => {
                let Some(node) = self.pick(node) else { return };
                for (queue, model) in self.queues.iter_mut().zip(&mut self.models) {
                    assert_eq!(self.nodes.remove(queue, node), model.remove(node));
                }
                assert!(self.nodes.free(node));
                self.known.retain(|other| *other != node);
                self.freed.push(node);
            }
            Operation::Push { queue, node, key } => {
                let Some(node) = self.pick(node) else { return };
                // Mostly around now, on both sides of it.
                self.push(queue, node, (self.now + key).saturating_sub(4), false);
            }
            Operation::PushNow { queue, node } => {
                let Some(node) = self.pick(node) else { return };
                self.push(queue, node, self.now, true);
            }
            Operation::Pop(queue) => {
                let popped = self.nodes.pop(&mut self.queues[queue]);
                assert_eq!(popped.map(|first| (first.key, first.node)), self.models[queue].pop());
            }
            Operation::Remove { queue, node } => {
                let Some(node) = self.pick(node) else { return };
                let removed = self.nodes.remove(&mut self.queues[queue], node);
                assert_eq!(removed, self.models[queue].remove(node));
            }
            Operation::Observe(step) => {
                self.now += step;
                self.nodes.observe(self.now);
            }
        }
    }

    fn check(&self) {
        for (queue, model) in self.queues.iter().zip(&self.models) {
            let first = self.nodes.peek(queue).map(|first| (first.key, first.node));
            assert_eq!(first, model.0.first().copied());
            assert_eq!(queue.is_empty(), model.0.is_empty());
            let mut members: Vec<_> =
                self.nodes.iter(queue).map(|member| (member.key, member.node)).collect();
            let mut expected = model.0.clone();
            members.sort_by_key(|(key, node)| (*key, node.to_bits()));
            expected.sort_by_key(|(key, node)| (*key, node.to_bits()));
            assert_eq!(members, expected);
        }
        assert_eq!(self.nodes.live(), self.known.len());
        for node in &self.freed {
            assert!(!self.nodes.is_live(*node));
        }
        let live: Vec<_> = self.nodes.iter_live().map(|(node, _)| node).collect();
        assert!(self.known.iter().all(|node| live.contains(node)) && live.len() == self.known.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1500,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn queues_keep_the_order_of_a_stable_sort(operations in proptest::collection::vec(operation(), 1..300)) {
        let mut world = World::new();
        for operation in operations {
            world.apply(operation);
            world.check();
        }
        for (queue, model) in world.queues.iter_mut().zip(&mut world.models) {
            while let Some(expected) = model.pop() {
                let first = world.nodes.pop(queue).unwrap();
                prop_assert_eq!((first.key, first.node), expected);
            }
            prop_assert_eq!(world.nodes.pop(queue), None);
        }
    }

    #[test]
    fn turns_come_in_the_order_of_deadlines(
        delays in proptest::collection::vec(proptest::collection::vec(0..9u64, 1..12), 1..30),
    ) {
        // Each task sleeps through its delays, as MicroPython's would with deadlines in whole milliseconds.
        let mut scheduler = Scheduler::new(Vec::new());
        let mut model = Model::default();
        let mut left: Vec<_> = delays.iter().map(|delays| delays.iter().copied()).collect();
        for word in 0..delays.len() {
            let node = scheduler.spawn(Owner::Caller(word as u32)).unwrap();
            scheduler.push_now(node, 0).unwrap();
            model.push(0, node);
        }
        let mut now = 0;
        loop {
            match scheduler.next(now) {
                Next::Run(turn) => {
                    let (key, node) = model.pop().unwrap();
                    prop_assert_eq!((turn.key, turn.node), (key, node));
                    prop_assert!(key <= now);
                    prop_assert_eq!(scheduler.current(), Some(node));
                    let Owner::Caller(word) = turn.owner else { panic!("not ours") };
                    match left[word as usize].next() {
                        Some(delay) => {
                            let key = now + delay * 1000;
                            scheduler.push(node, key).unwrap();
                            model.push(key, node);
                            scheduler.finish(node, Step::Suspended);
                        }
                        None => scheduler.finish(node, Step::Done),
                    }
                }
                Next::Idle { until: Some(until) } => {
                    prop_assert!(until > now);
                    prop_assert_eq!(Some(until), model.0.first().map(|(key, _)| *key));
                    now = until;
                }
                Next::Idle { until: None } => break,
            }
        }
        prop_assert!(model.0.is_empty());
        prop_assert_eq!(scheduler.nodes().live(), 0);
    }
}

#[test]
fn ten_thousand_sleepers_wake_in_time() {
    // 200 000 pushes and pops; far below a second even without optimisation. The budget is measured in the bench.
    let sleepers = 10_000;
    let mut scheduler = Scheduler::new(Vec::new());
    for word in 0..sleepers {
        let node = scheduler.spawn(Owner::Caller(word)).unwrap();
        scheduler.push(node, u64::from(word * 7919 % 1000) * 1000).unwrap();
    }
    let (mut now, mut turns) = (0, 0);
    while turns < sleepers * 20 {
        match scheduler.next(now) {
            Next::Run(turn) => {
                turns += 1;
                scheduler.push(turn.node, turn.key + 1_000_000).unwrap();
                scheduler.finish(turn.node, Step::Suspended);
            }
            Next::Idle { until } => now = until.unwrap(),
        }
    }
    assert_eq!(now, 19_999_000);
}
