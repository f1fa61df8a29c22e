//! The example with a button, pressed by a script.

mod common;

use common::Bench;
use wigwag_board::{Input, schedule_input};
use wigwag_engine::engine::Ending;

#[test]
fn the_button_switches_the_blue_light() {
    let mut bench = Bench::until("pybv11", Some(5_000_000));
    for (at_us, pressed) in [(1_234_567, true), (1_400_000, false), (2_950_001, true), (3_000_000, false)] {
        schedule_input(&mut bench.engine.vm, at_us, Input::Switch { pressed });
    }
    let ending = bench.run(include_str!("../../../examples/button.py"));
    let record = bench.record();
    assert_eq!((ending, record.errors.as_str()), (Ending::TimeUp, ""));
    assert_eq!(record.out, "pressed 1\npressed 2\n");
    let times = |text: &str| -> Vec<u64> {
        let line = |line: &String| {
            let time = line.strip_prefix("{\"t_us\":")?.split(',').next()?.parse().ok()?;
            line.contains(text).then_some(time)
        };
        record.events.iter().filter_map(line).collect()
    };
    // A press reaches its light within half a millisecond of the board's time.
    for (time, pressed) in times("\"led\":4").into_iter().zip([1_234_567, 2_950_001]) {
        assert!((pressed..pressed + 500).contains(&time), "{:?}", record.events);
    }
    assert_eq!(times("\"led\":4").len(), 2);
    assert_eq!(times("\"pin\":\"X17\""), [1_234_567, 1_400_000, 2_950_001, 3_000_000]);
    // Meanwhile the red light blinks once a second.
    assert_eq!(times("\"led\":1").len(), 10);
}
