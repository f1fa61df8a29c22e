//! Rust futures and Python tasks on one loop: what crosses, who is cancelled by whom, who comes first. Each test runs plain,
//! with a fuel of 1, and with a collection at every safepoint, and must come to the same.

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::rc::Rc;

use wigwag_engine::engine::{Ending, Engine, Stepped};
use wigwag_engine::peers::{Arguments, Asyncio, Data, Exception, JoinError, Object};
use wigwag_vm::run::source::SourceMode;

include!("common/world.rs");
include!("common/ways.rs");

/// Tells when it is dropped.
struct Tell(&'static str, Output);

impl Drop for Tell {
    fn drop(&mut self) {
        self.1.line(self.0);
    }
}

/// A module with a sleep, an echo, a failure, and a future that never ends.
fn basics(engine: &mut Engine, output: &Output) {
    let output = output.clone();
    let mut module = engine.module("rust").expect("room");
    module
        .async_function("sleep_ms", async |mut arguments: Arguments| {
            let ms: u64 = arguments.take()?;
            arguments.end()?;
            arguments.asyncio().sleep_ms(ms).await;
            Ok::<_, Exception>(arguments.asyncio().now_us() / 1000).map(|ms| ms as i64)
        })
        .and_then(|module| {
            module.async_function("echo", async |mut arguments: Arguments| arguments.take::<Data>())
        })
        .and_then(|module| {
            module.async_function("fail", async |mut arguments: Arguments| {
                let name: String = arguments.take()?;
                arguments.asyncio().sleep_ms(1).await;
                Err::<(), _>(Exception::new(name, "from Rust"))
            })
        })
        .and_then(|module| {
            module.async_function("forever", move |_| {
                let tell = Tell("dropped", output.clone());
                async move {
                    std::future::pending::<()>().await;
                    drop(tell);
                    Ok::<_, Exception>(())
                }
            })
        })
        .and_then(|module| {
            module.function("double", |mut arguments| Ok::<i64, Exception>(2 * arguments.take::<i64>()?))
        })
        .and_then(|module| module.value("LIMIT", 7))
        .and_then(|module| module.exception("SensorError", "OSError"))
        .expect("room");
}

#[test]
fn python_awaits_rust_in_every_way() {
    check(
        basics,
        "
import asyncio, rust

async def main():
    print(await rust.echo('at once'), rust.double(21), rust.LIMIT)
    print(await rust.sleep_ms(10))
    task = asyncio.create_task(rust.sleep_ms(5))
    print(task.done(), await task, task.done())
    print(await asyncio.gather(rust.sleep_ms(30), rust.echo(1), rust.sleep_ms(20)))
    print(await asyncio.wait_for(rust.sleep_ms(5), 1))
    async with asyncio.timeout(1):
        print(await rust.sleep_ms(5))
    print(await asyncio.shield(rust.echo('shielded')))
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(rust.sleep_ms(ms)) for ms in (3, 1, 2)]
    print([task.result() for task in tasks])

asyncio.run(main())
",
        "at once 42 7\n10\nFalse 15 True\n[45, 1, 35]\n50\n55\nshielded\n[58, 56, 57]\n",
    );
}

#[test]
fn values_cross_both_ways() {
    check(
        basics,
        "
import asyncio, rust

class Thing:
    pass

async def main():
    thing = Thing()
    for value in (None, True, -5, 2.5, 'text', b'bytes', [1, [2]], (1, ()), {'a': 1, 2: None}, 1 << 70, thing, main):
        back = await rust.echo(value)
        print(type(back) is type(value), back == value, end=' ')
    print()
    print((await rust.echo(thing)) is thing)
    given = [1]
    back = await rust.echo(given)
    print(back is given)
    circle = []
    circle.append(circle)
    back = await rust.echo(circle)
    print(back is circle, back[0] is circle)

asyncio.run(main())
",
        "True True True True True True True True True True True True True True True True \
         True True True True True True True True \nTrue\nFalse\nFalse True\n",
    );
}

