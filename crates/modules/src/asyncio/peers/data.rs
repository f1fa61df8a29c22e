//! `Data`: Python's values as Rust has them.

use super::{Event, Exception, Lock, Object, Queue, Semaphore};
use alloc::string::String;
use alloc::vec::Vec;

/// A value on its way between Python and Rust.
///
/// What has an obvious form in Rust is copied; everything else crosses as a handle to the object itself. Whatever refers to
/// itself, or is nested deeper than [`Data::DEEPEST`], is a handle from there on.
///
/// ```
/// use wigwag_modules::asyncio::peers::Data;
///
/// let reading = Data::from(vec![Data::from(21.5), Data::from("°C")]);
/// assert_eq!(reading, Data::List(vec![Data::Float(21.5), Data::Str("°C".into())]));
/// assert_eq!(i64::try_from(Data::from(7)), Ok(7));
/// assert_eq!(i64::try_from(Data::from("7")).unwrap_err().to_string(), "TypeError: int expected, not str");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Data {
    /// `None`
    #[default]
    None,
    /// `True` or `False`
    Bool(bool),
    /// An integer that 64 bits hold; larger ones are objects.
    Int(i64),
    /// A float.
    Float(f64),
    /// A string.
    Str(String),
    /// Bytes; a `bytearray` is an object, because others may see it change.
    Bytes(Vec<u8>),
    /// A list: a copy of it.
    List(Vec<Data>),
    /// A tuple.
    Tuple(Vec<Data>),
    /// A dict: a copy of it, in order.
    Dict(Vec<(Data, Data)>),
    /// An event.
    Event(Event),
    /// A lock.
    Lock(Lock),
    /// A semaphore; a bounded one is an object.
    Semaphore(Semaphore),
    /// A queue made by Rust; others are objects.
    Queue(Queue),
    /// Anything else.
    Object(Object),
}

impl Data {
    /// Containers within containers are copied to this depth.
    pub const DEEPEST: u32 = 32;

    /// The name of its type, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Data::None => "NoneType",
            Data::Bool(_) => "bool",
            Data::Int(_) => "int",
            Data::Float(_) => "float",
            Data::Str(_) => "str",
            Data::Bytes(_) => "bytes",
            Data::List(_) => "list",
            Data::Tuple(_) => "tuple",
            Data::Dict(_) => "dict",
            Data::Event(_) => "Event",
            Data::Lock(_) => "Lock",
            Data::Semaphore(_) => "Semaphore",
            Data::Queue(_) => "Queue",
            Data::Object(_) => "object",
        }
    }
}

#[cold]
fn mismatch(expected: &'static str, found: &Data) -> Exception {
    Exception::new("TypeError", format_args!("{expected} expected, not {}", found.kind()))
}

macro_rules! into_data {
    ($($type:ty => $variant:ident),+ $(,)?) => {$(
        impl From<$type> for Data {
            fn from(value: $type) -> Data {
                Data::$variant(value.into())
            }
        }
    )+};
}

into_data! {
    bool => Bool, i64 => Int, i32 => Int, u32 => Int, i16 => Int, u16 => Int, i8 => Int, u8 => Int,
    f64 => Float, f32 => Float, &str => Str, String => Str, Object => Object, Vec<Data> => List,
    Event => Event, Lock => Lock, Semaphore => Semaphore, Queue => Queue,
}

impl From<()> for Data {
    fn from((): ()) -> Data {
        Data::None
    }
}

macro_rules! into_data_by_clone {
    ($($type:ident),+) => {$(
        impl From<&$type> for Data {
            fn from(value: &$type) -> Data {
                Data::$type(value.clone())
            }
        }
    )+};
}

into_data_by_clone!(Object, Event, Lock, Semaphore, Queue);

impl<T: Into<Data>> From<Option<T>> for Data {
    fn from(value: Option<T>) -> Data {
        value.map_or(Data::None, T::into)
    }
}

macro_rules! from_data {
    ($($type:ty, $expected:literal: $($pattern:pat => $value:expr),+;)+) => {$(
        impl TryFrom<Data> for $type {
            type Error = Exception;

            fn try_from(data: Data) -> Result<$type, Exception> {
                match data {
                    $($pattern => Ok($value),)+
                    other => Err(mismatch($expected, &other)),
                }
            }
        }
    )+};
}

from_data! {
    (), "None": Data::None => ();
    bool, "bool": Data::Bool(value) => value;
    i64, "int": Data::Int(value) => value, Data::Bool(value) => value.into();
    f64, "float": Data::Float(value) => value, Data::Int(value) => value as f64;
    String, "str": Data::Str(value) => value;
    Vec<u8>, "bytes": Data::Bytes(value) => value;
    Vec<Data>, "list or tuple": Data::List(items) | Data::Tuple(items) => items;
    Event, "Event": Data::Event(event) => event;
    Lock, "Lock": Data::Lock(lock) => lock;
    Semaphore, "Semaphore": Data::Semaphore(semaphore) => semaphore;
    Queue, "Queue": Data::Queue(queue) => queue;
    Object, "object": Data::Object(object) => object;
}

macro_rules! narrow_integers {
    ($($type:ty),+) => {$(
        impl TryFrom<Data> for $type {
            type Error = Exception;

            fn try_from(data: Data) -> Result<$type, Exception> {
                let wide = i64::try_from(data)?;
                <$type>::try_from(wide).map_err(|_| {
                    Exception::new("OverflowError", concat!("integer does not fit into ", stringify!($type)))
                })
            }
        }
    )+};
}

narrow_integers!(u64, u32, i32, u16, i16, u8, i8, usize);
