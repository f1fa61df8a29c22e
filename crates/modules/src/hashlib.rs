//! `hashlib`: follows upstream's `hashlib` page: `digest()` ends a hash, and neither `update` nor another `digest` may
//! follow. The algorithms are RustCrypto's.

use crate::arguments;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use wigwag_vm::heap::{Handle, Heap, Raised, TypeId, Value};
use wigwag_vm::objects::function::{Member, TypeDef, plain, plain_constructor};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::ModuleDef;

/// `hashlib`
pub static MODULE: ModuleDef = ModuleDef {
    name: "hashlib",
    members: &[
        Member::Extension("sha256", &SHA256),
        Member::Extension("sha1", &SHA1),
        Member::Extension("md5", &MD5),
    ],
};

/// A hash on its way; none once its digest was taken.
struct Hash<D: Digest + 'static> {
    class: Handle,
    state: Option<D>,
}

impl<D: Digest + 'static> NativeObject for Hash<D> {
    fn class(&self) -> Handle {
        self.class
    }

    fn bytes(&self) -> usize {
        size_of::<Hash<D>>()
    }
}

#[cold]
fn is_final(heap: &mut Heap) -> Raised {
    heap.raise(TypeId::ValueError, "hash is final")
}

/// Bytes hashed between two moves of what is counted as work.
const BYTES_A_STEP: usize = 16;

/// Takes bytes into the state of a hash.
fn feed<D: Digest>(heap: &mut Heap, state: &mut D, data: Value) -> Result<(), Raised> {
    let part = heap.native_part(data);
    let Some(bytes) = heap.as_buffer(part) else {
        return Err(heap.raise(TypeId::TypeError, "object with buffer protocol required"));
    };
    state.update(bytes);
    let length = bytes.len();
    heap.worked(length / BYTES_A_STEP);
    Ok(())
}

fn construct<D: Digest + 'static>(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let Some(class) = heap.as_class(given[0]) else { return Ok(Value::NONE) };
    let mut state = D::new();
    if let Some(&data) = given.get(1) {
        feed(heap, &mut state, data)?;
    }
    arguments::object(heap, Hash { class, state: Some(state) })
}

fn update<D: Digest + 'static>(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    // The state is out of the heap while bytes of the heap are taken into it.
    let Some(mut state) = heap.as_native_mut::<Hash<D>>(given[0]).and_then(|hash| hash.state.take()) else {
        return Err(is_final(heap));
    };
    let fed = feed(heap, &mut state, given[1]);
    if let Some(hash) = heap.as_native_mut::<Hash<D>>(given[0]) {
        hash.state = Some(state);
    }
    fed.map(|()| Value::NONE)
}

fn digest<D: Digest + Clone + 'static>(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let Some(state) = heap.as_native_mut::<Hash<D>>(given[0]).and_then(|hash| hash.state.as_mut()) else {
        return Err(is_final(heap));
    };
    let digest = state.clone().finalize();
    let result = heap.bytes(&digest)?;
    // Only now: without memory for the result the digest is asked for again.
    if let Some(hash) = heap.as_native_mut::<Hash<D>>(given[0]) {
        hash.state = None;
    }
    Ok(result)
}

macro_rules! hash_type {
    ($name:literal, $state:ty) => {
        TypeDef {
            members: &[plain("update", 2, 2, update::<$state>), plain("digest", 1, 1, digest::<$state>)],
            construct: plain_constructor($name, 0, 1, construct::<$state>),
            ..TypeDef::named($name)
        }
    };
}

static SHA256: TypeDef = hash_type!("sha256", Sha256);
static SHA1: TypeDef = hash_type!("sha1", Sha1);
static MD5: TypeDef = hash_type!("md5", Md5);