#[test]
fn errors_of_rust_are_exceptions_by_name() {
    check(
        basics,
        "
import asyncio, rust

async def main():
    for name in ('ValueError', 'asyncio.TimeoutError', 'SensorError', 'Unknown'):
        try:
            await rust.fail(name)
        except Exception as error:
            print(type(error).__name__, error)
    try:
        await rust.fail('SensorError')
    except rust.SensorError as error:
        print(isinstance(error, OSError))
    for call in (lambda: rust.double(), lambda: rust.double('x')):
        try:
            call()
        except TypeError as error:
            print(error)
    try:
        await rust.sleep_ms(1, 2)
    except TypeError as error:
        print(error)

asyncio.run(main())
",
        "ValueError from Rust\nTimeoutError from Rust\nSensorError from Rust\n\
         RuntimeError Unknown: from Rust\nTrue\nfunction missing required positional arguments\n\
         int expected, not str\n1 arguments too many\n",
    );
}

#[test]
fn cancelling_a_python_task_drops_the_future_it_awaits() {
    check(
        basics,
        "
import asyncio, rust

async def outer():
    try:
        await rust.forever()
    except asyncio.CancelledError:
        print('cancelled')
        raise

async def main():
    task = asyncio.create_task(outer())
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print('joined')
    task = asyncio.create_task(rust.forever())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    print(task.cancelled())
    try:
        await asyncio.wait_for_ms(rust.forever(), 5)
    except asyncio.TimeoutError:
        print('too late')
    never_begun = rust.forever()
    never_begun.close()
    print('end')

asyncio.run(main())
",
        "dropped\ncancelled\njoined\ndropped\nTrue\ndropped\ntoo late\ndropped\nend\n",
    );
}

/// Functions of the program by name.
fn function(engine: &mut Engine, name: &str) -> Object {
    match engine.name(name).expect("room") {
        Some(Data::Object(object)) => object,
        other => panic!("{name} is {other:?}"),
    }
}

/// Runs a program to its end, then the loop with what `make` has started.
fn check_after(source: &str, make: impl Fn(&mut Engine, &Output), expected: &str) {
    for (fuel, collect_every) in WAYS {
        let (mut engine, output) = engine();
        engine.vm.collect_every = collect_every;
        engine.start(source.as_bytes(), "main.py", SourceMode::Module).expect("it compiles");
        assert_eq!(run(&mut engine, fuel), Ending::Finished);
        make(&mut engine, &output);
        engine.start_loop().expect("it starts");
        let ended = run(&mut engine, fuel);
        assert_eq!(output.text(), expected, "fuel {fuel}, collecting every {collect_every}; {ended:?}");
        assert_eq!(ended, Ending::Finished);
        engine.verify().expect("the heap is sound");
    }
}

#[test]
fn rust_calls_python_and_awaits_its_result_or_exception() {
    check_after(
        "
import asyncio

async def slow(a, b):
    await asyncio.sleep_ms(5)
    return a + b

async def fail():
    await asyncio.sleep_ms(1)
    raise ValueError('from Python')

async def fail_with_number():
    raise ValueError(2.0)

def plain(*values):
    return values
",
        |engine, output| {
            let (slow, fail) = (function(engine, "slow"), function(engine, "fail"));
            let (fail_with_number, plain) = (function(engine, "fail_with_number"), function(engine, "plain"));
            let (asyncio, output) = (asyncio(engine), output.clone());
            let clock = asyncio.clone();
            let task = asyncio.create_task("caller", async move {
                output.line(&format!("{:?}", clock.call(&slow, [1.into(), 2.into()]).await));
                output.line(&format!("{}", clock.call(&fail, []).await.unwrap_err()));
                output.line(&format!("{}", clock.call(&fail_with_number, []).await.unwrap_err()));
                let five: Vec<Data> = (0..5).map(Data::from).collect();
                output.line(&format!("{:?}", clock.call(&plain, five).await));
                let (one, two) = wigwag_scheduler::gather((
                    clock.call(&slow, ["a".into(), "b".into()]),
                    clock.create_python_task(&slow, [1.5.into(), 2.into()]),
                ))
                .await;
                output.line(&format!("{one:?} {two:?} {}", clock.now_us() / 1000));
            });
            task.expect("room");
        },
        "Ok(Int(3))\nValueError: from Python\nValueError: 2.0\n\
         Ok(Tuple([Int(0), Int(1), Int(2), Int(3), Int(4)]))\nOk(Str(\"ab\")) Ok(Float(3.5)) 11\n",
    );
}

