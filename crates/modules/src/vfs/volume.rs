//! What file systems on block devices have in common: work that is run again for each piece of the device that it lacks.

/// Bytes of a device.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// The block.
    pub block: u32,
    /// Where in it they begin.
    pub offset: u32,
    /// How many there are.
    pub length: u32,
}

/// Why work has ended early.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    /// These bytes are needed.
    Missing(Place),
    /// The file system has to find out something about itself before.
    CatchUp,
    /// An error number.
    Failed(i32),
}

/// What work comes to.
pub type Done<T> = Result<T, Stop>;
