//! The type `SSLContext`: what a program sets for its connections, and the making of them.
//!
//! What always holds: the platform is shown the settings when the first connection is made from them, and once more only
//! when they have changed since.

use super::exchange::shake_hands;
use super::failure::{Failure, ProtocolError};
use super::socket::SslSocket;
use super::system::{self, Endpoint, Identity, Settings, Tls, Verification};
use crate::arguments;
use crate::socket::SocketObject;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use wigwag_vm::heap::{Handle, Heap, MemoryViewObject, Raised, Slot, Tracer, TypeId, Value, try_copy};
use wigwag_vm::objects::function::{Member, PropertyDef, TypeDef, full_constructor, keyword, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Action, Arguments, Called, Outcome, Vm};

/// `PROTOCOL_TLS_CLIENT`
pub const CLIENT: i64 = 0;
/// `PROTOCOL_TLS_SERVER`
pub const SERVER: i64 = 1;
/// The bit of both datagram protocols.
const DATAGRAM: i64 = 2;

/// `CERT_NONE`
pub const CERT_NONE: i64 = 0;
/// `CERT_OPTIONAL`
pub const CERT_OPTIONAL: i64 = 1;
/// `CERT_REQUIRED`
pub const CERT_REQUIRED: i64 = 2;

/// What a context takes outside of the heap, roughly.
const CONTEXT_BYTES: usize = 4 << 10;

/// A context.
struct SslContext {
    class: Handle,
    tls: Rc<dyn Tls>,
    settings: Settings,
    /// What looks at each certificate of the other side, or None.
    handler: Value,
    /// Made from the settings.
    endpoint: Option<Rc<dyn Endpoint>>,
    /// How many bytes of certificates and keys were charged.
    loaded: usize,
}

impl NativeObject for SslContext {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.handler);
    }

    fn bytes(&self) -> usize {
        size_of::<SslContext>() + CONTEXT_BYTES + self.loaded
    }
}

fn invalid(heap: &mut Heap, what: &str) -> Raised {
    heap.raise(TypeId::ValueError, what)
}

/// `SSLContext(protocol)`
fn construct(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (class, protocol) = (given.at(vm, 0), given.at(vm, 1));
    let protocol = arguments::integer(&mut vm.heap, protocol)?;
    let server = match protocol {
        CLIENT => false,
        SERVER => true,
        other if other & !SERVER == DATAGRAM => {
            return Err(vm.heap.raise(TypeId::NotImplementedError, "DTLS is not supported"));
        }
        _ => return Err(invalid(&mut vm.heap, "invalid protocol")),
    };
    let Some(tls) = system::tls(vm) else {
        return Err(vm.heap.raise(TypeId::NotImplementedError, "no TLS on this platform"));
    };
    let verification = if server { Verification::None } else { Verification::Required };
    let settings = Settings { server, verification, identity: None, authorities: Vec::new(), ciphers: None };
    let Some(class) = vm.heap.as_class(class) else { return Ok(Value::NONE.into()) };
    let context = SslContext { class, tls, settings, handler: Value::NONE, endpoint: None, loaded: 0 };
    Ok(arguments::object(&mut vm.heap, context)?.into())
}

fn of(heap: &mut Heap, context: Value) -> Result<&mut SslContext, Raised> {
    heap.as_native_mut::<SslContext>(context).ok_or(Raised::OUT_OF_MEMORY)
}

/// Changes the settings, which take so many bytes more: connections made from now on have the new ones.
fn change(
    heap: &mut Heap,
    context: Value,
    bytes: usize,
    change: impl FnOnce(&mut Settings),
) -> Result<(), Raised> {
    let Some((context, budget)) = heap.native_and_budget::<SslContext>(context) else { return Ok(()) };
    // The platform has a copy of its own.
    let bytes = bytes.saturating_mul(2);
    budget.charge(bytes)?;
    context.loaded += bytes;
    context.endpoint = None;
    change(&mut context.settings);
    Ok(())
}