#[test]
fn rust_cancels_a_python_task() {
    check_after(
        "
import asyncio

async def patient():
    try:
        await asyncio.sleep(100)
    except asyncio.CancelledError:
        print('cancelled in Python')
        raise

async def stubborn():
    try:
        await asyncio.sleep(100)
    except asyncio.CancelledError:
        return 'not I'
",
        |engine, output| {
            let (patient, stubborn) = (function(engine, "patient"), function(engine, "stubborn"));
            let (asyncio, output) = (asyncio(engine), output.clone());
            let clock = asyncio.clone();
            let task = asyncio.create_task("canceller", async move {
                let tasks = [clock.create_python_task(&patient, []), clock.create_python_task(&stubborn, [])];
                clock.sleep_ms(1).await;
                tasks.iter().for_each(|task| task.cancel());
                for task in tasks {
                    let result = task.await;
                    output.line(&format!("{:?}", result.map_err(|error| error.is_cancelled())));
                }
                // Cancelled before it begins.
                let task = clock.create_python_task(&patient, []);
                task.cancel();
                output.line(&format!("{:?}", task.await.map_err(|error| error.is_cancelled())));
                // Given up.
                let given_up = clock.timeout_ms(5, clock.call(&patient, [])).await;
                output.line(if given_up.is_err() { "given up" } else { "ended" });
            });
            task.expect("room");
        },
        "cancelled in Python\nErr(true)\nOk(Str(\"not I\"))\nErr(true)\ngiven up\ncancelled in Python\n",
    );
}

#[test]
fn cancellation_passes_through_python_rust_and_python() {
    check(
        |engine, output| {
            let output = output.clone();
            let through = move |mut arguments: Arguments| {
                let tell = Tell("Rust dropped", output.clone());
                async move {
                    let inner: Object = arguments.take()?;
                    let result = arguments.asyncio().call(&inner, []).await;
                    drop(tell);
                    result
                }
            };
            engine.module("rust").expect("room").async_function("through", through).expect("room");
        },
        "
import asyncio, rust

async def inner():
    try:
        await asyncio.sleep(100)
    finally:
        print('inner ends')

async def outer():
    try:
        await rust.through(inner)
    finally:
        print('outer ends')

async def fails():
    raise KeyError('through')

async def main():
    task = asyncio.create_task(outer())
    await asyncio.sleep(1)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print('joined')
    await asyncio.sleep(1)
    print(len(asyncio.all_tasks()))
    try:
        await rust.through(fails)
    except KeyError as error:
        print(repr(error))

asyncio.run(main())
",
        "Rust dropped\nouter ends\njoined\ninner ends\n1\nRust dropped\nKeyError('through',)\n",
    );
}

#[test]
fn tasks_of_rust_and_of_python_take_turns_in_one_order() {
    check(
        |engine, output| {
            let (asyncio, output) = (asyncio(engine), output.clone());
            for name in ["Rust 1", "Rust 2"] {
                let (clock, output) = (asyncio.clone(), output.clone());
                let task = asyncio.create_task(name, async move {
                    for _ in 0..3 {
                        output.line(name);
                        clock.sleep_ms(0).await;
                    }
                });
                task.expect("room");
            }
        },
        "
import asyncio

async def python(name):
    for _ in range(3):
        print(name)
        await asyncio.sleep_ms(0)

async def main():
    tasks = [asyncio.create_task(python('Python %d' % i)) for i in (1, 2)]
    for task in tasks:
        await task
    await asyncio.sleep_ms(10)

asyncio.run(main())
",
        // Python's tasks come one round later: the main task makes them in its first turn.
        "Rust 1\nRust 2\nRust 1\nRust 2\nPython 1\nPython 2\n\
         Rust 1\nRust 2\nPython 1\nPython 2\nPython 1\nPython 2\n",
    );
}

