// The ways in which each test of peers runs a program, and must come to the same. Included after `world.rs`.

/// How a program is run: fuel of each step, and after how many safepoints garbage is collected (0: as usual).
const WAYS: [(u64, u32); 3] = [(100_000, 0), (1, 0), (100_000, 1)];

/// More steps than any of these takes, even with a fuel of 1.
const STEPS: u32 = 1_000_000;

fn run(engine: &mut Engine, fuel: u64) -> Ending {
    for _ in 0..STEPS {
        match engine.step(fuel) {
            Stepped::Ready => {}
            Stepped::Idle { until_us } => panic!("idle until {until_us:?}"),
            Stepped::Ended(ending) => return ending,
        }
    }
    panic!("no end in sight");
}

/// Runs a program in every way, prepared by `prepare`; gives its output.
fn check(prepare: impl Fn(&mut Engine, &Output), source: &str, expected: &str) {
    check_ending(prepare, source, expected, &Ending::Finished);
}

fn check_ending(prepare: impl Fn(&mut Engine, &Output), source: &str, expected: &str, ending: &Ending) {
    for (fuel, collect_every) in WAYS {
        let (mut engine, output) = engine();
        engine.vm.collect_every = collect_every;
        prepare(&mut engine, &output);
        engine.start(source.as_bytes(), "main.py", SourceMode::Module).expect("it compiles");
        let ended = run(&mut engine, fuel);
        assert_eq!(output.text(), expected, "fuel {fuel}, collecting every {collect_every}; {ended:?}");
        assert_eq!(&ended, ending);
        engine.verify().expect("the heap is sound");
    }
}

fn asyncio(engine: &mut Engine) -> Asyncio {
    engine.asyncio().expect("there was memory for it")
}
