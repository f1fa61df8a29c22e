// An engine under the virtual clock whose output is kept. Included by tests, examples and documentation.

/// What a program has written.
#[derive(Clone, Default)]
pub struct Output(std::rc::Rc<std::cell::RefCell<Vec<u8>>>);

#[allow(dead_code, reason = "not everybody who includes this looks at the output")]
impl Output {
    /// All of it.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.borrow()).into_owned()
    }

    /// A line from Rust, in order with the program's own.
    pub fn line(&self, text: &str) {
        self.0.borrow_mut().extend_from_slice(format!("{text}\n").as_bytes());
    }
}

impl wigwag_vm::run::platform::Platform for Output {
    fn write(&mut self, _stream: wigwag_vm::run::Stream, bytes: &[u8]) {
        self.0.borrow_mut().extend_from_slice(bytes);
    }

    fn path_kind(&mut self, _path: &str) -> wigwag_vm::run::platform::PathKind {
        wigwag_vm::run::platform::PathKind::Missing
    }

    fn read_file(&mut self, _path: &str) -> Result<Vec<u8>, i32> {
        Err(2)
    }
}

/// A new engine without a board.
pub fn engine() -> (wigwag_engine::engine::Engine, Output) {
    let output = Output::default();
    let config = wigwag_engine::engine::Config {
        heap_bytes: 4 << 20,
        clock: wigwag_engine::clocks::ClockSource::Virtual,
        ticks_period: wigwag_modules::clock::Timekeeper::TICKS_64,
        until_us: None,
        board: None,
        settings: wigwag_modules::settings::Settings::default(),
    };
    let engine = wigwag_engine::engine::Engine::new(config, Box::new(output.clone()));
    (engine.expect("there is memory for an engine"), output)
}