#[test]
fn rust_sleeps_to_the_microsecond_and_a_busy_future_does_not_stop_the_loop() {
    check(
        |engine, output| {
            let (asyncio, output) = (asyncio(engine), output.clone());
            let clock = asyncio.clone();
            let task = asyncio.create_task("sleeper", async move {
                clock.sleep_us(1500).await;
                output.line(if clock.now_us() < 2000 { "in time" } else { "late" });
                loop {
                    clock.sleep_ms(0).await;
                }
            });
            task.expect("room");
        },
        "
import asyncio

async def main():
    await asyncio.sleep_ms(3)
    print('over')

asyncio.run(main())
",
        "in time\nover\n",
    );
}

#[test]
fn what_rust_holds_lives_and_what_it_lets_go_is_garbage() {
    let kept: Rc<RefCell<Option<Object>>> = Rc::default();
    for collect_every in [0, 1] {
        let (mut engine, output) = engine();
        engine.vm.collect_every = collect_every;
        let (keep, give) = (kept.clone(), kept.clone());
        engine
            .module("rust")
            .expect("room")
            .function("keep", move |mut arguments| -> Result<(), Exception> {
                *keep.borrow_mut() = Some(arguments.take()?);
                Ok(())
            })
            .expect("room")
            .function("give", move |_| Ok::<_, Exception>(give.borrow_mut().take()))
            .expect("room");
        let source = "
import gc, rust

class Thing:
    pass

rust.keep(Thing())
gc.collect()
filler = [Thing() for _ in range(100)]
print(type(rust.give()).__name__, rust.give())
rust.keep(bytearray(100000))
";
        engine.start(source.as_bytes(), "main.py", SourceMode::Module).expect("it compiles");
        assert_eq!(run(&mut engine, 1000), Ending::Finished, "{}", output.text());
        assert_eq!(output.text(), "Thing None\n");
        engine.verify().expect("the heap is sound");
        let full = engine.vm.heap.budget.used();
        drop(kept.borrow_mut().take());
        engine.verify().expect("the heap is sound");
        assert!(full - engine.vm.heap.budget.used() >= 100_000);
    }
}

#[test]
fn an_object_of_another_engine_is_refused() {
    let kept: Rc<RefCell<Option<Object>>> = Rc::default();
    let (mut first, _) = engine();
    first.start(b"def function(): pass", "main.py", SourceMode::Module).expect("it compiles");
    run(&mut first, 1000);
    *kept.borrow_mut() = Some(function(&mut first, "function"));
    check(
        |engine, _| {
            let give = kept.clone();
            let mut module = engine.module("rust").expect("room");
            module.function("give", move |_| Ok::<_, Exception>(give.borrow().clone())).expect("room");
        },
        "
import rust
try:
    rust.give()
except TypeError as error:
    print(error)
",
        "the object belongs to another engine\n",
    );
}

#[test]
fn a_deadlock_names_the_tasks_of_both() {
    let report = "wigwag: deadlock: nothing can ever wake this program\n  \
                  task 'main' waits in File \"main.py\", line 5 for the Rust future 'wait'\n  \
                  Rust task 'watcher' waits\n";
    check_ending(
        |engine, _| {
            let asyncio = asyncio(engine);
            let event = Rc::new(wigwag_scheduler::sync::Event::new(asyncio.clone()));
            let watched = event.clone();
            asyncio.create_task("watcher", async move { watched.wait().await }).expect("room");
            let wait = move |_| {
                let event = event.clone();
                async move {
                    event.wait().await;
                    Ok::<_, Exception>(())
                }
            };
            engine.module("rust").expect("room").async_function("wait", wait).expect("room");
        },
        "
import asyncio, rust

async def main():
    await rust.wait()

asyncio.run(main())
",
        "",
        &Ending::Deadlock(report.into()),
    );
}

fn catch(work: &mut dyn FnMut()) -> Result<(), String> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work))
        .map_err(|payload| payload.downcast::<&str>().map_or("no text".into(), |text| text.to_string()))
}