/// `load_cert_chain(certificates, key)`
fn load_identity(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let tls = Rc::clone(&of(heap, given[0])?.tls);
    let key = arguments::buffer(heap, given[2])?;
    if !tls.is_key(&key) {
        return Err(invalid(heap, "invalid key"));
    }
    let certificates = arguments::buffer(heap, given[1])?;
    if !tls.is_certificates(&certificates) {
        return Err(invalid(heap, "invalid cert"));
    }
    let identity = Identity { certificates, key };
    if let Some(objection) = tls.objection(&identity) {
        return Err(invalid(heap, objection));
    }
    let bytes = identity.certificates.len() + identity.key.len();
    change(heap, given[0], bytes, |settings| settings.identity = Some(identity))?;
    Ok(Value::NONE)
}

/// `load_verify_locations(certificates)`
fn load_authorities(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let certificates = arguments::buffer(heap, given[1])?;
    if !of(heap, given[0])?.tls.is_certificates(&certificates) {
        return Err(invalid(heap, "invalid cert"));
    }
    let bytes = certificates.len();
    change(heap, given[0], bytes, |settings| settings.authorities.push(certificates))?;
    Ok(Value::NONE)
}

/// `get_ciphers()`
fn get_ciphers(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let context = of(heap, given[0])?;
    let names = context.settings.ciphers.clone().unwrap_or_else(|| context.tls.ciphers());
    let list = heap.list(&[])?;
    for name in names {
        let name = heap.string(name)?;
        heap.list_push(list, name)?;
    }
    Ok(list)
}

/// `set_ciphers(names)`
fn set_ciphers(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let known = of(heap, given[0])?.tls.ciphers();
    let mut chosen: Vec<String> = Vec::new();
    for name in arguments::sequence(heap, given[1])? {
        // The standard's names have underscores.
        let name = arguments::text(heap, name)?.replace('_', "-");
        if !known.contains(&name) {
            return Err(Failure::from(ProtocolError::BAD_CONFIG).raise(heap));
        }
        chosen.push(name);
    }
    if chosen.is_empty() {
        return Err(Failure::from(ProtocolError::BAD_CONFIG).raise(heap));
    }
    change(heap, given[0], 0, |settings| settings.ciphers = Some(chosen))?;
    Ok(Value::NONE)
}

fn get_verify_mode(heap: &mut Heap, context: Value) -> Result<Value, Raised> {
    let mode = match of(heap, context)?.settings.verification {
        Verification::None => CERT_NONE,
        Verification::Optional => CERT_OPTIONAL,
        Verification::Required => CERT_REQUIRED,
    };
    heap.int(mode)
}

fn set_verify_mode(heap: &mut Heap, context: Value, mode: Value) -> Result<(), Raised> {
    let verification = match arguments::integer(heap, mode)? {
        CERT_NONE => Verification::None,
        CERT_OPTIONAL => Verification::Optional,
        CERT_REQUIRED => Verification::Required,
        _ => return Err(invalid(heap, "invalid verify_mode")),
    };
    change(heap, context, 0, |settings| settings.verification = verification)
}

/// What looks at the certificates of a connection, if anything does.
pub fn certificate_handler(heap: &Heap, connection: Value) -> Option<Value> {
    let connection = heap.as_native::<SslSocket>(connection)?;
    let context = heap.as_native::<SslContext>(connection.context)?;
    let looks = context.settings.verification != Verification::None && !context.handler.is_none();
    looks.then_some(context.handler)
}

/// Whether certificates of this connection are still to be shown to the program.
pub fn shows_certificates(heap: &Heap, connection: Value) -> bool {
    let is_new = heap.as_native::<SslSocket>(connection).is_some_and(|object| !object.is_established);
    is_new && certificate_handler(heap, connection).is_some()
}

/// A certificate as the program is shown it.
pub fn view_of_bytes(heap: &mut Heap, bytes: &[u8]) -> Result<Value, Raised> {
    let base = heap.bytes_from(try_copy(bytes)?)?;
    heap.budget.charge(size_of::<MemoryViewObject>())?;
    let view = MemoryViewObject {
        base,
        start: 0,
        length: bytes.len(),
        typecode: b'B',
        item_size: 1,
        writable: false,
    };
    Ok(heap.allocate(Slot::MemoryView(Box::new(view)))?.value())
}

