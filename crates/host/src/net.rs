//! Linux's network as programs see it through `socket` and streams.
//!
//! Sockets here never wait: whoever would have to parks its fiber until the descriptor is ready. What must always hold: a
//! socket is closed when it is dropped, is not passed on to commands, and writing to one that nobody reads is an error
//! and no signal.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::os::fd::{AsRawFd, OwnedFd};
use std::rc::Rc;
use std::time::Duration;

use rustix::io::Errno as SystemErrno;
use rustix::net::{
    AddressFamily, Protocol, RecvFlags, SendFlags, Shutdown, SocketAddrAny, SocketAddrUnix, SocketAddrV4,
    SocketAddrV6, SocketFlags, SocketType, sockopt,
};
use wigwag_modules::errno::EINVAL;
use wigwag_modules::net::address::{AF_INET, AF_INET6, Address};
use wigwag_modules::net::system::{Answer, Network, Polled, Question, Socket};
use wigwag_modules::vfs::system::Errno;

use crate::calls::retry;
use crate::descriptors::Descriptors;
use crate::names::{Names, address_of};

const ENOPROTOOPT: Errno = 92;
const EAFNOSUPPORT: Errno = 97;

const FLAGS: SocketFlags = SocketFlags::CLOEXEC.union(SocketFlags::NONBLOCK);

/// The network of this system.
#[derive(Debug)]
pub struct HostNetwork {
    descriptors: Descriptors,
    names: Names,
}

impl HostNetwork {
    /// The network; its sockets become known to this table.
    pub fn new(descriptors: Descriptors) -> HostNetwork {
        HostNetwork { descriptors, names: Names::default() }
    }
}

impl Network for HostNetwork {
    fn open(&mut self, family: i32, kind: i32, protocol: i32) -> Result<Box<dyn Socket>, Errno> {
        let family = AddressFamily::from_raw(u16::try_from(family).map_err(|_| EAFNOSUPPORT)?);
        let kind = SocketType::from_raw(u32::try_from(kind).map_err(|_| EINVAL)?);
        let protocol = u32::try_from(protocol).map_err(|_| EINVAL)?;
        let protocol = NonZeroU32::new(protocol).map(Protocol::from_raw);
        let descriptor = retry(|| rustix::net::socket_with(family, kind, FLAGS, protocol))?;
        Ok(Box::new(OpenSocket::new(descriptor, &self.descriptors)))
    }

    fn resolve(&mut self, question: &Question<'_>) -> Answer {
        let Question { host, port, family } = *question;
        let fits = |address: &Address| family == 0 || address.family() == family;
        if let Some(address) = Address::numeric(host, port) {
            return Answer::Now(Ok(Some(address).filter(fits).into_iter().collect()));
        }
        if host == "localhost" && (family == 0 || family == AF_INET) {
            return Answer::Now(Ok(vec![Address::V4 { ip: Ipv4Addr::LOCALHOST.octets(), port }]));
        }
        if host == "localhost" && family == AF_INET6 {
            let ip = Ipv6Addr::LOCALHOST.octets();
            return Answer::Now(Ok(vec![Address::V6 { ip, port, flow: 0, scope: 0 }]));
        }
        match self.names.ask(host, port, family, &self.descriptors) {
            Ok(lookup) => Answer::Later(lookup),
            Err(error) => Answer::Now(Err(error)),
        }
    }

    fn poll(&mut self, polled: &mut [Polled]) -> Result<(), Errno> {
        self.descriptors.poll(polled)
    }
}

/// An address that the system has given.
fn given(address: SocketAddrAny) -> Address {
    if let Ok(address) = SocketAddr::try_from(address.clone()) {
        return address_of(address);
    }
    match SocketAddrUnix::try_from(address) {
        Ok(address) => match (address.path_bytes(), address.abstract_name()) {
            (Some(path), _) => Address::Unix(path.to_vec()),
            (None, Some(name)) => Address::Unix([b"\0", name].concat()),
            (None, None) => Address::Unix(Vec::new()),
        },
        Err(_) => Address::None,
    }
}