#[test]
fn a_future_has_one_task_that_awaits_it() {
    check(
        basics,
        "
import asyncio, rust

async def wait(future):
    return await future

async def main():
    future = rust.sleep_ms(5)
    first = asyncio.create_task(wait(future))
    await asyncio.sleep(0)
    try:
        await future
    except RuntimeError as error:
        print(error)
    print(await first, await future)

asyncio.run(main())
",
        "coroutine is being awaited already\n5 None\n",
    );
}

#[test]
fn a_new_event_loop_forgets_tasks_of_python_and_not_those_of_rust() {
    check(
        |engine, output| {
            basics(engine, output);
            let (asyncio, output) = (asyncio(engine), output.clone());
            let clock = asyncio.clone();
            let task = asyncio.create_task("stays", async move {
                for _ in 0..3 {
                    clock.sleep_ms(1).await;
                    output.line("Rust");
                }
            });
            task.expect("room");
        },
        "
import asyncio, rust

async def forgotten():
    await asyncio.sleep_ms(2)
    print('never')

async def main():
    asyncio.create_task(forgotten())
    await asyncio.sleep_ms(1)

asyncio.run(main())
asyncio.new_event_loop()
async def wait():
    await asyncio.sleep_ms(9)

asyncio.run(wait())
",
        "Rust\nRust\nRust\n",
    );
}

#[test]
fn memory_may_run_out_anywhere() {
    let source = "
import asyncio, rust

async def python(value):
    await asyncio.sleep_ms(1)
    return [value, str(value)]

async def main():
    lock = asyncio.Lock()
    print(await asyncio.gather(rust.call(python, 7), rust.sleep_ms(3), rust.echo(['a' * 20, {1: (2, 3)}])))
    try:
        await rust.fail('SensorError')
    except rust.SensorError as error:
        print(error)

asyncio.run(main())
";
    let expected = "[[7, '7'], 3, ['aaaaaaaaaaaaaaaaaaaa', {1: (2, 3)}]]\nfrom Rust\n";
    let mut number = 0;
    loop {
        let (mut engine, output) = engine();
        basics(&mut engine, &output);
        let call = async |mut arguments: Arguments| {
            let function: Object = arguments.take()?;
            let rest = arguments.rest();
            arguments.asyncio().call(&function, rest).await
        };
        engine.module("calls").expect("room").async_function("call", call).expect("room");
        let source =
            source.replace("rust.call", "calls.call").replace("asyncio, rust", "asyncio, rust, calls");
        engine.start(source.as_bytes(), "main.py", SourceMode::Module).expect("it compiles");
        engine.vm.heap.budget.fail(Some(wigwag_vm::heap::Failure { number, lasting: false }));
        let ending = run(&mut engine, 10_000);
        let failed = engine.vm.heap.budget.has_failed();
        engine.vm.heap.budget.fail(None);
        match ending {
            Ending::Finished => assert_eq!(output.text(), expected, "allocation {number}"),
            Ending::Exception(text) => {
                assert!(text.contains("\nMemoryError: "), "allocation {number}: {text}")
            }
            other => panic!("allocation {number}: {other:?}"),
        }
        engine.verify().expect("the heap is sound");
        if !failed {
            assert!(number > 50, "{number} allocations were tried");
            return;
        }
        number += 1;
    }
}

#[test]
fn a_panic_is_an_exception_where_the_future_is_awaited() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let expected = ["no such luck", "out of order"];
        if !panic.payload().downcast_ref::<&str>().is_some_and(|text| expected.contains(text)) {
            usual(panic);
        }
    }));
    check(
        |engine, output| {
            engine.catch_panics(catch);
            let (asyncio, output) = (asyncio(engine), output.clone());
            let clock = asyncio.clone();
            let broken = asyncio.create_task("broken", async move {
                clock.sleep_ms(1).await;
                panic!("out of order");
            });
            let broken = broken.expect("room");
            let join = asyncio.create_task("joins", async move {
                let joined: Result<(), JoinError> = broken.await;
                output.line(&format!("{joined:?}"));
            });
            join.expect("room");
            let panic = async |arguments: Arguments| -> Result<(), Exception> {
                arguments.asyncio().sleep_ms(1).await;
                panic!("no such luck");
            };
            engine.module("rust").expect("room").async_function("panic", panic).expect("room");
        },
        "
import asyncio, rust

async def main():
    try:
        await rust.panic()
    except RuntimeError as error:
        print(error)
    await asyncio.sleep_ms(5)
    print('goes on')

asyncio.run(main())
",
        "wigwag: Rust task 'broken' panicked: out of order\nErr(Cancelled)\n\
         Rust panicked: no such luck\ngoes on\n",
    );
}

