//! The example `peers` gives this output, however it is run.

#[path = "../examples/peers.rs"]
mod example;

#[test]
fn the_example_gives_its_output_in_every_way() {
    let expected = include_str!("peers_example.out");
    for (fuel, collect_every) in [(100_000, 0), (1, 0), (100_000, 1), (1, 1)] {
        let output = example::run(fuel, collect_every).expect("it runs");
        assert_eq!(output, expected, "fuel {fuel}, collecting every {collect_every}");
    }
}