/// An address for the system.
fn to_system(address: &Address) -> Result<SocketAddrAny, Errno> {
    Ok(match address {
        Address::None => return Err(EINVAL),
        Address::V4 { ip, port } => SocketAddrV4::new((*ip).into(), *port).into(),
        Address::V6 { ip, port, flow, scope } => SocketAddrV6::new((*ip).into(), *port, *flow, *scope).into(),
        Address::Unix(path) => match path.split_first() {
            None => SocketAddrUnix::new_unnamed().into(),
            Some((0, name)) => {
                SocketAddrUnix::new_abstract_name(name).map_err(SystemErrno::raw_os_error)?.into()
            }
            Some(_) => SocketAddrUnix::new(path.as_slice()).map_err(SystemErrno::raw_os_error)?.into(),
        },
    })
}

/// An open socket.
struct OpenSocket {
    descriptor: Rc<OwnedFd>,
    descriptors: Descriptors,
}

impl OpenSocket {
    fn new(descriptor: OwnedFd, descriptors: &Descriptors) -> OpenSocket {
        OpenSocket { descriptor: descriptors.add(descriptor), descriptors: descriptors.clone() }
    }
}

impl Drop for OpenSocket {
    fn drop(&mut self) {
        self.descriptors.remove(&self.descriptor);
    }
}

impl Socket for OpenSocket {
    fn descriptor(&self) -> i32 {
        self.descriptor.as_raw_fd()
    }

    fn bind(&mut self, address: &Address) -> Result<(), Errno> {
        let address = to_system(address)?;
        retry(|| rustix::net::bind(&self.descriptor, &address))
    }

    fn listen(&mut self, backlog: i32) -> Result<(), Errno> {
        retry(|| rustix::net::listen(&self.descriptor, backlog))
    }

    fn connect(&mut self, address: &Address) -> Result<(), Errno> {
        let address = to_system(address)?;
        // One that a signal interrupts goes on in the background all the same.
        match rustix::net::connect(&self.descriptor, &address) {
            Err(SystemErrno::INTR) => Err(SystemErrno::INPROGRESS.raw_os_error()),
            result => result.map_err(SystemErrno::raw_os_error),
        }
    }

    fn accept(&mut self) -> Result<(Box<dyn Socket>, Address), Errno> {
        let (descriptor, address) = retry(|| rustix::net::acceptfrom_with(&self.descriptor, FLAGS))?;
        let socket = OpenSocket::new(descriptor, &self.descriptors);
        Ok((Box::new(socket), address.map_or(Address::None, given)))
    }

    fn receive(&mut self, buffer: &mut [u8], flags: u32) -> Result<(usize, Address), Errno> {
        let flags = RecvFlags::from_bits_retain(flags);
        let (_, count, sender) = retry(|| rustix::net::recvfrom(&self.descriptor, &mut *buffer, flags))?;
        // With some flags the system counts what did not fit.
        Ok((count.min(buffer.len()), sender.map_or(Address::None, given)))
    }

    fn send(&mut self, bytes: &[u8], flags: u32, to: Option<&Address>) -> Result<usize, Errno> {
        let flags = SendFlags::from_bits_retain(flags) | SendFlags::NOSIGNAL;
        match to {
            None => retry(|| rustix::net::send(&self.descriptor, bytes, flags)),
            Some(address) => {
                let address = to_system(address)?;
                retry(|| rustix::net::sendto(&self.descriptor, bytes, flags, &address))
            }
        }
    }

    fn shut_down(&mut self, how: i32) -> Result<(), Errno> {
        let how = match how {
            0 => Shutdown::Read,
            1 => Shutdown::Write,
            2 => Shutdown::Both,
            _ => return Err(EINVAL),
        };
        retry(|| rustix::net::shutdown(&self.descriptor, how))
    }

