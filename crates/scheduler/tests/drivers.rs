//! Drivers of the embedded world on this loop: what the example `sensor` shows, line by line.

#[path = "../examples/sensor.rs"]
mod sensor;

#[test]
fn a_driver_from_the_registry_runs_unchanged() {
    let lines = sensor::run(2).unwrap();
    let expected = [
        " 100 ms  0x4a: Bus(NoDevice)",
        " 120 ms  0x48: 21.625 degrees",
        " 120 ms  0x49: -3.875 degrees",
        " 200 ms  0x4a: Bus(NoDevice)",
        " 220 ms  0x48: 21.750 degrees",
        " 220 ms  0x49: -3.750 degrees",
    ];
    assert_eq!(lines, expected);
}
