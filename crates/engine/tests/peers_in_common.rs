//! One lock, event, semaphore and queue for tasks of Python and futures of Rust: who comes first, what is handed over, and
//! what becomes of it when whoever was called is cancelled. In every way of running, with the same outcome.

use wigwag_engine::engine::{Ending, Engine, Stepped};
use wigwag_engine::peers::{Arguments, Asyncio, Data, Event, Exception, Lock, Queue, Semaphore};
use wigwag_vm::run::source::SourceMode;

include!("common/world.rs");
include!("common/ways.rs");

/// A module with a lock, an event, a semaphore and a queue made by Rust, and functions that use those that they are given.
fn primitives(engine: &mut Engine, output: &Output) {
    let asyncio = asyncio(engine);
    let (hold, take) = (output.clone(), output.clone());
    let mut module = engine.module("rust").expect("room");
    module
        .value("lock", asyncio.lock())
        .and_then(|module| module.value("event", asyncio.event()))
        .and_then(|module| module.value("semaphore", asyncio.semaphore(2)))
        .and_then(|module| module.value("queue", asyncio.queue(2).expect("room")))
        .and_then(|module| {
            module.async_function("hold", move |mut arguments: Arguments| {
                let output = hold.clone();
                async move {
                    let (lock, name): (Lock, String) = (arguments.take()?, arguments.take()?);
                    let _guard = lock.acquire().await;
                    output.line(&format!("{name} has it"));
                    arguments.asyncio().sleep_ms(1).await;
                    output.line(&format!("{name} gives it back"));
                    Ok::<_, Exception>(())
                }
            })
        })
        .and_then(|module| {
            module.async_function("wait", async |mut arguments: Arguments| {
                arguments.take::<Event>()?.wait().await;
                Ok::<_, Exception>(())
            })
        })
        .and_then(|module| {
            module.function("set", |mut arguments| {
                arguments.take::<Event>()?.set();
                Ok::<_, Exception>(())
            })
        })
        .and_then(|module| {
            module.async_function("enter", async |mut arguments: Arguments| {
                let semaphore: Semaphore = arguments.take()?;
                let _place = semaphore.acquire().await;
                arguments.asyncio().sleep_ms(10).await;
                Ok::<_, Exception>(arguments.asyncio().now_us() as i64 / 1000)
            })
        })
        .and_then(|module| {
            module.async_function("put", async |mut arguments: Arguments| {
                let (queue, item): (Queue, Data) = (arguments.take()?, arguments.take()?);
                queue.put(item).await;
                Ok::<_, Exception>(())
            })
        })
        .and_then(|module| {
            module.async_function("get", move |mut arguments: Arguments| {
                let output = take.clone();
                async move {
                    let queue: Queue = arguments.take()?;
                    let item = queue.get().await;
                    output.line(&format!("Rust gets {item:?}"));
                    Ok::<_, Exception>(item)
                }
            })
        })
        .expect("room");
}

#[test]
fn a_lock_goes_to_whoever_waits_longest() {
    let source = "
import asyncio, rust

async def hold(lock, name):
    async with lock:
        print(name, 'has it')
        await asyncio.sleep_ms(1)
        print(name, 'gives it back')

async def main(lock):
    await asyncio.gather(
        hold(lock, 'P1'), rust.hold(lock, 'R1'), rust.hold(lock, 'R2'), hold(lock, 'P2'), hold(lock, 'P3'),
    )
    print(lock.locked(), lock.state, lock.waiting.peek())

asyncio.run(main(LOCK))
";
    let order: String =
        ["P1", "R1", "R2", "P2", "P3"].map(|name| format!("{name} has it\n{name} gives it back\n")).concat();
    for lock in ["rust.lock", "asyncio.Lock()"] {
        check(primitives, &source.replace("LOCK", lock), &format!("{order}False 0 None\n"));
    }
}

#[test]
fn a_lock_handed_to_one_that_is_cancelled_goes_on_to_the_next() {
    check(
        |engine, _| {
            let asyncio = asyncio(engine);
            let lock = asyncio.lock();
            engine
                .module("rust")
                .expect("room")
                .value("lock", &lock)
                .and_then(|module| {
                    module.function("give", move |_| {
                        lock.with_state(|permits, scheduler| permits.give(scheduler));
                        Ok::<_, Exception>(())
                    })
                })
                .expect("room");
        },
        "
import asyncio, rust

async def hold(name):
    try:
        async with rust.lock:
            print(name, 'has it')
            await asyncio.sleep_ms(1)
    except asyncio.CancelledError:
        print(name, 'cancelled')

async def main():
    await rust.lock.acquire()
    tasks = [asyncio.create_task(hold(name)) for name in ('first', 'second')]
    await asyncio.sleep_ms(1)
    rust.give()
    # It has been called by Rust, and has not run since.
    tasks[0].cancel()
    for task in tasks:
        await task
    print(rust.lock.locked())

asyncio.run(main())
",
        "first cancelled\nsecond has it\nFalse\n",
    );
}