/// A method of an object that carries a connection.
pub fn method(vm: &mut Vm, object: Value, name: &'static str) -> Result<Value, Raised> {
    let name = vm.heap.intern_static(name)?;
    match vm.attribute(object, name, Action::Discard) {
        Ok(Called::Value(method)) => Ok(method),
        Err(Raised::OUT_OF_MEMORY) => Err(Raised::OUT_OF_MEMORY),
        _ => Err(vm.heap.raise(TypeId::OsError, "stream operation not supported")),
    }
}

/// What connections are made from, as it is set now.
fn endpoint(heap: &mut Heap, context: Value) -> Result<Rc<dyn Endpoint>, Raised> {
    let context = of(heap, context)?;
    if let Some(endpoint) = &context.endpoint {
        return Ok(Rc::clone(endpoint));
    }
    match context.tls.endpoint(&context.settings) {
        Ok(endpoint) => {
            context.endpoint = Some(Rc::clone(&endpoint));
            Ok(endpoint)
        }
        Err(failure) => Err(failure.raise(heap)),
    }
}

/// `wrap_socket(sock, *, server_side=False, do_handshake_on_connect=True, server_hostname=None, client_id=None)`
fn wrap_socket(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let context = given.at(vm, 0);
    let names = ["sock", "*server_side", "*do_handshake_on_connect", "*server_hostname", "*client_id"];
    let [transport, server_side, handshake, host, _] = given.bind(vm, 1, names)?;
    let Some(transport) = transport else {
        return Err(vm.type_error("function missing 1 required positional arguments"));
    };
    let is_set = |heap: &Heap, value: Value| heap.as_int(value).map_or(!value.is_none(), |flag| flag != 0);
    let server_side = server_side.is_some_and(|flag| is_set(&vm.heap, flag));
    let handshake = handshake.is_none_or(|flag| is_set(&vm.heap, flag));
    if vm.heap.as_native::<SocketObject>(transport).is_none() {
        for name in ["readinto", "write"] {
            method(vm, transport, name)?;
        }
    }
    let host = match host.filter(|host| !host.is_none()) {
        Some(host) => Some(arguments::text(&mut vm.heap, host)?),
        None => None,
    };
    let settings = &of(&mut vm.heap, context)?.settings;
    if server_side && !settings.server {
        return Err(invalid(&mut vm.heap, "server_side with a context for clients"));
    }
    if host.is_none() && settings.verification == Verification::Required && !settings.server {
        return Err(invalid(&mut vm.heap, "CERT_REQUIRED requires server_hostname"));
    }
    let endpoint = endpoint(&mut vm.heap, context)?;
    // The object first: making a session is much work, which is done once.
    let connection = SslSocket::make(&mut vm.heap, transport, context)?;
    let session = match endpoint.session(host.as_deref()) {
        Ok(session) => session,
        Err(failure) => return Err(failure.raise(&mut vm.heap)),
    };
    if let Some(object) = vm.heap.as_native_mut::<SslSocket>(connection) {
        object.session = Some(session);
    }
    if handshake { shake_hands(vm, connection) } else { Ok(connection.into()) }
}

/// `SSLContext`
pub static TYPE: TypeDef = TypeDef {
    members: &[
        plain("load_cert_chain", 3, 3, load_identity),
        plain("load_verify_locations", 2, 2, load_authorities),
        plain("get_ciphers", 1, 1, get_ciphers),
        plain("set_ciphers", 2, 2, set_ciphers),
        keyword("wrap_socket", 1, 2, wrap_socket),
        Member::Property(PropertyDef {
            name: "verify_mode",
            get: get_verify_mode,
            set: Some(set_verify_mode),
        }),
        Member::Property(PropertyDef {
            name: "verify_callback",
            get: |heap, context| Ok(of(heap, context)?.handler),
            set: Some(|heap, context, handler| {
                of(heap, context)?.handler = handler;
                Ok(())
            }),
        }),
    ],
    construct: full_constructor("SSLContext", 1, 1, construct),
    ..TypeDef::named("SSLContext")
};
