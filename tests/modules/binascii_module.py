# binascii: both ways, and what is refused.
import binascii

print(binascii.hexlify(b"\x00\x7f\xff"), binascii.hexlify(b"abc", b":"), binascii.hexlify(bytearray(b"")))
print(binascii.unhexlify(b"007fFF"), binascii.unhexlify("6162"))
for bad in (b"0", b"0g", "é"):
    try:
        binascii.unhexlify(bad)
    except ValueError as er:
        print("ValueError")
for size in range(8):
    data = bytes(range(250, 250 + size) if size < 6 else range(size))
    text = binascii.b2a_base64(data)
    print(text, binascii.a2b_base64(text) == data)
print(binascii.b2a_base64(b"\xfb\xff", newline=False))
print(binascii.a2b_base64(b"YW Jj\n"), binascii.a2b_base64("YQ=="))
for bad in (b"YQ", b"YWJ=", b"Y"):
    try:
        print(binascii.a2b_base64(bad))
    except ValueError as er:
        print("ValueError")
print(hex(binascii.crc32(b"123456789")), binascii.crc32(b""))
print(binascii.crc32(b"56789", binascii.crc32(b"1234")) == binascii.crc32(b"123456789"))
for function in (binascii.hexlify, binascii.b2a_base64, binascii.crc32):
    try:
        function(5)
    except TypeError as er:
        print("TypeError")