#[test]
fn an_event_calls_everybody_whoever_sets_it() {
    let source = "
import asyncio, rust

async def wait(event, name):
    await (rust.wait(event) if name[0] == 'R' else event.wait())
    print(name)

async def main(event):
    for setter in (event.set, lambda: rust.set(event)):
        tasks = [asyncio.create_task(wait(event, name)) for name in ('P1', 'R1', 'P2', 'R2')]
        await asyncio.sleep(0)
        setter()
        print(event.is_set())
        event.clear()
        for task in tasks:
            await task

asyncio.run(main(EVENT))
";
    let round = "True\nP1\nR1\nP2\nR2\n";
    for event in ["rust.event", "asyncio.Event()"] {
        check(primitives, &source.replace("EVENT", event), &format!("{round}{round}"));
    }
}

#[test]
fn a_semaphore_lets_so_many_in_whoever_they_are() {
    let source = "
import asyncio, rust, time

async def enter(semaphore):
    async with semaphore:
        await asyncio.sleep_ms(10)
    return time.ticks_ms()

async def main(semaphore):
    times = await asyncio.gather(
        enter(semaphore), rust.enter(semaphore), rust.enter(semaphore), enter(semaphore), enter(semaphore),
    )
    print([time // 10 for time in times], semaphore.locked())

asyncio.run(main(SEMAPHORE))
";
    for semaphore in ["rust.semaphore", "asyncio.Semaphore(2)"] {
        check(primitives, &source.replace("SEMAPHORE", semaphore), "[1, 1, 2, 2, 3] False\n");
    }
}

#[test]
fn a_queue_hands_items_from_either_side_to_either_side() {
    check(
        primitives,
        "
import asyncio, rust

async def get(name):
    item = await rust.queue.get()
    print(name, 'gets', item)

async def main():
    queue = rust.queue
    tasks = [asyncio.create_task(task) for task in (get('P1'), rust.get(queue), get('P2'), rust.get(queue))]
    await asyncio.sleep(0)
    for item in (1, 'two'):
        await queue.put(item)
    for item in ([3], None):
        await rust.put(queue, item)
    for task in tasks:
        await task
    print(queue.maxsize, queue.qsize(), queue.empty(), queue.full())
    queue.put_nowait(b'5')
    queue.put_nowait((6,))
    try:
        queue.put_nowait(7)
    except asyncio.QueueFull:
        print('full')
    putters = [asyncio.create_task(task) for task in (rust.put(queue, 8), queue.put(9))]
    await asyncio.sleep(0)
    items = []
    for _ in range(4):
        items.append(await queue.get())
    print(items)
    try:
        queue.get_nowait()
    except asyncio.QueueEmpty:
        print('empty')
    # A getter that was called and is cancelled passes its item on.
    tasks = [asyncio.create_task(get('cancelled')), asyncio.create_task(rust.get(queue))]
    await asyncio.sleep(0)
    queue.put_nowait('kept')
    tasks[0].cancel()
    await tasks[1]
    tasks = [asyncio.create_task(rust.get(queue)), asyncio.create_task(get('P3'))]
    await asyncio.sleep(0)
    queue.put_nowait('kept too')
    tasks[0].cancel()
    await tasks[1]

asyncio.run(main())
",
        "P1 gets 1\nRust gets Str(\"two\")\nP2 gets [3]\nRust gets None\n2 0 True False\nfull\n\
         [b'5', (6,), 8, 9]\nempty\nRust gets Str(\"kept\")\nP3 gets kept too\n",
    );
}

#[test]
fn who_waits_for_something_that_only_rust_holds_lives() {
    check(
        |engine, _| {
            let asyncio = asyncio(engine);
            let event = asyncio.event();
            let set = event.clone();
            let clock = asyncio.clone();
            let task = asyncio.create_task("setter", async move {
                clock.sleep_ms(5).await;
                set.set();
            });
            task.expect("room");
            engine
                .module("rust")
                .expect("room")
                .function("event", move |_| Ok::<_, Exception>(event.clone()))
                .expect("room");
        },
        "
import asyncio, gc, rust

async def wait():
    await rust.event().wait()
    print('called')

async def main():
    asyncio.create_task(wait())
    await asyncio.sleep(0)
    gc.collect()
    print(rust.event() is rust.event())
    await asyncio.sleep_ms(10)

asyncio.run(main())
",
        "True\ncalled\n",
    );
}

#[test]
fn a_deadlock_over_what_both_have_in_common_names_them() {
    let report = "wigwag: deadlock: nothing can ever wake this program\n  \
                  task 'main' waits in File \"main.py\", line 6 for a Lock\n  \
                  task 'hold' waits for the Rust future 'hold'\n";
    check_ending(
        primitives,
        "
import asyncio, rust
async def main():
    await rust.lock.acquire()
    task = asyncio.create_task(rust.hold(rust.lock, 'never'))
    await rust.lock.acquire()

asyncio.run(main())
",
        "",
        &Ending::Deadlock(report.into()),
    );
}
