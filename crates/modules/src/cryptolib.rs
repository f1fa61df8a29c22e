//! `cryptolib`: AES in the modes ECB, CBC and CTR. Follows upstream's `cryptolib` page. The cipher is RustCrypto's; the
//! modes, a few lines each, are here, because an object goes on from call to call and may write in place.

use crate::arguments;
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes256};
use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_vm::heap::{Handle, Heap, Raised, TypeId, Value};
use wigwag_vm::objects::function::{Member, TypeDef, plain, plain_constructor};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::ModuleDef;

/// `cryptolib`
pub static MODULE: ModuleDef = ModuleDef {
    name: "cryptolib",
    members: &[
        Member::Extension("aes", &AES),
        Member::Int("MODE_ECB", MODE_ECB),
        Member::Int("MODE_CBC", MODE_CBC),
        Member::Int("MODE_CTR", MODE_CTR),
    ],
};

const MODE_ECB: i64 = 1;
const MODE_CBC: i64 = 2;
const MODE_CTR: i64 = 6;

/// Bytes in a block.
const BLOCK: usize = 16;

type Block = [u8; BLOCK];

/// The cipher with its key.
#[derive(Clone)]
enum Key {
    Short(Box<Aes128>),
    Long(Box<Aes256>),
}

impl Key {
    fn new(bytes: &[u8]) -> Option<Key> {
        match bytes.len() {
            16 => Aes128::new_from_slice(bytes).ok().map(|key| Key::Short(Box::new(key))),
            32 => Aes256::new_from_slice(bytes).ok().map(|key| Key::Long(Box::new(key))),
            _ => None,
        }
    }

    fn encrypt(&self, block: Block) -> Block {
        let mut block = block.into();
        match self {
            Key::Short(key) => key.encrypt_block(&mut block),
            Key::Long(key) => key.encrypt_block(&mut block),
        }
        block.into()
    }

    fn decrypt(&self, block: Block) -> Block {
        let mut block = block.into();
        match self {
            Key::Short(key) => key.decrypt_block(&mut block),
            Key::Long(key) => key.decrypt_block(&mut block),
        }
        block.into()
    }
}

/// How blocks depend on each other.
#[derive(Clone)]
enum Mode {
    /// Not at all.
    Ecb,
    /// Each on the one before.
    Cbc(Block),
    /// On their number: the counter, what is left of the last block's key stream, and how much was used of that.
    Ctr { counter: Block, stream: Block, used: usize },
}

/// What `aes()` makes.
#[derive(Clone)]
struct Cipher {
    class: Handle,
    key: Key,
    mode: Mode,
    /// Whether it encrypts, once that is settled.
    encrypts: Option<bool>,
}

impl NativeObject for Cipher {
    fn class(&self) -> Handle {
        self.class
    }

    fn bytes(&self) -> usize {
        // The larger key counts for both.
        size_of::<Cipher>() + size_of::<Aes256>()
    }
}

fn combine(a: Block, b: Block) -> Block {
    core::array::from_fn(|number| a[number] ^ b[number])
}

impl Cipher {
    /// Encrypts or decrypts in place.
    fn process(&mut self, data: &mut [u8], encrypt: bool) {
        if let Mode::Ctr { counter, stream, used } = &mut self.mode {
            for byte in data {
                if *used == BLOCK {
                    *stream = self.key.encrypt(*counter);
                    *counter = u128::from_be_bytes(*counter).wrapping_add(1).to_be_bytes();
                    *used = 0;
                }
                *byte ^= stream[*used];
                *used += 1;
            }
            return;
        }
        for place in data.chunks_exact_mut(BLOCK) {
            let mut block = [0; BLOCK];
            block.copy_from_slice(place);
            let result = match &mut self.mode {
                Mode::Cbc(previous) if encrypt => {
                    *previous = self.key.encrypt(combine(block, *previous));
                    *previous
                }
                Mode::Cbc(previous) => combine(self.key.decrypt(block), core::mem::replace(previous, block)),
                _ if encrypt => self.key.encrypt(block),
                _ => self.key.decrypt(block),
            };
            place.copy_from_slice(&result);
        }
    }
}

/// `aes(key, mode, iv=None)`
fn construct(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let Some(class) = heap.as_class(given[0]) else { return Ok(Value::NONE) };
    let mode = arguments::integer(heap, given[2])?;
    if ![MODE_ECB, MODE_CBC, MODE_CTR].contains(&mode) {
        return Err(heap.raise(TypeId::ValueError, "mode"));
    }
    let key = arguments::buffer(heap, given[1])?;
    let Some(key) = Key::new(&key) else { return Err(heap.raise(TypeId::ValueError, "key")) };
    let start = match given.get(3).filter(|start| !start.is_none()) {
        Some(&start) => match Block::try_from(arguments::buffer(heap, start)?) {
            Ok(start) => Some(start),
            Err(_) => return Err(heap.raise(TypeId::ValueError, "IV")),
        },
        None => None,
    };
    let mode = match (mode, start) {
        (MODE_ECB, _) => Mode::Ecb,
        (MODE_CBC, Some(start)) => Mode::Cbc(start),
        (_, Some(counter)) => Mode::Ctr { counter, stream: [0; BLOCK], used: BLOCK },
        _ => return Err(heap.raise(TypeId::ValueError, "IV")),
    };
    arguments::object(heap, Cipher { class, key, mode, encrypts: None })
}

/// `encrypt(data, into=None)` and `decrypt`
fn process(heap: &mut Heap, given: &[Value], encrypt: bool) -> Result<Value, Raised> {
    let mut data: Vec<u8> = arguments::buffer(heap, given[1])?;
    let Some(mut cipher) = heap.as_native::<Cipher>(given[0]).cloned() else { return Ok(Value::NONE) };
    if !matches!(cipher.mode, Mode::Ctr { .. }) && !data.len().is_multiple_of(BLOCK) {
        return Err(heap.raise(TypeId::ValueError, "blksize % 16"));
    }
    if let Some(&target) = given.get(2)
        && arguments::writable(heap, target)?.len() < data.len()
    {
        return Err(heap.raise(TypeId::ValueError, "output too small"));
    }
    if cipher.encrypts.is_some_and(|encrypts| encrypts != encrypt) {
        return Err(heap.raise(TypeId::ValueError, "can't encrypt & decrypt"));
    }
    cipher.encrypts = Some(encrypt);
    cipher.process(&mut data, encrypt);
    heap.worked(data.len());
    let result = match given.get(2) {
        Some(&target) => {
            arguments::writable(heap, target)?[..data.len()].copy_from_slice(&data);
            target
        }
        None => heap.bytes_from(data)?,
    };
    // Only now: without memory for the result the call is made again.
    if let Some(place) = heap.as_native_mut::<Cipher>(given[0]) {
        *place = cipher;
    }
    Ok(result)
}

static AES: TypeDef = TypeDef {
    members: &[
        plain("encrypt", 2, 3, |heap, given| process(heap, given, true)),
        plain("decrypt", 2, 3, |heap, given| process(heap, given, false)),
    ],
    construct: plain_constructor("aes", 2, 3, construct),
    ..TypeDef::named("aes")
};
