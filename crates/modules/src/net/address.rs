//! Addresses. Programs have them as bytes, in the layout of the system's `sockaddr`, as upstream does.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::{Ipv4Addr, Ipv6Addr};

/// Addresses of this machine only, by path.
pub const AF_UNIX: i32 = 1;
/// Four bytes and a port.
pub const AF_INET: i32 = 2;
/// Sixteen bytes and a port.
pub const AF_INET6: i32 = 10;

/// Where a socket is, or another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// Unknown, or none.
    None,
    /// IPv4.
    V4 {
        /// The host.
        ip: [u8; 4],
        /// The port.
        port: u16,
    },
    /// IPv6.
    V6 {
        /// The host.
        ip: [u8; 16],
        /// The port.
        port: u16,
        /// Flow information, as the system has it.
        flow: u32,
        /// The interface, for addresses that are not worldwide.
        scope: u32,
    },
    /// A path on this machine; empty for a socket without one, beginning with a zero for an abstract name.
    Unix(Vec<u8>),
}

/// A field of an address, as far as it goes.
fn field<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at + N)?.try_into().ok()
}

impl Address {
    /// The layout that programs see.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let family = |bytes: &mut Vec<u8>, number: i32| bytes.extend((number as u16).to_ne_bytes());
        match self {
            Address::None => {}
            Address::V4 { ip, port } => {
                family(&mut bytes, AF_INET);
                bytes.extend(port.to_be_bytes());
                bytes.extend(ip);
                bytes.extend([0; 8]);
            }
            Address::V6 { ip, port, flow, scope } => {
                family(&mut bytes, AF_INET6);
                bytes.extend(port.to_be_bytes());
                bytes.extend(flow.to_be_bytes());
                bytes.extend(ip);
                bytes.extend(scope.to_ne_bytes());
            }
            Address::Unix(path) => {
                family(&mut bytes, AF_UNIX);
                bytes.extend(path);
                if path.first().is_some_and(|&first| first != 0) {
                    bytes.push(0);
                }
            }
        }
        bytes
    }

    /// The other way round; none for what is no address.
    pub fn decode(bytes: &[u8]) -> Option<Address> {
        let family = u16::from_ne_bytes(field(bytes, 0)?);
        match i32::from(family) {
            AF_INET => {
                let port = u16::from_be_bytes(field(bytes, 2)?);
                Some(Address::V4 { ip: field(bytes, 4)?, port })
            }
            AF_INET6 => Some(Address::V6 {
                port: u16::from_be_bytes(field(bytes, 2)?),
                flow: u32::from_be_bytes(field(bytes, 4)?),
                ip: field(bytes, 8)?,
                scope: u32::from_ne_bytes(field(bytes, 24)?),
            }),
            AF_UNIX => {
                let path = bytes.get(2..)?;
                let is_abstract = path.first() == Some(&0);
                let end = path.iter().position(|&byte| byte == 0).filter(|_| !is_abstract);
                Some(Address::Unix(path[..end.unwrap_or(path.len())].to_vec()))
            }
            _ => None,
        }
    }

    /// The address of a host given by numbers.
    pub fn numeric(host: &str, port: u16) -> Option<Address> {
        if let Ok(ip) = host.parse::<Ipv4Addr>() {
            return Some(Address::V4 { ip: ip.octets(), port });
        }
        let ip = host.parse::<Ipv6Addr>().ok()?;
        Some(Address::V6 { ip: ip.octets(), port, flow: 0, scope: 0 })
    }

    /// The number of its family; 0 for none.
    pub fn family(&self) -> i32 {
        match self {
            Address::None => 0,
            Address::V4 { .. } => AF_INET,
            Address::V6 { .. } => AF_INET6,
            Address::Unix(_) => AF_UNIX,
        }
    }
}

/// The bytes of a host in text.
pub fn parse_host(family: i32, text: &str) -> Option<Vec<u8>> {
    match family {
        AF_INET => Some(text.parse::<Ipv4Addr>().ok()?.octets().to_vec()),
        AF_INET6 => Some(text.parse::<Ipv6Addr>().ok()?.octets().to_vec()),
        _ => None,
    }
}

/// The text of a host's bytes.
pub fn format_host(family: i32, bytes: &[u8]) -> Option<String> {
    match family {
        AF_INET => Some(Ipv4Addr::from(field::<4>(bytes, 0)?).to_string()),
        AF_INET6 => Some(Ipv6Addr::from(field::<16>(bytes, 0)?).to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_back_as_they_were() {
        let addresses = [
            Address::V4 { ip: [127, 0, 0, 1], port: 8000 },
            Address::V6 { ip: [7; 16], port: 80, flow: 1, scope: 2 },
            Address::Unix(b"/tmp/socket".to_vec()),
            Address::Unix(b"\0name".to_vec()),
            Address::Unix(Vec::new()),
        ];
        for address in addresses {
            assert_eq!(Address::decode(&address.encode()), Some(address));
        }
    }

    #[test]
    fn what_is_cut_off_is_no_address() {
        let whole = Address::V6 { ip: [7; 16], port: 80, flow: 1, scope: 2 }.encode();
        for length in 0..whole.len() {
            assert_eq!(Address::decode(&whole[..length]), None);
        }
    }
}