    fn set_option(&mut self, level: i32, option: i32, value: &[u8]) -> Result<(), Errno> {
        let Some((_, set)) = OPTIONS.iter().find(|(known, _)| *known == (level, option)) else {
            return Err(ENOPROTOOPT);
        };
        set(&self.descriptor, value)
    }

    fn take_error(&mut self) -> Option<Errno> {
        match sockopt::socket_error(&self.descriptor) {
            Ok(Ok(())) => None,
            Ok(Err(error)) | Err(error) => Some(error.raw_os_error()),
        }
    }

    fn local_address(&self) -> Result<Address, Errno> {
        retry(|| rustix::net::getsockname(&self.descriptor)).map(given)
    }

    fn peer_address(&self) -> Result<Address, Errno> {
        retry(|| rustix::net::getpeername(&self.descriptor)).map(|peer| peer.map_or(Address::None, given))
    }
}

/// Sets an option whose value has the layout of the system.
type SetOption = fn(&OwnedFd, &[u8]) -> Result<(), Errno>;

/// Level and number of each option that can be set, and how. The system would take any: these are the ones that need no
/// trust in what the program says.
const OPTIONS: &[((i32, i32), SetOption)] = &[
    ((SOL_SOCKET, 2), |socket, value| of(sockopt::set_socket_reuseaddr(socket, integer(value, 0)? != 0))),
    ((SOL_SOCKET, 6), |socket, value| of(sockopt::set_socket_broadcast(socket, integer(value, 0)? != 0))),
    ((SOL_SOCKET, 7), |socket, value| of(sockopt::set_socket_send_buffer_size(socket, size(value)?))),
    ((SOL_SOCKET, 8), |socket, value| of(sockopt::set_socket_recv_buffer_size(socket, size(value)?))),
    ((SOL_SOCKET, 9), |socket, value| of(sockopt::set_socket_keepalive(socket, integer(value, 0)? != 0))),
    ((SOL_SOCKET, 13), |socket, value| {
        let (on, seconds) = (integer(value, 0)?, integer(value, 4)?);
        let seconds = u64::try_from(seconds).map_err(|_| EINVAL)?;
        of(sockopt::set_socket_linger(socket, (on != 0).then(|| Duration::from_secs(seconds))))
    }),
    ((SOL_SOCKET, 15), |socket, value| of(sockopt::set_socket_reuseport(socket, integer(value, 0)? != 0))),
    ((IPPROTO_TCP, 1), |socket, value| of(sockopt::set_tcp_nodelay(socket, integer(value, 0)? != 0))),
    ((IPPROTO_IP, 35), |socket, value| {
        of(sockopt::set_ip_add_membership(socket, &host(value, 0)?, &host(value, 4)?))
    }),
    ((IPPROTO_IP, 36), |socket, value| {
        of(sockopt::set_ip_drop_membership(socket, &host(value, 0)?, &host(value, 4)?))
    }),
    ((IPPROTO_IPV6, 26), |socket, value| of(sockopt::set_ipv6_v6only(socket, integer(value, 0)? != 0))),
];

const IPPROTO_IP: i32 = 0;
const SOL_SOCKET: i32 = 1;
const IPPROTO_TCP: i32 = 6;
const IPPROTO_IPV6: i32 = 41;

fn of(result: rustix::io::Result<()>) -> Result<(), Errno> {
    result.map_err(SystemErrno::raw_os_error)
}

/// Four bytes of a value.
fn field(value: &[u8], at: usize) -> Result<[u8; 4], Errno> {
    value.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).ok_or(EINVAL)
}

fn integer(value: &[u8], at: usize) -> Result<i32, Errno> {
    field(value, at).map(i32::from_ne_bytes)
}

fn size(value: &[u8]) -> Result<usize, Errno> {
    usize::try_from(integer(value, 0)?).map_err(|_| EINVAL)
}

fn host(value: &[u8], at: usize) -> Result<Ipv4Addr, Errno> {
    field(value, at).map(Ipv4Addr::from)
}