#[test]
fn errors_of_the_program_that_nobody_awaits_are_told() {
    let (mut engine, output) = engine();
    let source = b"async def fail():\n    raise ValueError('unheard')\n";
    engine.start(source, "main.py", SourceMode::Module).expect("it compiles");
    run(&mut engine, 1000);
    let fail = function(&mut engine, "fail");
    drop(asyncio(&mut engine).create_python_task(&fail, []));
    engine.start_loop().expect("it starts");
    run(&mut engine, 1000);
    let text = output.text();
    assert!(text.starts_with("Task exception wasn't retrieved\n"), "{text}");
    assert!(text.ends_with("in fail\nValueError: unheard\n"), "{text}");
}

/// Keeps the waker it is polled with, and is ready when it is told so.
#[derive(Clone, Default)]
struct Outside(Rc<(Cell<bool>, RefCell<Option<std::task::Waker>>)>);

impl Future for Outside {
    type Output = ();

    fn poll(self: std::pin::Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> std::task::Poll<()> {
        if self.0.0.get() {
            return std::task::Poll::Ready(());
        }
        *self.0.1.borrow_mut() = Some(cx.waker().clone());
        std::task::Poll::Pending
    }
}

#[test]
fn a_waker_called_from_another_thread_rouses_an_idle_engine() -> Result<(), Box<dyn Error>> {
    use std::sync::atomic::{AtomicU32, Ordering};
    static RUNG: AtomicU32 = AtomicU32::new(0);
    static BELL: wigwag_engine::peers::Doorbell = wigwag_engine::peers::Doorbell {
        ring: |_| {
            RUNG.fetch_add(1, Ordering::SeqCst);
        },
        token: 0,
    };
    let (mut engine, output) = engine();
    engine.set_doorbell(Some(&BELL));
    let outside = Outside::default();
    let wait = outside.clone();
    engine.module("rust")?.async_function("wait", move |_| {
        let wait = wait.clone();
        async move {
            wait.await;
            Ok::<_, Exception>("woken")
        }
    })?;
    let source = "
import asyncio, rust

async def main():
    print(await rust.wait())

asyncio.run(main())
";
    engine.start(source.as_bytes(), "main.py", SourceMode::Module)?;
    loop {
        match engine.step(1000) {
            Stepped::Ready => {}
            Stepped::Idle { until_us } => {
                assert!(until_us.is_none_or(|until| until >= 1 << 50));
                break;
            }
            Stepped::Ended(ending) => panic!("{ending:?}"),
        }
    }
    outside.0.0.set(true);
    let waker = outside.0.1.borrow_mut().take().ok_or("it was polled")?;
    std::thread::spawn(move || waker.wake()).join().map_err(|_| "the thread")?;
    assert_eq!(RUNG.load(Ordering::SeqCst), 1);
    assert_eq!(run(&mut engine, 1000), Ending::Finished);
    assert_eq!(output.text(), "woken\n");
    Ok(())
}

#[test]
fn after_its_engine_nothing_waits_for_ever() {
    let (mut engine, _) = engine();
    engine.start(b"def function(): pass", "main.py", SourceMode::Module).expect("it compiles");
    run(&mut engine, 1000);
    let function = function(&mut engine, "function");
    let asyncio = asyncio(&mut engine);
    let task = asyncio.create_python_task(&function, []);
    drop(engine);
    assert!(task.done());
    assert!(task.try_result().is_some_and(|result| result.is_err_and(|error| error.is_cancelled())));
    assert!(asyncio.create_task("late", async {}).is_err());
}
